/** An order that the market cannot take. */
import { defineLimit } from './limit.ts'
import { percent } from './words.ts'

export const dayVolume = defineLimit({
  name: 'dayVolume',
  description: 'quantity that one order opens over what was traded in 24 hours; an unknown volume, or none, forbids nothing',
  settings: {
    enabled: { default: true, description: 'check it' },
    max: {
      default: 0.5,
      min: 0.000001,
      max: 10,
      unit: "share of the day's volume",
      description: 'largest quantity of one order',
    },
  },
  check({ instrument, qty, closes }, view, { enabled, max }) {
    const volume = view.dayVolume(instrument)
    if (!enabled || !(volume > 0) || qty - closes <= volume * max) return undefined
    return `the order would open ${percent((qty - closes) / volume)} of the last day's volume of ${view.instruments[instrument].symbol}; allowed are ${percent(max)}`
  },
})
