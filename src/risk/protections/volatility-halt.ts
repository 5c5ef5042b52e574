/** A market that moves too much to be entered. */
import { percent } from '../limits/words.ts'
import { defineProtection } from './protection.ts'

export const volatilityHalt = defineProtection({
  name: 'volatilityHalt',
  description: 'deviation of daily returns; before it is known nothing is forbidden',
  settings: {
    enabled: { default: true, description: 'heed it' },
    max: { default: 0.5, min: 0.001, max: 10, unit: 'share a day', description: 'largest deviation of a day' },
  },
  check({ instrument }, view, { enabled, max }) {
    const volatility = view.volatility(instrument)
    if (!enabled || !(volatility > max)) return undefined
    return `${view.instruments[instrument].symbol} moves by ${percent(volatility)} a day; allowed are ${percent(max)}`
  },
})
