/**
 * Opinion, share, size, plan, permission: what follows from the opinions of one moment on one instrument. Targets,
 * refusals and effects go into the decision that is being gathered. Pure.
 */
import type { Qty } from '../core/exact.ts'
import type { Approved, Refusal, Signal, Target } from '../domain/decision.ts'
import type { OrderRequest, OrderShare } from '../domain/order.ts'
import { netChanges } from '../execution/net-changes.ts'
import { planOrder } from '../execution/order-router.ts'
import type { Change } from '../execution/order-router.ts'
import type { PortfolioManager } from '../portfolio/portfolio-manager.ts'
import { sizePosition } from '../risk/position-sizer.ts'
import type { Sizing } from '../risk/position-sizer.ts'
import type { RiskController } from '../risk/risk-controller.ts'
import type { StrategyManager } from '../strategy/strategy-manager.ts'
import type { UniverseSelector } from '../strategy/universe.ts'
import type { Books } from './books.ts'
import type { DecisionBuffer } from './decision-buffer.ts'
import type { KernelView } from './kernel-view.ts'
import type { OrderManager } from './order-manager.ts'
import type { PositionManager } from './position-manager.ts'
import type { StopKeeper } from './stop-keeper.ts'

export interface ChainParts {
  readonly books: Books
  readonly view: KernelView
  readonly positions: PositionManager
  readonly orders: OrderManager
  readonly risk: RiskController
  readonly manager: StrategyManager
  readonly portfolio: PortfolioManager
  readonly sizing: Sizing
  readonly universe: UniverseSelector | undefined
  readonly stops: StopKeeper
  readonly out: DecisionBuffer
  nextId(): string
  send(order: Approved<OrderRequest>): void
  cancel(request: OrderRequest, reason: string): void
}

/** What one book shall change, and why. */
interface Intent {
  readonly target: Target
  /** What the book holds, or will hold when everything in flight that stays has filled. */
  readonly held: number
  readonly difference: number
}

export class DecisionChain {
  readonly #parts: ChainParts

  constructor(parts: ChainParts) {
    this.#parts = parts
  }

