import { describe, expect, it } from 'vitest'
import { MINUTE, SECOND } from '../../core/time.ts'
import type { Price } from '../../core/exact.ts'
import type { View } from '../../domain/view.ts'
import { instrument, order, rules } from '../../../test/kernel/fixtures.ts'
import { passes, refuses } from '../../../test/risk/check.ts'
import { LIMITS } from './list.ts'

describe('the list of limits', () => {
  it('has at least 24, with names of their own, defaults inside their bounds, and a switch each', () => {
    expect(LIMITS.length).toBeGreaterThanOrEqual(24)
    expect(new Set(LIMITS.map(({ name }) => name)).size).toBe(LIMITS.length)
    for (const { settings } of LIMITS) {
      expect(settings['enabled']).toMatchObject({ default: true })
      for (const setting of Object.values(settings)) {
        if (!('min' in setting)) continue
        expect(setting.default).toBeGreaterThanOrEqual(setting.min)
        expect(setting.default).toBeLessThanOrEqual(setting.max)
      }
    }
  })
})

// An order of 10 at 10,000 is a notional of 100,000 money units.
describe('leverage', () => {
  it('allows gross exposure up to the multiple of equity', () => {
    passes('leverage', { max: 2 }, order(), { equity: () => 50_000 })
    refuses(/gross exposure would be/, 'leverage', { max: 2 }, order(), { equity: () => 49_999 })
  })

  it('adds up all instruments at their worst, others at their last price', () => {
    const two: Partial<View> = {
      instruments: [instrument(), instrument({ symbol: 'ETHUSDT' }, 1)],
      lastPrice: () => 5 as Price,
      netQtyFilled: (_account, i, extra) => (i === 0 ? extra : extra > 0 ? 20_000 + extra : extra),
    }
    passes('leverage', { max: 1 }, order(), { ...two, equity: () => 200_000 })
    refuses(/gross/, 'leverage', { max: 1 }, order(), { ...two, equity: () => 199_999 })
  })

  it('judges its own instrument on the side to which the order pushes', () => {
    const long: Partial<View> = { netQtyFilled: (_account, _instrument, extra) => (extra > 0 ? 1e9 : 9 + extra) }
    const turn = order({ side: 'sell', qty: 14, closes: 9 })
    passes('leverage', { max: 1 }, turn, { ...long, equity: () => 50_000 })
    refuses(/gross/, 'leverage', { max: 1 }, turn, { ...long, equity: () => 49_999 })
  })

  it('counts a sale as well as a purchase', () =>
    refuses(/gross/, 'leverage', { max: 1 }, order({ side: 'sell' }), { equity: () => 99_999 }))
})

describe('concentration', () => {
  it('allows notional in one instrument up to the multiple of equity', () => {
    passes('concentration', { max: 0.5 }, order(), { equity: () => 200_000 })
    refuses(/BTCUSDT would be .* allowed is 0.5 x equity/, 'concentration', { max: 0.5 }, order(), { equity: () => 199_999 })
  })
})

describe('drawdown', () => {
  const peak = { peakEquity: () => 1_000 }
  it('refuses from the largest fall on', () => {
    passes('drawdown', { moderate: 0.25 }, order(), { ...peak, equity: () => 751 })
    refuses(/25.00 % below its peak/, 'drawdown', { moderate: 0.25 }, order(), { ...peak, equity: () => 750 })
  })
  it('knows no fall from nothing', () => passes('drawdown', {}, order(), { peakEquity: () => 0, equity: () => 0 }))
})

describe('loss', () => {
  const start = { equityAtDayStart: () => 1_000, equityAtWeekStart: () => 2_000 }
  it("refuses from the day's largest loss on", () => {
    passes('loss', { day: 0.05, week: 1 }, order(), { ...start, equity: () => 951 })
    refuses(/day's loss is 5.00 %/, 'loss', { day: 0.05, week: 1 }, order(), { ...start, equity: () => 950 })
  })
  it("refuses from the week's largest loss on", () => {
    passes('loss', { day: 1, week: 0.1 }, order(), { ...start, equity: () => 1_801 })
    refuses(/week's loss is 10.00 %/, 'loss', { day: 1, week: 0.1 }, order(), { ...start, equity: () => 1_800 })
  })
  it('knows no loss of nothing', () =>
    passes('loss', {}, order(), { equityAtDayStart: () => 0, equityAtWeekStart: () => 0, equity: () => 0 }))
})

describe('orderRate', () => {
  const sent = (inTen: number, inMinute: number): Partial<View> => ({
    ordersSince: (_account, span) => (span === 10 * SECOND ? inTen : span === MINUTE ? inMinute : Number.NaN),
  })
  it('counts ten seconds, a minute, and open orders', () => {
    passes('orderRate', { per10s: 5, perMinute: 9 }, order(), sent(4, 8))
    refuses(/5 orders were sent in the last 10 seconds/, 'orderRate', { per10s: 5, perMinute: 9 }, order(), sent(5, 8))
    refuses(/9 orders were sent in the last minute/, 'orderRate', { per10s: 5, perMinute: 9 }, order(), sent(4, 9))
    passes('openOrders', { max: 3 }, order(), { openOrders: () => 2 })
    refuses(/3 orders are open/, 'openOrders', { max: 3 }, order(), { openOrders: () => 3 })
  })
})

describe('venueFilters', () => {
  const bound = (given: Parameters<typeof rules>[0], binding = true): Partial<View> => ({
    instruments: [instrument({ rules: [rules({ binding, ...given })] })],
  })
  const name = 'venueFilters'
  it('binds only where the rules are known to', () =>
    passes(name, {}, order({ qty: 7 }), bound({ step: 5, minQty: 100, minNotional: 10n ** 18n }, false)))
  it('holds the step', () => {
    passes(name, {}, order({ qty: 15 }), bound({ step: 5 }))
    refuses(/no multiple of the step 0.000005/, name, {}, order({ qty: 16 }), bound({ step: 5 }))
  })
  it('holds the least quantity', () => {
    passes(name, {}, order({ qty: 10 }), bound({ minQty: 10 }))
    refuses(/below the minimum 0.00001/, name, {}, order({ qty: 9 }), bound({ minQty: 10 }))
  })
  it('holds the largest quantity, for market orders their own', () => {
    passes(name, {}, order({ qty: 20 }), bound({ maxQty: 50, marketMaxQty: 20 }))
    refuses(/above the maximum 0.00002/, name, {}, order({ qty: 21 }), bound({ maxQty: 50, marketMaxQty: 20 }))
    passes(name, {}, order({ qty: 50, type: 'limit' }), bound({ maxQty: 50, marketMaxQty: 20 }))
    refuses(/above the maximum 0.00005/, name, {}, order({ qty: 51, type: 'limit' }), bound({ maxQty: 50 }))
    refuses(/above the maximum 0.00005/, name, {}, order({ qty: 51 }), bound({ maxQty: 50 }))
  })
  it('holds the least notional, but not for what only reduces', () => {
    passes(name, {}, order(), bound({ minNotional: 100_000n }))
    refuses(/notional 0.001 is below the minimum 0.00100001/, name, {}, order(), bound({ minNotional: 100_001n }))
    passes(name, {}, order({ reduceOnly: true }), bound({ minNotional: 100_001n }))
    // A reversal is judged by what it opens.
    passes(name, {}, order({ qty: 15, closes: 5 }), bound({ minNotional: 100_000n }))
    refuses(/notional 0.0009 is below/, name, {}, order({ qty: 15, closes: 6 }), bound({ minNotional: 100_000n }))
  })
})
