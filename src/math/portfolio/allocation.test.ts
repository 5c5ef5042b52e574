/**
 * Optimal portfolios: they keep their constraints, nothing else that keeps them is better, and special cases have their
 * closed forms.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normals, rowsOf } from '../../../test/math/example.ts'
import { createPrng, type Prng } from '../../core/random.ts'
import { MathError } from '../error.ts'
import { cholesky, dot, multiplyVector, quadraticForm, solveCholesky } from '../numerics/linear-algebra.ts'
import { blackLitterman, impliedReturns } from './black-litterman.ts'
import type { PortfolioConstraints } from './constraints.ts'
import {
  efficientFrontier,
  maximumDiversification,
  maximumSharpe,
  meanVariance,
  minimumVariance,
  targetReturn,
} from './mean-variance.ts'
import { bandedWeights, driftedWeights, scaleToVolatility, turnover } from './rebalancing.ts'
import { diversificationRatio, inverseVolatility, riskBudgeting, riskParity } from './risk-budgeting.ts'
import { ledoitWolf } from './shrinkage.ts'

interface Market {
  readonly covariance: Float64Array[]
  readonly means: number[]
  readonly prng: Prng
  readonly n: number
}

const markets = fc
  .record({ seed: fc.integer({ min: 0, max: 1e6 }), n: fc.integer({ min: 2, max: 8 }) })
  .map(({ seed, n }): Market => {
    const prng = createPrng(seed)
    const { covariance } = ledoitWolf(rowsOf(prng, 30, n, 0.02))
    return { covariance, means: normals(prng, n, 0.003, 0.002), prng, n }
  })

const total = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, each) => sum + each, 0)
const gross = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, each) => sum + Math.abs(each), 0)
const volatility = (covariance: readonly ArrayLike<number>[], w: ArrayLike<number>): number =>
  Math.sqrt(quadraticForm(covariance, w))

/** Long only, adding up to one. */
function drawn(prng: Prng, n: number): number[] {
  const raw = Array.from({ length: n }, () => prng.exponential())
  return raw.map((each) => each / total(raw))
}

const reasonOf = (call: () => unknown): string => {
  try {
    call()
  } catch (error) {
    if (error instanceof MathError) return error.reason
    throw error
  }
  return 'none'
}

describe('minimum variance', () => {
  it('is S^-1 1 scaled to one when short positions are allowed', () => {
    fc.assert(
      fc.property(markets, ({ covariance, n }) => {
        const raw = solveCholesky(cholesky(covariance), new Float64Array(n).fill(1))
        const { weights } = minimumVariance(covariance, { lower: -Infinity })
        weights.forEach((each, i) => expect(each).toBeCloseTo(raw[i] / total(raw), 9))
      }),
      { numRuns: 12 },
    )
  })

  it('long only is no worse than any other portfolio', () => {
    fc.assert(
      fc.property(markets, ({ covariance, n, prng }) => {
        const found = minimumVariance(covariance)
        expect(total(found.weights)).toBeCloseTo(1, 10)
        found.weights.forEach((each) => expect(each).toBeGreaterThanOrEqual(0))
        expect(found.volatility).toBeCloseTo(volatility(covariance, found.weights), 12)
        expect(found.residual).toBeLessThan(1e-8)
        for (let k = 0; k < 50; k++)
          expect(volatility(covariance, drawn(prng, n))).toBeGreaterThanOrEqual(found.volatility * (1 - 1e-10))
      }),
      { numRuns: 12 },
    )
  })
})

/** Signed portfolios around what is held. */
const bounded = (n: number): PortfolioConstraints => ({
  lower: -0.4,
  upper: 0.8,
  budget: 'free',
  net: { lower: -0.2, upper: 0.9 },
  gross: 1.3,
  margin: { rates: Array.from({ length: n }, (_, i) => 0.1 + 0.02 * i), limit: 0.2 },
  groups: [{ members: [0, 1], lower: -0.3, upper: 0.5, gross: 0.7 }],
  current: new Float64Array(n).fill(0.1),
  turnover: 1,
})

function keeps(w: ArrayLike<number>, n: number): boolean {
  const slack = 1e-9
  const list = Array.from(w)
  return (
    list.every((each) => each >= -0.4 - slack && each <= 0.8 + slack) &&
    total(list) >= -0.2 - slack &&
    total(list) <= 0.9 + slack &&
    gross(list) <= 1.3 + slack &&
    list.reduce((sum, each, i) => sum + (0.1 + 0.02 * i) * Math.abs(each), 0) <= 0.2 + slack &&
    list[0] + list[1] >= -0.3 - slack &&
    list[0] + list[1] <= 0.5 + slack &&
    Math.abs(list[0]) + Math.abs(list[1]) <= 0.7 + slack &&
    list.reduce((sum, each) => sum + Math.abs(each - 0.1), 0) <= 1 + slack &&
    n === list.length
  )
}

