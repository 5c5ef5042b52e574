/**
 * What several runs did in the time that they share, from their equity curves: figures on equal terms whatever their own
 * periods were, and daily returns side by side.
 *
 * Pure.
 */
import { annualisedVolatility, cagr, calmar, maxDrawdown, sharpe, sortino } from '../../math/performance.ts'
import type { ComparedRun } from './run-file.ts'

const DAY_MS = 86_400_000

export interface CommonPeriod {
  readonly fromMs: number
  readonly toMs: number
  /** First days since 1970 of the returns; one return a day for each run, `undefined` for a run that was ruined in it. */
  readonly firstDay: number
  readonly days: number
  readonly returns: readonly (Float64Array | undefined)[]
  readonly figures: readonly CommonFigures[]
  /** Each run's equity over its equity at the beginning. */
  readonly curves: readonly (readonly (readonly [timeMs: number, value: number])[])[]
}

export interface CommonFigures {
  readonly totalReturn: number | null
  readonly cagr: number | null
  readonly volatility: number | null
  readonly sharpe: number | null
  readonly sortino: number | null
  readonly calmar: number | null
  readonly maxDrawdown: number | null
}

/** `undefined` when there is no moment that all runs cover. */
export function commonPeriod(runs: readonly ComparedRun[]): CommonPeriod | undefined {
  const fromMs = Math.max(...runs.map(({ period }) => period.fromMs))
  const until = Math.min(...runs.map(({ period }) => period.toMs))
  if (!(fromMs < until)) return undefined
  const { firstDay, days } = sharedDays(runs, fromMs, until)
  const curves = runs.map((run) => curveOf(run, fromMs, until))
  const returns = curves.map((curve) => returnsOf(curve, firstDay, days))
  return {
    fromMs,
    toMs: until,
    firstDay,
    days,
    returns,
    figures: curves.map((curve, i) => figuresOf(curve, returns[i], until - fromMs)),
    curves: curves.map((curve) => (curve[0][1] > 0 ? curve.map(([time, value]) => [time, value / curve[0][1]] as const) : [])),
  }
}

/** UTC days that lie inside; a day cut by the beginning or end counts only when it is cut alike for all. */
function sharedDays(
  runs: readonly ComparedRun[],
  from: number,
  until: number,
): { readonly firstDay: number; readonly days: number } {
  const together = (of: (run: ComparedRun) => number): boolean => runs.every((run) => of(run) === of(runs[0]))
  const first = together(({ period }) => period.fromMs) ? Math.floor(from / DAY_MS) : Math.ceil(from / DAY_MS)
  const end = together(({ period }) => period.toMs) ? Math.ceil(until / DAY_MS) : Math.floor(until / DAY_MS)
  return { firstDay: first, days: Math.max(0, end - first) }
}

type Curve = readonly (readonly [timeMs: number, equity: number])[]

/** The equity at the beginning, then the points inside; points are stamped just before the end of their bar. */
function curveOf({ equity, initialCapital }: ComparedRun, from: number, until: number): Curve {
  let start = initialCapital
  const inside: (readonly [number, number])[] = []
  for (const point of equity) {
    if (point[0] <= from) start = point[1]
    else if (point[0] <= until) inside.push(point)
  }
  return [[from, start], ...inside]
}

function returnsOf(curve: Curve, firstDay: number, days: number): Float64Array | undefined {
  const returns = new Float64Array(days)
  let [before, next] = [curve[0][1], 0]
  for (; next < curve.length && curve[next][0] < firstDay * DAY_MS; next++) before = curve[next][1]
  for (let day = 0; day < days; day++) {
    const end = (firstDay + day + 1) * DAY_MS
    let value = before
    for (; next < curve.length && curve[next][0] < end; next++) value = curve[next][1]
    if (!(before > 0)) return undefined
    returns[day] = value / before - 1
    before = value
  }
  return returns
}

function figuresOf(curve: Curve, returns: Float64Array | undefined, durationMs: number): CommonFigures {
  const [initial, final] = [curve[0][1], curve[curve.length - 1][1]]
  const orNull = (value: number | undefined): number | null => value ?? null
  const growth = cagr({ initial, final, durationMs })
  const times = Float64Array.from(curve, ([time]) => time * 1_000)
  const fall =
    initial > 0
      ? maxDrawdown(
          times,
          Float64Array.from(curve, ([, value]) => value),
        ).fraction
      : undefined
  return {
    totalReturn: initial > 0 ? final / initial - 1 : null,
    cagr: orNull(growth),
    volatility: orNull(returns && annualisedVolatility(returns)),
    sharpe: orNull(returns && sharpe(returns)),
    sortino: orNull(returns && sortino(returns)),
    calmar: fall === undefined ? null : orNull(calmar({ cagr: growth, maxDrawdown: fall })),
    maxDrawdown: orNull(fall),
  }
}
