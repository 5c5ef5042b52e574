/** Golden vectors of `portfolio_allocation`: returns are observations x assets, or the covariance is given. */
import { MathError, portfolio } from '../../src/math/index.ts'
import type { GoldenMap, Question, Shape } from './harness.ts'
import { byKey, callNumber, has, matrix, num, vector } from './inputs.ts'

type Outputs = Record<string, unknown> | undefined

export const map: GoldenMap = {
  name: 'portfolio_allocation',
  answer(question) {
    const outputs = has(question, 'mu', 'risk_aversion')
      ? meanVariance(question)
      : has(question, 'P', 'Q')
        ? blackLitterman(question)
        : (question.model?.includes('hrp') ?? 'quasi_diagonal_order' in question.wanted)
          ? hierarchical(question)
          : byRisk(question)
    return outputs && { outputs }
  },
}

const covarianceOf = (question: Question): readonly ArrayLike<number>[] =>
  has(question, 'covariance')
    ? matrix(question.inputs, 'covariance')
    : portfolio.sampleCovariance(matrix(question.inputs, 'returns'))

const LINKAGES = ['single', 'complete', 'average', 'weighted', 'ward'] as const

const linkageIn = (text: string): portfolio.LinkageMethod | undefined => LINKAGES.find((each) => text.includes(each))

/** A tree of its own for each output that is an object; else one named by the inputs or the call. */
function hierarchical(question: Question): Outputs {
  const covariance = covarianceOf(question)
  const correlation = has(question, 'correlation') ? { correlation: matrix(question.inputs, 'correlation') } : {}
  const parts = (text: string, fallback: string): Record<string, unknown> => {
    const found = portfolio.hierarchicalRiskParity(covariance, {
      linkage: linkageIn(text) ?? linkageIn(fallback) ?? 'single',
      distance: text.includes('euclidean') ? 'euclidean' : 'condensed',
      ...correlation,
    })
    return {
      covariance,
      linkage_heights: found.merges.map(({ height }) => height),
      heights: found.merges.map(({ height }) => height),
      linkage: found.merges.map(({ left, right, height, size }) => [left, right, height, size]),
      quasi_diagonal_order: found.order,
      order: found.order,
      weights: found.weights,
    }
  }
  const named = `${String(question.inputs['linkage_method'] ?? question.inputs['linkage'] ?? question.inputs['method'] ?? '')} ${String(question.inputs['distance'] ?? '')}`
  const method = /linkage_method\s*=\s*'(\w+)'/.exec(question.call)?.[1] ?? ''
  const whole = parts(named, method)
  const outputs: Record<string, unknown> = {}
  for (const [key, shape] of Object.entries(question.wanted)) {
    if (key in whole) outputs[key] = whole[key]
    else if (isObject(shape)) outputs[key] = parts(key, method)
    else return undefined
  }
  return outputs
}

const isObject = (shape: Shape): boolean => typeof shape === 'object' && !Array.isArray(shape)

function byRisk(question: Question): Outputs {
  const covariance = covarianceOf(question)
  const widest = (): portfolio.MaximumDiversificationPortfolio => portfolio.maximumDiversification(covariance)
  return byKey(question, [
    [/^covariance$/, () => covariance],
    [/^(equal_risk_contribution|erc|risk_parity)$/, () => portfolio.riskParity(covariance)],
    [/^risk_budget(ing)?$/, () => portfolio.riskBudgeting(covariance, vector(question.inputs, 'budgets'))],
    [/^inverse_vol(atility)?$/, () => portfolio.inverseVolatility(covariance)],
    [/^inverse_variance$/, () => portfolio.inverseVariance(covariance)],
    [/^max_diversification(_long_only)?$/, () => widest().weights],
    [
      /^diversification_ratio$/,
      () =>
        has(question, 'weights')
          ? portfolio.diversificationRatio(vector(question.inputs, 'weights'), covariance)
          : widest().diversificationRatio,
    ],
    [/^min(imum)?_variance(_long_only)?$/, () => portfolio.minimumVariance(covariance).weights],
    [
      /^min(imum)?_variance_(unconstrained|long_short)$/,
      () => portfolio.minimumVariance(covariance, { lower: -Infinity }).weights,
    ],
  ])
}

/** A number for all, or a list of one each. */
const oneOrEach = (question: Question, key: string): number | number[] =>
  Array.isArray(question.inputs[key]) ? vector(question.inputs, key) : num(question.inputs, key)

const given = (question: Question, key: string): boolean => question.inputs[key] !== undefined && question.inputs[key] !== null

function meanVariance(question: Question): Outputs {
  try {
    return optimal(question)
  } catch (error) {
    // Where no portfolio is the answer, it is told as a status.
    if (!(error instanceof MathError) || !('status' in question.wanted)) throw error
    return { status: error.reason }
  }
}

function optimal(question: Question): Outputs {
  const found = portfolio.meanVariance(vector(question.inputs, 'mu'), covarianceOf(question), {
    riskAversion: num(question.inputs, 'risk_aversion'),
    ...(given(question, 'w0') ? { current: vector(question.inputs, 'w0') } : {}),
    ...(given(question, 'linear_cost') ? { linearCost: oneOrEach(question, 'linear_cost') } : {}),
    ...(given(question, 'quadratic_cost') ? { quadraticCost: oneOrEach(question, 'quadratic_cost') } : {}),
    ...(given(question, 'max_weight') ? { upper: oneOrEach(question, 'max_weight') } : {}),
    ...(given(question, 'min_weight') ? { lower: oneOrEach(question, 'min_weight') } : {}),
    ...(given(question, 'turnover_limit') ? { turnover: num(question.inputs, 'turnover_limit') } : {}),
    ...(given(question, 'gross_limit') ? { gross: num(question.inputs, 'gross_limit') } : {}),
    ...(given(question, 'budget') ? { budget: num(question.inputs, 'budget') } : {}),
  })
  return byKey(question, [
    [/^status$/, () => 'optimal'],
    [/^weights$/, () => found.weights],
    [/^objective$/, () => found.objective],
    [/^turnover$/, () => found.turnover],
    [/^costs?$/, () => found.cost],
    [/^(expected_return|return)$/, () => found.expectedReturn],
    [/^(volatility|stddev)$/, () => found.volatility],
    [/^variance$/, () => found.variance],
  ])
}

function blackLitterman(question: Question): Outputs {
  const { inputs } = question
  const covariance = covarianceOf(question)
  const confidences = ['confidences', 'view_confidences'].find((key) => has(question, key))
  const omega = inputs['omega']
  const found = portfolio.blackLitterman(
    covariance,
    vector(inputs, 'pi'),
    {
      picks: matrix(inputs, 'P'),
      returns: vector(inputs, 'Q'),
      ...(Array.isArray(omega)
        ? Array.isArray(omega[0])
          ? { uncertaintyMatrix: matrix(inputs, 'omega') }
          : { uncertainty: vector(inputs, 'omega') }
        : {}),
      ...(confidences === undefined ? {} : { confidences: vector(inputs, confidences) }),
    },
    { tau: num(inputs, 'tau', callNumber(question.call, 'tau', 0.05)) },
  )
  return byKey(question, [
    [/^posterior_(returns|mean)$/, () => found.returns],
    [/^posterior_cov(ariance)?$/, () => found.covariance],
  ])
}
