/** Golden vectors of `hmm_depmix`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'hmm_depmix', answer: () => undefined }
