/** Everything of risk that has settings, in the order of the configuration: `risk.<name>`. */
import type { Settings } from '../core/setting.ts'
import { KILL_SWITCH } from './kill-switch.ts'
import { LIMITS } from './limits/list.ts'
import { PROTECTIONS } from './protections/list.ts'

export interface RiskSection {
  readonly name: string
  readonly description: string
  readonly settings: Settings
}

export const RISK_SECTIONS: readonly RiskSection[] = [...LIMITS, ...PROTECTIONS, KILL_SWITCH]
