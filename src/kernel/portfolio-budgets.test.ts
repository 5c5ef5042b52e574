/**
 * Shares of capital through the kernel: whatever comes and goes and whoever computes, all that stands together stays within
 * the allowed gross exposure; and the band leaves small changes alone, but never what safety asks for.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { spec } from '../../test/kernel/fixtures.ts'
import { KernelBench } from '../../test/kernel/kernel-bench.ts'
import type { Told } from '../../test/kernel/kernel-bench.ts'
import { createPrng } from '../core/random.ts'
import { DAY, HOUR } from '../core/time.ts'
import type { Decision, Target } from '../domain/decision.ts'
import { PORTFOLIO_DEFAULTS, PORTFOLIO_METHODS } from '../portfolio/settings.ts'
import type { PortfolioMethod, PortfolioValues } from '../portfolio/settings.ts'

const GROSS = 0.9 * 2
const PRICE = 10_000
const EQUITY = 10_000_000_000

const LOOSE = {
  leverage: { enabled: false, max: 2 },
  concentration: { enabled: false },
  drawdown: { enabled: false },
  loss: { enabled: false },
  liquidation: { enabled: false },
  venueFilters: { enabled: false },
  minimumFreeEquity: { enabled: false },
}

const SYMBOLS = ['AUSDT', 'BUSDT', 'CUSDT']

/** A kernel whose questions are answered when the test says so. */
class Desk {
  readonly bench: KernelBench
  readonly pending: { readonly request: string; readonly answer: unknown }[] = []
  readonly delisted = new Set<number>()
  instruments = SYMBOLS.length
  /** By book: the newest target. */
  readonly targets = new Map<number, Target>()

  constructor(portfolio: Partial<PortfolioValues>, strategyCount = 2, risk: ConstructorParameters<typeof KernelBench>[0] = {}) {
    this.bench = new KernelBench({
      strategyCount,
      accounts: [{ venue: 'sim', name: 'main', settle: 'USDT', leverage: 20 }],
      instruments: SYMBOLS.map((symbol) => spec({ symbol })),
      risk: LOOSE,
      sizing: { liquidity: { enabled: false } },
      allocation: { fraction: 0.9 },
      portfolio: { ...PORTFOLIO_DEFAULTS, ...portfolio },
      ...risk,
    })
    this.seen(this.bench.deposit(EQUITY))
  }

  seen(decision: Decision): Decision {
    for (const target of decision.targets) this.targets.set(target.signal.strategy, target)
    for (const effect of decision.effects)
      if (effect.kind === 'compute')
        this.pending.push({ request: effect.request, answer: this.bench.kernel.modelOf(effect)(effect.inputs) })
    return decision
  }

  bar(price: number, told: readonly (Told | undefined)[], instrument: number, later: number = HOUR): Decision {
    return this.seen(this.bench.bar(price, told, instrument, later))
  }

  answer(): Decision | undefined {
    const next = this.pending.shift()
    if (next === undefined) return undefined
    const event = { kind: 'model-answer', seq: 0, time: this.bench.now, strategy: -1, ...next } as const
    return this.seen(this.bench.handle(event as never))
  }

  delist(instrument: number): void {
    this.seen(this.bench.handle({ kind: 'delisted', seq: 0, time: this.bench.now, instrument } as never))
    this.delisted.add(instrument)
  }

  list(): void {
    this.seen(this.bench.list({ symbol: `N${this.instruments}USDT` }))
    this.instruments += 1
  }

  fillAll(): void {
    for (const order of [...this.bench.open.values()]) this.bench.execute(order, PRICE)
  }

  /** Days without opinions on which the first `count` instruments move, the later ones more. */
  warmUp(days: number, count = this.instruments): void {
    const prng = createPrng('budgets')
    for (let day = 0; day < days; day++)
      for (let i = 0; i < count; i++) {
        const last = day === days - 1
        this.bar(last ? PRICE : Math.round(PRICE * (1 + 0.01 * (i + 1) * prng.normal())), [], i, i === 0 ? DAY : 0)
      }
  }

