/** How the functions of `microstructure` are called. */
import type { Example } from './example.ts'

export const microstructureExamples: readonly Example[] = []
