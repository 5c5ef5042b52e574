/** Golden vectors of `numerics`. */
import { sum } from '../../src/math/sum.ts'
import {
  average,
  betaIncomplete,
  bfgs,
  binomialCdf,
  chiSquaredQuantile,
  chiSquaredTail,
  cholesky,
  conditionNumber,
  determinant,
  digamma,
  erf,
  erfc,
  fTail,
  gammaLower,
  gammaUpper,
  geometricMean,
  inverse,
  leastSquares,
  log1mExp,
  logDeterminant,
  logGamma,
  logSumExp,
  matrixExponential,
  medianAbsoluteDeviation,
  nearestCorrelation,
  nelderMead,
  normalCdf,
  normalLogCdf,
  normalPdf,
  normalQuantile,
  poissonTail,
  pseudoInverse,
  quantile,
  type QuantileType,
  ranks,
  sampleKurtosis,
  sampleSkewness,
  singularValues,
  solveCholesky,
  studentCdf,
  studentQuantile,
  symmetricEigen,
  trimmedMean,
  variance,
} from '../../src/math/numerics/index.ts'
import type { GoldenMap, Question } from './harness.ts'
import { byKey, has, matrix, vector } from './inputs.ts'

export const map: GoldenMap = {
  name: 'numerics',
  answer(question) {
    const outputs = answerOf(question)
    if (outputs === undefined) return undefined
    const { inputs, wanted } = question
    const logs = 'logsumexp' in wanted && !has(question, 'logs') ? ['logsumexp'] : []
    return {
      outputs,
      withoutInputs: { keys: logs, because: 'the file gives no logarithms to add up' },
      ...('geometric_mean_1px' in wanted && {
        contradicted: {
          second: { geometric_mean_1px: rootOfProduct(vector(inputs, 'x').map((value) => 1 + value)) },
          because: 'the file has another number than the root of the product of 1 + x',
        },
      }),
    }
  },
}

/** The geometric mean by its own definition, for a second opinion. */
const rootOfProduct = (values: readonly number[]): number =>
  values.reduce((product, value) => product * value, 1) ** (1 / values.length)

/** `2_3` gives [2, 3]; `a05` is the way the files write 0.5. */
const parameter = (digits: string): number => Number(/^0\d/.test(digits) ? `0.${digits.slice(1)}` : digits)

