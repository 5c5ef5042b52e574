/**
 * Rank of the newest value among the last n by counting: positive values fall into bins of equal relative width, so that a window of
 * three months of minutes costs no more than one of hours.
 *
 * A bin is the exponent of the double and the first seven bits of its mantissa: values closer than 0.8 % can count as equal. Counts
 * are kept on three levels; an update touches six of them, a rank adds up about forty. Nothing is allocated after the making.
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
    if (this.#size === this.#ring.length) this.#add(this.#ring[this.#at], -1)
    else this.#size += 1
    this.#ring[this.#at] = bin
    this.#at = this.#at + 1 === this.#ring.length ? 0 : this.#at + 1
    this.#add(bin, 1)
    if (this.#size >= this.least) this.value = (this.#below(bin) + 0.5 * this.#fine[bin]) / this.#size
    return this.value
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
  }
}

export interface RankWindowState {
  readonly value: number
  readonly at: number
  readonly size: number
  readonly ring: Uint16Array
}
