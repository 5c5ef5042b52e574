/**
 * What the kernel answers to an event: effects for the world, refusals, and the reasons of both; and the steps in
 * between, each a noun of its own: opinion (`Signal`), share (`Weight`), size (`Target`), plan (`OrderRequest`),
 * permission (`Approved` or `Refusal`).
 */
import type { Money, Price, Qty } from '../core/exact.ts'
import type { Micros } from '../core/time.ts'
import type { CancelRequest, OrderRequest } from './order.ts'
import type { RegimeState } from './regime.ts'

declare const approved: unique symbol

/** Permission as a type: only the two doors of `risk` make one, and a venue accepts nothing else. */
export type Approved<T> = T & { readonly [approved]: true }

/** An opinion of one strategy on one instrument. */
export interface Signal {
  /** Index of the strategy instance. */
  readonly strategy: number
  readonly instrument: number
  /** -1 .. 1: side and conviction; 0 wants out. */
  readonly direction: number
  /** Exact signed target; then the sizer passes it through and only risk may refuse it. */
  readonly qty: Qty | undefined
  /** Protective stop, rounded to the tick away from the position; undefined is none. */
  readonly stop: Price | undefined
  /** In words, for people. */
  readonly reason: string
  readonly time: Micros
}

/** The share of equity that a strategy may hold in an instrument; signed. */
export interface Weight {
  readonly signal: Signal
  /** Notional over equity: the direction times all parts. */
  readonly fraction: number
  readonly parts: WeightParts
}

/** What a weight is the product of, for people. */
export interface WeightParts {
  /** Of the exposure the account may have: what the portfolio gives this instrument at full conviction, notional over equity. */
  readonly budget: number
  /** The strategy's part of it, 0 to 1. */
  readonly share: number
  /** What the market's regime leaves of that, 0 to 1. */
  readonly regime: number
  /** Who is against it, in words; then the fraction is 0, or what is held already. */
  readonly veto: string | undefined
}

/** One bound on the size of a position and what it would allow. */
export interface SizeConstraint {
  readonly name: string
  /** Largest absolute quantity; Infinity where it does not bind. */
  readonly qty: number
}

/** The position a strategy's book shall reach. */
export interface Target {
  readonly signal: Signal
  /** Signed. */
  readonly qty: Qty
  /** Which constraint set the size: `signal` when the strategy did. */
  readonly bound: string
  /** The share it was made from; undefined where a person or a door decided. */
  readonly weight: Weight | undefined
  /** Everything that was looked at, the one that bound included; empty where the strategy set the size. */
  readonly constraints: readonly SizeConstraint[]
  /** Not a new opinion: one that stands was weighed again. */
  readonly revised?: true
  /** Of the instrument at the decision. */
  readonly regime: RegimeState | undefined
}

/**
 * What an event did to one book: a strategy instance's virtual position and its part of the money. Over all books, and
 * nobody's (-1), the bookings of an event add up to what the account booked, to the last unit.
 */
export interface Booking {
  readonly kind: BookingKind
  /** Index of the strategy instance; -1 is nobody's. */
  readonly strategy: number
  readonly account: number
  readonly instrument: number
  /** Signed change of the position; 0 where only money moved. */
  readonly qty: Qty
  readonly price: Price
  /** Signed money that moved besides price x quantity: a commission is negative. */
  readonly amount: Money
  /** Paid against the decision price; inside the price already. */
  readonly slippage: Money
}

/** `cross`: two books traded with each other, without the venue and without a fee. */
export type BookingKind = 'fill' | 'cross' | 'funding' | 'borrow-interest' | 'liquidation-fee' | 'insurance-cover' | 'adjustment'

/** Money that shall go from one account of ours to another at the same venue. */
export interface TransferRequest {
  readonly from: number
  readonly to: number
  readonly asset: string
  /** Positive. */
  readonly amount: Money
  readonly reason: string
}

/** A door said no: the rule by its name, with its numbers. */
export interface Refusal {
  readonly rule: string
  readonly order: OrderRequest
  /** One sentence with the numbers. */
  readonly text: string
}

export type Effect =
  | { readonly kind: 'submit'; readonly order: Approved<OrderRequest> }
  | { readonly kind: 'cancel'; readonly cancel: Approved<CancelRequest> }
  | { readonly kind: 'transfer'; readonly transfer: Approved<TransferRequest> }
  /** Wake us with a `timer` event at this moment. */
  | { readonly kind: 'timer'; readonly timer: string; readonly at: Micros }
  /** Slow mathematics: computed by a worker, answered by a `model-answer` event not before `time + delay`. */
  | {
      readonly kind: 'compute'
      readonly request: string
      /** Index of the strategy instance; -1 for the kernel's own models. */
      readonly strategy: number
      readonly model: string
      readonly inputs: unknown
      readonly delay: number
    }

/** Valid until the kernel handles the next event: the lists are its own and are used again. */
export interface Decision {
  readonly effects: readonly Effect[]
  readonly targets: readonly Target[]
  readonly refusals: readonly Refusal[]
  /** Who owns what the event booked. */
  readonly bookings: readonly Booking[]
  /** Instruments whose regime is another than before. */
  readonly regimes: readonly number[]
  /** What observers should be told in words: ignored reports, adopted orders. */
  readonly notes: readonly string[]
}
