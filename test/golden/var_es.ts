/** Golden vectors of `var_es`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'var_es', answer: () => undefined }
