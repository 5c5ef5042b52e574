/** Each constraint alone, on numbers that can be checked by head: equity 1,000,000, price 100, so 1x is 10,000 units. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Price, Qty } from '../../core/exact.ts'
import { defaultsOf } from '../../core/setting.ts'
import type { BookStatistics, View } from '../../domain/view.ts'
import { instrument, rules, signal, view, weighed } from '../../../test/kernel/fixtures.ts'
import { isBelowMinimum } from './filters.ts'
import { CONSTRAINTS, SIZING_SETTINGS } from './list.ts'

const SMALL: Partial<View> = { equity: () => 1_000_000, lastPrice: () => 100 as Price, maintenanceMargin: () => 0 }

interface Asked {
  readonly fraction?: number
  readonly stop?: number
  readonly settings?: Readonly<Record<string, number>>
  readonly stress?: number
}

function most(name: string, given: Partial<View> = {}, { fraction = 1, stop, settings = {}, stress = 0.1 }: Asked = {}): number {
  const constraint = CONSTRAINTS.find((each) => each.name === name)
  if (constraint === undefined) throw new Error(`no constraint ${name}`)
  const opinion = signal({ direction: Math.sign(fraction), stop, strategy: 3 })
  const values = { ...defaultsOf(constraint.settings), ...settings }
  return constraint.most(weighed(opinion, fraction), 0, view({ ...SMALL, ...given }), values, { stress })
}

describe('the list of constraints', () => {
  it('has names of their own, defaults inside their bounds, and only safe ones on', () => {
    expect(CONSTRAINTS.map(({ name }) => name)).toEqual([
      'fraction',
      'stopRisk',
      'liquidation',
      'liquidity',
      'filters',
      'kelly',
      'volatility',
      'var',
    ])
    expect(Object.keys(SIZING_SETTINGS)).toEqual(CONSTRAINTS.map(({ name }) => name).slice(1))
    const on = Object.entries(SIZING_SETTINGS).filter(([, settings]) => settings['enabled'].default === true)
    expect(on.map(([name]) => name)).toEqual(['stopRisk', 'liquidation', 'liquidity', 'filters'])
    for (const { settings, description } of CONSTRAINTS) {
      expect(description).not.toBe('')
      for (const setting of Object.values(settings)) {
        expect(setting.description).not.toBe('')
        if (!('min' in setting)) continue
        expect(setting.default).toBeGreaterThanOrEqual(setting.min)
        expect(setting.default).toBeLessThanOrEqual(setting.max)
      }
    }
  })
  it('has these defaults', () => {
    const numbers = CONSTRAINTS.map(({ name, settings }) => [
      name,
      Object.values(defaultsOf(settings)).filter((value) => typeof value === 'number'),
    ])
    expect(numbers).toEqual([
      ['fraction', []],
      ['stopRisk', [0.1]],
      ['liquidation', []],
      ['liquidity', [0.01]],
      ['filters', []],
      ['kelly', [0.25, 30, 0.05]],
      ['volatility', [0.4]],
      ['var', [0.05, 0.99, 4]],
    ])
  })
})

describe('fraction', () => {
  it('is what the share of equity pays for, on either side', () => {
    expect(most('fraction', {}, { fraction: 0.5 })).toBe(5_000)
    expect(most('fraction', {}, { fraction: -0.5 })).toBe(5_000)
    expect(most('fraction', { equity: () => -1 })).toBe(0)
  })
})

describe('stopRisk', () => {
  it('loses at most the share of equity between price and stop', () => {
    expect(most('stopRisk', {}, { stop: 90 })).toBe(10_000)
    expect(most('stopRisk', {}, { stop: 90, settings: { max: 0.01 } })).toBe(1_000)
    expect(most('stopRisk', {}, { stop: 110, fraction: -1 })).toBe(10_000)
    expect(most('stopRisk', {}, { stop: 99 })).toBe(100_000)
    expect(most('stopRisk', { equity: () => -1 }, { stop: 90 })).toBe(0)
  })
  it('does not bind without a stop, nor where the market has passed it', () => {
    expect(most('stopRisk')).toBe(Infinity)
    expect(most('stopRisk', {}, { stop: 110 })).toBe(Infinity)
    expect(most('stopRisk', {}, { stop: 90, fraction: -1 })).toBe(Infinity)
    expect(most('stopRisk', {}, { stop: 100 })).toBe(Infinity)
  })
})

describe('liquidation', () => {
  it('is the largest position whose loss in the move leaves something: 100,000 would leave nothing', () => {
    expect(most('liquidation')).toBe(99_999)
    expect(most('liquidation', {}, { fraction: -1 })).toBe(99_999)
    expect(most('liquidation', {}, { stress: 0.2 })).toBe(49_999)
    expect(most('liquidation', {}, { stress: 0 })).toBe(Infinity)
    expect(most('liquidation', {}, { fraction: 0 })).toBe(Infinity)
    expect(most('liquidation', { equity: () => 0 })).toBe(0)
    expect(most('liquidation', { equity: () => -1 })).toBe(0)
    expect(most('liquidation', { equity: () => 1 })).toBe(0)
  })
  it('counts maintenance margin at the price after the move, which is lower for a long position', () => {
    const margin: Partial<View> = { maintenanceMargin: (_i, qty, price) => Math.abs(qty) * price * 0.1 }
    // A unit takes 10 + 9 long, 10 + 11 short; all exactly used up leaves nothing.
    expect(most('liquidation', { ...margin, equity: () => 19_000 })).toBe(999)
    expect(most('liquidation', { ...margin, equity: () => 19_001 })).toBe(1_000)
    expect(most('liquidation', { ...margin, equity: () => 21_000 }, { fraction: -1 })).toBe(999)
    expect(most('liquidation', { ...margin, equity: () => 21_001 }, { fraction: -1 })).toBe(1_000)
  })
  it('leaves what other books hold here, and takes their other side in', () => {
    const held = (net: number, own: number): Partial<View> => ({
      netQty: () => net as Qty,
      bookQty: (strategy) => (strategy === 3 ? own : -1e9) as Qty,
    })
    expect(most('liquidation', held(30_000, 0))).toBe(69_999)
    expect(most('liquidation', held(30_000, 30_000))).toBe(99_999)
    expect(most('liquidation', held(30_000, 0), { fraction: -1 })).toBe(129_999)
    expect(most('liquidation', held(-30_000, 0))).toBe(129_999)
    expect(most('liquidation', held(100_000, 0))).toBe(0)
  })
  it('takes what other instruments lose and tie up out first, each against itself', () => {
    const two: Partial<View> = {
      instruments: [instrument(), instrument({ symbol: 'ETHUSDT' }, 1)],
      netQty: (_account, i) => (i === 1 ? -1_000 : 0) as Qty,
      lastPrice: (i) => (i === 1 ? 200 : 100) as Price,
      maintenanceMargin: (i, qty, price) => (i === 1 ? (Math.abs(qty) * price) / 100 : 0),
    }
    // Of the short: 1,000 x 20 lost, and 1 % of 1,000 x 220.
    expect(most('liquidation', two)).toBe((1_000_000 - 20_000 - 2_200) / 10 - 1)
    expect(most('liquidation', { ...two, equity: () => 22_200 })).toBe(0)
  })
  it('survives the move, and one unit more would not', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e12 }),
        fc.integer({ min: 1, max: 1e6 }),
        fc.double({ min: 0.01, max: 0.9, noNaN: true }),
        fc.constantFrom(-1, 1),
        (equity, price, stress, side) => {
          const margin = (qty: number, at: number): number => Math.abs(qty) * at * 0.004
          const qty = most(
            'liquidation',
            { equity: () => equity, lastPrice: () => price as Price, maintenanceMargin: (_i, q, at) => margin(q, at) },
            { fraction: side, stress },
          )
          const left = (q: number): number => equity - q * price * stress - margin(q, price * (1 - side * stress))
          if (qty > 0) expect(left(qty)).toBeGreaterThan(0)
          expect(left(qty + 1)).toBeLessThanOrEqual(1e-9 * equity)
        },
      ),
    )
  })
})

describe('liquidity', () => {
  it("is a share of the day's volume, and does not bind while that is unknown", () => {
    expect(most('liquidity', { dayVolume: () => 50_000 })).toBe(500)
    expect(most('liquidity', { dayVolume: () => 50_000 }, { settings: { max: 0.1 } })).toBe(5_000)
    expect(most('liquidity')).toBe(Infinity)
    expect(most('liquidity', { dayVolume: () => 0 })).toBe(0)
  })
})

describe('filters', () => {
  const ruled = (given: Parameters<typeof rules>[0]): Partial<View> => ({ instruments: [instrument({ rules: [rules(given)] })] })
  it('allow what one market order may be, where they bind', () => {
    expect(most('filters', ruled({ binding: true, maxQty: 70 }))).toBe(70)
    expect(most('filters', ruled({ binding: true, maxQty: 70, marketMaxQty: 50 }))).toBe(50)
    expect(most('filters', ruled({ binding: true }))).toBe(Infinity)
    expect(most('filters', ruled({ maxQty: 70, marketMaxQty: 50 }))).toBe(Infinity)
  })
  it('know what is below a minimum', () => {
    const price = 100 as Price
    expect(isBelowMinimum(9, price, rules({ binding: true, minQty: 10 }))).toBe(true)
    expect(isBelowMinimum(10, price, rules({ binding: true, minQty: 10 }))).toBe(false)
    expect(isBelowMinimum(9, price, rules({ binding: true, minNotional: 901n }))).toBe(true)
    expect(isBelowMinimum(9, price, rules({ binding: true, minNotional: 900n }))).toBe(false)
    expect(isBelowMinimum(0, price, rules({ binding: true }))).toBe(false)
    expect(isBelowMinimum(1, price, rules({ minQty: 10, minNotional: 901n }))).toBe(false)
  })
})

describe('kelly', () => {
  /** Trades of mean .02 and deviation .1 (n - 1 below). */
  const seen = (trades: number, mean = 0.02, deviation = 0.1): Partial<View> => ({
    bookStatistics: (strategy) =>
      ({
        trades: strategy === 3 ? trades : 0,
        sum: trades * mean,
        sumOfSquares: trades * mean * mean + (trades - 1) * deviation * deviation,
      }) as BookStatistics,
  })
  it('does not bind before enough trades', () => {
    expect(most('kelly', seen(29))).toBe(Infinity)
    expect(most('kelly', seen(30))).toBeLessThan(Infinity)
    expect(most('kelly', seen(9), { settings: { minTrades: 9 } })).toBeLessThan(Infinity)
  })
  it('stakes a fraction of mean over variance, times 1 - 1 / t^2', () => {
    // t = .02 / (.1 / sqrt(100)) = 2, so 3/4 of 2x are left, and a quarter of that is .375x.
    expect(most('kelly', seen(100))).toBeCloseTo(3_750, 6)
    expect(most('kelly', seen(100), { settings: { fraction: 1 } })).toBeCloseTo(15_000, 6)
    expect(most('kelly', seen(10_000))).toBeCloseTo(5_000 * (1 - 1 / 400), 6)
  })
  it('leaves the floor without an edge, or with one no larger than its error', () => {
    for (const none of [seen(100, -0.02), seen(100, 0), seen(100, 0.0099), seen(100, 0, 0), seen(100, -0.01, 0)])
      expect(most('kelly', none)).toBe(500)
    expect(most('kelly', seen(100, -0.02), { settings: { floor: 0 } })).toBe(0)
    expect(most('kelly', seen(100, 0.0102), { settings: { floor: 0 } })).toBeGreaterThan(0)
  })
  it('does not bind where every trade won the same', () => {
    const same = { trades: 64, sum: 1, sumOfSquares: 1 / 64 } as BookStatistics
    expect(most('kelly', { bookStatistics: () => same })).toBe(Infinity)
    // Rounding can leave less than nothing of the variance.
    expect(most('kelly', { bookStatistics: () => ({ ...same, sumOfSquares: 0.0156 }) })).toBe(Infinity)
  })
})

