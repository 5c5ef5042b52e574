/** How the functions of `execution` are called. */
import type { Example } from './example.ts'

export const executionExamples: readonly Example[] = []
