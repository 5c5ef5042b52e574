/** Golden vectors of `hmm_depmix`. */
import type { GoldenMap } from './harness.ts'
import { answerHiddenStates } from './hidden-states.ts'

export const map: GoldenMap = { name: 'hmm_depmix', answer: answerHiddenStates }
