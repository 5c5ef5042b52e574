/**
 * Strategies of two legs: their opinions become a size that both accounts can bear, and a leg executor each keeps the legs
 * together through every report, bar and wake-up. Pure.
 */
import { assert } from '../core/errors.ts'
import { POW10 } from '../core/exact.ts'
import type { Qty } from '../core/exact.ts'
import { NEVER } from '../core/time.ts'
import type { Approved, Signal, Target } from '../domain/decision.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { OrderReport } from '../domain/event.ts'
import type { OrderRequest } from '../domain/order.ts'
import { deltaBound, LegExecutor } from '../execution/leg-executor.ts'
import type { Leg, LegExecutorState, LegOrder, LegsView, LegView } from '../execution/leg-executor.ts'
import { planOrder } from '../execution/order-router.ts'
import type { RiskController } from '../risk/risk-controller.ts'
import type { PairSignal } from '../strategy/pair.ts'
import type { PairRunner, PairRunnerState } from '../strategy/pair-runner.ts'
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
}

interface Pair {
  readonly runner: PairRunner
  readonly executor: LegExecutor
  readonly maxDelta: number
  /** The wake-up that was asked for last. */
  wake: number
}

/** What both legs cost a spot account beyond their price: fee and the distance to the next open. */
const SPARE = 0.98

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
    const pair = { runner, executor: new LegExecutor(first, second, maxNaked), maxDelta, wake: 0 }
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
    const target = this.#bearable(
      this.#parts.sized({ strategy, instrument: first.index, direction, qty, stop, reason, time }),
      pair,
    )
    out.targets.push(target)
    manager.stand(strategy, target.qty === 0 ? undefined : target.signal)
    if (target.qty !== 0) stops.set(strategy, stop, target.qty)
    const hedge = inUnitsOf(second, -target.qty, first)
    pair.executor.want(hedge === 0 ? (0 as Qty) : target.qty, hedge, view.time)
    this.#step(pair)
  }

  /** The second leg must be affordable, too: coins are bought with money that is there. */
  #bearable(target: Target, { runner: { spec } }: Pair): Target {
    const { view } = this.#parts
    const { first, second, secondAccount } = spec
    const price = view.lastPrice(second.index)
    if (view.accountKind(secondAccount) !== 'spot' || target.qty >= 0 || price <= 0) return target
    const most = inUnitsOf(first, Math.floor((SPARE * Math.max(0, view.equity(secondAccount))) / price), second)
    const { step } = first.rulesAt(view.time)
    const qty = Math.floor(most / step) * step
    const constraints = [...target.constraints, { name: 'second leg', qty: most }]
    return qty >= -target.qty ? { ...target, constraints } : { ...target, qty: -qty as Qty, bound: 'second leg', constraints }
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
    if (purpose === 'stop' || shares.length === 0) return
    const pair = this.#byBook.get(shares[0].strategy)
    if (pair === undefined) return
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
    for (const order of pair.executor.next(this.#legsOf(pair))) this.#order(pair, order)
    const { firstAccount, first } = pair.runner.spec
    stops.align(firstAccount, first.index)
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

  #order(pair: Pair, { leg, qty, reason }: LegOrder): void {
    const { view, orders, risk, out, nextId, send, cancel } = this.#parts
    const { index: strategy, spec } = pair.runner
    const [instrument, account] =
      leg === 'first' ? [spec.first.index, spec.firstAccount] : [spec.second.index, spec.secondAccount]
    if (reason === 'cancel') {
      for (const { request } of orders.entriesOf(strategy, instrument)) cancel(request, 'cancel')
      return
    }
    const held = view.netQty(account, instrument) + orders.inFlightNet(account, instrument)
    const shares = [{ strategy, qty: Math.abs(qty) as Qty }]
    const change = { account, instrument, difference: qty, held, shares, protection: undefined, reason }
    const verdict = risk.approve(planOrder(change, view, nextId), view)
    if (verdict.refusal === undefined) send(verdict.approved)
    else {
      out.refusals.push(verdict.refusal)
      pair.executor.onFailure(leg, view.time)
    }
  }

  #of(strategy: number): Pair {
    const pair = this.#byBook.get(strategy)
    assert(pair !== undefined, () => `book ${strategy} is of no pair`)
    return pair
  }

  snapshot(): readonly PairState[] {
    return this.#pairs.map(({ runner, executor, wake }) => ({ runner: runner.snapshot(), executor: executor.snapshot(), wake }))
  }

  restore(state: readonly PairState[]): void {
    assert(state.length === this.#pairs.length, 'the snapshot was made with other pairs')
    state.forEach((saved, i) => {
      const pair = this.#pairs[i]
      pair.runner.restore(saved.runner)
      pair.executor.restore(saved.executor)
      pair.wake = saved.wake
    })
  }
}

export interface PairState {
  readonly runner: PairRunnerState
  readonly executor: LegExecutorState
  readonly wake: number
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
