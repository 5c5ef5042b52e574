/** All protections, in the order in which they are asked. One line each. */
import { crisisRegime } from './crisis-regime.ts'
import type { ProtectionDefinition } from './protection.ts'

export const PROTECTIONS: readonly ProtectionDefinition[] = [crisisRegime]
