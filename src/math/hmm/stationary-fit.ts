/**
 * The last steps of a fit whose start is not free but the stationary distribution of its transitions: then EM has no closed step for
 * the transitions, and BFGS climbs in coordinates without bounds (softmax of each row, logarithms of scales).
 *
 * Pure. Source: J. D. Hamilton, Econometrica 57 (1989); the convention of statsmodels' MarkovRegression.
 */
import { MathError } from '../error.ts'
import { cholesky, multiply, transpose } from '../numerics/linear-algebra.ts'
import { bfgs } from '../numerics/optimise.ts'
import type { BaumWelchResult } from './baum-welch.ts'
import { compile, logDensities, stationaryDistribution, type FlatObservations, type GaussianHmm } from './model.ts'
import { forward, type Workspace } from './recursions.ts'
import type { Overall } from './starts.ts'

/** Climbs from `from`, whose own start distribution is dropped. */
export function climbStationary(
  data: FlatObservations,
  bounds: readonly number[],
  from: BaumWelchResult,
  overall: Overall,
  space: Workspace,
  maxIterations: number,
): BaumWelchResult {
  const cost = (x: Float64Array): number => {
    const value = logLikelihood(data, bounds, modelAt(x, from.model, overall), space)
    return value === undefined ? Infinity : -value / data.count
  }
  const {
    x,
    value,
    converged,
    gradientNorm = Infinity,
  } = bfgs(cost, coordinatesOf(from.model, overall), {
    tolerance: 1e-8,
    maxIterations: Math.min(maxIterations, MOST_STEPS),
  })
  return {
    model: modelAt(x, from.model, overall),
    logLikelihood: -value * data.count,
    history: from.history,
    iterations: from.iterations,
    // Central differences of the gradient end at about this.
    converged: converged || gradientNorm < 1e-5,
  }
}

function logLikelihood(
  data: FlatObservations,
  bounds: readonly number[],
  model: GaussianHmm,
  space: Workspace,
): number | undefined {
  try {
    const compiled = compile(model)
    logDensities(compiled, data, space.logs)
    let total = 0
    for (let s = 0; s + 1 < bounds.length; s++) total += forward(compiled, space, bounds[s], bounds[s + 1]).logLikelihood
    return Number.isFinite(total) ? total : undefined
  } catch (error) {
    if (error instanceof MathError) return undefined
    throw error
  }
}

/** Each takes two evaluations a coordinate for its gradient. */
const MOST_STEPS = 100

/** A transition of zero enters the search as a rare one. */
const RARE = 1e-8
/** Of logarithms: beyond it a transition is as good as impossible, and the search finds level ground. */
const LARGEST_ODDS = 30

function coordinatesOf(model: GaussianHmm, { means, variances }: Overall): Float64Array {
  const states = model.start.length
  const out: number[] = []
  for (let i = 0; i < states; i++)
    for (let j = 0; j < states; j++)
      if (j !== i) out.push(Math.log(Math.max(RARE, model.transition[i][j]) / Math.max(RARE, model.transition[i][i])))
  for (let k = 0; k < states; k++) {
    const scales = variances.map(Math.sqrt)
    for (let j = 0; j < means.length; j++) out.push((model.means[k][j] - means[j]) / scales[j])
    if (model.covariances === undefined)
      for (let j = 0; j < means.length; j++) out.push(Math.log((model.variances?.[k][j] ?? variances[j]) / variances[j]))
    else {
      const unit = model.covariances[k].map((row, i) => Float64Array.from(row, (value, j) => value / scales[i] / scales[j]))
      const factor = cholesky(unit)
      for (let i = 0; i < means.length; i++)
        for (let j = 0; j <= i; j++) out.push(i === j ? Math.log(factor[i][i]) : factor[i][j])
    }
  }
  return Float64Array.from(out)
}

function modelAt(x: Float64Array, like: GaussianHmm, { means, variances }: Overall): GaussianHmm {
  const states = like.start.length
  const features = means.length
  const scales = variances.map(Math.sqrt)
  let at = 0
  const transition = Array.from({ length: states }, (_, i) => {
    const row = new Float64Array(states)
    for (let j = 0; j < states; j++) row[j] = j === i ? 0 : Math.min(LARGEST_ODDS, Math.max(-LARGEST_ODDS, x[at++]))
    const largest = row.reduce((a, b) => Math.max(a, b))
    const weights = row.map((value) => Math.exp(value - largest))
    const total = weights.reduce((a, b) => a + b)
    return weights.map((value) => value / total)
  })
  const centres: Float64Array[] = []
  const own: Float64Array[] = []
  const full: Float64Array[][] = []
  for (let k = 0; k < states; k++) {
    centres.push(Float64Array.from({ length: features }, (_, j) => means[j] + scales[j] * x[at++]))
    if (like.covariances === undefined)
      own.push(Float64Array.from({ length: features }, (_, j) => variances[j] * Math.exp(x[at++])))
    else {
      const factor = Array.from({ length: features }, (_, i) => {
        const row = new Float64Array(features)
        for (let j = 0; j <= i; j++) row[j] = scales[i] * (i === j ? Math.exp(x[at++]) : x[at++])
        return row
      })
      full.push(multiply(factor, transpose(factor)))
    }
  }
  const common = { start: stationaryDistribution(transition), transition, means: centres }
  return like.covariances === undefined ? { ...common, variances: own } : { ...common, covariances: full }
}
