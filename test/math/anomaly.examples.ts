/** How the functions of `anomaly` are called. */
import type { Example } from './example.ts'

export const anomalyExamples: readonly Example[] = []
