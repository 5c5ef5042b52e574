/**
 * Recurring moments, and how far another clock is off ours.
 *
 * Pure. Source of the estimate: D. L. Mills, RFC 5905 (2010), sections 8 and 10.
 */
import { InputError } from '../errors.ts'
import { DAY, type Duration, floorTo, type Micros } from '../time.ts'
import type { TimeRange } from './bars.ts'
import { ceilTo } from './civil.ts'
import { fromLocal, localTime } from './zones.ts'

/** Every so often, counted from the epoch plus an offset; or daily at a local time. */
export type Schedule =
  | { readonly kind: 'every'; readonly step: Duration; readonly offset?: number }
  | { readonly kind: 'daily'; readonly zone: string; readonly hour: number; readonly minute?: number }

/**
 * The first moment of a schedule at or after `time`.
 * @throws InputError `not-a-schedule`, `unknown-zone`
 */
export function nextOf(schedule: Schedule, time: Micros): Micros {
  if (schedule.kind === 'every') {
    const { step, offset = 0 } = schedule
    requireStep(step)
    return (ceilTo((time - offset) as Micros, step) + offset) as Micros
  }
  const { year, month, day } = localTime(time, schedule.zone)
  for (let days = 0; ; days++) {
    const moment = fromLocal({ year, month, day: day + days, hour: schedule.hour, minute: schedule.minute ?? 0 }, schedule.zone)
    if (moment >= time) return moment
  }
}

/** The last moment of a schedule at or before `time`. Throws InputError `not-a-schedule`, `unknown-zone`. */
export function previousOf(schedule: Schedule, time: Micros): Micros {
  if (schedule.kind === 'every') {
    const { step, offset = 0 } = schedule
    requireStep(step)
    return (floorTo((time - offset) as Micros, step) + offset) as Micros
  }
  const { year, month, day } = localTime(time, schedule.zone)
  for (let days = 0; ; days++) {
    const moment = fromLocal({ year, month, day: day - days, hour: schedule.hour, minute: schedule.minute ?? 0 }, schedule.zone)
    if (moment <= time) return moment
  }
}

/** All moments of a schedule in a range. Throws InputError `not-a-schedule`, `unknown-zone`. */
export function momentsOf(schedule: Schedule, { from, to }: TimeRange): Micros[] {
  const moments: Micros[] = []
  for (let time = nextOf(schedule, from); time < to; time = nextOf(schedule, (time + 1) as Micros)) moments.push(time)
  return moments
}

function requireStep(step: number): void {
  if (!(step >= 1) || !Number.isSafeInteger(step))
    throw new InputError('not-a-schedule', `a schedule cannot repeat every ${step} microseconds`, {
      where: { step },
      next: `Give a whole number of microseconds, such as ${DAY} for a day.`,
    })
}

/** One question and its answer: our clock when it went out, theirs when they answered, ours when it came back. */
export interface ClockSample {
  readonly sent: Micros
  readonly theirs: Micros
  readonly received: Micros
}

export interface ClockSkew {
  /** Their clock minus ours, in microseconds. */
  readonly offset: number
  /** The truth lies no further from the offset than this: half of the round trip. */
  readonly uncertainty: number
  readonly samples: number
}

/**
 * How far another clock is ahead of ours: of the sample with the shortest round trip, theirs minus the middle of sending and receiving.
 * The shortest trip says most, for what delays a packet only ever lengthens it.
 *
 * @throws InputError `no-samples` without one that came back after it went out
 */
export function estimateClockSkew(samples: readonly ClockSample[]): ClockSkew {
  const usable = samples.filter(({ sent, received }) => received >= sent)
  if (usable.length === 0)
    throw new InputError('no-samples', 'no answer came back after its question went out', {
      next: 'Ask for the time of the other side a few times, and give when each question went out and its answer came in.',
    })
  const best = usable.reduce((shortest, each) =>
    each.received - each.sent < shortest.received - shortest.sent ? each : shortest,
  )
  return {
    offset: best.theirs - (best.sent + best.received) / 2,
    uncertainty: (best.received - best.sent) / 2,
    samples: usable.length,
  }
}
