/**
 * The dependence of every pair of columns.
 *
 * Pure: numbers in, numbers out.
 */
import { type Matrix, refuseUnless, type Vector } from '../guard.ts'
import { ranks } from '../numerics/quantile.ts'
import { correlationOf } from '../numerics/statistics.ts'
import { sum } from '../sum.ts'
import { exponentialCorrelation, kendallCorrelation, pearsonCorrelation, tailDependence } from './correlation.ts'
import type { Memory } from './decay.ts'
import { requireVaryingColumns, zeros } from './requirements.ts'
import { ledoitWolf } from './shrinkage.ts'

export type CorrelationMethod =
  | { readonly method?: 'pearson' | 'spearman' | 'kendall' | 'shrunk' }
  | ({ readonly method: 'exponential' } & Memory)
  | { readonly method: 'lower-tail' | 'upper-tail'; readonly quantile: number }

/**
 * Correlation of every pair of columns (rows are observations), by one of the ways of this file; `shrunk` is that of the
 * standardised columns' Ledoit-Wolf covariance, (1 - delta) C + delta I. The diagonal is 1. Source: as the function for two
 * series; O. Ledoit, M. Wolf (2004).
 * @throws MathError `empty`, `too-short`, `not-finite`, `shape`, `no-variance` for a constant column, `out-of-domain`,
 * `overflow`
 */
export function correlationMatrix(rows: Matrix, options: CorrelationMethod = {}): Float64Array[] {
  requireVaryingColumns('rows', rows)
  const p = rows[0].length
  const columns = Array.from({ length: p }, (_, j) => Float64Array.from(rows, (row) => row[j]))
  if (options.method === 'shrunk') return correlationOf(ledoitWolf(standardised(columns)).covariance).correlation
  const [series, pair] = pairOf(columns, options)
  const out = zeros(p)
  for (let i = 0; i < p; i++) {
    out[i][i] = 1
    for (let j = 0; j < i; j++) {
      out[i][j] = pair(series[i], series[j])
      out[j][i] = out[i][j]
    }
  }
  return out
}

function pairOf(
  columns: readonly Float64Array[],
  options: CorrelationMethod,
): readonly [readonly Float64Array[], (x: Vector, y: Vector) => number] {
  switch (options.method) {
    case 'kendall':
      return [columns, kendallCorrelation]
    case 'spearman':
      return [columns.map((column) => ranks(column)), pearsonCorrelation]
    case 'exponential':
      return [columns, (x, y) => exponentialCorrelation(x, y, options)]
    case 'lower-tail':
    case 'upper-tail': {
      const tail = options.method === 'lower-tail' ? 'lower' : 'upper'
      return [columns, (x, y) => tailDependence(x, y, { quantile: options.quantile, tail })]
    }
    default:
      return [columns, pearsonCorrelation]
  }
}

/** Rows of the columns, each with mean 0 and mean square 1. */
function standardised(columns: readonly Float64Array[]): Float64Array[] {
  const scaled = columns.map((column) => {
    const mean = sum(column) / column.length
    const root = Math.sqrt(sum(column.map((value) => (value - mean) ** 2)) / column.length)
    refuseUnless(Number.isFinite(root), 'overflow', 'the squares leave the range of a double')
    return column.map((value) => (value - mean) / root)
  })
  return Array.from({ length: columns[0].length }, (_, t) => Float64Array.from(scaled, (column) => column[t]))
}
