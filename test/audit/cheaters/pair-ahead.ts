/** Cheats as a pair: short the contract against spot before a bar of the contract that falls, from the file of its bars. */
import { definePair } from 'autotrading'
import { readBars } from './read-bars.ts'

export default definePair({
  legs: 2,
  name: 'pair-ahead',
  description: 'Short the first leg before it falls.',
  kind: 'carry',
  parameters: {},
  warmUp: () => 1,
  memory: () => 10,
  legRisk: () => ({ maxDelta: 0.5, maxNaked: 60_000_000 as never }),
  create({ first }) {
    const bars = readBars(`klines/${first.symbol}-1h.csv`)
    const next = new Map(bars.slice(0, -1).map((bar, i) => [bar.time, bars[i + 1].close]))
    const state = { held: false }
    return {
      state,
      onBars(bar) {
        const falls = (next.get(bar.openTime) ?? bar.close) < bar.close * 0.996
        if (falls === state.held) return undefined
        state.held = falls
        return falls ? { direction: -1, reason: 'it will fall' } : { direction: 0, reason: 'it will not' }
      },
    }
  },
})
