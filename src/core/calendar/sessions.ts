/**
 * The hours in which the world's desks are busy: Asia, Europe, America, each on its own clocks, so that daylight saving moves them.
 *
 * Pure. Source: trading hours of the Tokyo, London and New York stock exchanges (cash markets; Tokyo closes at 15:30 since 2024-11-05).
 */
import type { TimeRange } from './bars.ts'
import { intersection } from './bars.ts'
import { DAY, daysFromCivil, HOUR, type Micros, MINUTE } from '../time.ts'
import { fromLocal, localTime, weekdayIn } from './zones.ts'

export type SessionName = 'asia' | 'europe' | 'us'

export interface Session {
  readonly name: SessionName
  readonly zone: string
  /** Local time of day in microseconds. */
  readonly opens: number
  readonly closes: number
}

const at = (hour: number, minute = 0): number => hour * HOUR + minute * MINUTE

/** In the order of the day. */
export const SESSIONS: readonly Session[] = [
  { name: 'asia', zone: 'Asia/Tokyo', opens: at(9), closes: at(15, 30) },
  { name: 'europe', zone: 'Europe/London', opens: at(8), closes: at(16, 30) },
  { name: 'us', zone: 'America/New_York', opens: at(9, 30), closes: at(16) },
]

const sessionOf = (name: SessionName): Session => SESSIONS[SESSIONS.findIndex((each) => each.name === name)]

function sessionOnDay(session: Session, dayStart: Micros): TimeRange {
  const { year, month, day } = localTime(dayStart, session.zone)
  const moment = (timeOfDay: number): Micros =>
    fromLocal({ year, month, day, hour: Math.floor(timeOfDay / HOUR), minute: (timeOfDay % HOUR) / MINUTE }, session.zone)
  return { from: moment(session.opens), to: moment(session.closes) }
}

/** The hours of a session on the local day that contains `time`; `undefined` on its Saturday and Sunday. */
export function sessionOn(name: SessionName, time: Micros): TimeRange | undefined {
  const session = sessionOf(name)
  return weekdayIn(time, session.zone) >= 5 ? undefined : sessionOnDay(session, time)
}

/** Whether a session is open. */
export function isInSession(name: SessionName, time: Micros): boolean {
  const hours = sessionOn(name, time)
  return hours !== undefined && time >= hours.from && time < hours.to
}

/** All sessions open at a moment, in the order of the day; none between them and at weekends. */
export const sessionsAt = (time: Micros): readonly SessionName[] =>
  SESSIONS.map(({ name }) => name).filter((name) => isInSession(name, time))

/** When a session opens next, at or after `time`. */
export function nextSessionOpen(name: SessionName, time: Micros): Micros {
  const { zone } = sessionOf(name)
  const { year, month, day } = localTime(time, zone)
  for (let days = 0; ; days++) {
    // Noon of the local day, which no change of the clocks moves to another day.
    const noon = fromLocal({ ...civilPlus(year, month, day, days), hour: 12 }, zone)
    const hours = sessionOn(name, noon)
    if (hours !== undefined && hours.from >= time) return hours.from
  }
}

const civilPlus = (year: number, month: number, day: number, days: number): { year: number; month: number; day: number } => {
  const { year: y, month: m, day: d } = localTime(((daysFromCivil(year, month, day) + days) * DAY) as Micros, 'UTC')
  return { year: y, month: m, day: d }
}

/** The hours in which two sessions are open at once on the UTC day that contains `time`; `undefined` when they are not. */
export function sessionOverlap(a: SessionName, b: SessionName, time: Micros): TimeRange | undefined {
  const noon = (Math.floor(time / DAY) * DAY + 12 * HOUR) as Micros
  const [first, second] = [sessionOn(a, noon), sessionOn(b, noon)]
  return first === undefined || second === undefined ? undefined : intersection(first, second)
}
