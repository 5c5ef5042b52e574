/** Asks what time it is where the computer stands. */
import { defineStrategy } from 'autotrading'

export default defineStrategy({
  name: 'wall-clock',
  description: 'Long in the even milliseconds of the clock.',
  parameters: {},
  warmUp: () => 0,
  memory: () => 1,
  create: () => ({
    state: {},
    onBar(_bar, view) {
      const even = Date.now() % 2 === 0 || new Date().getMilliseconds() % 2 === 0
      return even === view.isLong ? undefined : { direction: even ? 1 : 0, reason: 'the clock' }
    },
  }),
})
