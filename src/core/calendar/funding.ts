/**
 * Funding times: every 1, 4 or 8 hours from midnight UTC, and schedules that change from one to another.
 *
 * Pure. Source: the exchange's rules for USD-M perpetuals; other hours that divide a day are accepted.
 */
import { InputError } from '../errors.ts'
import { ceilTo } from './civil.ts'
import type { TimeRange } from './bars.ts'
import { type Duration, floorTo, HOUR, type Micros } from '../time.ts'

/** From a moment on, one payment every so many hours. */
export interface FundingPeriod {
  readonly from: Micros
  readonly hours: number
}

/** In the order of time; before the first, the first holds. */
export type FundingSchedule = readonly FundingPeriod[]

/**
 * A schedule that never changes.
 * @throws InputError `not-a-funding-interval` when the hours do not divide a day
 */
export function everyHours(hours: number): FundingSchedule {
  requireHours(hours)
  return [{ from: 0 as Micros, hours }]
}

function requireHours(hours: number): void {
  if (!Number.isInteger(hours) || hours < 1 || 24 % hours !== 0)
    throw new InputError('not-a-funding-interval', `funding every ${hours} hours does not divide a day`, {
      where: { hours },
      next: 'Use 1, 2, 3, 4, 6, 8, 12 or 24 hours; the exchange uses 1, 4 and 8.',
    })
}

/**
 * A schedule of several periods.
 * @throws InputError `not-a-funding-interval`, `data-not-ascending`, `empty-schedule`
 */
export function fundingSchedule(periods: readonly FundingPeriod[]): FundingSchedule {
  if (periods.length === 0)
    throw new InputError('empty-schedule', 'a funding schedule has no period', {
      next: 'Give at least one: { from: 0, hours: 8 }.',
    })
  periods.forEach(({ from, hours }, i) => {
    requireHours(hours)
    if (i > 0 && !(from > periods[i - 1].from))
      throw new InputError('data-not-ascending', `funding period ${i} does not begin after the one before`, {
        where: { index: i },
      })
  })
  return periods
}

/** How many hours apart payments are at a moment. */
export const fundingHoursAt = (schedule: FundingSchedule, time: Micros): number =>
  (schedule.findLast(({ from }) => from <= time) ?? schedule[0]).hours

const stepOf = (hours: number): Duration => (hours * HOUR) as Duration

/** The first payment at or after `time`. */
export function nextFunding(schedule: FundingSchedule, time: Micros): Micros {
  const index = Math.max(
    0,
    schedule.findLastIndex(({ from }) => from <= time),
  )
  for (let i = index; ; i++) {
    const next = ceilTo(Math.max(time, i === index ? time : schedule[i].from) as Micros, stepOf(schedule[i].hours))
    // A payment of this period that would fall into the next one is that one's to make.
    if (i + 1 >= schedule.length || next < schedule[i + 1].from) return next
  }
}

/** The last payment at or before `time`. */
export function previousFunding(schedule: FundingSchedule, time: Micros): Micros {
  const index = Math.max(
    0,
    schedule.findLastIndex(({ from }) => from <= time),
  )
  for (let i = index; ; i--) {
    const limit = i === index ? time : ((schedule[i + 1].from - 1) as Micros)
    const previous = floorTo(limit, stepOf(schedule[i].hours))
    if (i === 0 || previous >= schedule[i].from) return previous
  }
}

/** Whether a payment is made at exactly this moment. */
export const isFundingTime = (schedule: FundingSchedule, time: Micros): boolean => nextFunding(schedule, time) === time

/** Time left until the next payment; 0 at the moment of one. */
export const untilFunding = (schedule: FundingSchedule, time: Micros): number => nextFunding(schedule, time) - time

/** All payments in the range. */
export function fundingTimes(schedule: FundingSchedule, { from, to }: TimeRange): Micros[] {
  const times: Micros[] = []
  for (let time = nextFunding(schedule, from); time < to; time = nextFunding(schedule, (time + 1) as Micros)) times.push(time)
  return times
}

/** How many payments a year of 365 days has at a moment: what a rate is multiplied with to make it annual. */
export const fundingsPerYear = (schedule: FundingSchedule, time: Micros): number => (365 * 24) / fundingHoursAt(schedule, time)
