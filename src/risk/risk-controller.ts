/**
 * The first door: every order passes here, and only here (or the reduce-only door) becomes `Approved`.
 *
 * What strictly reduces the account's position passes the limits on exposure and loss; the venue's filters and the
 * order rate hold for it too.
 */
import { defaultsOf } from '../core/setting.ts'
import type { Settings, ValuesOf } from '../core/setting.ts'
import type { Approved, Refusal } from '../domain/decision.ts'
import type { CancelRequest, OrderRequest } from '../domain/order.ts'
import type { View } from '../domain/view.ts'
import { signedQty } from './limits/limit.ts'
import type { LimitDefinition } from './limits/limit.ts'
import { LIMITS } from './limits/list.ts'

/** ACTIVE: all; REDUCING: only what reduces; HALTED: nothing through this door. */
export type TradingState = 'ACTIVE' | 'REDUCING' | 'HALTED'

const STRICTNESS: readonly TradingState[] = ['ACTIVE', 'REDUCING', 'HALTED']

/** Values of each limit by its name; what is missing has its default. */
export type LimitValues = Readonly<Record<string, ValuesOf<Settings>>>

export type Verdict =
  | { readonly approved: Approved<OrderRequest>; readonly refusal: undefined }
  | { readonly approved: undefined; readonly refusal: Refusal }

export class RiskController {
  readonly #limits: readonly { readonly limit: LimitDefinition; readonly values: ValuesOf<Settings>; readonly always: boolean }[]
  #state: TradingState = 'ACTIVE'

  constructor(values: LimitValues = {}) {
    this.#limits = LIMITS.map((limit) => ({
      limit,
      values: { ...defaultsOf(limit.settings), ...values[limit.name] },
      always: limit.name === 'venueFilters' || limit.name === 'orderRate',
    }))
  }

  get state(): TradingState {
    return this.#state
  }

  setState(state: TradingState): void {
    this.#state = state
  }

  /** Makes the state stricter; only `setState` loosens it, which is what resuming is. */
  tighten(state: TradingState): void {
    if (STRICTNESS.indexOf(state) > STRICTNESS.indexOf(this.#state)) this.#state = state
  }

  approve(order: OrderRequest, view: View): Verdict {
    const reduces = isReducing(order, view)
    if (this.#state === 'HALTED' || (this.#state === 'REDUCING' && !reduces))
      return refuse(order, 'trading-state', `trading is ${this.#state}`)
    for (const { limit, values, always } of this.#limits) {
      if (reduces && !always) continue
      const text = limit.check(order, view, values)
      if (text !== undefined) return refuse(order, limit.name, text)
    }
    return { approved: order as Approved<OrderRequest>, refusal: undefined }
  }

  /** A cancel always passes: what it ends can only have made exposure larger, and stops are never cancelled by themselves. */
  approveCancel(cancel: CancelRequest): Approved<CancelRequest> {
    return cancel as Approved<CancelRequest>
  }
}

/** Whether the order can only make the position smaller, whatever else is in flight: it never crosses zero. */
export function isReducing(order: OrderRequest, view: View): boolean {
  if (order.reduceOnly) return true
  const net = view.netQty(order.account, order.instrument)
  const signed = signedQty(order)
  if (net === 0 || net > 0 === signed > 0) return false
  // Others that reduce may be in flight: together they must not cross zero.
  const left = view.netQtyFilled(order.account, order.instrument, signed)
  return net > 0 ? left >= 0 : left <= 0
}

const refuse = (order: OrderRequest, rule: string, text: string): Verdict => ({
  approved: undefined,
  refusal: { rule, order, text },
})
