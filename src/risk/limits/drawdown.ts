/** The fall of all equity from its peak, in three levels with an action each; the levels themselves are kept in `drawdown-levels.ts`. */
import { defineLimit } from './limit.ts'
import { percent } from './words.ts'

export const DRAWDOWN_SETTINGS = {
  enabled: { default: true, description: 'check it' },
  mild: { default: 0.1, min: 0.001, max: 1, unit: 'share of the peak', description: 'fall from which sizes are scaled down' },
  mildScale: { default: 0.5, min: 0, max: 1, unit: 'of the size', description: 'what remains of sizes then' },
  moderate: { default: 0.2, min: 0.001, max: 1, unit: 'share of the peak', description: 'fall from which nothing is opened' },
  severe: {
    default: 0.3,
    min: 0.001,
    max: 1,
    unit: 'share of the peak',
    description: 'fall at which everything is closed and trading halts until a person resumes it',
  },
  recovery: {
    default: 0.5,
    min: 0,
    max: 1,
    unit: "share of the level's fall",
    description: 'MILD and MODERATE end when the fall has become smaller than this',
  },
} as const

export const drawdown = defineLimit({
  name: 'drawdown',
  description:
    'fall of all equity from its peak: MILD scales sizes down, MODERATE stops opening, SEVERE closes everything and halts',
  settings: DRAWDOWN_SETTINGS,
  check(_order, _view, { enabled, moderate }, { drawdown: fall }) {
    if (!enabled || fall < moderate) return undefined
    return `equity is ${percent(fall)} below its peak; at ${percent(moderate)} nothing is opened`
  },
})
