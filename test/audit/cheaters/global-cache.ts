/** Keeps its prices on `globalThis`, where another file, or the next run, finds them. */
import { defineStrategy } from 'autotrading'

const world = globalThis as unknown as { prices?: Map<number, number> }

export default defineStrategy({
  name: 'global-cache',
  description: 'A cache that nobody empties.',
  parameters: {},
  warmUp: () => 1,
  memory: () => 10,
  create: () => ({
    state: {},
    onBar(bar, view) {
      world.prices ??= new Map()
      world.prices.set(bar.openTime, bar.close)
      const next = world.prices.get(bar.endTime)
      const up = next === undefined ? bar.close > bar.open : next > bar.close
      return up === view.isLong ? undefined : { direction: up ? 1 : 0, reason: 'memory' }
    },
  }),
})
