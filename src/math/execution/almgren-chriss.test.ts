/** Laws of the Almgren-Chriss trajectories: they solve their first-order conditions, nothing beside them is cheaper, sides mirror. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AlmgrenChrissTask,
  executionCost,
  executionDecay,
  executionFrontier,
  firstTrade,
  liquidityAdjustedVar,
  optimalTrajectory,
} from './almgren-chriss.ts'
import { MathError } from '../error.ts'

const TASK: AlmgrenChrissTask = {
  quantity: 1e6,
  horizon: 5,
  steps: 5,
  volatility: 0.95,
  temporaryImpact: 2.5e-6,
  permanentImpact: 2.5e-7,
  fixedCost: 0.0625,
  riskAversion: 1e-6,
}

function reasonOf(compute: () => unknown): string {
  try {
    compute()
  } catch (error) {
    if (error instanceof MathError) return error.reason
  }
  return 'none'
}

/** Where doubles have lost their digits near zero, nothing has ten of them. */
const between = (min: number, max: number): fc.Arbitrary<number> =>
  fc.double({ min, max, noNaN: true }).map((value) => (Math.abs(value) < 1e-100 ? 0 : value))
const tasks = fc
  .record({
    quantity: between(-1e6, 1e6),
    horizon: between(0.1, 20),
    steps: fc.integer({ min: 1, max: 40 }),
    volatility: between(0.01, 5),
    temporaryImpact: between(1e-6, 1e-3),
    share: between(0, 0.9),
    fixedCost: between(0, 1),
    riskAversion: between(-9, 2).map((power) => 10 ** power),
    drift: between(-1, 1),
  })
  .map(({ share, ...task }) => ({ ...task, permanentImpact: (2 * share * task.temporaryImpact * task.steps) / task.horizon }))

/** The derivative of E + lambda V by x_k, and the size of its terms. */
function conditionAt(x: Float64Array, task: AlmgrenChrissTask, k: number): { readonly value: number; readonly size: number } {
  const tau = task.horizon / task.steps
  const { etaTilde } = executionDecay(task)
  const terms = [
    (4 * etaTilde * x[k]) / tau,
    (-2 * etaTilde * x[k - 1]) / tau,
    (-2 * etaTilde * x[k + 1]) / tau,
    2 * task.riskAversion * task.volatility ** 2 * tau * x[k],
    -(task.drift ?? 0) * tau,
  ]
  return { value: terms.reduce((a, b) => a + b), size: terms.reduce((a, b) => a + Math.abs(b), 0) }
}

