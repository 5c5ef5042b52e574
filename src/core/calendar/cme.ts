/**
 * The calendar of CME's cryptocurrency futures: hours, holidays, early closes, from their start in December 2017 to 2030.
 *
 * Until 29 May 2026 a trading day ran from 17:00 Chicago time of the evening before to 16:00, Monday to Friday. Since then trading goes
 * on around the clock, holidays included, with a maintenance of at least two hours at the weekend whose hours CME announces (not
 * modelled); holidays and weekends remain days without settlement: their trades belong to the next business day.
 *
 * Pure. Sources: CME Group's Globex holiday calendars as collected by pandas_market_calendars (CME Globex Crypto); CME Group's
 * announcement of 19 February 2026 of trading around the clock. A calendar of the future is a rule, not a promise: CME publishes the
 * hours of each holiday some weeks ahead.
 */
import { InputError } from '../errors.ts'
import { civilOf, DAY, dayNumber, daysFromCivil, formatDate, HOUR, type Micros, MINUTE, startOfDay, weekday } from '../time.ts'
import type { TimeRange } from './bars.ts'
import { easterSunday, nthWeekday } from './civil.ts'
import { fromLocal, localTime } from './zones.ts'

export const CME_ZONE = 'America/Chicago'
/** Trading around the clock since Friday 29 May 2026, 16:00 in Chicago. */
export const CME_CONTINUOUS_FROM = (daysFromCivil(2026, 5, 29) * DAY + 21 * HOUR) as Micros satisfies Micros

const FIRST_YEAR = 2017
const LAST_YEAR = 2030
const [MONDAY, THURSDAY, SATURDAY, SUNDAY] = [0, 3, 5, 6]

export interface CmeHoliday {
  /** 00:00 UTC of its date. */
  readonly day: Micros
  readonly name: string
  /**
   * `closed`: no trading day; `early-close`: it ends at `closes`; `open`: trading as on any day, though banks are shut. Since trading
   * goes on around the clock all of them are `settlement`: no day of its own for clearing.
   */
  readonly kind: 'closed' | 'early-close' | 'open' | 'settlement'
  /** Local time of day in microseconds, of an early close. */
  readonly closes: number | undefined
}

const noon = 12 * HOUR

interface Rule {
  readonly name: string
  readonly day: Micros
  /** Local time of an early close; 0 for a day that does not open, undefined for a day like any other. */
  readonly closes: number | undefined
  /** Not a holiday of its own: only its hours are shorter. */
  readonly isEve?: boolean
}

/**
 * Holidays and early closes of a year, in the order of time.
 * @throws InputError `no-calendar` outside of 2017 to 2030
 */
export function cmeHolidays(year: number): readonly CmeHoliday[] {
  if (!Number.isInteger(year) || year < FIRST_YEAR || year > LAST_YEAR)
    throw new InputError('no-calendar', `the calendar of CME's crypto futures does not cover ${year}`, {
      where: { year },
      next: `It covers ${FIRST_YEAR} to ${LAST_YEAR}.`,
    })
  return rulesOf(year)
    .map(({ name, day, closes, isEve = false }): CmeHoliday | undefined => {
      if (weekday(day) >= SATURDAY) return undefined
      if (day >= startOfDay(CME_CONTINUOUS_FROM)) return isEve ? undefined : { day, name, kind: 'settlement', closes: undefined }
      if (closes === 0) return { day, name, kind: 'closed', closes: undefined }
      return closes === undefined ? { day, name, kind: 'open', closes } : { day, name, kind: 'early-close', closes }
    })
    .filter((holiday) => holiday !== undefined)
    .sort((a, b) => a.day - b.day)
}

function rulesOf(year: number): readonly Rule[] {
  const date = (month: number, day: number): Micros => (daysFromCivil(year, month, day) * DAY) as Micros
  const monday = (month: number, n: number): Micros => nthWeekday(year, month, MONDAY, n)
  // Until 2021 these days ended at noon; since 2022 they have their usual hours.
  const short = year < 2022 ? noon : undefined
  const thanksgiving = nthWeekday(year, 11, THURSDAY, 4)
  const goodFriday = (easterSunday(year) - 2 * DAY) as Micros
  const independence = observed(date(7, 4))
  const eve = 12 * HOUR + 15 * MINUTE
  return [
    { name: "New Year's Day", day: sundayToMonday(date(1, 1)), closes: 0 },
    { name: 'Martin Luther King Jr. Day', day: monday(1, 3), closes: short },
    { name: "Presidents' Day", day: monday(2, 3), closes: short },
    { name: 'Good Friday', day: goodFriday, closes: goodFridayClose(year) },
    { name: 'Memorial Day', day: monday(5, -1), closes: short },
    ...(year >= 2022 ? [{ name: 'Juneteenth', day: observed(date(6, 19)), closes: undefined }] : []),
    { name: 'Independence Day', day: independence, closes: short },
    ...(year < 2022
      ? [{ name: 'Day before Independence Day', day: (independence - DAY) as Micros, closes: eve, isEve: true }]
      : []),
    { name: 'Labor Day', day: monday(9, 1), closes: short },
    { name: 'Thanksgiving Day', day: thanksgiving, closes: short },
    {
      name: 'Day after Thanksgiving',
      day: (thanksgiving + DAY) as Micros,
      closes: year < 2021 ? eve : 12 * HOUR + 45 * MINUTE,
      isEve: true,
    },
    ...(observed(date(12, 25)) === date(12, 24) ? [] : [{ name: 'Christmas Eve', day: date(12, 24), closes: eve, isEve: true }]),
    { name: 'Christmas Day', day: observed(date(12, 25)), closes: 0 },
  ]
}

