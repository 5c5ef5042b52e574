/**
 * Sums of decimals that arrive as doubles, without an error: each double stands for its shortest decimal, the sum is an integer
 * count of the smallest unit that occurred, and the result is the double nearest to it.
 *
 * Pure.
 */
import { parseDecimal, pow10Big, POW10 } from '../../core/exact.ts'
import { assert } from '../../core/errors.ts'

/** More decimals than these have no power of ten that a double holds. */
const SCALE_FAST_MAX = 22

export class ExactSum {
  /** The sum counts 10^-scale. */
  #scale: number
  /** What is not yet in `#high`; below 2^53. */
  #low = 0
  #high = 0n

  constructor(scale = 0) {
    this.#scale = scale
  }

  /** Adds a value not below zero. */
  add(value: number): void {
    if (this.#scale <= SCALE_FAST_MAX) {
      const factor = POW10[this.#scale]
      const units = Math.round(value * factor)
      if (units <= Number.MAX_SAFE_INTEGER && units / factor === value) return this.addUnits(units)
    }
    const decimal = parseDecimal(String(value))
    assert(decimal !== undefined && value >= 0, () => `${value} is added up`)
    if (decimal.scale > this.#scale) this.#rescale(decimal.scale)
    this.#high += decimal.units * pow10Big(this.#scale - decimal.scale)
  }

  /** Adds a count of 10^-scale, a whole number from 0 to 2^53. */
  addUnits(units: number): void {
    const next = this.#low + units
    if (next <= Number.MAX_SAFE_INTEGER) this.#low = next
    else {
      this.#high += BigInt(this.#low)
      this.#low = units
    }
  }

  /** Adds the product of two counts. */
  addProduct(a: number, b: number): void {
    const product = a * b
    if (product <= Number.MAX_SAFE_INTEGER) this.addUnits(product)
    else this.#high += BigInt(a) * BigInt(b)
  }

  /** The double nearest to the sum; the next sum begins at zero. */
  take(): number {
    const units = this.#high + BigInt(this.#low)
    this.#high = 0n
    this.#low = 0
    if (units <= Number.MAX_SAFE_INTEGER && this.#scale <= SCALE_FAST_MAX) return Number(units) / POW10[this.#scale]
    return Number(`${units}e-${this.#scale}`)
  }

  #rescale(scale: number): void {
    this.#high = (this.#high + BigInt(this.#low)) * pow10Big(scale - this.#scale)
    this.#low = 0
    this.#scale = scale
  }
}
