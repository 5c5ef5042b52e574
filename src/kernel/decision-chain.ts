/**
 * Opinion, share, size, plan, permission: what follows from the opinions of one moment on one instrument. Targets,
 * refusals and effects go into the decision that is being gathered. Pure.
 */
import type { Qty } from '../core/exact.ts'
import type { Approved, Refusal, Signal, Target } from '../domain/decision.ts'
import type { OrderRequest, OrderShare } from '../domain/order.ts'
import { netChanges } from '../execution/net-changes.ts'
import type { BookChange } from '../execution/net-changes.ts'
import { planOrder } from '../execution/order-router.ts'
import type { Change } from '../execution/order-router.ts'
import type { PortfolioManager } from '../portfolio/portfolio-manager.ts'
import { sizePosition } from '../risk/position-sizer.ts'
import type { Sizing } from '../risk/position-sizer.ts'
import { isBelowMinimum } from '../risk/sizing/filters.ts'
import type { RiskController } from '../risk/risk-controller.ts'
import type { StrategyManager } from '../strategy/strategy-manager.ts'
import type { UniverseSelector } from '../strategy/universe.ts'
import type { BookResults } from './book-results.ts'
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
  readonly results: BookResults
  readonly out: DecisionBuffer
  nextId(): string
  send(order: Approved<OrderRequest>): void
  cancel(request: OrderRequest, reason: string): void
}

/**
 * Why standing opinions are weighed again: the budgets are others, regime or drawdown leave another part (then less is less
 * at once, whatever the trade costs), or somebody else needs room (then nobody grows).
 */
export type Reweighing = 'budget' | 'risk' | 'room'

/** What one book shall change, and why. */
interface Intent {
  readonly target: Target
  /** What the book holds, or will hold when everything in flight that stays has filled. */
  readonly held: number
  readonly difference: number
  /** What was wanted is not what this is: risk said no. */
  readonly refused: boolean
}

/** What became of one book's order: on its way, only its closing part on its way, or not at all. */
type Outcome = 'sent' | 'closing' | 'refused'

export type ChainState = readonly (readonly [number, number])[]

export class DecisionChain {
  readonly #parts: ChainParts
  /** By book: the position that its orders lead to; undefined where none was permitted. */
  readonly #goals: (number | undefined)[] = []
  /** Books whose virtual stop this very bar has reached. */
  readonly #stoppedNow = new Set<number>()
  /** What books that were sized earlier in the same moment shall hold. */
  readonly #decided = new Map<number, number>()

  constructor(parts: ChainParts) {
    this.#parts = parts
  }

  /** Follows opinions of one moment on one instrument. */
  pursue(signals: readonly Signal[]): void {
    const heard = this.#stoppedNow.size === 0 ? signals : signals.filter((signal) => !this.#isAgainstStop(signal))
    if (heard.length === 1) {
      this.#reach([this.#pursued(heard[0])], 'signal')
      return
    }
    const { manager, books } = this.#parts
    const claims = heard.map((signal) => ({ strategy: signal.strategy, claim: this.#claim(signal), signal }))
    // Who goes out stands in nobody's way any more; then the strongest first, and the others know what it will hold.
    const ranked = manager.rank(claims).toSorted((a, b) => Number(a.signal.direction !== 0) - Number(b.signal.direction !== 0))
    const targets = ranked.map(({ signal }) => {
      const target = this.#pursued(signal)
      this.#decided.set(signal.strategy, target.qty)
      return target
    })
    this.#decided.clear()
    const accounts = [...new Set(heard.map(({ strategy }) => books.accountOf[strategy]))]
    for (const account of accounts)
      this.#reach(
        targets.filter(({ signal }) => books.accountOf[signal.strategy] === account),
        'signal',
      )
  }

  /** Whether it wants on the side from which its book was stopped out in this very moment, which it cannot know yet. */
  #isAgainstStop({ strategy, instrument, direction }: Signal): boolean {
    return this.#stoppedNow.has(strategy) && direction * this.#parts.view.bookQty(strategy, instrument) > 0
  }

  /** An opinion that only repeats itself leaves the quantity as it is: what it moves is its stop. */
  #pursued(signal: Signal): Target {
    const target = this.sized(signal)
    const goal = this.#goals[signal.strategy]
    return goal !== undefined && goal !== 0 && goal !== target.qty && this.#isRepeated(signal, goal)
      ? { ...target, qty: goal as Qty, bound: 'held' }
      : target
  }

