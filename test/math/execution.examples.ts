/** How the functions of `execution` are called. */
import * as execution from '../../src/math/execution/index.ts'
import type { Prng } from '../../src/core/random.ts'
import type { Example } from './example.ts'

const task = (prng: Prng): execution.AlmgrenChrissTask => ({
  quantity: 1000 + 100 * prng.float(),
  horizon: 2,
  steps: 5,
  volatility: 0.9 + 0.1 * prng.float(),
  temporaryImpact: 2.5e-3,
  permanentImpact: 2.5e-4,
  fixedCost: 0.06,
  riskAversion: 1e-3 * (1 + prng.float()),
  drift: 0.02,
})

const fills = (prng: Prng, count = 14): execution.ImpactFills => {
  const quantity = Array.from({ length: count }, () => 1 + 50 * prng.float())
  const volume = quantity.map(() => 1000 * (1 + prng.float()))
  const volatility = quantity.map(() => 0.02 + 0.02 * prng.float())
  const impact = quantity.map((q, i) => 0.9 * volatility[i] * Math.sqrt(q / volume[i]) * Math.exp(0.2 * prng.normal()))
  return { quantity, volume, volatility, impact }
}

const halfLife = 'the half-life is not defined for lambda <= 0, and very slow decay has no finite one'

export const executionExamples: readonly Example[] = [
  { covers: execution.executionDecay, args: (prng) => [task(prng)], missing: halfLife },
  { covers: execution.optimalTrajectory, args: (prng) => [task(prng)], missing: halfLife },
  { covers: execution.executionCost, args: (prng) => [[1000, 700, 500, 200, 100, 0], task(prng)] },
  { covers: execution.firstTrade, args: (prng) => [task(prng)] },
  {
    covers: execution.executionFrontier,
    args: (prng) => [task(prng), [1e-5, 1e-4, 1e-3]],
    toleratesNonFinite: 'the risk aversion of the task is not looked at',
  },
  {
    covers: execution.liquidityAdjustedVar,
    args: (prng) => [task(prng), 0.95],
    toleratesNonFinite: 'the risk aversion of the task is not looked at',
  },
  {
    covers: execution.portfolioTrajectory,
    args: (prng) => [
      {
        quantities: [1000, -400 - 10 * prng.float()],
        horizon: 3,
        steps: 4,
        covariance: [
          [0.5, 0.1],
          [0.1, 0.6 + 0.1 * prng.float()],
        ],
        temporaryImpact: [
          [0.002, 0.0001],
          [0.0001, 0.001],
        ],
        permanentImpact: [0.0002, 0.0001],
        fixedCosts: [0.01, 0.02],
        riskAversion: 0.001,
      },
    ],
  },
  { covers: execution.roundToLots, args: (prng) => [[10.2, 7.3, 4.4 + prng.float(), 1.1], 0.5] },
  { covers: execution.participationSchedule, args: (prng) => [task(prng), [900, 1500, 2000, 1800, 2500], 0.2] },
  { covers: execution.toBasisPoints, args: (prng) => [0.001 * prng.float()] },
  { covers: execution.squareRootImpact, args: (prng) => [10 + prng.float(), 1000, 0.03, { coefficient: 0.9, exponent: 0.5 }] },
  {
    covers: execution.powerLawImpact,
    args: (prng) => [
      { quantity: 1e5 * (1 + prng.float()), dailyVolume: 2e6, outstanding: 1.5e8, volatility: 0.02, days: 0.2 },
      { gamma: 0.314, eta: 0.142, liquidityExponent: 0.25, temporaryExponent: 0.6 },
    ],
  },
  { covers: execution.calibrateImpact, args: (prng) => [fills(prng)] },
  { covers: execution.calibrateImpactRidge, args: (prng) => [fills(prng), [0, 0.1, 1, 10]] },
  {
    covers: execution.calibrateImpactCoefficient,
    args: (prng) => [fills(prng), { exponent: 0.5, method: 'ridge', penalty: 5, prior: 1 }],
  },
  { covers: execution.impactInterval, args: (prng) => [fills(prng), prng, { resamples: 20, confidence: 0.9 }] },
  { covers: execution.impactModel, args: (prng) => [fills(prng), { minimumFills: 5, prior: 1, noise: 0.0005, exponent: 0.5 }] },
  {
    covers: execution.impactError,
    args: (prng) => [fills(prng), 0.6, { minimumFills: 5, prior: 1, noise: 0.0005, exponent: 0.5 }],
  },
  {
    covers: execution.implementationShortfall,
    args: (prng) => [
      {
        side: 1,
        quantity: 10,
        decisionMid: 100,
        arrivalMid: 100.1,
        closingMid: 101 + prng.float(),
        prices: [100.2, 100.4, 100.5],
        quantities: [3, 2, 1 + prng.float()],
        mids: [100.1, 100.3, 100.4],
        spreads: [0.1, 0.1, 0.2],
        fees: 0.4,
        expectedImpact: 0.05,
      },
    ],
    missing: 'without a fill there is no average price',
  },
]
