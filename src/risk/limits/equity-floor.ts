/** Equity below which nothing is opened. */
import { POW10 } from '../../core/exact.ts'
import { defineLimit } from './limit.ts'
import { money } from './words.ts'

export const equityFloor = defineLimit({
  name: 'equityFloor',
  description: 'equity of the account, which must be above an amount; unknown equity is not',
  settings: {
    enabled: { default: true, description: 'check it' },
    amount: { default: 0, min: 0, max: 1e12, unit: 'settlement asset', description: 'equity that must be exceeded' },
  },
  check({ instrument }, view, { enabled, amount }, { equity }) {
    if (!enabled || equity > amount * POW10[view.instruments[instrument].settle.scale]) return undefined
    return `equity is ${money(equity)}; at ${amount} nothing is opened`
  },
})
