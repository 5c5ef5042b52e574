/** Golden vectors of `market_impact`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'market_impact', answer: () => undefined }
