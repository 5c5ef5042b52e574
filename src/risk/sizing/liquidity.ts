/** A position that the market can take back: a share of what is traded in a day. */
import { defineConstraint } from './constraint.ts'

export const liquidity = defineConstraint({
  name: 'liquidity',
  description: 'share of what was traded in the last 24 hours; none while a day is not known',
  settings: {
    enabled: { default: true, description: 'apply it' },
    max: { default: 0.01, min: 0.000001, max: 1, unit: "share of a day's volume", description: 'largest position' },
  },
  most({ signal }, _account, view, { max }) {
    const volume = view.dayVolume(signal.instrument)
    return Number.isNaN(volume) ? Infinity : max * volume
  },
})
