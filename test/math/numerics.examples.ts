/** How the functions of `numerics` are called. */
import type { Prng } from '../../src/core/random.ts'
import * as numerics from '../../src/math/numerics/index.ts'
import { type Example, normals, rowsOf } from './example.ts'

const positive = (prng: Prng): number => 0.2 + 4 * prng.float()
const share = (prng: Prng): number => 0.02 + 0.96 * prng.float()
const definite = (prng: Prng, n = 3): number[][] => numerics.covarianceMatrix(rowsOf(prng, 12, n)).map((row) => Array.from(row))
const triangle = (prng: Prng): number[][] => numerics.cholesky(definite(prng)).map((row) => Array.from(row))
const above = 'what stands above the diagonal of a lower triangle is not looked at'
const bowl = (x: ArrayLike<number>): number => {
  let total = 0
  for (let i = 0; i < x.length; i++) total += (i + 1) * (x[i] - 1) ** 2
  return total
}

const special: readonly Example[] = [
  { covers: numerics.normalPdf, args: (prng) => [prng.normal()] },
  {
    covers: numerics.normalCdf,
    args: (prng) => [prng.normal()],
    toleratesNonFinite: 'the distribution function is 0 and 1 at the infinities',
  },
  {
    covers: numerics.normalTail,
    args: (prng) => [prng.normal()],
    toleratesNonFinite: 'the distribution function is 0 and 1 at the infinities',
  },
  { covers: numerics.normalQuantile, args: (prng) => [share(prng)] },
  { covers: numerics.normalLogCdf, args: (prng) => [20 * prng.normal()] },
  { covers: numerics.erf, args: (prng) => [prng.normal()] },
  { covers: numerics.erfc, args: (prng) => [prng.normal()] },
  { covers: numerics.logGamma, args: (prng) => [positive(prng)] },
  { covers: numerics.digamma, args: (prng) => [positive(prng)] },
  { covers: numerics.gammaLower, args: (prng) => [positive(prng), positive(prng)] },
  { covers: numerics.gammaUpper, args: (prng) => [positive(prng), positive(prng)] },
  { covers: numerics.gammaQuantile, args: (prng) => [share(prng), positive(prng)] },
  { covers: numerics.betaIncomplete, args: (prng) => [positive(prng), positive(prng), share(prng)] },
  { covers: numerics.logBeta, args: (prng) => [positive(prng), positive(prng)] },
  { covers: numerics.betaQuantile, args: (prng) => [share(prng), positive(prng), positive(prng)] },
  { covers: numerics.studentTail, args: (prng) => [prng.normal(), positive(prng)] },
  { covers: numerics.studentCdf, args: (prng) => [prng.normal(), positive(prng)] },
  { covers: numerics.studentPdf, args: (prng) => [prng.normal(), positive(prng)] },
  { covers: numerics.studentQuantile, args: (prng) => [share(prng), positive(prng)] },
  { covers: numerics.chiSquaredTail, args: (prng) => [positive(prng), positive(prng)] },
  { covers: numerics.chiSquaredCdf, args: (prng) => [positive(prng), positive(prng)] },
  { covers: numerics.chiSquaredQuantile, args: (prng) => [share(prng), positive(prng)] },
  { covers: numerics.fTail, args: (prng) => [positive(prng), positive(prng), positive(prng)] },
  { covers: numerics.fCdf, args: (prng) => [positive(prng), positive(prng), positive(prng)] },
  { covers: numerics.fQuantile, args: (prng) => [share(prng), positive(prng), positive(prng)] },
  { covers: numerics.binomialCdf, args: (prng) => [prng.int(0, 10), 10, share(prng)] },
  { covers: numerics.binomialTail, args: (prng) => [prng.int(0, 10), 10, share(prng)] },
  { covers: numerics.poissonCdf, args: (prng) => [prng.int(0, 10), positive(prng)] },
  { covers: numerics.poissonTail, args: (prng) => [prng.int(0, 10), positive(prng)] },
  {
    covers: numerics.logSumExp,
    args: (prng) => [normals(prng, 5)],
    toleratesNonFinite: 'minus infinity is the logarithm of a probability of zero',
  },
  { covers: numerics.log1mExp, args: (prng) => [positive(prng)] },
  { covers: numerics.log1pExp, args: (prng) => [prng.normal()] },
  { covers: numerics.logistic, args: (prng) => [prng.normal()] },
  { covers: numerics.softmax, args: (prng) => [normals(prng, 5)] },
]

