/** Which columns a kline file has, by the names of our own files and of the exchange's archive and REST. Pure. */
import type { ColumnRule } from './columns.ts'
import { PRICE_COLUMNS } from './kline-table.ts'
import type { ValueColumn } from './kline-table.ts'

export type KlineColumn = 'symbol' | 'openTime' | ValueColumn

export const KLINE_RULES: readonly ColumnRule<KlineColumn>[] = [
  { name: 'openTime', aliases: ['open_time_ms', 'open_time', 'opentime'], required: true },
  ...PRICE_COLUMNS.map((name) => ({ name, aliases: [name], required: true })),
  { name: 'symbol', aliases: ['symbol'], required: false },
  { name: 'volume', aliases: ['volume'], required: false },
  { name: 'quoteVolume', aliases: ['quote_volume', 'quotevolume'], required: false },
  { name: 'trades', aliases: ['trades', 'count'], required: false },
  { name: 'takerBuyBase', aliases: ['taker_buy_base', 'taker_buy_volume', 'takerbuybase'], required: false },
]
export const KLINE_IGNORED = ['close_time', 'closetime', 'taker_buy_quote_volume', 'ignore']
