/** How the functions of `portfolio` are called. */
import type { Example } from './example.ts'

export const portfolioExamples: readonly Example[] = []
