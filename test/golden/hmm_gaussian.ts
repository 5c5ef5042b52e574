/** Golden vectors of `hmm_gaussian`. */
import type { GoldenMap } from './harness.ts'
import { answerHiddenStates } from './hidden-states.ts'

export const map: GoldenMap = { name: 'hmm_gaussian', answer: answerHiddenStates }
