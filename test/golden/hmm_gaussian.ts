/** Golden vectors of `hmm_gaussian`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'hmm_gaussian', answer: () => undefined }