/** Closed until 2020 and in 2022, a short morning in 2021 and since 2023. */
function goodFridayClose(year: number): number {
  if (year <= 2020 || year === 2022) return 0
  return year === 2021 ? 8 * HOUR + 15 * MINUTE : 10 * HOUR + 15 * MINUTE
}

/** A Saturday's holiday is kept on Friday, a Sunday's on Monday. */
const observed = (day: Micros): Micros => (day + (weekday(day) === SATURDAY ? -DAY : weekday(day) === SUNDAY ? DAY : 0)) as Micros
const sundayToMonday = (day: Micros): Micros => (weekday(day) === SUNDAY ? day + DAY : day) as Micros

/** The holiday on the date of a day (00:00 UTC); `undefined` on others. Throws InputError `no-calendar`. */
export function cmeHolidayOn(day: Micros): CmeHoliday | undefined {
  return cmeHolidays(civilOf(day).year).find((holiday) => dayNumber(holiday.day) === dayNumber(day))
}

/** Whether trades of a date are cleared as a day of their own. Throws InputError `no-calendar`. */
export function isCmeBusinessDay(day: Micros): boolean {
  const kind = cmeHolidayOn(day)?.kind
  return weekday(day) < SATURDAY && kind !== 'closed' && kind !== 'settlement'
}

/**
 * The hours of the trading day of a date (00:00 UTC), from the evening before to its close; `undefined` when there is none. Since
 * trading goes on around the clock, from one close at 16:00 to the next.
 * @throws InputError `no-calendar`
 */
export function cmeTradingDay(day: Micros): TimeRange | undefined {
  if (!isCmeBusinessDay(day)) return undefined
  const date = civilOf(day)
  const closes = cmeHolidayOn(day)?.closes ?? 16 * HOUR
  const to = fromLocal({ ...date, hour: Math.floor(closes / HOUR), minute: (closes % HOUR) / MINUTE }, CME_ZONE)
  if (to > CME_CONTINUOUS_FROM) {
    let before = (day - DAY) as Micros
    while (!isCmeBusinessDay(before)) before = (before - DAY) as Micros
    return { from: fromLocal({ ...civilOf(before), hour: 16 }, CME_ZONE), to }
  }
  return { from: fromLocal({ ...civilOf((day - DAY) as Micros), hour: 17 }, CME_ZONE), to }
}

/** Whether the futures trade at a moment (the maintenance at weekends left aside). Throws InputError `no-calendar`. */
export function isCmeOpen(time: Micros): boolean {
  if (time >= CME_CONTINUOUS_FROM) {
    cmeHolidays(civilOf(time).year)
    return true
  }
  const { year, month, day } = localTime(time, CME_ZONE)
  const date = (daysFromCivil(year, month, day) * DAY) as Micros
  return [date, (date + DAY) as Micros].some((each) => {
    const hours = cmeTradingDay(each)
    return hours !== undefined && time >= hours.from && time < hours.to
  })
}

/** When the futures trade next, at or after `time`. Throws InputError `no-calendar`. */
export function nextCmeOpen(time: Micros): Micros {
  if (isCmeOpen(time)) return time
  for (let day = startOfDay(time); ; day = (day + DAY) as Micros) {
    const hours = cmeTradingDay(day)
    if (hours !== undefined && hours.from >= time) return hours.from
    if (day >= CME_CONTINUOUS_FROM) return CME_CONTINUOUS_FROM
  }
}

/** `2024-03-29 Good Friday, closes 10:15 in Chicago`: a holiday in words. */
export function formatHoliday({ day, name, kind, closes }: CmeHoliday): string {
  const clock = (timeOfDay: number): string =>
    `${String(Math.floor(timeOfDay / HOUR)).padStart(2, '0')}:${String((timeOfDay % HOUR) / MINUTE).padStart(2, '0')}`
  const how = {
    closed: 'closed',
    open: 'usual hours',
    settlement: 'trades, cleared on the next business day',
    'early-close': '',
  }[kind]
  return `${formatDate(day)} ${name}, ${closes === undefined ? how : `closes ${clock(closes)} in Chicago`}`
}
