/**
 * Strategies of two legs: their opinions become a size that share, regime and both accounts can bear, and a leg executor each
 * keeps the legs together through every report, bar and wake-up. docs/strategies/funding-arbitrage.md, "Size". Pure.
 */
import { assert } from '../core/errors.ts'
import { POW10 } from '../core/exact.ts'
import type { Qty } from '../core/exact.ts'
import { NEVER } from '../core/time.ts'
import type { Approved, Refusal, Signal, SizeConstraint, Target } from '../domain/decision.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { OrderReport } from '../domain/event.ts'
import type { OrderRequest } from '../domain/order.ts'
import { deltaBound, LegExecutor } from '../execution/leg-executor.ts'
import type { Leg, LegExecutorState, LegOrder, LegsView, LegView } from '../execution/leg-executor.ts'
import { planOrder } from '../execution/order-router.ts'
import type { RiskController } from '../risk/risk-controller.ts'
import type { PairSignal } from '../strategy/pair.ts'
import type { PairRunner, PairRunnerSpec, PairRunnerState } from '../strategy/pair-runner.ts'
import type { StrategyManager } from '../strategy/strategy-manager.ts'
import type { DecisionBuffer } from './decision-buffer.ts'
import type { KernelView } from './kernel-view.ts'
import type { OrderManager } from './order-manager.ts'
import type { StopKeeper } from './stop-keeper.ts'

export interface PairDeskParts {
  readonly view: KernelView
  readonly orders: OrderManager
  readonly risk: RiskController
  readonly manager: StrategyManager
  readonly stops: StopKeeper
  readonly out: DecisionBuffer
  nextId(): string
  send(order: Approved<OrderRequest>): void
  cancel(request: OrderRequest, reason: string): void
  /** The size of one leg by share, regime, risk and all. */
  sized(signal: Signal): Target
  /** The largest gross notional over equity that risk lets a margin account have. */
  readonly maxLeverage: number
}

interface Pair {
  readonly runner: PairRunner
  readonly executor: LegExecutor
  readonly maxDelta: number
  /** The wake-up that was asked for last. */
  wake: number
  /** When the venue last refused its stop: it is not sent again in the same moment, for the same answer. */
  stopRefused: number
}

/** What a leg leaves of its account's room: fees, and the way of the price until the last slice of an entry. */
const SPARE = 0.98

/** Limits that speak of the moment and not of the size: an order that they refuse is repeated later. */
const OF_THE_MOMENT: readonly string[] = ['orderRate', 'openOrders']

export class PairDesk {
  readonly #parts: PairDeskParts
  readonly #pairs: Pair[] = []
  readonly #byBook = new Map<number, Pair>()

  constructor(parts: PairDeskParts) {
    this.#parts = parts
  }

  add(runner: PairRunner): void {
    const { definition, params, first, second } = runner.spec
    const { maxDelta, maxNaked } = definition.legRisk(params)
    const pair = { runner, executor: new LegExecutor(first, second, maxNaked), maxDelta, wake: 0, stopRefused: 0 }
    this.#pairs.push(pair)
    this.#byBook.set(runner.index, pair)
  }

  get count(): number {
    return this.#pairs.length
  }

  isPair(strategy: number): boolean {
    return this.#byBook.has(strategy)
  }

  // ---- opinions --------------------------------------------------------------------------------------------------

  pursue(signal: PairSignal): void {
    const { manager, stops, out, view } = this.#parts
    const pair = this.#of(signal.strategy)
    const { first, second } = pair.runner.spec
    const { strategy, direction, qty, stop, reason, time } = signal
    const target = this.#bearable({ strategy, instrument: first.index, direction, qty, stop, reason, time }, pair)
    out.targets.push(target)
    manager.stand(strategy, target.qty === 0 ? undefined : target.signal)
    if (target.qty !== 0) stops.set(strategy, stop)
    const hedge = inUnitsOf(second, -target.qty, first)
    pair.executor.want(hedge === 0 ? (0 as Qty) : target.qty, hedge, view.time)
    this.#step(pair)
  }