const series: readonly Example[] = [
  { covers: numerics.average, args: (prng) => [normals(prng, 6)] },
  { covers: numerics.variance, args: (prng) => [normals(prng, 6)] },
  { covers: numerics.deviation, args: (prng) => [normals(prng, 6)] },
  { covers: numerics.positiveDeviation, args: (prng) => [normals(prng, 6)] },
  { covers: numerics.covariance, args: (prng) => [normals(prng, 6), normals(prng, 6)] },
  { covers: numerics.columnMeans, args: (prng) => [rowsOf(prng, 6, 3)] },
  { covers: numerics.covarianceMatrix, args: (prng) => [rowsOf(prng, 6, 3)] },
  { covers: numerics.correlationOf, args: (prng) => [definite(prng)] },
  { covers: numerics.sorted, args: (prng) => [normals(prng, 6)] },
  {
    covers: numerics.quantileSorted,
    args: (prng) => [Array.from(numerics.sorted(normals(prng, 6))), share(prng)],
    toleratesNonFinite: 'of values that are sorted already it looks at two only',
  },
  { covers: numerics.quantile, args: (prng) => [normals(prng, 6), share(prng)] },
  { covers: numerics.median, args: (prng) => [normals(prng, 6)] },
  { covers: numerics.ranks, args: (prng) => [normals(prng, 6)] },
  { covers: numerics.sampleSkewness, args: (prng) => [normals(prng, 8)] },
  { covers: numerics.sampleKurtosis, args: (prng) => [normals(prng, 8)] },
  { covers: numerics.trimmedMean, args: (prng) => [normals(prng, 8), 0.1] },
  { covers: numerics.geometricMean, args: (prng) => [normals(prng, 8).map(Math.exp)] },
  { covers: numerics.medianAbsoluteDeviation, args: (prng) => [normals(prng, 8), 1.4826] },
  { covers: numerics.autocovariance, args: (prng) => [normals(prng, 12), 3] },
  { covers: numerics.autocorrelation, args: (prng) => [normals(prng, 12), 3] },
  { covers: numerics.partialAutocorrelation, args: (prng) => [normals(prng, 12), 3] },
  { covers: numerics.neweyWestLags, args: (prng) => [prng.int(2, 500)] },
  { covers: numerics.longRunVariance, args: (prng) => [normals(prng, 12), 3] },
  {
    covers: numerics.RunningMoments,
    call: (values: readonly number[], others: readonly number[]) => {
      const [running, other] = [new numerics.RunningMoments(), new numerics.RunningMoments()]
      for (const value of values) running.add(value)
      for (const value of others) other.add(value)
      running.merge(other)
      return {
        count: running.count,
        mean: running.mean,
        variance: running.variance(),
        deviation: running.deviation('population'),
      }
    },
    args: (prng) => [normals(prng, 6), normals(prng, 3)],
  },
]

const matrices: readonly Example[] = [
  { covers: numerics.dot, args: (prng) => [normals(prng, 4), normals(prng, 4)] },
  { covers: numerics.multiplyVector, args: (prng) => [rowsOf(prng, 3, 4), normals(prng, 4)] },
  { covers: numerics.quadraticForm, args: (prng) => [definite(prng), normals(prng, 3)] },
  { covers: numerics.multiply, args: (prng) => [rowsOf(prng, 3, 4), rowsOf(prng, 4, 2)] },
  { covers: numerics.transpose, args: (prng) => [rowsOf(prng, 3, 4)] },
  { covers: numerics.identity, args: (prng) => [prng.int(1, 5)] },
  { covers: numerics.cholesky, args: (prng) => [definite(prng)] },
  { covers: numerics.choleskyWithJitter, args: (prng) => [definite(prng)] },
  { covers: numerics.solveLower, args: (prng) => [triangle(prng), normals(prng, 3)], toleratesNonFinite: above },
  { covers: numerics.solveLowerTransposed, args: (prng) => [triangle(prng), normals(prng, 3)], toleratesNonFinite: above },
  { covers: numerics.solveCholesky, args: (prng) => [triangle(prng), normals(prng, 3)], toleratesNonFinite: above },
  { covers: numerics.logDeterminant, args: (prng) => [triangle(prng)] },
  { covers: numerics.solve, args: (prng) => [rowsOf(prng, 3, 3), normals(prng, 3)] },
  { covers: numerics.leastSquares, args: (prng) => [rowsOf(prng, 8, 3), normals(prng, 8)] },
  { covers: numerics.symmetricEigen, args: (prng) => [definite(prng)] },
  { covers: numerics.singularValues, args: (prng) => [rowsOf(prng, 5, 3)] },
  { covers: numerics.determinant, args: (prng) => [rowsOf(prng, 3, 3)] },
  { covers: numerics.inverse, args: (prng) => [rowsOf(prng, 3, 3)] },
  { covers: numerics.pseudoInverse, args: (prng) => [rowsOf(prng, 5, 3), 1e-12] },
  { covers: numerics.leastSquaresAnyRank, args: (prng) => [rowsOf(prng, 5, 3), normals(prng, 5), 1e-12] },
  { covers: numerics.rank, args: (prng) => [rowsOf(prng, 5, 3), 1e-12] },
  { covers: numerics.conditionNumber, args: (prng) => [rowsOf(prng, 5, 3)] },
  { covers: numerics.frobeniusDistance, args: (prng) => [rowsOf(prng, 5, 3), rowsOf(prng, 5, 3)] },
  { covers: numerics.matrixExponential, args: (prng) => [rowsOf(prng, 3, 3)] },
  {
    covers: numerics.nearestCorrelation,
    args: (prng) => {
      const [a, b, c] = [0.9, 0.7, -0.3].map((value) => value + 0.05 * prng.normal())
      return [[[1, a, b], [a, 1, c], [b, c, 1]], { tolerance: 1e-8, maxIterations: 500 }] // oxfmt-ignore
    },
  },
]

