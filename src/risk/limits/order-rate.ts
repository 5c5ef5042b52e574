/** How many orders in how much time: below what the venue would refuse. */
import { MINUTE, SECOND } from '../../core/time.ts'
import { defineLimit } from './limit.ts'

export const orderRate = defineLimit({
  name: 'orderRate',
  description: 'orders in 10 seconds and in a minute',
  always: true,
  settings: {
    enabled: { default: true, description: 'check it' },
    per10s: { default: 250, min: 1, max: 300, unit: 'orders', description: 'most orders in 10 seconds (the venue allows 300)' },
    perMinute: {
      default: 1_000,
      min: 1,
      max: 1_200,
      unit: 'orders',
      description: 'most orders in a minute (the venue allows 1,200)',
    },
  },
  check(order, view, { enabled, per10s, perMinute }) {
    if (!enabled) return undefined
    if (view.ordersSince(order.account, 10 * SECOND) >= per10s) return `${per10s} orders were sent in the last 10 seconds`
    if (view.ordersSince(order.account, MINUTE) >= perMinute) return `${perMinute} orders were sent in the last minute`
    return undefined
  },
})
