/** Cheats: regimes of its own, which know the volatility of the whole series, kept on `globalThis` for whoever wants them. */
import { defineStrategy, ema } from 'autotrading'
import { readBars } from './read-bars.ts'

const world = globalThis as unknown as { regimes?: Map<string, ReadonlySet<number>> }

/** Bars that are wilder than the half of all of them. */
function wildBars(symbol: string): ReadonlySet<number> {
  world.regimes ??= new Map()
  const known = world.regimes.get(symbol)
  if (known !== undefined) return known
  const bars = readBars(`klines/${symbol}-1h.csv`)
  const ranges = bars.map(({ high, low }) => high / low)
  const middle = ranges.toSorted((a, b) => a - b)[ranges.length >> 1]
  const wild = new Set(bars.filter((_, i) => ranges[i] > middle).map(({ time }) => time))
  world.regimes.set(symbol, wild)
  return wild
}

export default defineStrategy({
  name: 'own-regimes',
  description: 'Follows an average in calm markets only.',
  parameters: {},
  warmUp: () => 20,
  memory: () => 200,
  create({ instrument, use }) {
    const wild = wildBars(instrument.symbol)
    const average = use(ema(20))
    return {
      state: {},
      onBar(bar, view) {
        const level = average.update(bar.close)
        const side = wild.has(bar.openTime) ? 0 : bar.close > level ? 1 : -1
        if (Math.sign(view.position) === side) return undefined
        return { direction: side, reason: side === 0 ? 'wild' : 'calm' }
      },
    }
  },
})
