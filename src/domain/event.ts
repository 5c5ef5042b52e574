/**
 * Everything that can happen to the kernel: one union, one `kind`. The journal is a list of these.
 *
 * Market facts are slots read in place (`market-slot.ts`); all others are objects that nobody changes after the bus
 * has given them their `seq`.
 */
import type { Money, Rate, Qty } from '../core/exact.ts'
import type { Micros } from '../core/time.ts'
import type { InstrumentSpec, TradingRules } from './instrument.ts'
import type { LedgerKind } from './ledger.ts'
import type { MarketSlot } from './market-slot.ts'
import type { Fill } from './order.ts'

export type Event =
  | MarketSlot
  | OrderReport
  | AccountReport
  | UniverseEvent
  | FundingEvent
  | TimerEvent
  | ModelAnswer
  | Command
  | LinkEvent
  | GapEvent

export type EventKind = Event['kind']

interface Stamped {
  /** Place in the list of events; 0 until the bus gives it, once. */
  seq: number
  /** When it reached us. */
  readonly time: Micros
}

export type OrderReportKind =
  | 'order-accepted'
  | 'order-filled'
  | 'order-canceled'
  | 'order-expired'
  | 'order-rejected'
  /** Its price and quantity are now those of an amendment. */
  | 'order-amended'

/** What the venue says about one order. One shape for all five kinds. */
export interface OrderReport extends Stamped {
  readonly kind: OrderReportKind
  readonly exchangeTime: Micros
  readonly account: number
  readonly instrument: number
  readonly clientOrderId: string
  /** Present when `order-filled`; the order is done when nothing remains. */
  readonly fill: Fill | undefined
  /** Quantity still working after this report. */
  readonly remaining: Qty
  /** The venue's code and words for a rejection or expiry; why it was cancelled. */
  readonly reason: string
}

/** Money that moved without an order: funding, deposits, insurance. */
export interface AccountReport extends Stamped {
  readonly kind: 'account'
  readonly exchangeTime: Micros
  readonly account: number
  readonly asset: string
  readonly entry: LedgerKind
  /** Signed: positive makes the wallet larger. */
  readonly amount: Money
  /** The instrument it belongs to; -1 for none. */
  readonly instrument: number
  /** The funding rate; 0 for anything else. */
  readonly rate: Rate
  readonly cause: string
}

/** Listing, changed rules, delisting: the universe changes while we run. */
export type UniverseEvent =
  | (Stamped & { readonly kind: 'listed'; readonly spec: InstrumentSpec })
  | (Stamped & { readonly kind: 'rules-changed'; readonly instrument: number; readonly rules: TradingRules })
  | (Stamped & { readonly kind: 'delisted'; readonly instrument: number })

/** A funding settlement of a market, whether we hold anything in it or not. */
export interface FundingEvent extends Stamped {
  readonly kind: 'funding'
  readonly exchangeTime: Micros
  readonly instrument: number
  readonly rate: Rate
}

export interface TimerEvent extends Stamped {
  readonly kind: 'timer'
  readonly timer: string
}

/** The answer to a `compute` effect; replay reads it here and never computes again. */
export interface ModelAnswer extends Stamped {
  readonly kind: 'model-answer'
  readonly request: string
  /** Index of the strategy instance that asked. */
  readonly strategy: number
  /** Plain data. */
  readonly answer: unknown
  /** It came after its declared delay. */
  readonly late: boolean
}

export type CommandName = 'pause' | 'resume' | 'reduce' | 'flatten'

/** What a person, or a program in a person's name, tells the engine to do. */
export interface Command extends Stamped {
  readonly kind: 'command'
  readonly command: CommandName
  /** Who said it. */
  readonly by: string
  readonly argument: string
}

/** A connection came up or went down. */
export interface LinkEvent extends Stamped {
  readonly kind: 'link'
  readonly venue: string
  readonly up: boolean
}

/** Market facts of an instrument that were lost before they could be handled. */
export interface GapEvent extends Stamped {
  readonly kind: 'gap'
  readonly instrument: number
  readonly lost: number
}

export type ReportEvent = OrderReport | AccountReport

export const isMarketKind = (kind: EventKind): boolean =>
  kind === 'bar' || kind === 'trade' || kind === 'quote' || kind === 'mark' || kind === 'depth'
