/** Metrics against a benchmark. Pure. */
import { Growth, Moments, Pairs, Share } from './accumulators.ts'
import * as against from './benchmark.ts'
import { given, type MetricDefinition, type MetricInput, type MetricSettings, settingsOf, streamOf } from './metric.ts'
import { quotient } from './quotient.ts'
import { growthOf } from './returns.ts'

const BACON = 'C. R. Bacon, Practical Portfolio Performance Measurement and Attribution (2008)'
const GOODWIN = 'T. H. Goodwin, Financial Analysts Journal 54 (1998)'

const pair = ({ returns, benchmark }: MetricInput) => [returns, given('benchmark', benchmark)] as const
const ofPairs = (read: (moments: against.CoMoments, settings: MetricSettings) => number) => (settings: MetricSettings) => {
  const pairs = new Pairs()
  return streamOf([pairs], () => read(pairs.moments(), settings))
}
const active = (r: number, b: number): number => r - b

const captureStream = (side: 'up' | 'down') => () => {
  const counts = (_: number, b: number): boolean => (side === 'up' ? b > 0 : b <= 0)
  const all = new Pairs()
  const [own, theirs] = [new Growth((r) => r, counts), new Growth((_, b) => b, counts)]
  return streamOf([all, own, theirs], () => {
    all.moments()
    return against.captureOf(own.total(1), theirs.total(1), 1, 1)
  })
}

const shareStream = (counts: (b: number) => boolean, holds: (r: number, b: number) => boolean) => () => {
  const share = new Share((_, b) => counts(b), holds)
  return streamOf([share], () => share.share())
}

