/**
 * The log-likelihood of the recursions with its gradient, for fits: one pass, nothing allocated, few logarithms. Products of
 * variances are gathered and their logarithm is taken when they grow large or small.
 *
 * Parameters stand in a row of six: mean, omega, up, down, beta, nu. For `garch` and `gjr`, `up` is the coefficient of a squared
 * rise (alpha) and `down` that of a squared fall (alpha + gamma); for `egarch` they are alpha and gamma.
 *
 * Pure. Source: G. Fiorentini, G. Calzolari, L. Panattoni, Journal of Applied Econometrics 11 (1996), analytic derivatives.
 */
import { digamma } from '../numerics/special.ts'
import { LN_2PI, studentConstant } from './density.ts'
import { MEAN_ABSOLUTE_NORMAL } from './model.ts'

export const [MEAN, OMEGA, UP, DOWN, BETA, NU] = [0, 1, 2, 3, 4, 5]
export const SLOTS = 6

export interface LikelihoodTask {
  readonly returns: Float64Array
  readonly egarch: boolean
  readonly student: boolean
  /** NaN: the mean square around the current mean. */
  readonly backcast: number
  /** Mean and population variance of the returns: their mean square around m is spread + (centre - m)^2. */
  readonly centre: number
  readonly spread: number
}

/**
 * Log-likelihood at `theta`; -Infinity where a variance leaves (1e-150, 1e150), and for `egarch` where the recursion does not
 * forget its start (the mean of ln |d ln h_{t+1} / d ln h_t| is not below 0: D. Straumann, T. Mikosch, Annals of Statistics 34, 2006).
 * @param gradient six slots to fill
 * @param scores six slots for each return to fill: the gradient of its own density
 */
export function logLikelihoodOf(
  task: LikelihoodTask,
  theta: Float64Array,
  gradient?: Float64Array,
  scores?: Float64Array,
): number {
  return task.egarch ? exponential(task, theta, gradient, scores) : quadratic(task, theta, gradient, scores)
}

function quadratic(task: LikelihoodTask, theta: Float64Array, gradient?: Float64Array, scores?: Float64Array): number {
  const { returns, student, backcast, centre, spread } = task
  const n = returns.length
  const [mean, omega, up, down, beta, nu] = theta
  const wanted = gradient !== undefined
  let presample = backcast
  let presampleSlope = 0
  if (Number.isNaN(backcast)) {
    presample = spread + (centre - mean) * (centre - mean)
    presampleSlope = -2 * (centre - mean)
  }
  const persistence = 0.5 * (up + down) + beta
  const freedom = student ? nu - 2 : 1
  const weight = nu + 1
  const [digammaUp, digammaDown] = student && wanted ? [digamma((nu + 1) / 2), digamma(nu / 2)] : [0, 0]
  const nuConstant = 0.5 * (digammaUp - digammaDown - 1 / freedom)
  let h = omega + persistence * presample
  let [hMean, hOmega, hUp, hDown, hBeta] = [persistence * presampleSlope, 1, 0.5 * presample, 0.5 * presample, presample]
  let [gMean, gOmega, gUp, gDown, gBeta, gNu] = [0, 0, 0, 0, 0, 0]
  let [product, logs, tailProduct, tailLogs, squares] = [1, 0, 1, 0, 0]
  for (let t = 0; t < n; t++) {
    if (!(h > 1e-150 && h < 1e150)) return -Infinity
    const e = returns[t] - mean
    // Rises and falls apart without a branch, which no processor could predict: both differences are exact.
    const square = e * e
    const rise = 0.5 * (e + Math.abs(e))
    const squareUp = rise * e
    const squareDown = square - squareUp
    const inverse = 1 / h
    const w = square * inverse
    product *= h
    if (product > 1e100 || product < 1e-100) {
      logs += Math.log(product)
      product = 1
    }
    let ratio = 1
    let own = 1
    if (student) {
      ratio = 1 + w / freedom
      if (ratio > 1e100) tailLogs += Math.log(ratio)
      else tailProduct *= ratio
      if (tailProduct > 1e100) {
        tailLogs += Math.log(tailProduct)
        tailProduct = 1
      }
      own = weight / (freedom * ratio)
    } else {
      squares += w
    }
    if (wanted) {
      // d ln f / dh and d ln f / dmean through e.
      const slope = 0.5 * inverse * (own * w - 1)
      const throughMean = own * e * inverse
      gMean += slope * hMean + throughMean
      gOmega += slope * hOmega
      gUp += slope * hUp
      gDown += slope * hDown
      gBeta += slope * hBeta
      const nuPart = student ? nuConstant + (0.5 * own * w) / freedom : 0
      gNu += nuPart
      if (scores !== undefined) {
        const at = t * SLOTS
        scores[at] = slope * hMean + throughMean
        scores[at + 1] = slope * hOmega
        scores[at + 2] = slope * hUp
        scores[at + 3] = slope * hDown
        scores[at + 4] = slope * hBeta
        scores[at + 5] = nuPart - (student ? 0.5 * Math.log(ratio) : 0)
      }
      hMean = beta * hMean - 2 * (up * rise + down * (e - rise))
      hOmega = 1 + beta * hOmega
      hUp = beta * hUp + squareUp
      hDown = beta * hDown + squareDown
      hBeta = beta * hBeta + h
    }
    h = omega + up * squareUp + down * squareDown + beta * h
  }
  logs += Math.log(product)
  tailLogs += Math.log(tailProduct)
  if (gradient !== undefined) {
    gradient[0] = gMean
    gradient[1] = gOmega
    gradient[2] = gUp
    gradient[3] = gDown
    gradient[4] = gBeta
    gradient[5] = gNu - 0.5 * tailLogs
  }
  return student ? n * studentConstant(nu) - 0.5 * logs - 0.5 * weight * tailLogs : -0.5 * (n * LN_2PI + logs + squares)
}

