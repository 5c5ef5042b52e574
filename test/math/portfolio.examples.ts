/** How the functions of `portfolio` are called. */
import type { Prng } from '../../src/core/random.ts'
import { portfolio } from '../../src/math/index.ts'
import { type Example, normals, rowsOf } from './example.ts'

/** Monthly returns of a few assets. */
const returns = (prng: Prng, rows = 24, columns = 4): number[][] => rowsOf(prng, rows, columns, 0.03)

/** A covariance matrix with a diagonal that dominates. */
function covariance(prng: Prng, n = 4): number[][] {
  const rows = rowsOf(prng, 3 * n + 4, n, 0.05)
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (__, j) => {
      const products = rows.map((row) => row[i] * row[j])
      return products.reduce((total, each) => total + each, 0) / rows.length + (i === j ? 1e-4 : 0)
    }),
  )
}

function correlation(prng: Prng, n = 4): number[][] {
  const c = covariance(prng, n)
  return c.map((row, i) => row.map((each, j) => (i === j ? 1 : each / Math.sqrt(c[i][i] * c[j][j]))))
}

const positives = (prng: Prng, n: number): number[] => Array.from({ length: n }, () => 0.1 + prng.float())

/** Positive, adding up to one. */
function shares(prng: Prng, n: number): number[] {
  const raw = positives(prng, n)
  const total = raw.reduce((sum, each) => sum + each, 0)
  return raw.map((each) => each / total)
}

const means = (prng: Prng, n = 4): number[] => normals(prng, n, 0.005, 0.01)

const period = (prng: Prng): portfolio.AttributionPeriod => ({
  portfolioWeights: shares(prng, 3),
  benchmarkWeights: shares(prng, 3),
  portfolioReturns: normals(prng, 3, 0.05),
  benchmarkReturns: normals(prng, 3, 0.05),
})

const periods = (prng: Prng): portfolio.AttributionPeriods => {
  const singles = Array.from({ length: 4 }, () => period(prng))
  return {
    portfolioWeights: singles.map((each) => each.portfolioWeights),
    benchmarkWeights: singles.map((each) => each.benchmarkWeights),
    portfolioReturns: singles.map((each) => each.portfolioReturns),
    benchmarkReturns: singles.map((each) => each.benchmarkReturns),
  }
}

const factorModel = (prng: Prng): portfolio.FactorModel => ({
  loadings: rowsOf(prng, 4, 2),
  factorCovariance: covariance(prng, 2),
  specificVariances: positives(prng, 4).map((each) => 1e-3 * each),
})

const BOUNDS_MAY_BE_INFINITE = 'an infinite bound is none'

/** All kinds of constraints, none of which leaves no portfolio. */
const constraints = (prng: Prng): portfolio.PortfolioConstraints => ({
  lower: [-0.3, -0.2, 0, -0.1],
  upper: [0.6, 0.7, 0.8, 0.9],
  budget: 0.8,
  gross: 1.5,
  margin: { rates: [0.1, 0.2, 0.1, 0.1], limit: 0.4 },
  groups: [{ members: [0, 1], lower: -0.5, upper: 0.9, gross: 1.2 }],
  linear: [{ coefficients: normals(prng, 4), lower: -3, upper: 3 }],
  current: [0.2, 0.2, 0.2, 0.2],
  turnover: 1.4,
})

const bet = (prng: Prng): portfolio.BinaryBet => ({ probability: 0.4 + 0.2 * prng.float(), win: 1 + prng.float(), loss: 1 })

const discreteBet = (prng: Prng): portfolio.DiscreteBet => ({
  probabilities: shares(prng, 4),
  returns: [-0.3, -0.05, 0.04, 0.3].map((each) => each + 0.01 * prng.normal()),
})

const asset = (prng: Prng): portfolio.ContinuousBet => ({ mean: 0.1 + 0.02 * prng.normal(), volatility: 0.2, riskFree: 0.02 })

