/** ARIMA with given coefficients, against the multivariate normal density written out, and its laws. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { cholesky, logDeterminant, solveCholesky, solveLower } from '../numerics/index.ts'
import { arimaLikelihood, type ArimaModel, ArimaStream, forecastArima } from './arima.ts'
import { armaAutocovariances, arOfPartials, productOfAr, productOfMa } from './arma.ts'
import { difference, integrate } from './differencing.ts'

const partials = fc.array(fc.double({ min: -0.9, max: 0.9, noNaN: true }), { minLength: 0, maxLength: 2 })
const model = fc
  .record({
    ar: partials,
    ma: partials,
    sar: fc.double({ min: -0.7, max: 0.7, noNaN: true }),
    sma: fc.double({ min: -0.7, max: 0.7, noNaN: true }),
    differences: fc.integer({ min: 0, max: 2 }),
    seasonalDifferences: fc.integer({ min: 0, max: 1 }),
    mean: fc.double({ min: -5, max: 5, noNaN: true }),
    drift: fc.double({ min: -1, max: 1, noNaN: true }),
    sigma2: fc.double({ min: 0.1, max: 5, noNaN: true }),
  })
  .map(({ ar, ma, sar, sma, ...rest }): ArimaModel =>
    Object.assign(rest, {
      ar: arOfPartials(ar),
      ma: arOfPartials(ma).map((each) => -each),
      seasonalAr: [sar],
      seasonalMa: [sma],
      period: 3,
    }),
  )
const series = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 12, maxLength: 20 })

/** The covariance matrix of so many values of the differenced series. */
function covariance(each: ArimaModel, size: number): number[][] {
  const phi = productOfAr(each.ar, each.seasonalAr ?? [], each.period ?? 1)
  const theta = productOfMa(each.ma, each.seasonalMa ?? [], each.period ?? 1)
  const gamma = armaAutocovariances(phi, theta, size)
  return Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_each, j) => each.sigma2 * gamma[Math.abs(i - j)]))
}
const straightened = (y: readonly number[], { mean = 0, drift = 0 }: ArimaModel): number[] =>
  y.map((each, t) => each - mean - drift * (t + 1))

describe('arimaLikelihood', () => {
  it('is the density of the multivariate normal distribution', () => {
    fc.assert(
      fc.property(series, model, (y, each) => {
        const w = difference(straightened(y, each), each)
        const factor = cholesky(covariance(each, w.length))
        const z = solveLower(factor, w)
        const squares = z.reduce((total, value) => total + value * value, 0)
        const dense = -0.5 * (w.length * Math.log(2 * Math.PI) + logDeterminant(factor) + squares)
        const { logLikelihood, innovations, variances } = arimaLikelihood(y, each)
        expect(Math.abs(logLikelihood - dense)).toBeLessThan(1e-7 * Math.max(1, Math.abs(dense)))
        z.forEach((value, t) => expect(innovations[t] / Math.sqrt(variances[t])).toBeCloseTo(value, 5))
      }),
      { numRuns: 60 },
    )
  })
})

describe('forecastArima', () => {
  it('is the conditional distribution of the multivariate normal, summed up again', () => {
    fc.assert(
      fc.property(series, model, (y, each) => {
        const horizon = 5
        const w = difference(straightened(y, each), each)
        const all = covariance(each, w.length + horizon)
        const known = cholesky(all.slice(0, w.length).map((row) => row.slice(0, w.length)))
        const cross = all.slice(w.length).map((row) => row.slice(0, w.length))
        const weights = cross.map((row) => solveCholesky(known, row))
        const ahead = weights.map((row) => row.reduce((total, value, t) => total + value * w[t], 0))
        const left = cross.map((_, i) =>
          cross.map(
            (row, j) => all[w.length + i][w.length + j] - weights[i].reduce((total, value, t) => total + value * row[t], 0),
          ),
        )
        const lost = y.length - w.length
        const path = integrate([...w, ...ahead], straightened(y, each).slice(0, lost), each).slice(-horizon)
        // What a shock to one differenced value does to the sums after it.
        const response = (i: number): number[] => {
          const impulse = new Array<number>(horizon).fill(0)
          impulse[i] = 1
          return Array.from(integrate(impulse, new Array<number>(lost).fill(0), each).slice(-horizon))
        }
        const responses = Array.from({ length: horizon }, (_, i) => response(i))
        const { mean, standardErrors } = forecastArima(y, each, horizon)
        for (let h = 0; h < horizon; h++) {
          const line = (each.mean ?? 0) + (each.drift ?? 0) * (y.length + h + 1)
          expect(Math.abs(mean[h] - path[h] - line)).toBeLessThan(1e-6 * Math.max(1, Math.abs(path[h])))
          let variance = 0
          for (let i = 0; i <= h; i++) for (let j = 0; j <= h; j++) variance += responses[i][h] * left[i][j] * responses[j][h]
          expect(standardErrors[h] / Math.sqrt(variance)).toBeCloseTo(1, 5)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('converges to the mean, and its errors to the deviation, without differences', () => {
    fc.assert(
      fc.property(series, fc.double({ min: -0.9, max: 0.9, noNaN: true }), (y, phi) => {
        const { mean, standardErrors } = forecastArima(y, { ar: [phi], ma: [], mean: 3, sigma2: 2 }, 400)
        expect(mean[399]).toBeCloseTo(3, 9)
        expect(standardErrors[399]).toBeCloseTo(Math.sqrt(2 / (1 - phi * phi)), 9)
      }),
    )
  })

  it('of a random walk is naive, with errors that grow by the root of time', () => {
    const { mean, standardErrors } = forecastArima([1, 5, 2, 7], { ar: [], ma: [], differences: 1, sigma2: 4 }, 9)
    expect(Array.from(mean)).toEqual(new Array(9).fill(7))
    expect(standardErrors[8]).toBeCloseTo(6, 12)
  })

  it('of an IMA(1,1) is simple exponential smoothing with alpha 1 + theta', () => {
    const chance = createPrng(2)
    const y = Array.from({ length: 300 }, () => chance.normal())
    let level = y[0]
    for (const each of y) level += 0.4 * (each - level)
    expect(forecastArima(y, { ar: [], ma: [-0.6], differences: 1, sigma2: 1 }, 1).mean[0]).toBeCloseTo(level, 9)
  })
})

describe('ArimaStream', () => {
  it('has the errors and forecasts of the whole series, at every prefix', () => {
    fc.assert(
      fc.property(series, model, (y, each) => {
        const stream = new ArimaStream(each)
        const { innovations } = arimaLikelihood(y, each)
        const lost = y.length - innovations.length
        y.forEach((value, t) => {
          const error = stream.update(value)
          if (t < lost) expect(error).toBeUndefined()
          else expect(error).toBeCloseTo(innovations[t - lost], 9)
          expect(stream.ready).toBe(t >= lost)
          if (stream.ready) expect(stream.forecast(4)).toEqual(forecastArima(y.slice(0, t + 1), each, 4))
        })
      }),
      { numRuns: 20 },
    )
  })

  it('refuses forecasts before it is ready', () => {
    expect(() => new ArimaStream({ ar: [0.5], ma: [], sigma2: 1 }).forecast(1)).toThrow('are needed')
  })
})
