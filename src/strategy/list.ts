/** All strategies of the house. One line each: the conformance suite, the command line and the audit walk this list. */
import type { PairDefinition } from './pair.ts'
import type { StrategyDefinition } from './strategy.ts'
import { emaCross } from './strategies/ema-cross.ts'
import { fundingArbitrage } from './strategies/funding-arbitrage.ts'
import { meanReversion } from './strategies/mean-reversion.ts'
import { rangeTrading } from './strategies/range-trading.ts'
import { trendFollowing } from './strategies/trend-following.ts'

// Parameters are contravariant in `create`; the runner reads them against the same definition, so the loss is safe.
export const STRATEGIES: readonly StrategyDefinition[] = [emaCross, trendFollowing, meanReversion, rangeTrading]
/** Those that hold two instruments against each other. */
export const PAIRS: readonly PairDefinition[] = [fundingArbitrage]
