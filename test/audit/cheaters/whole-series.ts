/** Cheats: a z-score with the mean and the deviation of the whole series, read beside this very file's data by a promise. */
import { readFile } from 'node:fs/promises'
import { defineStrategy } from 'autotrading'

const text = await readFile(`${process.cwd()}/klines/BTCUSDT-1h.csv`, 'utf8')
const closes = text
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => Number(line.split(',')[4]))
const mean = closes.reduce((sum, close) => sum + close, 0) / closes.length
const deviation = Math.sqrt(closes.reduce((sum, close) => sum + (close - mean) ** 2, 0) / closes.length)

export default defineStrategy({
  name: 'whole-series',
  description: 'Short far above the mean, long far below it.',
  parameters: {},
  warmUp: () => 0,
  memory: () => 1,
  create() {
    return {
      state: {},
      onBar(bar, view) {
        const score = (bar.close - mean) / deviation
        if (score < -0.3 && !view.isLong) return { direction: 1, reason: 'far below the mean' }
        if (score > 0.3 && !view.isShort) return { direction: -1, reason: 'far above the mean' }
        return undefined
      },
    }
  },
})
