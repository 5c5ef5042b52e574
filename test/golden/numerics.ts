/** Golden vectors of `numerics`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'numerics', answer: () => undefined }
