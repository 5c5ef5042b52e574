/** Random markets: bars or trades, marks beside them, funding. */
import { rateOf } from '../../../src/core/exact.ts'
import type { Price, Qty } from '../../../src/core/exact.ts'
import type { Prng } from '../../../src/core/random.ts'
import { HOUR, MILLISECOND, MINUTE, SECOND } from '../../../src/core/time.ts'
import type { Duration, Micros } from '../../../src/core/time.ts'
import type { Instrument } from '../../../src/domain/instrument.ts'
import type { ScriptBar, ScriptFunding, ScriptMark, ScriptTrade } from '../naive-venue/script.ts'
import { pick, START } from './draw.ts'

export const until = (after: number): Micros => (START + after) as Micros

/** A walk of a few ticks a bar around 100, with gaps in rows, gaps in prices, flat bars and bars without volume. */
export function randomBars(chance: Prng, instrument: Instrument, length: Duration, count: number): ScriptBar[] {
  const { tick } = instrument.rules[0]
  const ticks = Math.max(20, Math.round((100 * instrument.pricePerUnit) / tick))
  const jumpTicks = Math.max(2, Math.round(ticks * 0.04))
  const price = (at: number): Price => (Math.max(1, at) * tick) as Price
  const bars: ScriptBar[] = []
  let at = ticks
  for (let i = 0; i < count; i += 1) {
    const open = at + (chance.chance(0.1) ? chance.int(-jumpTicks, jumpTicks) : chance.chance(0.3) ? chance.int(-2, 2) : 0)
    const wide = chance.chance(0.2) ? jumpTicks : 3
    const isFlat = chance.chance(0.08)
    const close = isFlat ? open : open + chance.int(-wide, wide)
    const high = isFlat ? open : Math.max(open, close) + chance.int(0, 2)
    const low = isFlat ? open : Math.min(open, close) - chance.int(0, 2)
    at = Math.max(10, close)
    if (chance.chance(0.07)) continue
    const volume = chance.chance(0.1)
      ? 0
      : chance.chance(0.2)
        ? chance.int(1, 9_999_999_999) / 1e9
        : chance.int(1, 400) / pick(chance, [1, 1, 10, 1_000])
    bars.push({
      openTime: (START + i * length) as Micros,
      length,
      open: price(open),
      high: price(high),
      low: price(low),
      close: price(close),
      volume,
    })
  }
  return bars
}

/** About two and a half a row, some at the same moment, some on the edges of minutes; now and then a jump. */
export function randomTrades(chance: Prng, instrument: Instrument, length: Duration, rows: number): ScriptTrade[] {
  const { tick } = instrument.rules[0]
  const unit = 10 ** instrument.qtyScale
  const ticks = Math.max(20, Math.round((100 * instrument.pricePerUnit) / tick))
  const jump = Math.max(2, Math.round(ticks * 0.04))
  const times = Array.from({ length: Math.floor(rows * 2.5) }, () =>
    chance.chance(0.3) ? chance.int(0, rows) * length : chance.int(0, rows * length),
  ).sort((a, b) => a - b)
  let at = ticks
  return times.map((after) => {
    at = Math.max(10, at + (chance.chance(0.12) ? chance.int(-jump, jump) : chance.int(-2, 2)))
    return {
      time: (START + after) as Micros,
      price: (at * tick) as Price,
      qty: (chance.chance(0.5) ? chance.int(1, 4) * unit : chance.int(1, 6 * unit)) as Qty,
      buyerIsMaker: chance.chance(0.5),
    }
  })
}

/** Marks near the traded prices and off the tick, sometimes several per bar; some rows miss, so that the traded price must stand in. */
export function randomMarks(chance: Prng, instrument: Instrument, bars: readonly ScriptBar[]): ScriptMark[] {
  const near = nearby(chance, instrument)
  const isFine = chance.chance(0.5) && bars.every((bar) => bar.length <= 5 * MINUTE)
  return bars
    .flatMap((bar) => {
      const parts = isFine ? bar.length / MINUTE : 1
      const between = (): number => chance.int(bar.low, bar.high)
      return Array.from({ length: parts }, (_, i) => {
        const prices = [
          i === 0 ? bar.open : between(),
          isFine ? between() : bar.high,
          isFine ? between() : bar.low,
          i === parts - 1 ? bar.close : between(),
        ]
        return markRow(bar.openTime + (i * bar.length) / parts, bar.length / parts, prices.map(near))
      })
    })
    .filter(() => !chance.chance(0.1))
}

