/** A budget for a bad day: the Value at Risk of the position, by a Student t with the market's volatility and no drift. */
import { studentTailRiskOf } from '../../math/metrics/value-at-risk.ts'
import { affordable, defineConstraint } from './constraint.ts'

export const valueAtRisk = defineConstraint({
  name: 'var',
  description:
    "Value at Risk of the position over a day as a share of equity; while the market's volatility is not known, nothing",
  settings: {
    enabled: { default: false, description: 'apply it' },
    max: { default: 0.05, min: 0.0001, max: 1, unit: 'share of equity', description: 'largest Value at Risk of a day' },
    confidence: { default: 0.99, min: 0.9, max: 0.9999, unit: 'share of days', description: 'days that lose less' },
    freedom: { default: 4, min: 2.1, max: 1_000, unit: 'degrees', description: 'of the Student t: fewer for heavier tails' },
  },
  most(weight, account, view, { max, confidence, freedom }) {
    const deviation = view.volatility(weight.signal.instrument)
    if (!Number.isFinite(deviation)) return 0
    const ofNotional = studentTailRiskOf({ mean: 0, deviation, freedom }, confidence).valueAtRisk
    return affordable(max / ofNotional, weight, account, view)
  },
})
