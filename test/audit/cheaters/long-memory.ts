/** Says that it forgets after 100 bars and follows an average of 2,000. */
import { defineStrategy, ema } from 'autotrading'

export default defineStrategy({
  name: 'long-memory',
  description: 'Long above a very slow average, out below it.',
  parameters: {},
  warmUp: () => 50,
  memory: () => 100,
  create({ use }) {
    const slow = use(ema(2_000, 'first'))
    return {
      state: {},
      onBar(bar, view) {
        const level = slow.update(bar.close)
        if (bar.close > level && !view.isLong) return { direction: 1, reason: 'above' }
        if (bar.close < level && view.isLong) return { direction: 0, reason: 'below' }
        return undefined
      },
    }
  },
})
