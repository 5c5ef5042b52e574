/** Follows a moving-average cross-over with an ATR stop; sized by the sizer. When it loses: docs/strategies/trend-following.md. */
import { atr } from '../../market/indicators/atr.ts'
import { ema } from '../../market/indicators/ema.ts'
import { flag, integer, number } from '../parameters.ts'
import { defineStrategy } from '../strategy.ts'

export const trendFollowing = defineStrategy({
  name: 'trend-following',
  description: 'Long above, short below a moving-average cross-over, out at an ATR stop; size by share of equity.',
  parameters: {
    fast: integer(50, 'length of the fast average, in bars', { min: 2, max: 10_000 }),
    slow: integer(200, 'length of the slow average, in bars', { min: 3, max: 10_000 }),
    atr: integer(20, 'length of the average true range, in bars', { min: 2, max: 10_000 }),
    stop: number(4, 'distance of the stop in average true ranges', { min: 0.1, max: 100 }),
    short: flag(true, 'also sell short; otherwise only long or out'),
  },
  warmUp: (p) => Math.max(p.slow, p.atr),
  memory: (p) => 12 * Math.max(p.slow, p.atr),
  check: (p) => (p.fast < p.slow ? undefined : `fast (${p.fast}) must be shorter than slow (${p.slow})`),
  create({ use }, p) {
    const fast = use(ema(p.fast))
    const slow = use(ema(p.slow))
    const range = use(atr(p.atr))
    const state = { side: 0 }
    return {
      state,
      onBar(bar, view) {
        const spread = fast.update(bar.close) - slow.update(bar.close)
        const width = p.stop * range.update(bar.high, bar.low, bar.close)
        const before = state.side
        if (Number.isNaN(spread) || spread === 0) return undefined
        state.side = spread > 0 ? 1 : -1
        if (before === 0 || before === state.side) return undefined
        if (state.side > 0) return { direction: 1, stop: bar.close - width, reason: 'cross-over up' }
        if (p.short) return { direction: -1, stop: bar.close + width, reason: 'cross-over down' }
        return view.isLong ? { direction: 0, reason: 'cross-over down' } : undefined
      },
    }
  },
})
