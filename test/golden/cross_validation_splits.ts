/** Golden vectors of `cross_validation_splits`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'cross_validation_splits', answer: () => undefined }
