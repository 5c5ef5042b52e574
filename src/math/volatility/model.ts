/**
 * The recursions of conditional variance and what follows from their parameters alone. Shared by the filters, the likelihood, the
 * forecasts and the fits of this folder.
 *
 * Pure: numbers in, numbers out. Source: T. Bollerslev, Journal of Econometrics 31 (1986), GARCH; L. Glosten, R. Jagannathan,
 * D. Runkle, Journal of Finance 48 (1993), GJR; D. Nelson, Econometrica 59 (1991), EGARCH.
 */
import { MathError } from '../error.ts'
import { finiteOr, refuseUnless, requireNumber, requirePositive } from '../guard.ts'
import { normalCdf } from '../numerics/special.ts'

/**
 * - `garch`: h_t = omega + alpha e^2 + beta h, with e and h of the bar before
 * - `gjr`: h_t = omega + (alpha + gamma 1[e < 0]) e^2 + beta h
 * - `egarch`: ln h_t = omega + alpha (|z| - sqrt(2/pi)) + gamma z + beta ln h, with z = e / sqrt(h)
 */
export type VolatilityModel = 'garch' | 'gjr' | 'egarch'

/** Parameters of one recursion, in the units of the returns squared (`egarch`: of their logarithm). */
export interface VolatilityParameters {
  readonly omega: number
  readonly alpha: number
  /** What a fall adds; 0 where it is left out. Not of `garch`. */
  readonly gamma?: number
  readonly beta: number
  /** Degrees of freedom of Student innovations scaled to unit variance; without it they are normal. Above 2. */
  readonly nu?: number
}

/** E|z| of a standard normal z; the constant of `egarch` whatever the innovations are. */
export const MEAN_ABSOLUTE_NORMAL = Math.sqrt(2 / Math.PI)

/** Refuses parameters with which a variance could become negative. */
export function requireVolatilityParameters(model: VolatilityModel, parameters: VolatilityParameters): void {
  const { omega, alpha, gamma = 0, beta, nu } = parameters
  refuseUnless(
    model === 'garch' || model === 'gjr' || model === 'egarch',
    'out-of-domain',
    () => `there is no model ${model as string}`,
  )
  if (nu !== undefined) {
    requireNumber('nu', nu)
    refuseUnless(nu > 2, 'out-of-domain', () => `nu is ${nu}; the variance is finite above 2`)
  }
  if (model === 'egarch') {
    for (const [name, value] of [
      ['omega', omega],
      ['alpha', alpha],
      ['gamma', gamma],
      ['beta', beta],
    ] as const)
      requireNumber(name, value)
    return
  }
  requirePositive('omega', omega)
  requireNumber('alpha', alpha, 0)
  requireNumber('gamma', gamma, -alpha)
  refuseUnless(model === 'gjr' || gamma === 0, 'out-of-domain', 'garch has no gamma')
  requireNumber('beta', beta, 0)
}

/**
 * Persistence, the share of a variance shock left after a bar: alpha + beta (`garch`), alpha + gamma/2 + beta (`gjr`), beta
 * (`egarch`). Below 1 the process is stationary, at 1 it is integrated.
 * @throws MathError `not-finite`, `out-of-domain` for parameters of no such model
 */
export function volatilityPersistence(model: VolatilityModel, parameters: VolatilityParameters): number {
  requireVolatilityParameters(model, parameters)
  const { alpha, gamma = 0, beta } = parameters
  return finiteOr('overflow', model === 'egarch' ? beta : alpha + gamma / 2 + beta, 'the persistence')
}

/**
 * Unconditional variance: omega / (1 - persistence) for `garch` and `gjr`; for `egarch` with normal innovations
 * exp(omega / (1 - beta)) prod_i E exp(beta^i (alpha (|z| - sqrt(2/pi)) + gamma z)), i = 0, 1, ….
 * @throws MathError `out-of-domain` when the process is not stationary, or for `egarch` with Student innovations, whose mean
 * variance is infinite
 */
export function unconditionalVariance(model: VolatilityModel, parameters: VolatilityParameters): number {
  const persistence = volatilityPersistence(model, parameters)
  const { omega, alpha, gamma = 0, beta, nu } = parameters
  refuseUnless(
    Math.abs(persistence) < 1,
    'out-of-domain',
    () => `the persistence is ${persistence}: there is no lasting variance`,
  )
  if (model !== 'egarch') return finiteOr('overflow', omega / (1 - persistence), 'the unconditional variance')
  refuseUnless(nu === undefined, 'out-of-domain', 'egarch with Student innovations has no mean variance')
  let logarithm = omega / (1 - beta)
  let weight = 1
  for (let i = 0; i < 1_000_000 && Math.abs(weight) > 1e-17; i++) {
    logarithm += logMeanExpOfNews(weight * alpha, weight * gamma)
    weight *= beta
  }
  return finiteOr('overflow', Math.exp(logarithm), 'the unconditional variance')
}

/**
 * ln E exp(a (|z| - sqrt(2/pi)) + b z) of a standard normal z, which is
 * ln[exp((a+b)^2/2) Phi(a+b) + exp((a-b)^2/2) Phi(a-b)] - a sqrt(2/pi).
 */
export function logMeanExpOfNews(a: number, b: number): number {
  const [up, down] = [a + b, a - b]
  const value = Math.exp((up * up) / 2) * normalCdf(up) + Math.exp((down * down) / 2) * normalCdf(down)
  if (!Number.isFinite(value)) throw new MathError('overflow', 'the mean variance exceeds the range of a double')
  return Math.log(value) - a * MEAN_ABSOLUTE_NORMAL
}

/** The variance after a bar with residual `e` and variance `h`. */
export function nextVariance(model: VolatilityModel, p: VolatilityParameters, e: number, h: number): number {
  const { omega, alpha, gamma = 0, beta } = p
  if (model !== 'egarch') return omega + (e < 0 ? alpha + gamma : alpha) * e * e + beta * h
  const z = e / Math.sqrt(h)
  return Math.exp(omega + alpha * (Math.abs(z) - MEAN_ABSOLUTE_NORMAL) + gamma * z + beta * Math.log(h))
}

/**
 * The variance of the first bar, from a presample variance that stands for e^2 and h of the bar before: omega + persistence x
 * presample; `egarch`: exp(omega + beta ln presample), with news of zero.
 */
export function firstVariance(model: VolatilityModel, p: VolatilityParameters, presample: number): number {
  const { omega, alpha, gamma = 0, beta } = p
  return model === 'egarch' ? Math.exp(omega + beta * Math.log(presample)) : omega + (alpha + gamma / 2 + beta) * presample
}
