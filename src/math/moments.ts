/**
 * Shape of a distribution as the report shows it: `undefined` where `metrics/shape.ts`, which has the arithmetic, refuses.
 *
 * Pure: numbers in, numbers out.
 */
import { definedOr } from './metrics/defined.ts'
import * as shape from './metrics/shape.ts'

/** The adjusted Fisher-Pearson coefficient G1; `undefined` below three values and when they do not vary. */
export function skewness(values: ArrayLike<number>): number | undefined {
  return definedOr(() => shape.skewness(values, { kind: 'sample' }))
}

/** Excess kurtosis G2 (0 for the normal distribution); `undefined` below four values and when they do not vary. */
export function excessKurtosis(values: ArrayLike<number>): number | undefined {
  return definedOr(() => shape.kurtosis(values, { kind: 'sample', excess: true }))
}
