/** The fit of a Hawkes process: the parameters of simulated ones are found within their errors, in any unit of time. */
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { fitHawkes } from './hawkes-fit.ts'
import { hawkesLogLikelihood, simulateHawkes } from './hawkes.ts'

const TRUTHS = [
  { baseline: 0.5, excitation: 0.8, decay: 1.2 },
  { baseline: 2, excitation: 3, decay: 10 },
  { baseline: 0.2, excitation: 4, decay: 5 },
]

describe('the fit', () => {
  it('finds what was put in: nearly all within three standard errors, none worse than the truth in likelihood', () => {
    let [close, all] = [0, 0]
    for (const truth of TRUTHS)
      for (let seed = 1; seed <= 4; seed++) {
        const times = simulateHawkes(truth, 1000 / truth.baseline, createPrng(seed))
        const fit = fitHawkes(times, 1000 / truth.baseline)
        expect(fit.stationary).toBe(true)
        expect(fit.gradientNorm).toBeLessThan(1e-5)
        expect(fit.logLikelihood).toBeGreaterThanOrEqual(hawkesLogLikelihood(times, 1000 / truth.baseline, truth))
        expect(fit.logLikelihood).toBeGreaterThan(fit.poissonLogLikelihood)
        expect(fit.logLikelihood).toBeCloseTo(hawkesLogLikelihood(times, 1000 / truth.baseline, fit.parameters), 6)
        for (const key of ['baseline', 'excitation', 'decay'] as const) {
          all += 1
          const error = fit.standardErrors?.[key] ?? 0
          if (Math.abs(fit.parameters[key] - truth[key]) < 3 * error) close += 1
        }
      }
    expect(close).toBeGreaterThanOrEqual(all - 1)
  })

  it('does not depend on the clock', () => {
    const times = simulateHawkes(TRUTHS[0], 600, createPrng(8))
    const seconds = fitHawkes(times, 600)
    const micros = fitHawkes(
      times.map((t) => t * 1e6),
      6e8,
    )
    for (const key of ['baseline', 'excitation', 'decay'] as const)
      expect(Math.abs((micros.parameters[key] * 1e6) / seconds.parameters[key] - 1)).toBeLessThan(1e-4)
    expect(micros.branchingRatio).toBeCloseTo(seconds.branchingRatio, 5)
  })

  it('flags what is not stationary', () => {
    const truth = { baseline: 0.5, excitation: 1.3, decay: 1 }
    const times = simulateHawkes(truth, 18, createPrng(3), 100_000)
    const fit = fitHawkes(times, 18)
    expect(times.length).toBeGreaterThan(50)
    expect(fit.stationary).toBe(fit.branchingRatio < 1)
    expect(fit.branchingRatio).toBeGreaterThan(1)
  })
})
