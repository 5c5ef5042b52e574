/**
 * Two or three strategies share an account and its instruments: they net, cross, reverse and move their stops, while the venue
 * fills, cancels, rejects and liquidates. Whatever happens, an order that passed the first door keeps every limit with all that is
 * in flight at its worst, or makes a position strictly smaller and no exposure larger; an order of the second door only closes.
 *
 * Positions, cash and orders are kept here from events and effects alone, and every limit is computed anew from them.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { rateOf } from '../core/exact.ts'
import { HOUR, MINUTE, SECOND } from '../core/time.ts'
import type { Decision } from '../domain/decision.ts'
import type { Event } from '../domain/event.ts'
import { isProtectiveStop, sideSign } from '../domain/order.ts'
import type { OrderRequest } from '../domain/order.ts'
import { LIMITS } from '../risk/limits/list.ts'
import { rules, spec } from '../../test/kernel/fixtures.ts'
import { KernelBench } from '../../test/kernel/kernel-bench.ts'
import type { Told } from '../../test/kernel/kernel-bench.ts'

const COUNT = 2
const CAPITAL = 2_000_000
const LEVERAGE = 5
const MAINTENANCE = 0.005
const UNKNOWN_VOLATILITY = 0.1
/** The 99 % quantile of the normal distribution, and the mean beyond it. */
const QUANTILE = 2.3263478740408408
const TAIL = 2.665214220345808
const ALL = Array.from({ length: COUNT }, (_, i) => i)
/** What floats may differ by where a limit is no product of whole numbers. */
const ROUNDING = 1 + 1e-9

function hold(kept: boolean, what: string): void {
  if (!kept) throw new Error(`not kept: ${what}`)
}

/** The lowest and the highest position that an instrument may end at. */
interface Ends {
  readonly up: number
  readonly down: number
}
const at = (qty: number): Ends => ({ up: qty, down: qty })
const worst = ({ up, down }: Ends): number => Math.max(Math.abs(up), Math.abs(down))

/** What limits look at. */
interface Facts {
  readonly ends: readonly Ends[]
  readonly prices: readonly number[]
  readonly equity: number
  readonly rates: readonly number[]
  readonly volatility: readonly number[]
  readonly correlation: number
}

/** Exposures that get smaller, or stay, whenever one position gets smaller. */
function exposures({ ends, prices, rates }: Facts): Readonly<Record<string, number>> {
  const sum = (of: (each: Ends, i: number) => number): number => ALL.reduce((so, i) => so + of(ends[i], i) * prices[i], 0)
  const gross = sum(worst)
  return {
    gross,
    margin: ALL.reduce((so, i) => so + (worst(ends[i]) * prices[i]) / LEVERAGE, 0),
    long: sum(({ up }) => Math.max(0, up)),
    short: sum(({ down }) => Math.max(0, -down)),
    positions: ends.filter((each) => worst(each) > 0).length,
    funding: sum(({ up, down }, i) => Math.max(0, up * rates[i], down * rates[i]) * 3),
  }
}

/** Value at risk per deviation: every pair at its worst. */
function deviation({ ends, prices, volatility, correlation }: Facts): number {
  let variance = 0
  for (const i of ALL)
    for (const j of ALL) {
      const products = [ends[i].up, ends[i].down].flatMap((one) => [ends[j].up, ends[j].down].map((other) => one * other))
      const scale = volatility[i] * prices[i] * volatility[j] * prices[j]
      if (i === j) variance += scale * worst(ends[i]) ** 2
      else if (Number.isNaN(correlation)) variance += scale * Math.max(...products.map(Math.abs))
      else variance += scale * Math.max(...products.map((product) => correlation * product))
    }
  return Math.sqrt(variance)
}

interface Opening {
  readonly order: OrderRequest
  readonly facts: Facts
  readonly turnover: number
}

