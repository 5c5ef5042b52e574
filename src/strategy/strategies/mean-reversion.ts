/** Trades back to the middle of a Bollinger band after an extreme; sized by the sizer. When it loses: docs/strategies/mean-reversion.md. */
import { atr } from '../../market/indicators/atr.ts'
import { bollinger } from '../../market/indicators/bollinger.ts'
import { rsi } from '../../market/indicators/rsi.ts'
import { flag, integer, number } from '../parameters.ts'
import { holdEnds } from '../parts/time-exit.ts'
import { defineStrategy } from '../strategy.ts'
import type { Opinion } from '../strategy.ts'

/** Of Wilder's averages, after so many lengths nothing of the beginning is left in a double. */
const FORGOTTEN = 40
/** Convictions are multiples of 1/20, so that the last digits of a band show nowhere. */
const STEPS = 20

export const meanReversion = defineStrategy({
  name: 'mean-reversion',
  description:
    'Against an extreme beyond the Bollinger band with an extreme RSI, out at the middle, after a time or at an ATR stop.',
  kind: 'meanReversion',
  parameters: {
    length: integer(20, 'bars of the band', { min: 2, max: 2_000 }),
    factor: number(2, 'half the width of the band in standard deviations', { min: 0.5, max: 10 }),
    rsi: integer(14, 'length of the relative strength index, in bars', { min: 2, max: 250 }),
    extreme: number(30, 'an RSI below this is oversold, above 100 minus this overbought', { min: 1, max: 50 }),
    reenter: flag(true, 'enter when a close is back inside the band; otherwise at the close beyond it'),
    edge: number(0.005, 'least distance to the middle, as a share of the price', { min: 0, max: 0.5 }),
    full: number(1.25, 'distance from the middle at full conviction, in half widths', { min: 0.1, max: 10 }),
    atr: integer(14, 'length of the average true range, in bars', { min: 2, max: 250 }),
    stop: number(3, 'distance of the stop in average true ranges', { min: 0.1, max: 100 }),
    hold: integer(48, 'bars after which it leaves whatever happened', { min: 1, max: 5_000 }),
    short: flag(true, 'also sell short; otherwise only long or out'),
  },
  warmUp: (p) => Math.max(p.length, p.rsi + 1, p.atr),
  memory: (p) => FORGOTTEN * Math.max(p.rsi, p.atr) + 10 * p.length + 2 * p.hold,
  create({ use }, p) {
    const bands = use(bollinger(p.length, { factor: p.factor }))
    const strength = use(rsi(p.rsi))
    const range = use(atr(p.atr))
    // `place`: side of the middle the close is on. `pierced`: the side to take once a close is back inside. `spent`: there was an
    // entry since the middle was crossed. `side` and `held`: what was asked for, and for how many bars.
    const state = { place: 0, pierced: 0, spent: 0, side: 0, held: 0 }

    function leave(reason: string): Opinion {
      state.side = 0
      return { direction: 0, reason }
    }

    function enter(close: number, depth: number, width: number): Opinion | undefined {
      const side = -state.place
      const stop = close - side * width
      // Without room for a stop there is no entry.
      if (!(width > 0) || !(stop > 0)) return undefined
      state.spent = 1
      state.side = side
      state.held = 0
      const conviction = Math.max(1, Math.min(STEPS, Math.round((depth / p.full) * STEPS))) / STEPS
      return { direction: side * conviction, stop, reason: side > 0 ? 'oversold below the band' : 'overbought above the band' }
    }

    return {
      state,
      onBar({ high, low, close }) {
        const middle = bands.update(close)
        const index = strength.update(close)
        const width = p.stop * range.update(high, low, close)
        const half = bands.upper - middle
        if (Number.isNaN(half + index + width) || half === 0) return undefined
        const depth = Math.abs(close - middle) / half
        const place = close > middle ? 1 : -1
        if (place !== state.place) {
          state.place = place
          state.pierced = 0
          state.spent = 0
        }
        if (state.side !== 0) {
          const late = holdEnds(state, p.hold)
          if (state.side === place) return leave('back at the middle')
          return late ? leave('held long enough') : undefined
        }
        if (state.spent === 1 || (place > 0 && !p.short)) return undefined
        const isExtreme = depth >= 1 && (place < 0 ? index < p.extreme : index > 100 - p.extreme)
        if (isExtreme) state.pierced = -place
        const wanted = p.reenter ? state.pierced !== 0 && depth < 1 : isExtreme
        if (!wanted) return undefined
        state.pierced = 0
        return depth * half >= p.edge * close ? enter(close, depth, width) : undefined
      },
    }
  },
})
