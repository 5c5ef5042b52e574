/**
 * Decimal numbers from bytes. The double is always the one nearest to the text, the same as `Number(text)`.
 *
 * Pure.
 */
import { parseDecimal, POW10 } from '../../core/exact.ts'

const DOT = 46
const ZERO = 48

/**
 * A reader with the last number's details as fields: one number is read without allocating anything.
 */
export class DecimalField {
  /** Decimals of the last number read as written, trailing zeros included. */
  decimals = 0
  /** The last number was unusual (sign, exponent, many digits), and `decimals` already lacks its trailing zeros. */
  #reduced = false

  /** Whether the last number had a sign, an exponent, or more digits than a double keeps. */
  get unusual(): boolean {
    return this.#reduced
  }

  /** The number in `bytes[from .. to)`; NaN when it is not a finite decimal (empty, text, hex, `inf`, spaces). */
  read(bytes: Uint8Array, from: number, to: number): number {
    let mantissa = 0
    let dot = -1
    for (let at = from; at < to; at += 1) {
      const digit = bytes[at] - ZERO
      if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit
      else if (digit === DOT - ZERO && dot < 0) dot = at
      else return this.#readSlowly(bytes, from, to)
    }
    const decimals = dot < 0 ? 0 : to - dot - 1
    // Up to 2^53 every step above was exact, and one division of two exact doubles is rounded correctly.
    if (mantissa > Number.MAX_SAFE_INTEGER || decimals > 22 || to - from - (dot < 0 ? 0 : 1) <= 0)
      return this.#readSlowly(bytes, from, to)
    this.decimals = decimals
    this.#reduced = false
    return decimals === 0 ? mantissa : mantissa / POW10[decimals]
  }

  #readSlowly(bytes: Uint8Array, from: number, to: number): number {
    if (to - from > 400) return Number.NaN
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1')
    if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/.test(text)) return Number.NaN
    const value = Number(text)
    if (!Number.isFinite(value)) return Number.NaN
    this.decimals = parseDecimal(text)?.scale ?? 0
    this.#reduced = true
    return value
  }

  /** Decimals of the last number read, which ended before `to`, without trailing zeros. */
  significantDecimals(bytes: Uint8Array, to: number): number {
    let significant = this.decimals
    if (this.#reduced) return significant
    for (let at = to - 1; significant > 0 && bytes[at] === ZERO; at -= 1) significant -= 1
    return significant
  }
}
