/** Golden vectors of `risk_decomposition`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'risk_decomposition', answer: () => undefined }
