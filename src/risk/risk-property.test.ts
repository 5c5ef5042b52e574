/**
 * No path reaches a venue without `Approved`, and what is approved keeps every limit: random orders, partial fills, cancels, price
 * moves and deposits against a simple model of two accounts. After each approval the limits are computed anew from the model's
 * orders and positions, without the code that refused. An order that leads its position toward zero and not beyond may pass.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Price, Qty } from '../core/exact.ts'
import { sideSign } from '../domain/order.ts'
import type { OrderRequest } from '../domain/order.ts'
import type { View } from '../domain/view.ts'
import { instrument, order, view } from '../../test/kernel/fixtures.ts'
import { LIMITS } from './limits/list.ts'
import { RiskController } from './risk-controller.ts'

const ACCOUNTS = 2
const INSTRUMENTS = 3
const VOLATILITY = [0.03, Number.NaN, 0.08]
const CORRELATION = [
  [1, 0.8, Number.NaN],
  [0.8, 1, -0.75],
  [Number.NaN, -0.75, 1],
]
const FUNDING = [0.001, -0.002, Number.NaN]
const Z = 2.3263478740408408
const TAIL = 2.6652142203458
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

interface Open {
  readonly request: OrderRequest
  left: number
}

/** Accounts as a venue would keep them, in floats. */
class Model {
  readonly cash = [1e6, 1e6]
  readonly positions = range(ACCOUNTS).map(() => range(INSTRUMENTS).map(() => 0))
  readonly prices = [100, 200, 50]
  open: Open[] = []
  peak = 2e6

  equity(account: number): number {
    return this.cash[account] + range(INSTRUMENTS).reduce((sum, i) => sum + this.positions[account][i] * this.prices[i], 0)
  }
  total(): number {
    return this.equity(0) + this.equity(1)
  }
  working(account: number, of: number, side: string): number {
    return this.open
      .filter(({ request }) => request.account === account && request.instrument === of && request.side === side)
      .reduce((sum, { left }) => sum + left, 0)
  }
  up(account: number, of: number): number {
    return this.positions[account][of] + this.working(account, of, 'buy')
  }
  down(account: number, of: number): number {
    return this.positions[account][of] - this.working(account, of, 'sell')
  }

  get view(): View {
    return view({
      instruments: range(INSTRUMENTS).map((i) => instrument({ symbol: `S${i}` }, i)),
      accounts: ACCOUNTS,
      lastPrice: (i) => this.prices[i] as Price,
      volatility: (i) => VOLATILITY[i],
      correlation: (one, other) => CORRELATION[one][other],
      fundingRate: (i) => FUNDING[i],
      dayVolume: () => 50_000,
      leverageSetting: () => 5,
      equity: (account) => this.equity(account),
      totalEquity: () => this.total(),
      totalPeakEquity: () => this.peak,
      totalAtDayStart: () => 2e6,
      totalAtWeekStart: () => 2.2e6,
      turnoverToday: () => 1e5,
      openOrders: (account) => this.open.filter(({ request }) => request.account === account).length,
      netQty: (account, i) => this.positions[account][i] as Qty,
      netQtyFilled: (account, i, extra) => (extra > 0 ? this.up(account, i) : this.down(account, i)) + extra,
      worstQty: (account, i, extra) =>
        Math.max(Math.abs(this.up(account, i) + Math.max(0, extra)), Math.abs(this.down(account, i) + Math.min(0, extra))),
    })
  }
}

