/** Golden vectors of `bayesian_optimisation`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'bayesian_optimisation', answer: () => undefined }
