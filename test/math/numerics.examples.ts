/** How the functions of `numerics` are called. */
import type { Example } from './example.ts'

export const numericsExamples: readonly Example[] = []
