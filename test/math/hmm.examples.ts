/** How the functions of `hmm` are called. */
import type { Prng } from '../../src/core/random.ts'
import * as hmm from '../../src/math/hmm/index.ts'
import type { Example } from './example.ts'

const diagonal = {
  start: [0.6, 0.4],
  transition: [
    [0.95, 0.05],
    [0.1, 0.9],
  ],
  means: [[0.1], [-0.1]],
  variances: [[0.25], [4]],
}
const full = {
  start: [0.6, 0.4],
  transition: [
    [0.95, 0.05],
    [0.1, 0.9],
  ],
  means: [
    [0.1, 0.5],
    [-0.1, 2],
  ],
  covariances: [
    [
      [0.25, 0.02],
      [0.02, 0.1],
    ],
    [
      [4, 0.3],
      [0.3, 1],
    ],
  ],
}

/** Calm and wild stretches. */
const series = (prng: Prng, length: number): number[] =>
  Array.from({ length }, (_, t) => (Math.floor(t / 12) % 2 === 0 ? 0.5 : 2) * prng.normal())
const rows = (prng: Prng, length: number): number[][] => series(prng, length).map((x) => [x, Math.abs(x) + 0.3 * prng.normal()])

export const hmmExamples: readonly Example[] = [
  { covers: hmm.hmmLogLikelihood, args: (prng) => [diagonal, series(prng, 30), { lengths: [12, 18] }] },
  { covers: hmm.filterStates, args: (prng) => [diagonal, series(prng, 30), { initial: 'stationary' }] },
  { covers: hmm.filterStates, args: (prng) => [full, rows(prng, 20)] },
  { covers: hmm.smoothStates, args: (prng) => [full, rows(prng, 20)] },
  { covers: hmm.smoothStates, args: (prng) => [diagonal, series(prng, 20)] },
  { covers: hmm.decodeStates, args: (prng) => [diagonal, series(prng, 20)] },
  { covers: hmm.baumWelch, args: (prng) => [series(prng, 40), diagonal, { iterations: 5 }] },
  { covers: hmm.baumWelch, args: (prng) => [rows(prng, 40), full, { tolerance: 1e-3, maxIterations: 5, transitionPrior: 0.1 }] },
  {
    covers: hmm.fitHmm,
    args: (prng) => [
      series(prng, 60),
      { states: 2, restarts: 2, shortIterations: 3, maxIterations: 10, minimumSample: 20 },
      prng,
    ],
  },
  {
    covers: hmm.fitHmm,
    args: (prng) => [
      series(prng, 60),
      { states: 2, initial: 'stationary', restarts: 1, shortIterations: 2, maxIterations: 20, minimumSample: 20 },
      prng,
    ],
  },
  {
    covers: hmm.fitHmm,
    args: (prng) => [
      rows(prng, 60),
      { states: 2, covariance: 'full', restarts: 2, shortIterations: 2, maxIterations: 5, minimumSample: 20 },
      prng,
    ],
  },
  {
    covers: hmm.refitHmm,
    args: (prng) => [diagonal, series(prng, 60), { restarts: 2, shortIterations: 2, maxIterations: 5, minimumSample: 20 }, prng],
  },
  {
    covers: hmm.selectStateCount,
    args: (prng) => [
      series(prng, 60),
      { candidates: [1, 2], restarts: 2, shortIterations: 2, maxIterations: 5, minimumSample: 20 },
      prng,
    ],
    missing: 'a candidate with too few observations has no BIC',
  },
  { covers: hmm.permuteStates, args: () => [full, [1, 0]] },
  { covers: hmm.volatilityOrder, args: () => [diagonal] },
  { covers: hmm.matchStates, args: () => [diagonal, diagonal] },
  {
    covers: hmm.cheapestAssignment,
    args: (prng) => [Array.from({ length: 4 }, () => Array.from({ length: 4 }, () => prng.float()))],
  },
  { covers: hmm.stationaryDistribution, args: () => [diagonal.transition] },
  {
    covers: hmm.StateFilter,
    call: (model: hmm.GaussianHmm, observations: readonly number[]) => {
      const filter = new hmm.StateFilter(model)
      const filtered = observations.map((x) => Float64Array.from(filter.update(x)))
      filter.restore(filter.snapshot())
      return { filtered, predicted: filter.predicted, logLikelihood: filter.logLikelihood, count: filter.count }
    },
    args: (prng) => [diagonal, series(prng, 20)],
  },
  {
    covers: hmm.StateFilter,
    call: (state: readonly number[]) => {
      const filter = new hmm.StateFilter(diagonal)
      filter.restore(state)
      return { filtered: filter.update(0.3), logLikelihood: filter.logLikelihood }
    },
    args: () => [[1, -1.5, 0.8, 0.2, 0.78, 0.22, -0.22, -1.6]],
  },
  {
    covers: hmm.StateSwitch,
    call: (options: hmm.StateSwitchOptions, probabilities: readonly number[][]) => {
      const filter = new hmm.StateSwitch(options)
      const states = probabilities.map((row) => filter.update(row))
      filter.restore(filter.snapshot())
      return { states, state: filter.state }
    },
    args: () => [
      { threshold: 0.7, bars: 2 },
      [
        [0.9, 0.1],
        [0.8, 0.2],
        [0.2, 0.8],
      ],
    ],
    missing: 'no state is in force before one has been likely for two bars',
  },
]
