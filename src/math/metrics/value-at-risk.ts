/**
 * Value at Risk (VaR) and Expected Shortfall (ES, also CVaR): what a period loses at least in the worst share 1 - confidence of
 * cases, and what it loses on average in them. Losses are positive numbers; moments divide by n.
 *
 * Pure: numbers in, numbers out. Source: P. Jorion, Value at Risk, 3rd ed. (2006); C. Acerbi, D. Tasche, Journal of Banking & Finance
 * 26 (2002), for ES; the papers named at the functions.
 */
import {
  finiteOr,
  refuseUnless,
  requireNumber,
  requirePositive,
  requireSameLength,
  requireConfidence,
  requireVector,
  type Vector,
} from '../guard.ts'
import { quantileSorted, sorted } from '../numerics/quantile.ts'
import { normalPdf, normalQuantile, studentPdf, studentQuantile } from '../numerics/special.ts'
import { sum } from '../sum.ts'
import { NOISE } from './quotient.ts'

/** Both figures, as positive losses per horizon. */
export interface TailRisk {
  readonly valueAtRisk: number
  /** Not below the value at risk. */
  readonly expectedShortfall: number
}

/** Of an estimate from a sample. */
export interface SampledTailRisk extends TailRisk {
  /** Whether there were enough returns to look this far into the tail: 250 up to 95%, 1000 beyond. */
  readonly enough: boolean
}

export interface TailRiskOptions {
  /** Between 0 and 1. Default: 0.95. */
  readonly confidence?: number
  /**
   * Periods the loss is for; means grow with it and deviations with its root, which holds for returns that are independent and
   * equally distributed only. Else pass `overlappingReturns`, or a horizon's variance to `normalTailRisk`. Default: 1.
   */
  readonly horizon?: number
}

/**
 * How many returns an estimate of this confidence asks for: 250 up to 95%, 1000 beyond.
 * @throws MathError `not-finite`, `out-of-domain`
 */
export function returnsNeeded(confidence: number): number {
  requireConfidence(confidence)
  return confidence <= 0.95 ? 250 : 1_000
}

function requireOptions(returns: Vector, confidence: number, horizon: number): void {
  requireConfidence(confidence)
  requirePositive('horizon', horizon)
  requireVector('returns', returns, 2)
}

const risk = (valueAtRisk: number, expectedShortfall: number): TailRisk => ({
  valueAtRisk: finiteOr('overflow', valueAtRisk, 'the value at risk'),
  expectedShortfall: Math.max(valueAtRisk, finiteOr('overflow', expectedShortfall, 'the expected shortfall')),
})

const enough = (returns: Vector, confidence: number): boolean => returns.length >= returnsNeeded(confidence)

export interface HistoricalOptions extends TailRiskOptions {
  /**
   * Which returns the shortfall averages: `quantile` those strictly below the quantile (those at it when there are none);
   * `order` (empyrical) the floor((n - 1) a) + 1 smallest ones, whose value at risk is the same quantile. Default: `quantile`.
   */
  readonly tail?: 'quantile' | 'order'
  /**
   * Where the quantile falls on a return, `exact` keeps that return out of the shortfall; `R` computes the quantile as R does, whose
   * rounding may let it in. Default: `exact`.
   */
  readonly border?: 'exact' | 'R'
}

/** Type 7 in the order of operations of R. */
function borderOfR(ascending: Float64Array, a: number): number {
  const position = 1 + (ascending.length - 1) * a
  const rest = position - Math.floor(position)
  const [low, high] = [ascending[Math.floor(position) - 1], ascending[Math.ceil(position) - 1]]
  return rest === 0 || low === high ? low : (1 - rest) * low + rest * high
}

/**
 * Historical VaR and ES: VaR = -q_a, the quantile (type 7) at a = 1 - confidence; ES = -mean(r | r < q_a), and VaR when there are none.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `overflow`
 */
export function historicalTailRisk(
  returns: Vector,
  { confidence = 0.95, horizon = 1, tail = 'quantile', border: rounding = 'exact' }: HistoricalOptions = {},
): SampledTailRisk {
  requireOptions(returns, confidence, horizon)
  const ascending = sorted(returns)
  const a = 1 - confidence
  const border = rounding === 'R' ? borderOfR(ascending, a) : quantileSorted(ascending, a)
  const worst =
    tail === 'order'
      ? ascending.subarray(0, Math.floor((ascending.length - 1) * a + 1e-9) + 1)
      : ascending.filter((each) => each < border)
  const shortfall = worst.length === 0 ? border : sum(worst) / worst.length
  const scale = Math.sqrt(horizon)
  return { ...risk(-border * scale, -shortfall * scale), enough: enough(returns, confidence) }
}

