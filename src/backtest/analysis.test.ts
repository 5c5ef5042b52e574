/** What the analysis of a run has to agree with: the summary, the fills, the bars. On a generated market. */
import { beforeAll, describe, expect, it } from 'vitest'
import { rateOf, unitsOf } from '../core/exact.ts'
import { HOUR, intervalOf, MILLISECOND, parseTime } from '../core/time.ts'
import type { Duration, Micros } from '../core/time.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { trendFollowing } from '../strategy/strategies/trend-following.ts'
import { readParameters } from '../strategy/parameters.ts'
import { exposureOf } from './exposure.ts'
import { prepareSynthetic } from './prepare-synthetic.ts'
import type { PreparedMarkets } from './prepare.ts'
import { Recorder } from './recorder.ts'
import { runBacktest } from './run.ts'
import type { BacktestDocument } from './result.ts'

const BARS = 1_500
const scale = 8
const units = (text: string): bigint => unitsOf(text, scale)
const total = (texts: readonly (string | null)[]): bigint => texts.reduce((sum, text) => sum + units(text ?? '0'), 0n)

let doc: BacktestDocument
let prepared: PreparedMarkets

beforeAll(() => {
  prepared = prepareSynthetic({ seed: 4, from: parseTime('2023-01-20'), bars: BARS, interval: intervalOf('1h'), leverage: 3 })
  doc = runBacktest({
    prepared,
    strategies: [
      {
        definition: trendFollowing,
        params: readParameters('trend-following', trendFollowing.parameters, { fast: '10', slow: '40' }),
        sha256: null,
      },
    ],
    settings: {
      capital: '10000',
      seed: 1,
      latency: { order: 0 as Duration, report: 0 as Duration, data: 0 as Duration },
      allocation: { fraction: 1 },
      riskFree: 0,
      fills: { takerFee: rateOf('0.0005'), makerFee: rateOf('0.0002'), slippageBps: 3, participation: 0.1, touch: false },
      risk: {
        leverage: { enabled: true, max: 3 },
        drawdown: { enabled: false },
        loss: { enabled: false, day: 1, week: 1 },
      },
    },
    manifest: { code: { version: '0', sha256: '' }, config: {}, data: [], runtime: 'test', synthetic: true },
  }).document
})

describe('the analysis of a run', () => {
  it('has enough to look at', () => {
    expect(doc.trades.length).toBeGreaterThan(30)
    expect(doc.symbols.length).toBe(3)
  })

  it('adds up to the summary, to the last unit', () => {
    const { costs, summary } = doc
    const last = costs.series[costs.series.length - 1]
    expect(last.slice(1)).toEqual([summary.fees, summary.funding, summary.slippage])
    expect(total(doc.fills.map(({ slippage }) => slippage))).toBe(units(summary.slippage))
    expect(total(doc.symbols.map(({ slippage }) => slippage))).toBe(units(summary.slippage))
    expect(total(doc.symbols.map(({ notional }) => notional))).toBe(units(costs.notional))
    expect(units(costs.beforeCosts)).toBe(units(summary.netProfit) + units(summary.fees) - units(summary.funding))
    expect(doc.symbols.map(({ longTrades, shortTrades }) => longTrades + shortTrades)).toEqual(
      doc.symbols.map(({ trades }) => trades),
    )
  })

  it('has the drawdown of the summary among the drawdowns, and months that compound to its return', () => {
    expect(Math.max(...doc.drawdowns.map(({ depth }) => depth))).toBe(doc.summary.maxDrawdown)
    expect(doc.drawdowns.map(({ lengthMs }) => lengthMs)).toEqual(
      doc.drawdowns.map(({ lengthMs }) => lengthMs).toSorted((a, b) => b - a),
    )
    const product = doc.monthly.flatMap(({ returns }) => returns).reduce<number>((all, each) => all * (1 + (each ?? 0)), 1)
    expect(product - 1).toBeCloseTo(doc.summary.totalReturn ?? Number.NaN, 10)
    expect(doc.distribution.trades.count).toBe(doc.trades.length)
    expect(doc.distribution.daily.count).toBe(Math.ceil(BARS / 24))
  })

  it('gives every trade excursions that hold its result, and those of its bars', () => {
    const tables = new Map(prepared.symbols.map(({ symbol, table }) => [symbol, table]))
    for (const trade of doc.trades) {
      const gross = units(trade.grossPnl)
      expect(-units(trade.mae) <= gross && gross <= units(trade.mfe)).toBe(true)
      // Bars that lie wholly inside the trade were seen in full.
      const table = tables.get(trade.symbol)
      const sign = trade.side === 'long' ? 1 : -1
      for (let i = 0; i < (table?.length ?? 0); i++) {
        const start = (table?.openTime[i] ?? 0) / 1_000
        if (start < trade.entryTimeMs || start + 3_600_000 > trade.exitTimeMs || trade.maePct === null) continue
        const worst =
          (sign * ((sign > 0 ? table?.low[i] : table?.high[i]) ?? 0) - sign * Number(trade.entryPrice)) / Number(trade.entryPrice)
        // One fill on each side: percent of the cost is percent of the price.
        if (
          doc.fills.filter(
            ({ timeMs, symbol }) => symbol === trade.symbol && timeMs >= trade.entryTimeMs && timeMs <= trade.exitTimeMs,
          ).length === 2
        )
          expect(trade.maePct / 100).toBeGreaterThanOrEqual(-worst - 1e-9)
      }
    }
  })

  it('knows the initial stop, and what it put at risk', () => {
    const stopped = doc.trades.filter(({ exitReason, maeR }) => exitReason === 'stop' && maeR !== null)
    expect(stopped.length).toBeGreaterThan(3)
    for (const { side, stopPrice, entryPrice, initialRisk, returnR, maeR } of stopped) {
      expect(Number(entryPrice) > Number(stopPrice)).toBe(side === 'long')
      expect(units(initialRisk ?? '0') > 0n).toBe(true)
      expect(Number(returnR)).toBeLessThan(0)
      expect(Number(maeR)).toBeGreaterThan(0)
    }
  })

  it('keeps gross at or above net, and tells the largest of all', () => {
    const { exposureSeries, exposureStats } = doc
    for (const [, gross, net] of exposureSeries) expect(gross).toBeGreaterThanOrEqual(Math.abs(net) - 1e-6)
    expect(Math.max(...exposureSeries.map(([, gross]) => gross))).toBeCloseTo(exposureStats.maxGross ?? Number.NaN, 5)
    expect(exposureStats.meanGross).toBeGreaterThan(0)
  })
})

