/** Golden vectors of `machine_learning`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'machine_learning', answer: () => undefined }