function exponential(task: LikelihoodTask, theta: Float64Array, gradient?: Float64Array, scores?: Float64Array): number {
  const { returns, student, backcast, centre, spread } = task
  const n = returns.length
  const [mean, omega, alpha, gamma, beta, nu] = theta
  const wanted = gradient !== undefined
  let presample = backcast
  let presampleSlope = 0
  if (Number.isNaN(backcast)) {
    presample = spread + (centre - mean) * (centre - mean)
    presampleSlope = (-2 * (centre - mean)) / presample
  }
  const freedom = student ? nu - 2 : 1
  const weight = nu + 1
  const [digammaUp, digammaDown] = student && wanted ? [digamma((nu + 1) / 2), digamma(nu / 2)] : [0, 0]
  const nuConstant = 0.5 * (digammaUp - digammaDown - 1 / freedom)
  let level = omega + beta * Math.log(presample)
  // Derivatives of ln h.
  let [lMean, lOmega, lAlpha, lGamma, lBeta] = [beta * presampleSlope, 1, 0, 0, Math.log(presample)]
  let [gMean, gOmega, gAlpha, gGamma, gBeta, gNu] = [0, 0, 0, 0, 0, 0]
  let [levels, tailProduct, tailLogs, squares, memory, memoryLogs] = [0, 1, 0, 0, 1, 0]
  for (let t = 0; t < n; t++) {
    if (!(level > -340 && level < 340)) return -Infinity
    const root = Math.exp(-0.5 * level)
    const z = (returns[t] - mean) * root
    const w = z * z
    levels += level
    let ratio = 1
    let own = 1
    if (student) {
      ratio = 1 + w / freedom
      if (ratio > 1e100) tailLogs += Math.log(ratio)
      else tailProduct *= ratio
      if (tailProduct > 1e100) {
        tailLogs += Math.log(tailProduct)
        tailProduct = 1
      }
      own = weight / (freedom * ratio)
    } else squares += w
    const magnitude = Math.abs(z)
    // What is left of a change of ln h after the bar: z itself moves with it, by -z/2.
    const carry = beta - 0.5 * (alpha * magnitude + gamma * z)
    memory *= Math.abs(carry)
    if (memory < 1e-100 || memory > 1e100) {
      memoryLogs += Math.log(Math.max(memory, 1e-300))
      memory = 1
    }
    if (wanted) {
      const slope = 0.5 * (own * w - 1)
      const throughMean = own * z * root
      gMean += slope * lMean + throughMean
      gOmega += slope * lOmega
      gAlpha += slope * lAlpha
      gGamma += slope * lGamma
      gBeta += slope * lBeta
      const nuPart = student ? nuConstant + (0.5 * own * w) / freedom : 0
      gNu += nuPart
      if (scores !== undefined) {
        const at = t * SLOTS
        scores[at] = slope * lMean + throughMean
        scores[at + 1] = slope * lOmega
        scores[at + 2] = slope * lAlpha
        scores[at + 3] = slope * lGamma
        scores[at + 4] = slope * lBeta
        scores[at + 5] = nuPart - (student ? 0.5 * Math.log(ratio) : 0)
      }
      lMean = carry * lMean - (alpha * Math.sign(z) + gamma) * root
      lOmega = carry * lOmega + 1
      lAlpha = carry * lAlpha + magnitude - MEAN_ABSOLUTE_NORMAL
      lGamma = carry * lGamma + z
      lBeta = carry * lBeta + level
    }
    level = omega + alpha * (magnitude - MEAN_ABSOLUTE_NORMAL) + gamma * z + beta * level
  }
  if (memoryLogs + Math.log(memory) >= 0) return -Infinity
  tailLogs += Math.log(tailProduct)
  if (gradient !== undefined) {
    gradient[0] = gMean
    gradient[1] = gOmega
    gradient[2] = gAlpha
    gradient[3] = gGamma
    gradient[4] = gBeta
    gradient[5] = gNu - 0.5 * tailLogs
  }
  return student ? n * studentConstant(nu) - 0.5 * levels - 0.5 * weight * tailLogs : -0.5 * (n * LN_2PI + levels + squares)
}
