/** How the functions of `volatility` are called. */
import type { Example } from './example.ts'

export const volatilityExamples: readonly Example[] = []