/** What is measured of an approved order, and the bound that the setting gives; every limit of exposure and loss but `venueFilters`. */
function measures(model: Model, asked: OrderRequest): Readonly<Record<string, (bound: number) => boolean>> {
  const { account, instrument: own, side, qty, closes, decisionPrice } = asked
  const equity = model.equity(account)
  const total = model.total()
  const sign = sideSign(side)
  // The order is in flight already: its own instrument on the side to which it pushes, all others on both.
  const ends = (a: number, i: number): readonly number[] => {
    if (a === account && i === own) return [side === 'buy' ? model.up(a, i) : model.down(a, i)]
    return [model.up(a, i), model.down(a, i)]
  }
  const price = (a: number, i: number): number => (a === account && i === own ? decisionPrice : model.prices[i])
  const everything = range(ACCOUNTS).flatMap((a) =>
    range(INSTRUMENTS).map((i) => ({ a, i, ends: ends(a, i).map((end) => end * price(a, i)) })),
  )
  const mine = everything.filter(({ a }) => a === account)
  const sum = (list: typeof everything, of: (end: number, i: number) => number): number =>
    list.reduce((so, { i, ends: each }) => so + Math.max(...each.map((end) => of(end, i))), 0)
  const opened = (qty - closes) * decisionPrice
  const pushed = ends(account, own)[0] * decisionPrice
  let variance = 0
  for (const one of everything)
    for (const other of everything) {
      const deviation = (VOLATILITY[one.i] || 0.1) * (VOLATILITY[other.i] || 0.1)
      const correlation = CORRELATION[one.i][other.i]
      const same = one.a === other.a && one.i === other.i
      const products = same
        ? one.ends.map((end) => end * end)
        : one.ends.flatMap((x) => other.ends.map((y) => (Number.isNaN(correlation) ? Math.abs(x * y) : correlation * x * y)))
      variance += deviation * Math.max(...products)
    }
  const deviation = Math.sqrt(Math.max(0, variance))
  const together = everything.reduce((so, { a, i, ends: each }) => {
    if (a === account && i === own) return so + Math.abs(pushed)
    const alike = CORRELATION[own][i]
    return (
      so + Math.max(...each.map((end) => (Number.isNaN(alike) || alike * Math.sign(pushed * end) >= 0.7 ? Math.abs(end) : 0)))
    )
  }, 0)
  const fund = (end: number, i: number): number => (Number.isNaN(FUNDING[i]) ? 0 : Math.max(0, 3 * FUNDING[i] * end))
  const most = (value: number, of: number) => (bound: number) => value <= of * bound * (1 + 1e-9) + 1e-6
  return {
    openOrders: (bound) => model.open.filter(({ request }) => request.account === account).length <= bound,
    equityFloor: (bound) => equity > bound * 1e8,
    leverage: most(sum(mine, Math.abs), equity),
    concentration: most(Math.abs(pushed), equity),
    marginUse: most(sum(mine, Math.abs) / 5, equity),
    orderNotional: most(opened, equity),
    dayVolume: most(qty - closes, 50_000),
    longExposure:
      side === 'buy'
        ? most(
            sum(mine, (end) => Math.max(0, end)),
            equity,
          )
        : () => true,
    shortExposure:
      side === 'sell'
        ? most(
            sum(mine, (end) => Math.max(0, -end)),
            equity,
          )
        : () => true,
    grossExposure: most(sum(everything, Math.abs), total),
    netExposure: most(
      everything.reduce((so, { ends: each }) => so + Math.max(...each.map((end) => sign * end)), 0),
      total,
    ),
    correlatedExposure: most(together, total),
    positions: (bound) => mine.filter(({ ends: each }) => each.some((end) => end !== 0)).length <= bound,
    valueAtRisk: most(Z * deviation, total),
    expectedShortfall: most(TAIL * deviation, total),
    fundingCost: most(sum(mine, fund), equity),
    dailyTurnover: most(1e5 + opened, equity),
    priceCollar: (bound) => Math.abs(decisionPrice - model.prices[own]) <= model.prices[own] * bound,
    loss: (bound) => (2e6 - total) / 2e6 < bound,
    drawdown: (bound) => (model.peak - total) / model.peak < bound,
    liquidation: (bound) =>
      sum(mine, (end) => Math.abs(end) * bound + Math.abs(end) * (end > 0 ? 1 - bound : 1 + bound) * 0.005) < equity + 1e-3,
  }
}

/** The setting that is drawn, and from where to where. */
const BOUNDS: Readonly<Record<string, readonly [key: string, from: number, to: number]>> = {
  openOrders: ['max', 1, 6],
  equityFloor: ['amount', 0.005, 0.012],
  leverage: ['max', 0.2, 3],
  concentration: ['max', 0.1, 2],
  marginUse: ['max', 0.05, 0.6],
  orderNotional: ['max', 0.05, 1],
  dayVolume: ['max', 0.01, 0.2],
  longExposure: ['max', 0.1, 2],
  shortExposure: ['max', 0.1, 2],
  grossExposure: ['max', 0.1, 2],
  netExposure: ['max', 0.05, 1],
  correlatedExposure: ['max', 0.1, 2],
  positions: ['max', 1, 3],
  valueAtRisk: ['max', 0.01, 0.3],
  expectedShortfall: ['max', 0.01, 0.3],
  fundingCost: ['max', 0.0005, 0.01],
  dailyTurnover: ['max', 0.15, 1],
  priceCollar: ['max', 0.01, 0.2],
  loss: ['day', 0.01, 0.3],
  drawdown: ['moderate', 0.01, 0.3],
  liquidation: ['stress', 0.1, 0.9],
}
const NAMES = Object.keys(BOUNDS)

