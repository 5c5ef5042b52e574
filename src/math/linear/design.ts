/**
 * What all linear models do with their data first: centre it, weigh it, bring its columns to one scale.
 *
 * Pure: numbers in, numbers out. Source: T. Hastie, R. Tibshirani, J. Friedman, The Elements of Statistical Learning (2009), 3.4.
 */
import { finiteOr, type Matrix, refuseUnless, requireMatrix, requireNumber, requireVector, type Vector } from '../guard.ts'
import { dot } from '../numerics/linear-algebra.ts'
import { columnMeans, deviation, positiveDeviation } from '../numerics/statistics.ts'

/** A fitted linear function: y = intercept + x'coefficients. */
export interface LinearFunction {
  /** One a column. */
  readonly coefficients: Float64Array
  /** Zero in a model that was asked for without one. */
  readonly intercept: number
}

/**
 * intercept + x'coefficients for each row.
 * @throws MathError `empty`, `shape`, `not-finite`, `overflow`
 */
export function predictLinear(model: LinearFunction, x: Matrix): Float64Array {
  requireMatrix('x', x)
  requireVector('coefficients', model.coefficients)
  requireNumber('intercept', model.intercept)
  return Float64Array.from(x, (row) => finiteOr('overflow', model.intercept + dot(row, model.coefficients), 'a prediction'))
}

export interface Standardised {
  /** (x - mean) / deviation. */
  readonly rows: Float64Array[]
  readonly means: Float64Array
  /** With divisor n. */
  readonly deviations: Float64Array
}

/**
 * Columns less their means, divided by their population standard deviations.
 * @throws MathError `empty`, `shape`, `not-finite`, `overflow`, `no-variance` for a constant column
 */
export function standardise(x: Matrix): Standardised {
  requireMatrix('x', x)
  const means = columnMeans(x)
  const deviations = means.map((_, j) =>
    positiveDeviation(
      Float64Array.from(x, (row) => row[j]),
      'population',
    ),
  )
  return { rows: x.map((row) => Float64Array.from(row, (value, j) => (value - means[j]) / deviations[j])), means, deviations }
}

/** Centred, weighed data and the way back. */
export interface Centred {
  /** sqrt(w) (x - mean) / scale. */
  readonly rows: Float64Array[]
  /** sqrt(w) (y - mean). */
  readonly target: Float64Array
  readonly means: Float64Array
  readonly targetMean: number
  readonly scales: Float64Array
  /** Square roots of the weights; ones where there are none. */
  readonly roots: Float64Array
  /** Sum of the weights. */
  readonly mass: number
}

export interface DesignOptions {
  readonly intercept: boolean
  readonly standardise: boolean
  readonly weights: Vector | undefined
}

/** Means are weighted ones; without an intercept nothing is subtracted. */
export function centre(x: Matrix, y: Vector, options: DesignOptions): Centred {
  requireMatrix('x', x)
  requireVector('y', y)
  const n = x.length
  const p = x[0].length
  refuseUnless(y.length === n, 'shape', () => `${n} rows against ${y.length} targets`)
  const { weights } = options
  if (weights !== undefined) {
    requireVector('weights', weights)
    refuseUnless(weights.length === n, 'shape', () => `${n} rows against ${weights.length} weights`)
    for (let i = 0; i < n; i++) requireNumber(`weights[${i}]`, weights[i], 0)
  }
  const weight = (i: number): number => weights?.[i] ?? 1
  let mass = 0
  for (let i = 0; i < n; i++) mass += weight(i)
  refuseUnless(mass > 0 && Number.isFinite(mass), 'out-of-domain', () => `the weights add up to ${mass}`)
  const means = new Float64Array(p)
  let targetMean = 0
  if (options.intercept) {
    for (let i = 0; i < n; i++) {
      const share = weight(i) / mass
      for (let j = 0; j < p; j++) means[j] += share * x[i][j]
      targetMean += share * y[i]
    }
    // The second pass takes away what rounding left of the first.
    const rest = new Float64Array(p)
    for (let i = 0; i < n; i++) for (let j = 0; j < p; j++) rest[j] += (weight(i) / mass) * (x[i][j] - means[j])
    for (let j = 0; j < p; j++) means[j] += rest[j]
  }
  const scales = new Float64Array(p).fill(1)
  if (options.standardise)
    for (let j = 0; j < p; j++) {
      const column = Float64Array.from(x, (row) => row[j])
      scales[j] = deviation(column, 'population')
      refuseUnless(scales[j] > 0, 'no-variance', () => `column ${j} does not vary`)
    }
  const roots = Float64Array.from({ length: n }, (_, i) => Math.sqrt(weight(i)))
  return {
    rows: x.map((row, i) => Float64Array.from(row, (value, j) => (roots[i] * (value - means[j])) / scales[j])),
    target: Float64Array.from(y, (value, i) => roots[i] * (value - targetMean)),
    means,
    targetMean,
    scales,
    roots,
    mass,
  }
}

/** Coefficients of scaled columns in the units of the data, and the intercept that belongs to them. */
export function backToUnits(centred: Centred, scaled: Float64Array): LinearFunction {
  const coefficients = scaled.map((value, j) => finiteOr('overflow', value / centred.scales[j], 'a coefficient'))
  return {
    coefficients,
    intercept: finiteOr('overflow', centred.targetMean - dot(centred.means, coefficients), 'the intercept'),
  }
}

/** 1 - rss / tss, tss about the weighted mean with and without an intercept; `undefined` when the target does not vary. */
export function determination(centred: Centred, rows: Matrix, scaled: Float64Array, y: Vector): number | undefined {
  let [rss, tss] = [0, 0]
  let mean = 0
  for (let i = 0; i < y.length; i++) {
    const w = centred.roots[i] * centred.roots[i]
    mean += (w / centred.mass) * y[i]
  }
  for (let i = 0; i < y.length; i++) {
    rss += (centred.target[i] - dot(rows[i], scaled)) ** 2
    tss += (centred.roots[i] * (y[i] - mean)) ** 2
  }
  if (!(tss > 1e-28 * centred.mass * mean * mean) || tss === 0) return undefined
  return finiteOr('overflow', 1 - rss / tss, 'R squared')
}
