/** Laws of Baum-Welch and of the fits: the likelihood never falls, labels survive permutations, the number of states is found. Pure. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng, type Prng } from '../../core/random.ts'
import { MathError } from '../error.ts'
import { baumWelch } from './baum-welch.ts'
import { fitHmm, refitHmm, selectStateCount } from './fit.ts'
import { hmmLogLikelihood } from './inference.ts'
import { cheapestAssignment, matchStates, permuteStates, volatilityOrder } from './labels.ts'
import type { GaussianHmm } from './model.ts'

const truth = {
  start: [1, 0],
  transition: [
    [0.97, 0.03],
    [0.06, 0.94],
  ],
  means: [[0.1], [-0.2]],
  variances: [[0.25], [4]],
}
const simulated = (prng: Prng, length: number): number[] => {
  let state = 0
  return Array.from({ length }, () => {
    const x = truth.means[state][0] + Math.sqrt(truth.variances[state][0]) * prng.normal()
    state = prng.chance(truth.transition[state][0]) ? 0 : 1
    return x
  })
}
const startOf = (prng: Prng, states: number, features: number, full: boolean): GaussianHmm => ({
  start: new Array<number>(states).fill(1 / states),
  transition: Array.from({ length: states }, (_, i) =>
    Array.from({ length: states }, (__, j) => (i === j ? 0.8 + 0.2 / states : 0.2 / states)),
  ),
  means: Array.from({ length: states }, () => Array.from({ length: features }, () => prng.normal())),
  ...(full
    ? {
        covariances: Array.from({ length: states }, () =>
          Array.from({ length: features }, (_, i) =>
            Array.from({ length: features }, (__, j) => (i === j ? 0.5 + prng.float() : 0.1)),
          ),
        ),
      }
    : { variances: Array.from({ length: states }, () => Array.from({ length: features }, () => 0.5 + prng.float())) }),
})

describe('a step of Baum-Welch', () => {
  it('never lowers the likelihood', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 2 }),
        fc.boolean(),
        (seed, states, features, full) => {
          const prng = createPrng(seed)
          const series = simulated(prng, 60)
          const rows = series.map((x) => [x, 0.5 * x + prng.normal()].slice(0, features))
          const start = startOf(prng, states, features, full)
          let result: ReturnType<typeof baumWelch>
          try {
            result = baumWelch(rows, start, { iterations: 12, lengths: [25, 35] })
          } catch (error) {
            // A state may shrink to one value: then the likelihood has no bound.
            expect(error).toBeInstanceOf(MathError)
            return
          }
          const levels = [...result.history, result.logLikelihood]
          for (let i = 1; i < levels.length; i++)
            expect(levels[i]).toBeGreaterThanOrEqual(levels[i - 1] - 1e-9 * Math.abs(levels[i - 1]))
          expect(hmmLogLikelihood(result.model, rows, { lengths: [25, 35] })).toBeCloseTo(result.logLikelihood, 9)
          for (const row of [result.model.start, ...result.model.transition])
            expect(Array.from(row).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
        },
      ),
    )
  })

  it('of a permuted start leads to the permuted model', () => {
    const series = simulated(createPrng(4), 200)
    const start = startOf(createPrng(5), 3, 1, false)
    const [a, b] = [start, permuteStates(start, [2, 0, 1])].map((each) => baumWelch(series, each, { iterations: 10 }))
    const expected = permuteStates(a.model, [2, 0, 1])
    expect(b.logLikelihood).toBeCloseTo(a.logLikelihood, 9)
    expected.means.forEach((row, k) => expect(b.model.means[k][0]).toBeCloseTo(row[0], 9))
  })

  it('without tolerance left stops, and says that it converged', () => {
    const series = simulated(createPrng(4), 300)
    const loose = baumWelch(series, startOf(createPrng(5), 2, 1, false), { tolerance: 1e-4 })
    expect(loose.converged).toBe(true)
    const cut = baumWelch(series, startOf(createPrng(5), 2, 1, false), { tolerance: 0, maxIterations: 3 })
    expect(cut).toMatchObject({ converged: false, iterations: 3 })
  })
})

describe('a fit', () => {
  const series = simulated(createPrng(21), 1200)
  const fit = fitHmm(series, { states: 2 }, createPrng(1))

  it('finds the states, calm first, and is as likely as the truth', () => {
    expect(fit.logLikelihood).toBeGreaterThan(hmmLogLikelihood(truth, series))
    expect(volatilityOrder(fit.model)).toEqual([0, 1])
    expect(fit.model.variances?.[0][0]).toBeCloseTo(0.25, 1)
    expect(Math.abs((fit.model.variances?.[1][0] ?? 0) - 4)).toBeLessThan(1)
    expect(fit.model.transition[0][0]).toBeCloseTo(0.97, 1)
    expect(fit.occupancy.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
    expect(fit.parameters).toBe(1 + 2 + 4)
  })

  it('is the same from the same generator', () => expect(fitHmm(series, { states: 2 }, createPrng(1))).toEqual(fit))

  it('keeps variances above the floor and transitions above zero', () => {
    // Half of the bars are one value: without the floor a state would shrink to it.
    const prng = createPrng(8)
    const frozen = Array.from({ length: 300 }, (_, t) => (Math.floor(t / 30) % 2 === 0 ? 0 : prng.normal()))
    const { model } = fitHmm(frozen, { states: 2 }, createPrng(2))
    const overall = frozen.reduce((total, x) => total + x * x, 0) / 300
    expect(model.variances?.[0][0]).toBeGreaterThan(0.5e-6 * overall)
    for (const row of model.transition) for (const p of Array.from(row)) expect(p).toBeGreaterThan(0)
  })

  it('with a stationary start is the best of those, below that of a free start', () => {
    const some = series.slice(0, 400)
    const held = fitHmm(some, { states: 2, initial: 'stationary', transitionPrior: 0, restarts: 4 }, createPrng(1))
    const free = fitHmm(some, { states: 2, transitionPrior: 0, restarts: 4 }, createPrng(1))
    const level = (model: GaussianHmm): number => hmmLogLikelihood(model, some, { initial: 'stationary' })
    expect(held.logLikelihood).toBeCloseTo(level(held.model), 9)
    expect(held.logLikelihood).toBeGreaterThanOrEqual(level(free.model) - 1e-6)
    expect(held.logLikelihood).toBeLessThanOrEqual(free.logLikelihood + 0.01)
    expect(held.parameters).toBe(free.parameters - 1)
  })

  it('asks for 50 bars for each pair of states', () => {
    expect(() => fitHmm(series.slice(0, 199), { states: 2 }, createPrng(1))).toThrow(MathError)
    expect(() => fitHmm(series.slice(0, 200), { states: 2, restarts: 2 }, createPrng(1))).not.toThrow()
  })

  it('chooses two states for two, and one for noise', () => {
    expect(selectStateCount(series, { candidates: [1, 2, 3], restarts: 4 }, createPrng(3)).states).toBe(2)
    const prng = createPrng(9)
    const noise = Array.from({ length: 500 }, () => prng.normal())
    expect(selectStateCount(noise, { candidates: [1, 2], restarts: 4 }, createPrng(3)).states).toBe(1)
  })

  it('again keeps the labels, and never gets worse', () => {
    const swapped = permuteStates(fit.model, [1, 0])
    const again = refitHmm(swapped, simulated(createPrng(22), 800), { restarts: 4 }, createPrng(4))
    expect(again.accepted).toBe(true)
    // The previous model had the wild state first.
    expect(again.model.variances?.[0][0]).toBeGreaterThan(again.model.variances?.[1][0] ?? Infinity)
    expect(refitHmm(swapped, series.slice(0, 50), {}, createPrng(4))).toMatchObject({ accepted: false, reason: 'fit-failed' })
  })
})

describe('labels', () => {
  it('are carried back through every permutation', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 5 }), fc.boolean(), (seed, states, full) => {
        const prng = createPrng(seed)
        const model = startOf(prng, states, 2, full)
        const order = prng.shuffle(Array.from({ length: states }, (_, k) => k))
        const permuted = permuteStates(model, order)
        const back = permuteStates(permuted, matchStates(model, permuted))
        expect(JSON.parse(JSON.stringify(back))).toEqual(
          JSON.parse(
            JSON.stringify(
              permuteStates(
                model,
                Array.from(order, (_, k) => k),
              ),
            ),
          ),
        )
      }),
    )
  })

  it('are assigned at the lowest cost of all permutations', () => {
    const all = (n: number): number[][] =>
      n === 0
        ? [[]]
        : all(n - 1).flatMap((rest) => Array.from({ length: n }, (_, at) => [...rest.slice(0, at), n - 1, ...rest.slice(at)]))
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 1e6 }), (n, seed) => {
        const prng = createPrng(seed)
        const costs = Array.from({ length: n }, () => Array.from({ length: n }, () => prng.float()))
        const total = (columns: readonly number[]): number => columns.reduce((sum, column, row) => sum + costs[row][column], 0)
        expect(total(cheapestAssignment(costs))).toBeCloseTo(Math.min(...all(n).map(total)), 12)
      }),
    )
  })
})
