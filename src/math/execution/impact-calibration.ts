/**
 * The square-root law fitted to fills: I/sigma = Y (Q/V)^delta. Few fills and noise are the rule, so there is a prior, a robust way,
 * an interval and an error on fills that were not looked at.
 *
 * Pure; chance only from the generator handed in. Sources: B. Toth et al., Physical Review X 1 (2011); ridge by A. E. Hoerl,
 * R. W. Kennard, Technometrics 12 (1970); intervals by B. Efron, R. Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
 */
import type { Prng } from '../../core/random.ts'
import { MathError } from '../error.ts'
import {
  finiteOr,
  refuseUnless,
  requireInteger,
  requireNumber,
  requirePositive,
  requireSameLength,
  requireConfidence,
  requireShare,
  requireVector,
  type Vector,
} from '../guard.ts'
import { fitLine } from '../numerics/line.ts'
import { median, quantileSorted, sorted } from '../numerics/quantile.ts'
import { sum } from '../sum.ts'

/** Columns, one value a fill (or an order). */
export interface ImpactFills {
  /** Q, units, above zero. */
  readonly quantity: Vector
  /** V, units a day, above zero. */
  readonly volume: Vector
  /** Of a day, a fraction, above zero. */
  readonly volatility: Vector
  /** I, a fraction of the price; above zero when the price moved against the trade. */
  readonly impact: Vector
}

function requireFills({ quantity, volume, volatility, impact }: ImpactFills, atLeast: number): void {
  requireVector('quantity', quantity, atLeast)
  for (const [name, column] of [
    ['volume', volume],
    ['volatility', volatility],
    ['impact', impact],
  ] as const) {
    requireVector(name, column, 0)
    requireSameLength('quantity', quantity, name, column)
  }
  for (let i = 0; i < quantity.length; i++) {
    requirePositive(`quantity[${i}]`, quantity[i])
    requirePositive(`volume[${i}]`, volume[i])
    requirePositive(`volatility[${i}]`, volatility[i])
  }
}

/** ln(Q/V) and ln(I/sigma). */
function logarithms(fills: ImpactFills): { readonly x: Float64Array; readonly y: Float64Array } {
  requireFills(fills, 3)
  const { quantity, volume, volatility, impact } = fills
  for (let i = 0; i < impact.length; i++)
    refuseUnless(impact[i] > 0, 'out-of-domain', () => `impact[${i}] is ${impact[i]}; it has a logarithm only above zero`)
  return {
    x: Float64Array.from(quantity, (q, i) => finiteOr('overflow', Math.log(q) - Math.log(volume[i]), 'ln(Q/V)')),
    y: Float64Array.from(impact, (each, i) => finiteOr('overflow', Math.log(each) - Math.log(volatility[i]), 'ln(I/sigma)')),
  }
}

export interface ImpactFit {
  /** Y. */
  readonly coefficient: number
  /** delta. */
  readonly exponent: number
  /** ln Y, the intercept. */
  readonly logCoefficient: number
  /** Standard error of delta. */
  readonly exponentError: number
  /** Standard error of ln Y. */
  readonly logCoefficientError: number
  readonly rSquared: number
  readonly count: number
}

/**
 * Y and delta from ln(I/sigma) = ln Y + delta ln(Q/V) by ordinary least squares with an intercept.
 * @throws MathError `out-of-domain` when an impact is not above zero, `too-short` below three fills, `no-variance`, `shape`, `overflow`
 */
export function calibrateImpact(fills: ImpactFills): ImpactFit {
  const { x, y } = logarithms(fills)
  const line = fitLine('ln(Q/V)', x, 'ln(I/sigma)', y)
  return {
    coefficient: finiteOr('overflow', Math.exp(line.intercept), 'Y'),
    exponent: line.slope,
    logCoefficient: line.intercept,
    exponentError: line.slopeError,
    logCoefficientError: line.interceptError,
    rSquared: line.rSquared,
    count: line.count,
  }
}

export interface ImpactRidgeFit {
  readonly coefficient: number
  readonly exponent: number
  readonly logCoefficient: number
  readonly penalty: number
  /** Mean squared error of ln(I/sigma) with each fill left out in turn, for each penalty tried. */
  readonly scores: Float64Array
}

/**
 * Y and delta by ridge: min sum (ln(I/sigma) - ln Y - delta ln(Q/V))^2 + penalty delta^2, the intercept free; of several penalties the one with the lowest leave-one-out error.
 * The errors left out are e_i / (1 - h_ii), no refitting.
 * @param penalties one or more, at least 0
 * @throws MathError as `calibrateImpact`
 */
