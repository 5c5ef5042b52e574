/** Metrics of growth and of reward for risk. Pure. */
import { requireVector } from '../guard.ts'
import { average } from '../numerics/statistics.ts'
import { Growth, Moments, Sides } from './accumulators.ts'
import { type MetricDefinition, settingsOf, streamOf } from './metric.ts'
import { smartSharpe, smartSortino } from './persistence.ts'
import { quotient } from './quotient.ts'
import * as ratios from './ratios.ts'
import { annualisedReturn, cumulativeReturn, geometricMean, growthOf } from './returns.ts'

const BACON = 'C. R. Bacon, Practical Portfolio Performance Measurement and Attribution (2008)'

export const METRICS_OF_RETURN: readonly MetricDefinition[] = [
  {
    name: 'cumulativeReturn',
    title: 'Cumulative return',
    unit: 'fraction',
    better: 'higher',
    source: BACON,
    needs: 'returns',
    compute: ({ returns }) => cumulativeReturn(returns),
    stream: () => {
      const growth = new Growth()
      return streamOf([growth], () => Math.expm1(growth.total(1)))
    },
  },
  {
    name: 'annualReturn',
    title: 'Annual return, compounded',
    unit: 'fraction per year',
    better: 'higher',
    source: BACON,
    needs: 'returns',
    compute: ({ returns, periodsPerYear }) => annualisedReturn(returns, { periodsPerYear }),
    stream: ({ periodsPerYear }) => {
      const growth = new Growth()
      return streamOf([growth], () => growthOf(growth.total(), growth.count, periodsPerYear))
    },
  },
  {
    name: 'annualReturnArithmetic',
    title: 'Annual return, added up',
    unit: 'fraction per year',
    better: 'higher',
    source: BACON,
    needs: 'returns',
    compute: ({ returns, periodsPerYear }) => annualisedReturn(returns, { periodsPerYear, linking: 'arithmetic' }),
    stream: ({ periodsPerYear }) => {
      const moments = new Moments()
      return streamOf([moments], () => moments.location().mean * periodsPerYear)
    },
  },
  {
    name: 'meanReturn',
    title: 'Mean return',
    unit: 'fraction',
    better: 'higher',
    source: BACON,
    needs: 'returns',
    compute: ({ returns }) => {
      requireVector('returns', returns, 2)
      return average(returns)
    },
    stream: () => {
      const moments = new Moments()
      return streamOf([moments], () => moments.location().mean)
    },
  },
  {
    name: 'geometricMean',
    title: 'Geometric mean return',
    unit: 'fraction',
    better: 'higher',
    source: BACON,
    needs: 'returns',
    compute: ({ returns }) => geometricMean(returns),
    stream: () => {
      const growth = new Growth()
      return streamOf([growth], () => Math.expm1(growth.total() / growth.count))
    },
  },
  {
    name: 'sharpe',
    title: 'Sharpe ratio',
    unit: 'ratio',
    better: 'higher',
    source: 'W. F. Sharpe, Journal of Portfolio Management 21 (1994)',
    needs: 'returns',
    compute: ({ returns, riskFree = 0, periodsPerYear }) => ratios.sharpe(returns, { riskFree, periodsPerYear }),
    stream: ({ riskFree, periodsPerYear }) => {
      const moments = new Moments()
      return streamOf([moments], () => ratios.sharpeOf(moments.location(riskFree), { riskFree, periodsPerYear }))
    },
  },
  {
    name: 'sharpeGeometric',
    title: 'Sharpe ratio, compounded',
    unit: 'ratio',
    better: 'higher',
    source: 'R package PerformanceAnalytics 2.1.0, SharpeRatio.annualized',
    needs: 'returns',
    compute: ({ returns, riskFree = 0, periodsPerYear }) =>
      ratios.sharpe(returns, { riskFree, periodsPerYear, annualisation: 'geometric' }),
    stream: ({ riskFree, periodsPerYear }) => {
      const [moments, growth] = [new Moments(), new Growth((r) => r - riskFree)]
      return streamOf([moments, growth], () =>
        ratios.geometricSharpeOf(moments.location(riskFree), growth.total(), growth.count, periodsPerYear),
      )
    },
  },
  {
    name: 'smartSharpe',
    title: 'Sharpe ratio over its autocorrelation penalty',
    unit: 'ratio',
    better: 'higher',
    source: 'quantstats 0.0.81',
    needs: 'returns',
    compute: ({ returns, riskFree = 0, periodsPerYear }) => smartSharpe(returns, { riskFree, periodsPerYear }),
  },
  {
    name: 'sortino',
    title: 'Sortino ratio',
    unit: 'ratio',
    better: 'higher',
    source: 'F. A. Sortino, R. van der Meer, Journal of Portfolio Management 17 (1991)',
    needs: 'returns',
    compute: (input) => ratios.sortino(input.returns, settingsOf(input)),
    stream: ({ target, periodsPerYear }) => {
      const [moments, sides] = [new Moments(), new Sides(target)]
      return streamOf([moments, sides], () =>
        ratios.sortinoOf(moments.mean, sides.deviation(sides.below()), { target, periodsPerYear }),
      )
    },
  },
  {
    name: 'adjustedSortino',
    title: 'Sortino ratio over the root of 2',
    unit: 'ratio',
    better: 'higher',
    source: 'quantstats 0.0.81, after J. D. Schwager',
    needs: 'returns',
    compute: (input) => ratios.sortino(input.returns, { ...settingsOf(input), adjusted: true }),
    stream: ({ target, periodsPerYear }) => {
      const [moments, sides] = [new Moments(), new Sides(target)]
      return streamOf(
        [moments, sides],
        () => ratios.sortinoOf(moments.mean, sides.deviation(sides.below()), { target, periodsPerYear }) / Math.SQRT2,
      )
    },
  },
  {
    name: 'smartSortino',
    title: 'Sortino ratio over its autocorrelation penalty',
    unit: 'ratio',
    better: 'higher',
    source: 'quantstats 0.0.81',
    needs: 'returns',
    compute: (input) => smartSortino(input.returns, settingsOf(input)),
  },
  {
    name: 'omega',
    title: 'Omega ratio',
    unit: 'ratio',
    better: 'higher',
    source: 'C. Keating, W. F. Shadwick, Journal of Performance Measurement 6 (2002)',
    needs: 'returns',
    compute: (input) => ratios.omega(input.returns, settingsOf(input)),
    stream: ({ target }) => {
      const sides = new Sides(target)
      return streamOf([sides], () => quotient(sides.above().sum, sides.below().sum, 'the Omega ratio'))
    },
  },
  {
    name: 'omegaSharpe',
    title: 'Omega-Sharpe ratio',
    unit: 'ratio',
    better: 'higher',
    source: 'H. Kazemi, T. Schneeweis, R. Gupta, Journal of Performance Measurement 8 (2004)',
    needs: 'returns',
    compute: (input) => ratios.omegaSharpe(input.returns, settingsOf(input)),
    stream: ({ target }) => {
      const sides = new Sides(target)
      return streamOf([sides], () => {
        const down = sides.below().sum
        return quotient(sides.above().sum - down, down, 'the Omega-Sharpe ratio')
      })
    },
  },
  {
    name: 'kappa3',
    title: 'Kappa of order 3',
    unit: 'ratio',
    better: 'higher',
    source: 'P. D. Kaplan, J. A. Knowles, Journal of Performance Measurement 8 (2004)',
    needs: 'returns',
    compute: (input) => ratios.kappa(input.returns, { target: settingsOf(input).target, order: 3 }),
  },
  {
    name: 'upsidePotentialRatio',
    title: 'Upside potential ratio',
    unit: 'ratio',
    better: 'higher',
    source: 'F. A. Sortino, R. van der Meer, A. Plantinga, Journal of Portfolio Management 26 (1999)',
    needs: 'returns',
    compute: (input) => ratios.upsidePotentialRatio(input.returns, { target: settingsOf(input).target }),
    stream: ({ target }) => {
      const sides = new Sides(target)
      return streamOf([sides], () => {
        const [up, down] = [sides.above(), sides.below()]
        const potential = up.count === 0 ? 0 : up.sum / up.count
        return quotient(potential, down.count === 0 ? 0 : Math.sqrt(down.squares / down.count), 'the upside potential ratio')
      })
    },
  },
  {
    name: 'gainToPain',
    title: 'Gain-to-pain ratio',
    unit: 'ratio',
    better: 'higher',
    source: 'J. D. Schwager, Hedge Fund Market Wizards (2012)',
    needs: 'returns',
    compute: ({ returns }) => ratios.gainToPain(returns),
    stream: () => {
      const sides = new Sides()
      return streamOf([sides], () => {
        const down = sides.below().sum
        return quotient(sides.above().sum - down, down, 'the gain-to-pain ratio')
      })
    },
  },
  {
    name: 'bernardoLedoit',
    title: 'Bernardo-Ledoit ratio (profit factor of periods)',
    unit: 'ratio',
    better: 'higher',
    source: 'A. E. Bernardo, O. Ledoit, Journal of Political Economy 108 (2000)',
    needs: 'returns',
    compute: ({ returns }) => ratios.bernardoLedoit(returns),
    stream: () => {
      const sides = new Sides()
      return streamOf([sides], () => quotient(sides.above().sum, sides.below().sum, 'the ratio'))
    },
  },
  {
    name: 'dRatio',
    title: 'd-ratio',
    unit: 'ratio',
    better: 'lower',
    source: 'P. Lavinio, The Hedge Fund Handbook (2000)',
    needs: 'returns',
    compute: ({ returns }) => ratios.dRatio(returns),
    stream: () => {
      const sides = new Sides()
      return streamOf([sides], () => {
        const [up, down] = [sides.above(), sides.below()]
        return quotient(down.count * down.sum, up.count * up.sum, 'the d-ratio')
      })
    },
  },
  {
    name: 'prospectRatio',
    title: 'Prospect ratio',
    unit: 'ratio',
    better: 'higher',
    source: BACON,
    needs: 'returns',
    compute: (input) => ratios.prospectRatio(input.returns, { target: settingsOf(input).target }),
    stream: ({ target }) => {
      const [zero, sides] = [new Sides(), new Sides(target)]
      return streamOf([zero, sides], () =>
        quotient(
          zero.above().sum - 2.25 * zero.below().sum - target,
          sides.count * sides.deviation(sides.below()),
          'the prospect ratio',
        ),
      )
    },
  },
  {
    name: 'kelly',
    title: 'Kelly fraction',
    unit: 'ratio',
    better: 'neither',
    source: 'E. O. Thorp, The Kelly Criterion in Blackjack, Sports Betting and the Stock Market (2006)',
    needs: 'returns',
    compute: ({ returns, riskFree = 0 }) => ratios.kellyOfReturns(returns, { riskFree }),
    stream: ({ riskFree }) => {
      const moments = new Moments()
      return streamOf([moments], () => ratios.kellyOf(moments.location(riskFree), riskFree, 1))
    },
  },
  {
    name: 'halfKelly',
    title: 'Half Kelly',
    unit: 'ratio',
    better: 'neither',
    source: 'E. O. Thorp, The Kelly Criterion in Blackjack, Sports Betting and the Stock Market (2006)',
    needs: 'returns',
    compute: ({ returns, riskFree = 0 }) => ratios.kellyOfReturns(returns, { riskFree, share: 0.5 }),
    stream: ({ riskFree }) => {
      const moments = new Moments()
      return streamOf([moments], () => ratios.kellyOf(moments.location(riskFree), riskFree, 0.5))
    },
  },
]
