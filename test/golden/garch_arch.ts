/** Golden vectors of `garch_arch`. */
import type { GoldenMap } from './harness.ts'
import { answerVolatility } from './volatility.ts'

export const map: GoldenMap = { name: 'garch_arch', answer: answerVolatility }
