/**
 * Another future: market columns as they are up to a moment, and cut off or filled with other numbers from there on.
 *
 * Pure. What a row becomes depends on the change, its symbol and its time only, so that files which hold the same rows can be
 * changed alike.
 */
import { remakeSpot } from '../../backtest/prepare-spot.ts'
import type { FundingSchedule } from '../../backtest/timeline.ts'
import { endOf } from '../../backtest/world.ts'
import type { MarketInput } from '../../backtest/world.ts'
import type { MarkColumns, VenueBars } from '../../sim/venue-bars.ts'
import { instrumentLabel } from '../../domain/instrument.ts'
import { rowAtOrAfter } from '../../storage/market-data/kline-table.ts'
import { mapColumns } from '../run-setup.ts'

export const STREAMS = ['bars', 'mark', 'funding'] as const
export type Stream = (typeof STREAMS)[number]

/**
 * `cut` takes the rows away; `up` and `down` move them by a fifth and more, `high` and `low` by six to ten times, `mirror` turns
 * every move round, `flat` stands still, `noise` shakes, `wild` throws from one extreme to the other.
 */
export const HOWS = ['cut', 'up', 'down', 'mirror', 'flat', 'noise', 'wild', 'high', 'low'] as const
export type How = (typeof HOWS)[number]

export interface Change {
  readonly how: How
  /** Rows that open at or after this moment are changed; of a row that is then inside, all but its open and its volume. */
  readonly from: number
  /** Rows that open at or after this moment are left alone. */
  readonly until: number
  /** As `instrumentLabel` tells it from others. Undefined: all. */
  readonly symbol: string | undefined
  readonly streams: readonly Stream[]
  readonly seed: number
}

export const concerns = (change: Change, symbol: string | undefined, stream: Stream): boolean =>
  change.streams.includes(stream) && (change.symbol === undefined || symbol === undefined || change.symbol === symbol)

/** A number in [0, 1) for one row: the same for everybody who asks. */
export function rowChance({ seed }: Change, symbol: string, time: number): number {
  let hash = seed | 0
  const mix = (value: number): void => {
    hash = Math.imul(hash ^ value, 0x9e37_79b1)
    hash ^= hash >>> 15
  }
  for (let i = 0; i < symbol.length; i++) mix(symbol.charCodeAt(i))
  mix((Math.floor(time / 1_000) % 4_294_967_296) | 0)
  mix(Math.floor(time / 4_294_967_296_000) | 0)
  return (hash >>> 0) / 4_294_967_296
}

/** The prices of one row, for their own chances. */
export const FIELDS = ['open', 'high', 'low', 'close'] as const
export type Field = (typeof FIELDS)[number]

/** What a price becomes. `anchor` is the last price before the change; the fields of a row go different ways. */
export function changedPrice({ how }: Change, price: number, anchor: number, chance: number, field: Field = 'close'): number {
  const own = (chance * (FIELDS.indexOf(field) + 3) * 997) % 1
  switch (how) {
    case 'up':
      return price * (1.2 + own / 5)
    case 'down':
      return price * (0.8 - own / 5)
    case 'mirror':
      return (anchor * anchor) / price
    case 'flat':
      return anchor
    case 'noise':
      return price * (0.95 + own / 10)
    case 'wild':
      return own < 0.5 ? price * 8 : price / 8
    case 'high':
      return price * (6 + 4 * own)
    case 'low':
      return price / (6 + 4 * own)
    case 'cut':
      return price
  }
}

export const changedVolume = ({ how }: Change, volume: number, chance: number): number =>
  how === 'flat' ? 0 : volume * (0.25 + 4 * chance)

/** Rates change their sign or size; none stays what it was unless it was 0 and is mirrored. */
export function changedRate({ how }: Change, rate: number, chance: number): number {
  switch (how) {
    case 'mirror':
      return -rate
    case 'flat':
      return 0
    case 'down':
    case 'low':
      return -0.002 - 0.003 * chance
    case 'wild':
      return chance < 0.5 ? 0.005 : -0.005
    default:
      return 0.002 + 0.003 * chance
  }
}

/**
 * The markets with another future; the given columns are not touched. A market that would be empty keeps its first row. Spot
 * that was made from a contract follows that contract, whose future is then another, too.
 */
export function changeMarkets(markets: readonly MarketInput[], change: Change): readonly MarketInput[] {
  const changed = markets.map((market): MarketInput => {
    if (market.basis !== undefined) return market
    const { spec, bars, funding } = market
    const label = instrumentLabel(spec)
    return {
      spec,
      // Whose data end is a fact of the whole run, as its rules are: rows that are cut off do not bring it forward.
      endsAt: endOf(market),
      bars: changeBars(bars, label, change),
      funding: funding && concerns(change, label, 'funding') ? changeFunding(funding, label, change) : funding,
    }
  })
  return remakeSpot(changed)
}

