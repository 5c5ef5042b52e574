/** Golden vectors of `covariance_shrinkage`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'covariance_shrinkage', answer: () => undefined }
