/** The markets of a run as they were prepared from its data. */
import type { Interval } from '../core/time.ts'
import type { VenueBars } from '../sim/venue-bars.ts'
import type { KlineTable } from '../storage/market-data/kline-table.ts'
import type { InstrumentRow } from './result.ts'
import type { MarketInput } from './world.ts'

export interface PreparedMarkets {
  /** Sorted by instrument id, as a world wants them. */
  readonly markets: readonly MarketInput[]
  /** Bars that strategies decide on. */
  readonly interval: Interval
  /** Rows of the manifest, in the order of the markets. */
  readonly instruments: readonly InstrumentRow[]
  /** In the order of the markets. */
  readonly symbols: readonly PreparedSymbol[]
  readonly warnings: readonly string[]
}

export interface PreparedSymbol {
  readonly symbol: string
  readonly decisionInterval: Interval
  /** For charts: the file of the decision interval, else the one that drives the venue. */
  readonly table: KlineTable
  /** What drives the venue. */
  readonly bars: VenueBars
}
