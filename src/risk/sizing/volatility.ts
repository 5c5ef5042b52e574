/** A target for how much the position moves equity: small positions in wild markets, larger ones in calm ones. */
import { affordable, defineConstraint } from './constraint.ts'

const DAYS_OF_A_YEAR = 365

export const volatility = defineConstraint({
  name: 'volatility',
  description: "the position's volatility as a share of equity; while the market's is not known, nothing",
  settings: {
    enabled: { default: false, description: 'apply it' },
    annual: {
      default: 0.4,
      min: 0.001,
      max: 100,
      unit: 'share of equity',
      description: 'largest standard deviation of a year of 365 days',
    },
  },
  most(weight, account, view, { annual }) {
    const daily = view.volatility(weight.signal.instrument)
    // Whoever asks for a target wants no position of unknown risk.
    return Number.isNaN(daily) ? 0 : affordable(annual / (daily * Math.sqrt(DAYS_OF_A_YEAR)), weight, account, view)
  },
})
