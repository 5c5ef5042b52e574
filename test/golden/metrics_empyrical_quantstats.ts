/** Golden vectors of `metrics_empyrical_quantstats`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'metrics_empyrical_quantstats', answer: () => undefined }