/**
 * Weighted historical VaR and ES: the historical ones with weights decay^age, (1 - decay) / (1 - decay^n) for the newest (last)
 * return. VaR is the largest loss such that it and all larger ones weigh at least a = 1 - confidence; ES their weighted mean, the
 * border's return by what of a is left. Source: J. Boudoukh, M. Richardson, R. Whitelaw, Risk 11 (1998), without interpolation.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain` unless 0 < decay <= 1, `overflow`
 */
export function weightedTailRisk(
  returns: Vector,
  { confidence = 0.95, horizon = 1, decay }: TailRiskOptions & { readonly decay: number },
): SampledTailRisk {
  requireOptions(returns, confidence, horizon)
  requirePositive('decay', decay)
  requireNumber('decay', decay, 0, 1)
  const n = returns.length
  const weights = Float64Array.from({ length: n }, (_, i) => decay ** (n - 1 - i))
  const total = sum(weights)
  const a = 1 - confidence
  const order = Array.from(returns, (_, i) => i).sort((i, j) => returns[i] - returns[j] || i - j)
  let left = a
  let border = returns[order[0]]
  let shortfall = 0
  for (const i of order) {
    border = returns[i]
    const weight = Math.min(left, weights[i] / total)
    shortfall += weight * border
    left -= weights[i] / total
    if (left <= 1e-12 * a) break
  }
  const scale = Math.sqrt(horizon)
  return { ...risk(-border * scale, (-shortfall / a) * scale), enough: enough(returns, confidence) }
}

export interface FilteredOptions extends HistoricalOptions {
  /** The deviation that is expected for the next period, in the unit of `deviations`. */
  readonly current: number
}

/**
 * Filtered historical VaR and ES: the historical ones of r_t / sigma_t * sigma_now, so that past returns speak for today's
 * volatility. `deviations` are the sigma_t that were expected before each return. Source: J. Hull, A. White, Journal of Risk 1 (1998);
 * G. Barone-Adesi, K. Giannopoulos, L. Vosper, Journal of Futures Markets 19 (1999).
 * @throws MathError `empty`, `too-short`, `shape`, `not-finite`, `out-of-domain` for a deviation that is not positive, `overflow`
 */
export function filteredTailRisk(returns: Vector, deviations: Vector, { current, ...options }: FilteredOptions): SampledTailRisk {
  requireVector('returns', returns, 2)
  requireVector('deviations', deviations)
  requireSameLength('returns', returns, 'deviations', deviations)
  requirePositive('current', current)
  const scaled = Float64Array.from(returns, (r, i) => {
    requirePositive(`deviations[${i}]`, deviations[i])
    return finiteOr('overflow', (r / deviations[i]) * current, 'a scaled return')
  })
  return historicalTailRisk(scaled, options)
}

/** Location and scale of a distribution, per horizon. */
export interface MeanAndDeviation {
  readonly mean: number
  readonly deviation: number
}

/**
 * VaR and ES of a normal distribution: VaR = -mu - z_a sigma, ES = -mu + sigma phi(z_a) / a, with a = 1 - confidence.
 * @throws MathError `not-finite`, `out-of-domain` for a negative deviation or a confidence outside 0 and 1, `overflow`
 */
export function normalTailRisk({ mean, deviation }: MeanAndDeviation, confidence = 0.95): TailRisk {
  requireNumber('mean', mean)
  requireNumber('deviation', deviation, 0)
  requireConfidence(confidence)
  const a = 1 - confidence
  // The quantile of the confidence, negated, keeps the digits that 1 - confidence loses.
  const z = -normalQuantile(confidence)
  return risk(-mean - z * deviation, -mean + (deviation * normalPdf(z)) / a)
}

