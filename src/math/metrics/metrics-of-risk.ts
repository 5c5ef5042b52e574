/** Metrics of spread, shape, tails and persistence. Pure. */
import { Moments, requireCount, Share, Sides } from './accumulators.ts'
import { type MetricDefinition, type MetricSettings, settingsOf, streamOf, type StreamingMetric } from './metric.ts'
import { autocorrelationPenalty, hurst, hurstOverWindows, stability } from './persistence.ts'
import {
  excessKurtosisOf,
  kurtosis,
  outlierLossRatio,
  outlierWinRatio,
  rachev,
  skewness,
  skewnessOf,
  tailRatio,
} from './shape.ts'
import * as spread from './spread.ts'
import { cornishFisherTailRisk, gaussianTailRisk, historicalTailRisk, normalTailRisk, type TailRisk } from './value-at-risk.ts'

const BACON = 'C. R. Bacon, Practical Portfolio Performance Measurement and Attribution (2008)'
const SORTINO = 'F. A. Sortino, R. van der Meer, Journal of Portfolio Management 17 (1991)'
const SHAPE = 'D. N. Joanes, C. A. Gill, The Statistician 47 (1998)'

type SideStream = (read: (sides: Sides, settings: MetricSettings) => number) => (settings: MetricSettings) => StreamingMetric
const ofSides: SideStream = (read) => (settings) => {
  const sides = new Sides(settings.target)
  return streamOf([sides], () => read(sides, settings))
}
const ofMoments = (read: (moments: Moments, settings: MetricSettings) => number) => (settings: MetricSettings) => {
  const moments = new Moments()
  return streamOf([moments], () => read(moments, settings))
}

/** A value at risk and its shortfall, of one method and confidence. */
function tailMetrics(
  method: { readonly name: string; readonly title: string; readonly source: string },
  percent: number,
  risk: (returns: ArrayLike<number>, confidence: number) => TailRisk,
  stream?: (moments: Moments, confidence: number) => TailRisk,
): MetricDefinition[] {
  const confidence = percent / 100
  const figures = [
    ['valueAtRisk', 'Value at risk', (each: TailRisk) => each.valueAtRisk],
    ['expectedShortfall', 'Expected shortfall', (each: TailRisk) => each.expectedShortfall],
  ] as const
  return figures.map(([name, title, of]) => ({
    name: `${name}${method.name}${percent}`,
    title: `${title} ${percent}%, ${method.title}`,
    unit: 'fraction',
    better: 'lower',
    source: method.source,
    needs: 'returns',
    compute: ({ returns }) => of(risk(returns, confidence)),
    ...(stream && { stream: ofMoments((moments) => of(stream(moments, confidence))) }),
  }))
}

const HISTORICAL = { name: 'Historical', title: 'historical', source: 'P. Jorion, Value at Risk (2006)' }
const GAUSSIAN = { name: 'Gaussian', title: 'Gaussian', source: 'P. Jorion, Value at Risk (2006)' }
const MODIFIED = {
  name: 'CornishFisher',
  title: 'Cornish-Fisher (historical where that is not valid)',
  source: 'K. Boudt, B. Peterson, C. Croux, Journal of Risk 11 (2008)',
}
const gaussianOf = (moments: Moments, confidence: number): TailRisk => {
  const { mean, deviation } = moments.location()
  return normalTailRisk({ mean, deviation: deviation * Math.sqrt((moments.count - 1) / moments.count) }, confidence)
}

