/**
 * How much a Sharpe ratio can be believed: its standard error, the probability that the true one is above a benchmark, the length
 * of record that would show it, and what is left of it after many trials. Ratios are per period here, never annualised (a daily
 * ratio goes with a count of days), skewness and kurtosis are population moments, and the kurtosis of a normal is 3.
 *
 * Pure: numbers in, numbers out. Source: D. H. Bailey, M. López de Prado, The Sharpe Ratio Efficient Frontier, Journal of Risk 15
 * (2012), and The Deflated Sharpe Ratio, Journal of Portfolio Management 40 (2014); A. W. Lo, The Statistics of Sharpe Ratios,
 * Financial Analysts Journal 58 (2002); E. Mertens, Comments on variance of the IID estimator in Lo (2002).
 */
import {
  finiteOr,
  type Matrix,
  refuseUnless,
  requireInteger,
  requireMatrix,
  requireNumber,
  requireShare,
  requireVector,
  type Vector,
} from '../guard.ts'
import { autocorrelation } from '../numerics/autocorrelation.ts'
import { variance } from '../numerics/statistics.ts'
import { normalCdf, normalQuantile } from '../numerics/special.ts'
import { shapeOf, standardise } from './standardise.ts'

const EULER_MASCHERONI = 0.5772156649015329

/** What is known of a measured Sharpe ratio. */
export interface SharpeSample {
  /** Per period. */
  readonly sharpe: number
  /** How many returns it was measured from. */
  readonly observations: number
  /** Population skewness; 0 (normal) by default. */
  readonly skewness?: number
  /** Population kurtosis, not in excess; 3 (normal) by default. */
  readonly kurtosis?: number
}

/**
 * Per-period Sharpe ratio mean(r - r_f) / sd(r - r_f) with the sample standard deviation, beside the skewness and the kurtosis
 * (population moments) that its standard error needs. `returns` are of one period each, `riskFree` is a return of one period.
 * @throws MathError `too-short` below two returns, `no-variance` when they are all the same, `not-finite`
 */
export function sharpeSample(returns: Vector, riskFree = 0): Required<SharpeSample> {
  requireNumber('the risk-free return', riskFree)
  const { mean, deviation, z } = standardise('the returns', returns)
  const n = returns.length
  const sharpe = ((mean - riskFree) / deviation) * Math.sqrt((n - 1) / n)
  return { sharpe: finiteOr('overflow', sharpe, 'the Sharpe ratio'), observations: n, ...shapeOf(z) }
}

/** 1 - S SR + (K - 1)/4 SR^2: the variance of sqrt(T) times the Sharpe ratio. */
function varianceFactor({ sharpe, observations, skewness = 0, kurtosis = 3 }: SharpeSample): number {
  requireNumber('the Sharpe ratio', sharpe)
  requireInteger('the number of observations', observations, 2)
  requireNumber('the skewness', skewness)
  requireNumber('the kurtosis', kurtosis, 1)
  const factor = 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe
  refuseUnless(
    factor > 0,
    'out-of-domain',
    () =>
      `no distribution has skewness ${skewness} and kurtosis ${kurtosis}: the variance of its Sharpe ratio would be ${factor}`,
  )
  return finiteOr('overflow', factor, 'the variance of the Sharpe ratio')
}

/**
 * Standard error of a Sharpe ratio, sqrt((1 - S SR + (K - 1)/4 SR^2) / (T - 1)), for returns that are independent and of any
 * shape (Mertens 2002).
 * @throws MathError `out-of-domain` when skewness and kurtosis belong to no distribution, or below two observations; `not-finite`
 */
export function sharpeStandardError(sample: SharpeSample): number {
  return Math.sqrt(varianceFactor(sample) / (sample.observations - 1))
}

/**
 * Standard error of a Sharpe ratio of independent normal returns, sqrt((1 + SR^2/2) / T) (Lo 2002).
 * @throws MathError `out-of-domain` below two observations, `not-finite`, `overflow`
 */