  /** Of everything that stands: books hold or will hold it. */
  gross(): number {
    const { kernel } = this.bench
    let [weights, held] = [0, 0]
    for (const [book, { weight, signal, qty }] of this.targets) {
      if (this.delisted.has(signal.instrument)) continue
      if (qty !== 0) weights += Math.abs(weight?.fraction ?? 0)
      held += Math.abs(kernel.view.bookQtyInFlight(book, signal.instrument))
    }
    return Math.max(weights, (held * PRICE) / EQUITY)
  }
}

const direction = fc.constantFrom(-1, -0.5, 0, 0.7, 1)
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('bar'), which: fc.nat(5), told: fc.array(direction, { maxLength: 2 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('day'), which: fc.nat(5) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('answer') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('delist', 'list'), which: fc.nat(5) }) },
)

/** The first instrument held long at its budget, by one strategy. */
function holding(portfolio: Partial<PortfolioValues>, given: ConstructorParameters<typeof KernelBench>[0] = {}): Desk {
  const desk = new Desk({ method: 'risk-parity', window: 20, leastDays: 10, ...portfolio }, 1, given)
  desk.warmUp(15)
  while (desk.answer() !== undefined);
  desk.bar(PRICE, [{ direction: 1 }], 0)
  desk.fillAll()
  return desk
}

const orders = ({ effects }: Decision): number => effects.filter(({ kind }) => kind === 'submit').length

describe('all that stands together', () => {
  it.each([...PORTFOLIO_METHODS])('stays within the allowed gross exposure by %s', (method: PortfolioMethod) => {
    fc.assert(
      fc.property(fc.nat(3), fc.array(step, { minLength: 20, maxLength: 60 }), (known, steps) => {
        const desk = new Desk({ method, window: 20, leastDays: 10, spacing: 1, rebalance: 6, informationCoefficient: 0.5 })
        desk.warmUp(12, known)
        for (const each of steps) {
          const which = 'which' in each ? each.which % desk.instruments : 0
          const isOver = desk.delisted.has(which)
          if (each.do === 'bar' && 'told' in each && !isOver) {
            const told = each.told.map((side) => ({ direction: side }))
            desk.bar(PRICE, told, which)
          } else if (each.do === 'day' && !isOver) desk.bar(PRICE, [], which, DAY)
          else if (each.do === 'answer') desk.answer()
          else if (each.do === 'list' && desk.instruments < 6) desk.list()
          else if (each.do === 'delist' && !isOver) desk.delist(which)
          desk.fillAll()
          expect(desk.gross()).toBeLessThanOrEqual(GROSS * (1 + 1e-12))
        }
      }),
      { numRuns: 25 },
    )
  })
})

describe('a new answer', () => {
  it('trades nothing when it says the same, and with the band not when it says nearly the same', () => {
    const desk = holding({ band: 0.1, cost: 0 })
    const held = desk.bench.kernel.view.bookQty(0, 0)
    let [answers, sent] = [0, 0]
    for (let day = 0; day < 10; day++) {
      // Small moves change the budgets a little every day.
      for (let i = 0; i < 3; i++) desk.bar(PRICE + (day % 2 === 0 ? i + 1 : 0), [], i, i === 0 ? DAY : 0)
      for (let found = desk.answer(); found !== undefined; found = desk.answer()) {
        answers += 1
        if (found.targets.length > 0) sent += orders(found)
      }
      desk.fillAll()
    }
    expect(answers).toBeGreaterThanOrEqual(10)
    // The turn of the market from moving to nearly still is worth a few trades, and then there is rest.
    expect(sent).toBeLessThanOrEqual(4)
    expect(desk.bench.kernel.view.bookQty(0, 0)).toBeGreaterThan(held / 4)
  })

  it('that keeps the budgets moves no position', () => {
    const desk = holding({})
    // Equity as before, but the price is another: weighing again would trade.
    desk.bar(PRICE * 2, [], 0, DAY)
    const [{ request, answer }] = desk.pending.splice(0)
    const kept = { ...(answer as object), status: 'kept', reason: 'because' }
    const event = { kind: 'model-answer', seq: 0, time: desk.bench.now, strategy: -1, request, answer: kept }
    const decision = desk.bench.handle(event as never)
    expect([decision.effects, decision.remarks]).toEqual([[], ['the budgets stay as they were: because']])
  })
})