export const METRICS_OF_BENCHMARK: readonly MetricDefinition[] = [
  {
    name: 'beta',
    title: 'Beta',
    unit: 'ratio',
    better: 'neither',
    source: 'W. F. Sharpe, Journal of Finance 19 (1964)',
    needs: 'benchmark',
    compute: (input) => against.beta(...pair(input)),
    stream: ofPairs(against.slopeOf),
  },
  ...(['bull', 'bear'] as const).map((market): MetricDefinition => ({
    name: market === 'bull' ? 'bullBeta' : 'bearBeta',
    title: market === 'bull' ? 'Bull beta' : 'Bear beta',
    unit: 'ratio',
    better: 'neither',
    source: BACON,
    needs: 'benchmark',
    compute: (input) => against.beta(...pair(input), { riskFree: settingsOf(input).riskFree, market }),
    stream: ({ riskFree }) => {
      const pairs = new Pairs((b) => (market === 'bull' ? b > riskFree : b < riskFree))
      return streamOf([pairs], () => against.slopeOf(pairs.moments()))
    },
  })),
  {
    name: 'alpha',
    title: "Jensen's alpha per year",
    unit: 'fraction per year',
    better: 'higher',
    source: 'M. C. Jensen, Journal of Finance 23 (1968)',
    needs: 'benchmark',
    compute: (input) => against.alpha(...pair(input), settingsOf(input)),
    stream: ofPairs((moments, settings) => against.interceptOf(moments, settings)),
  },
  {
    name: 'benchmarkCorrelation',
    title: 'Correlation with the benchmark',
    unit: 'ratio',
    better: 'neither',
    source: BACON,
    needs: 'benchmark',
    compute: (input) => against.benchmarkCorrelation(...pair(input)),
    stream: ofPairs(against.correlationOf),
  },
  {
    name: 'rSquared',
    title: 'R squared of the benchmark',
    unit: 'ratio',
    better: 'neither',
    source: BACON,
    needs: 'benchmark',
    compute: (input) => against.rSquared(...pair(input)),
    stream: ofPairs((moments) => against.correlationOf(moments) ** 2),
  },
  {
    name: 'treynor',
    title: 'Treynor ratio',
    unit: 'ratio',
    better: 'higher',
    source: 'J. L. Treynor, Harvard Business Review 43 (1965)',
    needs: 'benchmark',
    compute: (input) => against.treynor(...pair(input), settingsOf(input)),
    stream: ({ riskFree, periodsPerYear }) => {
      const [pairs, growth] = [new Pairs(), new Growth((r) => r - riskFree)]
      return streamOf([pairs, growth], () =>
        quotient(growthOf(growth.total(), growth.count, periodsPerYear), against.slopeOf(pairs.moments()), 'the Treynor ratio'),
      )
    },
  },
  {
    name: 'activePremium',
    title: 'Active premium',
    unit: 'fraction per year',
    better: 'higher',
    source: BACON,
    needs: 'benchmark',
    compute: (input) => against.activePremium(...pair(input), settingsOf(input)),
    stream: ({ periodsPerYear }) => {
      const [own, theirs] = [new Growth(), new Growth((_, b) => b)]
      return streamOf([own, theirs], () => premiumOf(own, theirs, periodsPerYear))
    },
  },
  {
    name: 'trackingError',
    title: 'Tracking error',
    unit: 'fraction per year',
    better: 'lower',
    source: BACON,
    needs: 'benchmark',
    compute: (input) => against.trackingError(...pair(input), settingsOf(input)),
    stream: ({ periodsPerYear }) => {
      const moments = new Moments(active)
      return streamOf([moments], () => moments.location().deviation * Math.sqrt(periodsPerYear))
    },
  },
  {
    name: 'informationRatio',
    title: 'Information ratio',
    unit: 'ratio',
    better: 'higher',
    source: `${GOODWIN}, compounded`,
    needs: 'benchmark',
    compute: (input) => against.informationRatio(...pair(input), settingsOf(input)),
    stream: ({ periodsPerYear }) => {
      const [moments, own, theirs] = [new Moments(active), new Growth(), new Growth((_, b) => b)]
      return streamOf([moments, own, theirs], () =>
        against.informationRatioOf(moments.location(), premiumOf(own, theirs, periodsPerYear), periodsPerYear),
      )
    },
  },
  {
    name: 'informationRatioArithmetic',
    title: 'Information ratio, added up',
    unit: 'ratio',
    better: 'higher',
    source: GOODWIN,
    needs: 'benchmark',
    compute: (input) => against.informationRatio(...pair(input), { ...settingsOf(input), convention: 'arithmetic' }),
    stream: ({ periodsPerYear }) => {
      const moments = new Moments(active)
      return streamOf([moments], () =>
        against.informationRatioOf(moments.location(), moments.mean * periodsPerYear, periodsPerYear),
      )
    },
  },
  {
    name: 'upCapture',
    title: 'Up capture',
    unit: 'ratio',
    better: 'higher',
    source: BACON,
    needs: 'benchmark',
    compute: (input) => against.capture(...pair(input), { side: 'up' }),
    stream: captureStream('up'),
  },
  {
    name: 'downCapture',
    title: 'Down capture',
    unit: 'ratio',
    better: 'lower',
    source: BACON,
    needs: 'benchmark',
    compute: (input) => against.capture(...pair(input), { side: 'down' }),
    stream: captureStream('down'),
  },
  {
    name: 'upNumber',
    title: 'Share of rising periods with a gain',
    unit: 'fraction',
    better: 'higher',
    source: BACON,
    needs: 'benchmark',
    compute: (input) => against.captureNumber(...pair(input), { side: 'up' }),
    stream: shareStream(
      (b) => b > 0,
      (r) => r > 0,
    ),
  },
  {
    name: 'downNumber',
    title: 'Share of falling periods with a loss',
    unit: 'fraction',
    better: 'lower',
    source: BACON,
    needs: 'benchmark',
    compute: (input) => against.captureNumber(...pair(input), { side: 'down' }),
    stream: shareStream(
      (b) => b < 0,
      (r) => r < 0,
    ),
  },
  {
    name: 'upPercent',
    title: 'Share of rising periods above the benchmark',
    unit: 'fraction',
    better: 'higher',
    source: BACON,
    needs: 'benchmark',
    compute: (input) => against.capturePercent(...pair(input), { side: 'up' }),
    stream: shareStream(
      (b) => b > 0,
      (r, b) => r > b,
    ),
  },
  {
    name: 'downPercent',
    title: 'Share of falling periods above the benchmark',
    unit: 'fraction',
    better: 'higher',
    source: BACON,
    needs: 'benchmark',
    compute: (input) => against.capturePercent(...pair(input), { side: 'down' }),
    stream: shareStream(
      (b) => b < 0,
      (r, b) => r > b,
    ),
  },
]

const premiumOf = (own: Growth, theirs: Growth, periodsPerYear: number): number =>
  growthOf(own.total(), own.count, periodsPerYear) - growthOf(theirs.total(), theirs.count, periodsPerYear)
