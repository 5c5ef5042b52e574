/** Funding so high that whoever opens on the paying side pays for everybody. */
import { sideSign } from '../../domain/order.ts'
import { percent } from '../limits/words.ts'
import { defineProtection } from './protection.ts'

export const fundingSpike = defineProtection({
  name: 'fundingSpike',
  description: 'newest funding rate that the side of the order pays; an unknown rate forbids nothing',
  settings: {
    enabled: { default: true, description: 'heed it' },
    max: { default: 0.02, min: 0.00001, max: 1, unit: 'share of the notional', description: 'largest rate that is paid' },
  },
  check({ instrument, side }, view, { enabled, max }) {
    const paid = view.fundingRate(instrument) * sideSign(side)
    if (!enabled || !(paid > max)) return undefined
    return `a ${side} of ${view.instruments[instrument].symbol} pays ${percent(paid)} of funding; allowed are ${percent(max)}`
  },
})
