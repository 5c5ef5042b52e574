/**
 * The same strategy begun twice, once later than the other: how many bars until both have the same opinions for good.
 *
 * Positions are history, so the later run is shown the position of the earlier one: what remains is what indicators and state
 * remember. A third run, with its own position, tells how long that adds.
 */
import { runBacktest } from '../../backtest/run.ts'
import type { MarketInput } from '../../backtest/world.ts'
import { intervalOf } from '../../core/time.ts'
import type { Signal } from '../../domain/decision.ts'
import { rowAtOrAfter } from '../../storage/market-data/kline-table.ts'
import type { StrategyDefinition, StrategyView } from '../../strategy/strategy.ts'
import { mapColumns, requestOf } from '../run-setup.ts'
import type { RunSetup } from '../run-setup.ts'
import { DecisionLog } from './decision-log.ts'
import type { ShiftAnswer, UnlikeOpinion } from './tasks.ts'

/** Makes an instance of the definition for each run. */
export type Open = () => Promise<StrategyDefinition>

export async function compareStarts(setup: RunSetup, open: Open, start: number): Promise<Omit<ShiftAnswer, 'offences'>> {
  const positions: Positions = new Map()
  const early = signalsOf(setup, recording(await open(), positions), setup.markets)
  const later = setup.markets.map((market) => startingAt(market, start))
  const shown = signalsOf(setup, showing(await open(), positions), later)
  const own = signalsOf(setup, await open(), later)

  const symbols = setup.markets.map(({ spec }) => spec.symbol)
  const { length } = intervalOf(setup.interval)
  const barOf = (time: number): number => Math.max(0, Math.ceil((time - start) / length))
  const alike = lastUnlike(early, shown, start, symbols)
  const natural = lastUnlike(early, own, start, symbols)
  const end = Math.max(...later.map(({ bars }) => bars.openTime[bars.length - 1] + bars.duration[bars.length - 1]))
  return {
    kind: 'shift',
    bars: alike === undefined ? 0 : barOf(alike.time),
    barsWithOwnPosition: natural === undefined ? 0 : barOf(natural.time),
    length: barOf(end),
    opinionsAt: early.filter(({ time }) => time >= start).map(({ time }) => barOf(time)),
    last: alike,
    crashed: undefined,
  }
}

/** By instrument id, then by the time of the call: the position that was shown. */
type Positions = Map<string, Map<string, number>>

const keyOf = (interval: string, time: number): string => `${interval} ${time}`

function recording(definition: StrategyDefinition, positions: Positions): StrategyDefinition {
  return watched(definition, (id, interval, view) => {
    const own = positions.get(id) ?? new Map<string, number>()
    positions.set(id, own.set(keyOf(interval, view.time), view.position))
    return view
  })
}

function showing(definition: StrategyDefinition, positions: Positions): StrategyDefinition {
  return watched(definition, (id, interval, view) => {
    const position = positions.get(id)?.get(keyOf(interval, view.time)) ?? view.position
    return { time: view.time, position, isLong: position > 0, isShort: position < 0 }
  })
}

/** The definition with every view put through `look`. */
function watched(
  definition: StrategyDefinition,
  look: (instrument: string, interval: string, view: StrategyView) => StrategyView,
): StrategyDefinition {
  return {
    ...definition,
    create(context, params) {
      const instance = definition.create(context, params)
      const { id } = context.instrument
      return {
        get state() {
          return instance.state
        },
        onBar: (bar, view) => instance.onBar(bar, look(id, bar.interval.name, view)),
        onAnswer: (answer, view) => instance.onAnswer?.(answer, look(id, 'answer', view)),
      }
    },
  }
}

function signalsOf(setup: RunSetup, definition: StrategyDefinition, markets: readonly MarketInput[]): readonly Signal[] {
  let log: DecisionLog | undefined
  runBacktest(requestOf(setup, [definition], { markets, observers: (kernel) => [(log = new DecisionLog(kernel))] }))
  return log?.signals ?? []
}

/** Rows that open at or after `start`; a market that ends before it keeps its last row. */
function startingAt(market: MarketInput, start: number): MarketInput {
  const { bars, funding } = market
  const first = Math.min(bars.length - 1, rowAtOrAfter(bars.openTime, start))
  const later = (column: Float64Array): Float64Array => column.subarray(first)
  const settled = funding && rowAtOrAfter(funding.time, start)
  return {
    ...market,
    bars: { ...mapColumns(bars, later), length: bars.length - first, mark: bars.mark && mapColumns(bars.mark, later) },
    funding: funding && mapColumns(funding, (column) => column.subarray(settled)),
  }
}

/** Beyond this two convictions are two opinions. */
const CONVICTION = 1e-6

/** Opinions are alike when they are on the same side with the same conviction, quantity and stop, each to its last step. */
function alike(a: Signal, b: Signal): boolean {
  const stops = (a.stop === undefined) === (b.stop === undefined)
  return (
    Math.sign(a.direction) === Math.sign(b.direction) &&
    Math.abs(a.direction - b.direction) <= CONVICTION &&
    a.qty === b.qty &&
    stops &&
    // Rounded to the tick, a difference in the last digit of a float can be one tick.
    (a.stop === undefined || b.stop === undefined || Math.abs(a.stop - b.stop) <= Math.max(1, 1e-9 * a.stop))
  )
}

/** The last moment at or after `start` at which one has an opinion that the other has not. */
function lastUnlike(
  early: readonly Signal[],
  late: readonly Signal[],
  start: number,
  symbols: readonly string[],
): UnlikeOpinion | undefined {
  const key = ({ instrument, time }: Signal): string => `${instrument} ${time}`
  const from = (signals: readonly Signal[]): Map<string, Signal[]> =>
    Map.groupBy(
      signals.filter(({ time }) => time >= start),
      key,
    )
  const [a, b] = [from(early), from(late)]
  let last: UnlikeOpinion | undefined
  for (const at of new Set([...a.keys(), ...b.keys()])) {
    const [left, right] = [a.get(at) ?? [], b.get(at) ?? []]
    if (left.length === right.length && left.every((signal, i) => alike(signal, right[i]))) continue
    const [{ instrument, time }] = left.length > 0 ? left : right
    if (last === undefined || time > last.time)
      last = { time, symbol: symbols[instrument], early: left.at(0)?.reason, late: right.at(0)?.reason }
  }
  return last
}
