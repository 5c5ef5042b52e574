/** The mean loss in the worst cases of a day, of all accounts together, if returns were normal. */
import { normalTailRisk } from '../../math/metrics/value-at-risk.ts'
import { portfolioDeviation, UNKNOWN_VOLATILITY } from '../portfolio-deviation.ts'
import { defineLimit } from './limit.ts'
import { money, percent } from './words.ts'

export const expectedShortfall = defineLimit({
  name: 'expectedShortfall',
  description:
    'expected shortfall over all equity, from volatilities and correlations; an unknown volatility has a set value, an unknown correlation is the worst there is',
  settings: {
    enabled: { default: true, description: 'check it' },
    max: { default: 0.6, min: 0.001, max: 10, unit: 'share of equity', description: 'largest expected shortfall of a day' },
    confidence: { default: 0.99, min: 0.5, max: 0.9999, unit: 'probability', description: 'of which the tail is what is left' },
    unknownVolatility: UNKNOWN_VOLATILITY,
  },
  check(_order, view, { enabled, max, confidence, unknownVolatility }, after) {
    if (!enabled) return undefined
    const deviation = portfolioDeviation(after, view, unknownVolatility)
    const { expectedShortfall: loss } = Number.isFinite(deviation) ? normalTailRisk({ mean: 0, deviation }, confidence) : UNKNOWN
    if (loss <= after.totalEquity * max) return undefined
    return `expected shortfall of a day would be ${money(loss)} with equity ${money(after.totalEquity)}; allowed are ${percent(max)}`
  },
})

const UNKNOWN = { expectedShortfall: Infinity }