describe('volatility', () => {
  it('holds the yearly target', () => {
    expect(most('volatility', { volatility: () => 0.4 / Math.sqrt(365) })).toBeCloseTo(10_000, 6)
    expect(most('volatility', { volatility: () => 0.8 / Math.sqrt(365) })).toBeCloseTo(5_000, 6)
    expect(most('volatility', { volatility: () => 0.4 / Math.sqrt(365) }, { settings: { annual: 0.2 } })).toBeCloseTo(5_000, 6)
  })
  it('allows nothing while it is unknown, everything in a market that stands still', () => {
    expect(most('volatility')).toBe(0)
    expect(most('volatility', { volatility: () => 0 })).toBe(Infinity)
  })
})

describe('var', () => {
  it('holds the budget: t of 4 degrees at 99 % is 3.7469, scaled by sqrt(1/2)', () => {
    // 10,000 units at a deviation d lose d x 2.64948 of equity at worst.
    const quantile = 3.746947387979197 * Math.sqrt(0.5)
    expect(most('var', { volatility: () => 0.05 / quantile })).toBeCloseTo(10_000, 3)
    expect(most('var', { volatility: () => 0.05 / quantile }, { settings: { max: 0.1 } })).toBeCloseTo(20_000, 3)
    expect(most('var', { volatility: () => 0.05 / quantile }, { settings: { confidence: 0.95 } })).toBeGreaterThan(15_000)
    // Nearly normal: 2.3263.
    expect(most('var', { volatility: () => 0.05 / 2.3263 }, { settings: { freedom: 1_000 } })).toBeCloseTo(10_000, -2)
  })
  it('allows nothing while the volatility is unknown, everything in a market that stands still', () => {
    expect(most('var')).toBe(0)
    expect(most('var', { volatility: () => Infinity })).toBe(0)
    expect(most('var', { volatility: () => 0 })).toBe(Infinity)
  })
})
