/**
 * The workload W1m: ten contracts of W1's walk, merged by time, with every decision switched on; and its twin, W1's chain on
 * the same bars.
 */
import { rateOf } from '../src/core/exact.ts'
import type { Money } from '../src/core/exact.ts'
import { intervalOf } from '../src/core/time.ts'
import type { Duration } from '../src/core/time.ts'
import type { FundingSchedule } from '../src/backtest/timeline.ts'
import { World } from '../src/backtest/world.ts'
import type { MarketInput, WorldConfig } from '../src/backtest/world.ts'
import { instrumentId } from '../src/domain/instrument.ts'
import type { StrategySpec } from '../src/kernel/kernel.ts'
import { PORTFOLIO_DEFAULTS } from '../src/portfolio/settings.ts'
import type { VenueBars } from '../src/sim/venue-bars.ts'
import { PAIRS, STRATEGIES } from '../src/strategy/list.ts'
import type { AnyStrategy } from '../src/strategy/pair.ts'
import { readParameters } from '../src/strategy/parameters.ts'
import { REGIME_SETTINGS } from '../src/strategy/regimes/settings.ts'
import { MATRIX_SETTINGS } from '../src/strategy/strategy-manager.ts'
import { defaultsOf } from '../src/core/setting.ts'
import { eightHourly, randomWalk, w1Market, walkBars } from './w1-world.ts'

const SYMBOLS = 10
const FIRST_SEED = 42
const MINUTE_BARS = intervalOf('1m')

/** Settlements after which funding changes its sign, and its size: a pair enters and leaves again. */
const FUNDING_TURN = 30
const FUNDING = rateOf('0.0005')

/**
 * Ten contracts of nine bases. The last one is another contract of the ninth: the same prices, which is the second leg of the
 * pair, so that carry is there to be had.
 */
export function w1mMarkets(rows: number): readonly MarketInput[] {
  return Array.from({ length: SYMBOLS }, (_, i) => {
    const isSecondLeg = i === SYMBOLS - 1
    const base = 'ABCDEFGHI'[isSecondLeg ? i - 1 : i]
    const bars = walkBars(randomWalk(rows, FIRST_SEED + (isSecondLeg ? i - 1 : i)))
    const { spec, ...market } = w1Market(bars, fundingOf(bars, i === SYMBOLS - 2))
    const symbol = `${base}USDT${isSecondLeg ? '2' : ''}`
    return { ...market, spec: { ...spec, symbol, base: { name: base, scale: 8 } } }
  })
}

function fundingOf(bars: VenueBars, isPaid: boolean): FundingSchedule {
  const schedule = eightHourly(bars)
  if (isPaid) schedule.rate.forEach((_, i) => (schedule.rate[i] = Math.floor(i / FUNDING_TURN) % 2 === 0 ? FUNDING : -FUNDING))
  return schedule
}

const definitionOf = (name: string): AnyStrategy => [...STRATEGIES, ...PAIRS].filter((each) => each.name === name)[0]

function strategy(name: string, extra: Partial<StrategySpec> = {}, given: Record<string, string> = {}): StrategySpec {
  const definition = definitionOf(name)
  return { definition, params: readParameters(name, definition.parameters, given), interval: MINUTE_BARS, account: 0, ...extra }
}

type Extra = Pick<WorldConfig, 'observers' | 'modelDesk'>

const none = 0 as Duration

function worldOf(config: Pick<WorldConfig, 'markets' | 'strategies' | 'risk'> & Partial<WorldConfig>): World {
  return new World({
    runId: 'benchmrk',
    seed: 42,
    capital: (10n ** 15n) as Money,
    fills: { takerFee: rateOf('0.0004'), makerFee: rateOf('0.0002'), slippageBps: 0, participation: undefined, touch: false },
    latency: { order: none, report: none, data: none },
    allocation: { fraction: 0.9 },
    ...config,
  })
}

/** The twin: what W1 is, on ten markets. */
export const w1OnMany = (markets: readonly MarketInput[], extra: Extra = {}): World =>
  worldOf({
    markets,
    strategies: [strategy('ema-cross')],
    risk: { drawdown: { enabled: false }, loss: { enabled: false } },
    ...extra,
  })

/** Limits are checked and stop nobody: the workload shall go on to its end. */
const WIDE_LIMITS = {
  drawdown: { enabled: true, mild: 1, moderate: 1, severe: 1 },
  loss: { enabled: true, day: 1, week: 1 },
}

/** Everything on: four strategies, regimes at every bar, risk parity, limits, sizing. */
export function w1mWorld(markets: readonly MarketInput[], extra: Extra = {}): World {
  const [first, second] = markets.slice(-2).map(({ spec }) => instrumentId(spec))
  return worldOf({
    markets,
    strategies: [
      strategy('trend-following', { share: 0.25 }),
      strategy('mean-reversion', { share: 0.25 }),
      strategy('range-trading', { share: 0.25 }),
      strategy('funding-arbitrage', { share: 0.25, hedge: { account: 0, instruments: { [first]: second } } }),
    ],
    risk: WIDE_LIMITS,
    account: { leverage: 20, margin: 'cross' },
    manager: { matrix: defaultsOf(MATRIX_SETTINGS), conflict: 'net' },
    portfolio: { ...PORTFOLIO_DEFAULTS, method: 'risk-parity' },
    sizing: {},
    regimes: { ...defaultsOf(REGIME_SETTINGS), enabled: true },
    ...extra,
  })
}
