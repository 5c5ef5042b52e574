/** All constraints on size. Of several that allow the same the first is named. One line each. */
import type { Settings } from '../../core/setting.ts'
import type { ConstraintDefinition } from './constraint.ts'
import { filters } from './filters.ts'
import { fraction } from './fraction.ts'
import { kelly } from './kelly.ts'
import { liquidation } from './liquidation.ts'
import { liquidity } from './liquidity.ts'
import { stopRisk } from './stop-risk.ts'
import { valueAtRisk } from './value-at-risk.ts'
import { volatility } from './volatility.ts'

export const CONSTRAINTS: readonly ConstraintDefinition[] = [
  fraction,
  stopRisk,
  liquidation,
  liquidity,
  filters,
  kelly,
  volatility,
  valueAtRisk,
]

/** Settings by constraint, of those that have any. */
export const SIZING_SETTINGS: Readonly<Record<string, Settings>> = Object.fromEntries(
  CONSTRAINTS.filter(({ settings }) => Object.keys(settings).length > 0).map(({ name, settings }) => [name, settings]),
)
