/** Search and learning: Gaussian processes beside another Cholesky factor, trees, forests, even points. */
import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { createPrng } from '../../src/core/random.ts'
import { isolationForest, isolationScores } from '../../src/math/anomaly/isolation-forest.ts'
import { boostFit } from '../../src/math/learning/boosting.ts'
import { suggestPoints } from '../../src/math/tuning/bayesian-optimiser.ts'
import { gpCondition, gpFit, gpPredict, type GpParameters } from '../../src/math/tuning/gaussian-process.ts'
import { sobol } from '../../src/math/tuning/sobol.ts'
import { noiseRows } from './series.ts'
import type { Task, Twin } from './task.ts'

const AXES = 4
const ASKED = 100
const PARAMETERS: GpParameters = { signalVariance: 1, lengthScales: [0.5, 0.7, 0.9, 1.1], noiseVariance: 0.01 }

/** Points of the unit cube and noisy values of a smooth function there. */
function tried(count: number, axes: number): { readonly points: Float64Array[]; readonly values: Float64Array } {
  const prng = createPrng('tried')
  const points = Array.from({ length: count }, () => Float64Array.from({ length: axes }, () => prng.float()))
  const values = Float64Array.from(
    points,
    (point) => point.reduce((total, x, j) => total + Math.sin((3 + j) * x), 0) / 2 + 0.1 * prng.normal(),
  )
  return { points, values }
}

const ML_MATRIX: Twin = {
  name: 'ml-matrix',
  tolerance: 1e-8,
  work: (size) => {
    const { points, values } = tried(size, AXES)
    const { points: asked } = tried(ASKED, AXES)
    const kernel = (a: Float64Array, b: Float64Array): number => {
      let total = 0
      for (let j = 0; j < AXES; j++) total += ((a[j] - b[j]) / PARAMETERS.lengthScales[j]) ** 2
      const d = Math.sqrt(5 * total)
      return (1 + d + (d * d) / 3) * Math.exp(-d)
    }
    return () => {
      const k = Matrix.zeros(size, size)
      for (let i = 0; i < size; i++)
        for (let j = 0; j <= i; j++) {
          const value = kernel(points[i], points[j]) + (i === j ? PARAMETERS.noiseVariance : 0)
          k.set(i, j, value)
          k.set(j, i, value)
        }
      const factor = new CholeskyDecomposition(k)
      const weights = factor.solve(Matrix.columnVector(values))
      const cross = new Matrix(points.map((point) => asked.map((other) => kernel(point, other))))
      const solved = factor.solve(cross)
      const mean = cross.transpose().mmul(weights).to1DArray()
      const variance = asked.map((_, j) => {
        let total = 0
        for (let i = 0; i < size; i++) total += cross.get(i, j) * solved.get(i, j)
        return 1 - total
      })
      return [...mean, ...variance]
    }
  },
}

export const SEARCHES: readonly Task[] = [
  {
    name: `Gaussian process, posterior at ${ASKED}`,
    size: 300,
    of: 'points',
    goal: 30,
    twins: [ML_MATRIX],
    work: (size) => {
      const { points, values } = tried(size, AXES)
      const { points: asked } = tried(ASKED, AXES)
      return () => {
        const { mean, deviation } = gpPredict(gpCondition(points, values, PARAMETERS), asked)
        return [...mean, ...deviation.map((each) => each * each)]
      }
    },
  },
  {
    name: 'Gaussian process, hyper-parameters, 8 starts',
    size: 60,
    of: 'points',
    work: (size) => {
      const { points, values } = tried(size, AXES)
      return () => [gpFit(points, values).logMarginalLikelihood]
    },
  },
  {
    name: 'next point to try, 3 axes',
    size: 30,
    of: 'points',
    work: (size) => {
      const { points, values } = tried(size, 3)
      return () => suggestPoints(points, values, createPrng('next'))[0].point
    },
  },
  {
    name: 'Sobol points, 10 axes',
    size: 10_000,
    of: 'points',
    counted: { unit: 'points', count: 10_000 },
    work: (size) => () => sobol(size, 10)[size - 1],
  },
  {
    name: 'boosted trees by histogram, 20 variables, 100 trees',
    size: 10_000,
    of: 'rows',
    work: (size) => {
      const x = noiseRows('boosting', size, 20)
      const y = x.map((row) => Math.sin(row[0]) + row[1] * row[2] + 0.3 * row[19])
      return () => [boostFit(x, y, { trees: 100, splits: 'histogram' }).trainingLoss[99]]
    },
  },
  {
    name: 'isolation forest with scores, 5 variables, 100 trees',
    size: 10_000,
    of: 'rows',
    work: (size) => {
      const rows = noiseRows('forest', size, 5)
      return () => isolationScores(isolationForest(rows, createPrng('forest')), rows)
    },
  },
]
