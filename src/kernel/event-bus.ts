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
import { Ring } from '../core/ring.ts'
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

const REPLACEABLE = MARKET_KINDS.map((kind) => kind === 'quote' || kind === 'mark')

export class EventBus {
  readonly #critical = new Ring<PlainEvent>(SLOTS)
  readonly #low = new Ring<PlainEvent>(SLOTS)
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
    this.#critical.push(event)
    this.#waiting += 1
    this.#published += 1
  }

  publishLow(event: PlainEvent): void {
    if (this.#waiting === EVENTS_QUEUED_MAX) {
      this.#droppedLow += 1
      if (this.#low.shift() === undefined) return
      this.#waiting -= 1
    }
    this.#low.push(event)
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
    }
    if (this.#waiting === EVENTS_QUEUED_MAX && !this.#dropOldestMarket()) {
      this.#countGap(instrument)
      return -1
    }
    if (REPLACEABLE[kind]) this.#newest.set(keyOf(kind, instrument), this.#marketTail)
    const at = (this.#marketTail & MASK) * WORDS
    this.#marketTail += 1
    this.#waiting += 1
    return at
  }

  #makeRoom(): void {
    if (this.#dropOldestMarket()) return
    assert(this.#low.shift() !== undefined, `${EVENTS_QUEUED_MAX} critical events wait: the kernel does not keep up`)
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
      if (this.#critical.length > 0) this.#deliver(this.#critical, handler)
      else if (this.#marketHead === this.#marketTail) this.#deliver(this.#low, handler)
      else if (this.#gaps.size > 0) this.#deliverGap(handler)
      else this.#deliverMarket(handler)
      count += 1
    }
    // An empty lane starts over at its first slots, which are in the cache.
    if (this.#marketHead === this.#marketTail && this.#marketTail !== 0) {
      this.#marketHead = this.#marketTail = 0
      if (this.#newest.size > 0) this.#newest.clear()
    }
    return count
  }

  #deliver(lane: Ring<PlainEvent>, handler: Handler): void {
    const event = lane.shift() as PlainEvent
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

  /** What was lost is told before the next market fact and at its time, so that nobody trades over a hole without knowing. */
  #deliverGap(handler: Handler): void {
    const time = this.#market[(this.#marketHead & MASK) * WORDS + SLOT.time] as Micros
    const [[instrument, lost]] = this.#gaps
    this.#gaps.delete(instrument)
    const event: GapEvent = { kind: 'gap', seq: this.#seq, time, instrument, lost }
    this.#seq += 1
    handler(event)
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
    return { nextSeq: this.#seq, critical: waitingOf(this.#critical), gaps: [...this.#gaps], market, low: waitingOf(this.#low) }
  }

  /** Takes over what waited in another bus; only a fresh one can. */
  restore(state: BusState): void {
    assert(this.#published === 0, 'a bus in use cannot be restored')
    this.#seq = state.nextSeq
    for (const event of state.critical) this.publishCritical(event)
    for (const [instrument, lost] of state.gaps) this.#gaps.set(instrument, lost)
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
  /** Instrument and count of what was lost and not told yet. */
  readonly gaps: readonly (readonly [number, number])[]
  readonly market: readonly (readonly number[])[]
  readonly low: readonly PlainEvent[]
}

const waitingOf = (lane: Ring<PlainEvent>): readonly PlainEvent[] =>
  Array.from({ length: lane.length }, (_, i) => ({ ...(lane.at(i) as PlainEvent) }))

const keyOf = (kind: number, instrument: number): number => kind * 65_536 + instrument
