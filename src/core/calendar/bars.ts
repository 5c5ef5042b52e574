/**
 * Bars on the time axis: which are aligned, how many fit, which are missing.
 *
 * Pure. The intervals themselves are in `time.ts`.
 */
import { InputError } from '../errors.ts'
import { addMonths, barEnd, barStart, civilOf, DAY, type Interval, type Micros } from '../time.ts'

/** A stretch of time: `from` belongs to it, `to` no longer. */
export interface TimeRange {
  readonly from: Micros
  readonly to: Micros
}

/** Whether a bar of this interval opens at `time`. */
export const isAligned = (time: Micros, interval: Interval): boolean => barStart(time, interval) === time

/** The first opening of a bar that is not before `time`. */
export function nextBarStart(time: Micros, interval: Interval): Micros {
  const start = barStart(time, interval)
  return start === time ? time : barEnd(start, interval)
}

/** The opening of the bar before the one that contains `time`. */
export const previousBarStart = (time: Micros, interval: Interval): Micros =>
  barStart((barStart(time, interval) - 1) as Micros, interval)

/** The opening `count` bars after the one at `start` (negative: before). */
export const shiftBars = (start: Micros, count: number, interval: Interval): Micros =>
  interval.name === '1M' ? addMonths(start, count) : ((start + count * interval.length) as Micros)

/** How much of its bar has passed at `time`, from 0 up to but not 1. */
export function barProgress(time: Micros, interval: Interval): number {
  const start = barStart(time, interval)
  return (time - start) / (barEnd(start, interval) - start)
}

/** Time left until the bar that contains `time` closes. */
export const untilBarEnd = (time: Micros, interval: Interval): number => barEnd(barStart(time, interval), interval) - time

/** How many bars open in the range. */
export function countBars({ from, to }: TimeRange, interval: Interval): number {
  const first = nextBarStart(from, interval)
  const last = nextBarStart(to, interval)
  if (last <= first) return 0
  if (interval.name !== '1M') return (last - first) / interval.length
  const [a, b] = [civilOf(first), civilOf(last)]
  return (b.year - a.year) * 12 + b.month - a.month
}

/** The openings of all bars in the range. */
export function barStarts(range: TimeRange, interval: Interval): Micros[] {
  const first = nextBarStart(range.from, interval)
  return Array.from({ length: countBars(range, interval) }, (_, i) => shiftBars(first, i, interval))
}

/** The range widened to whole bars. */
export const alignRange = ({ from, to }: TimeRange, interval: Interval): TimeRange => ({
  from: barStart(from, interval),
  to: nextBarStart(to, interval),
})

/**
 * The stretches without a bar between the first and the last of the given openings.
 * @param starts ascending
 * @throws InputError `data-not-ascending`
 */
export function gapsBetween(starts: ArrayLike<number>, interval: Interval): TimeRange[] {
  const gaps: TimeRange[] = []
  for (let i = 1; i < starts.length; i++) {
    if (!(starts[i] > starts[i - 1]))
      throw new InputError('data-not-ascending', `opening ${i} is not after the one before`, {
        where: { index: i },
        next: 'Sort the bars by their opening time and remove repeated ones.',
      })
    const expected = barEnd(starts[i - 1] as Micros, interval)
    if (starts[i] > expected) gaps.push({ from: expected, to: starts[i] as Micros })
  }
  return gaps
}

/** Whether bars of `coarse` can be built of whole bars of `fine`. */
export function dividesInto(fine: Interval, coarse: Interval): boolean {
  if (fine.name === '1M') return coarse.name === '1M'
  if (coarse.name === '1M') return DAY % fine.length === 0
  // Weeks open on Monday, the epoch was a Thursday: three-day bars straddle them.
  if (coarse.name === '1w') return fine.name === '1w' || DAY % fine.length === 0
  return fine.name !== '1w' && coarse.length % fine.length === 0
}

/** What two ranges share; `undefined` when nothing. */
export function intersection(a: TimeRange, b: TimeRange): TimeRange | undefined {
  const [from, to] = [Math.max(a.from, b.from), Math.min(a.to, b.to)]
  return from < to ? { from: from as Micros, to: to as Micros } : undefined
}

/** Ranges sorted, and joined where they overlap or touch; empty ones left out. */
export function union(ranges: readonly TimeRange[]): TimeRange[] {
  const joined: { from: Micros; to: Micros }[] = []
  for (const { from, to } of ranges.filter((range) => range.from < range.to).sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1)
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to) as Micros
    else joined.push({ from, to })
  }
  return joined
}

/** What is left of a range when others are taken out. */
export function without({ from, to }: TimeRange, others: readonly TimeRange[]): TimeRange[] {
  const left: TimeRange[] = []
  let at = from
  for (const other of union(others)) {
    if (other.to <= at) continue
    if (other.from >= to) break
    if (other.from > at) left.push({ from: at, to: other.from })
    at = other.to
  }
  if (at < to) left.push({ from: at, to })
  return left
}