  #isRepeated({ strategy, instrument, direction, qty }: Signal, goal: number): boolean {
    const { manager, view } = this.#parts
    const standing = manager.standing(strategy)
    if (standing === undefined || standing.qty !== undefined || qty !== undefined) return false
    return standing.direction === direction && view.bookQtyInFlight(strategy, instrument) === goal
  }

  /** Weighs again what stands. Small changes of a budget are left alone. */
  reweigh(strategies: readonly number[], cause: Reweighing): void {
    const { manager, view } = this.#parts
    const targets = strategies.flatMap((strategy) => {
      const signal = manager.standing(strategy)
      if (signal === undefined || signal.qty !== undefined) return []
      const target = this.sized({ ...signal, time: view.time })
      return this.#isWorthTrading(target, cause) ? [{ ...target, revised: true as const }] : []
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

  /** A bar has reached the virtual stops of these books, for which nothing stands at the venue: they act now. */
  stopOut(reached: readonly number[]): void {
    this.#stoppedNow.clear()
    for (const strategy of reached) {
      this.#stoppedNow.add(strategy)
      this.exit(strategy, 'stop')
    }
  }

  /** A stop of a book that shares its position has done what it could: what it did not cover goes, too. */
  afterStop(strategy: number): void {
    const { books, view, stops } = this.#parts
    const { instrument } = books.owners[strategy]
    if (view.bookQtyInFlight(strategy, instrument) !== 0) {
      this.exit(strategy, 'stop')
      return
    }
    stops.set(strategy, undefined, 0)
    this.#goals[strategy] = 0
  }

  /** The book's last goal is over: its order was refused, or somebody else took the position. */
  forget(strategy: number): void {
    this.#goals[strategy] = undefined
  }

  /**
   * An order may fill more than its book still wanted (a cancel came too late, or its stop was faster and others hold the
   * position), or less (another order was slower). Once nothing of a book is in flight any more it is led to its goal; `short`:
   * books whose order ended because there was nothing to close.
   */
  correct(account: number, instrument: number, short: readonly number[]): void {
    const { books } = this.#parts
    for (const strategy of books.of(instrument)) {
      const goal = this.#goals[strategy]
      if (goal === undefined || books.owners[strategy].hedge !== undefined) continue
      if (books.account(strategy, instrument) !== account || !this.#hasMissed(strategy, instrument, goal, short)) continue
      const signal = this.#standingOr(strategy, instrument, goal)
      const regime = this.#parts.view.regime(instrument)
      this.#reach([{ ...outOf(signal), qty: goal as Qty, bound: 'correction', regime }], 'correction')
    }
  }

  #hasMissed(strategy: number, instrument: number, goal: number, short: readonly number[]): boolean {
    const { view, orders } = this.#parts
    const held = view.bookQty(strategy, instrument)
    if (held === goal) return false
    const isBeyond = held * goal < 0 || Math.abs(held) > Math.abs(goal)
    if (!isBeyond && !short.includes(strategy)) return false
    if (orders.entriesOf(strategy, instrument).length > 0) return false
    // A stop that is being filled has not said its last word.
    return !orders.stopsOf(strategy, instrument).some((id) => (orders.get(id)?.filled ?? 0) > 0)
  }

  #standingOr(strategy: number, instrument: number, goal: number): Signal {
    const { manager, stops, view } = this.#parts
    const stop = stops.trigger(strategy)
    const standing = goal === 0 ? undefined : manager.standing(strategy)
    if (standing !== undefined) return { ...standing, stop, time: view.time }
    return { strategy, instrument, direction: 0, qty: 0 as Qty, stop, reason: 'correction', time: view.time }
  }

  /** Where the account holds nothing any more and nothing shall be held, books that still oppose each other cross out. */
  closeBooks(account: number, instrument: number): void {
    const { books, view, positions, results, out } = this.#parts
    if (view.netQty(account, instrument) !== 0) return
    const parts: { strategy: number; difference: number }[] = []
    let sum = 0
    for (const strategy of books.of(instrument)) {
      if (books.account(strategy, instrument) !== account) continue
      const held = view.bookQty(strategy, instrument)
      if (view.bookQtyInFlight(strategy, instrument) !== held) return
      if (held !== 0) parts.push({ strategy, difference: -held })
      sum += held
    }
    // What is nobody's cannot be crossed with.
    if (parts.length === 0 || sum !== 0) return
    const before = out.bookings.length
    positions.cross(account, instrument, view.lastPrice(instrument), parts, out.bookings)
    results.onBookings(out.bookings.slice(before), view.time, 'flatten')
    for (const { strategy } of parts) this.forget(strategy)
  }

  /** A change towards a target that pays for itself and that the venue takes, or that must be made. */
  #isWorthTrading({ qty, signal: { strategy, instrument } }: Target, cause: Reweighing): boolean {
    const { view, portfolio, books } = this.#parts
    const equity = view.equity(books.accountOf[strategy])
    const held = view.bookQtyInFlight(strategy, instrument)
    const isLess = Math.abs(qty) < Math.abs(held)
    if (cause === 'room' || (cause === 'risk' && isLess)) return isLess
    if (held === qty || !(equity > 0)) return held !== qty
    const price = view.lastPrice(instrument)
    const rules = view.instruments[instrument].rulesAt(view.time)
    if (Math.abs(qty) > Math.abs(held) && isBelowMinimum(Math.abs(qty - held), price, rules)) return false
    const share = price / equity
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
    if (kept === Math.abs(target.qty)) return target
    return { ...target, qty: (kept === 0 ? 0 : Math.sign(held) * kept) as Qty, bound: 'veto' }
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
          qty: this.#decided.get(book) ?? view.bookQtyInFlight(book, instrument),
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
    const outcomes = this.#change(intents, account, instrument, reason)
    let moved = false
    for (const intent of intents) moved = this.#settle(intent, outcomes.get(intent.target.signal.strategy)) || moved
    if (moved || this.#isShared(instrument)) stops.align(account, instrument)
  }

  /** Goal and stop of a book after its order; whether its stop has to be moved by itself. */
  #settle({ target: { qty, signal }, difference, refused }: Intent, outcome: Outcome | undefined): boolean {
    const { stops, view } = this.#parts
    const { strategy, instrument, stop } = signal
    const isRefused = outcome === 'refused'
    this.#goals[strategy] = refused || isRefused ? undefined : outcome === 'closing' ? 0 : qty
    const held = view.bookQty(strategy, instrument)
    // Who may not leave keeps the stop that he has; who may only not grow moves it.
    if (isRefused && held * qty <= 0) return false
    const wanted = qty === 0 || outcome === 'closing' ? undefined : stop
    const before = stops.trigger(strategy)
    stops.set(strategy, wanted, qty)
    return before !== wanted && qty !== 0 && (difference === 0 || isRefused)
  }

  #isShared(instrument: number): boolean {
    return this.#parts.books.of(instrument).length > 1
  }

  #intent(target: Target): Intent {
    const held = this.#heldAfterCancels(target)
    return { target, held, difference: target.qty - held, refused: false }
  }

  /**
   * Of books that share a position none may grow while trading is not ACTIVE, though the account's position would shrink. With
   * several at once each growing one is judged as if it were alone, so that one that may not open does not do so in the shadow
   * of another that closes.
   */
  #permitted(intents: readonly Intent[], account: number, instrument: number, reason: string): readonly Intent[] {
    const { risk, view, out } = this.#parts
    const isActive = risk.state === 'ACTIVE'
    if (!this.#isShared(instrument) || (intents.length === 1 && isActive)) return intents
    return intents.map((intent) => {
      const { target, held, difference } = intent
      const grows = difference !== 0 && (held === 0 || Math.abs(target.qty) > Math.abs(held) || target.qty * held < 0)
      if (difference === 0 || (!grows && risk.state !== 'HALTED')) return intent
      const shares = [{ strategy: target.signal.strategy, qty: Math.abs(difference) as Qty }]
      const change = { account, instrument, difference, held, shares, protection: undefined, reason }
      const order = planOrder(change, view, noId)
      const refusal = isActive ? risk.approve(order, view).refusal : { rule: 'trading-state', order, text: noGrowth(risk.state) }
      if (refusal === undefined) return intent
      out.refusals.push(refusal)
      // What it may not open it may still close.
      const qty = (target.qty * held < 0 && risk.state !== 'HALTED' ? 0 : held) as Qty
      return { target: { ...target, qty, bound: 'risk' }, held, difference: qty - held, refused: true }
    })
  }

  /** Books trade with each other first; what is left goes to the venue, an order for each book, the strongest claim first. */
  #change(intents: readonly Intent[], account: number, instrument: number, reason: string): ReadonlyMap<number, Outcome> {
    const outcomes = new Map<number, Outcome>()
    const { difference, shares, crosses } = netChanges(
      intents.map(({ target, difference: own }) => ({ strategy: target.signal.strategy, difference: own })),
    )
    if (crosses.length > 0) this.#cross(crosses, account, instrument, reason)
    for (const share of shares) {
      const intent = intents.find(({ target }) => target.signal.strategy === share.strategy)
      if (intent === undefined) continue
      const signed = Math.sign(difference) * share.qty
      const held = this.#isShared(instrument)
        ? this.#closable(intent, signed, account, instrument)
        : this.#heldAlone(intent, account, instrument)
      const own = { account, instrument, held, reason, difference: signed }
      outcomes.set(share.strategy, this.#order(own, share, intent.target))
    }
    return outcomes
  }

  #cross(crosses: readonly BookChange[], account: number, instrument: number, reason: string): void {
    const { positions, results, view, out } = this.#parts
    const before = out.bookings.length
    positions.cross(account, instrument, view.lastPrice(instrument), crosses, out.bookings)
    results.onBookings(out.bookings.slice(before), view.time, reason)
  }

  /** What the account will hold when everything in flight that was not cancelled has filled. */
  #heldAlone({ target: { signal }, held }: Intent, account: number, instrument: number): number {
    const { view, orders } = this.#parts
    const cancelled = held - view.bookQtyInFlight(signal.strategy, instrument)
    return view.netQty(account, instrument) + orders.inFlightNet(account, instrument) + cancelled
  }

  /**
   * What an order of a book that shares its position may close: only what the book gives up, so that another book's order that
   * never fills cannot take its intent away; and only what the account still holds when all others on the same side have filled.
   */
  #closable({ target: { qty } }: Intent, signed: number, account: number, instrument: number): number {
    const { view } = this.#parts
    const own = Math.min(against(qty - signed, signed), Math.abs(signed))
    const net = against(view.netQtyFilled(account, instrument, signed) - signed, signed)
    return -Math.sign(signed) * Math.min(own, net)
  }

  #order(change: Omit<Change, 'shares' | 'protection'>, share: OrderShare, { qty, signal: { stop, strategy } }: Target): Outcome {
    const { view, orders, nextId } = this.#parts
    const { difference, instrument } = change
    const protection = { trigger: stop, qty, cancels: orders.stopsOf(strategy, instrument) }
    const order = planOrder({ ...change, shares: [share], protection }, view, nextId)
    if (this.#submit(order) === undefined) return 'sent'
    const closes = this.#isShared(instrument) ? Math.min(share.qty, against(qty - difference, difference)) : order.closes
    if (closes === 0 || closes === share.qty) return 'refused'
    // A reversal that may not open must still close: nobody wants the old side any more.
    const closing = {
      ...change,
      difference: Math.sign(difference) * closes,
      shares: [{ strategy, qty: closes as Qty }],
      protection: { ...protection, trigger: undefined },
    }
    return this.#submit(planOrder(closing, view, nextId)) === undefined ? 'closing' : 'refused'
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
    // Entries may fill before their cancel arrives. An exit covers them: what the position lacks of it is dropped. Where books
    // share the position it would be taken from another: there `correct` follows.
    return qty === 0 && book * inFlight >= 0 && !this.#isShared(instrument) ? held : book
  }

  snapshot(): ChainState {
    return this.#goals.flatMap((goal, strategy) => (goal === undefined ? [] : [[strategy, goal] as const]))
  }

  restore(state: ChainState): void {
    this.#goals.length = 0
    for (const [strategy, goal] of state) this.#goals[strategy] = goal
  }
}

/** How much of a position lies on the other side of a change. */
const against = (position: number, change: number): number => (position * change < 0 ? Math.abs(position) : 0)

const noGrowth = (state: string): string => `trading is ${state}: no book may grow, though the account's position would not`

/** For an order that is only asked about. */
const noId = (): string => ''

const outOf = (signal: Signal): Omit<Target, 'regime'> => ({
  signal,
  qty: 0 as Qty,
  bound: 'signal',
  weight: undefined,
  constraints: [],
})
