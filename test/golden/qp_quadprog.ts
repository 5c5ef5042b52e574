/** Golden vectors of `qp_quadprog`. */
import { dot, quadraticForm, type QuadraticProgram, solveQuadraticProgram } from '../../src/math/numerics/index.ts'
import type { Answer, GoldenMap, Question } from './harness.ts'
import { has, matrix, num, vector } from './inputs.ts'

export const map: GoldenMap = {
  name: 'qp_quadprog',
  answer(question) {
    const { inputs } = question
    if (has(question, 'mu', 'sigma')) return portfolio(question)
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

/** Portfolios of long positions: the best ratio of excess return to risk, and the least risk for each return. */
function portfolio({ inputs }: Question): Answer | undefined {
  const [mu, sigma] = [vector(inputs, 'mu'), matrix(inputs, 'sigma')]
  const least = (equalities: QuadraticProgram['equalities'] & object): Float64Array => {
    const result = solveQuadraticProgram({ hessian: sigma, equalities, lower: mu.map(() => 0) })
    if (result.status !== 'optimal') throw new Error(`it is ${result.status}`)
    return result.x
  }
  const ones = mu.map(() => 1)
  if ('targets' in inputs) {
    const weights = vector(inputs, 'targets').map((target) => least({ matrix: [ones, mu], right: [1, target] }))
    return { outputs: { weights, variance: weights.map((each) => quadraticForm(sigma, each)) } }
  }
  const excess = mu.map((each) => each - num(inputs, 'rf', 0))
  const direction = least({ matrix: [excess], right: [1] })
  const weights = direction.map((each) => each / dot(ones, direction))
  return { outputs: { weights, sharpe: dot(excess, weights) / Math.sqrt(quadraticForm(sigma, weights)) } }
}
