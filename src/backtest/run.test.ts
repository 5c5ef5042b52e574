import { describe, expect, it } from 'vitest'
import { rateOf } from '../core/exact.ts'
import { HOUR, intervalOf, MILLISECOND } from '../core/time.ts'
import type { FundingTable } from '../storage/market-data/funding-table.ts'
import type { KlineTable } from '../storage/market-data/kline-table.ts'
import { defineStrategy } from '../strategy/strategy.ts'
import type { Opinion, StrategyDefinition } from '../strategy/strategy.ts'
import { prepareMarkets } from './prepare.ts'
import { runBacktest } from './run.ts'
import type { BacktestSettings } from './run.ts'
import type { BacktestDocument } from './result.ts'

type Row = readonly [open: number, high: number, low: number, close: number, volume?: number]
const START = Date.UTC(2024, 0, 1) * 1_000

function tableOf(symbol: string, rows: readonly Row[]): KlineTable {
  const column = (at: 0 | 1 | 2 | 3): Float64Array => Float64Array.from(rows, (row) => row[at])
  return {
    symbol,
    interval: intervalOf('1h'),
    kind: 'klines',
    market: 'perp',
    length: rows.length,
    openTime: Float64Array.from(rows, (_, i) => START + i * HOUR),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: Float64Array.from(rows, (row) => row[4] ?? 1_000),
    quoteVolume: undefined,
    trades: undefined,
    takerBuyBase: undefined,
    decimals: 1,
    sources: [],
  }
}

/** Says at the close of given rows what it is told to say. */
type Script = Readonly<Record<string, Readonly<Record<number, Omit<Opinion, 'reason' | 'qty'> & { readonly size?: string }>>>>
function scripted(script: Script, warmUp = 0): StrategyDefinition {
  return defineStrategy({
    name: 'scripted',
    description: 'does what it is told',
    parameters: {},
    warmUp: () => warmUp,
    memory: () => 0,
    create: ({ instrument, qty }) => {
      const state = { row: -1 }
      return {
        state,
        onBar() {
          state.row += 1
          const told = script[instrument.symbol]?.[state.row]
          if (told === undefined) return undefined
          const { size, ...opinion } = told
          return { ...opinion, reason: 'told', ...(size === undefined ? {} : { qty: qty(size) }) }
        },
      }
    },
  })
}

const off = { enabled: false }
const SETTINGS: BacktestSettings = {
  capital: '1000',
  seed: 1,
  latency: { order: 0 as never, report: 0 as never, data: 0 as never },
  allocation: { fraction: 0.9 },
  riskFree: 0,
  fills: { takerFee: rateOf('0.001'), makerFee: rateOf('0.0005'), slippageBps: 0, participation: undefined, touch: false },
  risk: {
    leverage: { enabled: true, max: 10 },
    drawdown: { enabled: false },
    loss: { enabled: false, day: 1, week: 1 },
  },
}

interface Case {
  readonly script: Script
  readonly settings?: Partial<BacktestSettings>
  readonly funding?: ReadonlyMap<string, FundingTable>
  readonly warmUp?: number
  /** Bars it asks for besides its own. */
  readonly intervals?: readonly string[]
}

function run(
  markets: Readonly<Record<string, readonly Row[]>>,
  { script, settings = {}, funding = new Map(), warmUp = 0, intervals }: Case,
): BacktestDocument {
  const bars = new Map(Object.entries(markets).map(([symbol, rows]) => [symbol, [tableOf(symbol, rows)]]))
  const prepared = prepareMarkets({ data: { bars, mark: new Map(), funding }, interval: undefined, leverage: 10 })
  const manifest = { code: { version: '0', sha256: '' }, config: {}, data: [], runtime: 'test', synthetic: false }
  return runBacktest({
    prepared: { ...prepared, warnings: [] },
    strategies: [
      {
        definition: { ...scripted(script, warmUp), ...(intervals === undefined ? {} : { intervals: () => intervals }) },
        params: {},
        sha256: null,
      },
    ],
    settings: { ...SETTINGS, ...settings },
    manifest,
  }).document
}

const flat = (price: number): Row => [price, price, price, price]

