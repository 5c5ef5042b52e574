/**
 * How instruments move together: every pair by one measure, who belongs together, and how that changed along the time.
 *
 * Pure. Rows are days on which all instruments have a return.
 */
import { correlationClusters } from '../math/portfolio/clustering.ts'
import { correlationMatrix } from '../math/portfolio/correlation-matrix.ts'
import type { CorrelationMethod } from '../math/portfolio/correlation-matrix.ts'

/** `ewma` weighs with 0.94 a day; `tail` is the share of the worst tenth of days that two have in common. */
export const CORRELATION_MEASURES = ['shrunk', 'pearson', 'spearman', 'kendall', 'ewma', 'tail'] as const

export type CorrelationMeasure = (typeof CORRELATION_MEASURES)[number]

export interface CorrelationReport {
  readonly measure: CorrelationMeasure
  readonly matrix: readonly (readonly number[])[]
  /** Of all pairs; null for one instrument. */
  readonly mean: number | null
  /** Places of those whose shrunk correlation is above the limit on average; everybody is in one. */
  readonly clusters: readonly (readonly number[])[]
  /** The mean of Pearson's correlation of all pairs, over the `rollingDays` days that end with each row; empty for one instrument. */
  readonly rolling: readonly (readonly [day: number, mean: number])[]
  readonly rollingDays: number
}

const OPTIONS: Readonly<Record<CorrelationMeasure, CorrelationMethod>> = {
  shrunk: { method: 'shrunk' },
  pearson: { method: 'pearson' },
  spearman: { method: 'spearman' },
  kendall: { method: 'kendall' },
  ewma: { method: 'exponential', decay: 0.94 },
  tail: { method: 'lower-tail', quantile: 0.1 },
}

export interface CorrelationQuestion {
  readonly rows: readonly (readonly number[])[]
  /** Of the rows, since 1970. */
  readonly days: readonly number[]
  readonly measure: CorrelationMeasure
  /** Mean correlation above which instruments are one cluster. */
  readonly clusterCorrelation: number
  readonly rollingDays: number
}

/** @throws MathError when an instrument does not vary, or there are too few days */
export function correlationReport({
  rows,
  days,
  measure,
  clusterCorrelation,
  rollingDays,
}: CorrelationQuestion): CorrelationReport {
  const count = rows[0].length
  const matrix = count === 1 ? [Float64Array.of(1)] : correlationMatrix(rows, OPTIONS[measure])
  return {
    measure,
    matrix: matrix.map((row) => Array.from(row)),
    mean: meanOfPairs(matrix),
    clusters: count === 1 ? [[0]] : clustersOf(rows, clusterCorrelation),
    rolling: count === 1 ? [] : rollingMeans(rows, days, rollingDays),
    rollingDays,
  }
}

function clustersOf(rows: readonly (readonly number[])[], above: number): readonly (readonly number[])[] {
  const labels = correlationClusters(correlationMatrix(rows, OPTIONS.shrunk), {
    linkage: 'average',
    height: Math.sqrt((1 - above) / 2),
  })
  const groups = new Map<number, number[]>()
  labels.forEach((label, place) => groups.set(label, [...(groups.get(label) ?? []), place]))
  return [...groups.values()].sort((a, b) => b.length - a.length || a[0] - b[0])
}

function meanOfPairs(matrix: readonly Float64Array[]): number | null {
  const count = matrix.length
  if (count === 1) return null
  let sum = 0
  for (let i = 0; i < count; i++) for (let j = 0; j < i; j++) sum += matrix[i][j]
  return sum / ((count * (count - 1)) / 2)
}

/** Windows in which somebody does not move are left out. */
function rollingMeans(
  rows: readonly (readonly number[])[],
  days: readonly number[],
  length: number,
): readonly (readonly [number, number])[] {
  const means: (readonly [number, number])[] = []
  for (let end = length; end <= rows.length; end++) {
    const window = rows.slice(end - length, end)
    const isStill = window[0].some((first, column) => window.every((row) => row[column] === first))
    if (isStill) continue
    means.push([days[end - 1], meanOfPairs(correlationMatrix(window)) ?? 0])
  }
  return means
}