export function sharpeStandardErrorNormal(sharpe: number, observations: number): number {
  requireNumber('the Sharpe ratio', sharpe)
  requireInteger('the number of observations', observations, 2)
  return finiteOr('overflow', Math.sqrt((1 + (sharpe * sharpe) / 2) / observations), 'the standard error')
}

/**
 * Probabilistic Sharpe ratio PSR(SR*) = Phi((SR - SR*) sqrt(T - 1) / sqrt(1 - S SR + (K - 1)/4 SR^2)): the probability that the
 * true ratio is above the benchmark SR*, which is per period too.
 * @throws MathError `out-of-domain` when skewness and kurtosis belong to no distribution, or below two observations; `not-finite`
 */
export function probabilisticSharpe(sample: SharpeSample, benchmark = 0): number {
  requireNumber('the benchmark', benchmark)
  return normalCdf((sample.sharpe - benchmark) / sharpeStandardError(sample))
}

export interface TrackRecordOptions {
  /** The Sharpe ratio to be above, per period; 0 by default. */
  readonly benchmark?: number
  /** Probability, 0.95 by default. */
  readonly confidence?: number
}

/**
 * Minimum track record length 1 + (1 - S SR + (K - 1)/4 SR^2) (z_p / (SR - SR*))^2, in periods: how many returns it takes for the
 * ratio to be above the benchmark with the given confidence.
 * @throws MathError `out-of-domain` when the ratio is not above its benchmark (no record is long enough); `overflow`
 */
export function minimumTrackRecord(sample: SharpeSample, { benchmark = 0, confidence = 0.95 }: TrackRecordOptions = {}): number {
  requireNumber('the benchmark', benchmark)
  requireShare('the confidence', confidence, true)
  const factor = varianceFactor(sample)
  const margin = sample.sharpe - benchmark
  refuseUnless(
    margin > 0,
    'out-of-domain',
    () => `a Sharpe ratio of ${sample.sharpe} is not above its benchmark ${benchmark}: no track record is long enough`,
  )
  return finiteOr('overflow', 1 + factor * (normalQuantile(confidence) / margin) ** 2, 'the track record')
}

/**
 * Expected maximum of the Sharpe ratios of N independent trials without skill, sqrt(V) [(1 - g) z(1 - 1/N) + g z(1 - 1/(N e))], g
 * the Euler-Mascheroni constant and V the variance of the trials' ratios, per period. N need not be whole. One trial has none to
 * choose from: 0, which is also the least for N near 1, where the approximation would be negative.
 * @throws MathError `out-of-domain` for N below 1 or a negative variance, `not-finite`
 */
export function expectedMaximumSharpe(trials: number, varianceOfSharpes: number): number {
  requireNumber('the number of trials', trials, 1)
  requireNumber('the variance of the Sharpe ratios', varianceOfSharpes, 0)
  if (trials === 1) return 0
  // From the lower tail: 1 - 1/N has no digits left for large N.
  const first = -normalQuantile(1 / trials)
  const second = -normalQuantile(1 / (trials * Math.E))
  return Math.sqrt(varianceOfSharpes) * Math.max(0, (1 - EULER_MASCHERONI) * first + EULER_MASCHERONI * second)
}

export interface Trials {
  /** How many independent trials the best was chosen from; need not be whole. */
  readonly trials: number
  /** Variance of the Sharpe ratios of the trials, per period. */
  readonly variance: number
}

export interface DeflatedSharpe {
  /** The ratio that the best of so many trials without skill reaches on average, per period. */
  readonly threshold: number
  /** PSR at that threshold. */
  readonly probability: number
}

/**
 * Deflated Sharpe ratio DSR = PSR(SR0), SR0 the expected maximum Sharpe ratio of so many trials without skill: the probability
 * that the best of them has skill. Below 0.95 the strategy is to be rejected.
 * @throws MathError `out-of-domain`, `not-finite` as of `probabilisticSharpe` and `expectedMaximumSharpe`
 */
