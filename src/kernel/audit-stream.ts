/**
 * What happened and what was decided, as records for databases, screens and alerts.
 *
 * Records are frozen plain data in the kernel's own exact units: whoever writes them to a wire or a file makes decimal
 * texts of them. They are made only while somebody listens, handed out at once and kept nowhere. A subscriber that
 * throws harms nobody but itself.
 */
import type { Money, Price, Qty, Rate } from '../core/exact.ts'
import type { Micros } from '../core/time.ts'
import type { Booking, Decision, Effect, Refusal, SizeConstraint, Target, WeightParts } from '../domain/decision.ts'
import type { AccountReport, Event, OrderReport, OrderReportKind } from '../domain/event.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { LedgerKind } from '../domain/ledger.ts'
import type {
  Fill,
  OrderRequest,
  OrderShare,
  OrderSide,
  OrderType,
  PositionSide,
  TimeInForce,
  WorkingType,
} from '../domain/order.ts'
import type { RegimeId, RegimeState } from '../domain/regime.ts'
import type { Observer } from './ports.ts'

interface Stamp {
  /** The event that brought it about. Several records may have the same; their order is that of the decision. */
  readonly seq: number
  readonly time: Micros
}

export type AuditRecord =
  | FillRecord
  | OrderSentRecord
  | OrderStateRecord
  | AccountRecord
  | TargetRecord
  | RegimeRecord
  | CrossRecord
  | RefusalRecord
  | NoteRecord

export interface FillRecord extends Stamp, Omit<Fill, 'instrument'> {
  readonly kind: 'fill'
  /** By id; so in all records. */
  readonly instrument: string
  /** Of the order, after this fill. */
  readonly remaining: Qty
}

/** An approved order on its way to the venue. */
export interface OrderSentRecord extends Stamp {
  readonly kind: 'order-sent'
  readonly clientOrderId: string
  readonly account: number
  readonly instrument: string
  readonly side: OrderSide
  readonly positionSide: PositionSide
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  readonly qty: Qty
  readonly price: Price | undefined
  readonly trigger: Price | undefined
  readonly workingType: WorkingType
  readonly reduceOnly: boolean
  /** The protective stop that comes into force with its fill. */
  readonly stop:
    | { readonly clientOrderId: string; readonly trigger: Price; readonly qty: Qty; readonly workingType: WorkingType }
    | undefined
  /** Stops that its fill removes. */
  readonly replaces: readonly string[]
  readonly shares: readonly OrderShare[]
  readonly decisionPrice: Price
  readonly reason: string
}

export type OrderState = 'accepted' | 'partly-filled' | 'filled' | 'cancel-sent' | 'canceled' | 'expired' | 'rejected'

export interface OrderStateRecord extends Stamp {
  readonly kind: 'order-state'
  readonly state: OrderState
  readonly clientOrderId: string
  readonly account: number
  readonly instrument: string
  /** Undefined when we ask for a cancel: the venue knows. */
  readonly remaining: Qty | undefined
  readonly reason: string
}

export interface AccountRecord extends Stamp {
  readonly kind: 'account'
  readonly exchangeTime: Micros
  readonly account: number
  readonly asset: string
  readonly entry: LedgerKind
  readonly amount: Money
  readonly instrument: string | undefined
  readonly rate: Rate
  readonly cause: string
}

/** What a book shall hold, and everything that made it so. */
export interface TargetRecord extends Stamp {
  readonly kind: 'target'
  readonly strategy: number
  /** The strategy's name where the stream was told whom to ask. */
  readonly strategyName: string | undefined
  readonly instrument: string
  readonly direction: number
  /** Signed: the position the strategy's book shall reach. */
  readonly qty: Qty
  readonly stop: Price | undefined
  /** Which constraint set the size. */
  readonly bound: string
  /** Notional over equity, and what it is the product of; undefined where no weight was asked for. */
  readonly fraction: number | undefined
  readonly parts: Readonly<WeightParts> | undefined
  /** All that were looked at. */
  readonly constraints: readonly Readonly<SizeConstraint>[]
  /** Of the instrument at the decision. */
  readonly regime: RegimeId | undefined
  /** In the order of `REGIME_IDS`. */
  readonly probabilities: readonly number[] | undefined
  readonly reason: string
}

/** An instrument's regime is another than before, or what is known of it. */
export interface RegimeRecord extends Stamp {
  readonly kind: 'regime'
  readonly instrument: string
  readonly label: RegimeId
  readonly probabilities: readonly number[]
  readonly newRisk: boolean
  readonly reasons: readonly string[]
}

/** A book's side of an exchange with other books of the same account. */
export interface CrossRecord extends Stamp {
  readonly kind: 'cross'
  readonly strategy: number
  readonly strategyName: string | undefined
  readonly account: number
  readonly instrument: string
  /** Signed. */
  readonly qty: Qty
  readonly price: Price
}

export interface RefusalRecord extends Stamp {
  readonly kind: 'refusal'
  readonly rule: string
  readonly text: string
  readonly clientOrderId: string
  readonly account: number
  readonly instrument: string
  readonly side: OrderSide
  readonly qty: Qty
  readonly reason: string
}

