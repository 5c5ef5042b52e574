/**
 * Sums and differences of numbers that are kept as logarithms, so that likelihoods of long series neither vanish nor overflow.
 *
 * Pure: numbers in, numbers out. Source: M. Maechler, Accurately computing log(1 - exp(-|a|)), Rmpfr (2012).
 */
import { MathError } from '../error.ts'
import { finiteOr, refuseUnless, requireNumber, requirePositive, requireVector, type Vector } from '../guard.ts'

/**
 * ln(sum of exp(x_i)), the largest taken out first. Minus infinity stands for a probability of zero.
 * @throws MathError `empty`; `not-finite` for NaN, plus infinity, or when all are minus infinity
 */
export function logSumExp(values: Vector): number {
  refuseUnless(values.length > 0, 'empty', 'no values')
  let largest = -Infinity
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i]) || values[i] === Infinity) throw new MathError('not-finite', `values[${i}] is ${values[i]}`)
    if (values[i] > largest) largest = values[i]
  }
  refuseUnless(largest > -Infinity, 'not-finite', 'all values are minus infinity')
  let total = 0
  for (let i = 0; i < values.length; i++) total += Math.exp(values[i] - largest)
  return finiteOr('overflow', largest + Math.log(total), 'the logarithm of the sum')
}

/**
 * ln(1 - exp(-x)), for x > 0: the logarithm of one less a probability that is given by its logarithm.
 * @throws MathError `not-finite`, `out-of-domain`
 */
export function log1mExp(x: number): number {
  requirePositive('x', x)
  return x <= Math.LN2 ? Math.log(-Math.expm1(-x)) : Math.log1p(-Math.exp(-x))
}

/**
 * ln(1 + exp(x)), without overflow.
 * @throws MathError `not-finite`
 */
export function log1pExp(x: number): number {
  requireNumber('x', x)
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x))
}

/**
 * 1 / (1 + exp(-x)), without overflow.
 * @throws MathError `not-finite`
 */
export function logistic(x: number): number {
  requireNumber('x', x)
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))
}

/**
 * exp(x_i) / sum of exp(x_j): shares that add up to one.
 * @throws MathError `empty`, `not-finite`
 */
export function softmax(values: Vector): Float64Array {
  requireVector('values', values)
  let largest = -Infinity
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, values[i])
  const out = Float64Array.from(values, (value) => Math.exp(value - largest))
  let total = 0
  for (let i = 0; i < out.length; i++) total += out[i]
  for (let i = 0; i < out.length; i++) out[i] /= total
  return out
}
