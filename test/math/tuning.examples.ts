/** How the functions of `tuning` are called. */
import type { Example } from './example.ts'

export const tuningExamples: readonly Example[] = []
