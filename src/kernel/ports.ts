/**
 * The sockets of the kernel: what a world has to bring. Backtest, paper, live and replay differ in these and in nothing else.
 */
import type { Effect } from '../domain/decision.ts'
import type { Event } from '../domain/event.ts'
import type { Decision } from '../domain/decision.ts'

/** Where effects go. What becomes of them comes back as events. */
export interface Venue {
  carry(effect: Effect): void
}

/** The list of events, on something that survives us. */
export interface Journal {
  /** Adds an event; returns when the record is in the writer's hands. */
  append(event: Event): void
  /** Returns when everything appended has returned from `write()`: only then may effects leave. */
  flush(): void
}

/** Brings events into the bus until there are none. A live feed is pushed by its sockets; a backtest's pulls from files. */
export interface Feed {
  /** Moves on to the next moment at which something happens and publishes it; false at the end. */
  advance(): boolean
}

/** Sees every event with what was decided, after the kernel; a failure of one observer is its own affair. */
export interface Observer {
  readonly name: string
  observe(event: Event, decision: Decision): void
}
