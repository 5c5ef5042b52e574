/** Golden vectors of `forecasting_r`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'forecasting_r', answer: () => undefined }
