/** A queue of references with a fixed capacity: nothing is allocated after its making. Pure. */
import { assert } from './errors.ts'

export class Ring<T> {
  readonly capacity: number
  readonly #slots: (T | undefined)[]
  readonly #mask: number
  #head = 0
  #length = 0

  /** `capacity` is a power of two. */
  constructor(capacity: number) {
    assert(
      Number.isSafeInteger(capacity) && capacity >= 1 && capacity <= 2 ** 30 && (capacity & (capacity - 1)) === 0,
      `the capacity of a ring is a power of two, not ${capacity}`,
    )
    this.capacity = capacity
    this.#mask = capacity - 1
    this.#slots = Array.from({ length: capacity }, () => undefined)
  }

  get length(): number {
    return this.#length
  }

  /** Puts an item at the end; false, and nothing done, when the ring is full. */
  push(item: T): boolean {
    if (this.#length === this.capacity) return false
    this.#slots[(this.#head + this.#length) & this.#mask] = item
    this.#length += 1
    return true
  }

  /** Takes the oldest item. */
  shift(): T | undefined {
    if (this.#length === 0) return undefined
    const item = this.#slots[this.#head]
    this.#slots[this.#head] = undefined
    this.#head = (this.#head + 1) & this.#mask
    this.#length -= 1
    return item
  }

  /** The oldest item, left where it is. */
  peek(): T | undefined {
    return this.#slots[this.#head]
  }

  /** The item `index` places after the oldest; `undefined` outside. */
  at(index: number): T | undefined {
    return index >= 0 && index < this.#length ? this.#slots[(this.#head + index) & this.#mask] : undefined
  }

  clear(): void {
    this.#slots.fill(undefined)
    this.#head = 0
    this.#length = 0
  }
}
