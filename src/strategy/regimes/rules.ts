/**
 * The rules of the regimes as numbers: features of a closed bar in, class and signs out, nothing allocated. NaN is a feature that is
 * not known. `classifier.ts` says the same in words, bar by bar; `detector.ts` joins it with the models.
 *
 * A condition on features that are not known is itself not known, unless what is known decides it already; and what is not known is
 * treated as stress. Stress precedes squeeze, which precedes the six regimes of trend and volatility.
 *
 * Pure; the memory is a handful of numbers. Source: A. Ang, A. Timmermann (2012); P. Nystrup et al. (2018).
 */
import { assert } from '../../core/errors.ts'
import { thresholdsOf, type RegimeThresholds } from './thresholds.ts'

/** Bits of `missing`. */
export const TREND = 1
export const ADX = 2
export const EFFICIENCY = 4
export const VOLATILITY = 8
export const LIQUIDITY = 16
export const DRAWDOWN = 32
export const ABSOLUTE_Z = 64
export const VPIN = 128
export const WIDTH = 256

/** A verdict: 1 is yes, 0 is no, -1 is not known. */
const above = (value: number, limit: number): number => (value > limit ? 1 : value <= limit ? 0 : -1)
const below = (value: number, limit: number): number => (value < limit ? 1 : value >= limit ? 0 : -1)
const and = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a === 1 && b === 1 ? 1 : -1)
const or = (a: number, b: number): number => (a === 1 || b === 1 ? 1 : a === 0 && b === 0 ? 0 : -1)

export class RegimeRules {
  readonly thresholds: RegimeThresholds
  /**
   * Trend score, ADX, efficiency, percentiles of volatility and liquidity, drawdown, |z|, VPIN, percentile of the band width: to be
   * filled before `update`. Numbers that are handed over one by one can each cost an object.
   */
  readonly features = new Float64Array(9)
  /** Bits of features this market does not have: conditions on them count as not met. */
  readonly #absent: number
  /** Index of the regime in `REGIME_IDS`. */
  regime = 6
  /** Bits of the signs of stress on this bar: ABSOLUTE_Z, DRAWDOWN, LIQUIDITY, VPIN. */
  met = 0
  /** Bits of features that are missing and could have changed the answer. */
  missing = 0
  /** 1 up, -1 down, 0 none; 2 is not known. */
  trend = 2
  squeezed = false
  /** Volatility is high, by its percentile with hysteresis. */
  volatile = false
  /** Clean bars still needed; 0: no stress. */
  stressLeft = 0
  narrowBars = 0

  constructor(thresholds: Partial<RegimeThresholds> = {}, absent = 0) {
    this.thresholds = thresholdsOf(thresholds)
    this.#absent = absent
  }

  /** Takes the features of a closed bar as they stand in `features`. */
  update(): void {
    const { features } = this
    const trend = features[0]
    const adx = features[1]
    const efficiency = features[2]
    const volatility = features[3]
    const liquidity = features[4]
    const drawdown = features[5]
    const absoluteZ = features[6]
    const vpin = features[7]
    const width = features[8]
    const t = this.thresholds
    // Memory moves on every bar, whatever the answer is.
    if (volatility > t.volatilityEntered) this.volatile = true
    else if (volatility < t.volatilityLeft) this.volatile = false
    this.narrowBars = width < t.squeezeWidth ? this.narrowBars + 1 : 0

    const byZ = this.#known(above(absoluteZ, t.stressZ), ABSOLUTE_Z)
    const byLoss = this.#known(above(drawdown, t.stressDrawdown), DRAWDOWN)
    const byLiquidity = this.#known(above(liquidity, t.stressLiquidity), LIQUIDITY)
    const toxic = this.#known(above(vpin, t.stressVpin), VPIN)
    const byFlow = and(toxic, this.#known(above(volatility, t.stressVpinVolatility), VOLATILITY))
    this.met =
      (byZ === 1 ? ABSOLUTE_Z : 0) |
      (byLoss === 1 ? DRAWDOWN : 0) |
      (byLiquidity === 1 ? LIQUIDITY : 0) |
      (byFlow === 1 ? VPIN : 0)

    let lacking = 0
    if (byZ === -1) lacking |= ABSOLUTE_Z
    if (byLoss === -1) lacking |= DRAWDOWN
    if (byLiquidity === -1) lacking |= LIQUIDITY
    if (byFlow === -1) lacking |= (Number.isNaN(vpin) ? VPIN : 0) | (Number.isNaN(volatility) ? VOLATILITY : 0)
    lacking &= ~this.#absent
    // A bar that is not known to be clean does not count as one.
    if (this.met === 0 && lacking === 0 && this.stressLeft > 0) this.stressLeft -= 1
    if (this.met !== 0) this.stressLeft = Math.max(1, t.stressCleanBars)

    const strong = or(this.#known(above(adx, t.adx), ADX), this.#known(above(efficiency, t.efficiency), EFFICIENCY))
    const up = and(this.#known(above(trend, t.trendScore), TREND), strong)
    const down = and(this.#known(below(trend, -t.trendScore), TREND), strong)
    const trending = or(up, down)
    this.trend = trending === -1 ? 2 : up === 1 ? 1 : down === 1 ? -1 : 0
    const quiet = this.#known(below(volatility, t.squeezeVolatility), VOLATILITY)
    const narrow = this.#known(Number.isNaN(width) ? -1 : this.narrowBars >= t.squeezeBars ? 1 : 0, WIDTH)
    const squeezed = and(and(trending === -1 ? -1 : 1 - trending, quiet), narrow)
    this.squeezed = squeezed === 1
    if (this.met === 0) {
      if (trending === -1)
        lacking |= (Number.isNaN(trend) ? TREND : 0) | (Number.isNaN(adx) ? ADX : 0) | (Number.isNaN(efficiency) ? EFFICIENCY : 0)
      if (Number.isNaN(volatility)) lacking |= VOLATILITY
      if (squeezed === -1 && Number.isNaN(width)) lacking |= WIDTH
    }
    this.missing = lacking & ~(this.#absent & ~VOLATILITY)
    this.regime = this.#conclude()
  }

  #conclude(): number {
    if (this.stressLeft > 0 || this.missing !== 0) return 6
    if (this.squeezed) return 7
    return (this.trend === 1 ? 0 : this.trend === -1 ? 2 : 4) + (this.volatile ? 1 : 0)
  }

  #known(verdict: number, feature: number): number {
    return verdict === -1 && (this.#absent & feature) !== 0 ? 0 : verdict
  }

  /** The whole memory as numbers. */
  snapshot(): readonly number[] {
    return [this.volatile ? 1 : 0, this.stressLeft, this.narrowBars]
  }

  restore(state: readonly number[]): void {
    assert(
      state.length === 3 && state.every((each) => Number.isInteger(each) && each >= 0),
      'not the memory of a regime classifier',
    )
    this.volatile = state[0] === 1
    this.stressLeft = state[1]
    this.narrowBars = state[2]
  }
}