export function deflatedSharpe(sample: SharpeSample, { trials, variance: spread }: Trials): DeflatedSharpe {
  const threshold = expectedMaximumSharpe(trials, spread)
  return { threshold, probability: probabilisticSharpe(sample, threshold) }
}

export interface DeflatedTrials extends DeflatedSharpe {
  /** Of every trial, per period. */
  readonly sharpes: Float64Array
  /** The column of the highest ratio. */
  readonly best: number
  /** Sample variance of the ratios. */
  readonly variance: number
  /** What was counted as independent trials. */
  readonly trials: number
  /** Of the best. */
  readonly sample: Required<SharpeSample>
}

/**
 * Deflated Sharpe ratio of the best of several strategies, DSR = PSR(SR0) with the sample variance of their ratios in SR0, from
 * their returns: rows are periods, columns are trials. Counts all of them as independent, unless `trials` says less
 * (see `independentTrials`).
 * @throws MathError `too-short` below two periods or two trials, `no-variance` when returns of a trial do not vary, `out-of-domain`
 */
export function deflatedSharpeOfTrials(returns: Matrix, trials?: number): DeflatedTrials {
  requireMatrix('the returns', returns, 2, 2)
  const samples = Array.from({ length: returns[0].length }, (_, j) => sharpeSample(Float64Array.from(returns, (row) => row[j])))
  const sharpes = Float64Array.from(samples, ({ sharpe }) => sharpe)
  const best = sharpes.reduce((at, sharpe, j) => (sharpe > sharpes[at] ? j : at), 0)
  const spread = variance(sharpes)
  const count = trials ?? sharpes.length
  return {
    ...deflatedSharpe(samples[best], { trials: count, variance: spread }),
    sharpes,
    best,
    variance: spread,
    trials: count,
    sample: samples[best],
  }
}

/**
 * Effective number of independent trials N_eff = rho + (1 - rho) N, from N trials whose returns have mean correlation rho; between
 * 1 and N for rho between 0 and 1. A negative mean correlation counts as none.
 * @throws MathError `out-of-domain` for N below 1 or a correlation outside of -1 and 1, `not-finite`
 */
export function effectiveTrials(trials: number, meanCorrelation: number): number {
  requireNumber('the number of trials', trials, 1)
  requireNumber('the mean correlation', meanCorrelation, -1, 1)
  const rho = Math.max(0, meanCorrelation)
  return rho + (1 - rho) * trials
}

export interface AnnualisedSharpe {
  /** Per period. */
  readonly sharpe: number
  /** Of lags 1 to q - 1. */
  readonly autocorrelations: Float64Array
  /** What the ratio is multiplied by: sqrt(q) for independent returns. */
  readonly factor: number
  /** Per q periods. */
  readonly annualised: number
}

/**
 * Sharpe ratio of q periods from returns of one period that are autocorrelated, SR(q) = SR q / sqrt(q + 2 sum_{k<q} (q - k) rho_k)
 * (Lo 2002); with independent returns it is SR sqrt(q).
 * @throws MathError `too-short` with q or fewer returns, `no-variance` when they do not vary, `out-of-domain` when the
 * autocorrelations leave no positive variance, or q is not whole and at least 1
 */
export function annualisedSharpe(returns: Vector, periods: number): AnnualisedSharpe {
  requireInteger('the number of periods', periods, 1)
  requireVector('the returns', returns, Math.max(2, periods + 1))
  const { z } = standardise('the returns', returns)
  const rho = autocorrelation(z, periods - 1)
  let total = periods
  for (let k = 1; k < periods; k++) total += 2 * (periods - k) * rho[k]
  refuseUnless(total > 0, 'out-of-domain', () => `the autocorrelations leave a variance of ${total} over ${periods} periods`)
  const { sharpe } = sharpeSample(returns)
  const factor = periods / Math.sqrt(total)
  return { sharpe, autocorrelations: rho.slice(1), factor, annualised: finiteOr('overflow', sharpe * factor, 'the ratio') }
}