function answerOf(question: Question): Record<string, unknown> | undefined {
  const { inputs } = question
  const each = (key: string, f: (x: number) => number): number[] => vector(inputs, key).map(f)
  if (has(question, 'z') || (has(question, 'p') && question.model === 'special' && !has(question, 'nu')))
    return byKey(question, [
      [/^cdf$/, () => each('z', normalCdf)],
      [/^(sf|tail)$/, () => each('z', (z) => normalCdf(-z))],
      [/^logcdf$/, () => each('z', normalLogCdf)],
      [/^pdf$/, () => each('z', normalPdf)],
      [/^ppf$/, () => each('p', normalQuantile)],
      [/^erf$/, () => each('z', erf)],
      [/^erfc$/, () => each('z', erfc)],
    ])
  if (has(question, 'nu')) {
    const nu = vector(inputs, 'nu')
    return byKey(question, [
      [/^t_cdf$/, () => nu.map((freedom) => each('t', (t) => studentCdf(t, freedom)))],
      [/^t_sf$/, () => nu.map((freedom) => each('t', (t) => studentCdf(-t, freedom)))],
      [/^t_ppf$/, () => nu.map((freedom) => each('p', (p) => studentQuantile(p, freedom)))],
      [/^chi2_sf_x([\d.]+)$/, ([, x]) => nu.map((freedom) => chiSquaredTail(Number(x), freedom))],
      [/^chi2_ppf_(\d+)$/, ([, percent]) => nu.map((freedom) => chiSquaredQuantile(Number(`0.${percent}`), freedom))],
      [
        /^f_sf_(\d+)_(\d+)_df(\d+)_nu$/,
        ([, whole, part, df]) => nu.map((freedom) => fTail(Number(`${whole}.${part}`), Number(df), freedom)),
      ],
      [
        /^binom_cdf_(\d+)_of_(\d+)_p_(\d+)_(\d+)$/,
        ([, k, n, whole, part]) => binomialCdf(Number(k), Number(n), Number(`${whole}.${part}`)),
      ],
      [
        /^poisson_sf_(\d+)_mean_(\d+)(?:_(\d+))?$/,
        ([, k, whole, part]) => poissonTail(Number(k), Number(`${whole}.${part ?? 0}`)),
      ],
    ])
  }
  if (question.model === 'special')
    return byKey(question, [
      [/^gammaln$/, () => each('x', logGamma)],
      [/^(digamma|psi)$/, () => each('x', digamma)],
      [/^gammainc_a(\d+)$/, ([, a]) => each('x', (x) => gammaLower(parameter(a), x))],
      [/^gammaincc_a(\d+)$/, ([, a]) => each('x', (x) => gammaUpper(parameter(a), x))],
      // The file evaluates it at a tenth of x, at most one.
      [/^betainc_(\d+)_(\d+)$/, ([, a, b]) => each('x', (x) => betaIncomplete(parameter(a), parameter(b), Math.min(1, x / 10)))],
    ])
  if (question.model === 'stats') {
    const x = vector(inputs, 'x')
    return byKey(question, [
      [/^type_(\d)$/, ([, type]) => each('p', (p) => quantile(x, p, Number(type) as QuantileType, 'odd'))],
      [/^mean$/, () => average(x)],
      [/^var_sample$/, () => variance(x)],
      [/^var_population$/, () => variance(x, 'population')],
      [/^skew_population$/, () => sampleSkewness(x)],
      [/^skew_sample$/, () => sampleSkewness(x, 'sample')],
      [/^kurtosis_population$/, () => sampleKurtosis(x)],
      [/^kurtosis_excess_sample$/, () => sampleKurtosis(x, 'sample') - 3],
      [/^kurtosis_excess_population$/, () => sampleKurtosis(x) - 3],
      [/^trimmed_mean_(\d+)$/, ([, percent]) => trimmedMean(x, Number(percent) / 100)],
      [/^geometric_mean_1px$/, () => geometricMean(x.map((value) => 1 + value))],
      [/^mad_unscaled$/, () => medianAbsoluteDeviation(x)],
      // The file ranks whole numbers, so that there are ties.
      [/^rank_average$/, () => ranks(x.map(Math.round))],
    ])
  }
  if (has(question, 'C')) {
    const { correlation, distance } = nearestCorrelation(matrix(inputs, 'C'))
    return { nearest: correlation, frobenius_distance: distance }
  }
  if (question.model === 'linalg') {
    const [p, square, tall] = (['P', 'A', 'B'] as const).map((key) => (): number[][] => matrix(inputs, key))
    return byKey(question, [
      [/^cholesky_lower$/, () => cholesky(p())],
      [/^solve_P_b$/, () => solveCholesky(cholesky(p()), vector(inputs, 'b'))],
      [/^inverse_P$/, () => inverse(p())],
      [/^eigenvalues_P$/, () => symmetricEigen(p()).values],
      [/^logdet_P$/, () => logDeterminant(cholesky(p()))],
      [/^condition_P$/, () => conditionNumber(p())],
      [/^det_A$/, () => determinant(square())],
      [/^det_P$/, () => determinant(p())],
      [
        /^expm_A_half_row(\d+)$/,
        ([, row]) => matrixExponential(square().map((values) => values.map((value) => value / 2)))[Number(row)],
      ],
      [/^singular_values_B$/, () => singularValues(tall()).s],
      [/^lstsq_B_c$/, () => leastSquares(tall(), vector(inputs, 'c')).coefficients],
      [/^pinv_B_row(\d+)$/, ([, row]) => pseudoInverse(tall())[Number(row)]],
    ])
  }
  if (question.model === 'optimise')
    return byKey(question, [
      [
        /^(rosenbrock|beale|powell_singular)_min$/,
        ([, name]) => {
          const f = OBJECTIVES[name]
          const coarse = nelderMead(f, vector(inputs, `${name}_start`), { tolerance: 1e-15, restarts: 2 })
          return bfgs(f, coarse.x, { tolerance: 1e-12 }).x
        },
      ],
    ])
  return byKey(question, [
    [/^sum$/, () => sum(vector(inputs, 'terms'))],
    [/^variance_sample$/, () => variance(vector(inputs, 'shifted'))],
    // Not answered where the case does not say of which logarithms.
    [/^logsumexp$/, () => (has(question, 'logs') ? logSumExp(vector(inputs, 'logs')) : undefined)],
    [/^log1mexp_(.+)$/, ([, x]) => log1mExp(Number(x))],
  ])
}

/** Test functions of optimisers, as their authors wrote them. */
const OBJECTIVES: Readonly<Record<string, (x: Float64Array) => number>> = {
  rosenbrock: ([x, y]) => 100 * (y - x * x) ** 2 + (1 - x) ** 2,
  beale: ([x, y]) => (1.5 - x + x * y) ** 2 + (2.25 - x + x * y ** 2) ** 2 + (2.625 - x + x * y ** 3) ** 2,
  powell_singular: ([a, b, c, d]) => (a + 10 * b) ** 2 + 5 * (c - d) ** 2 + (b - 2 * c) ** 4 + 10 * (a - d) ** 4,
}
