/** Metrics of wins and losses: of closed trades, and of periods. Pure. */
import { Wins } from './accumulators.ts'
import { refuseUnless } from '../guard.ts'
import { given, type MetricDefinition, streamOf } from './metric.ts'
import { quotient } from './quotient.ts'
import * as wins from './wins.ts'

const VINCE = 'R. Vince, Portfolio Management Formulas (1990)'

const ofWins = (read: (counts: wins.WinsAndLosses, state: Wins) => number) => () => {
  const state = new Wins()
  return streamOf([state], () => read(state.counts(), state))
}

const averageOf = (total: number, count: number): number => {
  refuseUnless(count > 0, 'no-denominator', 'there are none')
  return total / count
}

type Body = Pick<MetricDefinition, 'name' | 'title' | 'unit' | 'better' | 'source' | 'stream'> & {
  readonly of: (results: ArrayLike<number>) => number
}

const BODIES: readonly Body[] = [
  {
    name: 'winRate',
    title: 'Win rate',
    unit: 'fraction',
    better: 'higher',
    source: VINCE,
    of: (results) => wins.winRate(results),
    stream: ofWins(wins.winRateOf),
  },
  {
    name: 'averageWin',
    title: 'Average win',
    unit: 'value',
    better: 'higher',
    source: VINCE,
    of: wins.averageWin,
    stream: ofWins((counts) => averageOf(counts.won, counts.wins)),
  },
  {
    name: 'averageLoss',
    title: 'Average loss',
    unit: 'value',
    better: 'higher',
    source: VINCE,
    of: wins.averageLoss,
    stream: ofWins((counts) => -averageOf(counts.lost, counts.losses)),
  },
  {
    name: 'payoffRatio',
    title: 'Payoff ratio',
    unit: 'ratio',
    better: 'higher',
    source: VINCE,
    of: wins.payoffRatio,
    stream: ofWins(wins.payoffOf),
  },
  {
    name: 'profitFactor',
    title: 'Profit factor',
    unit: 'ratio',
    better: 'higher',
    source: VINCE,
    of: (results) => wins.profitFactor(results),
    stream: ofWins(({ won, lost }) => quotient(won, lost, 'the profit factor')),
  },
  {
    name: 'expectancy',
    title: 'Expectancy',
    unit: 'value',
    better: 'higher',
    source: VINCE,
    of: (results) => wins.expectancy(results),
    stream: ofWins(wins.expectancyOf),
  },
  {
    name: 'kellyOfTrades',
    title: 'Kelly fraction of trades',
    unit: 'fraction',
    better: 'neither',
    source: 'J. L. Kelly, Bell System Technical Journal 35 (1956)',
    of: (results) => wins.kellyOfTrades(results),
    stream: ofWins(wins.kellyOfCounts),
  },
  {
    name: 'cpcIndex',
    title: 'CPC index',
    unit: 'ratio',
    better: 'higher',
    source: 'quantstats 0.0.81',
    of: wins.cpcIndex,
    stream: ofWins(wins.cpcOf),
  },
  {
    name: 'consecutiveWins',
    title: 'Longest run of wins',
    unit: 'count',
    better: 'higher',
    source: VINCE,
    of: wins.consecutiveWins,
    stream: ofWins((_, state) => state.runs().wins),
  },
  {
    name: 'consecutiveLosses',
    title: 'Longest run of losses',
    unit: 'count',
    better: 'lower',
    source: VINCE,
    of: wins.consecutiveLosses,
    stream: ofWins((_, state) => state.runs().losses),
  },
]

const periodName = (name: string): string => `period${name.charAt(0).toUpperCase()}${name.slice(1)}`

export const METRICS_OF_TRADES: readonly MetricDefinition[] = [
  ...BODIES.map(({ of, ...body }): MetricDefinition => ({
    ...body,
    needs: 'trades',
    compute: ({ trades }) => of(given('list of trades', trades)),
  })),
  ...BODIES.filter(({ name }) => name !== 'profitFactor' && name !== 'kellyOfTrades').map(
    ({ of, ...body }): MetricDefinition => ({
      ...body,
      name: periodName(body.name),
      title: `${body.title} of periods`,
      unit: body.unit === 'value' ? 'fraction' : body.unit,
      needs: 'returns',
      compute: ({ returns }) => of(returns),
    }),
  ),
  {
    name: 'commonSenseRatio',
    title: 'Common sense ratio',
    unit: 'ratio',
    better: 'higher',
    source: 'quantstats 0.0.81',
    needs: 'returns',
    compute: ({ returns }) => wins.commonSenseRatio(returns),
  },
]
