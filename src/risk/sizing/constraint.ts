/**
 * What a constraint on size is: a name, its settings, and the largest position that it allows. A new constraint is one file
 * and one line in `list.ts`; its settings become keys of the configuration under `sizing.` and its name.
 */
import type { Settings, ValuesOf } from '../../core/setting.ts'
import type { Weight } from '../../domain/decision.ts'
import type { View } from '../../domain/view.ts'

export interface ConstraintDefinition<S extends Settings = Settings> {
  /** Also its place in the configuration, `sizing.<name>`, and the word in a target's `bound`. */
  readonly name: string
  readonly description: string
  /** With a flag `enabled` when it can be switched off; then it is asked only while that is on. */
  readonly settings: S
  /**
   * The largest absolute quantity of the book's position, in quantity units; Infinity when it does not bind. The newest price is
   * above 0. Whatever cannot be computed may come out as NaN: the sizer takes that as 0.
   */
  most(weight: Weight, account: number, view: View, settings: ValuesOf<S>, given: SizingGiven): number
}

/** What others decide and constraints follow. */
export interface SizingGiven {
  /** The adverse move that every position of the account has to survive: the limit `risk.liquidation.stress`, as a share; 0 is none. */
  readonly stress: number
}

/** Erases the settings' type once `most` has been type-checked: a list holds constraints of all kinds. */
export function defineConstraint<const S extends Settings>(definition: ConstraintDefinition<S>): ConstraintDefinition {
  return Object.freeze(definition)
}

/** Quantity units that `leverage` times the account's equity pays for at the newest price; nothing without equity. */
export const affordable = (leverage: number, { signal }: Weight, account: number, view: View): number =>
  Math.max(0, (leverage * view.equity(account)) / view.lastPrice(signal.instrument))
