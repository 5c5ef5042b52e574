/** Golden vectors of `drawdowns`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'drawdowns', answer: () => undefined }
