/** Golden vectors of `brinson_attribution`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'brinson_attribution', answer: () => undefined }
