/**
 * When dated futures expire.
 *
 * Pure. Sources: the exchange's rules for USD-M quarterly contracts (last Friday of March, June, September, December, 08:00 UTC);
 * CME's rules for bitcoin futures (last Friday of the month, 16:00 in London).
 */
import { assert } from '../errors.ts'
import { civilOf, DAY, type Micros } from '../time.ts'
import { momentOf, nthWeekday } from './civil.ts'
import { isCmeBusinessDay } from './cme.ts'
import { fromLocal } from './zones.ts'

const FRIDAY = 4

/** The expiry of the quarterly contract of a quarter (1 to 4): its last Friday, 08:00 UTC. */
export function quarterlyExpiry(year: number, quarter: number): Micros {
  assert(Number.isInteger(quarter) && quarter >= 1 && quarter <= 4, `quarter ${quarter} lies between 1 and 4`)
  const day = nthWeekday(year, 3 * quarter, FRIDAY, -1)
  return momentOf(civilOf(day), 8)
}

/** The first quarterly expiry at or after `time`; `ahead` skips so many more (1: the contract after the next). */
export function nextQuarterlyExpiry(time: Micros, ahead = 0): Micros {
  const { year } = civilOf(time)
  const years = Array.from({ length: 2 + Math.ceil(ahead / 4) }, (_, i) => year + i)
  const expiries = years.flatMap((each) => [1, 2, 3, 4].map((quarter) => quarterlyExpiry(each, quarter)))
  return expiries.filter((expiry) => expiry >= time)[ahead]
}

/** The symbol suffix of a quarterly expiry, `240628`. */
export function expirySuffix(expiry: Micros): string {
  const { year, month, day } = civilOf(expiry)
  return [year % 100, month, day].map((part) => String(part).padStart(2, '0')).join('')
}

/**
 * The last trade of CME's monthly bitcoin future: the last Friday of the month, or the business day before when that is a holiday,
 * 16:00 in London.
 * @throws InputError `no-calendar` outside of 2017 to 2030
 */
export function cmeMonthlyExpiry(year: number, month: number): Micros {
  let day = nthWeekday(year, month, FRIDAY, -1)
  while (!isCmeBusinessDay(day)) day = (day - DAY) as Micros
  return fromLocal({ ...civilOf(day), hour: 16 }, 'Europe/London')
}
