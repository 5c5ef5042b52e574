/**
 * Whether the best of many models beats a benchmark, or was only the luckiest: White's reality check and Hansen's test of superior
 * predictive ability, by the stationary bootstrap.
 *
 * Pure; chance comes from the caller's generator. Source: H. White, Econometrica 68 (2000); P. R. Hansen, JBES 23 (2005).
 */
import type { Prng } from '../../core/random.ts'
import {
  finiteOr,
  type Matrix,
  refuseUnless,
  requireInteger,
  requireMatrix,
  requireNumber,
  requireVector,
  type Vector,
} from '../guard.ts'
import { average } from '../numerics/statistics.ts'
import { optimalBlockLength, stationaryResample } from './block-bootstrap.ts'
import { NO_VARIANCE } from './location.ts'
import type { TestResult } from './test-result.ts'

export interface SnoopingOptions {
  /** Mean block of the stationary bootstrap; by default that of Politis and White for the mean difference, at least the longest of the models'. */
  readonly blockLength?: number
  /** Resamples, 2,000 by default; at most 100,000. */
  readonly draws?: number
}

export interface SuperiorAbilityOptions extends SnoopingOptions {
  /** Differences over their standard errors, as Hansen has it (the default), or as they are, as White has it. */
  readonly studentised?: boolean
}

export interface SuperiorAbilityResult extends TestResult {
  /** Models that are worse are taken as if they were no worse than they look: too small a p-value. */
  readonly lower: number
  /** Models that are clearly worse do not count (Hansen's p-value, the same as `pValue`). */
  readonly consistent: number
  /** All models count as if they were as good as the benchmark (White's p-value). */
  readonly upper: number
  /** The column with the largest statistic. */
  readonly best: number
  /** Benchmark less model, of every model. */
  readonly meanDifferences: Float64Array
  readonly blockLength: number
}

/** Bytes and time of a resample of all models. */
const MOST_WORK = 20_000_000_000

/**
 * Hansen's test that no model has a smaller expected loss than the benchmark: T = max(0, max_k sqrt(n) d_k/w_k), d_k the mean of benchmark
 * less model loss, w_k^2 its long-run variance under the bootstrap; p-values by the stationary bootstrap around three choices of what is
 * true of models that look worse (lower, consistent, upper).
 * @param modelLosses rows are times, columns are models
 * @throws MathError `too-short` below four times, `no-variance` when a model's differences do not vary, `shape`, `out-of-domain`
 */
export function superiorPredictiveAbility(
  benchmarkLosses: Vector,
  modelLosses: Matrix,
  chance: Prng,
  { blockLength, draws = 2_000, studentised = true }: SuperiorAbilityOptions = {},
): SuperiorAbilityResult {
  requireVector('the losses of the benchmark', benchmarkLosses, 4)
  requireMatrix('the losses of the models', modelLosses, 4)
  const n = benchmarkLosses.length
  const k = modelLosses[0].length
  refuseUnless(modelLosses.length === n, 'shape', () => `${n} losses of the benchmark, ${modelLosses.length} rows of models`)
  requireInteger('the number of draws', draws, 1, 100_000)
  refuseUnless(
    draws * n * k <= MOST_WORK,
    'out-of-domain',
    () => `${draws} draws of ${n} losses of ${k} models take too long; use fewer draws or fewer models`,
  )
  const { columns, scale } = differencesOf(benchmarkLosses, modelLosses)
  const means = columns.map(average)
  const block = blockLength ?? Math.max(...columns.map((column) => (n < 9 ? 1 : optimalBlockLength(column).stationary)))
  requireNumber('the mean block length', block, 1)
  const spreads = columns.map((column, j) => {
    const variance = bootstrapVariance(column, means[j], block)
    refuseUnless(variance > NO_VARIANCE, 'no-variance', () => `the losses of model ${j} do not vary against the benchmark`)
    return Math.sqrt(variance)
  })
  const root = Math.sqrt(n)
  const units = spreads.map((spread) => (studentised ? spread : 1))
  const bound = -Math.sqrt((2 * Math.log(Math.log(n))) / n)
  const centres = [means.map((mean) => Math.max(mean, 0)), means.map((mean, j) => (mean >= bound * spreads[j] ? mean : 0)), means]
  const scores = means.map((mean, j) => (root * mean) / units[j])
  const best = scores.reduce((at, score, j) => (score > scores[at] ? j : at), 0)
  const statistic = Math.max(0, scores[best])
  const above = [0, 0, 0]
  const drawn = new Uint32Array(n)
  for (let draw = 0; draw < draws; draw++) {
    stationaryResample(n, block, chance, drawn)
    const highest = [0, 0, 0]
    for (let j = 0; j < k; j++) {
      const column = columns[j]
      let total = 0
      for (let t = 0; t < n; t++) total += column[drawn[t]]
      const mean = total / n
      for (let c = 0; c < 3; c++) highest[c] = Math.max(highest[c], (root * (mean - centres[c][j])) / units[j])
    }
    for (let c = 0; c < 3; c++) if (highest[c] > statistic) above[c] += 1
  }
  const [lower, consistent, upper] = above.map((count) => count / draws)
  return {
    statistic: studentised ? statistic : finiteOr('overflow', statistic * scale, 'the statistic'),
    pValue: consistent,
    lower,
    consistent,
    upper,
    best,
    meanDifferences: Float64Array.from(means, (mean) => finiteOr('overflow', mean * scale, 'a mean difference')),
    blockLength: block,
  }
}