const estimators: readonly Example[] = [
  { covers: portfolio.sampleCovariance, args: (prng) => [returns(prng)] },
  { covers: portfolio.exponentialCovariance, args: (prng) => [returns(prng), { span: 12, centre: 'weighted-mean' }] },
  { covers: portfolio.exponentialCovariance, args: (prng) => [returns(prng), { decay: 0.94, centre: 'zero' }] },
  { covers: portfolio.semicovariance, args: (prng) => [returns(prng), { benchmark: 0.001 }] },
  { covers: portfolio.winsoriseColumns, args: (prng) => [returns(prng), { limit: 2 }] },
  { covers: portfolio.covarianceCondition, args: (prng) => [covariance(prng)] },
  { covers: portfolio.ledoitWolf, args: (prng) => [returns(prng)] },
  { covers: portfolio.oracleApproximatingShrinkage, args: (prng) => [returns(prng)] },
  { covers: portfolio.fixedShrinkage, args: (prng) => [returns(prng), 0.2] },
  { covers: portfolio.constantCorrelationShrinkage, args: (prng) => [returns(prng)] },
  { covers: portfolio.singleFactorShrinkage, args: (prng) => [returns(prng), { market: normals(prng, 24, 0.03) }] },
  { covers: portfolio.singleFactorShrinkage, args: (prng) => [returns(prng)] },
  { covers: portfolio.marchenkoPasturEdges, args: () => [100, 20, 0.8] },
  { covers: portfolio.noiseVariance, args: (prng) => [positives(prng, 5), 50, { bandwidth: 0.1 }] },
  { covers: portfolio.denoisedCovariance, args: (prng) => [covariance(prng), 40, { method: 'targeted', kept: 0.3 }] },
  { covers: portfolio.denoisedCovariance, args: (prng) => [covariance(prng), 40, { noise: 0.7, bandwidth: 0.02 }] },
]

const pair = (prng: Prng): readonly [number[], number[]] => {
  const x = normals(prng, 20)
  return [x, x.map((each) => each + prng.normal())]
}

const dependence: readonly Example[] = [
  { covers: portfolio.pearsonCorrelation, args: pair },
  { covers: portfolio.spearmanCorrelation, args: pair },
  { covers: portfolio.kendallCorrelation, args: pair },
  { covers: portfolio.exponentialCorrelation, args: (prng) => [...pair(prng), { decay: 0.9 }] },
  { covers: portfolio.exponentialCorrelation, args: (prng) => [...pair(prng), { span: 9 }] },
  { covers: portfolio.tailDependence, args: (prng) => [...pair(prng), { quantile: 0.2, tail: 'upper' }] },
  {
    covers: portfolio.rollingCorrelation,
    args: (prng) => [...pair(prng), 5],
    missing: 'a window in which one side does not vary has no correlation',
  },
  ...(['pearson', 'spearman', 'kendall', 'shrunk'] as const).map((method) => ({
    covers: portfolio.correlationMatrix,
    args: (prng: Prng) => [returns(prng), { method }],
  })),
  { covers: portfolio.correlationMatrix, args: (prng) => [returns(prng), { method: 'exponential', span: 10 }] },
  { covers: portfolio.correlationMatrix, args: (prng) => [returns(prng), { method: 'lower-tail', quantile: 0.25 }] },
]

