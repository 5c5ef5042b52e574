/** Positions that would lose together with the one that the order makes. */
import { defineLimit } from './limit.ts'
import { money } from './words.ts'

export const correlatedExposure = defineLimit({
  name: 'correlatedExposure',
  description:
    'notional, over all equity, of what moves with the position the order makes: same side and correlation above a threshold, or other side and below its negative; an unknown correlation counts as moving together',
  settings: {
    enabled: { default: true, description: 'check it' },
    max: { default: 10, min: 0.001, max: 125, unit: 'x equity', description: 'largest notional that moves together' },
    threshold: { default: 0.7, min: 0, max: 1, unit: 'correlation', description: 'from which two instruments move together' },
  },
  check({ account, instrument, side }, view, { enabled, max, threshold }, { list, count, ownSide, totalEquity }) {
    if (!enabled) return undefined
    let together = 0
    for (let k = 0; k < count; k++) {
      const { up, down, price, instrument: other, account: of } = list[k]
      if (other === instrument && of === account) together += Math.abs(up) * price
      else {
        const alike = view.correlation(instrument, other) * ownSide
        // Written so that an unknown correlation counts on both sides.
        const long = alike < threshold ? 0 : Math.max(0, up)
        const short = -alike < threshold ? 0 : Math.max(0, -down)
        together += Math.max(long, short) * price
      }
    }
    if (together <= totalEquity * max) return undefined
    return `the ${side} would make ${money(together)} that moves together, with equity ${money(totalEquity)}; allowed is ${max} x equity`
  },
})
