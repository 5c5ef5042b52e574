/** Golden vectors of `forecasting_statsmodels`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'forecasting_statsmodels', answer: () => undefined }
