import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rateOf } from '../core/exact.ts'
import type { Money, Rate } from '../core/exact.ts'
import { createPrng } from '../core/random.ts'
import { intervalOf, MINUTE, SECOND } from '../core/time.ts'
import type { Duration, Micros } from '../core/time.ts'
import type { Fill } from '../domain/order.ts'
import { DecisionDigest } from '../kernel/decision-digest.ts'
import type { Delay } from '../sim/latency.ts'
import { emaCross } from '../strategy/strategies/ema-cross.ts'
import { barsOfTrades } from '../storage/market-data/build-bars.ts'
import type { TradeTable } from '../storage/market-data/trade-table.ts'
import { MONDAY, rules, spec } from '../../test/kernel/fixtures.ts'
import { mergeIntervals } from './merge-intervals.ts'
import { venueTrades } from './trade-rows.ts'
import { World } from './world.ts'

const INTERVAL = intervalOf('1m')
const FREE = 0 as Duration

/** A walk by ticks of 0.01 around 100, a trade every few seconds, some at the same moment. */
function walk(seed: number, count: number): TradeTable {
  const chance = createPrng(seed)
  let at = MONDAY as number
  let ticks = 10_000
  const column = (of: (row: number) => number): Float64Array => Float64Array.from({ length: count }, (_, row) => of(row))
  const time = column(() => (at += chance.chance(0.2) ? 0 : chance.int(1, 9 * SECOND)))
  return {
    symbol: 'BTCUSDT',
    market: 'perp',
    kind: 'trades',
    length: count,
    id: column((row) => row),
    time,
    received: undefined,
    price: column(() => (ticks += chance.int(-3, 3)) / 100),
    qty: column(() => chance.int(1, 5_000) / 1_000),
    buyerIsMaker: Uint8Array.from({ length: count }, () => chance.int(0, 1)),
    decimals: 2,
    qtyDecimals: 3,
    sources: [],
  }
}

interface Run {
  readonly world: World
  readonly digest: DecisionDigest
  readonly fills: Fill[]
}

function runOf(table: TradeTable, given: { order?: Delay; participation?: number; seed?: number } = {}): Run {
  const market = spec({ rules: [rules({})] })
  const { bars } = mergeIntervals({
    symbol: table.symbol,
    priceScale: market.priceScale,
    coarse: { table: barsOfTrades(table, INTERVAL), interval: INTERVAL },
    fine: undefined,
  })
  const fills: Fill[] = []
  let digest: DecisionDigest | undefined
  const world = new World({
    runId: 'aaaaaaaa',
    seed: given.seed ?? 1,
    markets: [{ spec: market, bars, trades: venueTrades(table, market), funding: undefined }],
    strategies: [
      {
        definition: emaCross,
        params: { fast: 2, slow: 5, atr: 3, mult: 1, qty: '1' },
        interval: INTERVAL,
        account: 0,
      },
    ],
    capital: (10n ** 14n) as Money,
    fills: { takerFee: rateOf('0.0005'), makerFee: 0 as Rate, slippageBps: 0, participation: given.participation, touch: false },
    latency: { order: given.order ?? FREE, report: FREE, data: FREE },
    risk: {},
    allocation: { fraction: 0.5 },
    observers: (kernel) => [
      (digest = new DecisionDigest(kernel.instruments)),
      { name: 'fills', observe: (event) => void (event.kind === 'order-filled' && event.fill && fills.push(event.fill)) },
    ],
  })
  return { world, digest: digest as unknown as DecisionDigest, fills }
}

describe('a backtest on trades', () => {
  it('fills at trades: at their time, never better than their price, at most what was asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), (seed) => {
        const table = walk(seed, 900)
        const { world, fills } = runOf(table, { order: (2 * SECOND) as Duration })
        world.run()
        expect(fills.length).toBeGreaterThan(3)
        for (const { exchangeTime, price, side } of fills) {
          const prices = [...table.price.keys()]
            .filter((row) => table.time[row] === exchangeTime)
            .map((row) => Math.round(table.price[row] * 100))
          expect(prices.length).toBeGreaterThan(0)
          expect(side === 'buy' ? price >= Math.min(...prices) : price <= Math.max(...prices)).toBe(true)
        }
        const net = fills.reduce((sum, { side, qty }) => sum + (side === 'buy' ? qty : -qty), 0)
        expect(world.kernel.positions.netQty(0, 0)).toBe(net)
        expect(world.venue.account(0).position(0, 'both').qty).toBe(net)
      }),
      { numRuns: 10 },
    )
  })

  it('takes no more of a trade than the participation allows', () => {
    const table = walk(5, 2_000)
    const { world, fills } = runOf(table, { participation: 0.1 })
    world.run()
    const byTime = Map.groupBy(fills, ({ exchangeTime }) => exchangeTime)
    for (const [time, own] of byTime) {
      const traded = [...table.qty.keys()].filter((row) => table.time[row] === time).reduce((sum, row) => sum + table.qty[row], 0)
      expect(own.reduce((sum, { qty }) => sum + qty, 0) / 1e6).toBeLessThanOrEqual(0.1 * traded + 1e-9)
    }
    expect(fills.length).toBeGreaterThan(byTime.size / 2)
  })

  it('gives the same digest again, and from a snapshot at any place, with delays that are drawn', () => {
    const order: Delay = {
      kind: 'quantiles',
      points: [
        [0.5, SECOND],
        [1, 20 * SECOND],
      ],
    }
    const table = walk(11, 1_500)
    const whole = runOf(table, { order, participation: 0.2 })
    whole.world.run()
    const again = runOf(table, { order, participation: 0.2 })
    again.world.run()
    expect(again.digest.hex()).toBe(whole.digest.hex())
    const other = runOf(table, { order, participation: 0.2, seed: 2 })
    other.world.run()
    expect(other.fills.map(({ exchangeTime }) => exchangeTime)).not.toEqual(whole.fills.map(({ exchangeTime }) => exchangeTime))
    for (const cut of [1, 40, 75, 110]) {
      const first = runOf(table, { order, participation: 0.2 })
      first.world.run(cut)
      const rest = runOf(table, { order, participation: 0.2 })
      rest.world.restore(first.world.snapshot())
      rest.world.run()
      expect([...first.fills, ...rest.fills]).toEqual(whole.fills)
    }
  })

  it('ends decided bars with the trades that they are made of', () => {
    const table = walk(3, 600)
    const bars = barsOfTrades(table, INTERVAL)
    const rows = [...table.time.keys()].filter((row) => table.time[row] < (bars.openTime[0] as Micros) + MINUTE)
    expect(bars.close[0]).toBe(table.price[rows.length - 1])
    expect(bars.open[0]).toBe(table.price[0])
  })
})
