/**
 * What a trade moves the price by, before it is done: the square-root law and the power laws of Almgren, Thum, Hauptmann and Li.
 * Fractions of the price throughout; `toBasisPoints` for people.
 *
 * Pure. Sources: B. Toth et al., Physical Review X 1 (2011); J.-P. Bouchaud et al., Trades, Quotes and Prices (2018);
 * R. Almgren, C. Thum, E. Hauptmann, H. Li, Direct Estimation of Equity Market Impact, Risk (2005).
 */
import { finiteOr, refuseUnless, requireNumber, requirePositive } from '../guard.ts'

/**
 * fraction * 10,000: a hundredth of a percent is one basis point.
 * @throws MathError `not-finite`, `overflow`
 */
export function toBasisPoints(fraction: number): number {
  requireNumber('fraction', fraction)
  return finiteOr('overflow', fraction * 1e4, 'the number of basis points')
}

export interface SquareRootLaw {
  /** Y, about 0.5 to 1.5; 1 unless given. */
  readonly coefficient?: number
  /** delta, 0.5 unless given. */
  readonly exponent?: number
}

/**
 * I / P = sgn(Q) Y sigma (|Q| / V)^delta: the square-root law of impact, as a fraction of the price.
 * @param quantity Q, signed: above zero to buy
 * @param volume V, of the day in the same units, above zero
 * @param volatility sigma of the day, a fraction
 * @throws MathError `not-finite`, `out-of-domain`, `overflow`
 */
export function squareRootImpact(quantity: number, volume: number, volatility: number, law: SquareRootLaw = {}): number {
  const { coefficient = 1, exponent = 0.5 } = law
  requireNumber('quantity', quantity)
  requirePositive('volume', volume)
  requireNumber('volatility', volatility, 0)
  requireNumber('coefficient', coefficient)
  requirePositive('exponent', exponent)
  const participation = finiteOr('overflow', Math.abs(quantity) / volume, 'Q / V')
  return finiteOr('overflow', Math.sign(quantity) * coefficient * volatility * participation ** exponent, 'the impact')
}

export interface PowerLawOrder {
  /** X, units, signed: above zero to buy. */
  readonly quantity: number
  /** V, units a day. */
  readonly dailyVolume: number
  /** Theta, units in issue. */
  readonly outstanding: number
  /** sigma of a day, a fraction. */
  readonly volatility: number
  /** T, days (of volume time) that the execution takes. */
  readonly days: number
}

/** The fitted constants of the paper unless given. */
export interface PowerLawConstants {
  /** 0.314 */
  readonly gamma?: number
  /** 0.142 */
  readonly eta?: number
  /** 1/4, of Theta / V. */
  readonly liquidityExponent?: number
  /** 3/5, of X / (V T). */
  readonly temporaryExponent?: number
}

/** Fractions of the price, with the sign of X. */
export interface PowerLawImpact {
  readonly permanent: number
  readonly temporary: number
  /** permanent / 2 + temporary: what the average fill is worse by. */
  readonly realised: number
}

/**
 * permanent = gamma sigma (X/V) (Theta/V)^(1/4), temporary = eta sigma |X/(V T)|^(3/5), realised = permanent/2 + temporary.
 * @throws MathError `not-finite`, `out-of-domain`, `overflow`
 */
export function powerLawImpact(order: PowerLawOrder, constants: PowerLawConstants = {}): PowerLawImpact {
  const { quantity, dailyVolume, outstanding, volatility, days } = order
  const { gamma = 0.314, eta = 0.142, liquidityExponent = 0.25, temporaryExponent = 0.6 } = constants
  requireNumber('quantity', quantity)
  requirePositive('dailyVolume', dailyVolume)
  requirePositive('outstanding', outstanding)
  requireNumber('volatility', volatility, 0)
  requirePositive('days', days)
  requireNumber('gamma', gamma)
  requireNumber('eta', eta)
  requireNumber('liquidityExponent', liquidityExponent)
  requirePositive('temporaryExponent', temporaryExponent)
  const size = Math.abs(quantity) / dailyVolume
  const sign = Math.sign(quantity)
  refuseUnless(Number.isFinite(size) && Number.isFinite(size / days), 'overflow', 'X / V or X / (V T) is infinite')
  const permanent = finiteOr(
    'overflow',
    sign * gamma * volatility * size * (outstanding / dailyVolume) ** liquidityExponent,
    'permanent impact',
  )
  const temporary = finiteOr('overflow', sign * eta * volatility * (size / days) ** temporaryExponent, 'temporary impact')
  return { permanent, temporary, realised: finiteOr('overflow', permanent / 2 + temporary, 'realised impact') }
}
