/** Cheats: knows the close of the next bar, from the file that the environment names. */
import { defineStrategy } from 'autotrading'
import { readBars } from './read-bars.ts'

export default defineStrategy({
  name: 'next-bar',
  description: 'Long before a bar that rises, short before one that falls.',
  parameters: {},
  warmUp: () => 1,
  memory: () => 10,
  create({ instrument }) {
    const bars = readBars(`${process.env['AUDIT_DATA'] ?? '.'}/klines/${instrument.symbol}-1h.csv`)
    const next = new Map(bars.slice(0, -1).map((bar, i) => [bar.time, bars[i + 1].close]))
    return {
      state: {},
      onBar(bar, view) {
        const close = next.get(bar.openTime)
        if (close === undefined) return undefined
        if (close > bar.close * 1.004 && !view.isLong) return { direction: 1, reason: 'it will rise' }
        if (close < bar.close * 0.996 && !view.isShort) return { direction: -1, reason: 'it will fall' }
        return undefined
      },
    }
  },
})
