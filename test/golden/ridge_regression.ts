/** Golden vectors of `ridge_regression`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'ridge_regression', answer: () => undefined }
