/** Kelly's stakes: nothing grows faster, special cases agree with one another, and ruin is never risked. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normals, rowsOf } from '../../../test/math/example.ts'
import { createPrng } from '../../core/random.ts'
import { MathError } from '../error.ts'
import { dot } from '../numerics/linear-algebra.ts'
import { jamesSteinMeans } from './james-stein.ts'
import {
  kellyBinary,
  kellyBinaryGrowth,
  kellyContinuous,
  kellyContinuousGrowth,
  kellyDiscrete,
  kellyDiscreteGrowth,
  kellyDrawdownProbability,
  kellyFractionForDrawdown,
  kellyGrowthShare,
  liquidationLeverage,
} from './kelly.ts'
import { constrainedKelly, empiricalKelly, fractionalKelly, kellyPortfolio, kellyPortfolioGrowth } from './kelly-portfolio.ts'
import { ledoitWolf } from './shrinkage.ts'

const share = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true })

const reasonOf = (call: () => unknown): string => {
  try {
    call()
  } catch (error) {
    if (error instanceof MathError) return error.reason
    throw error
  }
  return 'none'
}

describe('a bet with two outcomes', () => {
  it('has the stake that grows fastest, the same as with its outcomes written out', () => {
    fc.assert(
      fc.property(share(0.05, 0.95), share(0.1, 5), share(0.1, 1), (probability, win, loss) => {
        const bet = { probability, win, loss }
        const stake = kellyBinary(bet)
        const best = kellyBinaryGrowth(bet, stake)
        for (const other of [stake - 1e-3, stake + 1e-3])
          if (1 + win * other > 0 && 1 - loss * other > 0) expect(kellyBinaryGrowth(bet, other)).toBeLessThanOrEqual(best + 1e-15)
        const listed = { probabilities: [probability, 1 - probability], returns: [win, -loss] }
        const found = kellyDiscrete(listed, { allowShort: true })
        expect(Math.abs(found.stake - stake)).toBeLessThan(1e-9 * Math.max(1, Math.abs(stake)))
        expect(found.growth).toBeCloseTo(best, 12)
        expect(kellyDiscrete(listed).stake).toBeCloseTo(Math.max(0, found.stake), 12)
      }),
    )
  })

  it('that can lose everything is refused', () => {
    expect(reasonOf(() => kellyBinaryGrowth({ probability: 0.6, win: 1 }, 1))).toBe('out-of-domain')
    expect(kellyBinaryGrowth({ probability: 1, win: 1 }, 1)).toBeCloseTo(Math.LN2, 15)
  })
})

describe('a bet with many outcomes', () => {
  const bets = fc.integer({ min: 0, max: 1e6 }).map((seed) => {
    const prng = createPrng(seed)
    const raw = Array.from({ length: 5 }, () => prng.exponential())
    const total = raw.reduce((sum, each) => sum + each, 0)
    return { probabilities: raw.map((each) => each / total), returns: [-0.4, 0.3, ...normals(prng, 3, 0.2)] }
  })

  it('has a stake at which growth has no slope', () => {
    fc.assert(
      fc.property(bets, (bet) => {
        const { stake, growth } = kellyDiscrete(bet, { allowShort: true })
        const slope = bet.probabilities.reduce((sum, p, i) => sum + (p * bet.returns[i]) / (1 + stake * bet.returns[i]), 0)
        expect(Math.abs(slope)).toBeLessThan(1e-9)
        expect(growth).toBeGreaterThanOrEqual(0)
        for (const each of bet.returns) expect(1 + stake * each).toBeGreaterThan(0)
        expect(kellyDiscreteGrowth(bet, stake * 0.9)).toBeLessThanOrEqual(growth + 1e-15)
      }),
    )
  })

  it('keeps its limit, and without an edge stakes nothing', () => {
    fc.assert(
      fc.property(bets, share(0, 0.5), (bet, limit) => {
        const full = kellyDiscrete(bet).stake
        expect(kellyDiscrete(bet, { limit }).stake).toBeCloseTo(Math.min(full, limit), 10)
        if (kellyDiscrete(bet).meanReturn <= 0) expect(full).toBe(0)
      }),
    )
    expect(reasonOf(() => kellyDiscrete({ probabilities: [0.5, 0.5], returns: [0.1, 0.2] }))).toBe('unbounded')
    expect(kellyDiscrete({ probabilities: [0.5, 0.5], returns: [0.1, 0.2] }, { limit: 3 }).stake).toBe(3)
  })
})

describe('an asset', () => {
  it('grows fastest at its leverage, and a fraction keeps its share of growth', () => {
    fc.assert(
      fc.property(share(-0.2, 0.3), share(0.05, 0.8), share(0, 0.1), share(0, 2), (mean, volatility, riskFree, fraction) => {
        const asset = { mean, volatility, riskFree }
        const leverage = kellyContinuous(asset)
        const best = kellyContinuousGrowth(asset, leverage)
        expect(kellyContinuousGrowth(asset, leverage + 0.1)).toBeLessThanOrEqual(best)
        const part = kellyContinuousGrowth(asset, fractionalKelly([leverage], fraction)[0])
        expect(part - riskFree).toBeCloseTo(kellyGrowthShare(fraction) * (best - riskFree), 9)
      }),
    )
  })

  it('falls less often with a smaller fraction, and the fraction for a drawdown has its probability', () => {
    fc.assert(
      fc.property(share(0.05, 0.95), share(0.01, 0.9), (level, probability) => {
        expect(kellyDrawdownProbability(0.5, level)).toBeLessThan(kellyDrawdownProbability(1, level))
        const fraction = kellyFractionForDrawdown(level, probability)
        expect(fraction).toBeLessThanOrEqual(1)
        expect(kellyDrawdownProbability(fraction, level)).toBeLessThanOrEqual(probability + 1e-12)
        if (fraction < 1) expect(kellyDrawdownProbability(fraction, level)).toBeCloseTo(probability, 10)
      }),
    )
  })
})

const markets = fc.record({ seed: fc.integer({ min: 0, max: 1e6 }), n: fc.integer({ min: 1, max: 6 }) }).map(({ seed, n }) => {
  const prng = createPrng(seed)
  return { prng, n, covariance: ledoitWolf(rowsOf(prng, 40, n, 0.2)).covariance, means: normals(prng, n, 0.05, 0.06) }
})

describe('the leverage before liquidation', () => {
  it('leaves the maintenance margin after the move', () => {
    fc.assert(
      fc.property(share(0.001, 0.2), share(0, 0.2), fc.constantFrom('long', 'short'), (volatility, maintenanceMargin, side) => {
        const leverage = liquidationLeverage(volatility, { deviations: 3, maintenanceMargin, side })
        const move = 3 * volatility
        const notional = leverage * (side === 'long' ? 1 - move : 1 + move)
        expect(1 - leverage * move).toBeCloseTo(maintenanceMargin * notional, 10)
      }),
    )
    expect(liquidationLeverage(0.05)).toBeCloseTo(1 / 0.15, 12)
  })
})

describe('several assets', () => {
  it('grow fastest at S^-1 (mu - r), by half the square of the Sharpe ratio', () => {
    fc.assert(
      fc.property(markets, ({ covariance, means, prng, n }) => {
        const options = { riskFree: 0.02 }
        const { weights, growth, sharpe } = kellyPortfolio(means, covariance, options)
        expect(growth - 0.02).toBeCloseTo((sharpe * sharpe) / 2, 10)
        for (let k = 0; k < 20; k++) {
          const other = weights.map((each) => each + 0.3 * prng.normal())
          expect(kellyPortfolioGrowth(other, means, covariance, options)).toBeLessThanOrEqual(growth + 1e-12)
        }
        if (n === 1)
          expect(weights[0]).toBeCloseTo(
            kellyContinuous({ mean: means[0], volatility: Math.sqrt(covariance[0][0]), riskFree: 0.02 }),
            9,
          )
      }),
      { numRuns: 30 },
    )
  })

  it('within limits grow no slower than anything else within them, and as fast where limits do not bind', () => {
    fc.assert(
      fc.property(markets, fc.constantFrom(0.5, 1, 2), fc.boolean(), ({ covariance, means, prng, n }, gross, short) => {
        const found = constrainedKelly(means, covariance, { riskFree: 0.01, gross, ...(short ? { lower: -Infinity } : {}) })
        const size = found.weights.reduce((total, each) => total + Math.abs(each), 0)
        expect(size).toBeLessThanOrEqual(gross + 1e-9)
        for (let k = 0; k < 40; k++) {
          const raw = Array.from({ length: n }, () => (short ? prng.normal() : prng.exponential()))
          const scale = (gross * prng.float()) / raw.reduce((total, each) => total + Math.abs(each), 0)
          const other = raw.map((each) => each * scale)
          expect(kellyPortfolioGrowth(other, means, covariance, { riskFree: 0.01 })).toBeLessThanOrEqual(found.growth + 1e-10)
        }
        const wide = constrainedKelly(means, covariance, { lower: -Infinity, gross: 1e4 })
        expect(wide.growth).toBeCloseTo(kellyPortfolio(means, covariance).growth, 8)
      }),
      { numRuns: 20 },
    )
  })
})

describe('what happened', () => {
  const histories = fc
    .record({ seed: fc.integer({ min: 0, max: 1e6 }), n: fc.integer({ min: 1, max: 4 }) })
    .map(({ seed, n }) => {
      const prng = createPrng(seed)
      return { prng, n, rows: rowsOf(prng, 40, n, 0.05).map((row) => row.map((each) => Math.max(-0.9, each + 0.01))) }
    })
  const growthOf = (rows: readonly (readonly number[])[], f: ArrayLike<number>): number =>
    rows.reduce((total, row) => total + Math.log(Math.max(0, 1 + dot(row, f))), 0) / rows.length

  it('grows no faster with any other weights within the limits, and never loses everything', () => {
    fc.assert(
      fc.property(histories, ({ rows, n, prng }) => {
        const found = empiricalKelly(rows, { upper: 3, gross: 4 })
        expect(found.growth).toBeCloseTo(growthOf(rows, found.weights), 12)
        for (const row of rows) expect(1 + dot(row, found.weights)).toBeGreaterThan(0)
        for (let k = 0; k < 60; k++) {
          const other = Array.from({ length: n }, () => (3 * prng.float()) / (k % 3 === 0 ? n : 1))
          if (other.reduce((total, each) => total + each, 0) <= 4)
            expect(growthOf(rows, other)).toBeLessThanOrEqual(found.growth + 1e-9)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('of one asset is the bet on its outcomes', () => {
    fc.assert(
      fc.property(histories, ({ rows }) => {
        const returns = rows.map((row) => row[0])
        const { stake } = kellyDiscrete({ probabilities: returns.map(() => 1 / returns.length), returns })
        const { weights } = empiricalKelly(returns.map((each) => [each]))
        expect(Math.abs(weights[0] - stake)).toBeLessThan(1e-5 * Math.max(1, stake))
      }),
      { numRuns: 30 },
    )
  })

  it('survives a shock with what is to be left, and says when nothing can', () => {
    const rows = rowsOf(createPrng(4), 50, 2, 0.01).map((row) => row.map((each) => each + 0.01))
    const shocks = [[-0.5, -0.3]]
    const found = empiricalKelly(rows, { shocks, leastWealth: 0.2 })
    expect(1 + dot(shocks[0], found.weights)).toBeGreaterThanOrEqual(0.2 - 1e-9)
    expect(reasonOf(() => empiricalKelly(rows, { shocks, leastWealth: 0.2, lower: 2 }))).toBe('infeasible')
    expect(reasonOf(() => empiricalKelly([[0.1], [0.2]]))).toBe('unbounded')
    expect(empiricalKelly([[0.1], [0.2]], { upper: 2 }).weights[0]).toBeCloseTo(2, 9)
    expect(reasonOf(() => empiricalKelly([[-0.6], [0.9]], { lower: 2, upper: 3 }))).toBe('infeasible')
  })
})

describe('means', () => {
  it('are pulled towards their target, less where there is more to see', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.constantFrom<'grand-mean' | 'minimum-variance' | number>('grand-mean', 'minimum-variance', 0.01),
        (seed, target) => {
          const prng = createPrng(seed)
          const means = normals(prng, 6, 0.02)
          const { covariance } = ledoitWolf(rowsOf(prng, 30, 6, 0.05))
          const [short, long] = [20, 200].map((n) => jamesSteinMeans(means, covariance, n, { target }))
          expect(long.shrinkage).toBeLessThanOrEqual(short.shrinkage)
          short.means.forEach((each, i) => {
            expect(Math.abs(each - short.target)).toBeLessThanOrEqual(Math.abs(means[i] - short.target) + 1e-15)
            expect(each).toBeCloseTo((1 - short.shrinkage) * means[i] + short.shrinkage * short.target, 14)
          })
          if (target === 'grand-mean') expect(short.target).toBeCloseTo(means.reduce((sum, each) => sum + each, 0) / 6, 14)
        },
      ),
    )
  })

  it('have a smaller squared error than the plain ones', () => {
    const prng = createPrng(77)
    const truth = normals(prng, 8, 0.5)
    const identity = truth.map((_, i) => truth.map((__, j) => (i === j ? 1 : 0)))
    let [plain, shrunk] = [0, 0]
    for (let k = 0; k < 300; k++) {
      const seen = truth.map((each) => each + prng.normal() / Math.sqrt(3))
      const better = jamesSteinMeans(seen, identity, 3).means
      truth.forEach((each, i) => {
        plain += (seen[i] - each) ** 2
        shrunk += (better[i] - each) ** 2
      })
    }
    expect(shrunk).toBeLessThan(plain)
  })
})
