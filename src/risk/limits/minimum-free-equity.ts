/** Equity that no margin may tie up. */
import { POW10 } from '../../core/exact.ts'
import { defineLimit } from './limit.ts'
import { money } from './words.ts'

export const minimumFreeEquity = defineLimit({
  name: 'minimumFreeEquity',
  description:
    'equity of the account less the initial margin of all its positions; what is bought on a spot account is paid in full',
  settings: {
    enabled: { default: true, description: 'check it' },
    amount: { default: 0, min: 0, max: 1e12, unit: 'settlement asset', description: 'what must stay free' },
  },
  check({ instrument }, view, { enabled, amount }, { equity, margin }) {
    if (!enabled || equity - margin >= amount * POW10[view.instruments[instrument].settle.scale]) return undefined
    return `of equity ${money(equity)} ${money(margin)} would be tied up as margin; ${amount} must stay free`
  },
})
