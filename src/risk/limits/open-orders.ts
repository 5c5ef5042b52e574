/** How many orders of the account may be open. */
import { defineLimit } from './limit.ts'

export const openOrders = defineLimit({
  name: 'openOrders',
  description: 'open orders of the account, protective stops included',
  always: true,
  settings: {
    enabled: { default: true, description: 'check it' },
    max: { default: 1_000, min: 1, max: 10_000, unit: 'orders', description: 'most open orders, this one included' },
  },
  check({ account }, view, { enabled, max }) {
    return enabled && view.openOrders(account) >= max ? `${max} orders are open already` : undefined
  },
})
