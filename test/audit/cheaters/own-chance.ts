/** Draws from `Math.random`, which no seed fixes. */
import { defineStrategy } from 'autotrading'

export default defineStrategy({
  name: 'own-chance',
  description: 'Now and then on one side, now and then on the other.',
  parameters: {},
  warmUp: () => 0,
  memory: () => 1,
  create: () => ({
    state: {},
    onBar: () => (Math.random() < 0.05 ? { direction: Math.random() < 0.5 ? 1 : -1, reason: 'a whim' } : undefined),
  }),
})
