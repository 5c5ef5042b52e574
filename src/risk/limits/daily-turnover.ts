/** How much may be traded in a day. */
import { defineLimit } from './limit.ts'
import { money } from './words.ts'

export const dailyTurnover = defineLimit({
  name: 'dailyTurnover',
  description: 'notional executed since UTC midnight and what the order opens, over equity',
  settings: {
    enabled: { default: true, description: 'check it' },
    max: { default: 5_000, min: 0.01, max: 100_000, unit: 'x equity', description: 'largest turnover of a UTC day' },
  },
  check({ account, qty, closes, decisionPrice }, view, { enabled, max }, { equity }) {
    const traded = view.turnoverToday(account) + (qty - closes) * decisionPrice
    if (!enabled || traded <= equity * max) return undefined
    return `${money(traded)} would be traded today with equity ${money(equity)}; allowed is ${max} x equity`
  },
})
