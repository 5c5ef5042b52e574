/** Keeps what it has seen at the top of the file: the second run knows the first. */
import { defineStrategy } from 'autotrading'

const seen = new Map<number, number>()

export default defineStrategy({
  name: 'module-state',
  description: 'Remembers prices of an earlier run, and follows a plain rule where it remembers none.',
  parameters: {},
  warmUp: () => 1,
  memory: () => 10,
  create: () => ({
    state: {},
    onBar(bar, view) {
      seen.set(bar.openTime, bar.close)
      const next = seen.get(bar.endTime)
      const up = next === undefined ? bar.close > bar.open : next > bar.close
      return up === view.isLong ? undefined : { direction: up ? 1 : 0, reason: 'memory' }
    },
  }),
})
