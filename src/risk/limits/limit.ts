/**
 * What a limit is: a name, its settings, and one check. A new limit is one file and one line in `list.ts`.
 *
 * A limit is asked before every order that can increase a position, with everything in flight counted at its worst.
 * It answers with the sentence of its refusal, or with nothing. It never throws on what is not known: it says what that means.
 */
import type { Settings, ValuesOf } from '../../core/setting.ts'
import { sideSign } from '../../domain/order.ts'
import type { OrderRequest } from '../../domain/order.ts'
import type { View } from '../../domain/view.ts'
import type { Exposures } from '../exposures.ts'

export interface LimitDefinition<S extends Settings = Settings> {
  /** Also its place in the configuration: `risk.<name>`. */
  readonly name: string
  readonly description: string
  readonly settings: S
  /** It is asked of what only reduces, too. */
  readonly always?: boolean
  /** `after`: the accounts as they were if the order and everything in flight had filled; valid during the call. */
  check(order: OrderRequest, view: View, settings: ValuesOf<S>, after: Exposures): string | undefined
}

/** Erases the settings' type once the check has been type-checked: a list holds limits of all kinds. */
export function defineLimit<const S extends Settings>(definition: LimitDefinition<S>): LimitDefinition {
  return Object.freeze(definition)
}

/** Signed quantity of an order. */
export const signedQty = (order: OrderRequest): number => sideSign(order.side) * order.qty
