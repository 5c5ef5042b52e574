/**
 * Statistics of what `data synth` writes, gathered while it is written, in bounded memory: hours and days of the whole period, the
 * first minutes and the first trades of it.
 *
 * Pure.
 */
import { HOUR, intervalOf, MINUTE } from '../../core/time.ts'
import type { Interval, Micros } from '../../core/time.ts'
import { barStatistics, fundingStatistics, returnsOf, tradeStatistics } from '../../math/market-statistics.ts'
import { correlationIfDefined } from '../../math/portfolio/correlation.ts'
import type { BarColumns, BarStatistics, FundingStatistics, TradeStatistics } from '../../math/market-statistics.ts'
import { MinuteBars } from '../../sim/synthetic/bars.ts'
import type { SymbolMarket } from '../../sim/synthetic/market.ts'
import type { MinuteTrades } from '../../sim/synthetic/trades.ts'

/** Sixty days of minutes, thirty years of hours, and so many trades. */
const MOST = { minutes: 60 * 1_440, hours: 30 * 365 * 24, trades: 300_000 } as const

export interface SymbolStatistics {
  readonly symbol: string
  /** Undefined where nothing of the kind was there. */
  readonly minutes: BarStatistics | undefined
  readonly hours: BarStatistics | undefined
  readonly days: BarStatistics | undefined
  readonly funding: FundingStatistics | undefined
  readonly trades: TradeStatistics | undefined
}

export class Measure {
  readonly #symbol: string
  readonly #minutes = new GrowingBars(intervalOf('1m'), MOST.minutes)
  readonly #hours = new GrowingBars(intervalOf('1h'), MOST.hours)
  readonly #days = new GrowingBars(intervalOf('1d'), MOST.hours)
  readonly #rates: number[] = []
  readonly #trades = { price: [] as number[], quantity: [] as number[], time: [] as number[], takerBuys: [] as number[] }

  constructor(symbol: string) {
    this.#symbol = symbol
  }

  minute(market: SymbolMarket): void {
    this.#minutes.add(market)
    this.#hours.add(market)
    this.#days.add(market)
    if (market.settlement !== undefined) this.#rates.push(market.settlement.rate / 1e8)
  }

  trades(trades: MinuteTrades, market: SymbolMarket): void {
    const { price, quantity, time, takerBuys } = this.#trades
    for (let i = 0; i < trades.count && price.length < MOST.trades; i++) {
      price.push(trades.price[i])
      quantity.push(trades.quantity[i])
      time.push(market.weather.time / 1_000 + trades.time[i])
      takerBuys.push(trades.buys[i])
    }
  }

  /** Logarithmic returns of full hours, by the open time of the hour. */
  hourlyReturns(): ReturnType<typeof returnsOf> {
    return returnsOf(this.#hours.columns(), HOUR)
  }

  result(): SymbolStatistics {
    const { price, quantity, time, takerBuys } = this.#trades
    return {
      symbol: this.#symbol,
      minutes: this.#minutes.statistics(),
      hours: this.#hours.statistics(),
      days: this.#days.statistics(),
      funding: this.#rates.length === 0 ? undefined : fundingStatistics(Float64Array.from(this.#rates)),
      trades:
        price.length === 0
          ? undefined
          : tradeStatistics({
              price: Float64Array.from(price),
              quantity: Float64Array.from(quantity),
              time: Float64Array.from(time),
              takerBuys: Uint8Array.from(takerBuys),
            }),
    }
  }
}

const COLUMNS = ['openTime', 'open', 'high', 'low', 'close', 'volume'] as const

class GrowingBars {
  readonly #interval: Interval
  readonly #most: number
  readonly #bars: MinuteBars
  readonly #columns: Record<(typeof COLUMNS)[number], number[]> = {
    openTime: [],
    open: [],
    high: [],
    low: [],
    close: [],
    volume: [],
  }
  #start = Infinity

  constructor(interval: Interval, most: number) {
    this.#interval = interval
    this.#most = most
    this.#bars = new MinuteBars(interval)
  }

  add(market: SymbolMarket): void {
    const columns = this.#columns
    if (columns.openTime.length >= this.#most) return
    if (this.#start === Infinity) this.#start = market.weather.time
    // A bar that began before the first minute is not whole.
    if (!this.#bars.add(market) || this.#bars.openTime < this.#start) return
    for (const name of COLUMNS) columns[name].push(this.#bars[name])
  }

  columns(): BarColumns {
    const column = (name: (typeof COLUMNS)[number]): Float64Array => Float64Array.from(this.#columns[name])
    return {
      openTime: column('openTime'),
      open: column('open'),
      high: column('high'),
      low: column('low'),
      close: column('close'),
      volume: column('volume'),
    }
  }

  statistics(): BarStatistics | undefined {
    return this.#columns.openTime.length < 2 ? undefined : barStatistics(this.columns(), this.#interval.length)
  }
}

export interface SymbolCorrelation {
  readonly symbols: readonly [string, string]
  /** Of hourly returns; undefined below 24 common hours. */
  readonly correlation: number | undefined
}

/** Of each series with the first. */
export function correlationsWithFirst(
  series: readonly { readonly symbol: string; readonly times: Float64Array; readonly returns: Float64Array }[],
): readonly SymbolCorrelation[] {
  const [first, ...others] = series
  return others.map(({ symbol, times, returns }) => {
    const rowOf = new Map(Array.from(first.times, (time, row) => [time, row]))
    const rows = Array.from(times, (time, row) => [rowOf.get(time), row] as const).filter(([own]) => own !== undefined)
    return {
      symbols: [first.symbol, symbol],
      correlation:
        rows.length < 24
          ? undefined
          : correlationIfDefined(
              Float64Array.from(rows, ([own]) => first.returns[own as number]),
              Float64Array.from(rows, ([, row]) => returns[row]),
            ),
    }
  })
}

/** For messages: whole minutes from one moment to another. */
export const minutesBetween = (from: Micros, to: Micros): number => Math.ceil((to - from) / MINUTE)
