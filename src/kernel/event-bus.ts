/**
 * The one entrance to the kernel: bounded, ordered, three priorities.
 *
 * Critical (reports, commands, timers, answers, links) is never dropped: when the places run out, market data gives way.
 * Market: a newer quote or mark replaces one that still waits; when there is no room the oldest waiting fact of the
 * lane is dropped and counted as a gap of its instrument. Low: the oldest is dropped and counted.
 * Every event gets its `seq` here, at the exit, once.
 *
 * Market facts are copied into a typed-array ring and handed out as a cursor; nothing is allocated per fact.
 */
import { assert } from '../core/errors.ts'
import type { Micros } from '../core/time.ts'
import type { Event, GapEvent } from '../domain/event.ts'
import { MARKET_KINDS, MarketSlot, SLOT, SLOT_WORDS } from '../domain/market-slot.ts'

/** Places over all lanes. */
export const EVENTS_QUEUED_MAX = 10_000
/** Ring slots of a lane: the next power of two, so that an index wraps by a mask. */
const SLOTS = 16_384
const MASK = SLOTS - 1
// Constants of this file are folded into the machine code; imported ones are read through a cell each time.
const WORDS = SLOT_WORDS
/** The largest integer that the runtime keeps without a box on every machine. */
const SMALL_MAX = 2 ** 30 - 1
const SEQ_WORD = SLOT.seq
assert(SLOTS >= EVENTS_QUEUED_MAX, 'a lane must be able to hold every place')

/** What waits as a reference: everything but market facts. */
export type PlainEvent = Exclude<Event, MarketSlot>
export type Handler = (event: Event) => void

export interface BusCounters {
  readonly published: number
  readonly delivered: number
  /** Waiting quotes and marks that a newer one replaced. */
  readonly replaced: number
  /** Market facts lost for want of room. */
  readonly droppedMarket: number
  readonly droppedLow: number
}

/** A first-in first-out ring of references. */
class Lane {
  readonly slots: (PlainEvent | undefined)[] = Array.from({ length: SLOTS }, () => undefined)
  head = 0
  tail = 0
}

const REPLACEABLE = MARKET_KINDS.map((kind) => kind === 'quote' || kind === 'mark')

export class EventBus {
  readonly #critical = new Lane()
  readonly #low = new Lane()
  readonly #market = new Float64Array(SLOTS * WORDS)
  #marketHead = 0
  #marketTail = 0
  #waiting = 0
  #seq: number
  readonly #cursor = new MarketSlot()
  /** Where the waiting quote or mark of an instrument stands, by kind and instrument; -1 when none waits. */
  readonly #newest = new Map<number, number>()
  readonly #gaps = new Map<number, number>()
  #published = 0
  #replaced = 0
  #droppedMarket = 0
  #droppedLow = 0

  constructor(firstSeq = 1) {
    this.#seq = firstSeq
  }

