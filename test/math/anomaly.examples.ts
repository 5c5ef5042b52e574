/** How the functions of `anomaly` are called. */
import { createPrng } from '../../src/core/random.ts'
import { Cusum, cusumChart, ewmaChart } from '../../src/math/anomaly/control-charts.ts'
import { expectedPathLength, isolationForest, isolationScores } from '../../src/math/anomaly/isolation-forest.ts'
import { localOutlierFactors, mahalanobisDistances } from '../../src/math/anomaly/multivariate.ts'
import {
  grubbsTest,
  hampelFilter,
  medianAbsoluteDeviation,
  quartileFences,
  robustOutliers,
  robustScores,
} from '../../src/math/anomaly/robust.ts'
import { type Example, normals, rowsOf } from './example.ts'

export const anomalyExamples: readonly Example[] = [
  { covers: medianAbsoluteDeviation, args: (prng) => [normals(prng, 15)] },
  { covers: robustScores, args: (prng) => [normals(prng, 15)] },
  { covers: robustOutliers, args: (prng) => [normals(prng, 15), 2] },
  { covers: quartileFences, args: (prng) => [normals(prng, 15), 1.5] },
  { covers: hampelFilter, args: (prng) => [normals(prng, 15), { halfWindow: 2, deviations: 2, scale: 1.4826 }] },
  { covers: grubbsTest, args: (prng) => [normals(prng, 15), 0.05] },
  {
    covers: Cusum,
    call: (z: number[], slack: number, threshold: number) => {
      const filter = new Cusum({ slack, threshold, reset: true })
      return Array.from(z, (each) => [filter.update(each), filter.up, filter.down])
    },
    args: (prng) => [normals(prng, 15), 0.5, 2],
  },
  { covers: cusumChart, args: (prng) => [normals(prng, 15), { slack: 0.5, threshold: 2 }] },
  { covers: ewmaChart, args: (prng) => [normals(prng, 15), 0.2, 3] },
  { covers: mahalanobisDistances, args: (prng) => [rowsOf(prng, 12, 3)] },
  { covers: localOutlierFactors, args: (prng) => [rowsOf(prng, 12, 3), 4] },
  { covers: expectedPathLength, args: () => [256] },
  {
    covers: isolationForest,
    call: (rows: number[][], trees: number, sample: number) => isolationForest(rows, createPrng(4), { trees, sample }),
    args: (prng) => [rowsOf(prng, 12, 3), 3, 8],
  },
  {
    covers: isolationScores,
    call: (rows: number[][], at: number[][]) => isolationScores(isolationForest(rows, createPrng(4), { trees: 3 }), at),
    args: (prng) => [rowsOf(prng, 12, 3), rowsOf(prng, 4, 3)],
  },
]
