/** Golden vectors of `risk_decomposition`: returns are observations x assets; `var95_modified_pct` names measure, level, method, part. */
import { numerics, portfolio } from '../../src/math/index.ts'
import type { GoldenMap, Question } from './harness.ts'
import { byKey, has, matrix, num, vector } from './inputs.ts'

type Part = 'total' | 'contributions' | 'shares' | 'marginal'

const partOf = (suffix: string | undefined): Part =>
  suffix === undefined
    ? 'total'
    : /pct|share|percent/.test(suffix)
      ? 'shares'
      : /marginal|mcr/.test(suffix)
        ? 'marginal'
        : 'contributions'

/** `95` is 0.95, `975` and `97_5` are 0.975, `995` is 0.995. */
const levelOf = (digits: string): number => Number(`0.${digits.replace(/[._]/, '')}`)

const PARTS = '(contributions?|pct|shares?|percent|marginal|mcr)'

export const map: GoldenMap = {
  name: 'risk_decomposition',
  answer(question) {
    if (!has(question, 'weights')) return undefined
    const weights = vector(question.inputs, 'weights')
    const outputs = byKey(question, [
      [/^covariance$/, () => covarianceOf(question)],
      [/^means?$/, () => meansOf(question)],
      [
        new RegExp(`^(?:stddev|volatility|sigma|ccr|mcr)(?:_${PARTS})?$`),
        ([key, suffix]) =>
          portfolio.volatilityDecomposition(weights, covarianceOf(question))[
            key === 'mcr' ? 'marginal' : key === 'ccr' ? 'contributions' : partOf(suffix)
          ],
      ],
      [
        new RegExp(`^(var|es)_?(\\d+(?:[._]\\d+)?)?_(gaussian|modified|historical)(?:_${PARTS})?$`),
        ([, measure, digits, method, suffix]) => {
          const level = digits === undefined ? num(question.inputs, 'level', num(question.inputs, 'p', 0.95)) : levelOf(digits)
          const found = decompositionOf(question, weights, measure === 'var' ? 'var' : 'es', method, level)
          return found?.[partOf(suffix)]
        },
      ],
    ])
    return outputs && { outputs }
  },
}

function covarianceOf(question: Question): readonly ArrayLike<number>[] {
  return has(question, 'covariance')
    ? matrix(question.inputs, 'covariance')
    : portfolio.sampleCovariance(matrix(question.inputs, 'returns'))
}

function meansOf({ inputs }: Question): ArrayLike<number> {
  const given = ['mu', 'mean', 'means'].find((key) => key in inputs)
  return given === undefined ? numerics.columnMeans(matrix(inputs, 'returns')) : vector(inputs, given)
}

function decompositionOf(
  question: Question,
  weights: readonly number[],
  measure: 'var' | 'es',
  method: string,
  level: number,
): portfolio.RiskDecomposition | undefined {
  if (method === 'gaussian')
    return portfolio.gaussianRiskDecomposition(weights, meansOf(question), covarianceOf(question), { measure, level })
  if (method === 'modified')
    return portfolio.modifiedRiskDecomposition(weights, matrix(question.inputs, 'returns'), { measure, level })
  return measure === 'es'
    ? portfolio.historicalShortfallDecomposition(weights, matrix(question.inputs, 'returns'), { level })
    : undefined
}
