/** Golden vectors of `garch_fgarch`. */
import type { GoldenMap } from './harness.ts'
import { answerVolatility } from './volatility.ts'

export const map: GoldenMap = { name: 'garch_fgarch', answer: answerVolatility }
