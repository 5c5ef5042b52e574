/**
 * The way of an event, in every world: out of the bus, into the journal, through the kernel, effects to the venue,
 * everything to the observers.
 */
import type { Decision } from '../domain/decision.ts'
import type { Event } from '../domain/event.ts'
import type { EventBus } from './event-bus.ts'
import type { Kernel } from './kernel.ts'
import type { Journal, Observer, Venue } from './ports.ts'

export interface EngineParts {
  readonly bus: EventBus
  readonly kernel: Kernel
  readonly venue: Venue
  readonly journal?: Journal
  readonly observers?: readonly Observer[]
  /** Told once when an observer failed; it is not called again. */
  onObserverFailure?(observer: Observer, cause: unknown): void
}

export class Engine {
  readonly #bus: EventBus
  readonly #kernel: Kernel
  readonly #venue: Venue
  readonly #journal: Journal | undefined
  #observers: readonly Observer[]
  readonly #onObserverFailure: ((observer: Observer, cause: unknown) => void) | undefined
  readonly #handle = (event: Event): void => this.#step(event)

  constructor(parts: EngineParts) {
    this.#bus = parts.bus
    this.#kernel = parts.kernel
    this.#venue = parts.venue
    this.#journal = parts.journal
    this.#observers = parts.observers ?? []
    this.#onObserverFailure = parts.onObserverFailure?.bind(parts)
  }

  /** Handles what waits in the bus, at most `most` events; returns how many. */
  pump(most?: number): number {
    return this.#bus.drain(this.#handle, most)
  }

  #step(event: Event): void {
    this.#journal?.append(event)
    const decision = this.#kernel.handle(event)
    const { effects } = decision
    if (effects.length > 0) {
      this.#journal?.flush()
      for (let i = 0; i < effects.length; i++) this.#venue.carry(effects[i])
    }
    // The list as it is now: one that fails is taken out of it, and the next must not be missed for that.
    const observers = this.#observers
    for (let i = 0; i < observers.length; i++) this.#tell(observers[i], event, decision)
  }

  #tell(observer: Observer, event: Event, decision: Decision): void {
    try {
      observer.observe(event, decision)
    } catch (cause) {
      this.#observers = this.#observers.filter((other) => other !== observer)
      if (this.#onObserverFailure === undefined) throw cause
      this.#onObserverFailure(observer, cause)
    }
  }
}
