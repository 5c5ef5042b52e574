/** Golden vectors of `spread_estimators_bidask`. */
import type { GoldenMap } from './harness.ts'

export const map: GoldenMap = { name: 'spread_estimators_bidask', answer: () => undefined }
