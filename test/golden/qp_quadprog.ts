/** Golden vectors of `qp_quadprog`: programs as they are, and portfolios said by means and covariance. */
import { solveQuadraticProgram } from '../../src/math/numerics/quadratic-program.ts'
import { efficientFrontier, maximumSharpe } from '../../src/math/portfolio/mean-variance.ts'
import type { GoldenMap, Question } from './harness.ts'
import { byKey, has, matrix, num, vector } from './inputs.ts'

export const map: GoldenMap = {
  name: 'qp_quadprog',
  answer(question) {
    const { inputs } = question
    if (has(question, 'mu') && (has(question, 'sigma') || has(question, 'covariance'))) return optimal(question)
    if (!has(question, 'D', 'd', 'A', 'b')) return undefined
    const split = num(inputs, 'n_equalities', 0)
    const [rows, right] = [matrix(inputs, 'A'), vector(inputs, 'b')]
    const result = solveQuadraticProgram(
      {
        hessian: matrix(inputs, 'D'),
        linear: vector(inputs, 'd'),
        equalities: { matrix: rows.slice(0, split), right: right.slice(0, split) },
        inequalities: { matrix: rows.slice(split), right: right.slice(split) },
      },
      { multiplierSigns: 'quadprog' },
    )
    if (result.status !== 'optimal') return { outputs: { status: result.status } }
    return {
      outputs: {
        status: result.status,
        solution: result.x,
        objective: result.value,
        lagrangian: result.multipliers,
        active_constraints: result.active,
      },
    }
  },
}

/** Long only, unless the words say otherwise, and adding up to one. */
function optimal(question: Question): { readonly outputs: Record<string, unknown> } | undefined {
  const { inputs } = question
  const means = vector(inputs, 'mu')
  const covariance = matrix(inputs, has(question, 'sigma') ? 'sigma' : 'covariance')
  const words = `${question.call} ${question.notes}`
  const short = /unconstrained|long[-/ ]short|short (?:sales?|selling|positions?) (?:are |is )?allowed/i.test(words)
  const bounds = {
    ...(short ? { lower: -Infinity } : {}),
    ...(typeof inputs['min_weight'] === 'number' ? { lower: num(inputs, 'min_weight') } : {}),
    ...(typeof inputs['max_weight'] === 'number' ? { upper: num(inputs, 'max_weight') } : {}),
  }
  if (has(question, 'targets')) {
    const found = efficientFrontier(means, covariance, { targets: vector(inputs, 'targets'), ...bounds })
    const outputs = byKey(question, [
      [/^weights$/, () => found.map(({ weights }) => weights)],
      [/^variances?$/, () => found.map(({ variance }) => variance)],
      [/^(volatility|volatilities|stddev)$/, () => found.map(({ volatility }) => volatility)],
      [/^returns?$/, () => found.map(({ expectedReturn }) => expectedReturn)],
    ])
    return outputs && { outputs }
  }
  const found = maximumSharpe(means, covariance, { riskFree: num(inputs, 'rf', 0), ...bounds })
  const outputs = byKey(question, [
    [/^weights$/, () => found.weights],
    [/^sharpe$/, () => found.sharpe],
    [/^variance$/, () => found.variance],
    [/^(volatility|stddev)$/, () => found.volatility],
    [/^(expected_)?return$/, () => found.expectedReturn],
  ])
  return outputs && { outputs }
}
