/**
 * From a share of capital to a quantity: the smallest of all that is allowed, rounded down to the step. The target says
 * which constraint that was, and what every other would have allowed.
 */
import type { Qty } from '../core/exact.ts'
import { defaultsOf } from '../core/setting.ts'
import type { Settings, ValuesOf } from '../core/setting.ts'
import type { SizeConstraint, Target, Weight } from '../domain/decision.ts'
import type { View } from '../domain/view.ts'
import type { ConstraintDefinition, SizingGiven } from './sizing/constraint.ts'
import { isBelowMinimum } from './sizing/filters.ts'
import { CONSTRAINTS } from './sizing/list.ts'

/** Values of each constraint by its name; what is missing has its default. */
export type SizingValues = Readonly<Record<string, Partial<ValuesOf<Settings>>>>

/** The constraints that are switched on, with their values. Made once, by `sizingOf`. */
export interface Sizing extends SizingGiven {
  readonly constraints: readonly { readonly constraint: ConstraintDefinition; readonly values: ValuesOf<Settings> }[]
  /** Whether positions below the venue's minima become none. */
  readonly minima: boolean
}

/** `stress` is what the limit `risk.liquidation.stress` says, 0 when it is off: then `liquidation` does not bind. */
export function sizingOf(values: SizingValues = {}, stress = 0): Sizing {
  const constraints = CONSTRAINTS.map((constraint) => ({
    constraint,
    values: { ...defaultsOf(constraint.settings), ...values[constraint.name] } as ValuesOf<Settings>,
  })).filter((each) => each.values['enabled'] !== false)
  return { constraints, minima: constraints.some(({ constraint }) => constraint.name === 'filters'), stress }
}

const DEFAULT_SIZING = sizingOf()

/**
 * An exact quantity of the strategy passes through (bound `signal`), an opinion of 0 is 0. Else the smallest constraint binds,
 * and `scale` (0 to 1, what the risk controller leaves of every position) cuts it further (bound `scale`). Rounded down to the
 * step; below the venue's minima it is 0 (bound `minimum`). What cannot be computed allows nothing.
 */
export function sizePosition(weight: Weight, account: number, view: View, sizing: Sizing = DEFAULT_SIZING, scale = 1): Target {
  const { signal } = weight
  const regime = view.regime(signal.instrument)
  const of = (qty: number, bound: string, constraints: readonly SizeConstraint[] = NONE): Target => ({
    signal,
    qty: qty as Qty,
    bound,
    weight,
    constraints,
    regime,
  })
  if (signal.qty !== undefined) return of(signal.qty, 'signal')
  const price = view.lastPrice(signal.instrument)
  if (signal.direction === 0 || !(price > 0)) return of(0, 'signal')

  const looked = sizing.constraints.map(({ constraint, values }): SizeConstraint => {
    const most = constraint.most(weight, account, view, values, sizing)
    return { name: constraint.name, qty: most > 0 ? most : 0 }
  })
  let bound = looked.reduce((least, each) => (each.qty < least.qty ? each : least))
  if (!(scale >= 1)) {
    bound = { name: 'scale', qty: scale > 0 ? bound.qty * scale : 0 }
    looked.push(bound)
  }
  const rules = view.instruments[signal.instrument].rulesAt(view.time)
  const qty = Number.isFinite(bound.qty) ? Math.floor(bound.qty / rules.step) * rules.step : 0
  if (sizing.minima && bound.qty > 0 && isBelowMinimum(qty, price, rules))
    return of(0, 'minimum', [...looked, { name: 'minimum', qty: 0 }])
  return of(qty > 0 ? Math.sign(weight.fraction) * qty : 0, bound.name, looked)
}

const NONE: readonly SizeConstraint[] = Object.freeze([])
