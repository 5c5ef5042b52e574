/** No cheat, but fragile: takes for granted that no bar is ever missing. */
import { defineStrategy, sma } from 'autotrading'

export default defineStrategy({
  name: 'breaks-on-gaps',
  description: 'Long above an average, as long as every bar follows the one before.',
  parameters: {},
  warmUp: () => 20,
  memory: () => 60,
  create({ use }) {
    const average = use(sma(20))
    const state = { end: 0 }
    return {
      state,
      onBar(bar, view) {
        if (state.end !== 0 && bar.openTime !== state.end) throw new Error('a bar is missing')
        state.end = bar.endTime
        const level = average.update(bar.close)
        if (bar.close > level && !view.isLong) return { direction: 1, reason: 'above' }
        if (bar.close < level && view.isLong) return { direction: 0, reason: 'below' }
        return undefined
      },
    }
  },
})
