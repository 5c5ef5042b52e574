/** Metrics of drawdowns. Pure. */
import { Falls, type FallFigures, Growth, Moments } from './accumulators.ts'
import * as drawdowns from './drawdowns.ts'
import { type MetricDefinition, type MetricSettings, streamOf } from './metric.ts'
import { quotient } from './quotient.ts'
import { growthOf } from './returns.ts'

const MARTIN = "P. G. Martin, B. B. McCann, The Investor's Guide to Fidelity Funds (1989)"
const PACKAGE = 'R package PerformanceAnalytics 2.1.0'

const ofFalls = (read: (figures: FallFigures) => number) => () => {
  const falls = new Falls()
  return streamOf([falls], () => read(falls.figures()))
}

/** Annual growth over a figure of drawdowns. */
const growthOver =
  (what: string, read: (figures: FallFigures) => number) =>
  ({ periodsPerYear }: MetricSettings) => {
    const [falls, growth] = [new Falls(), new Growth()]
    return streamOf([falls, growth], () =>
      quotient(growthOf(growth.total(), growth.count, periodsPerYear), read(falls.figures()), what),
    )
  }

const perEpisode = (total: number, { episodes }: FallFigures): number => (episodes === 0 ? 0 : total / episodes)

export const METRICS_OF_DRAWDOWN: readonly MetricDefinition[] = [
  {
    name: 'maxDrawdown',
    title: 'Maximum drawdown',
    unit: 'fraction',
    better: 'lower',
    source: PACKAGE,
    needs: 'returns',
    compute: ({ returns }) => drawdowns.maximumDrawdown(returns),
    stream: ofFalls(({ deepest }) => deepest),
  },
  {
    name: 'averageDrawdown',
    title: 'Average drawdown',
    unit: 'fraction',
    better: 'lower',
    source: PACKAGE,
    needs: 'returns',
    compute: ({ returns }) => drawdowns.averageDrawdown(returns),
    stream: ofFalls((figures) => perEpisode(figures.depths, figures)),
  },
  {
    name: 'averageDrawdownLength',
    title: 'Average drawdown length',
    unit: 'periods',
    better: 'lower',
    source: PACKAGE,
    needs: 'returns',
    compute: ({ returns }) => drawdowns.averageDrawdownLength(returns),
    stream: ofFalls((figures) => perEpisode(figures.lengths, figures)),
  },
  {
    name: 'averageRecovery',
    title: 'Average recovery',
    unit: 'periods',
    better: 'lower',
    source: PACKAGE,
    needs: 'returns',
    compute: ({ returns }) => drawdowns.averageRecovery(returns),
    stream: ofFalls((figures) => perEpisode(figures.recoveries, figures)),
  },
  {
    name: 'longestDrawdown',
    title: 'Longest drawdown',
    unit: 'periods',
    better: 'lower',
    source: PACKAGE,
    needs: 'returns',
    compute: ({ returns }) => drawdowns.longestDrawdown(returns),
    stream: ofFalls(({ longest }) => longest),
  },
  {
    name: 'drawdownDeviation',
    title: 'Drawdown deviation',
    unit: 'fraction',
    better: 'lower',
    source: PACKAGE,
    needs: 'returns',
    compute: ({ returns }) => drawdowns.drawdownDeviation(returns),
    stream: ofFalls(({ squaredDepths, count }) => Math.sqrt(squaredDepths / count)),
  },
  {
    name: 'ulcerIndex',
    title: 'Ulcer index',
    unit: 'fraction',
    better: 'lower',
    source: MARTIN,
    needs: 'returns',
    compute: ({ returns }) => drawdowns.ulcerIndex(returns),
    stream: ofFalls(({ squares, count }) => Math.sqrt(squares / count)),
  },
  {
    name: 'painIndex',
    title: 'Pain index',
    unit: 'fraction',
    better: 'lower',
    source: PACKAGE,
    needs: 'returns',
    compute: ({ returns }) => drawdowns.painIndex(returns),
    stream: ofFalls(({ sum, count }) => sum / count),
  },
  {
    name: 'conditionalDrawdown95',
    title: 'Conditional drawdown at risk 95%',
    unit: 'fraction',
    better: 'lower',
    source: 'A. Chekhlov, S. Uryasev, M. Zabarankin, International Journal of Theoretical and Applied Finance 8 (2005)',
    needs: 'returns',
    compute: ({ returns }) => drawdowns.conditionalDrawdown(returns),
  },
  {
    name: 'calmar',
    title: 'Calmar ratio',
    unit: 'ratio',
    better: 'higher',
    source: 'T. W. Young, Futures 20 (1991)',
    needs: 'returns',
    compute: ({ returns, periodsPerYear }) => drawdowns.calmar(returns, { periodsPerYear }),
    stream: growthOver('the Calmar ratio', ({ deepest }) => deepest),
  },
  {
    name: 'sterling',
    title: 'Sterling ratio (excess 10%)',
    unit: 'ratio',
    better: 'higher',
    source: 'D. L. Kestner, Futures 25 (1996)',
    needs: 'returns',
    compute: ({ returns, periodsPerYear }) => drawdowns.sterling(returns, { periodsPerYear }),
    stream: growthOver('the Sterling ratio', ({ deepest }) => deepest + 0.1),
  },
  {
    name: 'burke',
    title: 'Burke ratio',
    unit: 'ratio',
    better: 'higher',
    source: 'G. Burke, Futures 23 (1994)',
    needs: 'returns',
    compute: ({ returns, periodsPerYear }) => drawdowns.burke(returns, { periodsPerYear }),
    stream: growthOver('the Burke ratio', ({ squaredDepths }) => Math.sqrt(squaredDepths)),
  },
  {
    name: 'martin',
    title: 'Martin ratio',
    unit: 'ratio',
    better: 'higher',
    source: MARTIN,
    needs: 'returns',
    compute: ({ returns, periodsPerYear }) => drawdowns.martin(returns, { periodsPerYear }),
    stream: growthOver('the Martin ratio', ({ squares, count }) => Math.sqrt(squares / count)),
  },
  {
    name: 'painRatio',
    title: 'Pain ratio',
    unit: 'ratio',
    better: 'higher',
    source: PACKAGE,
    needs: 'returns',
    compute: ({ returns, periodsPerYear }) => drawdowns.painRatio(returns, { periodsPerYear }),
    stream: growthOver('the pain ratio', ({ sum, count }) => sum / count),
  },
  {
    name: 'recoveryFactor',
    title: 'Recovery factor',
    unit: 'ratio',
    better: 'higher',
    source: 'quantstats 0.0.81',
    needs: 'returns',
    compute: ({ returns }) => drawdowns.recoveryFactor(returns),
    stream: () => {
      const [falls, moments] = [new Falls(), new Moments()]
      return streamOf([falls, moments], () =>
        quotient(Math.abs(moments.mean * moments.count), falls.figures().deepest, 'the recovery factor'),
      )
    },
  },
]
