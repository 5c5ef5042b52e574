/** Golden vectors of `indicators_talib`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'indicators_talib', answer: () => undefined }