export interface NoteRecord extends Stamp {
  readonly kind: 'note'
  readonly text: string
}

export interface AuditSubscriber {
  readonly name: string
  receive(record: AuditRecord): void
}

/** A subscriber and how often it failed. */
interface Subscription {
  readonly subscriber: AuditSubscriber
  failures: number
}

export interface AuditStreamOptions {
  /** May grow while we run. */
  readonly instruments: readonly Instrument[]
  /** Names of strategy instances by their index; without it records have indices only. */
  strategyOf?(index: number): string | undefined
  /** Without it there are no records of regimes. */
  regimeOf?(instrument: number): RegimeState | undefined
  /** Told of the first failure of each subscriber; it goes on receiving, further failures are counted. Must not throw. */
  onFailure(subscriber: AuditSubscriber, cause: unknown): void
}

export class AuditStream implements Observer {
  readonly name = 'audit-stream'
  readonly #instruments: readonly Instrument[]
  readonly #onFailure: AuditStreamOptions['onFailure']
  readonly #strategyOf: (index: number) => string | undefined
  readonly #regimeOf: (instrument: number) => RegimeState | undefined
  /** Never changed in place: a subscriber may leave while records are handed out. */
  #subscriptions: readonly Subscription[] = []

  constructor(options: AuditStreamOptions) {
    this.#instruments = options.instruments
    this.#onFailure = options.onFailure.bind(options)
    this.#strategyOf = options.strategyOf?.bind(options) ?? nothing
    this.#regimeOf = options.regimeOf?.bind(options) ?? nothing
  }

  /** Starts with the next event; the answer ends it. */
  subscribe(subscriber: AuditSubscriber): () => void {
    const subscription: Subscription = { subscriber, failures: 0 }
    this.#subscriptions = [...this.#subscriptions, subscription]
    return () => {
      this.#subscriptions = this.#subscriptions.filter((other) => other !== subscription)
    }
  }

  /** How often each present subscriber threw. */
  get failures(): readonly { readonly name: string; readonly failures: number }[] {
    return this.#subscriptions.map(({ subscriber, failures }) => ({ name: subscriber.name, failures }))
  }

  observe(event: Event, { targets, refusals, effects, notes, bookings, regimes, remarks = NONE }: Decision): void {
    if (this.#subscriptions.length === 0) return
    switch (event.kind) {
      case 'order-accepted':
      case 'order-filled':
      case 'order-canceled':
      case 'order-expired':
      case 'order-rejected':
      case 'order-amended':
        this.#onReport(event)
        break
      case 'account':
        this.#emit(this.#account(event))
        break
      case 'command':
        this.#emit(note(event, `command '${event.command}' by ${event.by}${event.argument === '' ? '' : `: ${event.argument}`}`))
        break
      case 'link':
        this.#emit(note(event, `the connection to ${event.venue} is ${event.up ? 'up' : 'down'}`))
        break
      default:
      // Market facts are no decisions; what was decided on them follows.
    }
    // Most decisions are empty, and a market fact's stamp costs reads through a cursor.
    if (
      targets.length + refusals.length + effects.length + notes.length + bookings.length + regimes.length + remarks.length ===
      0
    )
      return
    const { seq, time } = event
    for (let i = 0; i < regimes.length; i++) this.#onRegime(regimes[i], seq, time)
    for (let i = 0; i < targets.length; i++) this.#emit(this.#target(targets[i], seq, time))
    // Other bookings have a fill or an account record of their own.
    for (let i = 0; i < bookings.length; i++) if (bookings[i].kind === 'cross') this.#emit(this.#cross(bookings[i], seq, time))
    for (let i = 0; i < refusals.length; i++) this.#emit(this.#refusal(refusals[i], seq, time))
    for (let i = 0; i < effects.length; i++) this.#onEffect(effects[i], seq, time)
    for (let i = 0; i < notes.length; i++) this.#emit(note({ seq, time }, notes[i]))
    for (let i = 0; i < remarks.length; i++) this.#emit(note({ seq, time }, remarks[i]))
  }

  #onReport(report: OrderReport): void {
    if (report.fill !== undefined) this.#emit(this.#fill(report, report.fill))
    this.#emit(this.#state(report))
  }

