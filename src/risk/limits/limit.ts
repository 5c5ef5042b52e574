/**
 * What a limit is: a name, its settings, and one check. A new limit is one file and one line in `list.ts`.
 *
 * A limit is asked before every order that can increase a position, with everything in flight counted at its worst.
 * It answers with the sentence of its refusal, or with nothing.
 */
import type { Settings, ValuesOf } from '../../core/setting.ts'
import { sideSign } from '../../domain/order.ts'
import type { OrderRequest } from '../../domain/order.ts'
import type { View } from '../../domain/view.ts'

export interface LimitDefinition<S extends Settings = Settings> {
  /** Also its place in the configuration: `risk.<name>`. */
  readonly name: string
  readonly description: string
  readonly settings: S
  check(order: OrderRequest, view: View, settings: ValuesOf<S>): string | undefined
}

/** Erases the settings' type once the check has been type-checked: a list holds limits of all kinds. */
export function defineLimit<const S extends Settings>(definition: LimitDefinition<S>): LimitDefinition {
  return Object.freeze(definition)
}

/** Signed quantity of an order. */
export const signedQty = (order: OrderRequest): number => sideSign(order.side) * order.qty
