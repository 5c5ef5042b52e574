/** Golden vectors of `anomaly_detection`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'anomaly_detection', answer: () => undefined }