describe('optimal trajectories', () => {
  it('solve the first-order conditions, for every risk aversion above zero and every drift', () => {
    fc.assert(
      fc.property(tasks, (task) => {
        const { holdings } = optimalTrajectory(task)
        const largest = Math.max(...holdings.map(Math.abs))
        const scale = task.steps > 1 ? conditionAt(holdings.fill(largest), task, 1).size : 0
        const found = optimalTrajectory(task).holdings
        for (let k = 1; k < task.steps; k++) {
          const { value, size } = conditionAt(found, task, k)
          expect(Math.abs(value)).toBeLessThanOrEqual(1e-9 * size + 1e-14 * scale)
        }
      }),
    )
  })

  it('solve them for risk seekers and for risk aversion zero too', () => {
    for (const riskAversion of [-2e-7, -1e-8, 0, 1e-14, 1e-12])
      for (const drift of [0, 0.02]) {
        const task = { ...TASK, riskAversion, drift }
        const { holdings } = optimalTrajectory(task)
        for (let k = 1; k < 5; k++) {
          const { value, size } = conditionAt(holdings, task, k)
          expect(Math.abs(value)).toBeLessThanOrEqual(1e-10 * size)
        }
      }
  })

  it('are cheaper than any path beside them', () => {
    fc.assert(
      fc.property(tasks, fc.array(between(-0.1, 0.1), { minLength: 40, maxLength: 40 }), (task, changes) => {
        const { holdings, utility } = optimalTrajectory({ ...task, fixedCost: 0 })
        const other = holdings.map((x, k) => (k === 0 || k === task.steps ? x : x + changes[k] * (1 + Math.abs(task.quantity))))
        const theirs = executionCost(other, { ...task, fixedCost: 0 }).utility
        expect(theirs).toBeGreaterThanOrEqual(utility - 1e-9 * (Math.abs(utility) + Math.abs(theirs)))
      }),
    )
  })

  it('sell what there is: trades add up to X, and without a drift never change sign', () => {
    fc.assert(
      fc.property(tasks, (task) => {
        const { trades, holdings } = optimalTrajectory({ ...task, drift: 0 })
        const total = trades.reduce((a, b) => a + b, 0)
        expect(Math.abs(total - task.quantity)).toBeLessThanOrEqual(1e-12 * Math.abs(task.quantity))
        expect(holdings[0]).toBe(task.quantity)
        expect(holdings[task.steps]).toBe(0)
        for (const trade of trades)
          expect(trade * Math.sign(task.quantity)).toBeGreaterThanOrEqual(-1e-12 * Math.abs(task.quantity))
      }),
    )
  })

  it('mirror one another for buying and selling', () => {
    fc.assert(
      fc.property(tasks, (task) => {
        const drift = task.drift
        const sell = optimalTrajectory(task)
        const buy = optimalTrajectory({ ...task, quantity: -task.quantity, drift: -drift })
        expect(buy.kappa).toBe(sell.kappa)
        expect(Array.from(buy.holdings, (x) => -x + 0)).toEqual(Array.from(sell.holdings, (x) => x + 0))
        expect(buy.expectedCost).toBeCloseTo(sell.expectedCost, 9)
        expect(buy.variance).toBe(sell.variance)
      }),
    )
  })

  it('go over into the straight line, and stay finite where sinh does not', () => {
    const straight = optimalTrajectory({ ...TASK, riskAversion: 0 }).holdings
    const near = optimalTrajectory({ ...TASK, riskAversion: 1e-13 }).holdings
    near.forEach((x, k) => expect(Math.abs(x - straight[k])).toBeLessThan(1))
    const fast = optimalTrajectory({ ...TASK, steps: 1000, horizon: 5000, riskAversion: 1e3 })
    expect(fast.kappa * 5000).toBeGreaterThan(800)
    expect(fast.holdings.every(Number.isFinite)).toBe(true)
    expect(fast.trades[0] / TASK.quantity).toBeGreaterThan(0.99)
  })

  it('are the same as what is solved anew on the way', () => {
    fc.assert(
      fc.property(tasks, (task) => {
        const { trades } = optimalTrajectory(task)
        let left = task.quantity
        for (let k = 0; k < task.steps; k++) {
          const steps = task.steps - k
          const trade = firstTrade({ ...task, quantity: left, steps, horizon: (steps * task.horizon) / task.steps })
          expect(Math.abs(trade - trades[k])).toBeLessThanOrEqual(
            1e-300 + 1e-8 * (Math.abs(task.quantity) + Math.max(...trades.map(Math.abs))),
          )
          left -= trade
        }
      }),
    )
  })

  it('are refused where there is no best one', () => {
    expect(reasonOf(() => optimalTrajectory({ ...TASK, riskAversion: -1e-5 }))).toBe('unbounded')
    expect(reasonOf(() => optimalTrajectory({ ...TASK, riskAversion: -1.2e-6 }))).toBe('unbounded')
    expect(reasonOf(() => optimalTrajectory({ ...TASK, permanentImpact: 5e-6 }))).toBe('out-of-domain')
  })
})

describe('the frontier', () => {
  it('costs more the less risk is left', () => {
    fc.assert(
      fc.property(tasks, (task) => {
        const unit = executionDecay({ ...task, riskAversion: 1 }).etaTilde / (task.volatility * task.horizon) ** 2
        const points = executionFrontier(
          { ...task, drift: 0 },
          [0.1, 1, 10, 100].map((x) => x * unit),
        )
        for (let i = 1; i < points.length; i++) {
          expect(points[i].expectedCost).toBeGreaterThanOrEqual(points[i - 1].expectedCost * (1 - 1e-12))
          expect(points[i].variance).toBeLessThanOrEqual(points[i - 1].variance * (1 + 1e-12))
        }
      }),
    )
  })

  it('holds the lowest L-VaR: no lambda on a fine grid is lower', () => {
    for (const confidence of [0.6, 0.95, 0.999]) {
      const { lvar, expectedCost, variance } = liquidityAdjustedVar(TASK, confidence)
      const z = (lvar - expectedCost) / Math.sqrt(variance)
      const grid = Array.from({ length: 400 }, (_, i) => 10 ** (-10 + i / 50))
      for (const each of executionFrontier(TASK, grid))
        expect(each.expectedCost + z * Math.sqrt(each.variance)).toBeGreaterThanOrEqual(lvar * (1 - 1e-12))
    }
    expect(liquidityAdjustedVar(TASK, 0.5).riskAversion).toBe(0)
  })
})
