/** How the functions of `learning` are called. */
import type { Example } from './example.ts'

export const learningExamples: readonly Example[] = []
