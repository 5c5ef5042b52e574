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
    const words = batch.columns.slice(1).map((column) => new Uint32Array(column.buffer, column.byteOffset, batch.rows * 2))
    for (let from = 0; from < batch.rows;) {
      const start = this.#rows & (PAGE - 1)
      const count = Math.min(PAGE - start, batch.rows - from)
      const page = pageOf(this.#pages, this.#rows)
      const short = pageOf(this.#shortPages, this.#rows)
      page.fill(0x811c9dc5, start, start + count)
      for (const column of words) {
        for (let i = 0; i < count; i += 1) {
          const word = (from + i) * 2
          page[start + i] = Math.imul(Math.imul(page[start + i] ^ column[word], 0x01000193) ^ column[word + 1], 0x85ebca6b)
        }
      }
      for (const [at, column] of words.slice(0, SHORT_VALUES).entries()) {
        for (let i = 0; i < count; i += 1) {
          const word = (from + i) * 2
          const upper = column[word + 1]
          const bits = Math.imul(upper === NAN_WORD ? this.#rows + i : column[word] ^ upper, 0x9e3779b1) >>> (32 - SHORT_BITS)
          short[start + i] |= bits << (at * SHORT_BITS)
        }
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

const at = (pages: readonly Uint32Array[], row: number): number => pages[row >> PAGE_BITS][row & (PAGE - 1)]

const pageOf = (pages: Uint32Array[], row: number): Uint32Array => (pages[row >> PAGE_BITS] ??= new Uint32Array(PAGE))
