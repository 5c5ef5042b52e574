/**
 * Returns of calendar months (UTC) from the points of an equity curve.
 *
 * Pure; imports the calendar.
 */
import { civilOf, DAY } from '../core/time.ts'
import type { Micros } from '../core/time.ts'

export interface YearRow {
  readonly year: number
  /** Twelve, January first; `undefined` outside the period, and after ruin. */
  readonly months: readonly (number | undefined)[]
  readonly total: number | undefined
}

/**
 * Last equity of a month over the last of the month before, the first over the initial capital; months without a point
 * carry the last value forward. First and last month may be cut by the period.
 *
 * @param times microseconds, ascending
 */
export function monthlyReturns(times: ArrayLike<number>, equity: ArrayLike<number>, initialCapital: number): YearRow[] {
  const lastOfMonth = new Map<number, number>()
  let day = Number.NaN
  let month = 0
  for (let i = 0; i < times.length; i++) {
    const today = Math.floor(times[i] / DAY)
    if (today !== day) {
      day = today
      const civil = civilOf(times[i] as Micros)
      month = civil.year * 12 + civil.month - 1
    }
    lastOfMonth.set(month, equity[i])
  }
  const indexes = [...lastOfMonth.keys()]
  if (indexes.length === 0) return []
  const rows: YearRow[] = []
  let previous = initialCapital
  for (let year = Math.floor(indexes[0] / 12); year <= Math.floor(indexes[indexes.length - 1] / 12); year++) {
    const before = previous
    const months = Array.from({ length: 12 }, (_, at) => {
      const index = year * 12 + at
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
