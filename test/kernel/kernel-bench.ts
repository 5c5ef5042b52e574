/**
 * A kernel among strategies that say what they are told and a venue that does what it is told: for tests of decisions.
 *
 * The venue keeps its own positions, so that its reports realise what a venue's would.
 */
import { HOUR, intervalOf } from '../../src/core/time.ts'
import type { Micros } from '../../src/core/time.ts'
import type { Price, Qty } from '../../src/core/exact.ts'
import type { Decision } from '../../src/domain/decision.ts'
import type { CommandName, Event, OrderReport } from '../../src/domain/event.ts'
import type { InstrumentSpec } from '../../src/domain/instrument.ts'
import type { OrderRequest } from '../../src/domain/order.ts'
import { Position } from '../../src/domain/position.ts'
import { Kernel } from '../../src/kernel/kernel.ts'
import type { KernelConfig } from '../../src/kernel/kernel.ts'
import type { Opinion, StrategyDefinition } from '../../src/strategy/strategy.ts'
import { accountReport, barSlot, fill, hours, report, spec } from './fixtures.ts'

/** What a strategy shall say at the next bar of an instrument; exact sizes in quantity units. */
export type Told = Omit<Opinion, 'reason' | 'qty'> & { readonly qty?: number }

export interface BenchOrder {
  readonly request: OrderRequest
  filled: number
  /** How much of `filled` closed. */
  closed?: number
}

const ACCOUNT = { venue: 'sim', name: 'main', settle: 'USDT' }

export class KernelBench {
  readonly kernel: Kernel
  /** Orders that the venue has and that have not ended, stops that stand included. */
  readonly open = new Map<string, BenchOrder>()
  readonly positions: Position[] = []
  now: Micros = hours(0)
  #seq = 0
  #trade = 0
  readonly #told = new Map<string, Told>()
  readonly config: KernelConfig

  constructor(given: Partial<KernelConfig> & { readonly strategyCount?: number } = {}) {
    const strategies = Array.from({ length: given.strategyCount ?? 1 }, (_, i) => ({
      definition: this.#definition(i),
      params: {},
      interval: intervalOf('1h'),
      account: 0,
    }))
    this.config = {
      runId: 'benchaaa',
      seed: 1,
      accounts: [ACCOUNT],
      instruments: [spec()],
      strategies,
      risk: {},
      allocation: { fraction: 1 },
      ...given,
    }
    this.kernel = new Kernel(this.config)
  }