  /** For what must never be lost; throws when even dropping market data makes no room, for then we are broken. */
  publishCritical(event: PlainEvent): void {
    if (this.#waiting === EVENTS_QUEUED_MAX) this.#makeRoom()
    const lane = this.#critical
    lane.slots[lane.tail & MASK] = event
    lane.tail += 1
    this.#waiting += 1
    this.#published += 1
  }

  publishLow(event: PlainEvent): void {
    const lane = this.#low
    if (this.#waiting === EVENTS_QUEUED_MAX) {
      this.#droppedLow += 1
      if (lane.head === lane.tail) return
      lane.head += 1
      this.#waiting -= 1
    }
    lane.slots[lane.tail & MASK] = event
    lane.tail += 1
    this.#waiting += 1
    this.#published += 1
  }

  /**
   * Makes place for a market fact and returns the words to write it into; `reservedAt` is its offset. The caller writes
   * kind, time, exchangeTime, instrument and the kind's own words before anything else happens.
   */
  get marketWords(): Float64Array {
    return this.#market
  }

  /** Reserves a slot for a fact of a kind and instrument; returns the offset of its word 0, or -1 when it was dropped. */
  reserveMarket(kind: number, instrument: number): number {
    this.#published += 1
    if (REPLACEABLE[kind]) {
      const waiting = this.#newest.get(keyOf(kind, instrument))
      if (waiting !== undefined && waiting >= this.#marketHead) {
        this.#replaced += 1
        return (waiting & MASK) * WORDS
      }
      this.#newest.set(keyOf(kind, instrument), this.#marketTail)
    }
    if (this.#waiting === EVENTS_QUEUED_MAX && !this.#dropOldestMarket()) {
      this.#countGap(instrument)
      return -1
    }
    const at = (this.#marketTail & MASK) * WORDS
    this.#marketTail += 1
    this.#waiting += 1
    return at
  }

  #makeRoom(): void {
    if (this.#dropOldestMarket()) return
    const lane = this.#low
    assert(lane.head < lane.tail, `${EVENTS_QUEUED_MAX} critical events wait: the kernel does not keep up`)
    lane.head += 1
    this.#waiting -= 1
    this.#droppedLow += 1
  }

  #dropOldestMarket(): boolean {
    if (this.#marketHead === this.#marketTail) return false
    this.#countGap(this.#market[(this.#marketHead & MASK) * WORDS + SLOT.instrument])
    this.#marketHead += 1
    this.#waiting -= 1
    return true
  }

  #countGap(instrument: number): void {
    this.#droppedMarket += 1
    this.#gaps.set(instrument, (this.#gaps.get(instrument) ?? 0) + 1)
  }

  /** Hands out what waits, critical first, and whatever is published meanwhile; at most `most` events. Returns how many. */
  drain(handler: Handler, most = SMALL_MAX): number {
    let count = 0
    while (this.#waiting > 0 && count < most) {
      if (this.#critical.head < this.#critical.tail) this.#deliver(this.#critical, handler)
      else if (this.#gaps.size > 0) this.#deliverGaps(handler)
      else if (this.#marketHead < this.#marketTail) this.#deliverMarket(handler)
      else this.#deliver(this.#low, handler)
      count += 1
    }
    // An empty lane starts over at its first slots, which are in the cache.
    if (this.#marketHead === this.#marketTail && this.#newest.size === 0) this.#marketHead = this.#marketTail = 0
    return count
  }

  #deliver(lane: Lane, handler: Handler): void {
    const at = lane.head & MASK
    const event = lane.slots[at] as PlainEvent
    lane.slots[at] = undefined
    lane.head += 1
    this.#waiting -= 1
    event.seq = this.#seq
    this.#seq += 1
    handler(event)
  }

  #deliverMarket(handler: Handler): void {
    const words = this.#market
    const at = (this.#marketHead & MASK) * WORDS
    words[at + SEQ_WORD] = this.#seq
    this.#seq += 1
    const cursor = this.#cursor.moveTo(words, at)
    this.#marketHead += 1
    this.#waiting -= 1
    handler(cursor)
  }

  /** What was lost is told before the next market fact, so that nobody trades over a hole without knowing. */
  #deliverGaps(handler: Handler): void {
    const time = this.#market[((this.#marketHead - 1) & MASK) * WORDS + SLOT.time] as Micros
    const gaps = [...this.#gaps]
    this.#gaps.clear()
    for (const [instrument, lost] of gaps) {
      const event: GapEvent = { kind: 'gap', seq: this.#seq, time, instrument, lost }
      this.#seq += 1
      handler(event)
    }
  }

  get waiting(): number {
    return this.#waiting
  }

  /** The number the next event will get. */
  get nextSeq(): number {
    return this.#seq
  }

  /** What waits, as plain data; counters are not kept. */
  snapshot(): BusState {
    const market = Array.from({ length: this.#marketTail - this.#marketHead }, (_, i) => {
      const at = ((this.#marketHead + i) & MASK) * WORDS
      return [...this.#market.subarray(at, at + SLOT_WORDS)]
    })
    return { nextSeq: this.#seq, critical: waitingOf(this.#critical), market, low: waitingOf(this.#low) }
  }

  /** Takes over what waited in another bus; only a fresh one can. */
  restore(state: BusState): void {
    assert(this.#published === 0, 'a bus in use cannot be restored')
    this.#seq = state.nextSeq
    for (const event of state.critical) this.publishCritical(event)
    for (const words of state.market) this.#market.set(words, this.reserveMarket(words[SLOT.kind], words[SLOT.instrument]))
    for (const event of state.low) this.publishLow(event)
  }

  get counters(): BusCounters {
    return {
      published: this.#published,
      delivered: this.#seq - 1,
      replaced: this.#replaced,
      droppedMarket: this.#droppedMarket,
      droppedLow: this.#droppedLow,
    }
  }
}

/** What waits in a bus, oldest first. */
export interface BusState {
  readonly nextSeq: number
  readonly critical: readonly PlainEvent[]
  readonly market: readonly (readonly number[])[]
  readonly low: readonly PlainEvent[]
}

const waitingOf = (lane: Lane): readonly PlainEvent[] =>
  Array.from({ length: lane.tail - lane.head }, (_, i) => ({ ...(lane.slots[(lane.head + i) & MASK] as PlainEvent) }))

const keyOf = (kind: number, instrument: number): number => kind * 65_536 + instrument
