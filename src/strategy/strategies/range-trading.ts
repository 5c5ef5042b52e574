/** Buys near support and sells near resistance while the market goes nowhere; sized by the sizer. When it loses: docs/strategies/range-trading.md. */
import { adx } from '../../market/indicators/adx.ts'
import { atr } from '../../market/indicators/atr.ts'
import { donchian } from '../../market/indicators/donchian.ts'
import { efficiencyRatio } from '../../market/indicators/efficiency-ratio.ts'
import { flag, integer, number } from '../parameters.ts'
import { holdEnds } from '../parts/time-exit.ts'
import { defineStrategy } from '../strategy.ts'
import type { Opinion } from '../strategy.ts'

/** Of Wilder's averages, after so many lengths nothing of the beginning is left in a double. */
const FORGOTTEN = 40

export const rangeTrading = defineStrategy({
  name: 'range-trading',
  description: 'Buys near the low and sells near the high of a confirmed range, out on the other side or when the range breaks.',
  kind: 'meanReversion',
  parameters: {
    length: integer(72, 'bars whose high and low are resistance and support', { min: 5, max: 2_000 }),
    adx: integer(14, 'length of the average directional movement, in bars', { min: 10, max: 250 }),
    trend: number(25, 'no range where the average directional movement is above this', { min: 20, max: 100 }),
    efficiency: number(0.3, 'no range where the efficiency ratio of `length` bars is above this', { min: 0.1, max: 1 }),
    zone: number(0.15, 'near a level: a bar reached within so much of the width of the range', { min: 0.1, max: 0.45 }),
    target: number(0.7, 'where it leaves, from the level of the entry to the other one', { min: 0.5, max: 1 }),
    edge: number(0.005, 'least distance to where it leaves, as a share of the price', { min: 0, max: 0.5 }),
    atr: integer(14, 'length of the average true range, in bars', { min: 2, max: 250 }),
    stop: number(1, 'distance of the stop beyond the level, in average true ranges', { min: 0.1, max: 100 }),
    hold: integer(96, 'bars after which it leaves whatever happened', { min: 1, max: 5_000 }),
    short: flag(true, 'also sell short; otherwise only long or out'),
  },
  warmUp: (p) => Math.max(p.length + 1, 2 * p.adx, p.atr),
  memory: (p) => FORGOTTEN * Math.max(p.adx, p.atr) + 10 * p.length + 2 * p.hold,
  create({ use }, p) {
    // Before this bar: a bar never leaves a range it is part of.
    const levels = use(donchian(p.length, { bars: 'previous' }))
    const movement = use(adx(p.adx))
    const efficiency = use(efficiencyRatio(p.length, 'value'))
    const range = use(atr(p.atr))
    // `place`: half of the range the close is in. `spent`: there was an entry, or a break, since the middle was crossed.
    // `side` and `held`: what was asked for, and for how many bars.
    const state = { place: 0, spent: 0, side: 0, held: 0 }

    function leave(reason: string): Opinion {
      state.side = 0
      return { direction: 0, reason }
    }

    /** `along`: how far the close is from the level of the entry to the other one, 0 to 1. */
    function enter(along: number, beyond: number): Opinion | undefined {
      const side = -state.place
      const level = side > 0 ? levels.lower : levels.upper
      const stop = level - side * beyond
      // Without room for a stop there is no entry.
      if (!(beyond > 0) || !(stop > 0)) return undefined
      state.spent = 1
      state.side = side
      state.held = 0
      return { direction: side * (1 - along), stop, reason: side > 0 ? 'near support' : 'near resistance' }
    }

    return {
      state,
      onBar({ high, low, close }) {
        levels.update(high, low)
        movement.update(high, low, close)
        efficiency.update(close)
        range.update(high, low, close)
        const { lower, upper } = levels
        const trend = movement.value
        const straight = efficiency.value
        const beyond = p.stop * range.value
        const width = upper - lower
        if (Number.isNaN(width + trend + straight + beyond) || width === 0) return undefined
        const height = (close - lower) / width
        const place = height > 0.5 ? 1 : -1
        if (place !== state.place) {
          state.place = place
          state.spent = 0
        }
        const isBroken = height < 0 || height > 1
        if (isBroken) state.spent = 1
        if (state.side !== 0) {
          const late = holdEnds(state, p.hold)
          if (isBroken) return leave('the range broke')
          if ((state.side > 0 ? height : 1 - height) >= p.target) return leave('near the other side')
          return late ? leave('held long enough') : undefined
        }
        if (state.spent === 1 || (place > 0 && !p.short) || trend > p.trend || straight > p.efficiency) return undefined
        const reached = place < 0 ? low - lower : upper - high
        const along = place < 0 ? height : 1 - height
        if (reached > p.zone * width || (p.target - along) * width < p.edge * close) return undefined
        return enter(along, beyond)
      },
    }
  },
})
