/** All protections, in the order in which they are asked. One line each. */
import { consecutiveLosses } from './consecutive-losses.ts'
import { coolDown } from './cool-down.ts'
import { crisisRegime } from './crisis-regime.ts'
import { fundingSpike } from './funding-spike.ts'
import { maxEntries } from './max-entries.ts'
import { maxTrades } from './max-trades.ts'
import type { ProtectionDefinition } from './protection.ts'
import { spreadBlowOut } from './spread-blow-out.ts'
import { staleData } from './stale-data.ts'
import { volatilityHalt } from './volatility-halt.ts'

export const PROTECTIONS: readonly ProtectionDefinition[] = [
  staleData,
  crisisRegime,
  volatilityHalt,
  spreadBlowOut,
  fundingSpike,
  coolDown,
  consecutiveLosses,
  maxEntries,
  maxTrades,
]
