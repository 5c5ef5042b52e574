/** How the functions of `forecasting` are called. */
import type { Example } from './example.ts'

export const forecastingExamples: readonly Example[] = []