export function calibrateImpactRidge(fills: ImpactFills, penalties: Vector): ImpactRidgeFit {
  requireVector('penalties', penalties)
  const { x, y } = logarithms(fills)
  const n = x.length
  const [meanX, meanY] = [sum(x) / n, sum(y) / n]
  let [sxx, sxy] = [0, 0]
  for (let i = 0; i < n; i++) {
    sxx += (x[i] - meanX) ** 2
    sxy += (x[i] - meanX) * (y[i] - meanY)
  }
  refuseUnless(Math.sqrt(sxx / n) > 1e-14 * Math.max(1, Math.abs(meanX)), 'no-variance', 'ln(Q/V) does not vary')
  let best = 0
  const scores = Float64Array.from(penalties, (penalty, k) => {
    requireNumber(`penalties[${k}]`, penalty, 0)
    const slope = sxy / (sxx + penalty)
    let total = 0
    for (let i = 0; i < n; i++) {
      const dx = x[i] - meanX
      const kept = 1 - 1 / n - (dx * dx) / (sxx + penalty)
      // A fill that decides the line alone cannot be predicted by the others.
      refuseUnless(kept > 1e-12, 'singular', 'all fills but one have the same Q/V')
      total += ((y[i] - meanY - slope * dx) / kept) ** 2
    }
    return finiteOr('overflow', total / n, 'the leave-one-out error')
  })
  for (let k = 1; k < scores.length; k++) if (scores[k] < scores[best]) best = k
  const slope = sxy / (sxx + penalties[best])
  const intercept = finiteOr('overflow', meanY - slope * meanX, 'ln Y')
  return {
    coefficient: finiteOr('overflow', Math.exp(intercept), 'Y'),
    exponent: slope,
    logCoefficient: intercept,
    penalty: penalties[best],
    scores,
  }
}

export interface CoefficientOptions {
  /** delta, 0.5 unless given. */
  readonly exponent?: number
  /** `ols`: least squares without intercept; `median`: of the single ratios; `ridge`: least squares drawn to the prior. `ols` unless given. */
  readonly method?: 'ols' | 'median' | 'ridge'
  /** Of the ridge: the prior counts as so many fills of the usual size; 10 unless given. */
  readonly penalty?: number
  /** Of the ridge; 1 unless given. */
  readonly prior?: number
}

/**
 * Y with delta fixed: least squares of I on sigma (Q/V)^delta without intercept, the median of I / (sigma (Q/V)^delta), or a ridge sum (I - Y x)^2 + penalty mean(x^2) (Y - prior)^2.
 * Impacts at or below zero may be among the fills.
 * @throws MathError `empty`, `shape`, `out-of-domain`, `overflow`
 */
export function calibrateImpactCoefficient(fills: ImpactFills, options: CoefficientOptions = {}): number {
  const { exponent = 0.5, method = 'ols', penalty = 10, prior = 1 } = options
  requireFills(fills, 1)
  requirePositive('exponent', exponent)
  requireNumber('penalty', penalty, 0)
  requireNumber('prior', prior)
  const { quantity, volume, volatility, impact } = fills
  const x = Float64Array.from(quantity, (q, i) =>
    finiteOr('overflow', volatility[i] * (q / volume[i]) ** exponent, 'sigma (Q/V)^delta'),
  )
  if (method === 'median') return median(x.map((each, i) => finiteOr('overflow', impact[i] / each, 'I / (sigma (Q/V)^delta)')))
  let [xx, xy] = [0, 0]
  for (let i = 0; i < x.length; i++) {
    xx += x[i] * x[i]
    xy += x[i] * impact[i]
  }
  refuseUnless(xx > 0, 'no-variance', 'sigma (Q/V)^delta is zero')
  const drawn = method === 'ridge' ? (penalty * xx) / x.length : 0
  return finiteOr('overflow', (xy + drawn * prior) / (xx + drawn), 'Y')
}

export interface BootstrapOptions {
  /** 500 unless given. */
  readonly resamples?: number
  /** Two-sided, 0.95 unless given. */
  readonly confidence?: number
}

export interface Interval {
  readonly lower: number
  readonly upper: number
}

/**
 * Percentile bootstrap interval of a number computed from fills, which are drawn again with replacement: by default of Y with delta = 1/2.
 * Draws for which the number is not defined are drawn again, at most as often as there are resamples.
 * @throws MathError `no-convergence` when it is undefined for half of the draws, `out-of-domain`, those of the statistic
 */
