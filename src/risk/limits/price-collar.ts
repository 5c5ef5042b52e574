/** An order at a price that cannot be meant. */
import { sideSign } from '../../domain/order.ts'
import { defineLimit } from './limit.ts'
import { percent } from './words.ts'

export const priceCollar = defineLimit({
  name: 'priceCollar',
  description:
    'distance of the decision price from the last price, and of a limit price on the side that pays more; without a last price nothing passes',
  settings: {
    enabled: { default: true, description: 'check it' },
    max: { default: 0.1, min: 0.0001, max: 10, unit: 'share of the last price', description: 'largest distance' },
  },
  check({ instrument, side, price, decisionPrice }, view, { enabled, max }) {
    if (!enabled) return undefined
    const last = view.lastPrice(instrument)
    const decided = Math.abs(decisionPrice - last)
    const paid = price === undefined ? 0 : (price - last) * sideSign(side)
    const most = last * max
    if (last > 0 && decided <= most && paid <= most) return undefined
    return `the price is ${percent(Math.max(decided, paid) / last)} from the last one; allowed are ${percent(max)}`
  },
})
