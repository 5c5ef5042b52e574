/** Golden vectors of `forecasting_statsmodels`. */
import { answerForecasting } from './forecasting.ts'
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'forecasting_statsmodels', answer: answerForecasting }
