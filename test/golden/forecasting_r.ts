/** Golden vectors of `forecasting_r`. */
import { answerForecasting } from './forecasting.ts'
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'forecasting_r', answer: answerForecasting }
