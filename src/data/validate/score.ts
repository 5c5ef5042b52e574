/**
 * The quality score: 100 minus one deduction a rule.
 *
 * A deduction grows with the number of affected rows, at first by `first` points a row (fatal, critical) or with their square root
 * (major, minor), and never passes its `most`: deduction = most * (1 - exp(-first * g(rows) / most)). It depends on the number
 * of rows alone, so that more damage never raises a score. Pure.
 */
import type { Rule, Weight } from './rule.ts'

interface Price {
  /** Points that the first affected row costs, about. */
  readonly first: number
  /** What one rule can cost at most. */
  readonly most: number
  readonly growth: 'linear' | 'root'
}

export const PRICES: Readonly<Record<Weight, Price>> = {
  total: { first: 1e6, most: 100, growth: 'linear' },
  fatal: { first: 12, most: 100, growth: 'linear' },
  critical: { first: 4, most: 100, growth: 'linear' },
  major: { first: 1, most: 50, growth: 'root' },
  minor: { first: 0.25, most: 25, growth: 'root' },
  notice: { first: 0, most: 0, growth: 'root' },
}

/** What `rows` affected rows cost under a rule of this weight, in points; 0 for none. */
export function deductionOf(weight: Weight, rows: number): number {
  const { first, most, growth } = PRICES[weight]
  if (rows <= 0 || most === 0) return 0
  const size = growth === 'linear' ? rows : Math.sqrt(rows)
  return most * (1 - Math.exp((-first * size) / most))
}

export interface Deduction {
  readonly rule: Rule
  /** Affected rows, in all places together. */
  readonly rows: number
  readonly points: number
}

/** 0 to 100, rounded down to two decimals: a score of 100 means that nothing was deducted. */
export function scoreOf(deductions: readonly Deduction[]): number {
  const total = deductions.reduce((sum, { points }) => sum + points, 0)
  return Math.max(0, Math.floor((100 - total) * 100) / 100)
}
