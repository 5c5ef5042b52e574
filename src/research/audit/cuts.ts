/**
 * The moments at which the future is taken away or replaced: around closes of every interval in use, around funding, right at
 * decisions, and at random.
 *
 * Pure; chance comes from the given generator.
 */
import type { MarketInput } from '../../backtest/world.ts'
import type { Prng } from '../../core/random.ts'
import { barEnd, barStart, intervalOf } from '../../core/time.ts'
import type { Micros } from '../../core/time.ts'
import { rowAtOrAfter } from '../../storage/market-data/kline-table.ts'

export interface Cut {
  readonly time: number
  /** `decision`, `close of 1d`, `funding`, `random`. */
  readonly why: string
}

export interface CutRequest {
  readonly markets: readonly MarketInput[]
  /** Names of all intervals that the strategy listens to. */
  readonly intervals: readonly string[]
  /** Moments of the decisions of the undisturbed run, ascending. */
  readonly decisions: Float64Array
  /** About so many. */
  readonly count: number
  readonly prng: Prng
}

/** The share of the cuts that stand at decisions: there a changed future has something to change. */
const AT_DECISIONS = 0.5

/** In a fixed order, each moment once. */
export function chooseCuts({ markets, intervals, decisions, count, prng }: CutRequest): readonly Cut[] {
  const atDecisions = Math.max(4, Math.round(count * AT_DECISIONS))
  const rest = Math.max(4, count - atDecisions)
  const cuts = [
    ...decisionCuts(decisions, atDecisions, prng.fork('decisions')),
    ...intervals.flatMap((name) =>
      closeCuts(name, markets, Math.ceil(rest / 3 / 3 / intervals.length), prng.fork(`closes of ${name}`)),
    ),
    ...fundingCuts(markets, Math.ceil(rest / 3 / 3), prng.fork('funding')),
    ...randomCuts(markets, Math.ceil(rest / 3), prng.fork('random')),
  ]
  const seen = new Set<number>()
  return cuts.filter(({ time }) => !seen.has(time) && seen.add(time) !== undefined)
}

/** The first ones, where warm-up ends, and some of all others. */
function decisionCuts(decisions: Float64Array, count: number, prng: Prng): readonly Cut[] {
  const moments = [...new Set(decisions)]
  const first = moments.slice(0, Math.min(4, Math.ceil(count / 3)))
  const others = prng.shuffle(moments.slice(first.length)).slice(0, count - first.length)
  return [...first, ...others].map((time) => ({ time, why: 'decision' }))
}

/** Row ends: what is known at them is whole rows. */
const rowEnd = ({ bars }: MarketInput, row: number): number => bars.openTime[row] + bars.duration[row]

const pick = <T>(items: readonly T[], prng: Prng): T => items[prng.int(0, items.length - 1)]

/** The close itself, the row before it and the row after it. */
function closeCuts(name: string, markets: readonly MarketInput[], places: number, prng: Prng): readonly Cut[] {
  const interval = intervalOf(name)
  return Array.from({ length: places }, () => {
    const market = pick(markets, prng)
    const { openTime, length, duration } = market.bars
    const start = barStart(openTime[prng.int(0, length - 1)] as Micros, interval)
    const close = barEnd(start, interval)
    const row = Math.min(length - 1, Math.max(0, rowAtOrAfter(openTime, close) - 1))
    return [close - duration[row], close, close + duration[row]]
  })
    .flat()
    .map((time) => ({ time, why: `close of ${name}` }))
}

function fundingCuts(markets: readonly MarketInput[], places: number, prng: Prng): readonly Cut[] {
  const settled = markets.filter(({ funding }) => funding !== undefined && funding.time.length > 0)
  if (settled.length === 0) return []
  return Array.from({ length: places }, () => {
    const market = pick(settled, prng)
    const times = market.funding?.time ?? new Float64Array(0)
    const time = times[prng.int(0, times.length - 1)]
    const duration = market.bars.duration[0]
    return [time - duration, time, time + duration]
  })
    .flat()
    .map((time) => ({ time, why: 'funding' }))
}

function randomCuts(markets: readonly MarketInput[], count: number, prng: Prng): readonly Cut[] {
  return Array.from({ length: count }, () => {
    const market = pick(markets, prng)
    return { time: rowEnd(market, prng.int(0, market.bars.length - 1)), why: 'random' }
  })
}
