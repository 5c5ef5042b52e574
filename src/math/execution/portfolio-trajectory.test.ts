/** Laws of trajectories of several assets: first-order conditions, agreement with one asset, and with independent assets. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { optimalTrajectory } from './almgren-chriss.ts'
import { portfolioTrajectory, type PortfolioTask } from './portfolio-trajectory.ts'

const between = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true })
const triple = (min: number, max: number): fc.Arbitrary<number[]> => fc.array(between(min, max), { minLength: 3, maxLength: 3 })

const tasks = fc
  .record({
    quantities: triple(-1000, 1000),
    horizon: between(0.5, 5),
    steps: fc.integer({ min: 1, max: 12 }),
    factor: triple(-1, 1),
    own: triple(0.01, 1),
    temporaryImpact: triple(0.001, 0.01),
    permanentImpact: triple(0, 0.0001),
    riskAversion: between(0, 0.1),
  })
  .map(({ factor, own, ...task }): PortfolioTask => ({
    ...task,
    covariance: factor.map((a, i) => factor.map((b, j) => a * b + (i === j ? own[i] : 0))),
  }))

describe('portfolio trajectories', () => {
  it('solve the first-order conditions', () => {
    fc.assert(
      fc.property(tasks, (task) => {
        const { holdings } = portfolioTrajectory(task)
        const tau = task.horizon / task.steps
        const [eta, gamma] = [task.temporaryImpact as number[], task.permanentImpact as number[]]
        for (let k = 1; k < task.steps; k++)
          for (let i = 0; i < 3; i++) {
            const h = (eta[i] - 0.5 * tau * gamma[i]) / tau
            const risk =
              task.riskAversion * tau * task.covariance[i][0] * holdings[k][0] +
              task.riskAversion * tau * task.covariance[i][1] * holdings[k][1] +
              task.riskAversion * tau * task.covariance[i][2] * holdings[k][2]
            const value = h * (2 * holdings[k][i] - holdings[k - 1][i] - holdings[k + 1][i]) + risk
            expect(Math.abs(value)).toBeLessThanOrEqual(1e-9 * (h + 1) * 1000)
          }
      }),
    )
  })

  it('of one asset are those of one asset', () => {
    fc.assert(
      fc.property(tasks, (task) => {
        const eta = (task.temporaryImpact as number[])[0]
        const gamma = (task.permanentImpact as number[])[0]
        const one = optimalTrajectory({
          quantity: task.quantities[0],
          horizon: task.horizon,
          steps: task.steps,
          volatility: Math.sqrt(task.covariance[0][0]),
          temporaryImpact: eta,
          permanentImpact: gamma,
          riskAversion: task.riskAversion,
        })
        const many = portfolioTrajectory({
          ...task,
          quantities: [task.quantities[0]],
          covariance: [[task.covariance[0][0]]],
          temporaryImpact: [[eta]],
          permanentImpact: [gamma],
        })
        many.holdings.forEach(([x], k) => expect(Math.abs(x - one.holdings[k])).toBeLessThanOrEqual(1e-8 * 1000))
        expect(Math.abs(many.utility - one.utility)).toBeLessThanOrEqual(1e-8 * (1 + Math.abs(one.utility)))
      }),
    )
  })

  it('trade everything, and mirror one another', () => {
    fc.assert(
      fc.property(tasks, (task) => {
        const there = portfolioTrajectory(task)
        const back = portfolioTrajectory({ ...task, quantities: Array.from(task.quantities, (x) => -x) })
        for (let i = 0; i < 3; i++) {
          const total = there.trades.reduce((sum, row) => sum + row[i], 0)
          expect(Math.abs(total - task.quantities[i])).toBeLessThanOrEqual(1e-10 * 1000)
        }
        there.holdings.forEach((row, k) => row.forEach((x, i) => expect(back.holdings[k][i]).toBeCloseTo(-x, 9)))
        expect(back.utility).toBeCloseTo(there.utility, 6)
      }),
    )
  })
})
