/** Golden vectors of `var_es`: `var_p95_historical`, `es_p99_modified`, and their siblings. */
import {
  cornishFisherTailRisk,
  filteredTailRisk,
  gaussianTailRisk,
  historicalTailRisk,
  studentTailRisk,
  weightedTailRisk,
  type TailRisk,
} from '../../src/math/metrics/index.ts'
import type { GoldenMap, Question } from './harness.ts'
import { byKey, callNumber, has, num, vector } from './inputs.ts'

/** `95`, `99.5`, `0.95` and `975` (97.5%): a confidence as the name of an output writes it. */
export function confidenceOf(digits: string): number {
  const text = digits.replace('_', '.')
  return text.includes('.') ? (Number(text) < 1 ? Number(text) : Number(text) / 100) : Number(`0.${text}`)
}

/** The share of an output's name; else an input; else the call. */
function confidenceFor({ inputs, call }: Question, digits: string | undefined): number {
  const found = digits ? confidenceOf(digits) : num(inputs, 'confidence', num(inputs, 'p', callNumber(call, 'p', 0.95)))
  // A name may say the share of the losses instead.
  return found < 0.5 ? 1 - found : found
}

function riskOf(question: Question, method: string, confidence: number): TailRisk {
  const { inputs, call } = question
  const returns = vector(inputs, 'returns')
  const options = { confidence, horizon: num(inputs, 'horizon', 1) }
  if (method.startsWith('hist'))
    return historicalTailRisk(returns, { ...options, border: question.library === 'PerformanceAnalytics' ? 'R' : 'exact' })
  if (method.startsWith('gauss') || method === 'normal' || method === 'parametric') return gaussianTailRisk(returns, options)
  if (method.startsWith('student') || method === 't') {
    const freedom = ['nu', 'df', 'freedom'].map((key) => (has(question, key) ? num(inputs, key) : undefined)).find(Boolean)
    return studentTailRisk(returns, { ...options, ...(freedom === undefined ? {} : { freedom }) })
  }
  if (method.startsWith('weighted') || method.startsWith('age'))
    return weightedTailRisk(returns, {
      ...options,
      decay: num(inputs, 'lambda', num(inputs, 'decay', callNumber(call, 'lambda', 0.98))),
    })
  if (method.startsWith('filtered')) {
    const deviations = vector(inputs, has(question, 'deviations') ? 'deviations' : 'sigma')
    return filteredTailRisk(returns, deviations, {
      ...options,
      current: num(inputs, 'sigma_now', deviations[deviations.length - 1]),
    })
  }
  return cornishFisherTailRisk(returns, { ...options, fallback: 'none' })
}

const METHODS =
  'historical|hist|gaussian|normal|parametric|modified|cornish_?fisher|cf|student_?t?|t|weighted\\w*|age\\w*|filtered\\w*'

export const map: GoldenMap = {
  name: 'var_es',
  answer: (question) => {
    if (!has(question, 'returns')) return undefined
    const outputs = byKey(question, [
      [
        new RegExp(`^(var|es|cvar)(?:_p?(\\d[\\d._]*?))?(?:_(${METHODS}))?(?:_p?(\\d[\\d._]*))?$`),
        ([, figure, before, method, after]) => {
          const risk = riskOf(question, method ?? 'historical', confidenceFor(question, before ?? after))
          return figure === 'var' ? risk.valueAtRisk : risk.expectedShortfall
        },
      ],
    ])
    return outputs && { outputs }
  },
}