const solvers: readonly Example[] = [
  { covers: numerics.findRoot, args: (prng) => [(x: number) => x - 0.4, -prng.float(), 1 + prng.float(), 1e-12] },
  { covers: numerics.minimiseScalar, args: (prng) => [(x: number) => (x - 0.4) ** 2, -prng.float(), 1 + prng.float(), 1e-8] },
  {
    covers: numerics.nelderMead,
    args: (prng) => [bowl, normals(prng, 2), { step: 0.1, tolerance: 1e-8, maxEvaluations: 400, restarts: 1 }],
    missing: 'no gradient is computed',
  },
  { covers: numerics.bfgs, args: (prng) => [bowl, normals(prng, 2), { tolerance: 1e-8, maxIterations: 50 }] },
  {
    covers: numerics.numericalGradient,
    call: (x: readonly number[]) => numerics.numericalGradient(bowl, Float64Array.from(x)),
    args: (prng) => [normals(prng, 2)],
  },
  {
    covers: numerics.numericalHessian,
    call: (x: readonly number[], step: number) => numerics.numericalHessian(bowl, Float64Array.from(x), step),
    args: (prng) => [normals(prng, 2), 1e-4],
  },
  {
    covers: numerics.boundedBfgs,
    call: (start: readonly number[], bounds: numerics.Bounds) => numerics.boundedBfgs(bowl, start, bounds, { maxIterations: 50 }),
    args: (prng) => [normals(prng, 2), { lower: [-2, -2], upper: [0.5, 2] }],
  },
  {
    covers: numerics.lowestOfStarts,
    call: (starts: readonly (readonly number[])[], bounds: numerics.Bounds) => numerics.lowestOfStarts(bowl, starts, bounds),
    args: (prng) => [rowsOf(prng, 3, 2), { lower: [-2, -2], upper: [0.5, 2] }],
  },
  { covers: numerics.principalComponents, args: (prng) => [rowsOf(prng, 12, 3)] },
  {
    covers: numerics.reconstructionErrors,
    call: (rows: readonly (readonly number[])[], others: readonly (readonly number[])[], count: number) =>
      numerics.reconstructionErrors(numerics.principalComponents(rows), others, count),
    args: (prng) => [rowsOf(prng, 12, 3), rowsOf(prng, 4, 3), 2],
  },
  {
    covers: numerics.solveQuadraticProgram,
    args: (prng) => [
      {
        hessian: definite(prng),
        linear: normals(prng, 3),
        equalities: { matrix: [[1, 1, 1]], right: [1] },
        inequalities: { matrix: [[1, -1, 0], [0, 1, 1]], right: [-0.9, 0.1] }, // oxfmt-ignore
        lower: [0, 0, 0],
        upper: [0.8, 0.8, 0.8],
      },
    ],
    toleratesNonFinite: 'an infinite bound is none',
  },
]

export const numericsExamples: readonly Example[] = [...special, ...series, ...matrices, ...solvers]
