/** Special functions against closed forms, recurrences and their own inverses, far into the tails. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MathError } from '../error.ts'
import {
  betaIncomplete,
  betaQuantile,
  binomialCdf,
  binomialTail,
  chiSquaredCdf,
  chiSquaredQuantile,
  chiSquaredTail,
  digamma,
  erf,
  erfc,
  fCdf,
  fQuantile,
  fTail,
  gammaLower,
  gammaQuantile,
  gammaUpper,
  logBeta,
  logGamma,
  normalCdf,
  normalLogCdf,
  normalPdf,
  normalQuantile,
  normalTail,
  poissonCdf,
  poissonTail,
  studentCdf,
  studentPdf,
  studentQuantile,
  studentTail,
} from './special.ts'
import { log1mExp, log1pExp, logistic, logSumExp, softmax } from './log-space.ts'

function near(value: number, expected: number, relative = 1e-9): void {
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(relative * Math.abs(expected) + 1e-300)
}
const shape = fc.double({ min: -2, max: 3, noNaN: true }).map((power) => 10 ** power)
/** Probabilities down to 1e-200. */
const tiny = fc.double({ min: -200, max: -0.31, noNaN: true }).map((power) => 10 ** power)

describe('the normal distribution', () => {
  it('keeps its digits in the tails', () => {
    near(normalCdf(-10), 7.61985302416053e-24)
    near(normalTail(38), 2.885428351e-316, 1e-6)
    near(normalLogCdf(-50), -1254.8313611394201)
    expect(normalCdf(-Infinity)).toBe(0)
    expect(normalCdf(Infinity)).toBe(1)
    expect(normalTail(60)).toBe(0)
  })
  it('quantile and probability are inverse', () => {
    fc.assert(fc.property(tiny, (p) => near(normalCdf(normalQuantile(p)), p)))
  })
  it('the logarithm is that of the probability, its derivative pdf over cdf', () => {
    fc.assert(
      fc.property(fc.double({ min: -37, max: 2, noNaN: true }), (x) => near(normalLogCdf(x), Math.log(normalCdf(x)), 1e-9)),
    )
    fc.assert(
      fc.property(fc.double({ min: -100, max: 3, noNaN: true }), (x) => {
        const h = 1e-4
        const slope = (normalLogCdf(x + h) - normalLogCdf(x - h)) / (2 * h)
        if (x > -30) near(slope, normalPdf(x) / normalCdf(x), 1e-5)
        else near(slope, -x, 2e-3)
      }),
    )
  })
  it('is made of error functions', () => {
    fc.assert(
      fc.property(fc.double({ min: -8, max: 8, noNaN: true }), (x) => {
        near(normalTail(x), 0.5 * erfc(x / Math.SQRT2))
        expect(erf(x) + erfc(x)).toBeCloseTo(1, 13)
      }),
    )
  })
})

describe('gamma functions', () => {
  it('keep their recurrences', () => {
    fc.assert(
      fc.property(shape, (x) => {
        expect(Math.abs(logGamma(x + 1) - logGamma(x) - Math.log(x))).toBeLessThan(1e-12 * Math.max(1, Math.abs(logGamma(x + 1))))
        near(digamma(x + 1) - digamma(x), 1 / x, 1e-8)
      }),
    )
  })
  it('of one degree are exponentials, and two halves are one', () => {
    fc.assert(
      fc.property(shape, shape, (a, x) => {
        near(gammaLower(1, x), -Math.expm1(-x))
        if (x < 700) near(gammaUpper(1, x), Math.exp(-x))
        expect(gammaLower(a, x) + gammaUpper(a, x)).toBeCloseTo(1, 12)
      }),
    )
  })
  it('quantiles are inverse in both tails', () => {
    fc.assert(
      fc.property(tiny, shape, (p, a) => {
        near(gammaUpper(a, gammaQuantile(p, a, 'upper')), p)
        try {
          near(gammaLower(a, gammaQuantile(p, a)), p)
        } catch (error) {
          // Of tiny shapes it is below the smallest double.
          expect(error instanceof MathError && error.reason).toBe('overflow')
        }
      }),
    )
  })
})

