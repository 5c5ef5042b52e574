/**
 * Order-book recordings with one price level a row: neighbouring rows of the same update are one message. Pure.
 */
import { InputError } from '../../core/errors.ts'
import { parseDecimal } from '../../core/exact.ts'
import { fieldText, shownField } from './csv-scanner.ts'
import type { CsvRow } from './csv-scanner.ts'
import type { DepthLevel, MarketRecord } from './market-record.ts'

/** The message that is being put together. */
interface Update {
  readonly name: string
  readonly make: (bids: readonly DepthLevel[], asks: readonly DepthLevel[]) => MarketRecord
  readonly bids: DepthLevel[]
  readonly asks: DepthLevel[]
}

export class LevelRows {
  readonly #path: string
  readonly #index: ReadonlyMap<string, number>
  readonly #onRecord: (record: MarketRecord) => void
  #update: Update | undefined

  constructor(path: string, names: readonly string[], onRecord: (record: MarketRecord) => void) {
    this.#path = path
    this.#index = new Map(names.map((name, at) => [name, at]))
    this.#onRecord = onRecord
  }

  onRow(row: CsvRow): void {
    if (this.#text(row, 'EventType') === 'trade') {
      this.finish()
      this.#onRecord(this.#trade(row))
      return
    }
    const stream = this.#text(row, 'StreamType')
    // A snapshot that was put together from diffs by the recorder keeps their ids, row by row, and has no id of its own.
    const kind = stream === 'FINAL_DEPTH_SNAPSHOT' || stream === 'DEPTH_SNAPSHOT' ? stream : 'diff'
    const name = kind === 'diff' ? `diff ${this.#text(row, 'FinalUpdateId')}` : `${kind} ${this.#text(row, 'TimestampOfReceive')}`
    if (this.#update?.name !== name) {
      this.finish()
      this.#update = { name, make: kind === 'diff' ? this.#diff(row) : this.#snapshot(row), bids: [], asks: [] }
    }
    const level: DepthLevel = [this.#decimal(row, 'Price'), this.#decimal(row, 'Quantity')]
    const side = this.#text(row, 'IsAsk')
    if (side !== '0' && side !== '1') this.#bad(row, 'IsAsk', 'it must be 0 or 1')
    this.#update[side === '1' ? 'asks' : 'bids'].push(level)
  }

  finish(): void {
    const update = this.#update
    this.#update = undefined
    if (update !== undefined) this.#onRecord(update.make(update.bids, update.asks))
  }

  #diff(row: CsvRow): Update['make'] {
    const head = {
      kind: 'diff' as const,
      received: this.#moment(row, 'TimestampOfReceive'),
      time: this.#time(row),
      symbol: this.#symbol(row),
      firstId: this.#whole(row, 'FirstUpdateId'),
      finalId: this.#whole(row, 'FinalUpdateId'),
      previousId: this.#text(row, 'FinalUpdateIdInLastStream') === '' ? undefined : this.#whole(row, 'FinalUpdateIdInLastStream'),
    }
    return (bids, asks) => ({ ...head, bids, asks })
  }

  #snapshot(row: CsvRow): Update['make'] {
    const head = {
      kind: 'snapshot' as const,
      received: this.#moment(row, 'TimestampOfReceive'),
      time: this.#moment(row, 'TransactionTime'),
      symbol: this.#symbol(row),
      finalId: this.#text(row, 'LastUpdateId') === '' ? undefined : this.#whole(row, 'LastUpdateId'),
    }
    return (bids, asks) => ({ ...head, bids, asks })
  }

  #trade(row: CsvRow): MarketRecord {
    return {
      kind: 'trade',
      received: this.#moment(row, 'TimestampOfReceive'),
      time: this.#time(row),
      symbol: this.#symbol(row),
      id: this.#whole(row, 'TradeId'),
      price: this.#decimal(row, 'Price'),
      qty: this.#decimal(row, 'Quantity'),
      buyerIsMaker: this.#text(row, 'IsBuyerMarketMaker') === '1',
      firstId: undefined,
      lastId: undefined,
    }
  }

  #time(row: CsvRow): number {
    const time = this.#moment(row, 'TransactionTime') ?? this.#moment(row, 'EventTime')
    return time ?? this.#bad(row, 'EventTime', 'it must not be empty')
  }

  /** Milliseconds as micros; undefined when the field is empty. */
  #moment(row: CsvRow, column: string): number | undefined {
    return this.#text(row, column) === '' ? undefined : this.#whole(row, column) * 1_000
  }

  #symbol(row: CsvRow): string {
    const symbol = this.#text(row, 'Symbol')
    return symbol === '' ? this.#bad(row, 'Symbol', 'it must not be empty') : symbol
  }

  #whole(row: CsvRow, column: string): number {
    const text = this.#text(row, column)
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
    return Number.isSafeInteger(value) ? value : this.#bad(row, column, 'it must be a whole number')
  }

  #decimal(row: CsvRow, column: string): string {
    const text = this.#text(row, column)
    const decimal = parseDecimal(text)
    return decimal === undefined || decimal.units < 0n ? this.#bad(row, column, 'it must be a number not below zero') : text
  }

  /** An empty text of a column that is not there. */
  #text(row: CsvRow, column: string): string {
    const field = this.#index.get(column)
    return field === undefined ? '' : (fieldText(row, field) ?? '')
  }

  #bad(row: CsvRow, column: string, why: string): never {
    const value = shownField(row, this.#index.get(column) ?? 0)
    throw new InputError('depth-damaged', `${column} in ${row.place} ${row.line} of ${this.#path} is '${value}': ${why}`, {
      where: { file: this.#path, [row.place]: row.line, column, value },
      next: 'Correct it or fetch the file again.',
    })
  }
}
