/** The reference strategy, defined to the letter so that others can recompute it: docs/strategies/ema-cross.md. */
import { atr } from '../../market/indicators/atr.ts'
import { ema } from '../../market/indicators/ema.ts'
import { integer, number, quantity } from '../parameters.ts'
import { defineStrategy } from '../strategy.ts'

export const emaCross = defineStrategy({
  name: 'ema-cross',
  description: 'Two moving averages cross; a stop at a multiple of the average true range. For checking, not for profit.',
  parameters: {
    fast: integer(20, 'length of the fast average, in bars', { min: 1, max: 100_000 }),
    slow: integer(100, 'length of the slow average, in bars', { min: 1, max: 100_000 }),
    atr: integer(14, 'length of the average true range, in bars', { min: 1, max: 100_000 }),
    mult: number(3, 'distance of the stop in average true ranges', { min: 0, max: 1_000 }),
    qty: quantity('1', 'size of the position in base units'),
  },
  warmUp: (p) => p.slow,
  // Wilder's average forgets half as fast as an exponential one of the same length.
  memory: (p) => 10 * Math.max(p.slow, p.fast, 2 * p.atr),
  create({ use, qty }, p) {
    const fast = use(ema(p.fast, 'first'))
    const slow = use(ema(p.slow, 'first'))
    const range = use(atr(p.atr, 'first'))
    const size = qty(p.qty)
    const state = { spread: 0 }
    return {
      state,
      onBar(bar, view) {
        const before = state.spread
        const spread = fast.update(bar.close) - slow.update(bar.close)
        const width = p.mult * range.update(bar.high, bar.low, bar.close)
        state.spread = spread
        if (before <= 0 && spread > 0 && !view.isLong)
          return { direction: 1, qty: size, stop: bar.close - width, reason: 'fast average crossed above slow' }
        if (before >= 0 && spread < 0 && !view.isShort)
          return { direction: -1, qty: size, stop: bar.close + width, reason: 'fast average crossed below slow' }
        return undefined
      },
    }
  },
})
