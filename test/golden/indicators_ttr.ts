/** Golden vectors of `indicators_ttr`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'indicators_ttr', answer: () => undefined }
