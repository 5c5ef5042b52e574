/** How the functions of `metrics` are called. */
import { createPrng, type Prng } from '../../src/core/random.ts'
import * as metrics from '../../src/math/metrics/index.ts'
import { type Callable, type Example, normals } from './example.ts'

const COUNT = 24
const returns = (prng: Prng): number[] => normals(prng, COUNT, 0.02, 0.002)
const trades = (prng: Prng): number[] => normals(prng, COUNT, 100, 10).map((each, i) => (i % 7 === 3 ? 0 : each))
const RATIO = 'a ratio over nothing is infinite where something was gained'
const SOME = 'the first value or episode may be missing'

const of = (covers: Callable, options?: object, more: Omit<Example, 'covers' | 'args'> = {}): Example => ({
  covers,
  args: (prng) => (options === undefined ? [returns(prng)] : [returns(prng), options]),
  ...more,
})
const ratio = (covers: Callable, options?: object): Example => of(covers, options, { infinite: RATIO })
const pairs = (covers: Callable, options?: object, more: Omit<Example, 'covers' | 'args'> = {}): Example => ({
  covers,
  args: (prng) => [returns(prng), returns(prng.fork('benchmark')), ...(options === undefined ? [] : [options])],
  ...more,
})
const results = (covers: Callable, options?: object, more: Omit<Example, 'covers' | 'args'> = {}): Example => ({
  covers,
  args: (prng) => (options === undefined ? [trades(prng)] : [trades(prng), options]),
  ...more,
})

const prices = (prng: Prng): number[] => {
  let price = 100
  return normals(prng, COUNT, 0.02).map((r) => (price *= 1 + r))
}

/** Bars whose extremes contain their ends. */
function bars(prng: Prng): Record<'open' | 'high' | 'low' | 'close', number[]> {
  const close = prices(prng)
  const open = close.map((price) => price * (1 + 0.01 * prng.normal()))
  const high = close.map((price, i) => Math.max(price, open[i]) * (1 + 0.01 * prng.float()))
  const low = close.map((price, i) => Math.min(price, open[i]) * (1 - 0.01 * prng.float()))
  return { open, high, low, close }
}
const ofBars = (covers: Callable): Example => ({ covers, args: (prng) => [bars(prng), { periodsPerYear: 365 }] })

