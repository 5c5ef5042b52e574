/**
 * Whatever happens: what the first door lets through keeps every limit with all that is in flight counted at its worst,
 * or makes the position strictly smaller. Judged from the effects and reports alone.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../core/time.ts'
import { rules, spec } from '../../test/kernel/fixtures.ts'
import { KernelBench } from '../../test/kernel/kernel-bench.ts'
import type { Told } from '../../test/kernel/kernel-bench.ts'
import type { Decision } from '../domain/decision.ts'
import { sideSign } from '../domain/order.ts'
import type { OrderRequest } from '../domain/order.ts'

const COUNT = 2
const CAPITAL = 2_000_000

interface Limits {
  readonly leverage: { readonly max: number; readonly enabled: boolean }
  readonly concentration: { readonly max: number; readonly enabled: boolean }
  readonly drawdown: { readonly moderate: number; readonly enabled: boolean }
  readonly loss: { readonly day: number; readonly week: number; readonly enabled: boolean }
  readonly orderRate: { readonly per10s: number; readonly perMinute: number; readonly enabled: boolean }
  readonly openOrders: { readonly max: number; readonly enabled: boolean }
  readonly venueFilters: { readonly enabled: boolean }
}
const enabled = fc.boolean()
const share = fc.double({ min: 0.05, max: 0.9, noNaN: true })
const multiple = fc.double({ min: 0.3, max: 5, noNaN: true })
const limits: fc.Arbitrary<Limits> = fc.record({
  leverage: fc.record({ enabled, max: multiple }),
  concentration: fc.record({ enabled, max: multiple }),
  drawdown: fc.record({ enabled, moderate: share }),
  loss: fc.record({ enabled, day: share, week: share }),
  orderRate: fc.record({
    enabled,
    per10s: fc.integer({ min: 1, max: 4 }),
    perMinute: fc.integer({ min: 2, max: 8 }),
  }),
  openOrders: fc.record({ enabled, max: fc.integer({ min: 2, max: 8 }) }),
  venueFilters: fc.record({ enabled }),
})

type Step =
  | {
      readonly do: 'bar'
      readonly instrument: number
      readonly price: number
      readonly told: readonly (Told | undefined)[]
      readonly pause: number
    }
  | { readonly do: 'fill'; readonly which: number; readonly most: number; readonly price: number }
  | { readonly do: 'end'; readonly which: number; readonly how: 'order-canceled' | 'order-expired' | 'order-rejected' }
  | { readonly do: 'money'; readonly amount: number }
  | { readonly do: 'command'; readonly command: 'pause' | 'resume' | 'reduce' | 'flatten' }
  | { readonly do: 'liquidate'; readonly instrument: number; readonly price: number }

const price = fc.integer({ min: 5_000, max: 15_000 })
const instrument = fc.nat(COUNT - 1)
/** Mostly whole steps. */
const size = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 60 }).map((steps) => steps * 5) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 300 }) },
)
const told: fc.Arbitrary<Told | undefined> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(undefined) },
  { weight: 4, arbitrary: fc.record({ direction: fc.constantFrom(-1, -1, 1, 1, 0), qty: size }) },
  { weight: 1, arbitrary: fc.record({ direction: fc.double({ min: -1, max: 1, noNaN: true }) }) },
  { weight: 1, arbitrary: fc.record({ direction: fc.constantFrom(-1, 1), qty: size, stop: fc.integer({ min: 20, max: 180 }) }) },
)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('bar' as const),
      instrument,
      price,
      told: fc.tuple(told),
      pause: fc.constantFrom(0, 3 * SECOND, 20 * SECOND, HOUR),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('fill' as const),
      which: fc.nat(20),
      most: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 100 })),
      price,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      which: fc.nat(20),
      how: fc.constantFrom('order-canceled' as const, 'order-expired' as const, 'order-rejected' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('money' as const), amount: fc.integer({ min: -300_000, max: 300_000 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('command' as const),
      command: fc.constantFrom<'pause' | 'resume' | 'reduce' | 'flatten'>(
        'pause',
        'reduce',
        'flatten',
        ...Array.from({ length: 6 }, () => 'resume' as const),
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('liquidate' as const), instrument, price }) },
)

