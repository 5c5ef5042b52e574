/** No cheat, but absurd: its stops lie on the wrong side of the price. */
import { defineStrategy, sma } from 'autotrading'

export default defineStrategy({
  name: 'wrong-side-stop',
  description: 'Long above an average with a stop above the price.',
  parameters: {},
  warmUp: () => 20,
  memory: () => 60,
  create({ use }) {
    const average = use(sma(20))
    return {
      state: {},
      onBar(bar, view) {
        const level = average.update(bar.close)
        if (bar.close > level && !view.isLong) return { direction: 1, stop: bar.close * 1.02, reason: 'above' }
        if (bar.close < level && view.isLong) return { direction: 0, reason: 'below' }
        return undefined
      },
    }
  },
})