describe('mean-variance', () => {
  it('keeps every kind of constraint, and nothing near that keeps them is better after costs', () => {
    fc.assert(
      fc.property(markets, ({ covariance, means, n, prng }) => {
        const costs = Array.from({ length: n }, () => 0.001 * prng.float())
        const found = meanVariance(means, covariance, {
          ...bounded(n),
          riskAversion: 5,
          linearCost: costs,
          quadraticCost: 0.002,
        })
        expect(keeps(found.weights, n)).toBe(true)
        const utility = (w: ArrayLike<number>): number =>
          dot(means, w) -
          2.5 * quadraticForm(covariance, w) -
          costs.reduce((sum, cost, i) => sum + cost * Math.abs(w[i] - 0.1) + 0.002 * (w[i] - 0.1) ** 2, 0)
        expect(found.objective).toBeCloseTo(utility(found.weights), 12)
        for (let k = 0; k < 200; k++) {
          const reach = prng.exponential() * 0.1
          const other = found.weights.map((each) => each + reach * prng.normal())
          if (keeps(other, n)) expect(utility(other)).toBeLessThanOrEqual(found.objective + 1e-9)
        }
      }),
      { numRuns: 12 },
    )
  })

  it('trades nothing where costs are high, and less where they are higher', () => {
    fc.assert(
      fc.property(markets, ({ covariance, means, n }) => {
        const at = (linearCost: number): number =>
          meanVariance(means, covariance, { riskAversion: 3, linearCost, current: new Float64Array(n).fill(1 / n) }).turnover
        const turnovers = [0, 0.0005, 0.002, 1].map(at)
        expect(turnovers[3]).toBeLessThan(1e-9)
        turnovers.slice(1).forEach((each, k) => expect(each).toBeLessThanOrEqual(turnovers[k] + 1e-8))
      }),
      { numRuns: 12 },
    )
  })

  it('without constraints is S^-1 mu / lambda', () => {
    fc.assert(
      fc.property(markets, ({ covariance, means }) => {
        const want = solveCholesky(cholesky(covariance), Float64Array.from(means))
        const { weights } = meanVariance(means, covariance, { riskAversion: 2, lower: -Infinity, budget: 'free' })
        weights.forEach((each, i) => expect(Math.abs(each - want[i] / 2)).toBeLessThan(1e-8 * (1 + gross(want))))
      }),
      { numRuns: 12 },
    )
  })

  it('says what cannot be and what has no end', () => {
    const covariance = [
      [0.04, 0],
      [0, 0.01],
    ]
    expect(reasonOf(() => minimumVariance(covariance, { upper: 0.4 }))).toBe('infeasible')
    expect(reasonOf(() => minimumVariance(covariance, { lower: 0.5, upper: 0.4 }))).toBe('infeasible')
    expect(reasonOf(() => minimumVariance(covariance, { gross: 0.9 }))).toBe('infeasible')
    expect(reasonOf(() => minimumVariance(covariance, { current: [1, 0], turnover: 0.1, upper: 0.5 }))).toBe('infeasible')
    expect(reasonOf(() => targetReturn([0.01, 0.02], covariance, 0.03))).toBe('infeasible')
    expect(reasonOf(() => maximumSharpe([-0.01, -0.02], covariance))).toBe('infeasible')
    expect(reasonOf(() => maximumSharpe([0.01, 0.02], covariance, { riskFree: 0.02 }))).toBe('infeasible')
    const twin = [
      [0.04, 0.04],
      [0.04, 0.04],
    ]
    expect(reasonOf(() => maximumSharpe([0.02, 0.01], twin, { lower: -1, budget: 'free', gross: 2 }))).toBe('singular')
    expect(reasonOf(() => meanVariance([0.01, 0.02], covariance, { riskAversion: 0, budget: 'free' }))).toBe('unbounded')
    expect(reasonOf(() => maximumSharpe([0.01, 0.02], covariance, { budget: 'free' }))).toBe('unbounded')
    expect(
      reasonOf(() =>
        minimumVariance([
          [1, 2],
          [2, 1],
        ]),
      ),
    ).toBe('not-positive-definite')
  })
})

