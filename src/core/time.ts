/**
 * Moments, durations and bar intervals. Proleptic Gregorian calendar, UTC, no leap seconds.
 *
 * Pure: no wall clock (that is `clock.ts`), no `Date`, no time zone of the machine.
 */
import { InputError } from './errors.ts'

declare const unit: unique symbol

/** A moment: integer microseconds since 1970-01-01T00:00Z. Exact in a double until the year 2255. */
export type Micros = number & { readonly [unit]: 'Micros' }
/** A length of time in integer microseconds. */
export type Duration = number & { readonly [unit]: 'Duration' }

export const MILLISECOND = 1_000 as Duration
export const SECOND = 1_000_000 as Duration
export const MINUTE = 60_000_000 as Duration
export const HOUR = 3_600_000_000 as Duration
export const DAY = 86_400_000_000 as Duration
/** Later than any moment that occurs. */
export const NEVER = Number.MAX_SAFE_INTEGER as Micros

/** The moment of a count of milliseconds since 1970-01-01T00:00Z. */
export const fromMs = (ms: number): Micros => (ms * 1_000) as Micros
/** Whole milliseconds, rounded down. */
export const toMs = (time: Micros): number => Math.floor(time / 1_000)
/** The moment a duration later. */
export const after = (time: Micros, duration: number): Micros => (time + duration) as Micros

/** The largest multiple of `step` counted from the epoch that is not after `time`. */
export const floorTo = (time: Micros, step: Duration): Micros => (Math.floor(time / step) * step) as Micros

