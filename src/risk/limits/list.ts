/** All limits, in the order in which they are asked. One line each. */
import { concentration } from './concentration.ts'
import { correlatedExposure } from './correlated-exposure.ts'
import { dailyTurnover } from './daily-turnover.ts'
import { dayVolume } from './day-volume.ts'
import { drawdown } from './drawdown.ts'
import { equityFloor } from './equity-floor.ts'
import { expectedShortfall } from './expected-shortfall.ts'
import { fundingCost } from './funding-cost.ts'
import { grossExposure } from './gross-exposure.ts'
import { leverage } from './leverage.ts'
import type { LimitDefinition } from './limit.ts'
import { liquidation } from './liquidation.ts'
import { longExposure } from './long-exposure.ts'
import { loss } from './loss.ts'
import { marginUse } from './margin-use.ts'
import { minimumFreeEquity } from './minimum-free-equity.ts'
import { netExposure } from './net-exposure.ts'
import { openOrders } from './open-orders.ts'
import { orderNotional } from './order-notional.ts'
import { orderRate } from './order-rate.ts'
import { positions } from './positions.ts'
import { priceCollar } from './price-collar.ts'
import { shortExposure } from './short-exposure.ts'
import { tradable } from './tradable.ts'
import { valueAtRisk } from './value-at-risk.ts'
import { venueFilters } from './venue-filters.ts'

export const LIMITS: readonly LimitDefinition[] = [
  venueFilters,
  orderRate,
  openOrders,
  tradable,
  leverage,
  concentration,
  drawdown,
  loss,
  liquidation,
  equityFloor,
  minimumFreeEquity,
  marginUse,
  orderNotional,
  dayVolume,
  priceCollar,
  longExposure,
  shortExposure,
  grossExposure,
  netExposure,
  correlatedExposure,
  positions,
  valueAtRisk,
  expectedShortfall,
  fundingCost,
  dailyTurnover,
]
