/** Golden vectors of `hypothesis_tests`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'hypothesis_tests', answer: () => undefined }