  #onEffect(effect: Effect, seq: number, time: Micros): void {
    // Timers and computations are the engine's own business until they come back as events.
    if (effect.kind === 'submit') this.#emit(this.#sent(effect.order, seq, time))
    else if (effect.kind === 'cancel') {
      const { clientOrderId, account, instrument, reason } = effect.cancel
      this.#emit(
        Object.freeze({
          kind: 'order-state',
          seq,
          time,
          state: 'cancel-sent',
          clientOrderId,
          account,
          instrument: this.#id(instrument),
          remaining: undefined,
          reason,
        }),
      )
    }
  }

  #emit(record: AuditRecord): void {
    const subscriptions = this.#subscriptions
    for (let i = 0; i < subscriptions.length; i++) {
      try {
        subscriptions[i].subscriber.receive(record)
      } catch (cause) {
        this.#fail(subscriptions[i], cause)
      }
    }
  }

  #fail(subscription: Subscription, cause: unknown): void {
    subscription.failures += 1
    if (subscription.failures === 1) this.#onFailure(subscription.subscriber, cause)
  }

  // ---- records -----------------------------------------------------------------------------------------------------

  #fill({ seq, time, remaining }: OrderReport, fill: Fill): FillRecord {
    const { tradeId, clientOrderId, account, side, positionSide, price, qty, fee, liquidity, realised, exchangeTime, reason } =
      fill
    const instrument = this.#id(fill.instrument)
    return Object.freeze({
      kind: 'fill',
      seq,
      time,
      tradeId,
      clientOrderId,
      account,
      instrument,
      side,
      positionSide,
      price,
      qty,
      fee,
      liquidity,
      realised,
      exchangeTime,
      remaining,
      reason,
    })
  }

  #state(report: OrderReport): OrderStateRecord {
    const { seq, time, clientOrderId, account, remaining, reason } = report
    const state = report.kind === 'order-filled' && remaining > 0 ? 'partly-filled' : STATES[report.kind]
    return Object.freeze({
      kind: 'order-state',
      seq,
      time,
      state,
      clientOrderId,
      account,
      instrument: this.#id(report.instrument),
      remaining,
      reason,
    })
  }

  #sent(order: OrderRequest, seq: number, time: Micros): OrderSentRecord {
    const {
      clientOrderId,
      account,
      side,
      positionSide,
      type,
      timeInForce,
      qty,
      price,
      trigger,
      workingType,
      reduceOnly,
      attached,
      decisionPrice,
      reason,
    } = order
    const stop = attached?.stop === undefined ? undefined : Object.freeze({ ...attached.stop })
    const replaces = attached === undefined || attached.cancels.length === 0 ? NONE : Object.freeze([...attached.cancels])
    const shares = Object.freeze(order.shares.map((part) => Object.freeze({ ...part })))
    const instrument = this.#id(order.instrument)
    return Object.freeze({
      kind: 'order-sent',
      seq,
      time,
      clientOrderId,
      account,
      instrument,
      side,
      positionSide,
      type,
      timeInForce,
      qty,
      price,
      trigger,
      workingType,
      reduceOnly,
      stop,
      replaces,
      shares,
      decisionPrice,
      reason,
    })
  }

  #account({ seq, time, exchangeTime, account, asset, entry, amount, instrument, rate, cause }: AccountReport): AccountRecord {
    const id = instrument < 0 ? undefined : this.#id(instrument)
    return Object.freeze({ kind: 'account', seq, time, exchangeTime, account, asset, entry, amount, instrument: id, rate, cause })
  }

  #target({ signal, qty, bound, weight, constraints, regime }: Target, seq: number, time: Micros): TargetRecord {
    const { strategy, direction, stop, reason } = signal
    return Object.freeze({
      kind: 'target',
      seq,
      time,
      strategy,
      strategyName: this.#strategyOf(strategy),
      instrument: this.#id(signal.instrument),
      direction,
      qty,
      stop,
      bound,
      fraction: weight?.fraction,
      parts: weight === undefined ? undefined : Object.freeze({ ...weight.parts }),
      constraints: Object.freeze(constraints.map((each) => Object.freeze({ ...each }))),
      regime: regime?.label,
      probabilities: regime === undefined ? undefined : Object.freeze([...regime.probabilities]),
      reason,
    })
  }

  #onRegime(instrument: number, seq: number, time: Micros): void {
    const state = this.#regimeOf(instrument)
    if (state === undefined) return
    const { label, probabilities, newRisk, reasons } = state
    this.#emit(
      Object.freeze({
        kind: 'regime',
        seq,
        time,
        instrument: this.#id(instrument),
        label,
        probabilities: Object.freeze([...probabilities]),
        newRisk,
        reasons: Object.freeze([...reasons]),
      }),
    )
  }

  #cross({ strategy, account, instrument, qty, price }: Booking, seq: number, time: Micros): CrossRecord {
    return Object.freeze({
      kind: 'cross',
      seq,
      time,
      strategy,
      strategyName: this.#strategyOf(strategy),
      account,
      instrument: this.#id(instrument),
      qty,
      price,
    })
  }

  #refusal({ rule, text, order }: Refusal, seq: number, time: Micros): RefusalRecord {
    const { clientOrderId, account, side, qty, reason } = order
    return Object.freeze({
      kind: 'refusal',
      seq,
      time,
      rule,
      text,
      clientOrderId,
      account,
      instrument: this.#id(order.instrument),
      side,
      qty,
      reason,
    })
  }

  #id(instrument: number): string {
    return this.#instruments[instrument].id
  }
}

const nothing = (): undefined => undefined

const note = ({ seq, time }: Stamp, text: string): NoteRecord => Object.freeze({ kind: 'note', seq, time, text })

const STATES: Readonly<Record<OrderReportKind, OrderState>> = {
  'order-accepted': 'accepted',
  'order-filled': 'filled',
  'order-canceled': 'canceled',
  'order-expired': 'expired',
  'order-rejected': 'rejected',
  'order-amended': 'accepted',
}
const NONE: readonly string[] = Object.freeze([])
