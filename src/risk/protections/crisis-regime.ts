/** The market's regime forbids new risk. */
import { defineProtection } from './protection.ts'

export const crisisRegime = defineProtection({
  name: 'crisisRegime',
  description: 'the regime of the instrument forbids new risk; without a known regime nothing is forbidden',
  settings: { enabled: { default: true, description: 'heed it' } },
  check({ instrument }, view, { enabled }) {
    if (!enabled) return undefined
    const regime = view.regime(instrument)
    if (regime === undefined || regime.newRisk) return undefined
    return `${view.instruments[instrument].symbol} is in regime ${regime.label}, which takes no new risk`
  },
})
