/** The Hawkes process against its plain double sums; simulated ones have exponential residuals; the stream is the batch. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import {
  hawkesCompensator,
  hawkesIntensity,
  hawkesLogLikelihood,
  hawkesMeanIntensity,
  type HawkesParameters,
  hawkesResiduals,
  HawkesStream,
  logLikelihood,
  simulateHawkes,
} from './hawkes.ts'

const between = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true })
const parameters = fc.record({ baseline: between(0.1, 3), excitation: between(0, 3), decay: between(0.1, 5) })
const events = fc.array(between(0, 3), { minLength: 1, maxLength: 40 }).map((waits) => {
  let time = 0
  return waits.map((wait) => (time += wait))
})
const near = (value: number, expected: number, scale = 1): void =>
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-9 * (scale + Math.abs(expected)))

const plainIntensity = (
  times: readonly number[],
  count: number,
  t: number,
  { baseline, excitation, decay }: HawkesParameters,
): number => times.slice(0, count).reduce((total, each) => total + excitation * Math.exp(-decay * (t - each)), baseline)

describe('a Hawkes process', () => {
  it('has the intensity, the likelihood and the compensator of the plain sums', () => {
    fc.assert(
      fc.property(events, parameters, between(0, 5), (times, own, rest) => {
        const horizon = times[times.length - 1] + rest + 0.01
        const intensity = hawkesIntensity(times, own)
        times.forEach((t, i) => near(intensity[i], plainIntensity(times, i, t, own)))
        const compensator = times.reduce(
          (total, t) => total + (own.excitation / own.decay) * (1 - Math.exp(-own.decay * (horizon - t))),
          own.baseline * horizon,
        )
        near(hawkesCompensator(times, horizon, own), compensator)
        const logs = times.reduce((total, t, i) => total + Math.log(plainIntensity(times, i, t, own)), 0)
        near(hawkesLogLikelihood(times, horizon, own), logs - compensator, Math.abs(logs) + compensator)
      }),
    )
  })

  it('has the residuals that its compensator says', () => {
    fc.assert(
      fc.property(events, parameters, (times, own) => {
        const residuals = hawkesResiduals(times, own)
        let total = 0
        times.forEach((t, i) => {
          total += residuals[i]
          near(total, hawkesCompensator(times, t, own))
        })
      }),
    )
  })

  it('has the gradient that differences say', () => {
    fc.assert(
      fc.property(
        events,
        parameters.filter(({ excitation }) => excitation > 0.01),
        (times, own) => {
          const horizon = times[times.length - 1] + 1
          const gradient = new Float64Array(3)
          logLikelihood(times, horizon, own, gradient)
          for (const [k, key] of (['baseline', 'excitation', 'decay'] as const).entries()) {
            const h = 1e-5 * own[key]
            const at = (value: number): number => logLikelihood(times, horizon, { ...own, [key]: value })
            const difference = (at(own[key] + h) - at(own[key] - h)) / (2 * h)
            expect(Math.abs(gradient[k] - difference)).toBeLessThanOrEqual(1e-4 * (1 + Math.abs(difference)))
          }
        },
      ),
    )
  })

  it('streams to the batch, through snapshots', () => {
    fc.assert(
      fc.property(events, parameters, (times, own) => {
        const intensity = hawkesIntensity(times, own)
        let stream = new HawkesStream(own)
        times.forEach((t, i) => {
          near(stream.update(t), intensity[i])
          near(stream.at(t + 1), plainIntensity(times, i + 1, t + 1, own))
          const state = JSON.parse(JSON.stringify(stream.snapshot())) as ReturnType<HawkesStream['snapshot']>
          stream = new HawkesStream(own)
          stream.restore(state)
        })
        expect(stream.count).toBe(times.length)
      }),
    )
  })

  it('simulated has exponential residuals (Kolmogorov-Smirnov) and the mean intensity it should, the same for the same seed', () => {
    const own = { baseline: 0.5, excitation: 0.7, decay: 1.1 }
    let [kept, count] = [0, 0]
    for (let seed = 1; seed <= 20; seed++) {
      const times = simulateHawkes(own, 800, createPrng(seed))
      count += times.length
      const ascending = Float64Array.from(hawkesResiduals(times, own)).sort()
      const n = ascending.length
      const distance = ascending.reduce((largest, each, i) => {
        const p = -Math.expm1(-each)
        return Math.max(largest, Math.abs(p - i / n), Math.abs(p - (i + 1) / n))
      }, 0)
      if (distance * Math.sqrt(n) < 1.36) kept += 1
    }
    expect(kept).toBeGreaterThanOrEqual(17)
    expect(Math.abs(count / (20 * 800) / hawkesMeanIntensity(own) - 1)).toBeLessThan(0.08)
    expect(simulateHawkes(own, 50, createPrng(4))).toEqual(simulateHawkes(own, 50, createPrng(4)))
  })

  it('that explodes is stopped', () => {
    expect(() => simulateHawkes({ baseline: 1, excitation: 3, decay: 1 }, 1e6, createPrng(1), 2000)).toThrow(
      'more than 2000 events',
    )
  })
})
