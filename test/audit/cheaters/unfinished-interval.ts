/** Cheats: resamples to bars of four hours and reads the one that is still open. */
import { defineStrategy } from 'autotrading'
import { readBars } from './read-bars.ts'

const FOUR_HOURS = 4 * 3_600_000_000

export default defineStrategy({
  name: 'unfinished-interval',
  description: 'Holds the side of the four hours.',
  parameters: {},
  warmUp: () => 1,
  memory: () => 10,
  create({ instrument }) {
    const close = new Map<number, number>()
    for (const bar of readBars(`klines/${instrument.symbol}-1h.csv`)) close.set(Math.floor(bar.time / FOUR_HOURS), bar.close)
    return {
      state: {},
      onBar(bar, view) {
        // The decision is made at the close of the hour; the four hours that it lies in may end later.
        const long = close.get(Math.floor(bar.endTime / FOUR_HOURS))
        if (long === undefined) return undefined
        if (long > bar.close && !view.isLong) return { direction: 1, reason: 'four hours are above' }
        if (long < bar.close && !view.isShort) return { direction: -1, reason: 'four hours are below' }
        return undefined
      },
    }
  },
})