describe('the highest Sharpe ratio', () => {
  it('is that of S^-1 (mu - rf) when short positions are allowed, and long only is no worse than any other portfolio', () => {
    fc.assert(
      fc.property(markets, ({ covariance, means, n, prng }) => {
        const riskFree = 0.0005
        const excess = Float64Array.from(means, (each) => each - riskFree)
        const raw = solveCholesky(cholesky(covariance), excess)
        if (total(raw) > 1e-3) {
          const free = maximumSharpe(means, covariance, { lower: -Infinity, riskFree })
          free.weights.forEach((each, i) =>
            expect(Math.abs(each - raw[i] / total(raw))).toBeLessThan(1e-7 * (1 + gross(free.weights))),
          )
        }
        if (Math.max(...excess) <= 0) return
        const found = maximumSharpe(means, covariance, { riskFree, upper: 0.9 })
        expect(total(found.weights)).toBeCloseTo(1, 10)
        for (let k = 0; k < 50; k++) {
          const other = drawn(prng, n)
          if (Math.max(...other) > 0.9) continue
          expect(dot(excess, other) / volatility(covariance, other)).toBeLessThanOrEqual(found.sharpe + 1e-10)
        }
      }),
      { numRuns: 12 },
    )
  })

  it('without a budget is as large as the constraints allow, and has the best ratio among those', () => {
    fc.assert(
      fc.property(markets, ({ covariance, means, n, prng }) => {
        const constraints: PortfolioConstraints = {
          lower: -0.5,
          upper: 0.6,
          gross: 1.5,
          net: { lower: -0.3, upper: 0.3 },
          budget: 'free',
        }
        const found = maximumSharpe(means, covariance, constraints)
        const w = Array.from(found.weights)
        const uses = [gross(w) / 1.5, Math.abs(total(w)) / 0.3, ...w.map((each) => (each > 0 ? each / 0.6 : each / -0.5))]
        expect(Math.max(...uses)).toBeCloseTo(1, 8)
        for (let k = 0; k < 50; k++) {
          const other = normals(prng, n, 0.1)
          if (Math.abs(total(other)) > 0.3 || gross(other) > 1.5) continue
          expect(dot(means, other) / volatility(covariance, other)).toBeLessThanOrEqual(found.sharpe + 1e-10)
        }
      }),
      { numRuns: 12 },
    )
  })

  it('does not know the unit, with or without a budget', () => {
    fc.assert(
      fc.property(markets, fc.constantFrom(1e-3, 1e3), ({ covariance, means }, unit) => {
        const scaled = covariance.map((row) => row.map((value) => value * unit * unit))
        for (const constraints of [
          { lower: -1, gross: 1.5, budget: 'free' },
          { lower: -1, gross: 1.5, budget: 0.2 },
        ] as const) {
          const plain = maximumSharpe(means, covariance, constraints)
          const other = maximumSharpe(
            means.map((each) => each * unit),
            scaled,
            constraints,
          )
          expect(other.sharpe).toBeCloseTo(plain.sharpe, 8)
          other.weights.forEach((each, i) => expect(each).toBeCloseTo(plain.weights[i], 5))
        }
      }),
      { numRuns: 12 },
    )
  })

  it('under a turnover limit keeps it', () => {
    fc.assert(
      fc.property(markets, ({ covariance, means, n }) => {
        const current = new Float64Array(n).fill(1 / n)
        if (total(means) <= 0) return
        const found = maximumSharpe(means, covariance, { current, turnover: 0.2 })
        expect(found.turnover).toBeLessThanOrEqual(0.2 + 1e-9)
        expect(found.sharpe).toBeGreaterThanOrEqual(dot(means, current) / volatility(covariance, current) - 1e-10)
      }),
      { numRuns: 12 },
    )
  })
})