  /** Follows opinions of one moment on one instrument. */
  pursue(signals: readonly Signal[]): void {
    if (signals.length === 1) {
      this.#reach([this.sized(signals[0])], 'signal')
      return
    }
    const { manager } = this.#parts
    const claims = signals.map((signal) => ({ strategy: signal.strategy, claim: this.#claim(signal), signal }))
    const targets = manager.rank(claims).map(({ signal }) => this.sized(signal))
    const accounts = [...new Set(signals.map(({ strategy }) => this.#parts.books.accountOf[strategy]))]
    for (const account of accounts)
      this.#reach(
        targets.filter(({ signal }) => this.#parts.books.accountOf[signal.strategy] === account),
        'signal',
      )
  }

  /** Weighs again what stands: the portfolio, the regime or the risk has changed its mind. Small changes are left alone. */
  reweigh(strategies: readonly number[]): void {
    const { manager, view } = this.#parts
    const targets = strategies.flatMap((strategy) => {
      const signal = manager.standing(strategy)
      if (signal === undefined || signal.qty !== undefined) return []
      const target = this.sized({ ...signal, time: view.time })
      return this.#isWorthTrading(target) ? [{ ...target, revised: true as const }] : []
    })
    if (targets.length > 0) this.#reach(targets, 'rebalance')
  }

  /** A book gives up what it holds. */
  exit(strategy: number, reason: string): void {
    const { books, view } = this.#parts
    const { instrument } = books.owners[strategy]
    const signal: Signal = {
      strategy,
      instrument,
      direction: 0,
      qty: 0 as Qty,
      stop: undefined,
      reason,
      time: view.time,
    }
    this.#reach([{ ...outOf(signal), regime: view.regime(instrument) }], reason)
  }

  /** A change towards a target that pays for itself. */
  #isWorthTrading({ qty, signal: { strategy, instrument } }: Target): boolean {
    const { view, portfolio, books } = this.#parts
    const equity = view.equity(books.accountOf[strategy])
    const held = view.bookQtyInFlight(strategy, instrument)
    if (held === qty || !(equity > 0)) return held !== qty
    const share = view.lastPrice(instrument) / equity
    return portfolio.worthTrading(held * share, qty * share, instrument, view)
  }

  // ---- opinion -> target -----------------------------------------------------------------------------------------

  #claim(signal: Signal): number {
    const { portfolio, books, view } = this.#parts
    return portfolio.weigh(signal, books.owners[signal.strategy].group, view).fraction
  }

  /** Share, regime, vetoes and size of an opinion. */
  sized(signal: Signal): Target {
    const { portfolio, books, view, manager, risk, sizing } = this.#parts
    const { group, account } = books.owners[signal.strategy]
    const regime = view.regime(signal.instrument)
    const { budget, share, fraction: claim } = portfolio.weigh(signal, group, view)
    // An exact size is the strategy's own; only risk may refuse it.
    const free = signal.qty === undefined
    const part = free ? manager.part(signal, regime, view.time) : 1
    const veto = free ? (this.#outside(signal) ?? manager.veto(signal, claim, regime, this.#others(signal))) : undefined
    const weight = { signal, fraction: claim * part, parts: { budget, share, regime: part, veto } }
    const target = sizePosition(weight, account, view, sizing, risk.scale)
    return veto === undefined ? target : this.#vetoed(target)
  }

  /** Nothing is entered that is not in the universe. */
  #outside({ instrument, direction }: Signal): string | undefined {
    const { universe, view } = this.#parts
    const isIn = universe === undefined || direction === 0 || universe.isMember(instrument)
    return isIn ? undefined : `${view.instruments[instrument].label} is not in the universe`
  }

  /** Against a veto nothing grows: what is held on that side may stay or shrink. */
  #vetoed(target: Target): Target {
    const { strategy, instrument } = target.signal
    const held = this.#parts.view.bookQty(strategy, instrument)
    const kept = held > 0 === target.qty > 0 ? Math.min(Math.abs(held), Math.abs(target.qty)) : 0
    return kept === Math.abs(target.qty) ? target : { ...target, qty: (Math.sign(held) * kept) as Qty, bound: 'veto' }
  }

  #others({ strategy, instrument }: Signal): { readonly strategy: number; readonly qty: number; readonly claim: number }[] {
    const { books, manager, view } = this.#parts
    const account = books.accountOf[strategy]
    return books
      .of(instrument)
      .filter((book) => book !== strategy && books.account(book, instrument) === account)
      .map((book) => {
        const standing = manager.standing(book)
        return {
          strategy: book,
          qty: view.bookQtyInFlight(book, instrument),
          claim: standing === undefined ? 0 : this.#claim(standing),
        }
      })
  }

  // ---- target -> orders ------------------------------------------------------------------------------------------

  /** Makes the books of one account and instrument what they shall be. */
  #reach(targets: readonly Target[], reason: string): void {
    const { books, out, view, manager, stops } = this.#parts
    if (targets.length === 0) return
    const [{ signal: first }] = targets
    const { instrument } = first
    const account = books.account(first.strategy, instrument)
    for (const target of targets) {
      out.targets.push(target)
      manager.stand(target.signal.strategy, target.qty === 0 ? undefined : target.signal)
    }
    if (!view.isTradable(instrument)) return
    const intents = this.#permitted(
      targets.map((target) => this.#intent(target)),
      account,
      instrument,
      reason,
    )
    this.#change(intents, account, instrument, reason)
    let moved = false
    for (const { target, difference } of intents) {
      const { strategy, stop } = target.signal
      if (stops.trigger(strategy) === stop) continue
      stops.set(strategy, target.qty === 0 ? undefined : stop)
      moved ||= difference === 0 && target.qty !== 0
    }
    if (moved || books.of(instrument).length > 1) stops.align(account, instrument)
  }

  #intent(target: Target): Intent {
    const held = this.#heldAfterCancels(target)
    return { target, held, difference: target.qty - held }
  }

