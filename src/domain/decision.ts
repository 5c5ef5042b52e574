/**
 * What the kernel answers to an event: effects for the world, refusals, and the reasons of both; and the steps in
 * between, each a noun of its own: opinion (`Signal`), share (`Weight`), size (`Target`), plan (`OrderRequest`),
 * permission (`Approved` or `Refusal`).
 */
import type { Price, Qty } from '../core/exact.ts'
import type { Micros } from '../core/time.ts'
import type { CancelRequest, OrderRequest } from './order.ts'

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
  /** Notional over equity. */
  readonly fraction: number
}

/** The position a strategy's book shall reach. */
export interface Target {
  readonly signal: Signal
  /** Signed. */
  readonly qty: Qty
  /** Which constraint set the size: `signal` when the strategy did. */
  readonly bound: string
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
  /** Wake us with a `timer` event at this moment. */
  | { readonly kind: 'timer'; readonly timer: string; readonly at: Micros }
  /** Slow mathematics: computed by a worker, answered by a `model-answer` event not before `time + delay`. */
  | {
      readonly kind: 'compute'
      readonly request: string
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
  /** What observers should be told in words: ignored reports, adopted orders. */
  readonly notes: readonly string[]
}
