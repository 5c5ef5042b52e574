/**
 * Business days: Monday to Friday without holidays, on any calendar of days.
 *
 * Pure. Days are moments at 00:00 UTC of the day's date.
 */
import { assert } from '../errors.ts'
import { DAY, dayNumber, type Micros, startOfDay, weekday } from '../time.ts'

/** Whether a day (00:00 UTC) is a holiday. */
export type IsHoliday = (day: Micros) => boolean

const NO_HOLIDAYS: IsHoliday = () => false

/** Whether the day of a moment is one on which business is done. */
export const isBusinessDay = (time: Micros, isHoliday: IsHoliday = NO_HOLIDAYS): boolean =>
  weekday(time) < 5 && !isHoliday(startOfDay(time))

/** More free days in a row than any calendar has; what goes beyond is a calendar without business days. */
const MOST_FREE_DAYS = 60

function walk(day: Micros, step: 1 | -1, isHoliday: IsHoliday): Micros {
  let at = day
  for (let i = 0; i <= MOST_FREE_DAYS; i++) {
    if (isBusinessDay(at, isHoliday)) return at
    at = (at + step * DAY) as Micros
  }
  assert(false, `no business day within ${MOST_FREE_DAYS} days`)
}

/** The first business day at or after the day of a moment. */
export const businessDayFrom = (time: Micros, isHoliday: IsHoliday = NO_HOLIDAYS): Micros => walk(startOfDay(time), 1, isHoliday)

/** The last business day at or before the day of a moment. */
export const businessDayUpTo = (time: Micros, isHoliday: IsHoliday = NO_HOLIDAYS): Micros => walk(startOfDay(time), -1, isHoliday)

/** The business day `count` business days after the day of a moment (negative: before); 0 gives the next one when the day is free. */
export function addBusinessDays(time: Micros, count: number, isHoliday: IsHoliday = NO_HOLIDAYS): Micros {
  assert(Number.isInteger(count), `${count} business days are no whole number`)
  let day = count < 0 ? businessDayUpTo(time, isHoliday) : businessDayFrom(time, isHoliday)
  // Starting from a free day, going to the next business day was the first step.
  let left = Math.abs(count) - (count !== 0 && day !== startOfDay(time) ? 1 : 0)
  const step = count < 0 ? -1 : 1
  for (; left > 0; left--) day = walk((day + step * DAY) as Micros, step, isHoliday)
  return day
}

/** How many business days lie in [from, to), by their dates; negative when `to` is earlier. */
export function businessDaysBetween(from: Micros, to: Micros, isHoliday: IsHoliday = NO_HOLIDAYS): number {
  if (dayNumber(to) < dayNumber(from)) return -businessDaysBetween(to, from, isHoliday)
  let count = 0
  for (let day = dayNumber(from); day < dayNumber(to); day++) if (isBusinessDay((day * DAY) as Micros, isHoliday)) count += 1
  return count
}