const allocation: readonly Example[] = [
  { covers: portfolio.linkage, args: (prng) => [portfolio.correlationDistances(correlation(prng)), 'ward'] },
  { covers: portfolio.linkage, args: (prng) => [portfolio.correlationDistances(correlation(prng)), 'single'] },
  {
    covers: portfolio.leafOrder,
    args: (prng) => [portfolio.linkage(portfolio.correlationDistances(correlation(prng)))],
    toleratesNonFinite: 'heights and sizes say nothing of the order',
  },
  {
    covers: portfolio.cutTree,
    args: (prng) => [portfolio.linkage(portfolio.correlationDistances(correlation(prng))), { clusters: 2 }],
    toleratesNonFinite: 'heights and sizes are not asked for a number of clusters',
  },
  { covers: portfolio.correlationDistances, args: (prng) => [correlation(prng), 'euclidean'] },
  { covers: portfolio.correlationClusters, args: (prng) => [correlation(prng), { height: 0.5 }] },
  {
    covers: portfolio.hierarchicalRiskParity,
    args: (prng) => [covariance(prng), { linkage: 'average', correlation: correlation(prng) }],
  },
  { covers: portfolio.hierarchicalRiskParity, args: (prng) => [covariance(prng)] },
  { covers: portfolio.riskBudgeting, args: (prng) => [covariance(prng), positives(prng, 4), { sides: [1, -1, 1, 1] }] },
  { covers: portfolio.riskParity, args: (prng) => [covariance(prng)] },
  { covers: portfolio.inverseVolatility, args: (prng) => [covariance(prng)] },
  { covers: portfolio.inverseVariance, args: (prng) => [covariance(prng)] },
  { covers: portfolio.diversificationRatio, args: (prng) => [normals(prng, 4), covariance(prng)] },
  { covers: portfolio.impliedReturns, args: (prng) => [covariance(prng), shares(prng, 4), 3, { riskFree: 0.001 }] },
  {
    covers: portfolio.blackLitterman,
    args: (prng) => [
      covariance(prng),
      means(prng),
      { picks: rowsOf(prng, 2, 4), returns: normals(prng, 2, 0.01), confidences: [0.4, 0.8] },
      { tau: 0.1 },
    ],
  },
  {
    covers: portfolio.blackLitterman,
    args: (prng) => [
      covariance(prng),
      means(prng),
      { picks: rowsOf(prng, 2, 4), returns: normals(prng, 2, 0.01), uncertaintyMatrix: covariance(prng, 2) },
    ],
  },
  {
    covers: portfolio.minimumVariance,
    args: (prng) => [covariance(prng), constraints(prng)],
    toleratesNonFinite: BOUNDS_MAY_BE_INFINITE,
  },
  {
    covers: portfolio.meanVariance,
    args: (prng) => [
      means(prng),
      covariance(prng),
      { ...constraints(prng), riskAversion: 4, linearCost: 0.001, quadraticCost: [0.01, 0.02, 0.01, 0] },
    ],
    toleratesNonFinite: BOUNDS_MAY_BE_INFINITE,
  },
  {
    covers: portfolio.meanVariance,
    args: (prng) => [means(prng), covariance(prng), { budget: 'free', net: { lower: -0.5, upper: 0.5 }, lower: -1, upper: 1 }],
    toleratesNonFinite: BOUNDS_MAY_BE_INFINITE,
  },
  {
    covers: portfolio.maximumSharpe,
    args: (prng) => [means(prng), covariance(prng), { ...constraints(prng), riskFree: 0.001 }],
    toleratesNonFinite: BOUNDS_MAY_BE_INFINITE,
  },
  {
    covers: portfolio.maximumSharpe,
    args: (prng) => [means(prng), covariance(prng), { lower: -1, budget: 'free', gross: 2 }],
    toleratesNonFinite: BOUNDS_MAY_BE_INFINITE,
  },
  {
    covers: portfolio.maximumDiversification,
    args: (prng) => [covariance(prng), { upper: 0.5 }],
    toleratesNonFinite: BOUNDS_MAY_BE_INFINITE,
  },
  {
    covers: portfolio.efficientFrontier,
    args: (prng) => [means(prng), covariance(prng), { points: 4, upper: 0.7 }],
    toleratesNonFinite: BOUNDS_MAY_BE_INFINITE,
  },
  {
    covers: portfolio.efficientFrontier,
    args: (prng) => [[0.01, 0.02, 0.015, 0.012], covariance(prng), { targets: [0.012, 0.018] }],
  },
  { covers: portfolio.targetReturn, args: (prng) => [[0.01, 0.02, 0.015, 0.012], covariance(prng), 0.013, { exactly: true }] },
  { covers: portfolio.turnover, args: (prng) => [shares(prng, 4), shares(prng, 4)] },
  { covers: portfolio.driftedWeights, args: (prng) => [shares(prng, 4), normals(prng, 4, 0.05)] },
  { covers: portfolio.bandedWeights, args: (prng) => [shares(prng, 4), shares(prng, 4), 0.02] },
  { covers: portfolio.scaleToVolatility, args: (prng) => [shares(prng, 4), covariance(prng), 0.02, { gross: 1.5 }] },
]

