/** How many positions an account may have at once. */
import { defineLimit } from './limit.ts'

export const positions = defineLimit({
  name: 'positions',
  description: 'instruments of the account in which something is held or could be',
  settings: {
    enabled: { default: true, description: 'check it' },
    max: { default: 500, min: 1, max: 10_000, unit: 'positions', description: 'most positions at once' },
  },
  check({ account }, _view, { enabled, max }, { list, count }) {
    if (!enabled) return undefined
    let held = 0
    for (let k = 0; k < count; k++) if (list[k].account === account) held += 1
    return held <= max ? undefined : `there would be ${held} positions; allowed are ${max}`
  },
})