export function impactInterval(
  fills: ImpactFills,
  prng: Prng,
  options: BootstrapOptions = {},
  statistic: (fills: ImpactFills) => number = calibrateImpactCoefficient,
): Interval {
  const { resamples = 500, confidence = 0.95 } = options
  requireFills(fills, 1)
  requireInteger('resamples', resamples, 2, 1_000_000)
  requireConfidence(confidence)
  const n = fills.quantity.length
  const draws = prng.fork('impact-interval')
  const found: number[] = []
  for (let attempt = 0; found.length < resamples; attempt++) {
    refuseUnless(attempt < 2 * resamples, 'no-convergence', 'the statistic is not defined for half of the draws')
    const chosen = Int32Array.from({ length: n }, () => draws.int(0, n - 1))
    try {
      found.push(finiteOr('overflow', statistic(pickFills(fills, chosen)), 'the statistic'))
    } catch (error) {
      if (!(error instanceof MathError)) throw error
    }
  }
  const ascending = sorted(found)
  return { lower: quantileSorted(ascending, (1 - confidence) / 2), upper: quantileSorted(ascending, (1 + confidence) / 2) }
}

function pickFills({ quantity, volume, volatility, impact }: ImpactFills, rows: ArrayLike<number>): ImpactFills {
  const pick = (column: Vector): Float64Array => Float64Array.from(rows, (row) => column[row])
  return { quantity: pick(quantity), volume: pick(volume), volatility: pick(volatility), impact: pick(impact) }
}

export interface ImpactModelOptions {
  /** Fills below which the prior is kept: 50 unless given. */
  readonly minimumFills?: number
  /** Y without fills: 1 unless given. */
  readonly prior?: number
  /** Fills whose impact, as the prior expects it, is below this fraction are noise: 5 bp = 0.0005 unless given. */
  readonly noise?: number
  readonly exponent?: number
  readonly method?: 'ols' | 'median' | 'ridge'
}

export interface ImpactModel {
  readonly coefficient: number
  readonly exponent: number
  /** Fills above the noise. */
  readonly count: number
  readonly calibrated: boolean
}

/**
 * The law to trade with: Y = prior until there are 50 fills above the noise, then their calibrated Y with delta fixed (by default the median, which a few odd fills cannot move).
 * Which fills are noise is judged by the impact expected of them, not by the one they had: leaving out the small outcomes would bias Y upwards.
 * @throws MathError as `calibrateImpactCoefficient`, no fills at all are allowed
 */
export function impactModel(fills: ImpactFills, options: ImpactModelOptions = {}): ImpactModel {
  const { minimumFills = 50, prior = 1, noise = 0.0005, exponent = 0.5, method = 'median' } = options
  requireFills(fills, 0)
  requireInteger('minimumFills', minimumFills, 1)
  requireNumber('prior', prior)
  requireNumber('noise', noise, 0)
  requirePositive('exponent', exponent)
  const { quantity, volume, volatility } = fills
  const kept: number[] = []
  for (let i = 0; i < quantity.length; i++)
    if (Math.abs(prior) * volatility[i] * (quantity[i] / volume[i]) ** exponent >= noise) kept.push(i)
  const calibrated = kept.length >= minimumFills
  return {
    coefficient: calibrated ? calibrateImpactCoefficient(pickFills(fills, kept), { exponent, method, prior }) : prior,
    exponent,
    count: kept.length,
    calibrated,
  }
}

/** Of impacts predicted, fractions of the price. */
export interface ImpactError {
  readonly rootMeanSquare: number
  readonly meanAbsolute: number
  /** Mean of predicted less realised. */
  readonly bias: number
  /** 1 - sum of squares / sum of squares of the realised impacts: against predicting none. */
  readonly explained: number
  readonly count: number
}

/**
 * Out-of-sample error: the law is calibrated on the first `share` of the fills (in order of time) and predicts the rest.
 * @param options the law's, as in `impactModel`
 * @throws MathError `too-short` when a part is empty, `no-denominator` when all later impacts are zero, those of `impactModel`
 */
export function impactError(fills: ImpactFills, share: number, options: ImpactModelOptions = {}): ImpactError {
  requireFills(fills, 2)
  requireShare('share', share, true)
  const { quantity, volume, volatility, impact } = fills
  const n = quantity.length
  const split = Math.floor(n * share)
  refuseUnless(split >= 1 && split < n, 'too-short', () => `${n} fills cannot be parted at ${split}`)
  const { coefficient, exponent } = impactModel(
    pickFills(
      fills,
      Array.from({ length: split }, (_, i) => i),
    ),
    options,
  )
  let [squares, absolute, bias, realised] = [0, 0, 0, 0]
  for (let i = split; i < n; i++) {
    const error = coefficient * volatility[i] * (quantity[i] / volume[i]) ** exponent - impact[i]
    squares += error * error
    absolute += Math.abs(error)
    bias += error
    realised += impact[i] * impact[i]
  }
  const count = n - split
  finiteOr('overflow', squares + absolute, 'the error')
  refuseUnless(realised > 0, 'no-denominator', 'no later fill had an impact')
  return {
    rootMeanSquare: Math.sqrt(squares / count),
    meanAbsolute: absolute / count,
    bias: bias / count,
    explained: finiteOr('overflow', 1 - squares / realised, 'the share explained'),
    count,
  }
}
