/** Golden vectors of `portfolio_allocation`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'portfolio_allocation', answer: () => undefined }