export interface RealityCheckResult extends TestResult {
  readonly best: number
  readonly meanDifferences: Float64Array
  readonly blockLength: number
}

/**
 * White's reality check that no model has a smaller expected loss than the benchmark: V = max_k sqrt(n) d_k, d_k the mean of benchmark less
 * model loss, against max_k sqrt(n) (d*_k - d_k) under the stationary bootstrap. Bad models among many weaken it; Hansen's test does not
 * mind them. The statistic is below zero when all models are worse.
 * @param modelLosses rows are times, columns are models
 * @throws MathError `too-short` below four times, `no-variance` when a model's differences do not vary, `shape`, `out-of-domain`
 */
export function realityCheck(
  benchmarkLosses: Vector,
  modelLosses: Matrix,
  chance: Prng,
  options: SnoopingOptions = {},
): RealityCheckResult {
  const found = superiorPredictiveAbility(benchmarkLosses, modelLosses, chance, { ...options, studentised: false })
  const { best, meanDifferences, blockLength } = found
  const statistic = finiteOr('overflow', Math.sqrt(benchmarkLosses.length) * meanDifferences[best], 'the statistic')
  return { statistic, pValue: found.upper, best, meanDifferences, blockLength }
}

/** Benchmark less model by columns, over the largest of all losses. */
function differencesOf(benchmark: Vector, models: Matrix): { readonly columns: Float64Array[]; readonly scale: number } {
  let scale = 0
  for (let t = 0; t < benchmark.length; t++) {
    scale = Math.max(scale, Math.abs(benchmark[t]))
    for (let j = 0; j < models[t].length; j++) scale = Math.max(scale, Math.abs(models[t][j]))
  }
  refuseUnless(scale > 0, 'no-variance', 'all losses are zero')
  const columns = Array.from({ length: models[0].length }, (_, j) =>
    Float64Array.from(benchmark, (loss, t) => loss / scale - models[t][j] / scale),
  )
  return { columns, scale }
}

/** Variance of sqrt(n) times the mean under the stationary bootstrap: autocovariances with the weights of Politis and Romano. */
function bootstrapVariance(values: Float64Array, mean: number, block: number): number {
  const n = values.length
  const stay = 1 - 1 / block
  let total = 0
  for (const value of values) total += (value - mean) ** 2
  for (let lag = 1; lag < n; lag++) {
    const weight = (1 - lag / n) * stay ** lag + (lag / n) * stay ** (n - lag)
    if (weight < 1e-16) continue
    let product = 0
    for (let t = lag; t < n; t++) product += (values[t] - mean) * (values[t - lag] - mean)
    total += 2 * weight * product
  }
  return total / n
}