/** Whether an order that opens keeps a limit at a bound. */
const KEPT: Readonly<Record<string, (opening: Opening, bound: number) => boolean>> = {
  leverage: ({ facts }, bound) => exposures(facts)['gross'] <= facts.equity * bound,
  grossExposure: ({ facts }, bound) => exposures(facts)['gross'] <= facts.equity * bound,
  concentration: ({ order, facts }, bound) => worst(facts.ends[order.instrument]) * order.decisionPrice <= facts.equity * bound,
  marginUse: ({ facts }, bound) => exposures(facts)['margin'] <= facts.equity * bound * ROUNDING,
  minimumFreeEquity: ({ facts }, bound) => facts.equity - exposures(facts)['margin'] * ROUNDING >= bound * 1e8 - 1e-3,
  equityFloor: ({ facts }, bound) => facts.equity > bound * 1e8,
  orderNotional: ({ order, facts }, bound) => (order.qty - order.closes) * order.decisionPrice <= facts.equity * bound,
  longExposure: ({ order, facts }, bound) => order.side === 'sell' || exposures(facts)['long'] <= facts.equity * bound,
  shortExposure: ({ order, facts }, bound) => order.side === 'buy' || exposures(facts)['short'] <= facts.equity * bound,
  netExposure: ({ order, facts: { ends, prices, equity } }, bound) => {
    const sign = sideSign(order.side)
    return ALL.reduce((sum, i) => sum + Math.max(sign * ends[i].up, sign * ends[i].down) * prices[i], 0) <= equity * bound
  },
  correlatedExposure: ({ order, facts: { ends, prices, equity, correlation } }, bound) => {
    const side = Math.sign(ends[order.instrument].up)
    const together = ALL.reduce((sum, i) => {
      if (i === order.instrument) return sum + worst(ends[i]) * prices[i]
      const moves = (end: number): number => (correlation * side * Math.sign(end) < 0.7 ? 0 : Math.abs(end))
      return sum + Math.max(moves(ends[i].up), moves(ends[i].down)) * prices[i]
    }, 0)
    return together <= equity * bound
  },
  positions: ({ facts }, bound) => exposures(facts)['positions'] <= bound,
  fundingCost: ({ facts }, bound) => exposures(facts)['funding'] <= facts.equity * bound * ROUNDING,
  dailyTurnover: ({ order, facts, turnover }, bound) =>
    turnover + (order.qty - order.closes) * order.decisionPrice <= facts.equity * bound,
  valueAtRisk: ({ facts }, bound) => deviation(facts) * QUANTILE <= facts.equity * bound * ROUNDING,
  expectedShortfall: ({ facts }, bound) => deviation(facts) * TAIL <= facts.equity * bound * ROUNDING,
  liquidation: ({ facts: { ends, prices, equity } }, bound) => {
    const needs = (qty: number): number => Math.abs(qty) * bound + Math.abs(qty) * (1 - Math.sign(qty) * bound) * MAINTENANCE
    const needed = ALL.reduce((sum, i) => sum + Math.max(needs(ends[i].up), needs(ends[i].down)) * prices[i], 0)
    // The maintenance margin is a whole number of units, rounded for each position.
    return needed < equity + COUNT
  },
}

/** The setting that is drawn, and from where to where; `orderRate`, `openOrders`, `drawdown` and `loss` have their own judges. */
const BOUNDS: Readonly<Record<string, readonly [key: string, from: number, to: number]>> = {
  leverage: ['max', 0.3, 4],
  grossExposure: ['max', 0.3, 4],
  concentration: ['max', 0.2, 2],
  marginUse: ['max', 0.05, 0.6],
  minimumFreeEquity: ['amount', 0.001, 0.02],
  equityFloor: ['amount', 0.005, 0.025],
  orderNotional: ['max', 0.1, 1],
  longExposure: ['max', 0.1, 2],
  shortExposure: ['max', 0.1, 2],
  netExposure: ['max', 0.1, 2],
  correlatedExposure: ['max', 0.1, 2],
  positions: ['max', 1, 1],
  fundingCost: ['max', 0.0005, 0.01],
  dailyTurnover: ['max', 0.3, 6],
  valueAtRisk: ['max', 0.02, 0.6],
  expectedShortfall: ['max', 0.02, 0.6],
  liquidation: ['stress', 0.1, 0.9],
  drawdown: ['moderate', 0.05, 0.29],
  loss: ['day', 0.02, 0.5],
  orderRate: ['per10s', 1, 5],
  openOrders: ['max', 2, 9],
}
const NAMES = Object.keys(BOUNDS)

type Bounds = ReadonlyMap<string, number>