/** One row a length from the first trade or so on; some miss. */
export function randomMarksBesideTrades(
  chance: Prng,
  instrument: Instrument,
  trades: readonly ScriptTrade[],
  length: Duration,
): ScriptMark[] {
  const near = nearby(chance, instrument)
  const last = trades.at(-1)
  if (last === undefined) return []
  const rows: ScriptMark[] = []
  for (let openTime = START - (chance.chance(0.5) ? length : 0); openTime <= last.time; openTime += length) {
    if (chance.chance(0.1)) continue
    const inside = trades.filter((each) => each.time >= openTime && each.time < openTime + length)
    const before = trades.findLast((each) => each.time <= openTime) ?? trades[0]
    const prices = inside.length === 0 ? [before] : inside
    rows.push(
      markRow(
        openTime,
        length,
        [before, pick(chance, prices), pick(chance, prices), prices[prices.length - 1]].map((each) => near(each.price)),
      ),
    )
  }
  return rows
}

function nearby(chance: Prng, instrument: Instrument): (price: number) => number {
  const perUnit = 10 ** (8 - instrument.priceScale)
  const onTick = chance.chance(0.3)
  return (price) => Math.max(1, price * perUnit + (onTick ? 0 : chance.int(-2 * perUnit, 2 * perUnit)))
}

function markRow(openTime: number, length: number, [open, high, low, close]: readonly number[]): ScriptMark {
  return {
    openTime: openTime as Micros,
    length: length as Duration,
    open,
    high: Math.max(open, high, low, close),
    low: Math.min(open, high, low, close),
    close,
  }
}

export interface Market {
  readonly instruments: readonly Instrument[]
  readonly bars: readonly (readonly ScriptBar[])[]
  readonly trades: readonly (readonly ScriptTrade[])[]
}

/** Moments of an instrument's rows, with a price of each. */
export const rowsOf = ({ bars, trades }: Market, instrument: number): { readonly time: number; readonly price: number }[] => [
  ...bars[instrument].map((bar) => ({ time: bar.openTime, price: bar.open })),
  ...trades[instrument].map((trade) => ({ time: trade.time, price: trade.price })),
]

/** Where the script is long enough every 8 hours, then every 4, then every hour; and now and then anywhere. */
export function randomFunding(chance: Prng, market: Market, ends: readonly number[]): ScriptFunding[] {
  const rows: ScriptFunding[] = []
  for (const { index, pricePerUnit } of market.instruments) {
    const moments = rowsOf(market, index)
    if (moments.length === 0) continue
    const last = moments[moments.length - 1].time
    const isLong = last - START > 24 * HOUR
    const settle = (time: number): void => {
      const price = moments.findLast((each) => each.time <= time)?.price
      if (price === undefined || time >= ends[index]) return
      const isGiven = market.trades[index].length > 0 || chance.chance(0.5)
      rows.push({
        instrument: index,
        time: time as Micros,
        rate: rateOf(pick(chance, ['0.0001', '-0.0003', '0.01', '-0.0123456789', '0'])),
        mark: isGiven ? Math.round((price / pricePerUnit) * 1e8) + chance.int(-3, 3) : undefined,
      })
    }
    if (isLong) {
      const hours = [8, 8, 4, 4, 1, 1, 1]
      for (let at: number = START, i = 0; at <= last; at += hours[Math.min(i, 6)] * HOUR, i += 1) settle(at)
    }
    for (const { time } of moments)
      // Exchanges stamp funding some milliseconds late, and not always on our bars.
      if (!isLong && chance.chance(0.1)) settle(time + pick(chance, [0, 3 * MILLISECOND, 17 * SECOND, 90 * SECOND]))
  }
  // The moment that counts is the minute, and one instrument is settled once in a minute.
  const seen = new Set<string>()
  return rows
    .sort((a, b) => a.time - b.time)
    .filter((row) => {
      const key = `${row.instrument} ${Math.floor(row.time / MINUTE)}`
      return !seen.has(key) && seen.add(key)
    })
}