export interface Civil {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** Days since 1970-01-01 of a civil date (month 1..12). Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** The civil date of a day number; inverse of `daysFromCivil`. */
export function civilFromDays(days: number): Civil {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}

/** Whole days since 1970-01-01, UTC. */
export const dayNumber = (time: Micros): number => Math.floor(time / DAY)
/** The civil date of a moment, UTC. */
export const civilOf = (time: Micros): Civil => civilFromDays(dayNumber(time))
/** Day of the week UTC, 0 (Monday) to 6 (Sunday). */
export const weekday = (time: Micros): number => (((dayNumber(time) + 3) % 7) + 7) % 7

/** 00:00 UTC of the day that contains a moment. */
export const startOfDay = (time: Micros): Micros => floorTo(time, DAY)
/** Monday 00:00 UTC of the week that contains a moment. */
export const startOfWeek = (time: Micros): Micros => ((dayNumber(time) - weekday(time)) * DAY) as Micros
/** The first of the month that contains a moment, 00:00 UTC. */
export function startOfMonth(time: Micros): Micros {
  const { year, month } = civilOf(time)
  return (daysFromCivil(year, month, 1) * DAY) as Micros
}
/** The first day of the quarter that contains a moment, 00:00 UTC. */
export function startOfQuarter(time: Micros): Micros {
  const { year, month } = civilOf(time)
  return (daysFromCivil(year, month - ((month - 1) % 3), 1) * DAY) as Micros
}
/** The first of January of the year that contains a moment, 00:00 UTC. */
export function startOfYear(time: Micros): Micros {
  return (daysFromCivil(civilOf(time).year, 1, 1) * DAY) as Micros
}
/** The first of the month `count` months later (negative: earlier). */
export function addMonths(time: Micros, count: number): Micros {
  const { year, month } = civilOf(time)
  const index = year * 12 + (month - 1) + count
  return (daysFromCivil(Math.floor(index / 12), (((index % 12) + 12) % 12) + 1, 1) * DAY) as Micros
}

const pad = (value: number, width: number): string => String(value).padStart(width, '0')

/** `2024-02-29T13:05:00.000Z`; microseconds only when there are any. */
export function formatTime(time: Micros): string {
  const { year, month, day } = civilOf(time)
  const rest = time - dayNumber(time) * DAY
  const micros = rest % SECOND
  const seconds = Math.floor(rest / SECOND)
  const fraction = micros % 1_000 === 0 ? pad(micros / 1_000, 3) : pad(micros, 6)
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${pad(Math.floor(seconds / 3_600), 2)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}.${fraction}Z`
}

/** `2024-02-29 13:05` for tables. */
export const formatMinute = (time: Micros): string => formatTime(time).slice(0, 16).replace('T', ' ')
/** `2024-02-29`, UTC. */
export const formatDate = (time: Micros): string => formatTime(time).slice(0, 10)

const ISO = /^(\d{4})-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?)?)?(Z|[+-]\d{2}:?\d{2})?$/

/** ISO 8601 date or date-time to a moment; without an offset it is UTC. `2024-05` is the first of May. */
export function parseTime(text: string, what = 'time'): Micros {
  const match = ISO.exec(text.trim())
  const fail = (): never => {
    throw new InputError('not-a-time', `${what} is '${text}', which is no ISO 8601 time`, {
      where: { value: text },
      next: 'Write it like 2024-05-01 or 2024-05-01T13:00Z.',
    })
  }
  if (match === null) return fail()
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((i) => Number(match[i] ?? (i === 3 ? 1 : 0)))
  if (month < 1 || month > 12 || day < 1 || hour > 24 || minute > 59 || second > 59) return fail()
  const days = daysFromCivil(year, month, day)
  const civil = civilFromDays(days)
  if (civil.month !== month || civil.day !== day || (hour === 24 && minute + second > 0)) return fail()
  const offset = match[8]
  const sign = offset?.[0] === '-' ? -1 : 1
  const shift = offset === undefined || offset === 'Z' ? 0 : sign * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2)))
  const micros = Number((match[7] ?? '').padEnd(6, '0'))
  return (days * DAY + ((hour * 60 + minute - shift) * 60 + second) * SECOND + micros) as Micros
}

const DURATION = /^(\d+(?:\.\d+)?)(us|ms|s|m|h|d|w)$/
const DURATION_UNITS: Readonly<Record<string, number>> = {
  us: 1,
  ms: MILLISECOND,
  s: SECOND,
  m: MINUTE,
  h: HOUR,
  d: DAY,
  w: 7 * DAY,
}

/** `250ms`, `5m`, `1.5h`, `7d` to a duration. */
export function parseDuration(text: string, what = 'duration'): Duration {
  const match = DURATION.exec(text.trim())
  const value = match === null ? Number.NaN : Math.round(Number(match[1]) * DURATION_UNITS[match[2]])
  if (!Number.isSafeInteger(value))
    throw new InputError('not-a-duration', `${what} is '${text}', which is no duration`, {
      where: { value: text },
      next: 'Write a number and a unit: us, ms, s, m, h, d or w, such as 250ms or 1.5h.',
    })
  return value as Duration
}

/** The largest two units that matter: `3d 4h`, `250ms`. */
export function formatDuration(duration: number): string {
  const parts: string[] = []
  let rest = Math.abs(Math.round(duration))
  for (const [name, length] of [
    ['d', DAY],
    ['h', HOUR],
    ['m', MINUTE],
    ['s', SECOND],
    ['ms', MILLISECOND],
    ['us', 1],
  ] as const) {
    const count = Math.floor(rest / length)
    if (count > 0) parts.push(`${count}${name}`)
    else if (parts.length > 0) break
    rest -= count * length
    if (parts.length === 2) break
  }
  return parts.length === 0 ? '0s' : `${duration < 0 ? '-' : ''}${parts.join(' ')}`
}

/**
 * A bar interval as the exchange names it. Weeks open on Monday, months on the first; all others are multiples
 * counted from the epoch (3d included).
 */
export interface Interval {
  readonly name: string
  /** Length; for months the nominal 30 days, `barEnd` knows the true one. */
  readonly length: Duration
}

const INTERVAL_LENGTHS: readonly (readonly [string, number])[] = [
  ['1s', SECOND],
  ['1m', MINUTE],
  ['3m', 3 * MINUTE],
  ['5m', 5 * MINUTE],
  ['15m', 15 * MINUTE],
  ['30m', 30 * MINUTE],
  ['1h', HOUR],
  ['2h', 2 * HOUR],
  ['4h', 4 * HOUR],
  ['6h', 6 * HOUR],
  ['8h', 8 * HOUR],
  ['12h', 12 * HOUR],
  ['1d', DAY],
  ['3d', 3 * DAY],
  ['1w', 7 * DAY],
  ['1M', 30 * DAY],
]

/** All intervals, shortest first. */
export const INTERVALS: readonly Interval[] = INTERVAL_LENGTHS.map(([name, length]) =>
  Object.freeze({ name, length: length as Duration }),
)
const BY_NAME: ReadonlyMap<string, Interval> = new Map([
  ...INTERVALS.map((i) => [i.name, i] as const),
  ['1mo', INTERVALS[INTERVALS.length - 1]],
])

/** The interval of a name such as `15m`. Throws InputError `unknown-interval`. */
export function intervalOf(name: string): Interval {
  const interval = BY_NAME.get(name)
  if (interval === undefined)
    throw new InputError('unknown-interval', `'${name}' is no bar interval`, {
      where: { value: name },
      next: `Use one of ${INTERVALS.map((i) => i.name).join(', ')}.`,
    })
  return interval
}

/** Whether a name is one of an interval. */
export const isInterval = (name: string): boolean => BY_NAME.has(name)

/** When the bar that contains `time` opens. */
export function barStart(time: Micros, interval: Interval): Micros {
  if (interval.name === '1M') return startOfMonth(time)
  if (interval.name === '1w') return startOfWeek(time)
  return floorTo(time, interval.length)
}

/** When the bar that opens at `start` ends (exclusive), which is when the next may open. */
export function barEnd(start: Micros, interval: Interval): Micros {
  if (interval.name === '1M') return addMonths(start, 1)
  return (start + interval.length) as Micros
}
