/** Golden vectors of `qp_quadprog`. */
import { solveQuadraticProgram } from '../../src/math/numerics/quadratic-program.ts'
import type { GoldenMap } from './harness.ts'
import { has, matrix, num, vector } from './inputs.ts'

export const map: GoldenMap = {
  name: 'qp_quadprog',
  answer(question) {
    const { inputs } = question
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
