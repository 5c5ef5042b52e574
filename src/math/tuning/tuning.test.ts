/** Sobol points, acquisition functions, Parzen estimators, early stopping and the whole optimiser: their laws. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import {
  expectedImprovement,
  logExpectedImprovement,
  lowerConfidenceBound,
  probabilityOfImprovement,
  upperConfidenceBound,
} from './acquisition.ts'
import { suggestPoints } from './bayesian-optimiser.ts'
import {
  halvingReport,
  hyperbandBrackets,
  isExhausted,
  percentileStops,
  replayHalving,
  replayPercentile,
} from './early-stopping.ts'
import { parzenDraw, parzenEstimator, parzenLogDensity, parzenSplit, parzenSuggest } from './parzen.ts'
import { sobol, SOBOL_DIMENSIONS } from './sobol.ts'
import { branin } from './test-functions.ts'

describe('sobol', () => {
  it('begins as the published sequence does', () => {
    expect(sobol(8, 3).map((point) => Array.from(point))).toEqual([
      [0, 0, 0],
      [0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25],
      [0.25, 0.75, 0.75],
      [0.375, 0.375, 0.625],
      [0.875, 0.875, 0.125],
      [0.625, 0.125, 0.875],
      [0.125, 0.625, 0.375],
    ])
  })

  it('puts one point into each of 2^k equal intervals, in every dimension, shifted or not', () => {
    for (const prng of [undefined, createPrng(3)]) {
      const points = sobol(256, SOBOL_DIMENSIONS, prng === undefined ? {} : { prng })
      for (let d = 0; d < SOBOL_DIMENSIONS; d++) expect(new Set(points.map((point) => Math.floor(point[d] * 256))).size).toBe(256)
    }
  })

  it('goes on where it was left', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 40 }), (skip, count) => {
        expect(sobol(count, 4, { skip })).toEqual(sobol(skip + count, 4).slice(skip))
      }),
    )
  })
})

const value = fc.double({ min: -5, max: 5, noNaN: true })
const sigma = fc.double({ min: 0.05, max: 3, noNaN: true })

describe('acquisition', () => {
  it('begins anywhere in its sequence at once, and goes on from there', () => {
    for (const skip of [2 ** 20 - 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 4])
      expect(sobol(3, 5, { skip }).slice(1)).toEqual(sobol(2, 5, { skip: skip + 1 }))
  })

  it('expects at least what the mean promises, and never less than nothing', () => {
    fc.assert(
      fc.property(value, sigma, value, (mean, deviation, best) => {
        const [ei] = expectedImprovement({ mean: [mean], deviation: [deviation] }, best)
        expect(ei).toBeGreaterThanOrEqual(Math.max(0, best - mean) - 1e-12)
        const [known] = expectedImprovement({ mean: [mean], deviation: [0] }, best)
        expect(known).toBe(0)
        const [pi] = probabilityOfImprovement({ mean: [mean], deviation: [deviation] }, best)
        expect(pi >= 0 && pi <= 1).toBe(true)
      }),
    )
  })

  it('has a logarithm that agrees where both exist, and goes on where the value underflows', () => {
    fc.assert(
      fc.property(value, sigma, value, (mean, deviation, best) => {
        const guess = { mean: [mean], deviation: [deviation] }
        const [ei] = expectedImprovement(guess, best)
        const [log] = logExpectedImprovement(guess, best)
        // Below, the plain formula loses its digits by cancellation.
        if ((best - mean) / deviation > -5) expect(Math.abs(log - Math.log(ei))).toBeLessThan(1e-6)
      }),
    )
    const far = [-5.9, -6.1, -8, -20, -100].map((z) => logExpectedImprovement({ mean: [-z], deviation: [1] }, 0)[0])
    for (let i = 1; i < far.length; i++) expect(far[i]).toBeLessThan(far[i - 1])
    expect(far[0] - far[1]).toBeLessThan(1.5)
  })

  it('has bounds on both sides of the mean', () => {
    expect(lowerConfidenceBound({ mean: [1], deviation: [2] }, 1.5)[0]).toBe(-2)
    expect(upperConfidenceBound({ mean: [1], deviation: [2] }, 1.5)[0]).toBe(4)
  })
})

const unit = fc.double({ min: 0, max: 1, noNaN: true })

describe('parzen', () => {
  it('is a density between its bounds', () => {
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 12 }), (observations) => {
        const estimator = parzenEstimator(observations, 0, 1)
        const steps = 2_000
        const middles = Array.from({ length: steps }, (_, i) => (i + 0.5) / steps)
        const mass = parzenLogDensity(estimator, middles).reduce((total, log) => total + Math.exp(log) / steps, 0)
        expect(mass).toBeCloseTo(1, 4)
      }),
      { numRuns: 30 },
    )
  })

  it('draws within its bounds, as its density says', () => {
    const estimator = parzenEstimator([0.2, 0.25, 0.3], 0, 1)
    const drawn = parzenDraw(estimator, 20_000, createPrng(8))
    expect(drawn.every((each) => each >= 0 && each <= 1)).toBe(true)
    const steps = 1_000
    const below = Array.from({ length: steps }, (_, i) => (0.4 * (i + 0.5)) / steps)
    const mass = parzenLogDensity(estimator, below).reduce((total, log) => total + (0.4 * Math.exp(log)) / steps, 0)
    expect(Math.abs(drawn.filter((each) => each < 0.4).length / drawn.length - mass)).toBeLessThan(0.02)
  })

  it('splits off the best tenth, earlier ones first among equals', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 60 }), (values) => {
        const { good, rest } = parzenSplit(values)
        expect([...good, ...rest].sort((a, b) => a - b)).toEqual(values.map((_, i) => i))
        const worstGood = Math.max(...good.map((i) => values[i]))
        for (const i of rest) expect(values[i]).toBeGreaterThanOrEqual(worstGood)
        expect(
          parzenSplit(
            values.map((each) => -each),
            'maximize',
          ),
        ).toEqual({ good, rest })
      }),
    )
  })

  it('goes where the good trials were', () => {
    const prng = createPrng(11)
    const tried = Array.from({ length: 60 }, () => prng.float())
    const results = tried.map((x) => (x - 0.7) ** 2)
    const next = Array.from({ length: 20 }, (_, i) => parzenSuggest(tried, results, { low: 0, high: 1 }, prng.fork(`next-${i}`)))
    expect(next.filter((x) => Math.abs(x - 0.7) < 0.15).length).toBeGreaterThan(15)
  })
})

describe('early stopping', () => {
  const curves = fc.array(fc.array(value, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 12 })

  it('mirrors itself when the direction does', () => {
    fc.assert(
      fc.property(curves, (each) => {
        const turned = each.map((curve) => curve.map((y) => -y))
        const rule = { percentile: 40, startupTrials: 2, warmupSteps: 1 }
        expect(replayPercentile(turned, { ...rule, direction: 'maximize' })).toEqual(replayPercentile(each, rule))
        const halving = { minResource: 1, reduction: 2 }
        expect(replayHalving(turned, { ...halving, direction: 'maximize' })).toEqual(replayHalving(each, halving))
      }),
    )
  })

  it('keeps the best trial of all', () => {
    fc.assert(
      fc.property(curves, (each) => {
        const champion = [...each, Array.from({ length: 12 }, () => -10)]
        expect(replayPercentile(champion, { startupTrials: 1 }).at(-1)).toBe(-1)
        expect(replayHalving(champion, { reduction: 3 }).at(-1)).toBe(-1)
      }),
    )
  })

  it('never asks before its time', () => {
    expect(percentileStops([9], [[1], [1]], { startupTrials: 3 })).toBe(false)
    expect(percentileStops([9], [[1], [1], [1]], { startupTrials: 3, warmupSteps: 1 })).toBe(false)
    expect(
      percentileStops(
        [9, 9],
        [
          [1, 1],
          [1, 1],
          [1, 1],
        ],
        { startupTrials: 3, warmupSteps: 1 },
      ),
    ).toBe(true)
    expect(
      percentileStops(
        [9, 9],
        [
          [1, 1],
          [1, 1],
          [1, 1],
        ],
        { startupTrials: 3, intervalSteps: 2 },
      ),
    ).toBe(false)
  })

  it('records a trial on each rung it passes', () => {
    const { stop, rung, state } = halvingReport({ rungs: [] }, { value: 1, step: 9, rung: 0 }, { reduction: 3 })
    expect({ stop, rung, state }).toEqual({ stop: false, rung: 3, state: { rungs: [[1], [1], [1]] } })
  })

  it('gives every bracket of hyperband about the same budget', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 2, max: 5 }), (most, eta) => {
        const brackets = hyperbandBrackets(most, eta)
        for (const { s, rungs } of brackets) {
          expect(rungs).toHaveLength(s + 1)
          expect(rungs[s].resource).toBeCloseTo(most, 8)
          expect(rungs.every(({ configurations }) => configurations >= 1)).toBe(true)
        }
      }),
    )
  })

  it('ends a search that gets nowhere, and no other', () => {
    expect(isExhausted([5, 4, ...Array.from({ length: 15 }, () => 4.5)], 2)).toBe(true)
    expect(isExhausted([5, 4, ...Array.from({ length: 14 }, () => 4.5), 3], 2)).toBe(false)
    expect(isExhausted([5, 4, 3], 2)).toBe(false)
  })
})

describe('the optimiser', () => {
  it('finds a low value of Branin in few evaluations', () => {
    const prng = createPrng('branin')
    const valueAt = (u: ArrayLike<number>): number => branin([-5 + 15 * u[0], 15 * u[1]])
    const points = Array.from({ length: 10 }, () => [prng.float(), prng.float()])
    const values = points.map(valueAt)
    for (let i = 0; i < 20; i++) {
      const [{ point }] = suggestPoints(points, values, prng.fork(`step-${i}`), { candidates: 300, starts: 2 })
      points.push(Array.from(point))
      values.push(valueAt(point))
    }
    expect(Math.min(...values)).toBeLessThan(0.5)
  })

  it('suggests different points for a batch, and the same for the same seed', () => {
    const points = Array.from({ length: 8 }, (_, i) => [i / 7])
    const values = points.map(([x]) => Math.sin(9 * x) + x)
    const suggest = () => suggestPoints(points, values, createPrng(1), { batch: 3, candidates: 100, starts: 2 })
    expect(suggest()).toEqual(suggest())
    const found = suggest().map(({ point }) => point[0])
    expect(new Set(found.map((x) => x.toFixed(3))).size).toBe(3)
  })
})