function hold(kept: boolean, what: string): void {
  if (!kept) throw new Error(`not kept: ${what}`)
}

/** Looks at each decision with nothing but the venue's orders and positions. */
class Judge {
  readonly bench: KernelBench
  readonly limits: Limits
  readonly prices = Array.from({ length: COUNT }, () => 0)
  readonly sentAt: number[] = []
  state: 'ACTIVE' | 'REDUCING' | 'HALTED' = 'ACTIVE'
  /** Who resumes forgives the drawdown. */
  resumed = false
  approved = { opening: 0, reducing: 0, refused: 0 }

  constructor(bench: KernelBench, given: Limits) {
    this.bench = bench
    this.limits = given
  }

  /** Remaining quantity of open orders of one side; stops only ever reduce. */
  #openQty(of: number, side: string, except: ReadonlySet<string>): number {
    return [...this.bench.open.values()]
      .filter(
        ({ request }) =>
          request.instrument === of && request.side === side && request.reason !== 'stop' && !except.has(request.clientOrderId),
      )
      .reduce((sum, { request, filled }) => sum + request.qty - filled, 0)
  }

  #worst(of: number): number {
    const { qty } = this.bench.position(of)
    return Math.max(Math.abs(qty + this.#openQty(of, 'buy', new Set())), Math.abs(qty - this.#openQty(of, 'sell', new Set())))
  }

  /** Everything open on the side of the order filled, itself too; the other side was judged before. */
  #pushed({ instrument: of, side }: OrderRequest): number {
    return Math.abs(this.bench.position(of).qty + sideSign(side) * this.#openQty(of, side, new Set()))
  }

  /** It only closes, or goes from the position toward zero and not beyond, with all that goes the same way. */
  #reduces({ instrument: of, side, qty, closes, reduceOnly }: OrderRequest, later: ReadonlySet<string>): boolean {
    hold(reduceOnly === (closes === qty), 'reduce-only is what only closes')
    if (reduceOnly) return true
    const held = this.bench.position(of).qty
    return held !== 0 && Math.sign(held) === -sideSign(side) && qty + this.#openQty(of, side, later) <= Math.abs(held)
  }

  judge({ effects, refusals }: Decision, isFlatten: boolean): void {
    this.approved.refused += refusals.length
    const orders = effects.flatMap((effect) => (effect.kind === 'submit' ? [effect.order] : []))
    if (isFlatten) {
      for (const order of orders)
        hold(order.reduceOnly && order.qty === Math.abs(this.bench.position(order.instrument).qty), 'a flatten only closes')
      this.sentAt.push(...orders.map(() => this.bench.now))
      return
    }
    const opening: OrderRequest[] = []
    orders.forEach((order, i) => {
      const later = new Set(orders.slice(i).map(({ clientOrderId }) => clientOrderId))
      const reduces = this.#reduces(order, later)
      this.approved[reduces ? 'reducing' : 'opening'] += 1
      if (!reduces) opening.push(order)
      if (order.reason !== 'stop' && order.reason !== 'flatten')
        hold(this.state !== 'HALTED', 'nothing passes when trading is HALTED')
      // A stop that moves passes whatever the limits say, and so does what the drawdown closes.
      if (order.reason !== 'stop' && order.reason !== 'flatten') this.#holdAlways(order)
      this.sentAt.push(this.bench.now)
    })
    if (opening.length === 0) return
    hold(this.state === 'ACTIVE', 'nothing is opened when trading is not ACTIVE')
    for (const order of opening) this.#holdExposure(order)
    this.#holdLosses()
  }

  #holdAlways({ qty, closes, reduceOnly, decisionPrice, instrument: of }: OrderRequest): void {
    const { orderRate, openOrders, venueFilters } = this.limits
    if (orderRate.enabled) {
      const since = (span: number): number => this.sentAt.filter((time) => time > this.bench.now - span).length
      hold(since(10 * SECOND) < orderRate.per10s, 'orders in ten seconds')
      hold(since(MINUTE) < orderRate.perMinute, 'orders in a minute')
    }
    if (openOrders.enabled) hold(this.bench.kernel.orders.openCount <= openOrders.max, 'open orders')
    if (venueFilters.enabled && of === 0) {
      hold(qty % 5 === 0, 'step')
      hold(qty <= 200, 'largest quantity')
      hold(reduceOnly || (qty - closes) * decisionPrice >= 100_000, 'least notional')
    }
  }

  #holdExposure(order: OrderRequest): void {
    const equity = this.bench.kernel.view.equity(0)
    const { leverage, concentration } = this.limits
    const gross = this.prices.reduce(
      (sum, last, i) => sum + (i === order.instrument ? this.#pushed(order) : this.#worst(i)) * last,
      0,
    )
    if (leverage.enabled) hold(gross <= equity * leverage.max, 'leverage')
    if (concentration.enabled)
      hold(this.#pushed(order) * this.prices[order.instrument] <= equity * concentration.max, 'concentration')
  }

  #holdLosses(): void {
    const { view } = this.bench.kernel
    const { drawdown, loss } = this.limits
    const equity = view.equity(0)
    const keeps = (mark: number, most: number): void => {
      if (mark > 0) hold((mark - equity) / mark < most, 'loss')
    }
    if (drawdown.enabled && !this.resumed) keeps(view.peakEquity(0), drawdown.moderate)
    if (loss.enabled) keeps(view.equityAtDayStart(0), loss.day)
    if (loss.enabled) keeps(view.equityAtWeekStart(0), loss.week)
  }
}

