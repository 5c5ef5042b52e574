/** Columns of doubles that grow together as rows arrive. Pure. */
export class GrowingColumns {
  length = 0
  #capacity: number
  readonly #columns: Float64Array<ArrayBuffer>[]

  constructor(columns: number, capacity = 4_096) {
    this.#capacity = capacity
    this.#columns = Array.from({ length: columns }, () => new Float64Array(capacity))
  }

  /** Begins the next row: its fields are to be set at `length - 1`. */
  add(): number {
    if (this.length === this.#capacity) {
      this.#capacity *= 2
      for (const [at, column] of this.#columns.entries()) {
        const larger = new Float64Array(this.#capacity)
        larger.set(column)
        this.#columns[at] = larger
      }
    }
    this.length += 1
    return this.length - 1
  }

  /** The column with room for all rows; valid until the next `add`. */
  at(column: number): Float64Array<ArrayBuffer> {
    return this.#columns[column]
  }

  /** A copy of exactly the rows. */
  column(column: number): Float64Array<ArrayBuffer> {
    return this.#columns[column].slice(0, this.length)
  }
}
