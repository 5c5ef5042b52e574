/** Golden vectors of `indicators_supertrend`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'indicators_supertrend', answer: () => undefined }
