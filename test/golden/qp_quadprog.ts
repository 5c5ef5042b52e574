/** Golden vectors of `qp_quadprog`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'qp_quadprog', answer: () => undefined }
