/** Laws of Sharpe inference: what is monotone in what, what bounds what, and that clusters of trials are found. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { independentTrials } from './independent-trials.ts'
import {
  annualisedSharpe,
  deflatedSharpe,
  deflatedSharpeOfTrials,
  effectiveTrials,
  expectedMaximumSharpe,
  minimumTrackRecord,
  probabilisticSharpe,
  sharpeSample,
  sharpeStandardError,
  sharpeStandardErrorNormal,
} from './sharpe.ts'

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true })
/** Moments that some distribution has: kurtosis is at least 1 + skewness^2. */
const samples = fc
  .record({
    sharpe: number(-0.5, 0.5),
    observations: fc.integer({ min: 3, max: 2_000 }),
    skewness: number(-2, 2),
    above: number(0.5, 8),
  })
  .map(({ above, ...rest }) => ({ ...rest, kurtosis: 1 + rest.skewness ** 2 + above }))

describe('the probabilistic Sharpe ratio', () => {
  it('is a probability that falls with the benchmark and is a half at the ratio itself', () => {
    fc.assert(
      fc.property(samples, number(-1, 1), number(0, 0.5), (sample, benchmark, more) => {
        const psr = probabilisticSharpe(sample, benchmark)
        expect(psr).toBeGreaterThanOrEqual(0)
        expect(psr).toBeLessThanOrEqual(1)
        expect(probabilisticSharpe(sample, benchmark + more)).toBeLessThanOrEqual(psr)
        expect(probabilisticSharpe(sample, sample.sharpe)).toBe(0.5)
      }),
    )
  })

  it('grows with the ratio where returns are normal, and with the length of a record that is above', () => {
    fc.assert(
      fc.property(number(-0.5, 0.5), number(0, 0.3), fc.integer({ min: 2, max: 500 }), (sharpe, more, observations) => {
        const psr = probabilisticSharpe({ sharpe, observations })
        expect(probabilisticSharpe({ sharpe: sharpe + more, observations })).toBeGreaterThanOrEqual(psr - 1e-15)
        const longer = probabilisticSharpe({ sharpe, observations: observations + 50 })
        if (sharpe > 0) expect(longer).toBeGreaterThanOrEqual(psr)
      }),
    )
  })

  it('reaches the confidence of the minimum track record exactly there', () => {
    fc.assert(
      fc.property(samples, number(0.5, 0.999), (sample, confidence) => {
        fc.pre(sample.sharpe > 0.01 && confidence > 0.501)
        const length = minimumTrackRecord(sample, { confidence })
        const whole = (observations: number) => probabilisticSharpe({ ...sample, observations: Math.max(2, observations) })
        expect(whole(Math.ceil(length + 1e-9))).toBeGreaterThanOrEqual(confidence - 1e-9)
        if (Math.floor(length) >= 2) expect(whole(Math.floor(length))).toBeLessThanOrEqual(confidence + 1e-9)
      }),
    )
    expect(() => minimumTrackRecord({ sharpe: 0.1, observations: 10 }, { benchmark: 0.1 })).toThrow(/no track record/)
  })

  it('has the standard error of a simulation', () => {
    const chance = createPrng(5)
    const [n, draws] = [100, 1_000]
    const ratios = Float64Array.from(
      { length: draws },
      () => sharpeSample(Float64Array.from({ length: n }, () => chance.normal() + 0.2)).sharpe,
    )
    const mean = ratios.reduce((a, b) => a + b, 0) / draws
    const spread = Math.sqrt(ratios.reduce((a, b) => a + (b - mean) ** 2, 0) / draws)
    expect(spread / sharpeStandardError({ sharpe: 0.2, observations: n })).toBeCloseTo(1, 1)
    expect(spread / sharpeStandardErrorNormal(0.2, n)).toBeCloseTo(1, 1)
  })
})

