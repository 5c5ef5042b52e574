/** All limits, in the order in which they are asked. One line each. */
import { drawdown, loss } from './drawdown.ts'
import { concentration, leverage } from './exposure.ts'
import type { LimitDefinition } from './limit.ts'
import { orderRate } from './order-rate.ts'
import { venueFilters } from './venue-filters.ts'

export const LIMITS: readonly LimitDefinition[] = [venueFilters, orderRate, leverage, concentration, drawdown, loss]
