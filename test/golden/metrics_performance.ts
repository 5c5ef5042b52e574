/** Golden vectors of `metrics_performance`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'metrics_performance', answer: () => undefined }