/**
 * VaR and ES of a Student-t distribution scaled to the deviation: VaR = -mu - t_a sqrt((nu - 2)/nu) sigma,
 * ES = -mu + sigma sqrt((nu - 2)/nu) f(t_a)/a (nu + t_a^2)/(nu - 1). Source: A. J. McNeil, R. Frey, P. Embrechts, Quantitative Risk
 * Management (2005), 2.2.4.
 * @throws MathError `not-finite`, `out-of-domain` for freedom of 2 or less, `overflow`
 */
export function studentTailRiskOf(
  { mean, deviation, freedom }: MeanAndDeviation & { readonly freedom: number },
  confidence = 0.95,
): TailRisk {
  requireNumber('mean', mean)
  requireNumber('deviation', deviation, 0)
  requireNumber('freedom', freedom)
  refuseUnless(freedom > 2, 'out-of-domain', () => `freedom is ${freedom}; a variance needs more than 2`)
  requireConfidence(confidence)
  const a = 1 - confidence
  const t = -studentQuantile(confidence, freedom)
  const scale = Math.sqrt((freedom - 2) / freedom) * deviation
  return risk(-mean - t * scale, -mean + scale * (studentPdf(t, freedom) / a) * ((freedom + t * t) / (freedom - 1)))
}

/** Mean, deviation, skewness and excess kurtosis over a horizon of independent periods; both 0 when the returns do not vary. */
interface Moments extends MeanAndDeviation {
  readonly skewness: number
  readonly excess: number
}

function momentsOf(returns: Vector, horizon: number): Moments {
  const mean = finiteOr('overflow', sum(returns) / returns.length, 'the mean')
  const power = (k: number): number => sum(Float64Array.from(returns, (r) => (r - mean) ** k)) / returns.length
  const m2 = finiteOr('overflow', power(2), 'the variance')
  const still = Math.sqrt(m2) <= NOISE * Math.abs(mean) || m2 === 0
  const location = { mean: mean * horizon, deviation: Math.sqrt(m2 * horizon) }
  if (still) return { ...location, deviation: 0, skewness: 0, excess: 0 }
  const [skewness, excess] = [power(3) / m2 ** 1.5, power(4) / m2 ** 2 - 3]
  refuseUnless(Number.isFinite(skewness) && Number.isFinite(excess), 'overflow', 'the moments of the returns leave the range')
  return { ...location, skewness: skewness / Math.sqrt(horizon), excess: excess / horizon }
}

export interface GaussianOptions extends TailRiskOptions {
  /** Divisor of the variance: n, or n - 1 (quantstats). Default: `population`. */
  readonly divisor?: 'population' | 'sample'
}

/**
 * Gaussian VaR and ES: those of a normal distribution with the returns' mean and (population) deviation.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `overflow`
 */
export function gaussianTailRisk(
  returns: Vector,
  { confidence = 0.95, horizon = 1, divisor = 'population' }: GaussianOptions = {},
): SampledTailRisk {
  requireOptions(returns, confidence, horizon)
  const { mean, deviation } = momentsOf(returns, horizon)
  const corrected = divisor === 'sample' ? deviation * Math.sqrt(returns.length / (returns.length - 1)) : deviation
  return { ...normalTailRisk({ mean, deviation: corrected }, confidence), enough: enough(returns, confidence) }
}

export interface StudentOptions extends TailRiskOptions {
  /** Degrees of freedom, above 2. Default: 4 + 6 / excess kurtosis, those of a t with the kurtosis of the returns. */
  readonly freedom?: number
}

/**
 * Student-t VaR and ES: those of a t distribution with the returns' mean and (population) deviation, and given freedom or the
 * freedom 4 + 6 / excess kurtosis.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain` for freedom of 2 or less, and without it when the tails of
 * the returns are no heavier than the normal's, `overflow`
 */
export function studentTailRisk(
  returns: Vector,
  { confidence = 0.95, horizon = 1, freedom }: StudentOptions = {},
): SampledTailRisk & { readonly freedom: number } {
  requireOptions(returns, confidence, horizon)
  const { mean, deviation, excess } = momentsOf(returns, horizon)
  const heavy = excess * horizon
  refuseUnless(
    freedom !== undefined || heavy > 0,
    'out-of-domain',
    () => `an excess kurtosis of ${heavy} is that of no t distribution`,
  )
  const nu = finiteOr('overflow', freedom ?? 4 + 6 / heavy, 'the freedom')
  return { ...studentTailRiskOf({ mean, deviation, freedom: nu }, confidence), freedom: nu, enough: enough(returns, confidence) }
}

