/** Laws of price impact and illiquidity: what was put in is found, units scale, and the stream is the batch at every prefix. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { MathError } from '../error.ts'
import { leastSquares } from '../numerics/linear-algebra.ts'
import {
  amihud,
  changeAutocovariance,
  hasbrouckLambda,
  kyleLambda,
  KyleStream,
  meanImbalance,
  rollSpread,
  signedVolume,
} from './liquidity.ts'

const seeds = fc.integer({ min: 1, max: 1e6 })

function flow(
  seed: number,
  count: number,
  lambda: number,
  noise: number,
): { readonly closes: number[]; readonly volumes: number[] } {
  const prng = createPrng(seed)
  const volumes = Array.from({ length: count }, () => prng.normal())
  let price = 1000
  return { volumes, closes: volumes.map((volume, i) => (price += i === 0 ? 0 : 0.1 + lambda * volume + noise * prng.normal())) }
}

describe('Kyle', () => {
  it('is least squares with an intercept, t and R squared included', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { closes, volumes } = flow(seed, 30, 0.5, 1)
        const found = kyleLambda(closes, volumes)
        const y = closes.slice(1).map((close, i) => close - closes[i])
        const { coefficients, rss, inverseGram } = leastSquares(
          volumes.slice(1).map((volume) => [1, volume]),
          y,
        )
        const mean = y.reduce((a, b) => a + b, 0) / y.length
        expect(found.intercept).toBeCloseTo(coefficients[0], 9)
        expect(found.lambda).toBeCloseTo(coefficients[1], 9)
        expect(found.t).toBeCloseTo(coefficients[1] / Math.sqrt((rss / 27) * inverseGram[1][1]), 7)
        expect(found.rSquared).toBeCloseTo(1 - rss / y.reduce((total, each) => total + (each - mean) ** 2, 0), 9)
      }),
      { numRuns: 40 },
    )
  })

  it('finds an impact without noise exactly, and Hasbrouck one of the root', () => {
    const { closes, volumes } = flow(7, 40, 0.25, 0)
    const { lambda, t, rSquared } = kyleLambda(closes, volumes)
    expect(lambda).toBeCloseTo(0.25, 9)
    expect(rSquared).toBeCloseTo(1, 12)
    expect(t === undefined || t > 1e6).toBe(true)
    const prng = createPrng(3)
    const own: number[] = [100]
    const traded: number[] = [0]
    for (let i = 1; i < 60; i++) {
      // The root is of the price after the move, so the volume is found from the move.
      const move = 0.001 * prng.normal()
      own.push(own[i - 1] * Math.exp(move))
      traded.push((Math.sign(move) * (move / 2e-4) ** 2) / own[i])
    }
    expect(hasbrouckLambda(own, traded).slope).toBeCloseTo(2e-4, 9)
  })

  it('streams to the batch at every prefix, through snapshots', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 3, max: 12 }), (seed, window) => {
        const { closes, volumes } = flow(seed, 30, 0.5, 1)
        let stream = new KyleStream(window)
        closes.forEach((close, i) => {
          stream.update(close, volumes[i])
          if (i < window) expect(stream.value).toBeUndefined()
          else expect(stream.value).toEqual(kyleLambda(closes.slice(i - window, i + 1), volumes.slice(i - window, i + 1)))
          const state = JSON.parse(JSON.stringify(stream.snapshot())) as ReturnType<KyleStream['snapshot']>
          stream = new KyleStream(window)
          stream.restore(state)
        })
      }),
      { numRuns: 40 },
    )
  })
})

describe('Amihud', () => {
  it('halves with twice the volume, and is not below zero', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { closes, volumes } = flow(seed, 20, 0.5, 1)
        const sizes = volumes.map((volume) => 1 + Math.abs(volume))
        const once = amihud(closes, sizes)
        expect(once).toBeGreaterThanOrEqual(0)
        expect(
          amihud(
            closes,
            sizes.map((size) => 2 * size),
          ),
        ).toBeCloseTo(once / 2, 15)
        expect(amihud(closes, sizes, 1e6)).toBeCloseTo(once * 1e6, 9)
      }),
    )
  })
})

describe('Roll', () => {
  it('is a spread, or not defined: exactly when the autocovariance is not below zero', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0, max: 2, noNaN: true }), (seed, bounce) => {
        const prng = createPrng(seed)
        let mid = 100
        const prices = Array.from({ length: 30 }, () => (mid += 0.3 * prng.normal()) + bounce * (prng.chance(0.5) ? 0.5 : -0.5))
        const autocovariance = changeAutocovariance(prices)
        if (autocovariance < 0) expect(rollSpread(prices)).toBeCloseTo(2 * Math.sqrt(-autocovariance), 12)
        else expect(() => rollSpread(prices)).toThrow(MathError)
      }),
    )
  })

  it('finds the spread that prices bounce by', () => {
    const prng = createPrng(1)
    const prices = Array.from({ length: 20_000 }, () => 100 + (prng.chance(0.5) ? 0.25 : -0.25))
    expect(Math.abs(rollSpread(prices) - 0.5)).toBeLessThan(0.01)
  })
})

describe('signed volume', () => {
  it('is buys less sells, its mean share in [-1, 1]', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 100 })), { minLength: 1 }),
        (rows) => {
          const [buys, volumes] = [rows.map(([buy]) => buy), rows.map(([buy, sell]) => buy + sell)]
          expect(Array.from(signedVolume(buys, volumes))).toEqual(rows.map(([buy, sell]) => buy - sell))
          expect(Math.abs(meanImbalance(buys, volumes))).toBeLessThanOrEqual(1)
        },
      ),
    )
  })
})
