/** How the functions of `linear` are called. */
import type { Example } from './example.ts'

export const linearExamples: readonly Example[] = []
