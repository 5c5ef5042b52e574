/**
 * Which columns the files of each kind have, and of what kind a file is by its header.
 *
 * Pure.
 */
import { ARCHIVE_COLUMNS } from '../../storage/market-data/columns.ts'
import { archiveTradeNames } from '../../storage/market-data/trade-columns.ts'

export type Kind = 'klines' | 'mark' | 'funding' | 'oi' | 'trades' | 'aggTrades' | 'depth' | 'book'

/** `time` is kept in milliseconds; `text` as a number given to each distinct text; `flag` as 0 and 1. */
export type ColumnType = 'time' | 'price' | 'amount' | 'count' | 'id' | 'rate' | 'flag' | 'text'

export interface ColumnRule {
  readonly name: string
  /** Names in a header that mean this column, in lower case. */
  readonly aliases: readonly string[]
  readonly type: ColumnType
  /** Without it the file cannot be judged. Its fields may not be empty. */
  readonly required?: true
}

export interface Layout {
  readonly kind: Kind
  readonly columns: readonly ColumnRule[]
  /** Known names that nobody reads. */
  readonly ignored: readonly string[]
}

const column = (name: string, type: ColumnType, ...aliases: string[]): ColumnRule => ({ name, type, aliases: [name, ...aliases] })
const needed = (name: string, type: ColumnType, ...aliases: string[]): ColumnRule => ({
  ...column(name, type, ...aliases),
  required: true,
})
const SYMBOL = column('symbol', 'text')

/** Columns of bars: the checks name them by these places. */
export const BAR = { time: 0, open: 1, high: 2, low: 3, close: 4, volume: 5, quoteVolume: 6, trades: 7, takerBuy: 8 } as const

const BARS: readonly ColumnRule[] = [
  needed('open_time_ms', 'time', 'open_time', 'timestamp', 'time', 'date'),
  needed('open', 'price'),
  needed('high', 'price'),
  needed('low', 'price'),
  needed('close', 'price'),
  column('volume', 'amount'),
  column('quote_volume', 'amount', 'quote_asset_volume'),
  column('trades', 'count', 'count', 'number_of_trades'),
  column('taker_buy_base', 'amount', 'taker_buy_volume', 'taker_buy_base_asset_volume'),
  SYMBOL,
]

export const KLINES: Layout = {
  kind: 'klines',
  columns: BARS,
  // `filled` marks the bars that `data repair` invented.
  ignored: [
    'close_time',
    'close_time_ms',
    'taker_buy_quote_volume',
    'taker_buy_quote',
    'taker_buy_quote_asset_volume',
    'ignore',
    'filled',
  ],
}

export const FUNDING_AT = { time: 0, rate: 1, mark: 2, hours: 3 } as const
const FUNDING: Layout = {
  kind: 'funding',
  columns: [
    needed('time_ms', 'time', 'calc_time', 'funding_time', 'fundingtime', 'timestamp'),
    needed('rate', 'rate', 'last_funding_rate', 'funding_rate', 'fundingrate'),
    column('mark_price', 'price', 'markprice'),
    column('funding_interval_hours', 'count'),
    SYMBOL,
  ],
  ignored: [],
}

export const OI_AT = { time: 0, amount: 1, value: 2 } as const
const OPEN_INTEREST: Layout = {
  kind: 'oi',
  columns: [
    needed('time_ms', 'time', 'create_time', 'timestamp'),
    needed('open_interest', 'amount', 'sum_open_interest', 'sumopeninterest'),
    column('open_interest_value', 'amount', 'sum_open_interest_value', 'sumopeninterestvalue'),
    SYMBOL,
  ],
  ignored: [
    'count_toptrader_long_short_ratio',
    'sum_toptrader_long_short_ratio',
    'count_long_short_ratio',
    'sum_taker_long_short_vol_ratio',
  ],
}

export const TRADE_AT = { id: 0, price: 1, quantity: 2, time: 3, maker: 4, first: 5, last: 6, received: 7 } as const
const TRADES: readonly ColumnRule[] = [
  needed('trade_id', 'id', 'id'),
  needed('price', 'price', 'p'),
  needed('quantity', 'amount', 'qty', 'q'),
  needed('time_ms', 'time', 'time', 'transact_time', 'timestamp', 't'),
  column('is_buyer_maker', 'flag', 'isbuyermaker', 'm'),
]
const AGG_TRADES: Layout = {
  kind: 'aggTrades',
  columns: [
    needed('agg_trade_id', 'id', 'a'),
    ...TRADES.slice(1),
    needed('first_trade_id', 'id', 'f'),
    needed('last_trade_id', 'id', 'l'),
    column('recv_ms', 'time'),
    SYMBOL,
  ],
  ignored: ['is_best_match'],
}
const PLAIN_TRADES: Layout = {
  kind: 'trades',
  columns: [
    ...TRADES,
    column('first_trade_id', 'id'),
    column('last_trade_id', 'id'),
    column('recv_ms', 'time'),
    column('symbol', 'text'),
  ],
  ignored: ['quote_qty', 'quote_quantity', 'quoteqty', 'is_best_match', 'isbestmatch'],
}