describe('exposureOf', () => {
  it('values what is held at the last closes and takes of each stretch the point of largest gross', () => {
    const bars = (close: readonly number[]) => ({
      length: close.length,
      openTime: Float64Array.from(close, (_, i) => i * HOUR),
      duration: new Float64Array(close.length).fill(HOUR),
      close: Float64Array.from(close),
    })
    const fill = (row: number, side: 'buy' | 'sell', qty: number) => ({
      exchangeTime: (row * HOUR) as Micros,
      side,
      qty: qty as never,
    })
    const times = Float64Array.from([1, 2, 3, 4], (row) => row * HOUR - MILLISECOND)
    const found = exposureOf(
      [
        { fills: [fill(1, 'buy', 2)], bars: bars([10, 20, 30, 40]) },
        { fills: [fill(2, 'sell', 1)], bars: bars([5, 5, 50, 5]) },
      ],
      { times, values: Float64Array.from([100, 100, 100, 0]) },
      [1, 3],
    )
    expect(found.rows).toEqual([
      [times[1], 0.4, 0.4],
      [times[2], 1.1, 0.1],
    ])
    expect(found).toMatchObject({ maxGross: 1.1, meanGross: 0.5 })
    expect(exposureOf([], { times: new Float64Array(0), values: new Float64Array(0) }, [])).toEqual({
      rows: [],
      maxGross: undefined,
      meanGross: undefined,
      meanNet: undefined,
    })
  })
})

describe('the memory of a recorder', () => {
  it('is two numbers a bar', () => {
    const kernel = { positions: { totalEquity: () => 1e12 } } as unknown as Kernel
    const recorder = new Recorder(kernel)
    const decision = { effects: [], targets: [], refusals: [], bookings: [], regimes: [], notes: [] }
    const before = process.memoryUsage().arrayBuffers
    const count = 2 ** 19
    for (let i = 0; i < count; i++) recorder.observe({ kind: 'bar', exchangeTime: (i + 1) * HOUR } as never, decision)
    const { times } = recorder.equity
    expect(times).toHaveLength(count)
    // Room that doubles: at most twice what is needed, and the halves that were outgrown until they are collected.
    expect(times.buffer.byteLength).toBeLessThanOrEqual(2 * 8 * count)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * count)
    expect([recorder.fills, recorder.decided, recorder.charges]).toEqual([[], [], []])
  })
})