const risk: readonly Example[] = [
  { covers: portfolio.volatilityDecomposition, args: (prng) => [normals(prng, 4), covariance(prng)] },
  ...(['var', 'es'] as const).flatMap((measure): Example[] => [
    {
      covers: portfolio.gaussianRiskDecomposition,
      args: (prng) => [shares(prng, 4), means(prng), covariance(prng), { measure, level: 0.95 }],
    },
    { covers: portfolio.modifiedRiskDecomposition, args: (prng) => [shares(prng, 4), returns(prng), { measure, level: 0.95 }] },
  ]),
  { covers: portfolio.historicalShortfallDecomposition, args: (prng) => [shares(prng, 4), returns(prng), { level: 0.9 }] },
  { covers: portfolio.factorRiskDecomposition, args: (prng) => [normals(prng, 4), factorModel(prng)] },
  { covers: portfolio.factorModelCovariance, args: (prng) => [factorModel(prng)] },
]

const attribution: readonly Example[] = [
  { covers: portfolio.brinsonAttribution, args: (prng) => [period(prng)] },
  { covers: portfolio.brinsonAttribution, args: (prng) => [period(prng), { model: 'brinson-hood-beebower' }] },
  { covers: portfolio.geometricAttribution, args: (prng) => [period(prng)] },
  { covers: portfolio.linkedGeometricAttribution, args: (prng) => [periods(prng)] },
  ...(['carino', 'menchero', 'grap', 'frongello'] as const).map((linking) => ({
    covers: portfolio.linkedAttribution,
    args: (prng: Prng) => [periods(prng), { linking }],
  })),
  ...(['carino', 'menchero', 'grap'] as const).map((method) => ({
    covers: portfolio.linkingFactors,
    args: (prng: Prng) => [normals(prng, 5, 0.05), normals(prng, 5, 0.05), method],
  })),
]

const kelly: readonly Example[] = [
  { covers: portfolio.kellyBinary, args: (prng) => [bet(prng)] },
  { covers: portfolio.kellyBinaryGrowth, args: (prng) => [bet(prng), 0.1] },
  { covers: portfolio.kellyDiscrete, args: (prng) => [discreteBet(prng), { allowShort: true }] },
  {
    covers: portfolio.kellyDiscrete,
    args: (prng) => [discreteBet(prng), { limit: 1.5 }],
    toleratesNonFinite: 'an infinite limit is none',
  },
  { covers: portfolio.kellyDiscreteGrowth, args: (prng) => [discreteBet(prng), 0.5] },
  { covers: portfolio.kellyContinuous, args: (prng) => [asset(prng)] },
  { covers: portfolio.kellyContinuousGrowth, args: (prng) => [asset(prng), 1.2] },
  { covers: portfolio.kellyGrowthShare, args: () => [0.5] },
  { covers: portfolio.kellyDrawdownProbability, args: () => [0.5, 0.7] },
  { covers: portfolio.kellyFractionForDrawdown, args: () => [0.7, 0.1] },
  { covers: portfolio.liquidationLeverage, args: () => [0.04, { deviations: 3, maintenanceMargin: 0.005 }] },
  { covers: portfolio.kellyPortfolio, args: (prng) => [means(prng), covariance(prng), { riskFree: 0.001 }] },
  {
    covers: portfolio.constrainedKelly,
    args: (prng) => [means(prng), covariance(prng), { riskFree: 0.001, lower: -1, gross: 2 }],
    toleratesNonFinite: BOUNDS_MAY_BE_INFINITE,
  },
  {
    covers: portfolio.kellyPortfolioGrowth,
    args: (prng) => [shares(prng, 4), means(prng), covariance(prng), { riskFree: 0.001 }],
  },
  { covers: portfolio.fractionalKelly, args: (prng) => [normals(prng, 3), 0.25] },
  {
    covers: portfolio.empiricalKelly,
    args: (prng) => [
      returns(prng, 20, 3).map((row) => row.map((each) => each + 0.01)),
      { upper: 3, gross: 4, shocks: [[-0.2, -0.3, -0.2]], leastWealth: 0.05 },
    ],
    toleratesNonFinite: BOUNDS_MAY_BE_INFINITE,
  },
  { covers: portfolio.jamesSteinMeans, args: (prng) => [means(prng), covariance(prng), 60] },
  { covers: portfolio.jamesSteinMeans, args: (prng) => [means(prng), covariance(prng), 60, { target: 0.01 }] },
  { covers: portfolio.jamesSteinMeans, args: (prng) => [means(prng), covariance(prng), 60, { target: 'minimum-variance' }] },
]

export const portfolioExamples: readonly Example[] = [
  ...estimators,
  ...dependence,
  ...allocation,
  ...risk,
  ...attribution,
  ...kelly,
]
