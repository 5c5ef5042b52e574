/**
 * Brings columns to one scale: learnt on training rows, applied to others.
 *
 * Pure. Source: T. Hastie, R. Tibshirani, J. Friedman, The Elements of Statistical Learning, 2nd ed. (2009), section 14.3.
 */
import { type Matrix, refuseUnless, requireMatrix } from '../guard.ts'
import { quantile } from '../numerics/quantile.ts'
import { deviation } from '../numerics/statistics.ts'

/** What is taken off each column, and what the rest is divided by. */
export interface Scaler {
  readonly centre: Float64Array
  readonly scale: Float64Array
}

export interface ScalerOptions {
  /** A column that does not vary is refused (default), or divided by one, as scikit-learn has it. */
  readonly constant?: 'refuse' | 'unit'
}

function scalerOf(
  name: string,
  rows: Matrix,
  { constant = 'refuse' }: ScalerOptions,
  measure: (column: Float64Array) => readonly [centre: number, scale: number],
): Scaler {
  requireMatrix('the rows', rows)
  const centre = new Float64Array(rows[0].length)
  const scale = new Float64Array(rows[0].length)
  for (let j = 0; j < centre.length; j++) {
    ;[centre[j], scale[j]] = measure(Float64Array.from(rows, (row) => row[j]))
    refuseUnless(
      Number.isFinite(centre[j]) && Number.isFinite(scale[j]),
      'overflow',
      () => `the ${name} of column ${j} exceeds the range of a double`,
    )
    if (scale[j] > 1e-14 * Math.abs(centre[j]) && scale[j] > 0) continue
    refuseUnless(constant === 'unit', 'no-variance', () => `column ${j} has no ${name}`)
    scale[j] = 1
  }
  return { centre, scale }
}

/**
 * Mean and population standard deviation of each column.
 * @throws MathError `no-variance` for a column that does not vary; `shape`, `not-finite`, `overflow`, `empty`
 */
export function standardScaler(rows: Matrix, options: ScalerOptions = {}): Scaler {
  return scalerOf('standard deviation', rows, options, (column) => {
    const centre = column.reduce((total, value) => total + value / column.length, 0)
    return [centre, deviation(column, 'population')]
  })
}

/**
 * Median and interquartile range (type 7) of each column.
 * @throws MathError `no-variance` for a column whose quartiles coincide; `shape`, `not-finite`, `overflow`, `empty`
 */
export function robustScaler(rows: Matrix, options: ScalerOptions = {}): Scaler {
  return scalerOf('interquartile range', rows, options, (column) => [
    quantile(column, 0.5),
    quantile(column, 0.75) - quantile(column, 0.25),
  ])
}

/**
 * Minimum and range of each column, so that the training rows come to lie between 0 and 1.
 * @throws MathError `no-variance` for a column that does not vary; `shape`, `not-finite`, `overflow`, `empty`
 */
export function rangeScaler(rows: Matrix, options: ScalerOptions = {}): Scaler {
  return scalerOf('range', rows, options, (column) => {
    const low = column.reduce((least, value) => Math.min(least, value), Infinity)
    return [low, column.reduce((most, value) => Math.max(most, value), -Infinity) - low]
  })
}

/**
 * (x - centre)/scale, column by column.
 * @throws MathError `shape` when the columns are not those of the scaler; `not-finite`, `out-of-domain`, `overflow`, `empty`
 */
export function scaleRows({ centre, scale }: Scaler, rows: Matrix): Float64Array[] {
  requireMatrix('the rows', rows)
  requireMatrix('the scaler', [centre, scale])
  refuseUnless(rows[0].length === centre.length, 'shape', () => `${rows[0].length} columns; the scaler has ${centre.length}`)
  for (const each of scale) refuseUnless(each > 0, 'out-of-domain', () => `a scale is ${each}; it is above zero`)
  return rows.map((row) =>
    Float64Array.from(row, (value, j) => {
      const scaled = (value - centre[j]) / scale[j]
      refuseUnless(Number.isFinite(scaled), 'overflow', () => `column ${j} exceeds the range of a double`)
      return scaled
    }),
  )
}
