/**
 * Rank of the newest value among the last n by counting: positive values fall into bins of equal relative width, so that a window of
 * three months of minutes costs no more than one of hours.
 *
 * A bin is the exponent of the double and the first seven bits of its mantissa: values closer than 0.8 % can count as equal. Counts
 * are kept on three levels; an update touches six of them. What lies below the newest bin is carried on from the bin before where the
 * two are close, and added up from the levels, about forty numbers, where they are not. Nothing is allocated after the making.
 *
 * Pure.
 */
import { assert } from '../../core/errors.ts'

const MANTISSA_BITS = 7
/** Values from 2^-96 on have bins of their own, 128 octaves of them; what lies outside falls into the bin at the end. */
const LOWEST_EXPONENT = -96
const BINS = 128 << MANTISSA_BITS
const FIRST = (1023 + LOWEST_EXPONENT) << MANTISSA_BITS
const FINE_BITS = 4
const MIDDLE_BITS = 5
/** Bins further apart than this are counted anew. */
const CLOSE = 32

const double = new Float64Array(1)
const words = new Uint32Array(double.buffer)
double[0] = 1
/** Where the word with the exponent lies: machines differ. */
const HIGH = words[1] === 0 ? 0 : 1

export class RankWindow {
  /** Share of the window below the newest value plus half of those equal to it, 0 to 1; NaN until `least` values are there. */
  value = Number.NaN
  /** Values after which there is a rank. */
  readonly least: number
  readonly #ring: Uint16Array
  readonly #fine = new Int32Array(BINS)
  readonly #middle = new Int32Array(BINS >> FINE_BITS)
  readonly #coarse = new Int32Array(BINS >> (FINE_BITS + MIDDLE_BITS))
  #at = 0
  #size = 0
  /** The newest bin, and how many values lie below it. */
  #newest = 0
  #lower = 0

  constructor(length: number, least = length) {
    assert(
      Number.isSafeInteger(length) && length >= 1 && least >= 1 && least <= length,
      `a rank among ${length}, from ${least} on`,
    )
    this.least = least
    this.#ring = new Uint16Array(length)
  }

  /** Takes a value that is not negative. */
  update(x: number): number {
    double[0] = x
    const raw = (words[HIGH] >>> (20 - MANTISSA_BITS)) - FIRST
    const bin = raw < 0 ? 0 : raw >= BINS ? BINS - 1 : raw
    const ring = this.#ring
    const at = this.#at
    const before = this.#newest
    let lower = this.#lower
    if (this.#size === ring.length) {
      const oldest = ring[at]
      this.#add(oldest, -1)
      if (oldest < before) lower -= 1
    } else this.#size += 1
    ring[at] = bin
    this.#at = at + 1 === ring.length ? 0 : at + 1
    this.#add(bin, 1)
    if (bin < before) lower += 1
    this.#newest = bin
    this.#lower = lower = this.#moved(lower, before, bin)
    if (this.#size >= this.least) this.value = (lower + 0.5 * this.#fine[bin]) / this.#size
    return this.value
  }

  /** How many lie below a bin, from how many lie below the one before. */
  #moved(lower: number, before: number, bin: number): number {
    if (bin - before > CLOSE || before - bin > CLOSE) return this.#below(bin)
    const fine = this.#fine
    let count = lower
    for (let i = before; i < bin; i++) count += fine[i]
    for (let i = bin; i < before; i++) count -= fine[i]
    return count
  }

  #add(bin: number, count: number): void {
    this.#fine[bin] += count
    this.#middle[bin >> FINE_BITS] += count
    this.#coarse[bin >> (FINE_BITS + MIDDLE_BITS)] += count
  }

  #below(bin: number): number {
    const middle = bin >> FINE_BITS
    const coarse = bin >> (FINE_BITS + MIDDLE_BITS)
    let count = 0
    for (let i = 0; i < coarse; i++) count += this.#coarse[i]
    for (let i = coarse << MIDDLE_BITS; i < middle; i++) count += this.#middle[i]
    for (let i = middle << FINE_BITS; i < bin; i++) count += this.#fine[i]
    return count
  }

  snapshot(): RankWindowState {
    return { value: this.value, at: this.#at, size: this.#size, ring: this.#ring.slice() }
  }

  restore({ value, at, size, ring }: RankWindowState): void {
    assert(ring.length === this.#ring.length, `the memory of a rank among ${ring.length}, not ${this.#ring.length}`)
    this.value = value
    this.#at = at
    this.#size = size
    this.#ring.set(ring)
    this.#fine.fill(0)
    this.#middle.fill(0)
    this.#coarse.fill(0)
    // Until the window is full it holds what stands before the place of the next value.
    for (let i = 0; i < size; i++) this.#add(this.#ring[i], 1)
    this.#newest = size === 0 ? 0 : this.#ring[at === 0 ? ring.length - 1 : at - 1]
    this.#lower = this.#below(this.#newest)
  }
}

export interface RankWindowState {
  readonly value: number
  readonly at: number
  readonly size: number
  readonly ring: Uint16Array
}
