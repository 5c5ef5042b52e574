/** Prices too old to open anything on. */
import { MINUTE } from '../../core/time.ts'
import { defineProtection } from './protection.ts'

export const staleData = defineProtection({
  name: 'staleData',
  description:
    'age of the last bar of the instrument; one that never had a bar is driven by trades or quotes and forbids nothing. The default lets daily bars pass: set it to a few intervals',
  settings: {
    enabled: { default: true, description: 'heed it' },
    minutes: { default: 2_880, min: 1, max: 1_000_000, unit: 'min', description: 'age from which a bar is stale' },
  },
  check({ instrument }, view, { enabled, minutes }) {
    const end = view.lastBarEnd(instrument)
    const age = view.time - end
    if (!enabled || end === 0 || age < minutes * MINUTE) return undefined
    return `the last bar of ${view.instruments[instrument].symbol} is ${Math.floor(age / MINUTE)} minutes old; allowed are less than ${minutes}`
  },
})
