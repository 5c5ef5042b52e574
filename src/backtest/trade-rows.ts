/**
 * Trades and the marks beside them as the venue is fed them: integers of the instrument's units.
 *
 * Pure: columns in, columns out.
 */
import { InputError } from '../core/errors.ts'
import { POW10 } from '../core/exact.ts'
import { barEnd } from '../core/time.ts'
import type { Interval, Micros } from '../core/time.ts'
import type { InstrumentSpec } from '../domain/instrument.ts'
import { markScaleOf } from '../sim/venue-bars.ts'
import type { VenueMarks, VenueTrades } from '../sim/venue-bars.ts'
import type { KlineTable } from '../storage/market-data/kline-table.ts'
import type { TradeTable } from '../storage/market-data/trade-table.ts'
import { markUnits } from './align-marks.ts'

/** @throws InputError when a quantity is too large to be counted exactly. */
export function venueTrades(table: TradeTable, { priceScale, settle }: InstrumentSpec): VenueTrades {
  const perPrice = POW10[priceScale]
  const perBase = POW10[settle.scale - priceScale]
  const qty = table.qty.map((each) => Math.round(each * perBase))
  const row = qty.findIndex((each) => each > Number.MAX_SAFE_INTEGER)
  if (row >= 0)
    throw new InputError('too-large', `a trade of ${table.qty[row]} ${table.symbol} is too large to be counted exactly`, {
      where: { symbol: table.symbol, value: table.qty[row] },
      next: 'Correct the row.',
    })
  return {
    length: table.length,
    time: table.time,
    price: table.price.map((each) => Math.round(each * perPrice)),
    qty,
    buyerIsMaker: table.buyerIsMaker,
  }
}

/** The rows of a mark series as they act at the venue. */
export function venueMarks(table: KlineTable, priceScale: number, decision: Interval): VenueMarks {
  const interval = table.interval ?? decision
  const perUnit = POW10[markScaleOf(priceScale)]
  const units = (column: Float64Array): Float64Array => column.map((price) => markUnits(price, perUnit))
  return {
    length: table.length,
    openTime: table.openTime,
    duration: table.openTime.map((open) => barEnd(open as Micros, interval) - open),
    open: units(table.open),
    high: units(table.high),
    low: units(table.low),
    close: units(table.close),
  }
}
