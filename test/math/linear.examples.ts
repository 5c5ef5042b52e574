/** How the functions of `linear` are called. */
import type { Prng } from '../../src/core/random.ts'
import * as linear from '../../src/math/linear/index.ts'
import { type Example, normals, rowsOf } from './example.ts'

const target = (prng: Prng, rows: readonly number[][]): number[] => rows.map(([a, b]) => 1 + 2 * a - b + 0.5 * prng.normal())
const data = (prng: Prng, n = 12): readonly [number[][], number[]] => {
  const rows = rowsOf(prng, n, 3)
  return [rows, target(prng, rows)]
}
/** Outcomes that overlap. */
const outcomes = (n: number): number[] => Array.from({ length: n }, (_, i) => (i % 3 === 0 ? 1 : 0))
const model = (prng: Prng): object => ({ coefficients: normals(prng, 3), intercept: prng.normal() })
const flat = 'the target of constant values has no R squared, a perfect fit no t statistics nor likelihood'

export const linearExamples: readonly Example[] = [
  { covers: linear.predictLinear, args: (prng) => [model(prng), rowsOf(prng, 4, 3)] },
  { covers: linear.predictProbability, args: (prng) => [model(prng), rowsOf(prng, 4, 3)] },
  { covers: linear.standardise, args: (prng) => [rowsOf(prng, 6, 3)] },
  { covers: linear.linearRegression, args: (prng) => [...data(prng), { intercept: true }], missing: flat },
  { covers: linear.linearRegression, args: (prng) => [...data(prng), { errors: 'hac', lags: 2 }], missing: flat },
  { covers: linear.linearRegression, args: (prng) => [...data(prng), { errors: 'hc3' }], missing: flat },
  {
    covers: linear.ridgeRegression,
    args: (prng) => [...data(prng), { penalty: 0.5, weights: normals(prng, 12).map(Math.exp) }],
    missing: flat,
  },
  { covers: linear.chooseRidgePenalty, args: (prng) => [...data(prng), { penalties: [0.1, 1, 10] }], missing: flat },
  {
    covers: linear.chooseRidgePenalty,
    args: (prng) => [...data(prng), { penalties: [0.1, 1], method: 'k-fold', folds: 3, standardise: true }],
    missing: flat,
  },
  {
    covers: linear.elasticNet,
    args: (prng) => [...data(prng), { penalty: 0.1, l1Share: 0.5, tolerance: 1e-6, maxIterations: 500 }],
    missing: flat,
  },
  { covers: linear.lasso, args: (prng) => [...data(prng), { penalty: 0.1, tolerance: 1e-6, maxIterations: 500 }], missing: flat },
  { covers: linear.logisticRegression, args: (prng) => [rowsOf(prng, 15, 2), outcomes(15), { penalty: 0.5, maxIterations: 50 }] },
  {
    covers: linear.logisticRegression,
    args: (prng) => [rowsOf(prng, 15, 2), outcomes(15), { inversePenalty: 2, weights: normals(prng, 15).map(Math.exp) }],
  },
]
