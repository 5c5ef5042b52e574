/** How often an account may open something in a day. */
import { defineProtection } from './protection.ts'

export const maxEntries = defineProtection({
  name: 'maxEntries',
  description: 'orders of the account that open something, since UTC midnight; off by default, as it depends on the interval',
  settings: {
    enabled: { default: false, description: 'heed it' },
    max: { default: 100, min: 1, max: 1_000_000, unit: 'orders', description: 'most of a day' },
  },
  check({ account }, view, { enabled, max }) {
    return enabled && view.entriesToday(account) >= max ? `${max} orders have opened something today` : undefined
  },
})