/** The bench that looks at each event and decision, and keeps accounts of its own. */
class Judge extends KernelBench {
  readonly bounds: Bounds
  readonly qty = ALL.map(() => 0)
  readonly prices = ALL.map(() => 0)
  readonly rates = ALL.map(() => Number.NaN)
  readonly entries = new Map<string, { readonly request: OrderRequest; left: number }>()
  readonly sentAt: number[] = []
  readonly refused = new Map<string, number>()
  cash = 0
  traded = 0
  day = 0
  state: 'ACTIVE' | 'REDUCING' | 'HALTED' = 'ACTIVE'
  /** A person has forgiven a drawdown: from then on its peak is another. */
  forgiven = false
  counts = { opening: 0, reducing: 0, closing: 0, crosses: 0, stops: 0, refused: 0 }

  constructor(bounds: Bounds, strategyCount: number) {
    const off = LIMITS.map(({ name }) => [name, { enabled: false }] as const)
    const on = [...bounds].map(
      ([name, bound]) => [name, { enabled: true, [BOUNDS[name][0]]: bound, ...(name === 'loss' ? { week: 1 } : {}) }] as const,
    )
    super({
      strategyCount,
      accounts: [{ venue: 'sim', name: 'main', settle: 'USDT', leverage: LEVERAGE }],
      instruments: [spec({ rules: [rules({ binding: true, step: 5 })] }), spec({ symbol: 'ETHUSDT' })],
      risk: Object.fromEntries([...off, ...on]),
    })
    this.bounds = bounds
  }

  override handle(event: Event): Decision {
    this.#book(event)
    const decision = super.handle(event)
    this.#judge(decision, event)
    return decision
  }