export interface CornishFisherOptions extends TailRiskOptions {
  /**
   * What answers where the expansion is not monotone, hence no quantile function: the historical figures, those of a Student t of
   * the same kurtosis, or (`none`) the expansion all the same. Default: `historical`.
   */
  readonly fallback?: 'historical' | 'student' | 'none'
}

export interface CornishFisherTailRisk extends SampledTailRisk {
  /** Whether the expansion is a quantile function for this skewness and kurtosis. */
  readonly valid: boolean
  readonly method: 'cornish-fisher' | 'historical' | 'student'
  readonly skewness: number
  readonly excessKurtosis: number
}

/**
 * Cornish-Fisher (modified) VaR and ES: with h = z + (z^2 - 1)S/6 + (z^3 - 3z)K/24 - (2z^3 - 5z)S^2/36 at z = z_a, VaR = -mu - h sigma
 * and ES = -mu - sigma min(-G, h), G = phi(h)/a [1 + h^3 S/6 + (h^6 - 9h^4 + 9h^2 + 3)S^2/72 + (h^4 - 2h^2 - 1)K/24]; K in excess.
 * Source: R. A. Cornish, E. A. Fisher (1937); K. Boudt, B. Peterson, C. Croux, Journal of Risk 11 (2008).
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `overflow`
 */
export function cornishFisherTailRisk(
  returns: Vector,
  { confidence = 0.95, horizon = 1, fallback = 'historical' }: CornishFisherOptions = {},
): CornishFisherTailRisk {
  requireOptions(returns, confidence, horizon)
  const { mean, deviation, skewness: s, excess: k } = momentsOf(returns, horizon)
  const valid = isCornishFisherValid(s, k)
  const facts = { valid, skewness: s, excessKurtosis: k, enough: enough(returns, confidence) }
  if (!valid && fallback !== 'none') {
    const options = { confidence, horizon }
    // A t has no such moments when the kurtosis is not above the normal's.
    const student = fallback === 'student' && k > 0
    const other = student ? studentTailRisk(returns, options) : historicalTailRisk(returns, options)
    const { valueAtRisk, expectedShortfall } = other
    return { valueAtRisk, expectedShortfall, ...facts, method: student ? 'student' : 'historical' }
  }
  const z = -normalQuantile(confidence)
  const a = 1 - confidence
  const h = z + ((z * z - 1) * s) / 6 + ((z ** 3 - 3 * z) * k) / 24 - ((2 * z ** 3 - 5 * z) * s * s) / 36
  finiteOr('overflow', h, 'the expansion')
  const h2 = h * h
  const density = normalPdf(h)
  const series = 1 + (h2 * h * s) / 6 + ((h2 ** 3 - 9 * h2 * h2 + 9 * h2 + 3) * s * s) / 72 + ((h2 * h2 - 2 * h2 - 1) * k) / 24
  const g = density === 0 ? 0 : (density / a) * series
  return { ...risk(-mean - h * deviation, -mean - deviation * Math.min(-g, h)), ...facts, method: 'cornish-fisher' }
}

/** Monotone this far is monotone enough: a normal variable is farther out in 6 of ten million cases. */
const REACH = 5

/**
 * Whether the Cornish-Fisher expansion of skewness S and excess kurtosis K rises for all |z| <= 5, as a quantile function has to: its
 * slope (K/8 - S^2/6) z^2 + (S/3) z + 1 - K/8 + 5 S^2/36 is not below 0 there. Source: D. Maillard, A User's Guide to the Cornish
 * Fisher Expansion (2012).
 * @throws MathError `not-finite`
 */
export function isCornishFisherValid(skewness: number, excessKurtosis: number): boolean {
  requireNumber('skewness', skewness)
  requireNumber('excessKurtosis', excessKurtosis)
  const curvature = excessKurtosis / 8 - (skewness * skewness) / 6
  const slope = (z: number): number =>
    curvature * z * z + (skewness / 3) * z + 1 - excessKurtosis / 8 + (5 * skewness * skewness) / 36
  const lowest = curvature > 0 ? -skewness / 6 / curvature : 0
  return Math.min(slope(-REACH), slope(REACH), Math.abs(lowest) < REACH ? slope(lowest) : Infinity) >= 0
}
