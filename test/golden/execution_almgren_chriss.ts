/** Golden vectors of `execution_almgren_chriss`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'execution_almgren_chriss', answer: () => undefined }