  /**
   * With several books at once each growing one is judged as if it were alone, so that one that may not open does not do so
   * in the shadow of another that closes.
   */
  #permitted(intents: readonly Intent[], account: number, instrument: number, reason: string): readonly Intent[] {
    if (intents.length === 1) return intents
    const { risk, view, out } = this.#parts
    return intents.map((intent) => {
      const { target, held, difference } = intent
      if (difference === 0 || (held !== 0 && Math.abs(target.qty) <= Math.abs(held) && target.qty * held >= 0)) return intent
      const shares = [{ strategy: target.signal.strategy, qty: Math.abs(difference) as Qty }]
      const change = { account, instrument, difference, held, shares, protection: undefined, reason }
      const { refusal } = risk.approve(planOrder(change, view, noId), view)
      if (refusal === undefined) return intent
      out.refusals.push(refusal)
      // What it may not open it may still close.
      const qty = (target.qty * held < 0 ? 0 : held) as Qty
      return { target: { ...target, qty, bound: 'risk' }, held, difference: qty - held }
    })
  }

  /** Books trade with each other first; what is left goes to the venue, an order for each book, the strongest claim first. */
  #change(intents: readonly Intent[], account: number, instrument: number, reason: string): void {
    const { positions, view, orders, out } = this.#parts
    const { difference, shares, crosses } = netChanges(
      intents.map(({ target, difference: own }) => ({ strategy: target.signal.strategy, difference: own })),
    )
    // What will be missing of what is in flight, because it was cancelled.
    let cancelled = 0
    for (const { target, held } of intents) cancelled += held - view.bookQtyInFlight(target.signal.strategy, instrument)
    if (crosses.length > 0) positions.cross(account, instrument, view.lastPrice(instrument), crosses, out.bookings)
    for (const share of shares) {
      const held = view.netQty(account, instrument) + orders.inFlightNet(account, instrument) + cancelled
      const intent = intents.find(({ target }) => target.signal.strategy === share.strategy)
      if (intent === undefined) continue
      const own = { account, instrument, held, reason, difference: Math.sign(difference) * share.qty }
      this.#order(own, share, intent.target)
    }
  }

  #order(change: Omit<Change, 'shares' | 'protection'>, share: OrderShare, { qty, signal: { stop, strategy } }: Target): void {
    const { view, orders, nextId } = this.#parts
    const protection = { trigger: stop, qty, cancels: orders.stopsOf(strategy, change.instrument) }
    const order = planOrder({ ...change, shares: [share], protection }, view, nextId)
    const refusal = this.#submit(order)
    if (refusal === undefined || order.closes === 0 || order.reduceOnly) return
    // A reversal that may not open must still close: nobody wants the old side any more.
    const closing = {
      ...change,
      difference: Math.sign(change.difference) * order.closes,
      shares: [{ strategy, qty: order.closes }],
      protection: { ...protection, trigger: undefined },
    }
    this.#submit(planOrder(closing, view, nextId))
  }

  #submit(order: OrderRequest): Refusal | undefined {
    const { risk, view, out, send } = this.#parts
    const verdict = risk.approve(order, view)
    if (verdict.refusal === undefined) send(verdict.approved)
    else out.refusals.push(verdict.refusal)
    return verdict.refusal
  }

  /**
   * What the plan starts from: the book with what is in flight for it, as long as that leads towards the target. An entry
   * that would go somewhat beyond a target on its own side stays too and is corrected by an order of its own, because a
   * cancel may come too late; anything else in flight is cancelled.
   */
  #heldAfterCancels({ qty, signal: { strategy, instrument } }: Target): number {
    const { view, orders, cancel } = this.#parts
    const book = view.bookQty(strategy, instrument)
    const held = view.bookQtyInFlight(strategy, instrument)
    const inFlight = held - book
    const towards = qty - held
    if (inFlight === 0 || towards === 0 || towards > 0 === inFlight > 0) return held
    if (inFlight * qty > 0 && book * qty >= 0 && Math.abs(qty) >= Math.abs(book)) return held
    for (const { request } of orders.entriesOf(strategy, instrument)) cancel(request, 'superseded')
    // Entries may fill before their cancel arrives. An exit covers them: what the position lacks of it is dropped.
    return qty === 0 && book * inFlight >= 0 ? held : book
  }
}

/** For an order that is only asked about. */
const noId = (): string => ''

const outOf = (signal: Signal): Omit<Target, 'regime'> => ({
  signal,
  qty: 0 as Qty,
  bound: 'signal',
  weight: undefined,
  constraints: [],
})