export const metricsExamples: readonly Example[] = [
  { covers: metrics.simpleReturns, args: (prng) => [prices(prng)] },
  { covers: metrics.logReturns, args: (prng) => [prices(prng)] },
  of(metrics.toLogReturns),
  of(metrics.toSimpleReturns),
  of(metrics.wealthPath),
  of(metrics.cumulativeReturn),
  of(metrics.geometricMean),
  of(metrics.annualisedReturn, { periodsPerYear: 12 }),
  of(metrics.annualisedReturn, { periodsPerYear: 12, linking: 'arithmetic' }),
  { covers: metrics.compoundGrowth, args: () => [{ initial: 100, final: 130, duration: 400, year: 365 }] },
  {
    covers: metrics.overlappingReturns,
    args: (prng) => [returns(prng), 5],
  },

  of(metrics.volatility, { periodsPerYear: 365 }),
  of(metrics.meanAbsoluteDeviation),
  of(metrics.downsideDeviation, { target: 0.001, periodsPerYear: 365 }),
  of(metrics.downsideDeviation, { target: 0.001, denominator: 'subset' }),
  of(metrics.upsideRisk, { target: 0.001 }),
  of(metrics.semiDeviation, { periodsPerYear: 12 }),
  of(metrics.downsidePotential, { target: 0.001 }),
  of(metrics.upsidePotential, { target: 0.001 }),
  of(metrics.downsideFrequency, { target: 0.001 }),
  of(metrics.upsideFrequency, { target: 0.001 }),
  of(metrics.lowerPartialMoment, { target: 0.001, order: 3 }),
  ratio(metrics.volatilitySkewness, { target: 0.001 }),

  ratio(metrics.sharpe, { riskFree: 0.0001, periodsPerYear: 365 }),
  ratio(metrics.sharpe, { riskFree: 0.0001, periodsPerYear: 12, annualisation: 'geometric' }),
  ratio(metrics.sortino, { target: 0.0001, periodsPerYear: 365, adjusted: true }),
  ratio(metrics.omega, { target: 0.001 }),
  ratio(metrics.omegaSharpe, { target: 0.001 }),
  ratio(metrics.kappa, { target: 0.001, order: 3 }),
  ratio(metrics.upsidePotentialRatio, { target: 0.001 }),
  ratio(metrics.gainToPain),
  ratio(metrics.bernardoLedoit),
  ratio(metrics.dRatio),
  ratio(metrics.prospectRatio, { target: 0.001, aversion: 2 }),
  ratio(metrics.kellyOfReturns, { riskFree: 0.0001, share: 0.5 }),

  of(metrics.drawdownSeries),
  of(metrics.drawdownEpisodes, undefined, { missing: SOME }),
  { covers: metrics.worstDrawdowns, args: (prng) => [returns(prng), 3], missing: SOME },
  of(metrics.maximumDrawdown),
  of(metrics.averageDrawdown),
  of(metrics.averageDrawdownLength),
  of(metrics.averageRecovery),
  of(metrics.longestDrawdown),
  of(metrics.drawdownDeviation),
  of(metrics.ulcerIndex, { convention: 'quantstats' }),
  of(metrics.painIndex),
  of(metrics.conditionalDrawdown, { confidence: 0.9 }),
  ratio(metrics.calmar, { periodsPerYear: 12 }),
  ratio(metrics.sterling, { periodsPerYear: 12, excess: 0.1 }),
  ratio(metrics.burke, { periodsPerYear: 12 }),
  ratio(metrics.martin, { periodsPerYear: 12 }),
  ratio(metrics.painRatio, { periodsPerYear: 12 }),
  ratio(metrics.recoveryFactor),

  of(metrics.skewness, { kind: 'sample' }),
  of(metrics.kurtosis, { kind: 'sample', excess: true }),
  of(metrics.kurtosis),
  ratio(metrics.tailRatio, { share: 0.9 }),
  ratio(metrics.rachev, { upper: 0.1, lower: 0.2 }),
  ratio(metrics.outlierWinRatio, { share: 0.95 }),
  ratio(metrics.outlierLossRatio, { share: 0.05 }),

  of(metrics.historicalTailRisk, { confidence: 0.9, horizon: 5 }),
  of(metrics.historicalTailRisk, { confidence: 0.9, tail: 'order' }),
  of(metrics.weightedTailRisk, { confidence: 0.9, decay: 0.97 }),
  {
    covers: metrics.filteredTailRisk,
    args: (prng) => [returns(prng), normals(prng.fork('deviations'), COUNT, 0.002, 0.02), { current: 0.03, confidence: 0.9 }],
  },
  of(metrics.gaussianTailRisk, { confidence: 0.99, divisor: 'sample' }),
  of(metrics.studentTailRisk, { confidence: 0.99, freedom: 5 }),
  { covers: metrics.studentTailRisk, args: (prng) => [[...returns(prng), 0.2, -0.3], { confidence: 0.9 }] },
  of(metrics.cornishFisherTailRisk, { confidence: 0.99, horizon: 2 }),
  of(metrics.cornishFisherTailRisk, { confidence: 0.99, fallback: 'none' }),
  of(metrics.cornishFisherTailRisk, { confidence: 0.99, fallback: 'student' }),
  { covers: metrics.normalTailRisk, args: () => [{ mean: 0.001, deviation: 0.02 }, 0.99] },
  { covers: metrics.studentTailRiskOf, args: () => [{ mean: 0.001, deviation: 0.02, freedom: 4 }, 0.99] },
  { covers: metrics.isCornishFisherValid, args: () => [-0.5, 1.5] },
  { covers: metrics.returnsNeeded, args: () => [0.99] },

  results(metrics.winRate),
  results(metrics.averageWin),
  results(metrics.averageLoss),
  results(metrics.payoffRatio, undefined, { infinite: RATIO }),
  results(metrics.profitFactor, undefined, { infinite: RATIO }),
  results(metrics.expectancy, { zeros: 'counted' }),
  results(metrics.expectancy),
  results(metrics.kellyOfTrades, { share: 0.5 }),
  results(metrics.consecutiveWins),
  results(metrics.consecutiveLosses),
  ratio(metrics.commonSenseRatio),
  results(metrics.cpcIndex, undefined, { infinite: RATIO }),
  results(metrics.exposure),

  pairs(metrics.beta, { riskFree: 0.0001, market: 'bull' }),
  pairs(metrics.beta),
  pairs(metrics.alpha, { riskFree: 0.0001, periodsPerYear: 12 }),
  pairs(metrics.benchmarkCorrelation),
  pairs(metrics.rSquared),
  pairs(metrics.treynor, { riskFree: 0.0001, periodsPerYear: 12 }, { infinite: RATIO }),
  pairs(metrics.activePremium, { periodsPerYear: 12 }),
  pairs(metrics.trackingError, { periodsPerYear: 12 }),
  pairs(metrics.informationRatio, { periodsPerYear: 12 }, { infinite: RATIO }),
  pairs(metrics.informationRatio, { periodsPerYear: 12, convention: 'arithmetic' }, { infinite: RATIO }),
  pairs(metrics.capture, { side: 'up' }, { infinite: RATIO }),
  pairs(metrics.capture, { side: 'down', convention: 'empyrical', periodsPerYear: 12 }, { infinite: RATIO }),
  pairs(metrics.captureNumber, { side: 'up' }),
  pairs(metrics.capturePercent, { side: 'down' }),

  {
    covers: metrics.halfLife,
    args: (prng) => {
      let at = 0
      return [normals(prng, 60).map((noise) => (at = 0.6 * at + noise))]
    },
  },
  of(metrics.hurst),
  { covers: metrics.hurstOverWindows, args: (prng) => [normals(prng, 40, 0.02), { shortest: 5 }] },
  of(metrics.stability),
  of(metrics.autocorrelationPenalty),
  ratio(metrics.smartSharpe, { periodsPerYear: 365 }),
  ratio(metrics.smartSortino, { periodsPerYear: 365 }),

  {
    covers: metrics.parkinsonVolatility,
    args: (prng) => {
      const { high, low } = bars(prng)
      return [{ high, low }, { periodsPerYear: 365 }]
    },
  },
  ofBars(metrics.garmanKlassVolatility),
  ofBars(metrics.rogersSatchellVolatility),
  ofBars(metrics.yangZhangVolatility),

  { covers: metrics.riskOfRuin, args: () => [{ winRate: 0.45, payoff: 1.7, units: 20 }] },
  { covers: metrics.diffusionRuin, args: () => [{ growth: 0.001, deviation: 0.02, level: 0.6 }] },
  { covers: metrics.quantstatsRiskOfRuin, args: () => [{ winRate: 0.1, periods: 10 }] },
  {
    covers: metrics.simulatedRuin,
    args: (prng) => [returns(prng), { level: 0.9, periods: 40, paths: 50, exposure: 1.5 }],
    call: (values: number[], options: metrics.SimulatedRuinOptions) => metrics.simulatedRuin(values, options, createPrng(5)),
  },

  {
    covers: metrics.computeMetrics,
    args: (prng) => [
      {
        returns: normals(prng, 40, 0.02, 0.002),
        benchmark: normals(prng.fork('benchmark'), 40, 0.02),
        trades: trades(prng.fork('trades')),
        riskFree: 0.0001,
        target: 0.0002,
        periodsPerYear: 12,
        trials: { trials: 10, variance: 0.002 },
      },
    ],
    call: (input: metrics.MetricInput) => metrics.computeMetrics(input).map(({ value, reason }) => ({ value, reason })),
    missing: 'a metric that is not defined has a reason instead of a value, and the other way round',
    toleratesNonFinite: 'each metric that looks at it says so in its reason',
  },
]