  /**
   * An exact size is a wish: no pair grows beyond its share of the equity of both accounts and what each of them has left for
   * it. All of this bounds growth only; to shrink something because a price has moved would cost a round trip.
   */
  #bearable(signal: Signal, { runner: { spec } }: Pair): Target {
    const { view, sized } = this.#parts
    const wish = sized(signal)
    const held = view.bookQtyInFlight(signal.strategy, spec.first.index)
    const own = Math.sign(wish.qty) === Math.sign(held) ? Math.abs(held) : 0
    if (Math.abs(wish.qty) <= own) return wish
    const bounds = this.#bounds(wish, spec)
    const constraints = [...wish.constraints, ...bounds]
    const bound = bounds.reduce((least, each) => (each.qty < least.qty ? each : least))
    const { step } = spec.first.rulesAt(view.time)
    const most = Math.max(own, Math.floor(bound.qty / step) * step)
    if (Math.abs(wish.qty) <= most) return { ...wish, constraints }
    return { ...wish, qty: (Math.sign(wish.qty) * most) as Qty, bound: bound.name, constraints }
  }

  /** Largest absolute quantities of the first leg. */
  #bounds({ signal, qty }: Target, { first, second, firstAccount, secondAccount }: PairRunnerSpec): readonly SizeConstraint[] {
    const { view, sized, risk } = this.#parts
    const { strategy } = signal
    const { weight, constraints } = sized({ ...signal, qty: undefined })
    const price = view.lastPrice(first.index)
    const sides = Math.sign(qty)
    const equity = view.equity(firstAccount) + (secondAccount === firstAccount ? 0 : view.equity(secondAccount))
    const fraction = weight === undefined || weight.parts.veto !== undefined ? 0 : Math.abs(weight.fraction) * risk.scale
    const legs = secondAccount === firstAccount ? 2 : 1
    const own = [first.index, second.index]
    const room = (account: number, side: number): number => (SPARE * this.#room(strategy, account, side, own)) / legs
    const other = view.lastPrice(second.index)
    const ofSecond = other > 0 ? inUnitsOf(first, Math.floor(Math.max(0, room(secondAccount, -sides)) / other), second) : 0
    const ofFirst = price > 0 ? Math.max(0, room(firstAccount, sides)) / price : 0
    const share = price > 0 ? Math.max(0, fraction * equity) / price : 0
    return [
      { name: 'share', qty: share },
      ...constraints.filter(({ name }) => name === 'liquidation'),
      { name: 'first leg', qty: ofFirst },
      { name: 'second leg', qty: ofSecond },
    ]
  }

  /**
   * The notional that an account has left for a pair, what the pair has counted in: on margin what the largest leverage allows
   * besides all others; of spot an equal part for every pair, and no more than the others have left.
   */
  #room(strategy: number, account: number, side: number, own: readonly number[]): number {
    const { view, maxLeverage } = this.#parts
    const isSpot = view.accountKind(account) === 'spot'
    let taken = 0
    for (const { index } of view.instruments) {
      const price = view.lastPrice(index)
      if (own.includes(index)) taken += Math.abs(view.netQty(account, index) - this.#ownQty(strategy, account, index)) * price
      else if (!isSpot) taken += view.worstQty(account, index, 0) * price
      else taken += Math.max(0, side * (view.netQtyFilled(account, index, side) - side)) * price
    }
    const equity = view.equity(account)
    if (!isSpot) return maxLeverage * equity - taken
    const sharers = this.#pairs.filter(
      ({ runner: { spec } }) => spec.secondAccount === account && view.isTraded(spec.first.index),
    )
    return Math.min(equity - taken, equity / Math.max(1, sharers.length))
  }

  /** What a pair's book holds in an account: its legs may be in two. */
  #ownQty(strategy: number, account: number, instrument: number): number {
    const { firstAccount, first } = this.#of(strategy).runner.spec
    const { view } = this.#parts
    if (instrument === first.index) return account === firstAccount ? view.bookQty(strategy, instrument) : 0
    return account === this.#of(strategy).runner.spec.secondAccount ? view.bookQty(strategy, instrument) : 0
  }

  /** Nothing is wanted any more. */
  release(): void {
    for (const { executor } of this.#pairs) executor.want(0 as Qty, 0 as Qty, this.#parts.view.time)
  }

  // ---- events ----------------------------------------------------------------------------------------------------

  /** A bar of an instrument, or a report on it: its pairs look at their legs. */
  onInstrument(instrument: number): void {
    for (const pair of this.#pairs) {
      const { first, second } = pair.runner.spec
      if (first.index === instrument || second.index === instrument) this.#step(pair)
    }
  }

  /** An order of a pair ended without its fill. */
  onReport({ kind, reason }: OrderReport, { shares, instrument, reason: purpose }: OrderRequest): void {
    if (shares.length === 0) return
    const pair = this.#byBook.get(shares[0].strategy)
    if (pair === undefined) return
    if (purpose === 'stop') {
      if (kind === 'order-rejected') pair.stopRefused = this.#parts.view.time
      return
    }
    const ended = kind === 'order-rejected' || kind === 'order-expired' || (kind === 'order-canceled' && reason !== 'cancel')
    if (ended) pair.executor.onFailure(legOf(pair, instrument), this.#parts.view.time)
  }

  onTimer(): void {
    for (const pair of this.#pairs) if (pair.wake > 0 && pair.wake <= this.#parts.view.time) this.#step(pair)
  }

  // ---- legs ------------------------------------------------------------------------------------------------------

  #step(pair: Pair): void {
    const { risk, view, stops } = this.#parts
    // Whoever halted us closes everything himself.
    if (risk.state === 'HALTED') return
    this.#orders(pair, pair.executor.next(this.#legsOf(pair)))
    const { firstAccount, first } = pair.runner.spec
    if (view.time > pair.stopRefused) stops.align(firstAccount, first.index)
    const { wakeAt } = pair.executor
    if (wakeAt === NEVER || wakeAt === pair.wake) return
    pair.wake = wakeAt
    if (wakeAt > view.time) this.#parts.out.effects.push({ kind: 'timer', timer: `pair ${pair.runner.index}`, at: wakeAt })
  }

  #legsOf({ runner: { index, spec }, maxDelta }: Pair): LegsView {
    const { view } = this.#parts
    const { first, second, firstAccount } = spec
    return {
      time: view.time,
      maxDelta: deltaBound(maxDelta, view.equity(firstAccount), view.lastPrice(first.index)),
      first: this.#legOf(index, first),
      second: this.#legOf(index, second),
    }
  }

  #legOf(strategy: number, instrument: Instrument): LegView {
    const { view, orders } = this.#parts
    const { index } = instrument
    let [buying, selling] = [0, 0]
    for (const { request, filled } of orders.entriesOf(strategy, index)) {
      if (request.side === 'buy') buying += request.qty - filled
      else selling += request.qty - filled
    }
    return {
      held: view.bookQty(strategy, index),
      buying: buying as Qty,
      selling: selling as Qty,
      step: instrument.rulesAt(view.time).step,
      least: leastOrder(instrument, view),
      canTrade: view.isTraded(index),
    }
  }

  /** Both legs of a slice go, or neither: a leg that a limit forbids must not leave the other alone. */
  #orders(pair: Pair, orders: readonly LegOrder[]): void {
    const { view, risk, orders: open, send } = this.#parts
    for (const { leg } of orders.filter(({ reason }) => reason === 'cancel')) this.#cancel(pair, leg)
    // Nobody has to be refused to know that nothing may be opened now.
    const asked = orders.filter(({ reason }) => reason !== 'cancel' && !(reason === 'entry' && risk.state !== 'ACTIVE'))
    const [one, two] = asked
    if (two === undefined || !pair.executor.isTogether) {
      for (const order of asked) {
        const verdict = risk.approve(this.#planned(pair, order), view)
        if (verdict.refusal === undefined) send(verdict.approved)
        else this.#refused(pair, order, verdict.refusal)
      }
      return
    }
    const first = risk.approve(this.#planned(pair, one), view)
    if (first.refusal !== undefined) {
      this.#refused(pair, one, first.refusal)
      return
    }
    const wanted = this.#planned(pair, two)
    const second = open.supposing(first.approved, view.time, () => risk.approve(wanted, view))
    if (second.refusal !== undefined) {
      this.#refused(pair, two, second.refusal)
      return
    }
    send(first.approved)
    send(second.approved)
  }

  #refused({ executor }: Pair, { leg, reason }: LegOrder, refusal: Refusal): void {
    this.#parts.out.refusals.push(refusal)
    if (reason === 'entry' && !OF_THE_MOMENT.includes(refusal.rule)) executor.onRefusal()
    else executor.onFailure(leg, this.#parts.view.time)
  }

  #cancel({ runner: { index, spec } }: Pair, leg: Leg): void {
    for (const { request } of this.#parts.orders.entriesOf(index, spec[leg].index)) this.#parts.cancel(request, 'cancel')
  }

  #planned({ runner: { index: strategy, spec } }: Pair, { leg, qty, reason }: LegOrder): OrderRequest {
    const { view, orders, nextId } = this.#parts
    const [instrument, account] =
      leg === 'first' ? [spec.first.index, spec.firstAccount] : [spec.second.index, spec.secondAccount]
    const held = view.netQty(account, instrument) + orders.inFlightNet(account, instrument)
    const shares = [{ strategy, qty: Math.abs(qty) as Qty }]
    return planOrder({ account, instrument, difference: qty, held, shares, protection: undefined, reason }, view, nextId)
  }

  #of(strategy: number): Pair {
    const pair = this.#byBook.get(strategy)
    assert(pair !== undefined, () => `book ${strategy} is of no pair`)
    return pair
  }

  snapshot(): readonly PairState[] {
    return this.#pairs.map(({ runner, executor, wake, stopRefused }) => ({
      runner: runner.snapshot(),
      executor: executor.snapshot(),
      wake,
      stopRefused,
    }))
  }

  restore(state: readonly PairState[]): void {
    assert(state.length === this.#pairs.length, 'the snapshot was made with other pairs')
    state.forEach((saved, i) => {
      const pair = this.#pairs[i]
      pair.runner.restore(saved.runner)
      pair.executor.restore(saved.executor)
      pair.wake = saved.wake
      pair.stopRefused = saved.stopRefused
    })
  }
}

export interface PairState {
  readonly runner: PairRunnerState
  readonly executor: LegExecutorState
  readonly wake: number
  readonly stopRefused: number
}

const legOf = ({ runner: { spec } }: Pair, instrument: number): Leg => (instrument === spec.first.index ? 'first' : 'second')

/** A quantity of one instrument in the units of another of the same base, rounded toward zero. */
function inUnitsOf(to: Instrument, qty: number, from: Instrument): Qty {
  const scale = to.qtyScale - from.qtyScale
  return (scale >= 0 ? qty * POW10[scale] : Math.trunc(qty / POW10[-scale])) as Qty
}

function leastOrder(instrument: Instrument, view: KernelView): Qty {
  const { step, binding, minQty = 0, minNotional = 0n } = instrument.rulesAt(view.time)
  const price = view.lastPrice(instrument.index)
  if (!binding || price <= 0) return step
  return Math.max(step, minQty, Math.ceil(Number(minNotional) / price / step) * step) as Qty
}
