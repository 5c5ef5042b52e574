/** A 32-bit hash of the values of every row, so that rows far apart can be compared. Pure. */
import type { Batch } from '../batch.ts'

const PAGE_BITS = 13
const PAGE = 1 << PAGE_BITS

export class RowHashes {
  readonly #pages: Uint32Array[] = []
  #rows = 0

  /** Adds the rows of a batch; column 0, by which rows are told apart, does not count. */
  add(batch: Batch): void {
    const words = batch.columns.slice(1).map((column) => new Uint32Array(column.buffer, column.byteOffset, batch.rows * 2))
    for (let from = 0; from < batch.rows;) {
      const start = this.#rows & (PAGE - 1)
      const count = Math.min(PAGE - start, batch.rows - from)
      const page = this.#pageOf(this.#rows)
      page.fill(0x811c9dc5, start, start + count)
      for (const column of words) {
        for (let i = 0; i < count; i += 1) {
          const word = (from + i) * 2
          page[start + i] = Math.imul(Math.imul(page[start + i] ^ column[word], 0x01000193) ^ column[word + 1], 0x85ebca6b)
        }
      }
      this.#rows += count
      from += count
    }
  }

  at(row: number): number {
    return this.#pages[row >> PAGE_BITS][row & (PAGE - 1)]
  }

  #pageOf(row: number): Uint32Array {
    const index = row >> PAGE_BITS
    return (this.#pages[index] ??= new Uint32Array(PAGE))
  }
}
