/** The workload W1: the seeded walk as venue columns, `ema-cross` through the whole chain, and its twin. */
import { rateOf } from '../src/core/exact.ts'
import type { Money, Price, Qty } from '../src/core/exact.ts'
import { intervalOf, MINUTE } from '../src/core/time.ts'
import type { Duration, Micros } from '../src/core/time.ts'
import type { FundingSchedule } from '../src/backtest/timeline.ts'
import { World } from '../src/backtest/world.ts'
import type { MarketInput, WorldConfig } from '../src/backtest/world.ts'
import type { VenueBars } from '../src/sim/venue-bars.ts'
import { STRATEGIES } from '../src/strategy/list.ts'
import { readParameters } from '../src/strategy/parameters.ts'
import { randomWalk } from '../test/twins/random-walk.ts'
import type { WalkColumns } from '../test/twins/random-walk.ts'

export { randomWalk }

const USDT = { name: 'USDT', scale: 8 }

export function walkBars(walk: WalkColumns): VenueBars {
  const units = (column: Float64Array): Float64Array => column.map((price) => Math.round(price * 10))
  return {
    length: walk.open.length,
    openTime: walk.openTimeMs.map((ms) => ms * 1_000),
    duration: new Float64Array(walk.open.length).fill(MINUTE),
    open: units(walk.open),
    high: units(walk.high),
    low: units(walk.low),
    close: units(walk.close),
    volume: walk.volume,
    mark: undefined,
  }
}

export function w1Market(bars: VenueBars, funding: FundingSchedule): MarketInput {
  return {
    spec: {
      venue: 'binance',
      kind: 'perp',
      symbol: 'BTCUSDT',
      base: { name: 'BTC', scale: 8 },
      quote: USDT,
      settle: USDT,
      priceScale: 1,
      rules: [{ from: 0 as Micros, tick: 1 as Price, step: 1 as Qty, binding: false }],
      brackets: [{ floor: 0n as Money, cap: (10n ** 17n) as Money, maxLeverage: 125, rate: rateOf('0.004'), cum: 0n as Money }],
      liquidationFee: rateOf('0.0125'),
    },
    bars,
    // On, at rate zero: the money stays the twin's.
    funding,
  }
}

export function w1World(
  bars: VenueBars,
  funding: FundingSchedule,
  extra: Pick<WorldConfig, 'journal' | 'observers'> = {},
): World {
  const [definition] = STRATEGIES.filter(({ name }) => name === 'ema-cross')
  return new World({
    runId: 'benchmrk',
    seed: 42,
    markets: [w1Market(bars, funding)],
    strategies: [
      { definition, params: readParameters('ema-cross', definition.parameters, {}), interval: intervalOf('1m'), account: 0 },
    ],
    capital: (10n ** 15n) as Money,
    fills: { takerFee: rateOf('0.0004'), makerFee: rateOf('0.0002'), slippageBps: 0, participation: undefined, touch: false },
    latency: { order: 0 as Duration, report: 0 as Duration, data: 0 as Duration },
    risk: { drawdown: { enabled: false }, loss: { enabled: false } },
    allocation: { fraction: 0.9 },
    ...extra,
  })
}

/** Settlements at 00, 08 and 16 UTC at rate zero. */
export function eightHourly({ openTime, open }: VenueBars): FundingSchedule {
  const rows: number[] = []
  openTime.forEach((time, row) => {
    if (time % (8 * 60 * MINUTE) === 0) rows.push(row)
  })
  return {
    time: Float64Array.from(rows, (row) => openTime[row]),
    rate: new Float64Array(rows.length),
    mark: Float64Array.from(rows, (row) => open[row] * 1e7),
  }
}

/** The twin: one loop over the columns, floats for money, stops rounded to the tick. Returns final equity, trades and fills. */
export function w1Twin({ open, high, low, close }: WalkColumns, equity: Float64Array): readonly [number, number, number] {
  const gainFast = 2 / 21
  const gainSlow = 2 / 101
  let fast = close[0]
  let slow = close[0]
  let atr = high[0] - low[0]
  let spread = 0
  let cash = 1e7
  let position = 0
  let entry = 0
  let stop = 0
  let target = 0
  let nextStop = 0
  let fills = 0
  let trades = 0
  for (let i = 0; i < open.length; i++) {
    const o = open[i]
    const h = high[i]
    const l = low[i]
    const c = close[i]
    if (target !== 0) {
      if (position !== 0) {
        cash += position * (o - entry)
        trades++
      }
      cash -= 0.0004 * o * (position === 0 ? 1 : 2)
      position = target
      entry = o
      stop = nextStop
      target = 0
      fills++
    }
    if (position > 0 ? l <= stop : position < 0 && h >= stop) {
      const price = position > 0 ? Math.min(o, stop) : Math.max(o, stop)
      cash += position * (price - entry) - 0.0004 * price
      position = 0
      fills++
      trades++
    }
    if (i > 0) {
      const previous = close[i - 1]
      const range = Math.max(h - l, Math.abs(h - previous), Math.abs(l - previous))
      fast += gainFast * (c - fast)
      slow += gainSlow * (c - slow)
      atr += (range - atr) / 14
    }
    const before = spread
    spread = fast - slow
    if (i >= 100) {
      if (before <= 0 && spread > 0 && position <= 0) {
        target = 1
        nextStop = Math.floor((c - 3 * atr) * 10 + 1e-9) / 10
      } else if (before >= 0 && spread < 0 && position >= 0) {
        target = -1
        nextStop = Math.ceil((c + 3 * atr) * 10 - 1e-9) / 10
      }
    }
    equity[i] = cash + position * (c - entry)
  }
  return [equity[open.length - 1], trades, fills]
}
