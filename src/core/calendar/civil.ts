/**
 * Edges and facts of the UTC calendar beyond `time.ts`: ends, lengths, weekdays of a month, weeks of a year.
 *
 * Pure. Source: ISO 8601-1:2019 (weeks); proleptic Gregorian calendar.
 */
import { assert } from '../errors.ts'
import {
  addMonths,
  type Civil,
  civilOf,
  DAY,
  dayNumber,
  daysFromCivil,
  type Duration,
  floorTo,
  type Micros,
  startOfDay,
  startOfMonth,
  startOfQuarter,
  startOfWeek,
  startOfYear,
  weekday,
} from '../time.ts'

/** Whether a year of the Gregorian calendar has 366 days. */
export const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

/** How many days a month has (1 to 12). */
export function daysInMonth(year: number, month: number): number {
  assert(Number.isInteger(month) && month >= 1 && month <= 12, `month ${month} lies between 1 and 12`)
  return month === 2 ? (isLeapYear(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** How many days a year has. */
export const daysInYear = (year: number): number => (isLeapYear(year) ? 366 : 365)

/** The moment of a civil date and time UTC; the parts may run over: hour 25 is the next day's 1. */
export const momentOf = ({ year, month, day }: Civil, hour = 0, minute = 0): Micros =>
  (daysFromCivil(year, month, day) * DAY + (hour * 60 + minute) * 60_000_000) as Micros

/** The first moment of the next UTC day: a day ends where the next begins. */
export const endOfDay = (time: Micros): Micros => (startOfDay(time) + DAY) as Micros
/** The Monday after, 00:00 UTC. */
export const endOfWeek = (time: Micros): Micros => (startOfWeek(time) + 7 * DAY) as Micros
/** The first of the next month. */
export const endOfMonth = (time: Micros): Micros => addMonths(startOfMonth(time), 1)
/** The first day of the next quarter. */
export const endOfQuarter = (time: Micros): Micros => addMonths(startOfQuarter(time), 3)
/** The first day of the next year. */
export const endOfYear = (time: Micros): Micros => addMonths(startOfYear(time), 12)

/** The smallest multiple of `step` counted from the epoch that is not before `time`. */
export const ceilTo = (time: Micros, step: Duration): Micros => -floorTo(-time as Micros, step) as Micros

/** The multiple of `step` nearest to `time`, of two equally near ones the later. */
export const roundTo = (time: Micros, step: Duration): Micros => floorTo((time + step / 2) as Micros, step)

/** Day of the year, 1 to 366. */
export const dayOfYear = (time: Micros): number => dayNumber(time) - daysFromCivil(civilOf(time).year, 1, 1) + 1

/** Quarter of the year, 1 to 4. */
export const quarterOf = (time: Micros): number => Math.ceil(civilOf(time).month / 3)

/** ISO week: the week of the year's first Thursday is the first. Days around New Year may belong to a week of the other year. */
export function isoWeek(time: Micros): { readonly year: number; readonly week: number } {
  const thursday = (startOfWeek(time) + 3 * DAY) as Micros
  return { year: civilOf(thursday).year, week: Math.floor((dayOfYear(thursday) - 1) / 7) + 1 }
}

/** Saturday or Sunday, UTC. */
export const isWeekend = (time: Micros): boolean => weekday(time) >= 5

/** Whether two moments fall on one UTC day. */
export const isSameDay = (a: Micros, b: Micros): boolean => dayNumber(a) === dayNumber(b)

/** Whole UTC days from one moment's day to another's; negative when `to` is earlier. */
export const daysBetween = (from: Micros, to: Micros): number => dayNumber(to) - dayNumber(from)

/**
 * The nth of a weekday (0 Monday to 6 Sunday) in a month, 00:00 UTC: n = 1 the first, n = -1 the last.
 * @throws ImpossibleError when the month has no such day
 */
export function nthWeekday(year: number, month: number, day: number, n: number): Micros {
  const length = daysInMonth(year, month)
  const first = daysFromCivil(year, month, 1)
  const offset = (((day - weekday((first * DAY) as Micros)) % 7) + 7) % 7
  const found = n > 0 ? offset + 7 * (n - 1) : offset + 7 * Math.floor((length - 1 - offset) / 7) + 7 * (n + 1)
  assert(found >= 0 && found < length && n !== 0, `month ${year}-${month} has no weekday ${day} number ${n}`)
  return ((first + found) * DAY) as Micros
}

/** The same time of day `count` months later, the last day of the month where it has no such day. */
export function shiftMonths(time: Micros, count: number): Micros {
  const { day } = civilOf(time)
  const month = addMonths(time, count)
  const { year, month: number } = civilOf(month)
  return (month + (Math.min(day, daysInMonth(year, number)) - 1) * DAY + (time - startOfDay(time))) as Micros
}

/** Easter Sunday of the Gregorian calendar, 00:00 UTC. Source: J.-M. Oudin 1940, in: Explanatory Supplement to the Astronomical Almanac (1992). */
export function easterSunday(year: number): Micros {
  const g = year % 19
  const c = Math.floor(year / 100)
  const h = (c - Math.floor(c / 4) - Math.floor((8 * c + 13) / 25) + 19 * g + 15) % 30
  const i = h - Math.floor(h / 28) * (1 - Math.floor(h / 28) * Math.floor(29 / (h + 1)) * Math.floor((21 - g) / 11))
  const j = (year + Math.floor(year / 4) + i + 2 - c + Math.floor(c / 4)) % 7
  const l = i - j
  const month = 3 + Math.floor((l + 40) / 44)
  return (daysFromCivil(year, month, l + 28 - 31 * Math.floor(month / 4)) * DAY) as Micros
}