describe('the deflated Sharpe ratio', () => {
  it('is never above the probabilistic one, and falls with the number of trials and with their variance', () => {
    fc.assert(
      fc.property(samples, number(1, 1e6), number(0, 0.1), number(1, 3), (sample, trials, variance, factor) => {
        const { probability, threshold } = deflatedSharpe(sample, { trials, variance })
        expect(threshold).toBeGreaterThanOrEqual(0)
        expect(probability).toBeLessThanOrEqual(probabilisticSharpe(sample))
        expect(deflatedSharpe(sample, { trials: trials * factor, variance }).probability).toBeLessThanOrEqual(probability + 1e-12)
        expect(deflatedSharpe(sample, { trials, variance: variance * factor }).probability).toBeLessThanOrEqual(
          probability + 1e-12,
        )
      }),
    )
  })

  it('expects about the maximum that normal draws have', () => {
    const chance = createPrng(2)
    for (const trials of [5, 50, 400]) {
      const draws = 500
      let total = 0
      for (let i = 0; i < draws; i++) {
        let highest = -Infinity
        for (let k = 0; k < trials; k++) highest = Math.max(highest, chance.normal())
        total += highest
      }
      expect(expectedMaximumSharpe(trials, 1) / (total / draws)).toBeCloseTo(1, 1)
    }
    expect(expectedMaximumSharpe(1, 4)).toBe(0)
    expect(expectedMaximumSharpe(1e300, 1)).toBeGreaterThan(30)
  })

  it('takes the best column', () => {
    const chance = createPrng(9)
    const rows = Array.from({ length: 60 }, () => [0, 1, 0.2].map((shift) => chance.normal() + shift))
    const found = deflatedSharpeOfTrials(rows)
    expect(found.best).toBe(1)
    expect(found.sharpes[1]).toBe(Math.max(...found.sharpes))
    expect(found.probability).toBe(deflatedSharpe(found.sample, { trials: 3, variance: found.variance }).probability)
    expect(deflatedSharpeOfTrials(rows, 1).probability).toBe(probabilisticSharpe(found.sample))
  })
})

describe('the number of independent trials', () => {
  it('lies between one and all', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), number(-1, 1), (trials, rho) => {
        const found = effectiveTrials(trials, rho)
        expect(found).toBeGreaterThanOrEqual(1)
        expect(found).toBeLessThanOrEqual(trials)
      }),
    )
    expect(effectiveTrials(40, 1)).toBe(1)
    expect(effectiveTrials(40, 0)).toBe(40)
  })

  it('finds the ideas behind trials that are variations of one another', () => {
    for (const ideas of [2, 3, 6]) {
      const chance = createPrng(ideas)
      const rows = Array.from({ length: 150 }, () => {
        const base = Array.from({ length: ideas }, () => chance.normal())
        return Array.from({ length: ideas * 5 }, (_, j) => base[j % ideas] + 0.4 * chance.normal())
      })
      const found = independentTrials(rows)
      expect(found.clusters).toBe(ideas)
      for (let j = ideas; j < ideas * 5; j++) expect(found.clusterOf[j]).toBe(found.clusterOf[j % ideas])
    }
  })

  it('counts trials that are all alike once, and unrelated ones each', () => {
    const chance = createPrng(1)
    const alike = Array.from({ length: 50 }, () => {
      const value = chance.normal()
      return [value, value, 2 * value + 1, value]
    })
    expect(independentTrials(alike)).toMatchObject({ clusters: 1 })
    expect(independentTrials(alike).effective).toBeCloseTo(1, 6)
    const unrelated = Array.from({ length: 300 }, () => Array.from({ length: 8 }, () => chance.normal()))
    expect(independentTrials(unrelated).clusters).toBe(8)
  })
})

describe('the Sharpe ratio of several periods', () => {
  it('grows with the root of time where returns are independent, less where they trend', () => {
    const chance = createPrng(4)
    const shocks = Array.from({ length: 5_000 }, () => chance.normal() * 0.01 + 0.001)
    expect(annualisedSharpe(shocks, 12).factor / Math.sqrt(12)).toBeCloseTo(1, 1)
    const trending = shocks.map((shock, t) => shock + 0.6 * (t > 0 ? shocks[t - 1] : 0))
    expect(annualisedSharpe(trending, 12).factor).toBeLessThan(Math.sqrt(12) * 0.9)
    expect(annualisedSharpe(shocks, 1).annualised).toBeCloseTo(sharpeSample(shocks).sharpe, 12)
  })

  it('is unchanged by the scale of returns, by tiny and huge ones too', () => {
    const returns = [0.02, -0.01, 0.03, 0.005, -0.02, 0.01]
    for (const scale of [1e-150, 1e-3, 1e3, 1e150])
      expect(sharpeSample(returns.map((each) => each * scale)).sharpe).toBeCloseTo(sharpeSample(returns).sharpe, 12)
  })
})