function changeBars(bars: VenueBars, symbol: string, change: Change): VenueBars {
  const [own, mark] = [concerns(change, symbol, 'bars'), bars.mark !== undefined && concerns(change, symbol, 'mark')]
  if (!own && !mark) return bars
  if (change.how === 'cut') return own ? cutBars(bars, change) : bars
  const changed = own ? changeRows(bars, bars.volume, symbol, change, bars) : bars
  return mark && bars.mark !== undefined ? { ...changed, mark: changeRows(bars.mark, undefined, symbol, change, bars) } : changed
}

type Ohlc = MarkColumns

/** The rows inside the change with other prices; the row that the change begins in keeps its open and its volume. */
function changeRows<T extends Ohlc>(
  columns: T,
  volume: Float64Array | undefined,
  symbol: string,
  change: Change,
  { openTime, duration, length }: Pick<VenueBars, 'openTime' | 'duration' | 'length'>,
): T {
  const first = rowAtOrAfter(openTime, change.from)
  const end = Math.min(length, rowAtOrAfter(openTime, change.until))
  const open = columns.open.slice()
  const high = columns.high.slice()
  const low = columns.low.slice()
  const close = columns.close.slice()
  const inside = first > 0 && openTime[first - 1] + duration[first - 1] > change.from
  // The last price that is known: of a row that has only begun it is the open.
  const anchor = first === 0 ? columns.open[0] : inside ? columns.open[first - 1] : columns.close[first - 1]
  const amounts = volume?.slice()
  for (let row = inside ? first - 1 : first; row < end; row++) {
    const chance = rowChance(change, symbol, openTime[row])
    const other = (price: number, field: Field): number => units(changedPrice(change, price, anchor, chance, field))
    const begun = row < first
    const prices = [
      begun ? open[row] : other(open[row], 'open'),
      other(high[row], 'high'),
      other(low[row], 'low'),
      other(close[row], 'close'),
    ]
    open[row] = prices[0]
    high[row] = Math.max(...prices)
    low[row] = Math.min(...prices)
    close[row] = prices[3]
    if (amounts !== undefined && !begun) amounts[row] = changedVolume(change, amounts[row], chance)
  }
  return { ...columns, open, high, low, close, ...(amounts === undefined ? {} : { volume: amounts }) }
}

/** Above this a product with a ratio loses digits. */
const LARGEST = 2 ** 49
const units = (price: number): number => Math.min(LARGEST, Math.max(1, Math.round(price)))

function cutBars(bars: VenueBars, { from, until }: Change): VenueBars {
  const { openTime, duration } = bars
  const first = Math.max(1, rowAtOrAfter(openTime, from))
  const end = Math.max(first, rowAtOrAfter(openTime, until))
  const kept = <T extends object>(columns: T): T => mapColumns(columns, (column) => without(column, first, end))
  const rows: VenueBars = { ...kept(bars), length: bars.length - (end - first), mark: bars.mark && kept(bars.mark) }
  const last = first - 1
  return openTime[last] + duration[last] > from ? begunOnly(rows, last) : rows
}

const without = (column: Float64Array, first: number, end: number): Float64Array => {
  if (end === column.length) return column.subarray(0, first)
  const kept = new Float64Array(column.length - (end - first))
  kept.set(column.subarray(0, first))
  kept.set(column.subarray(end), first)
  return kept
}

/** Of this row only the open is known. */
function begunOnly(bars: VenueBars, row: number): VenueBars {
  const still = <T extends Ohlc>(columns: T): T => {
    const at = (column: Float64Array): Float64Array => {
      const copy = column.slice()
      copy[row] = columns.open[row]
      return copy
    }
    return { ...columns, high: at(columns.high), low: at(columns.low), close: at(columns.close) }
  }
  return { ...still(bars), mark: bars.mark && still(bars.mark) }
}

/** A rate as the schedule holds it. */
const RATE_UNIT = 1e10

function changeFunding(funding: FundingSchedule, symbol: string, change: Change): FundingSchedule {
  const first = rowAtOrAfter(funding.time, change.from)
  const end = rowAtOrAfter(funding.time, change.until)
  if (change.how === 'cut') return mapColumns(funding, (column) => without(column, first, Math.max(first, end)))
  const rate = funding.rate.slice()
  const mark = funding.mark.slice()
  for (let row = first; row < end; row++) {
    const chance = rowChance(change, symbol, funding.time[row])
    rate[row] = Math.round(changedRate(change, rate[row] / RATE_UNIT, chance) * RATE_UNIT)
    if (!Number.isNaN(mark[row])) mark[row] = units(changedPrice(change, mark[row], mark[Math.max(0, first - 1)], chance))
  }
  return { time: funding.time, rate, mark }
}
