/** How capital is divided among instruments and strategies: the methods and what can be set about them. */
import { defaultsOf } from '../core/setting.ts'
import type { Settings, ValuesOf } from '../core/setting.ts'

/** `fixed` divides equally and asks no mathematics; the others look at returns. */
export const PORTFOLIO_METHODS = ['fixed', 'inverse-volatility', 'risk-parity', 'hrp', 'min-variance', 'mean-variance'] as const

export type PortfolioMethod = (typeof PORTFOLIO_METHODS)[number]

export const PORTFOLIO_SETTINGS = {
  rebalance: {
    default: 24,
    min: 1,
    max: 8_760,
    unit: 'hours',
    description: 'how often the budgets of the instruments are computed anew',
  },
  spacing: {
    default: 4,
    min: 0,
    max: 8_760,
    unit: 'hours',
    description: 'at least between two computations, when a regime changes or data are missing',
  },
  window: { default: 90, min: 20, max: 500, unit: 'days', description: 'daily returns that the computation looks at' },
  leastDays: {
    default: 45,
    min: 10,
    max: 500,
    unit: 'days',
    description: 'an instrument with fewer keeps the equal share',
  },
  largest: {
    default: 0.5,
    min: 0,
    max: 1,
    unit: 'share of the allowed gross exposure',
    description: 'what one instrument may use; never less than the equal share',
  },
  net: {
    default: 1,
    min: 0,
    max: 1,
    unit: 'share of the allowed gross exposure',
    description: 'by how much longs may exceed shorts, and shorts longs',
  },
  cluster: {
    default: 1,
    min: 0,
    max: 1,
    unit: 'share of the allowed gross exposure',
    description: 'what a cluster of correlated instruments may use together; never less than their equal shares',
  },
  clusterCorrelation: {
    default: 0.7,
    min: 0,
    max: 1,
    unit: 'mean correlation',
    description: 'above it instruments are one cluster',
  },
  marginUse: {
    default: 0.8,
    min: 0,
    max: 1,
    unit: 'share of equity',
    description: 'initial margin of all budgets together, at the leverage set at the venue',
  },
  stress: {
    default: 0.2,
    min: 0,
    max: 1,
    unit: 'share of the price',
    description: 'a move of every price against its position that must leave the maintenance margin',
  },
  informationCoefficient: {
    default: 0.03,
    min: 0,
    max: 1,
    unit: 'correlation',
    description: 'of convictions with the returns of the next day; for mean-variance',
  },
  riskAversion: {
    default: 2,
    min: 0.1,
    max: 1_000,
    unit: 'times the variance, halved',
    description: 'for mean-variance and for the benefit of a trade; 1 is the growth-optimal portfolio, 2 half of it',
  },
  cost: {
    default: 0.0007,
    min: 0,
    max: 0.1,
    unit: 'share of the notional traded',
    description: 'fee, half spread and slippage of one trade, for mean-variance and the band',
  },
  band: {
    default: 0,
    min: 0,
    max: 1,
    unit: 'share of the wanted position',
    description: 'changes of a position that are smaller, or not worth their cost, are not traded; 0 trades every change',
  },
  delay: {
    default: 5,
    min: 0,
    max: 3_600,
    unit: 'seconds',
    description: 'after which an answer of the computation holds, in every world',
  },
  adaptive: { default: false, description: 'shares of the strategies follow their own risk-adjusted results' },
  adaptiveHalfLife: {
    default: 30,
    min: 1,
    max: 1_000,
    unit: 'days',
    description: 'after which a result of a strategy counts half',
  },
  adaptiveStrength: {
    default: 0.5,
    min: 0,
    max: 1,
    unit: 'share',
    description: 'how far results may bend the shares away from the configured ones',
  },
  adaptiveFloor: {
    default: 0.25,
    min: 0,
    max: 1,
    unit: 'share of the configured share',
    description: 'what a strategy keeps at least',
  },
  adaptiveCap: {
    default: 2,
    min: 1,
    max: 100,
    unit: 'times the configured share',
    description: 'what a strategy gets at most',
  },
  adaptiveStep: {
    default: 0.02,
    min: 0,
    max: 1,
    unit: 'share a day',
    description: 'by how much a share may change in a day',
  },
} as const satisfies Settings

export type PortfolioValues = ValuesOf<typeof PORTFOLIO_SETTINGS> & { readonly method: PortfolioMethod }

export const PORTFOLIO_DEFAULTS: PortfolioValues = Object.freeze({ ...defaultsOf(PORTFOLIO_SETTINGS), method: 'fixed' })

/** What contradicts itself among the values, in words that name the keys; undefined when nothing does. `shares` of the strategies. */
export function contradictionOf(values: PortfolioValues, shares: readonly number[] = []): string | undefined {
  const { window, leastDays, rebalance, spacing, adaptive } = values
  if (leastDays > window)
    return `portfolio.leastDays is ${leastDays}, more than the ${window} days of portfolio.window: no instrument could ever have enough`
  if (spacing > rebalance)
    return `portfolio.spacing is ${spacing} hours, more than the ${rebalance} of portfolio.rebalance, which would then never be kept`
  const together = shares.reduce((sum, each) => sum + each, 0)
  if (adaptive && together > 1 + ROUNDING)
    return `with portfolio.adaptive capital moves between all strategies, and their shares add up to ${Number(together.toFixed(6))}, more than 1`
  return undefined
}

/** Shares like 0.1 + 0.2 + 0.7 add up to one all the same. */
const ROUNDING = 1e-9

export const ALLOCATION_SETTINGS = {
  fraction: {
    default: 0.9,
    min: 0,
    max: 1,
    unit: 'share of the allowed gross exposure',
    description: 'what all positions together may use, divided among the instruments',
  },
} as const satisfies Settings

export type AllocationValues = ValuesOf<typeof ALLOCATION_SETTINGS>
