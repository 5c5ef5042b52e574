/** Follows a moving-average cross-over with an ATR stop; sized by the sizer. When it loses: docs/strategies/trend-following.md. */
import { atr } from '../../market/indicators/atr.ts'
import { ema } from '../../market/indicators/ema.ts'
import { flag, integer, number } from '../parameters.ts'
import { endTrail, freshTrail, isBeyond, startTrail, trailFromBest } from '../parts/trailing-stop.ts'
import { defineStrategy } from '../strategy.ts'
import type { Opinion, StrategyView } from '../strategy.ts'

export const trendFollowing = defineStrategy({
  name: 'trend-following',
  description: 'Long above, short below a moving-average cross-over, out at an ATR stop; size by share of equity.',
  kind: 'trend',
  parameters: {
    fast: integer(50, 'length of the fast average, in bars', { min: 2, max: 10_000 }),
    slow: integer(200, 'length of the slow average, in bars', { min: 3, max: 10_000 }),
    atr: integer(20, 'length of the average true range, in bars', { min: 2, max: 10_000 }),
    stop: number(4, 'distance of the stop in average true ranges', { min: 0.1, max: 100 }),
    short: flag(true, 'also sell short; otherwise only long or out'),
    trail: number(0, 'average true ranges from the best price at which the stop follows; 0 leaves it', { min: 0, max: 100 }),
  },
  warmUp: (p) => Math.max(p.slow, p.atr),
  memory: (p) => 12 * Math.max(p.slow, p.atr),
  check: (p) => (p.fast < p.slow ? undefined : `fast (${p.fast}) must be shorter than slow (${p.slow})`),
  create({ use }, p) {
    const fast = use(ema(p.fast))
    const slow = use(ema(p.slow))
    const range = use(atr(p.atr))
    const state = { side: 0, trail: freshTrail() }

    function enter(side: number, close: number, width: number): Opinion {
      const stop = close - side * width
      startTrail(state.trail, side, close, stop)
      return { direction: side, stop, reason: side > 0 ? 'cross-over up' : 'cross-over down' }
    }

    function leave(reason: string): Opinion {
      endTrail(state.trail)
      return { direction: 0, reason }
    }

    /** What is held goes on with a stop that follows. */
    function follow(high: number, low: number, close: number, distance: number, view: StrategyView): Opinion | undefined {
      const { trail } = state
      const moved = trailFromBest(trail, high, low, distance)
      if (trail.side > 0 ? !view.isLong : !view.isShort) return undefined
      if (!moved) return undefined
      if (isBeyond(trail, close)) return leave('closed beyond the trailing stop')
      return { direction: trail.side, stop: trail.stop, reason: 'the stop follows' }
    }

    return {
      state,
      onBar(bar, view) {
        const spread = fast.update(bar.close) - slow.update(bar.close)
        const ranges = range.update(bar.high, bar.low, bar.close)
        const before = state.side
        if (Number.isNaN(spread)) return undefined
        if (spread !== 0) state.side = spread > 0 ? 1 : -1
        if (before === 0 || before === state.side)
          return state.trail.side === 0 ? undefined : follow(bar.high, bar.low, bar.close, p.trail * ranges, view)
        if (state.side > 0 || p.short) return enter(state.side, bar.close, p.stop * ranges)
        endTrail(state.trail)
        return view.isLong ? leave('cross-over down') : undefined
      },
    }
  },
})