export const DEPTH_AT = {
  received: 0,
  eventTime: 1,
  time: 2,
  first: 3,
  final: 4,
  previous: 5,
  isAsk: 6,
  price: 7,
  quantity: 8,
  stream: 9,
  last: 10,
  tradeId: 11,
} as const
/** Depth messages taken apart, one row a price level. */
const DEPTH_ROWS: Layout = {
  kind: 'depth',
  columns: [
    needed('timestampofreceive', 'time'),
    column('eventtime', 'time'),
    column('transactiontime', 'time'),
    column('firstupdateid', 'id'),
    column('finalupdateid', 'id'),
    column('finalupdateidinlaststream', 'id'),
    column('isask', 'flag'),
    needed('price', 'price'),
    needed('quantity', 'amount'),
    column('streamtype', 'text'),
    column('lastupdateid', 'id'),
    column('tradeid', 'id'),
    column('symbol', 'text'),
  ],
  ignored: [
    'timestampofreceiveus',
    'stream',
    'eventtype',
    'psunknownfield',
    'isbuyermarketmaker',
    'xunknownparameter',
    'timestampofrequest',
    'messageoutputtime',
    'market',
    'islast',
    'serviceid',
  ],
}

/** Book snapshots of tardis.dev: `asks[0].price,asks[0].amount,bids[0].price,...`. */
export const BOOK_AT = { time: 0, local: 1, levels: 2 } as const
function tardisLayout(names: readonly string[]): Layout {
  const levels = names.filter((name) => /^asks\[\d+\]\.price$/.test(name)).length
  const sides = Array.from({ length: levels }, (_, level) =>
    ['asks', 'bids'].flatMap((side) => [
      column(`${side}[${level}].price`, 'price'),
      column(`${side}[${level}].amount`, 'amount'),
    ]),
  )
  return {
    kind: 'book',
    columns: [needed('timestamp', 'time'), column('local_timestamp', 'time'), ...sides.flat(), SYMBOL],
    ignored: ['exchange'],
  }
}

/** The layout that header names (lower case) tell; undefined when they are of nothing that is known. */
export function layoutOf(names: readonly string[]): Layout | undefined {
  const has = (...wanted: string[]): boolean => wanted.some((name) => names.includes(name))
  if (has('agg_trade_id', 'first_trade_id')) return AGG_TRADES
  if (has('firstupdateid')) return DEPTH_ROWS
  if (has('asks[0].price')) return tardisLayout(names)
  if (has('trade_id') || (has('id') && has('price', 'p'))) return PLAIN_TRADES
  if (has('open_interest', 'sum_open_interest')) return OPEN_INTEREST
  if (has('rate', 'last_funding_rate', 'funding_rate', 'fundingrate')) return FUNDING
  if (['open', 'high', 'low', 'close'].filter((name) => names.includes(name)).length >= 2) return KLINES
  return undefined
}

const OUR_BARS = ['open_time', 'open', 'high', 'low', 'close', 'volume', 'quote_volume', 'trades', 'taker_buy_base']

/**
 * The columns of a file without header, by the number of its fields, the sixth of them and the hint of its name. `archive` files
 * come without one.
 */
export function headerless(
  cells: readonly string[],
  hint: Kind | undefined,
): { readonly names: readonly string[]; readonly archive: boolean } | undefined {
  const count = cells.length
  if (count === ARCHIVE_COLUMNS.length) return { names: ARCHIVE_COLUMNS, archive: true }
  const mayBeTrades = count === 6 ? hint === 'trades' : hint !== 'klines' && hint !== 'mark'
  const trades = mayBeTrades ? archiveTradeNames(count, cells.at(5)) : undefined
  if (trades !== undefined) return { names: trades, archive: true }
  if (count >= 5 && count <= 9) return { names: OUR_BARS.slice(0, count), archive: false }
  return undefined
}
