/** Golden vectors of `kelly`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'kelly', answer: () => undefined }