export const METRICS_OF_RISK: readonly MetricDefinition[] = [
  {
    name: 'volatility',
    title: 'Annual volatility',
    unit: 'fraction per year',
    better: 'lower',
    source: BACON,
    needs: 'returns',
    compute: ({ returns, periodsPerYear }) => spread.volatility(returns, { periodsPerYear }),
    stream: ofMoments((moments, { periodsPerYear }) => moments.location().deviation * Math.sqrt(periodsPerYear)),
  },
  {
    name: 'downsideDeviation',
    title: 'Annual downside deviation',
    unit: 'fraction per year',
    better: 'lower',
    source: SORTINO,
    needs: 'returns',
    compute: (input) => spread.downsideDeviation(input.returns, settingsOf(input)),
    stream: ofSides((sides, { periodsPerYear }) => sides.deviation(sides.below()) * Math.sqrt(periodsPerYear)),
  },
  {
    name: 'semiDeviation',
    title: 'Annual semi-deviation',
    unit: 'fraction per year',
    better: 'lower',
    source: BACON,
    needs: 'returns',
    compute: ({ returns, periodsPerYear }) => spread.semiDeviation(returns, { periodsPerYear }),
  },
  {
    name: 'upsideRisk',
    title: 'Annual upside risk',
    unit: 'fraction per year',
    better: 'neither',
    source: BACON,
    needs: 'returns',
    compute: (input) => spread.upsideRisk(input.returns, settingsOf(input)),
    stream: ofSides((sides, { periodsPerYear }) => sides.deviation(sides.above()) * Math.sqrt(periodsPerYear)),
  },
  {
    name: 'downsidePotential',
    title: 'Downside potential',
    unit: 'fraction',
    better: 'lower',
    source: BACON,
    needs: 'returns',
    compute: (input) => spread.downsidePotential(input.returns, settingsOf(input)),
    stream: ofSides((sides) => sides.below().sum / sides.count),
  },
  {
    name: 'upsidePotential',
    title: 'Upside potential',
    unit: 'fraction',
    better: 'higher',
    source: BACON,
    needs: 'returns',
    compute: (input) => spread.upsidePotential(input.returns, settingsOf(input)),
    stream: ofSides((sides) => sides.above().sum / sides.count),
  },
  {
    name: 'downsideFrequency',
    title: 'Share of periods below the target',
    unit: 'fraction',
    better: 'lower',
    source: BACON,
    needs: 'returns',
    compute: (input) => spread.downsideFrequency(input.returns, settingsOf(input)),
    stream: ofSides((sides) => sides.below().count / sides.count),
  },
  {
    name: 'upsideFrequency',
    title: 'Share of periods above the target',
    unit: 'fraction',
    better: 'higher',
    source: BACON,
    needs: 'returns',
    compute: (input) => spread.upsideFrequency(input.returns, settingsOf(input)),
    stream: ofSides((sides) => sides.above().count / sides.count),
  },
  {
    name: 'meanAbsoluteDeviation',
    title: 'Mean absolute deviation',
    unit: 'fraction',
    better: 'lower',
    source: BACON,
    needs: 'returns',
    compute: ({ returns }) => spread.meanAbsoluteDeviation(returns),
  },
  {
    name: 'volatilitySkewness',
    title: 'Volatility skewness',
    unit: 'ratio',
    better: 'higher',
    source: BACON,
    needs: 'returns',
    compute: (input) => spread.volatilitySkewness(input.returns, settingsOf(input)),
    stream: ofSides((sides) => {
      const [up, down] = [sides.above().squares, sides.below().squares]
      return down === 0 ? (up > 0 ? Infinity : 0) : up / down
    }),
  },
  {
    name: 'skewness',
    title: 'Skewness',
    unit: 'ratio',
    better: 'higher',
    source: SHAPE,
    needs: 'returns',
    compute: ({ returns }) => skewness(returns),
    stream: ofMoments((moments) => skewnessOf(moments.central(), moments.count, 'population')),
  },
  {
    name: 'sampleSkewness',
    title: 'Skewness, bias corrected',
    unit: 'ratio',
    better: 'higher',
    source: `${SHAPE}, G1`,
    needs: 'returns',
    compute: ({ returns }) => skewness(returns, { kind: 'sample' }),
    stream: ofMoments((moments) => {
      requireCount(moments.count, 3)
      return skewnessOf(moments.central(), moments.count, 'sample')
    }),
  },
  {
    name: 'excessKurtosis',
    title: 'Excess kurtosis',
    unit: 'ratio',
    better: 'lower',
    source: SHAPE,
    needs: 'returns',
    compute: ({ returns }) => kurtosis(returns, { excess: true }),
    stream: ofMoments((moments) => excessKurtosisOf(moments.central(), moments.count, 'population')),
  },
  {
    name: 'sampleExcessKurtosis',
    title: 'Excess kurtosis, bias corrected',
    unit: 'ratio',
    better: 'lower',
    source: `${SHAPE}, G2`,
    needs: 'returns',
    compute: ({ returns }) => kurtosis(returns, { kind: 'sample', excess: true }),
    stream: ofMoments((moments) => {
      requireCount(moments.count, 4)
      return excessKurtosisOf(moments.central(), moments.count, 'sample')
    }),
  },
  {
    name: 'tailRatio',
    title: 'Tail ratio',
    unit: 'ratio',
    better: 'higher',
    source: 'empyrical 0.5.5',
    needs: 'returns',
    compute: ({ returns }) => tailRatio(returns),
  },
  {
    name: 'rachev',
    title: 'Rachev ratio 10%, 10%',
    unit: 'ratio',
    better: 'higher',
    source: 'S. Biglova, S. Ortobelli, S. Rachev, S. Stoyanov, Journal of Portfolio Management 31 (2004)',
    needs: 'returns',
    compute: ({ returns }) => rachev(returns),
  },
  {
    name: 'outlierWinRatio',
    title: 'Outlier win ratio',
    unit: 'ratio',
    better: 'neither',
    source: 'quantstats 0.0.81',
    needs: 'returns',
    compute: ({ returns }) => outlierWinRatio(returns),
  },
  {
    name: 'outlierLossRatio',
    title: 'Outlier loss ratio',
    unit: 'ratio',
    better: 'lower',
    source: 'quantstats 0.0.81',
    needs: 'returns',
    compute: ({ returns }) => outlierLossRatio(returns),
  },
  ...[95, 99].flatMap((percent) => [
    ...tailMetrics(HISTORICAL, percent, (returns, confidence) => historicalTailRisk(returns, { confidence })),
    ...tailMetrics(GAUSSIAN, percent, (returns, confidence) => gaussianTailRisk(returns, { confidence }), gaussianOf),
    ...tailMetrics(MODIFIED, percent, (returns, confidence) => cornishFisherTailRisk(returns, { confidence })),
  ]),
  {
    name: 'timeInMarket',
    title: 'Share of periods with a return',
    unit: 'fraction',
    better: 'neither',
    source: 'quantstats 0.0.81',
    needs: 'returns',
    compute: ({ returns }) => spread.upsideFrequency(returns) + spread.downsideFrequency(returns),
    stream: () => {
      const share = new Share(
        () => true,
        (r) => r !== 0,
      )
      return streamOf([share], () => share.share())
    },
  },
  {
    name: 'hurst',
    title: 'Hurst exponent, one range',
    unit: 'ratio',
    better: 'neither',
    source: 'H. E. Hurst, Transactions of the ASCE 116 (1951)',
    needs: 'returns',
    compute: ({ returns }) => hurst(returns),
  },
  {
    name: 'hurstOverWindows',
    title: 'Hurst exponent, over windows',
    unit: 'ratio',
    better: 'neither',
    source: 'B. B. Mandelbrot, J. R. Wallis, Water Resources Research 5 (1969)',
    needs: 'returns',
    compute: ({ returns }) => hurstOverWindows(returns),
  },
  {
    name: 'stability',
    title: 'Stability of growth (R squared)',
    unit: 'ratio',
    better: 'higher',
    source: 'empyrical 0.5.5',
    needs: 'returns',
    compute: ({ returns }) => stability(returns),
  },
  {
    name: 'autocorrelationPenalty',
    title: 'Autocorrelation penalty',
    unit: 'ratio',
    better: 'lower',
    source: 'quantstats 0.0.81',
    needs: 'returns',
    compute: ({ returns }) => autocorrelationPenalty(returns),
  },
]