  #book(event: Event): void {
    const today = Math.floor(event.time / (24 * HOUR))
    if (today > this.day) this.traded = 0
    this.day = today
    if (event.kind === 'bar') this.prices[event.instrument] = event.close
    if (event.kind === 'funding') this.rates[event.instrument] = Number(event.rate) / Number(rateOf('1'))
    if (event.kind === 'account') this.cash += Number(event.amount)
    if (event.kind === 'order-filled' && event.fill !== undefined) {
      const { instrument, side, qty, price } = event.fill
      this.qty[instrument] += sideSign(side) * qty
      this.cash -= sideSign(side) * qty * price
      this.traded += qty * price
      const entry = this.entries.get(event.clientOrderId)
      if (entry !== undefined) entry.left -= qty
      if (entry?.left === 0) this.entries.delete(event.clientOrderId)
    }
    if (event.kind === 'order-canceled' || event.kind === 'order-expired' || event.kind === 'order-rejected')
      this.entries.delete(event.clientOrderId)
    if (event.kind === 'command') {
      if (event.command === 'resume') {
        this.state = 'ACTIVE'
        this.forgiven = true
      } else if (event.command === 'flatten') this.state = 'HALTED'
      else if (this.state === 'ACTIVE') this.state = 'REDUCING'
    }
  }

  get equity(): number {
    return ALL.reduce((sum, i) => sum + this.qty[i] * this.prices[i], this.cash)
  }

  /** Where everything in flight on one side leads; what is reduce-only stops at zero. */
  #filled(of: number, side: 'buy' | 'sell'): number {
    const sign = sideSign(side)
    let qty = this.qty[of]
    let closing = 0
    for (const { request, left } of this.entries.values()) {
      if (request.instrument !== of || request.side !== side) continue
      if (request.reduceOnly) closing += left
      else qty += sign * left
    }
    return qty * sign < 0 ? qty + sign * Math.min(closing, Math.abs(qty)) : qty
  }

  #facts(ends: readonly Ends[]): Facts {
    const { view } = this.kernel
    const volatility = ALL.map((i) => (Number.isNaN(view.volatility(i)) ? UNKNOWN_VOLATILITY : view.volatility(i)))
    const rates = this.rates.map((rate) => (Number.isNaN(rate) ? 0 : rate))
    return { ends, prices: this.prices, equity: this.equity, rates, volatility, correlation: view.correlation(0, 1) }
  }

  #judge({ effects, refusals, bookings }: Decision, event: Event): void {
    hold(this.kernel.view.equity(0) === this.equity, 'equity is cash and positions')
    for (const i of ALL) hold(this.kernel.view.netQty(0, i) === this.qty[i], 'the net position is what was filled')
    this.counts.refused += refusals.length
    this.counts.crosses += bookings.filter(({ kind }) => kind === 'cross').length
    for (const { rule } of refusals) this.refused.set(rule, (this.refused.get(rule) ?? 0) + 1)
    for (const effect of effects) {
      if (effect.kind !== 'submit') continue
      this.#judgeOrder(effect.order)
      this.sentAt.push(event.time)
    }
  }

  #judgeOrder(order: OrderRequest): void {
    const { instrument: of, side, qty, reduceOnly, closes, reason, decisionPrice } = order
    const sign = sideSign(side)
    const held = this.qty[of]
    hold(reduceOnly === (closes === qty), 'reduce-only is what only closes')
    if (isProtectiveStop(order)) {
      this.counts.stops += 1
      const other = this.#filled(of, side === 'buy' ? 'sell' : 'buy')
      hold(reduceOnly, 'a stop is reduce-only')
      hold(held * sign < 0 || other * sign < 0, 'a stop has something to close')
      return
    }
    hold(decisionPrice === this.prices[of], 'decisions are made at the last price')
    if (reason === 'flatten') {
      this.counts.closing += 1
      hold(reduceOnly && qty === Math.abs(held) && held * sign < 0, 'the second door closes what is held')
      this.entries.set(order.clientOrderId, { request: order, left: qty })
      return
    }
    const before = this.#filled(of, side)
    this.entries.set(order.clientOrderId, { request: order, left: qty })
    this.#judgeAlways()
    hold(this.state !== 'HALTED', 'nothing passes the first door when trading is HALTED')
    if (reduceOnly || (held * sign < 0 && (before + sign * qty) * held >= 0)) this.#judgeReducing(order)
    else this.#judgeOpening(order)
  }

  #judgeAlways(): void {
    const rate = this.bounds.get('orderRate')
    const most = this.bounds.get('openOrders')
    if (rate !== undefined)
      hold(this.sentAt.filter((time) => time > this.now - 10 * SECOND).length < rate, 'orders in ten seconds')
    // All that it stands among are still there, those that the same decision sends later too.
    if (most !== undefined) hold(this.entries.size <= most, 'open orders')
  }

  /** As if it fills: every exposure of its account is smaller or the same. */
  #judgeReducing({ instrument: of, side, qty, reduceOnly }: OrderRequest): void {
    this.counts.reducing += 1
    const sign = sideSign(side)
    const held = this.qty[of]
    // What a reduce-only order finds nothing of does nothing.
    const closed = held * sign < 0 ? Math.min(qty, Math.abs(held)) : 0
    if (!reduceOnly) hold(closed === qty, 'what is not reduce-only reduces with all of it')
    const then = this.qty.map((each, i) => at(i === of ? each + sign * closed : each))
    const [now, after] = [exposures(this.#facts(this.qty.map(at))), exposures(this.#facts(then))]
    for (const [name, value] of Object.entries(after)) hold(value <= now[name], `what reduces makes no ${name} larger`)
    if (closed > 0) hold(after['gross'] < now['gross'], 'what reduces makes the gross exposure smaller')
  }

  #judgeOpening(order: OrderRequest): void {
    this.counts.opening += 1
    const { instrument: own, side } = order
    hold(this.state === 'ACTIVE', 'nothing is opened when trading is not ACTIVE')
    // Of its own instrument the side to which it pushes; the other was judged when its orders were.
    const ends = ALL.map((i) =>
      i === own ? at(this.#filled(i, side)) : { up: this.#filled(i, 'buy'), down: this.#filled(i, 'sell') },
    )
    const opening = { order, facts: this.#facts(ends), turnover: this.traded }
    for (const [name, bound] of this.bounds) {
      const kept = KEPT[name]
      if (kept !== undefined) hold(kept(opening, bound), `${name} of ${bound}`)
    }
    const { view } = this.kernel
    const day = this.bounds.get('loss')
    const moderate = this.bounds.get('drawdown')
    const falls = (mark: number, most: number): boolean => mark <= 0 || (mark - this.equity) / mark < most
    if (day !== undefined) hold(falls(view.totalAtDayStart(), day), 'loss of the day')
    if (moderate !== undefined && !this.forgiven) hold(falls(view.totalPeakEquity(), moderate), 'drawdown')
  }
}

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
  | { readonly do: 'funding'; readonly instrument: number; readonly rate: string }
  | { readonly do: 'command'; readonly command: 'pause' | 'resume' | 'reduce' | 'flatten' }
  | { readonly do: 'liquidate'; readonly instrument: number; readonly price: number }

const constant = <const T extends string>(what: T): fc.Arbitrary<T> => fc.constant(what)
const price = fc.integer({ min: 7_000, max: 13_000 })
const instrument = fc.nat(COUNT - 1)
const size = fc.integer({ min: 1, max: 40 }).map((steps) => steps * 5)
const stop = fc.integer({ min: 6_000, max: 14_000 })
const told: fc.Arbitrary<Told | undefined> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  { weight: 4, arbitrary: fc.record({ direction: fc.constantFrom(-1, -1, 1, 1, 0), qty: size }) },
  { weight: 2, arbitrary: fc.record({ direction: fc.double({ min: -1, max: 1, noNaN: true }) }) },
  { weight: 3, arbitrary: fc.record({ direction: fc.constantFrom(-1, 1), qty: size, stop }) },
)
const bar = fc.record({
  do: constant('bar'),
  instrument,
  price,
  told: fc.tuple(told, told, told),
  pause: fc.constantFrom(0, 3 * SECOND, MINUTE, HOUR, 8 * HOUR),
})
const fill = fc.record({
  do: constant('fill'),
  which: fc.nat(20),
  most: fc.oneof(fc.constant(Infinity), fc.constant(Infinity), fc.integer({ min: 1, max: 100 })),
  price,
})
const how = fc.constantFrom('order-canceled' as const, 'order-expired' as const, 'order-rejected' as const)
const command = fc.constantFrom<'pause' | 'resume' | 'reduce' | 'flatten'>(
  'pause',
  'reduce',
  'flatten',
  'resume',
  'resume',
  'resume',
)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: bar },
  { weight: 10, arbitrary: fill },
  { weight: 2, arbitrary: fc.record({ do: constant('end'), which: fc.nat(20), how }) },
  { weight: 1, arbitrary: fc.record({ do: constant('money'), amount: fc.integer({ min: -300_000, max: 300_000 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: constant('funding'), instrument, rate: fc.constantFrom('0.001', '-0.002', '0.0001') }),
  },
  { weight: 1, arbitrary: fc.record({ do: constant('command'), command }) },
  { weight: 1, arbitrary: fc.record({ do: constant('liquidate'), instrument, price }) },
)

const bounds: fc.Arbitrary<Bounds> = fc
  .record({
    on: fc.subarray(NAMES, { maxLength: 5 }),
    where: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: NAMES.length, maxLength: NAMES.length }),
  })
  .map(
    ({ on, where }) =>
      new Map(
        on.map((name) => {
          const [, from, to] = BOUNDS[name]
          const bound = from + (to - from) * where[NAMES.indexOf(name)]
          return [name, from >= 1 ? Math.round(bound) : bound]
        }),
      ),
  )

