/** All limits, in the order in which they are asked. One line each. */
import { concentration } from './concentration.ts'
import { drawdown } from './drawdown.ts'
import { leverage } from './leverage.ts'
import type { LimitDefinition } from './limit.ts'
import { loss } from './loss.ts'
import { orderRate } from './order-rate.ts'
import { venueFilters } from './venue-filters.ts'

export const LIMITS: readonly LimitDefinition[] = [venueFilters, orderRate, leverage, concentration, drawdown, loss]