it('every approval keeps every limit that is on, or strictly reduces', () => {
  const total = { opening: 0, reducing: 0, refused: 0 }
  fc.assert(
    fc.property(limits, fc.array(step, { minLength: 10, maxLength: 60 }), (given, list) => {
      const binding = rules({ binding: true, step: 5, maxQty: 200, minNotional: 100_000n })
      const bench = new KernelBench({
        instruments: [spec({ rules: [binding] }), spec({ symbol: 'ETHUSDT' })],
        risk: given as unknown as Record<string, Record<string, number | boolean>>,
      })
      const judge = new Judge(bench, given)
      bench.deposit(CAPITAL)
      for (const each of list) run(bench, judge, each)
      for (const name of ['opening', 'reducing', 'refused'] as const) total[name] += judge.approved[name]
    }),
    { numRuns: 300 },
  )
  // Else it was not about anything.
  expect(Math.min(total.opening, total.reducing, total.refused)).toBeGreaterThan(100)
})

function run(bench: KernelBench, judge: Judge, each: Step): void {
  const open = [...bench.open.values()]
  switch (each.do) {
    case 'bar': {
      judge.prices[each.instrument] = each.price
      // Sometimes bars follow each other closely: then the order rate has something to count.
      const now = bench.now
      const decision = bench.bar(each.price, each.told, each.instrument, each.pause)
      expect(bench.now).toBe(now + each.pause)
      judge.judge(decision, false)
      break
    }
    case 'fill':
      if (open.length > 0) bench.execute(open[each.which % open.length], each.price, each.most)
      break
    case 'end':
      if (open.length > 0)
        bench.tell(
          each.how === 'order-rejected' && open[each.which % open.length].filled > 0 ? 'order-canceled' : each.how,
          open[each.which % open.length].request,
        )
      break
    case 'money':
      bench.deposit(each.amount)
      break
    case 'command':
      if (each.command === 'resume') {
        judge.state = 'ACTIVE'
        judge.resumed = true
      } else if (each.command === 'flatten') judge.state = 'HALTED'
      else if (judge.state === 'ACTIVE') judge.state = 'REDUCING'
      judge.judge(bench.command(each.command), each.command === 'flatten')
      break
    case 'liquidate':
      bench.liquidate(each.instrument, each.price)
      break
  }
}
