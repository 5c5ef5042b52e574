/**
 * What a catalog keeps: series of one kind, market, symbol and interval, in one Parquet file a month. The columns are those that
 * the readers of market data know, so that a catalog is also a folder of data like any other.
 *
 * Pure.
 */
import type { Market } from '../market-data/kline-table.ts'

export type SeriesKind = 'klines' | 'mark' | 'funding' | 'trades' | 'aggTrades'

export interface SeriesKey {
  readonly kind: SeriesKind
  readonly market: Market
  readonly symbol: string
  /** Name of the interval of bars; undefined of other kinds. */
  readonly interval: string | undefined
}

/** Decimals keep every digit of the source: an integer with a scale, and where values differ in it, how many were written. */
export type ColumnKind = 'integer' | 'decimal' | 'boolean'

export interface SeriesColumn {
  readonly name: string
  readonly kind: ColumnKind
}

export interface KindLayout {
  readonly columns: readonly SeriesColumn[]
  /** The column that tells rows apart, as SQL over the columns. Rows of a partition are sorted by it. */
  readonly key: string
  /** The moment of a row in microseconds, as SQL. */
  readonly micros: string
  /** Columns that may differ between two records of one row: of the first that came the value is kept. */
  readonly loose: readonly string[]
}

const integer = (name: string): SeriesColumn => ({ name, kind: 'integer' })
const decimal = (name: string): SeriesColumn => ({ name, kind: 'decimal' })
const PRICES = ['open', 'high', 'low', 'close'].map(decimal)
const TRADED = [decimal('price'), decimal('quantity')]
const MAKER: SeriesColumn = { name: 'is_buyer_maker', kind: 'boolean' }

const bars = (columns: readonly SeriesColumn[]): KindLayout => ({
  columns: [integer('open_time_ms'), ...columns],
  key: 'open_time_ms',
  micros: 'open_time_ms * 1000',
  loose: [],
})
const trades = (id: string, more: readonly SeriesColumn[]): KindLayout => ({
  columns: [integer(id), ...TRADED, ...more, integer('time_us'), MAKER, integer('recv_us')],
  key: id,
  micros: 'time_us',
  loose: ['recv_us'],
})

export const LAYOUTS: Readonly<Record<SeriesKind, KindLayout>> = {
  klines: bars([...PRICES, ...['volume', 'quote_volume', 'trades', 'taker_buy_base'].map(decimal)]),
  mark: bars(PRICES),
  funding: {
    columns: [integer('time_ms'), decimal('rate'), decimal('mark_price')],
    // The exchange stamps settlements some milliseconds late, and not every source alike.
    key: 'time_ms - time_ms % 60000',
    micros: 'time_ms * 1000',
    loose: ['time_ms'],
  },
  trades: trades('trade_id', []),
  aggTrades: trades('agg_trade_id', [integer('first_trade_id'), integer('last_trade_id')]),
}

export const KINDS = Object.keys(LAYOUTS) as readonly SeriesKind[]

/** `klines BTCUSDT 1h`, `spot klines BTCUSDT 1h`, for people. */
export const seriesName = ({ kind, market, symbol, interval }: SeriesKey): string =>
  [...(market === 'spot' ? ['spot'] : []), kind, symbol, ...(interval === undefined ? [] : [interval])].join(' ')

export const sameSeries = (a: SeriesKey, b: SeriesKey): boolean =>
  a.kind === b.kind && a.market === b.market && a.symbol === b.symbol && a.interval === b.interval

/** Sorts by kind, symbol, market, interval. */
export function compareSeries(a: SeriesKey, b: SeriesKey): number {
  const texts = (key: SeriesKey): readonly string[] => [key.kind, key.symbol, key.market, key.interval ?? '']
  const [left, right] = [texts(a), texts(b)]
  const at = left.findIndex((text, i) => text !== right[i])
  return at < 0 ? 0 : left[at] < right[at] ? -1 : 1
}

/** The file of a month, below the catalog's folder, with `/` between: names that the scanner of folders understands, too. */
export function partitionPath({ kind, market, symbol, interval }: SeriesKey, month: string): string {
  const name = market === 'spot' ? `SPOT-${symbol}` : symbol
  if (interval !== undefined) return `${kind}/${name}/${interval}/${name}-${interval}-${month}.parquet`
  return kind === 'funding' ? `funding/${name}/${name}-${month}.parquet` : `${kind}/${name}/${name}-${kind}-${month}.parquet`
}
