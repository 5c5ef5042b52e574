/** Order-book recordings with the best levels in one row, `asks[0].price` and so on, times in microseconds. Pure. */
import { InputError } from '../../core/errors.ts'
import { parseDecimal } from '../../core/exact.ts'
import { fieldText } from './csv-scanner.ts'
import type { CsvRow } from './csv-scanner.ts'
import { wrongFieldCount } from './columns.ts'
import type { DepthLevel, MarketRecord } from './market-record.ts'

type Side = 'asks' | 'bids'

export class SnapshotRows {
  readonly #path: string
  readonly #index: ReadonlyMap<string, number>
  readonly #count: number
  readonly #onRecord: (record: MarketRecord) => void

  constructor(path: string, names: readonly string[], count: number, onRecord: (record: MarketRecord) => void) {
    this.#path = path
    this.#index = new Map(names.map((name, at) => [name, at]))
    this.#count = count
    this.#onRecord = onRecord
  }

  onRow(row: CsvRow): void {
    if (row.count !== this.#count) throw wrongFieldCount(this.#path, row, this.#count)
    const symbol = this.#text(row, 'symbol')
    this.#onRecord({
      kind: 'snapshot',
      received: this.#micros(row, 'local_timestamp'),
      time: this.#micros(row, 'timestamp'),
      symbol: symbol === '' ? undefined : symbol,
      finalId: undefined,
      bids: this.#levels(row, 'bids'),
      asks: this.#levels(row, 'asks'),
    })
  }

  finish(): void {
    // Every row was a message.
  }

  #levels(row: CsvRow, side: Side): readonly DepthLevel[] {
    const levels: DepthLevel[] = []
    for (let level = 0; this.#index.has(`${side}[${level}].amount`); level += 1) {
      const price = this.#text(row, `${side}[${level}].price`)
      // A thin book has fewer levels than columns.
      if (price === '') break
      levels.push([this.#decimal(row, `${side}[${level}].price`), this.#decimal(row, `${side}[${level}].amount`)])
    }
    return levels
  }

  #micros(row: CsvRow, column: string): number | undefined {
    const text = this.#text(row, column)
    if (text === '') return undefined
    return /^\d{16}$/.test(text) ? Number(text) : this.#bad(row, column, text, 'it must be a time in microseconds')
  }

  #decimal(row: CsvRow, column: string): string {
    const text = this.#text(row, column)
    return parseDecimal(text) === undefined ? this.#bad(row, column, text, 'it must be a number') : text
  }

  #text(row: CsvRow, column: string): string {
    const field = this.#index.get(column)
    return field === undefined ? '' : (fieldText(row, field) ?? '')
  }

  #bad(row: CsvRow, column: string, value: string, why: string): never {
    throw new InputError(
      'depth-damaged',
      `${column} in ${row.place} ${row.line} of ${this.#path} is '${value.slice(0, 40)}': ${why}`,
      {
        where: { file: this.#path, [row.place]: row.line, column },
        next: 'Correct it or fetch the file again.',
      },
    )
  }
}