describe('the frontier', () => {
  it('rises in return and in risk, and each portfolio has the least risk of its return', () => {
    fc.assert(
      fc.property(markets, ({ covariance, means, n, prng }) => {
        const found = efficientFrontier(means, covariance, { points: 6 })
        expect(found).toHaveLength(6)
        found.slice(1).forEach((each, k) => {
          expect(each.volatility).toBeGreaterThanOrEqual(found[k].volatility - 1e-12)
          expect(each.expectedReturn).toBeGreaterThanOrEqual(found[k].expectedReturn - 1e-12)
        })
        expect(found[5].expectedReturn).toBeCloseTo(Math.max(...means), 8)
        for (let k = 0; k < 50; k++) {
          const other = drawn(prng, n)
          for (const each of found)
            if (dot(means, other) >= each.expectedReturn)
              expect(volatility(covariance, other)).toBeGreaterThanOrEqual(each.volatility * (1 - 1e-9))
        }
      }),
      { numRuns: 15 },
    )
  })

  it('at given returns meets them exactly, below the least risky portfolio as well', () => {
    fc.assert(
      fc.property(markets, ({ covariance, means }) => {
        const [lowest, highest] = [Math.min(...means), Math.max(...means)]
        const targets = [0.1, 0.5, 0.9].map((share) => lowest + share * (highest - lowest))
        efficientFrontier(means, covariance, { targets }).forEach((each, k) => {
          expect(each.expectedReturn).toBeCloseTo(targets[k], 10)
          const least = targetReturn(means, covariance, targets[k])
          expect(least.variance).toBeLessThanOrEqual(each.variance * (1 + 1e-9))
        })
      }),
      { numRuns: 12 },
    )
  })
})

describe('diversification', () => {
  it('of the widest portfolio is no less than that of any other, and at least one', () => {
    fc.assert(
      fc.property(markets, ({ covariance, n, prng }) => {
        const found = maximumDiversification(covariance)
        expect(found.diversificationRatio).toBeCloseTo(diversificationRatio(found.weights, covariance), 10)
        expect(found.diversificationRatio).toBeGreaterThanOrEqual(1 - 1e-12)
        for (let k = 0; k < 50; k++)
          expect(diversificationRatio(drawn(prng, n), covariance)).toBeLessThanOrEqual(found.diversificationRatio + 1e-10)
      }),
      { numRuns: 12 },
    )
  })

  it('of n equal assets without correlation is the root of n', () => {
    const covariance = Array.from({ length: 5 }, (_, i) => Array.from({ length: 5 }, (__, j) => (i === j ? 0.04 : 0)))
    expect(diversificationRatio([1, 1, 1, 1, 1], covariance)).toBeCloseTo(Math.sqrt(5), 12)
    maximumDiversification(covariance).weights.forEach((each) => expect(each).toBeCloseTo(0.2, 10))
  })
})

describe('risk budgets', () => {
  it('are kept to 1e-9, on either side, whatever the unit and the order', () => {
    fc.assert(
      fc.property(markets, fc.boolean(), ({ covariance, n, prng }, short) => {
        const budgets = Array.from({ length: n }, () => 0.01 + prng.float())
        const sides = Array.from({ length: n }, (_, i) => (short && i % 2 === 1 ? -1 : 1))
        const weights = riskBudgeting(covariance, budgets, { sides })
        expect(gross(weights)).toBeCloseTo(1, 12)
        const product = multiplyVector(covariance, weights)
        const variance = dot(weights, product)
        weights.forEach((each, i) => {
          expect(Math.sign(each)).toBe(sides[i])
          expect(Math.abs((each * product[i]) / variance - budgets[i] / total(budgets))).toBeLessThan(1e-9)
        })
        const scaled = riskBudgeting(
          covariance.map((row) => row.map((value) => 1e4 * value)),
          budgets.map((each) => 7 * each),
          { sides },
        )
        scaled.forEach((each, i) => expect(each).toBeCloseTo(weights[i], 10))
        const back = riskBudgeting(
          covariance.toReversed().map((row) => row.toReversed()),
          budgets.toReversed(),
          {
            sides: sides.toReversed(),
          },
        )
        back.toReversed().forEach((each, i) => expect(each).toBeCloseTo(weights[i], 10))
      }),
      { numRuns: 40 },
    )
  })

  it('of one size are inverse volatilities when all correlations are equal', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 2, maxLength: 8 }),
        fc.double({ min: 0, max: 0.95, noNaN: true }),
        (sigma, rho) => {
          const covariance = sigma.map((a, i) => sigma.map((b, j) => (i === j ? 1 : rho) * a * b))
          const inverse = inverseVolatility(covariance)
          riskParity(covariance).forEach((each, i) => expect(each).toBeCloseTo(inverse[i], 9))
        },
      ),
      { numRuns: 40 },
    )
  })

  it('very unequal ones are kept as well', () => {
    const { covariance } = ledoitWolf(rowsOf(createPrng(2), 40, 5))
    const weights = riskBudgeting(covariance, [1, 1e-6, 1e-3, 1, 1e-8])
    const product = multiplyVector(covariance, weights)
    const shares = weights.map((each, i) => (each * product[i]) / dot(weights, product))
    expect(shares[4] / shares[0]).toBeCloseTo(1e-8, 12)
  })
})

