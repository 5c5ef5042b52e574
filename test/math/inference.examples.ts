/** How the functions of `inference` are called. */
import type { Example } from './example.ts'

export const inferenceExamples: readonly Example[] = []
