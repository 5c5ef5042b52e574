/** Golden vectors of `microstructure`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'microstructure', answer: () => undefined }