describe('chi-squared, t and F', () => {
  it('have their closed forms', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 600, noNaN: true }), (x) => {
        near(chiSquaredTail(x, 2), Math.exp(-x / 2))
        near(fTail(x, 2, 2), 1 / (1 + x))
        near(studentTail(x, 1), Math.atan2(1, x) / Math.PI)
        // (1 - x / sqrt(x^2 + 2)) / 2 without cancellation.
        near(studentTail(x, 2), 1 / (Math.sqrt(x * x + 2) * (Math.sqrt(x * x + 2) + x)))
        near(studentPdf(x, 1), 1 / (Math.PI * (1 + x * x)))
        // A square of t is F.
        near(fTail(x * x, 1, 7.5), 2 * studentTail(x, 7.5))
      }),
    )
  })
  it('t of many degrees is nearly normal', () => {
    near(studentTail(3, 1e9), normalTail(3), 1e-7)
    near(studentTail(30, 1e9), normalTail(30), 1e-3)
    near(studentTail(1e150, 0.5) / studentTail(1e152, 0.5), 10, 1e-6)
  })
  it('quantiles are inverse in both tails', () => {
    fc.assert(
      fc.property(tiny, shape, shape, (p, a, b) => {
        near(chiSquaredTail(chiSquaredQuantile(p, a + 0.5, 'upper'), a + 0.5), p)
        expect(chiSquaredCdf(chiSquaredQuantile(0.5, a + 0.5), a + 0.5)).toBeCloseTo(0.5, 9)
        if (p > 1e-30) {
          near(studentCdf(studentQuantile(p, b + 1), b + 1), p)
          near(fCdf(fQuantile(p, a + 2, b + 2), a + 2, b + 2), p)
          if (p > 1e-10) expect(studentQuantile(1 - p, b + 1) / -studentQuantile(p, b + 1)).toBeCloseTo(1, 5)
        }
      }),
      { numRuns: 200 },
    )
  })
})

describe('the beta distribution', () => {
  it('has closed forms, for large parameters too', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -3, max: 6, noNaN: true }),
        fc.double({ min: 0.5, max: 1, noNaN: true, maxExcluded: true }),
        (power, x) => {
          const a = 10 ** power
          near(betaIncomplete(a, 1, x), Math.exp(a * Math.log(x)), 1e-8)
          near(betaIncomplete(1, a, 1 - x), -Math.expm1(a * Math.log1p(-(1 - x))), 1e-8)
          expect(logBeta(a, 1)).toBeCloseTo(-Math.log(a), 10)
          expect(logBeta(a, 2)).toBeCloseTo(-Math.log(a) - Math.log1p(a), 10)
        },
      ),
    )
  })
  it('turned round is its complement, and quantiles are inverse', () => {
    fc.assert(
      fc.property(shape, shape, fc.double({ min: 0.001, max: 0.999, noNaN: true }), (a, b, x) => {
        expect(betaIncomplete(a, b, x) + betaIncomplete(b, a, 1 - x)).toBeCloseTo(1, 11)
        const p = betaIncomplete(a, b, x)
        if (p > 1e-200 && p < 0.999_999) near(betaIncomplete(a, b, betaQuantile(p, a, b)), p, 1e-8)
      }),
    )
  })
})

describe('counts', () => {
  it('are sums of their probabilities', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 25 }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (n, p) => {
        let [binomial, poisson] = [0, 0]
        for (let k = 0; k < n; k++) {
          binomial += Math.exp(-Math.log(n + 1) - logBeta(k + 1, n - k + 1) + k * Math.log(p) + (n - k) * Math.log1p(-p))
          poisson += Math.exp(k * Math.log(10 * p) - 10 * p - logGamma(k + 1))
          near(binomialCdf(k, n, p), binomial, 1e-9)
          expect(binomialCdf(k, n, p) + binomialTail(k, n, p)).toBeCloseTo(1, 12)
          near(poissonCdf(k, 10 * p), poisson, 1e-9)
          expect(poissonCdf(k, 10 * p) + poissonTail(k, 10 * p)).toBeCloseTo(1, 12)
        }
      }),
    )
  })
})

describe('the space of logarithms', () => {
  const values = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 8 })
  it('moves sums by what is added to all', () => {
    fc.assert(
      fc.property(values, fc.double({ min: -1e4, max: 1e4, noNaN: true }), (x, by) => {
        expect(logSumExp(x.map((each) => each + by)) - by).toBeCloseTo(logSumExp(x), 9)
        expect(softmax(x).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
      }),
    )
    expect(logSumExp([-Infinity, 2])).toBe(2)
  })
  it('keeps differences from one', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 30, noNaN: true }), (x) => {
        near(Math.exp(log1mExp(x)), -Math.expm1(-x), 1e-12)
        near(log1pExp(x), Math.log1p(Math.exp(x)), 1e-12)
        expect(logistic(x) + logistic(-x)).toBeCloseTo(1, 14)
      }),
    )
    expect(log1pExp(1000)).toBe(1000)
    expect(logistic(-800)).toBe(0)
  })
})
