/** Golden vectors of `sharpe_inference`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'sharpe_inference', answer: () => undefined }
