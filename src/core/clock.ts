/**
 * The injected clock: the only place where the wall clock is read. Everything else is told the time.
 *
 * Imports `time.ts` and errors only.
 */
import { assert } from './errors.ts'
import { type Micros } from './time.ts'

export interface Clock {
  /** The moment it is; never earlier than the answer before. */
  now(): Micros
}

/** A clock that stands still until it is told: backtests, replays, tests. */
export interface ManualClock extends Clock {
  /** Moves to `time`, which may not be earlier than now. */
  set(time: Micros): void
  /** Moves on by `duration` microseconds. */
  advance(duration: number): void
}

/** The two sources of a running clock, in milliseconds. */
export interface ClockSources {
  /** Wall time since the epoch; may be set forwards and backwards by the machine. */
  readonly wallMs: () => number
  /** Time since some fixed moment; never set. */
  readonly steadyMs: () => number
}

/** How far the steady estimate may run ahead of the wall, which only ticks in whole milliseconds. */
const AHEAD_MAX = 2_000

/**
 * A clock of microseconds that follows the wall and never goes back. When the machine sets its wall clock back, this
 * one runs at half speed until the wall has caught up: standing still would blind every check for stale data.
 */
export function createClock({ wallMs, steadyMs }: ClockSources): Clock {
  let offset = wallMs() * 1_000 - steadyMs() * 1_000
  let steadyBefore = steadyMs() * 1_000
  let last = Math.floor(steadyBefore + offset)
  return {
    now(): Micros {
      const steady = steadyMs() * 1_000
      const wall = wallMs() * 1_000
      const estimate = steady + offset
      if (estimate < wall || estimate > wall + AHEAD_MAX) offset = wall - steady
      const slowest = last + Math.floor((steady - steadyBefore) / 2)
      const time = Math.max(Math.floor(steady + offset), slowest, last)
      // Time that was too short to be counted is carried on, so that a caller that asks often is not frozen.
      if (time > last) steadyBefore = steady
      last = time
      return time as Micros
    },
  }
}

/** The wall clock of this machine. */
export const systemClock: Clock = createClock({
  wallMs: () => Date.now(), // ambient-ok: the system clock
  steadyMs: () => performance.now(), // ambient-ok: the system clock
})

export function manualClock(start: Micros): ManualClock {
  let time = start
  const set = (to: Micros): void => {
    assert(Number.isSafeInteger(to), `a clock counts whole microseconds, not ${to}`)
    assert(to >= time, `a clock may not go back from ${time} to ${to}`)
    time = to
  }
  set(start)
  return { now: () => time, set, advance: (duration) => set((time + duration) as Micros) }
}