  #definition(index: number): StrategyDefinition {
    return {
      name: `told-${index}`,
      description: '',
      parameters: {},
      warmUp: () => 0,
      memory: () => 0,
      create: ({ instrument }) => ({
        state: {},
        onBar: () => {
          const told = this.#told.get(`${index} ${instrument.index}`)
          if (told === undefined) return undefined
          const { qty, ...opinion } = told
          return { ...opinion, reason: 'told', ...(qty === undefined ? {} : { qty: qty as Qty }) }
        },
      }),
    }
  }

  /** Hands an event over and keeps what was decided; what was sent is at the venue. */
  handle(event: Event): Decision {
    this.#seq += 1
    if (event.seq === 0) (event as { seq: number }).seq = this.#seq
    const decision = this.kernel.handle(event)
    const kept: Decision = {
      effects: [...decision.effects],
      targets: [...decision.targets],
      refusals: [...decision.refusals],
      bookings: [...decision.bookings],
      regimes: [...decision.regimes],
      actions: [...decision.actions],
      notes: [...decision.notes],
      remarks: [...(decision.remarks ?? [])],
    }
    for (const effect of kept.effects)
      if (effect.kind === 'submit') this.open.set(effect.order.clientOrderId, { request: effect.order, filled: 0 })
    return kept
  }

  /** A bar of an hour, `later` after the one before; what strategies say of it, by their index. */
  bar(price: number, told: readonly (Told | undefined)[] = [], instrument = 0, later: number = HOUR): Decision {
    this.#told.clear()
    for (const [i, each] of told.entries()) if (each !== undefined) this.#told.set(`${i} ${instrument}`, each)
    this.now = (this.now + later) as Micros
    const openTime = this.now - HOUR
    return this.handle(
      barSlot({ instrument, openTime, length: HOUR, open: price, high: price, low: price, close: price }, this.#seq + 1),
    )
  }

  deposit(amount: number): Decision {
    return this.handle(accountReport(amount >= 0 ? 'deposit' : 'withdrawal', BigInt(amount), { time: this.now }))
  }

  command(command: CommandName): Decision {
    return this.handle({ kind: 'command', seq: 0, time: this.now, command, by: 'test', argument: '' })
  }

  tell(kind: OrderReport['kind'], of: OrderRequest, given: Parameters<typeof report>[1] = {}): Decision {
    if (kind === 'order-canceled' || kind === 'order-expired' || kind === 'order-rejected') this.open.delete(of.clientOrderId)
    return this.handle(
      report(kind, { clientOrderId: of.clientOrderId, account: of.account, instrument: of.instrument, time: this.now, ...given }),
    )
  }

  position(instrument: number): Position {
    return (this.positions[instrument] ??= new Position())
  }

  /**
   * The venue executes an order, wholly if nothing else is said: first what closes, of which the position may lack some.
   * Replaced stops go before, the attached one stands after.
   */
  execute({ request, filled: before }: BenchOrder, price: number, most = Infinity): void {
    const position = this.position(request.instrument)
    const reducible = position.qty !== 0 && position.qty > 0 === (request.side === 'sell') ? Math.abs(position.qty) : 0
    const order = this.open.get(request.clientOrderId)
    const closed = order?.closed ?? 0
    const closable = Math.min(request.closes - closed, reducible)
    const wanted = closable + (request.qty - request.closes) - (before - closed)
    const qty = Math.min(wanted, most)
    if (qty <= 0) {
      this.tell('order-expired', request, { reason: 'reduce-only' })
      return
    }
    if (order !== undefined) {
      order.filled += qty
      order.closed = closed + Math.min(qty, closable)
    }
    const remaining = request.qty - before - qty
    const isDone = qty === wanted
    if (isDone) {
      this.open.delete(request.clientOrderId)
      for (const id of request.attached?.cancels ?? []) {
        const stop = this.open.get(id)
        if (stop !== undefined) this.tell('order-canceled', stop.request)
      }
    }
    this.#report(request, price, qty, remaining)
    const stop = request.attached?.stop
    if (!isDone) return
    if (stop === undefined) {
      this.#drop(request, remaining)
      return
    }
    const placed = this.kernel.orders.get(stop.clientOrderId)
    if (placed === undefined) throw new Error('the kernel forgot an attached stop')
    this.open.set(stop.clientOrderId, { request: placed.request, filled: 0 })
    this.tell('order-accepted', placed.request)
    this.#drop(request, remaining)
  }

  #drop(request: OrderRequest, remaining: number): void {
    if (remaining > 0) this.tell('order-expired', request, { reason: 'reduce-only' })
  }

  /** The venue closes what is held without being asked. */
  liquidate(instrument: number, price: number): void {
    const { qty } = this.position(instrument)
    if (qty === 0) return
    this.#report(
      { clientOrderId: `autoclose-${this.#trade}`, account: 0, instrument, side: qty > 0 ? 'sell' : 'buy' },
      price,
      Math.abs(qty),
      0,
    )
  }

  #report(
    of: Pick<OrderRequest, 'clientOrderId' | 'account' | 'instrument' | 'side'>,
    price: number,
    qty: number,
    remaining: number,
  ): void {
    const realised = this.position(of.instrument).apply(price as Price, (of.side === 'buy' ? qty : -qty) as Qty)
    this.#trade += 1
    const { clientOrderId, account, instrument, side } = of
    const done = fill({
      tradeId: this.#trade,
      clientOrderId,
      account,
      instrument,
      side,
      price,
      qty,
      realised,
      exchangeTime: this.now,
    })
    this.handle(report('order-filled', { clientOrderId, account, instrument, fill: done, remaining, time: this.now }))
  }

  list(given: Partial<InstrumentSpec>): Decision {
    return this.handle({ kind: 'listed', seq: 0, time: this.now, spec: spec(given) })
  }
}
