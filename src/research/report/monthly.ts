/**
 * Returns of calendar months (UTC) from the equity points of a document.
 *
 * Pure; imports the calendar.
 */
import { civilOf, fromMs } from '../../core/time.ts'
import type { BacktestDocument } from '../../backtest/result.ts'

export interface YearRow {
  readonly year: number
  /** January first; `undefined` outside the period, and after ruin. */
  readonly months: readonly (number | undefined)[]
  readonly total: number | undefined
}

/**
 * Last equity of a month over the last of the month before, the first over the initial capital; months without a point
 * carry the last value forward. First and last month may be cut by the period.
 */
export function monthlyReturns(doc: BacktestDocument): YearRow[] {
  const lastOfMonth = new Map<number, number>()
  for (const [timeMs, equity] of doc.equity) {
    const { year, month } = civilOf(fromMs(timeMs))
    lastOfMonth.set(year * 12 + month - 1, Number(equity))
  }
  const indexes = [...lastOfMonth.keys()]
  if (indexes.length === 0) return []
  const rows: YearRow[] = []
  let previous = Number(doc.summary.initialCapital)
  for (let year = Math.floor(indexes[0] / 12); year <= Math.floor(indexes[indexes.length - 1] / 12); year++) {
    const before = previous
    const months = Array.from({ length: 12 }, (_, month) => {
      const index = year * 12 + month
      if (index < indexes[0] || index > indexes[indexes.length - 1]) return undefined
      const value = lastOfMonth.get(index) ?? previous
      const change = growth(previous, value)
      previous = value
      return change
    })
    rows.push({ year, months, total: growth(before, previous) })
  }
  return rows
}

const growth = (from: number, to: number): number | undefined => (from > 0 && Number.isFinite(to) ? to / from - 1 : undefined)
