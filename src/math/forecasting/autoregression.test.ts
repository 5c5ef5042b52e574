/** Autoregressions by least squares and by the Yule-Walker equations. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { isStationary } from './arma.ts'
import { AutoregressionStream, fitAutoregression, forecastAutoregression, yuleWalker } from './autoregression.ts'

const series = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 12, maxLength: 30 })

function simulated(seed: number, n: number): number[] {
  const chance = createPrng(seed)
  const y = [4, 4]
  for (let t = 2; t < n; t++) y.push(1 + 0.5 * y[t - 1] + 0.25 * y[t - 2] + chance.normal())
  return y
}

describe('fitAutoregression', () => {
  it('finds coefficients again, within their standard errors', () => {
    const { constant, ar, standardErrors, sigma2 } = fitAutoregression(simulated(1, 3000), 2)
    ;[constant, ...ar].forEach((each, i) => expect(Math.abs(each - [1, 0.5, 0.25][i])).toBeLessThan(4 * standardErrors[i]))
    expect(Math.abs(sigma2 - 1)).toBeLessThan(0.1)
  })

  it('leaves residuals that no regressor explains', () => {
    fc.assert(
      fc.property(series, (y) => {
        fc.pre(new Set(y).size > 8)
        const { residuals } = fitAutoregression(y, 2)
        for (const lag of [0, 1, 2]) {
          let total = 0
          residuals.forEach((each, i) => (total += each * (lag === 0 ? 1 : y[i + 2 - lag])))
          expect(Math.abs(total)).toBeLessThan(1e-6)
        }
      }),
    )
  })
})

describe('yuleWalker', () => {
  it('is stationary, always', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 5 }), (y, lags) => {
        fc.pre(new Set(y).size > 8)
        const { ar, sigma2 } = yuleWalker(y, lags)
        expect(isStationary(ar)).toBe(true)
        expect(sigma2).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  it('agrees with least squares on long series', () => {
    const y = simulated(2, 3000)
    const [one, other] = [fitAutoregression(y, 2), yuleWalker(y, 2)]
    one.ar.forEach((each, i) => expect(Math.abs(each - other.ar[i])).toBeLessThan(0.01))
    expect(Math.abs(one.constant - other.constant)).toBeLessThan(0.05)
  })
})

describe('forecasts', () => {
  it('converge to the mean', () => {
    const fit = yuleWalker(simulated(3, 200), 3)
    const mean = fit.constant / (1 - fit.ar.reduce((total, each) => total + each, 0))
    expect(forecastAutoregression([9, 9, 9], fit, 2000)[1999]).toBeCloseTo(mean, 9)
  })

  it('one at a time are the same', () => {
    const y = simulated(4, 40)
    const fit = fitAutoregression(y, 2)
    const stream = new AutoregressionStream(fit)
    y.forEach((each, t) => {
      const error = stream.update(each)
      if (t < 2) expect(error).toBeUndefined()
      else expect(error).toBeCloseTo(fit.residuals[t - 2], 9)
      if (stream.ready) expect(stream.forecast(3)).toEqual(forecastAutoregression(y.slice(0, t + 1), fit, 3))
    })
  })
})
