/** How the functions of `metrics` are called. */
import type { Example } from './example.ts'

export const metricsExamples: readonly Example[] = []
