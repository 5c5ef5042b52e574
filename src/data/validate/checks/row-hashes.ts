/** Hashes of the values of every row, so that rows far apart can be compared: one of all, and a short one of each value. Pure. */
import type { Batch } from '../batch.ts'
import { BAR } from '../layout.ts'

const PAGE_BITS = 13
const PAGE = 1 << PAGE_BITS
/** Values that have a short hash, and its bits. */
const SHORT_VALUES = 5
const SHORT_BITS = 6
/** Equal short hashes that make two rows versions of one: two prices of a quiet market are often the same, a volume seldom is. */
const SHORT_ALIKE = 3
/** The value whose short hash is enough: of bars the volume. */
const TELLING = BAR.volume - 1
/** The upper half of NaN, which equals nothing. */
const NAN_WORD = 0x7ff80000

export class RowHashes {
  readonly #pages: Uint32Array[] = []
  readonly #shortPages: Uint32Array[] = []
  #rows = 0

  /** Adds the rows of a batch; column 0, by which rows are told apart, does not count. */
  add(batch: Batch): void {
    for (let from = 0; from < batch.rows;) {
      const start = this.#rows & (PAGE - 1)
      const count = Math.min(PAGE - start, batch.rows - from)
      const page = pageOf(this.#pages, this.#rows).subarray(start, start + count)
      const short = pageOf(this.#shortPages, this.#rows).subarray(start, start + count)
      for (let at = 1; at < batch.columns.length; at += 1) {
        const { buffer, byteOffset } = batch.columns[at]
        hashColumn(new Uint32Array(buffer, byteOffset + from * 8, count * 2), page)
        if (at <= SHORT_VALUES)
          hashShort(new Uint32Array(buffer, byteOffset + from * 8, count * 2), short, (at - 1) * SHORT_BITS, this.#rows)
      }
      this.#rows += count
      from += count
    }
  }

  /** Whether two rows have the same values. */
  equal(a: number, b: number): boolean {
    return at(this.#pages, a) === at(this.#pages, b)
  }

  /** Whether two rows are versions of one: some of their values are the same. */
  alike(a: number, b: number): boolean {
    const difference = at(this.#shortPages, a) ^ at(this.#shortPages, b)
    const equal = (value: number): boolean => ((difference >>> (value * SHORT_BITS)) & ((1 << SHORT_BITS) - 1)) === 0
    let same = 0
    for (let value = 0; value < SHORT_VALUES; value += 1) if (equal(value)) same += 1
    return same >= SHORT_ALIKE || equal(TELLING)
  }
}

/** Mixes a column, as the halves of its doubles, into the hashes. */
function hashColumn(words: Uint32Array, hashes: Uint32Array): void {
  for (let i = 0; i < hashes.length; i += 1) {
    const mixed = Math.imul(words[2 * i] ^ Math.imul(words[2 * i + 1], 0x85ebca6b), 0x9e3779b1)
    hashes[i] = Math.imul(hashes[i] ^ mixed ^ (mixed >>> 15), 0x01000193)
  }
}

/** The short hash of each value at its place; NaN gets one of its row, so that it equals no other. */
function hashShort(words: Uint32Array, shorts: Uint32Array, shift: number, firstRow: number): void {
  for (let i = 0; i < shorts.length; i += 1) {
    const upper = words[2 * i + 1]
    const value = upper === NAN_WORD ? firstRow + i : words[2 * i] ^ upper
    shorts[i] |= (Math.imul(value, 0x9e3779b1) >>> (32 - SHORT_BITS)) << shift
  }
}

const at = (pages: readonly Uint32Array[], row: number): number => pages[row >> PAGE_BITS][row & (PAGE - 1)]

const pageOf = (pages: Uint32Array[], row: number): Uint32Array => (pages[row >> PAGE_BITS] ??= new Uint32Array(PAGE))
