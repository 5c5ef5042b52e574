/** What the position loses when its protective stop is hit: sizing by ATR for whoever sets stops by ATR. */
import { defineConstraint } from './constraint.ts'

export const stopRisk = defineConstraint({
  name: 'stopRisk',
  description: 'loss at the protective stop, from the newest price to the stop, before fees and slippage; none without a stop',
  settings: {
    enabled: { default: true, description: 'apply it' },
    max: { default: 0.1, min: 0.0001, max: 1, unit: 'share of equity', description: 'largest loss at the protective stop' },
  },
  most({ signal, fraction }, account, view, { max }) {
    if (signal.stop === undefined) return Infinity
    const distance = (view.lastPrice(signal.instrument) - signal.stop) * Math.sign(fraction)
    // A stop that the market has passed acts at once: there is no way left on which to lose.
    return distance <= 0 ? Infinity : Math.max(0, (max * view.equity(account)) / distance)
  },
})
