/**
 * The timeline's queue: a binary heap of appointments, earliest first, equal times by rank, equal ranks in the order
 * in which they were made. Parallel arrays: nothing is allocated for a push but the growth of the arrays.
 *
 * Pure.
 */
import { assert, ImpossibleError } from './errors.ts'
import { NEVER } from './time.ts'
import type { Micros } from './time.ts'

/** All of a heap as plain data; the entries in the order in which they would come out. */
export interface TimeHeapState<S> {
  readonly nextSeq: number
  readonly entries: readonly { readonly time: number; readonly rank: number; readonly seq: number; readonly payload: S }[]
}

// A local constant is folded into the machine code; an imported one is read through a cell each time.
const EMPTY: number = NEVER

export class TimeHeap<T> {
  #times: Float64Array
  #ranks: Float64Array
  #seqs: Float64Array
  readonly #payloads: (T | undefined)[] = []
  #size = 0
  #nextSeq = 0

  constructor(capacity = 64) {
    this.#times = new Float64Array(capacity)
    this.#ranks = new Float64Array(capacity)
    this.#seqs = new Float64Array(capacity)
  }

  get size(): number {
    return this.#size
  }

  /** The earliest time; `undefined` when empty. */
  peekTime(): Micros | undefined {
    return this.#size === 0 ? undefined : (this.#times[0] as Micros)
  }

  /** The earliest time, `NEVER` when empty: for loops that compare it with other times. */
  get nextTime(): number {
    return this.#size === 0 ? EMPTY : this.#times[0]
  }

  /** The rank of the entry that comes next. */
  peekRank(): number | undefined {
    return this.#size === 0 ? undefined : this.#ranks[0]
  }

  /** The payload that comes next, left where it is. */
  peek(): T | undefined {
    return this.#payloads[0]
  }

  /** Adds an entry; its place among equals (time and rank) is behind all that are there. Returns its number. */
  push(time: number, rank: number, payload: T): number {
    if (time !== time || rank !== rank) throw new ImpossibleError(`an appointment has a time and a rank, not ${time} and ${rank}`)
    const seq = this.#nextSeq
    this.#nextSeq += 1
    this.#insert(time, rank, seq, payload)
    return seq
  }

  /** Takes the payload that comes first. */
  pop(): T | undefined {
    if (this.#size === 0) return undefined
    const top = this.#payloads[0]
    this.#size -= 1
    const last = this.#size
    const payload = this.#payloads[last]
    this.#payloads[last] = undefined
    if (last > 0) this.#sink(this.#times[last], this.#ranks[last], this.#seqs[last], payload as T)
    return top
  }

  clear(): void {
    this.#payloads.length = 0
    this.#size = 0
  }

  snapshot<S>(encode: (payload: T) => S): TimeHeapState<S> {
    const order = Array.from({ length: this.#size }, (_, i) => i)
    order.sort((a, b) => this.#times[a] - this.#times[b] || this.#ranks[a] - this.#ranks[b] || this.#seqs[a] - this.#seqs[b])
    const entries = order.map((i) => ({
      time: this.#times[i],
      rank: this.#ranks[i],
      seq: this.#seqs[i],
      payload: encode(this.#payloads[i] as T),
    }))
    return { nextSeq: this.#nextSeq, entries }
  }

  static restore<S, T>(state: TimeHeapState<S>, decode: (payload: S) => T): TimeHeap<T> {
    const heap = new TimeHeap<T>(Math.max(64, state.entries.length))
    for (const { time, rank, seq, payload } of state.entries) {
      assert(seq < state.nextSeq, 'an entry of a stored heap is newer than the heap')
      heap.#insert(time, rank, seq, decode(payload))
    }
    heap.#nextSeq = state.nextSeq
    return heap
  }

  #insert(time: number, rank: number, seq: number, payload: T): void {
    if (this.#size === this.#times.length) this.#grow()
    let at = this.#size
    this.#size += 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#before(time, rank, seq, parent)) break
      this.#move(parent, at)
      at = parent
    }
    this.#place(at, time, rank, seq, payload)
  }

  /** Puts an entry in at the top and lets it down to its place. */
  #sink(time: number, rank: number, seq: number, payload: T): void {
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= this.#size) break
      const right = child + 1
      if (right < this.#size && this.#before(this.#times[right], this.#ranks[right], this.#seqs[right], child)) child = right
      if (this.#before(time, rank, seq, child)) break
      this.#move(child, at)
      at = child
    }
    this.#place(at, time, rank, seq, payload)
  }

  #before(time: number, rank: number, seq: number, other: number): boolean {
    if (time !== this.#times[other]) return time < this.#times[other]
    if (rank !== this.#ranks[other]) return rank < this.#ranks[other]
    return seq < this.#seqs[other]
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from]
    this.#ranks[to] = this.#ranks[from]
    this.#seqs[to] = this.#seqs[from]
    this.#payloads[to] = this.#payloads[from]
  }

  #place(at: number, time: number, rank: number, seq: number, payload: T): void {
    this.#times[at] = time
    this.#ranks[at] = rank
    this.#seqs[at] = seq
    this.#payloads[at] = payload
  }

  #grow(): void {
    const grown = (old: Float64Array): Float64Array => {
      const larger = new Float64Array(Math.max(64, old.length * 2))
      larger.set(old)
      return larger
    }
    this.#times = grown(this.#times)
    this.#ranks = grown(this.#ranks)
    this.#seqs = grown(this.#seqs)
  }
}
