/** Gross exposure of the account over its equity. On a spot account only what is borrowed is leverage: coins are paid for. */
import { defineLimit } from './limit.ts'
import { money } from './words.ts'

export const leverage = defineLimit({
  name: 'leverage',
  description:
    'gross notional of all positions of the account over its equity, open orders counted at their worst; on a spot account what is borrowed, and coins have to be paid for',
  settings: {
    enabled: { default: true, description: 'check it' },
    max: { default: 1, min: 0.01, max: 125, unit: 'x equity', description: 'largest gross notional over equity' },
  },
  check({ account }, view, { enabled, max }, { gross, long, short, equity }) {
    if (!enabled) return undefined
    if (view.accountKind(account) === 'spot') {
      if (!(long <= equity + short)) return `coins worth ${money(long)} would have to be paid with ${money(equity + short)}`
      if (short <= equity * max) return undefined
      return `coins worth ${money(short)} would be borrowed with equity ${money(equity)}; allowed is ${max} x equity`
    }
    if (gross <= equity * max) return undefined
    return `gross exposure would be ${money(gross)} with equity ${money(equity)}; allowed is ${max} x equity`
  },
})