const event = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      account: fc.nat(ACCOUNTS - 1),
      instrument: fc.nat(INSTRUMENTS - 1),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      qty: fc.integer({ min: 1, max: 6_000 }),
      off: fc.constantFrom(0, 0, 0, 0.05, -0.1),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('fill' as const), which: fc.nat(20), most: fc.integer({ min: 1, max: 6_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), which: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('price' as const),
      instrument: fc.nat(INSTRUMENTS - 1),
      factor: fc.double({ min: 0.8, max: 1.25, noNaN: true }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('money' as const),
      account: fc.nat(ACCOUNTS - 1),
      amount: fc.integer({ min: -200_000, max: 200_000 }),
    }),
  },
)

it('every approval keeps every limit, with everything in flight at its worst, or leads its position toward zero', () => {
  const met = new Map<string, number>()
  let opened = 0
  const choice = fc.record({
    on: fc.subarray(NAMES, { maxLength: 5 }),
    at: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: NAMES.length, maxLength: NAMES.length }),
  })
  fc.assert(
    fc.property(choice, fc.array(event, { minLength: 10, maxLength: 40 }), ({ on, at }, events) => {
      const bounds = new Map(
        on.map((name) => {
          const [, from, to] = BOUNDS[name]
          const bound = from + (to - from) * at[NAMES.indexOf(name)]
          return [name, to - from >= 2 && from >= 1 ? Math.round(bound) : bound]
        }),
      )
      const off = LIMITS.map(({ name }) => [name, { enabled: false }] as const)
      const set = [...bounds].map(
        ([name, bound]) => [name, { enabled: true, [BOUNDS[name][0]]: bound, ...(name === 'loss' ? { week: 1 } : {}) }] as const,
      )
      const controller = new RiskController(Object.fromEntries([...off, ...set]))
      const model = new Model()
      for (const each of events) {
        if (each.do === 'price')
          model.prices[each.instrument] = Math.max(1, Math.round(model.prices[each.instrument] * each.factor))
        else if (each.do === 'money') {
          model.cash[each.account] += each.amount
          model.peak += each.amount
        } else if (each.do === 'cancel') model.open.splice(each.which, 1)
        else if (each.do === 'fill') {
          const one = model.open.at(each.which % Math.max(1, model.open.length))
          if (one === undefined) continue
          const { account, instrument: of, side } = one.request
          const qty = Math.min(each.most, one.left)
          model.positions[account][of] += sideSign(side) * qty
          model.cash[account] -= sideSign(side) * qty * model.prices[of]
          one.left -= qty
          if (one.left === 0) model.open = model.open.filter((other) => other !== one)
        } else {
          const net = model.positions[each.account][each.instrument]
          const sign = sideSign(each.side)
          const closes = Math.sign(net) === -sign ? Math.min(Math.abs(net), each.qty) : 0
          const asked = order({ ...each, closes, decisionPrice: Math.round(model.prices[each.instrument] * (1 + each.off)) })
          const { approved, refusal } = controller.approve(asked, model.view)
          if (approved === undefined) {
            met.set(refusal.rule, (met.get(refusal.rule) ?? 0) + 1)
            continue
          }
          model.open.push({ request: approved, left: approved.qty })
          const after = each.side === 'buy' ? model.up(each.account, each.instrument) : model.down(each.account, each.instrument)
          const reduces = Math.sign(net) === -sign && after * net >= 0
          const all = measures(model, asked)
          for (const [name, bound] of bounds)
            if ((!reduces || name === 'openOrders') && !all[name](bound)) throw new Error(`${name} is not kept: ${bound}`)
          if (!reduces) opened += 1
        }
      }
    }),
    { numRuns: 1_500 },
  )
  // Else it was not about anything: every one of them has refused something.
  expect([...met.keys()].sort()).toEqual([...NAMES].sort())
  expect(opened).toBeGreaterThan(500)
})