describe('an instrument', () => {
  it('that comes takes its part out of what the others hold, without waiting for their opinions', () => {
    const desk = new Desk({ method: 'fixed' }, 1)
    desk.bar(PRICE, [{ direction: 1 }], 0)
    desk.fillAll()
    const alone = desk.bench.kernel.view.bookQty(0, 0)
    const decision = desk.bar(PRICE, [], 1)
    expect(decision.targets).toMatchObject([{ signal: { instrument: 0 }, qty: Math.floor(alone / 2) }])
    expect(orders(decision)).toBe(1)
  })

  it('that goes leaves its part to the others from their next opinion on, and asks for a computation', () => {
    const desk = holding({ rebalance: 8_760, spacing: 1 })
    const before = desk.targets.get(0)?.weight?.parts.budget ?? 0
    desk.delist(2)
    expect(desk.pending).toEqual([])
    desk.bar(PRICE, [], 1)
    expect(desk.pending.length).toBe(1)
    desk.answer()
    expect(desk.targets.get(0)?.weight?.parts.budget).toBeGreaterThan(before)
    desk.delist(0)
    expect(desk.gross()).toBe(0)
  })
})

describe('the band', () => {
  it('does not hold back what a drawdown asks for', () => {
    const levels = { drawdown: { enabled: true, mild: 0.02, moderate: 0.5, severe: 0.9 } }
    const desk = holding({ band: 1 }, { risk: { ...LOOSE, ...levels } })
    const held = desk.bench.kernel.view.bookQty(0, 0)
    const decision = desk.bar(PRICE * 0.9, [], 0)
    expect(decision.actions.map(({ level }) => level)).toEqual(['MILD'])
    expect(decision.targets.length).toBe(1)
    expect(decision.targets[0].qty).toBeLessThan(0.8 * held)
  })
})

describe('shares that follow results', () => {
  it('are weighed again as they move, and stay together within the budget', () => {
    const desk = new Desk({ method: 'fixed', adaptive: true, adaptiveStep: 0.05, adaptiveHalfLife: 10 }, 2)
    for (let i = 0; i < 3; i++) desk.bar(PRICE, [], i, 0)
    desk.bar(PRICE, [{ direction: 1 }, { direction: -1 }], 0)
    desk.fillAll()
    const shares: number[][] = []
    const prng = createPrng('adaptive')
    let price = PRICE
    for (let day = 0; day < 40; day++) {
      price *= 1 + 0.004 + 0.004 * prng.normal()
      const { targets } = desk.bar(Math.round(price), [], 0, DAY)
      for (const order of [...desk.bench.open.values()]) desk.bench.execute(order, Math.round(price))
      if (targets.length === 2) shares.push(targets.map(({ weight }) => weight?.parts.share ?? Number.NaN))
    }
    expect(shares.length).toBeGreaterThan(10)
    for (const [one, other] of shares) expect(one + other).toBeCloseTo(1, 9)
    // The first was long in a market that rose.
    const [winner, loser] = shares[shares.length - 1]
    expect(winner).toBeGreaterThan(0.58)
    expect(loser).toBeGreaterThanOrEqual(0.5 * PORTFOLIO_DEFAULTS.adaptiveFloor - 1e-12)
  })

  it('do not move for a strategy that a regime keeps out: a day without result says nothing', () => {
    const desk = new Desk({ method: 'fixed', adaptive: true }, 2)
    desk.bar(PRICE, [{ direction: 1 }], 0)
    for (let day = 0; day < 5; day++) desk.bar(PRICE, [], 0, DAY)
    desk.bar(PRICE, [{ direction: 1 }, { direction: 1 }], 1)
    expect([...desk.targets.values()].map(({ weight }) => weight?.parts.share)).toEqual([0.5, 0.5, 0.5])
  })
})