describe('Black and Litterman', () => {
  it('learns nothing from views that expect what the market does, and moves towards those that do not', () => {
    fc.assert(
      fc.property(markets, ({ covariance, n, prng }) => {
        const prior = impliedReturns(covariance, drawn(prng, n), 3)
        const picks = [normals(prng, n)]
        const same = blackLitterman(covariance, prior, { picks, returns: [dot(picks[0], prior)] })
        same.returns.forEach((each, i) => expect(each).toBeCloseTo(prior[i], 12))
        const wanted = dot(picks[0], prior) + 0.01
        const moved = dot(picks[0], blackLitterman(covariance, prior, { picks, returns: [wanted] }).returns)
        expect(moved).toBeGreaterThan(wanted - 0.01)
        expect(moved).toBeLessThan(wanted)
        // Half the way when view and market are equally certain; all of it when the view is certain.
        expect(moved).toBeCloseTo(wanted - 0.005, 10)
        const certain = blackLitterman(covariance, prior, { picks, returns: [wanted], confidences: [1] })
        expect(dot(picks[0], certain.returns)).toBeCloseTo(wanted, 10)
      }),
      { numRuns: 12 },
    )
  })

  it('is the formula with inverses', () => {
    fc.assert(
      fc.property(markets, ({ covariance, n, prng, means }) => {
        const picks = [normals(prng, n), normals(prng, n)]
        const tau = 0.1
        const omega = [2e-5, 5e-5]
        const found = blackLitterman(covariance, means, { picks, returns: [0.01, -0.02], uncertainty: omega }, { tau })
        // (tau S)^-1 + P' Omega^-1 P, whose inverse is M, must turn the posterior into what was put in.
        const factor = cholesky(covariance)
        const inverseTimes = (x: ArrayLike<number>): Float64Array =>
          solveCholesky(factor, Float64Array.from(x)).map((each) => each / tau)
        const viewed = (x: ArrayLike<number>, i: number): number =>
          picks.reduce((sum, pick, k) => sum + (pick[i] * dot(pick, x)) / omega[k], 0)
        const [left, right] = [inverseTimes(found.returns), inverseTimes(means)]
        for (let i = 0; i < n; i++) {
          const want = right[i] + picks.reduce((sum, pick, k) => sum + (pick[i] * [0.01, -0.02][k]) / omega[k], 0)
          expect((left[i] + viewed(found.returns, i)) / (Math.abs(want) + 100)).toBeCloseTo(want / (Math.abs(want) + 100), 8)
        }
        // M times its inverse is the identity.
        const m = found.covariance.map((row, i) => row.map((value, j) => value - covariance[i][j]))
        m.forEach((row, i) => {
          const whole = inverseTimes(row)
          for (let j = 0; j < n; j++) expect(whole[j] + viewed(row, j)).toBeCloseTo(i === j ? 1 : 0, 7)
        })
      }),
      { numRuns: 12 },
    )
  })
})

describe('rebalancing', () => {
  it('drifts to what is held, and back costs the turnover', () => {
    fc.assert(
      fc.property(markets, ({ n, prng }) => {
        const weights = drawn(prng, n)
        const returns = normals(prng, n, 0.05)
        const drifted = driftedWeights(weights, returns)
        expect(total(drifted)).toBeCloseTo(1, 12)
        expect(turnover(drifted, weights)).toBeCloseTo(gross(drifted.map((each, i) => each - weights[i])), 12)
        const banded = bandedWeights(drifted, weights, 0.01)
        banded.forEach((each, i) => {
          expect(Math.abs(each - weights[i])).toBeLessThanOrEqual(0.01 + 1e-12)
          if (Math.abs(drifted[i] - weights[i]) <= 0.01) expect(each).toBe(drifted[i])
        })
        expect(turnover(drifted, banded)).toBeLessThanOrEqual(turnover(drifted, weights) + 1e-12)
      }),
      { numRuns: 12 },
    )
  })

  it('scales to a volatility, or as far as it may', () => {
    fc.assert(
      fc.property(markets, ({ covariance, n, prng }) => {
        const weights = normals(prng, n)
        expect(volatility(covariance, scaleToVolatility(weights, covariance, 0.01))).toBeCloseTo(0.01, 12)
        expect(gross(scaleToVolatility(weights, covariance, 10, { gross: 2 }))).toBeCloseTo(2, 10)
      }),
      { numRuns: 12 },
    )
  })
})