describe('runBacktest', () => {
  it('books a trade to the last unit, measures slippage against the close that decided, and exposure by time', () => {
    const { trades, summary, fills, openPositions, equity } = run(
      { BTCUSDT: [flat(100), [101, 105, 99, 104], flat(104), [110, 110, 110, 110], flat(110)] },
      { script: { BTCUSDT: { 0: { direction: 1, size: '2' }, 2: { direction: 0 } } } },
    )
    expect(trades).toMatchObject([
      {
        id: 1,
        symbol: 'BTCUSDT',
        side: 'long',
        entryTimeMs: START / 1_000 + 3_600_000,
        exitTimeMs: START / 1_000 + 3 * 3_600_000,
        qty: '2',
        entryPrice: '101',
        exitPrice: '110',
        grossPnl: '18',
        fees: '0.422',
        funding: '0',
        netPnl: '17.578',
        exitReason: 'signal',
      },
    ])
    // Bought 1 above the close of row 0, sold 6 above that of row 2.
    expect(summary).toMatchObject({
      finalEquity: '1017.578',
      netProfit: '17.578',
      fees: '0.422',
      slippage: '-10',
      exposure: 0.4,
      winRate: 1,
      profitFactor: null,
      expectancy: '17.578',
      fills: 2,
    })
    expect(summary.turnover).toBeCloseTo(422 / ((1000 + 1005.798 + 1005.798 + 1017.578 * 2) / 5), 10)
    expect(fills.map(({ side, liquidity, fee }) => [side, liquidity, fee])).toEqual([
      ['buy', 'taker', '0.202'],
      ['sell', 'taker', '0.22'],
    ])
    expect(openPositions).toEqual([])
    expect(equity.map(([, value]) => value)).toEqual(['1000', '1000', '1005.798', '1005.798', '1017.578', '1017.578'])
  })

  it('measures the drawdown from the capital and on every point', () => {
    const { summary } = run(
      { BTCUSDT: [flat(100), flat(100), flat(80), flat(130)] },
      { script: { BTCUSDT: { 0: { direction: 1, size: '10' } } } },
    )
    // 1000 - fee 1, then 200 less: 799 of 1000.
    expect(summary.maxDrawdown).toBeCloseTo(0.201, 12)
    expect(summary.maxDrawdownDurationMs).toBe(3 * 3_600_000)
  })

  it('marks what is open at the last close and drops what the last bar decided', () => {
    const { openPositions, warnings, summary, trades } = run(
      { BTCUSDT: [flat(100), flat(100), flat(90)] },
      { script: { BTCUSDT: { 0: { direction: -1, size: '1' }, 2: { direction: 1, size: '1' } } } },
    )
    expect(openPositions).toEqual([
      {
        symbol: 'BTCUSDT',
        side: 'short',
        qty: '1',
        entryPrice: '100',
        entryTimeMs: START / 1_000 + 3_600_000,
        markPrice: '90',
        unrealisedPnl: '10',
      },
    ])
    expect(trades).toMatchObject([])
    expect(summary).toMatchObject({ finalEquity: '1009.9', winRate: null, expectancy: null, trades: 0 })
    expect(warnings).toEqual([
      'The order decided on the last bar was dropped: BTCUSDT buy 2 (reversal) at 2024-01-01 03:00.',
      'BTCUSDT: short 1 is still open at the end; it is marked at the last close 90 and not counted as a trade.',
    ])
  })

  it('gives funding to the trade that was open, and to the summary', () => {
    const funding: FundingTable = {
      symbol: 'BTCUSDT',
      length: 1,
      time: Float64Array.of(START + 2 * HOUR),
      rate: Float64Array.of(rateOf('0.001')),
      mark: Float64Array.of(Number.NaN),
      sources: [],
    }
    const { trades, summary } = run(
      { BTCUSDT: [flat(100), flat(100), flat(100), flat(100)] },
      { script: { BTCUSDT: { 0: { direction: 1, size: '3' }, 2: { direction: 0 } } }, funding: new Map([['BTCUSDT', funding]]) },
    )
    expect(trades).toMatchObject([{ funding: '-0.3', fees: '0.6', grossPnl: '0', netPnl: '-0.9' }])
    expect(summary).toMatchObject({ funding: '-0.3', netProfit: '-0.9' })
  })

  it('tells liquidations, and charges the liquidation fee to the trade', () => {
    const { trades, summary, warnings, symbols, liquidations, fills } = run(
      { BTCUSDT: [flat(100), flat(100), [100, 100, 50, 60], flat(60)] },
      {
        script: { BTCUSDT: { 0: { direction: 1, size: '30' } } },
        settings: {
          risk: { ...SETTINGS.risk, liquidation: off, valueAtRisk: off, expectedShortfall: off },
        },
      },
    )
    expect(trades).toMatchObject([{ exitReason: 'liquidation', exitTimeMs: START / 1_000 + 3 * 3_600_000 - 1 }])
    expect(summary.liquidations).toBe(1)
    expect(warnings[0]).toMatch(/^1 position was liquidated, BTCUSDT long 30 at \d+(\.\d)? on 2024-01-01 02:59\.$/)
    expect(liquidations).toMatchObject([
      { timeMs: trades[0].exitTimeMs, symbol: 'BTCUSDT', side: 'long', qty: '30', realisedPnl: trades[0].grossPnl },
    ])
    expect(fills.map(({ reason, slippage }) => [reason, slippage])).toEqual([
      ['signal', '0'],
      ['liquidation', null],
    ])
    // It went no further against the position than to where the position ended.
    expect([trades[0].mae, trades[0].mfe, trades[0].maeR]).toEqual([trades[0].grossPnl.slice(1), '0', null])
    expect(symbols[0].netProfit).toBe(trades[0].netPnl)
    expect(Number(summary.fees)).toBeCloseTo(Number(trades[0].fees), 8)
    expect(Number(trades[0].fees)).toBeGreaterThan(30 * 70 * 0.0125)
    const missing = (-1000 - Number(trades[0].netPnl)).toFixed(8).replace(/\.?0+$/, '')
    expect(summary.finalEquity).toBe('0')
    expect(warnings[1]).toBe(`The insurance fund covered ${missing} USDT that the account could not pay.`)
  })

  it('tells fills that the volume cut, in one line', () => {
    const { warnings, fills } = run(
      { BTCUSDT: [flat(10), [10, 10, 10, 10, 20], [10, 10, 10, 10, 0], [10, 10, 10, 10, 50], flat(10)] },
      { script: { BTCUSDT: { 0: { direction: 1, size: '6' } } }, settings: { fills: { ...SETTINGS.fills, participation: 0.1 } } },
    )
    expect(fills.map(({ qty }) => qty)).toEqual(['2', '4'])
    expect(warnings[0]).toBe(
      "1 fill was cut to 10 % of the bar's volume, at 2024-01-01 01:00 in BTCUSDT; the rest went on at the next bar (--participation).",
    )
  })

  it('says when a strategy had too few bars to decide', () => {
    const { warnings, fills } = run(
      { BTCUSDT: [flat(10), flat(10)] },
      { script: { BTCUSDT: { 0: { direction: 1, size: '1' } } }, warmUp: 7 },
    )
    expect(fills).toMatchObject([])
    expect(warnings).toEqual(['BTCUSDT has 2 bars of 1h, and scripted needs 7 before its first decision: it never decided.'])
  })

  it('gives several symbols one curve, one point a moment, and parts that add up', () => {
    const { equity, symbols, summary } = run(
      { BTCUSDT: [flat(100), flat(100), flat(110)], ETHUSDT: [flat(10), flat(10), flat(8)] },
      { script: { BTCUSDT: { 0: { direction: 1, size: '1' } }, ETHUSDT: { 0: { direction: 1, size: '10' } } } },
    )
    expect(equity).toEqual([
      [START / 1_000, '1000'],
      [START / 1_000 + 3_599_999, '1000'],
      [START / 1_000 + 7_199_999, '999.8'],
      [START / 1_000 + 10_799_999, '989.8'],
    ])
    expect(symbols.map(({ symbol, netProfit, buyAndHold }) => [symbol, netProfit, buyAndHold])).toEqual([
      ['BTCUSDT', '9.9', 110 / 100 - 1],
      ['ETHUSDT', '-20.1', 8 / 10 - 1],
    ])
    expect(summary.netProfit).toBe('-10.2')
  })

  it('counts what a late report changed after the last bar', () => {
    const { equity, summary } = run(
      { BTCUSDT: [flat(100), [100, 100, 90, 95]] },
      {
        script: { BTCUSDT: { 0: { direction: 1, size: '1', stop: 95 } } },
        settings: { latency: { order: 0 as never, report: (50 * MILLISECOND) as never, data: 0 as never } },
      },
    )
    expect(summary.fills).toBe(2)
    expect(equity.at(-1)?.[1]).toBe(summary.finalEquity)
  })

  it('reports progress from nothing to all', () => {
    const shares: number[] = []
    const rows = Array.from({ length: 120_000 }, () => flat(100))
    const prepared = prepareMarkets({
      data: { bars: new Map([['BTCUSDT', [tableOf('BTCUSDT', rows)]]]), mark: new Map(), funding: new Map() },
      interval: undefined,
      leverage: 1,
    })
    const manifest = { code: { version: '0', sha256: '' }, config: {}, data: [], runtime: 'test', synthetic: false }
    const { document } = runBacktest({
      prepared,
      strategies: [{ definition: scripted({}), params: {}, sha256: null }],
      settings: SETTINGS,
      manifest,
      onProgress: (share) => shares.push(share),
    })
    expect(shares.length).toBeGreaterThan(2)
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
    expect(shares.at(-1)).toBe(1)
    expect(document.equity.length).toBeLessThanOrEqual(20_000)
    expect(document.summary).toMatchObject({
      sharpe: null,
      sortino: null,
      calmar: null,
      maxDrawdown: 0,
      exposure: 0,
      turnover: 0,
      totalReturn: 0,
    })
  })

  it('refuses a strategy that asks for bars shorter than the rows of the data', () => {
    expect(() => run({ BTCUSDT: [flat(1)] }, { script: {}, intervals: ['4h', '15m'] })).toThrow(
      expect.objectContaining({
        name: 'InputError',
        code: 'interval-too-short',
        message: expect.stringMatching(/bars of 15m.* BTCUSDT have rows of 1h/),
      }),
    )
    expect(() => run({ BTCUSDT: [flat(1)] }, { script: {}, intervals: ['4h', '1h'] })).not.toThrow()
  })

  it('refuses capital that is none', () => {
    expect(() => run({ BTCUSDT: [flat(1)] }, { script: {}, settings: { capital: '0' } })).toThrow(
      'capital is 0, it must be above 0',
    )
    expect(() => run({ BTCUSDT: [flat(1)] }, { script: {}, settings: { capital: '1.0000000001' } })).toThrow('decimals')
  })
})
