/**
 * Every limit and every protection is needed: for each there is a moment in which it alone refuses, and in which an order passes
 * when its rule never says no. A rule without such a moment fails the test.
 */
import { describe, expect, it } from 'vitest'
import { MINUTE } from '../core/time.ts'
import type { Price } from '../core/exact.ts'
import type { Micros } from '../core/time.ts'
import type { OrderRequest } from '../domain/order.ts'
import type { RegimeState } from '../domain/regime.ts'
import type { BookStatistics, View } from '../domain/view.ts'
import { instrument, MONDAY, order, rules, view } from '../../test/kernel/fixtures.ts'
import { LIMITS } from './limits/list.ts'
import { PROTECTIONS } from './protections/list.ts'
import { RiskController } from './risk-controller.ts'

interface Moment {
  /** Settings of the rule itself; all others have their defaults. */
  readonly values?: Readonly<Record<string, number | boolean>>
  /** A buy of 10 at 10,000, which is a notional of 100,000, when nothing else is said. */
  readonly order?: OrderRequest
  readonly view?: Partial<View>
  /** Settings of others, where their defaults would refuse first. */
  readonly others?: Readonly<Record<string, Readonly<Record<string, number>>>>
}

/** An account that has neither won nor lost. */
const rich = (equity: number): Partial<View> => ({
  equity: () => equity,
  peakEquity: () => equity,
  equityAtDayStart: () => equity,
  equityAtWeekStart: () => equity,
})
const book = (given: Partial<BookStatistics>): Partial<View> => ({
  bookStatistics: (strategy) => ({ ...view().bookStatistics(strategy), ...given }),
})
const ago = (minutes: number): Micros => (MONDAY - minutes * MINUTE) as Micros

const MOMENTS: Readonly<Record<string, Moment>> = {
  venueFilters: { view: { instruments: [instrument({ rules: [rules({ binding: true, step: 4 })] })] } },
  orderRate: { view: { ordersSince: () => 250 } },
  openOrders: { view: { openOrders: () => 1_000 } },
  tradable: { view: { isTraded: () => false } },
  leverage: { view: rich(99_999) },
  concentration: { values: { max: 0.5 }, view: rich(199_999) },
  drawdown: { view: { peakEquity: () => 1.25e12 } },
  loss: { view: { equityAtDayStart: () => 1.06e12 } },
  // A loss of 65,000, and a maintenance margin of 175 at the price then.
  liquidation: { view: rich(65_175), others: { leverage: { max: 2 } } },
  equityFloor: { values: { amount: 10_000 } },
  minimumFreeEquity: { values: { amount: 10_000 } },
  marginUse: { values: { max: 0.01 }, view: rich(499_900) },
  orderNotional: { values: { max: 0.5 }, view: rich(199_999) },
  dayVolume: { view: { dayVolume: () => 19 } },
  priceCollar: { view: { lastPrice: () => 9_000 as Price } },
  longExposure: { values: { max: 0.5 }, view: rich(199_999) },
  shortExposure: { values: { max: 0.5 }, view: rich(199_999), order: order({ side: 'sell' }) },
  grossExposure: { values: { max: 0.5 }, view: rich(199_999) },
  netExposure: { values: { max: 0.5 }, view: rich(199_999) },
  correlatedExposure: { values: { max: 0.5 }, view: rich(199_999) },
  positions: {
    values: { max: 1 },
    view: {
      instruments: [instrument(), instrument({ symbol: 'ETHUSDT' }, 1)],
      netQtyFilled: (_account, i, extra) => (i === 0 ? extra : 5 + extra),
    },
  },
  // Of a deviation of 10 % a day, 2.326 respectively 2.665 times.
  valueAtRisk: { values: { max: 0.1 }, view: rich(232_600) },
  expectedShortfall: { values: { max: 0.1 }, view: rich(266_500) },
  fundingCost: { values: { max: 0.001 }, view: { ...rich(299_000), fundingRate: () => 0.001 } },
  dailyTurnover: { values: { max: 0.5 }, view: { turnoverToday: () => 5e11 } },
  staleData: { view: { lastBarEnd: () => ago(2_880) } },
  crisisRegime: { view: { regime: () => ({ label: 'R7', newRisk: false }) as RegimeState } },
  volatilityHalt: { view: { volatility: () => 0.51 } },
  spreadBlowOut: { view: { spread: () => 0.011 } },
  fundingSpike: { view: { fundingRate: () => 0.021 } },
  coolDown: { values: { enabled: true }, view: book({ lastExit: ago(239), lastExitReason: 'stop' }) },
  consecutiveLosses: { values: { enabled: true }, view: book({ lossesInRow: 5, lastExit: ago(1_439) }) },
  maxEntries: { values: { enabled: true }, view: { entriesToday: () => 100 } },
  maxTrades: { values: { enabled: true }, view: book({ trades: 1_000 }) },
}

const never = <T extends { readonly name: string }>(rules_: readonly T[], name: string): readonly T[] =>
  rules_.map((rule) => (rule.name === name ? { ...rule, check: () => undefined } : rule))

describe('without', () => {
  it('a moment no rule is in the lists', () =>
    expect(Object.keys(MOMENTS)).toEqual([...LIMITS, ...PROTECTIONS].map(({ name }) => name)))

  it.each(Object.entries(MOMENTS))('%s an order would pass that it refuses', (name, moment) => {
    const asked = moment.order ?? order()
    const values = { ...moment.others, [name]: moment.values ?? {} }
    const seen = view(moment.view ?? {})
    expect(new RiskController(values).approve(asked, seen).refusal?.rule).toBe(name)
    const without = new RiskController(values, { limits: never(LIMITS, name), protections: never(PROTECTIONS, name) })
    expect(without.approve(asked, seen)).toEqual({ approved: asked, refusal: undefined })
  })
})