it('orders of strategies that share an account keep every limit, or only reduce', () => {
  const total = { opening: 0, reducing: 0, closing: 0, crosses: 0, stops: 0, refused: 0 }
  const met = new Set<string>()
  fc.assert(
    fc.property(bounds, fc.integer({ min: 2, max: 3 }), fc.array(step, { minLength: 10, maxLength: 50 }), (on, count, steps) => {
      const judge = new Judge(on, count)
      judge.deposit(CAPITAL)
      for (const each of steps) run(judge, each)
      for (const name of judge.refused.keys()) met.add(name)
      for (const name of ['opening', 'reducing', 'closing', 'crosses', 'stops', 'refused'] as const)
        total[name] += judge.counts[name]
    }),
    { numRuns: 400 },
  )
  // Else it was not about anything: all kinds came up, and every limit has refused something.
  expect(Math.min(...Object.values(total))).toBeGreaterThan(20)
  expect(NAMES.filter((name) => !met.has(name))).toEqual([])
})

function run(judge: Judge, each: Step): void {
  const open = [...judge.open.values()]
  switch (each.do) {
    case 'bar':
      judge.bar(each.price, each.told, each.instrument, each.pause)
      break
    case 'fill':
      if (open.length > 0) judge.execute(open[each.which % open.length], each.price, each.most)
      break
    case 'end':
      if (open.length > 0) {
        const { request, filled } = open[each.which % open.length]
        judge.tell(each.how === 'order-rejected' && filled > 0 ? 'order-canceled' : each.how, request)
      }
      break
    case 'money':
      judge.deposit(each.amount)
      break
    case 'funding':
      judge.handle({
        kind: 'funding',
        seq: 0,
        time: judge.now,
        exchangeTime: judge.now,
        instrument: each.instrument,
        rate: rateOf(each.rate),
      })
      break
    case 'command':
      judge.command(each.command)
      break
    case 'liquidate':
      judge.liquidate(each.instrument, each.price)
      break
  }
}
