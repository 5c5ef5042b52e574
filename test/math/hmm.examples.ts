/** How the functions of `hmm` are called. */
import type { Example } from './example.ts'

export const hmmExamples: readonly Example[] = []
