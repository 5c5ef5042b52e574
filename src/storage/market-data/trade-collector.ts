/** Trades as they arrive, one row after the other, to a table. Pure. */
import { GrowingColumns } from './growing-columns.ts'
import type { TradeTable } from './trade-table.ts'

/** What one row says. */
export interface TradeRow {
  id: number
  /** Micros. */
  time: number
  /** Micros; NaN when the row does not say. */
  received: number
  price: number
  qty: number
  /** 1 or 0. */
  maker: number
  /** Single trades in it; NaN when the file does not say. */
  count: number
}

export const NO_TRADE: TradeRow = { id: -1, time: 0, received: Number.NaN, price: 0, qty: 0, maker: 0, count: Number.NaN }

const COLUMNS = ['id', 'time', 'received', 'price', 'qty', 'maker', 'count'] as const

/** Rows to a table, one after the other; also the receiver for sources that are no rows of columns. */
export class TradeCollector {
  readonly #columns = new GrowingColumns(COLUMNS.length)
  decimals = 0
  qtyDecimals = 0

  get length(): number {
    return this.#columns.length
  }

  /** The same field of the row before. */
  last(column: (typeof COLUMNS)[number]): number {
    return this.#columns.at(COLUMNS.indexOf(column))[this.#columns.length - 1]
  }

  add(row: TradeRow): void {
    const at = this.#columns.add()
    this.#columns.at(0)[at] = row.id
    this.#columns.at(1)[at] = row.time
    this.#columns.at(2)[at] = row.received
    this.#columns.at(3)[at] = row.price
    this.#columns.at(4)[at] = row.qty
    this.#columns.at(5)[at] = row.maker
    this.#columns.at(6)[at] = row.count
  }

  table(
    like: Pick<TradeTable, 'symbol' | 'market' | 'kind'>,
    source: { readonly path: string; readonly sha256: string },
  ): TradeTable {
    const { length } = this.#columns
    const column = (name: (typeof COLUMNS)[number]): Float64Array => this.#columns.column(COLUMNS.indexOf(name))
    const optional = (name: (typeof COLUMNS)[number]): Float64Array | undefined => {
      const values = column(name)
      return values.every((value) => Number.isNaN(value)) ? undefined : values
    }
    return {
      ...like,
      length,
      id: column('id'),
      time: column('time'),
      received: optional('received'),
      price: column('price'),
      qty: column('qty'),
      buyerIsMaker: Uint8Array.from(column('maker')),
      decimals: this.decimals,
      qtyDecimals: this.qtyDecimals,
      sources: [{ ...source, rows: length }],
      count: like.kind === 'trades' ? undefined : optional('count'),
    }
  }
}
