/**
 * What a protection is: a reason to open nothing just now, from how the market or the book is doing. It never stands in the way
 * of what reduces. A new protection is one file and one line in `list.ts`; its settings are `risk.<name>`.
 */
import type { Settings, ValuesOf } from '../../core/setting.ts'
import type { OrderRequest } from '../../domain/order.ts'
import type { View } from '../../domain/view.ts'

export interface ProtectionDefinition<S extends Settings = Settings> {
  /** Also its place in the configuration: `risk.<name>`. */
  readonly name: string
  readonly description: string
  readonly settings: S
  /** Asked of orders that may open something; the sentence of the refusal, or nothing. Never throws on what is not known. */
  check(order: OrderRequest, view: View, settings: ValuesOf<S>): string | undefined
}

/** Erases the settings' type once the check has been type-checked. */
export function defineProtection<const S extends Settings>(definition: ProtectionDefinition<S>): ProtectionDefinition {
  return Object.freeze(definition)
}
