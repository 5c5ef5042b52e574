/**
 * The rows of a finished attribution: by strategy, symbol, regime and month, what bound sizes, and what buying and holding
 * the same symbols would have done. Pure.
 */
import { formatUnits } from '../core/exact.ts'
import type { Money } from '../core/exact.ts'
import { civilOf, toMs } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import { cagr, DAYS_PER_YEAR, maxDrawdown, sharpe } from '../math/performance.ts'
import { dailyReturns, totalReturn } from '../math/returns.ts'
import { addParts, RESULT_PARTS, resultOf } from '../portfolio/attribution.ts'
import type { Activity, AttributionCell, ResultParts } from '../portfolio/attribution.ts'
import type { AttributionRecorder, MonthEnd } from './attribution-recorder.ts'
import type {
  AttributionResult,
  Comparison,
  MonthResult,
  RegimeResult,
  RegimeStretches,
  ResultRow,
  SizingRow,
  StrategyExposureSeries,
  StrategyResult,
} from './attribution-result.ts'
import type { BuyAndHold } from './buy-and-hold.ts'
import { thinned } from './thinned.ts'

export interface Attributed {
  readonly recorder: AttributionRecorder
  /** By instrument, and the decimals of the money. */
  readonly symbols: readonly string[]
  readonly scale: number
  /** By strategy instance: the strategy's name; nobody's is asked as -1. */
  strategyOf(index: number): string | null
  readonly held: BuyAndHold
  readonly from: Micros
  readonly to: Micros
  /** Annual. */
  readonly riskFree: number
}

export interface AttributionDocument {
  readonly attribution: AttributionResult
  readonly regimes: readonly RegimeStretches[]
  readonly sizing: readonly SizingRow[]
  readonly exposureByStrategy: readonly StrategyExposureSeries[]
  readonly comparisons: readonly Comparison[]
}

const SERIES_POINTS = 1_000

export function attributionDocument(run: Attributed): AttributionDocument {
  const cells = run.recorder.book.cells()
  const symbolOf = (instrument: number): string | null => run.symbols[instrument] ?? null
  const row = (parts: ResultParts): ResultRow => resultRow(parts, run.scale)
  return {
    attribution: {
      total: row(addParts(cells.map(({ parts }) => parts))),
      residual: '0',
      byStrategy: strategyRows(run, cells),
      bySymbol: grouped(cells, ({ instrument }) => symbolOf(instrument)).map(([symbol, parts]) => ({ symbol, ...row(parts) })),
      byRegime: regimeRows(run, cells),
      cells: grouped(cells, ({ strategy, instrument, regime }) =>
        JSON.stringify([run.strategyOf(strategy), symbolOf(instrument), labelOf(regime)]),
      ).map(([key, parts]) => {
        const [strategy, symbol, regime] = JSON.parse(key) as readonly (string | null)[]
        return { strategy, symbol, regime, ...row(parts) }
      }),
      months: monthRows(run),
    },
    regimes: run.symbols.flatMap((symbol, i) => {
      const stretches = run.recorder.stretches[i] ?? []
      return stretches.length === 0
        ? []
        : [{ symbol, stretches: stretches.map(([since, label]) => [toMs(since), label] as const) }]
    }),
    sizing: sizingRows(run),
    exposureByStrategy: exposureRows(run),
    comparisons: comparisons(run),
  }
}

const labelOf = (regime: string): string | null => (regime === '' ? null : regime)

/** In the order in which keys first appear. */
function grouped<K>(
  cells: readonly AttributionCell[],
  keyOf: (cell: AttributionCell) => K,
): readonly (readonly [K, ResultParts])[] {
  const groups = new Map<K, ResultParts[]>()
  for (const cell of cells) {
    const key = keyOf(cell)
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [cell.parts])
    else known.push(cell.parts)
  }
  return [...groups].map(([key, parts]) => [key, addParts(parts)] as const)
}

/** Slippage lies inside the price of an attribution; told apart, the price is what it was at the decisions. */
function resultRow(parts: ResultParts, scale: number): ResultRow {
  const text = (amount: bigint): string => formatUnits(amount, scale)
  return {
    result: text(resultOf(parts)),
    price: text(parts.price - parts.slippage),
    slippage: text(parts.slippage),
    commission: text(parts.commission),
    funding: text(parts.funding),
    borrowInterest: text(parts.borrowInterest),
    liquidationFee: text(parts.liquidationFee),
    insuranceCover: text(parts.insuranceCover),
    adjustment: text(parts.adjustment),
  }
}

function strategyRows({ recorder, scale, strategyOf }: Attributed, cells: readonly AttributionCell[]): readonly StrategyResult[] {
  const activity = recorder.book.activity()
  return grouped(cells, ({ strategy }) => strategyOf(strategy)).map(([strategy, parts]) => {
    const own = activity.filter((each) => strategyOf(each.strategy) === strategy)
    const sum = (of: (each: Activity) => bigint): string =>
      formatUnits(
        own.reduce((total, each) => total + of(each), 0n),
        scale,
      )
    const count = (of: (each: Activity) => number): number => own.reduce((total, each) => total + of(each), 0)
    return {
      strategy,
      trades: count(({ trades }) => trades),
      fills: count(({ fills }) => fills),
      crosses: count(({ crosses }) => crosses),
      turnover: sum(({ turnover }) => turnover),
      crossed: sum(({ crossed }) => crossed),
      ...resultRow(parts, scale),
    }
  })
}

/** Also regimes that were there and earned nothing. */
function regimeRows(
  { recorder, scale, symbols, from, to }: Attributed,
  cells: readonly AttributionCell[],
): readonly RegimeResult[] {
  const time = new Map<string, number>()
  const spend = (label: string, span: number): void => void time.set(label, (time.get(label) ?? 0) + span)
  symbols.forEach((_, i) => {
    const stretches = recorder.stretches[i] ?? []
    spend('', (stretches[0]?.[0] ?? to) - from)
    stretches.forEach(([since, label], at) => spend(label, (stretches[at + 1]?.[0] ?? to) - since))
  })
  const whole = (to - from) * symbols.length
  const results = new Map(grouped(cells, ({ regime }) => regime))
  const labels = [...new Set([...time.keys(), ...results.keys()])].toSorted()
  return labels.flatMap((label) => {
    const parts = results.get(label)
    const span = time.get(label) ?? 0
    if (parts === undefined && span <= 0) return []
    return [
      {
        regime: labelOf(label),
        timeShare: whole > 0 ? Math.max(0, span) / whole : 0,
        ...resultRow(parts ?? addParts([]), scale),
      },
    ]
  })
}

function monthRows(run: Attributed): readonly MonthResult[] {
  const { recorder, scale } = run
  return recorder.months.map((end, at) => {
    const before = recorder.months[at - 1]
    const { year, month } = civilOf(end.from)
    const earned = cellsOf(run, end, before)
    const already = before === undefined ? 0n : sumOf(before)
    const result = sumOf(end) - already
    return {
      year,
      month,
      equity: formatUnits(end.paidIn + already, scale),
      result: formatUnits(result, scale),
      cells: earned,
      symbols: symbolRows(run, end),
    }
  })
}

const sumOf = ({ cells }: MonthEnd): bigint => cells.reduce((sum, { parts }) => sum + resultOf(parts), 0n)

/** Since the month before; what did not move is left out. */
function cellsOf(run: Attributed, end: MonthEnd, before: MonthEnd | undefined): MonthResult['cells'] {
  const keyOf = ({ strategy, instrument }: AttributionCell): string =>
    JSON.stringify([run.strategyOf(strategy), run.symbols[instrument] ?? null])
  const earlier = new Map(grouped(before?.cells ?? [], keyOf))
  return grouped(end.cells, keyOf).flatMap(([key, parts]) => {
    const old = earlier.get(key)
    const moved = old === undefined ? parts : difference(parts, old)
    if (RESULT_PARTS.every((part) => moved[part] === 0n)) return []
    const [strategy, symbol] = JSON.parse(key) as readonly (string | null)[]
    return [{ strategy, symbol, ...resultRow(moved, run.scale) }]
  })
}

function difference(now: ResultParts, before: ResultParts): ResultParts {
  const moved = { ...now }
  for (const part of RESULT_PARTS) moved[part] = (now[part] - before[part]) as Money
  return moved
}

function symbolRows({ held, symbols }: Attributed, end: MonthEnd): MonthResult['symbols'] {
  const at = held.months.findIndex(({ from }) => from === end.from)
  // A month without a bar leaves every price where it was.
  const known = at >= 0 ? at : held.months.findLastIndex(({ from }) => from < end.from)
  const now = held.months[known]?.growth
  const then = (at >= 0 ? held.months[at - 1] : held.months[known])?.growth
  const growthOf = (growth: Float64Array | undefined, i: number): number => growth?.[i] ?? 1
  const worth = symbols.reduce((sum, _, i) => sum + growthOf(then, i), 0)
  return symbols.map((symbol, i) => ({
    symbol,
    exposure: end.days === 0 ? 0 : (end.exposure[i] ?? 0) / end.days,
    holdShare: worth > 0 ? growthOf(then, i) / worth : 0,
    change: growthOf(then, i) > 0 ? growthOf(now, i) / growthOf(then, i) - 1 : 0,
  }))
}

function sizingRows({ recorder: { bounds } }: Attributed): readonly SizingRow[] {
  const all = bounds.reduce((sum, { count }) => sum + count, 0)
  return bounds.map(({ name, count, firstTime }) => ({ bound: name, count, share: count / all, firstMs: toMs(firstTime) }))
}

function exposureRows({ recorder: { days }, strategyOf }: Attributed): readonly StrategyExposureSeries[] {
  const kept = thinned(
    Float64Array.from(days, ({ time }) => time),
    SERIES_POINTS,
  )
  const names = [...new Set(days.flatMap(({ strategies }) => strategies.map(({ strategy }) => strategyOf(strategy))))]
  return names.map((strategy) => ({
    strategy,
    series: Array.from(kept, (at) => {
      const { time, equity, strategies } = days[at]
      const own = strategies.filter((each) => strategyOf(each.strategy) === strategy)
      const share = (amounts: readonly Money[]): number =>
        equity > 0n ? rounded(Number(amounts.reduce((sum, amount) => sum + amount, 0n)) / Number(equity)) : 0
      return [toMs(time), share(own.map(({ gross }) => gross)), share(own.map(({ net }) => net))] as const
    }),
  }))
}

/** Six decimals are finer than any chart. */
const rounded = (value: number): number => Number(value.toFixed(6))

function comparisons({ held: { times, values }, from, to, riskFree }: Attributed): readonly Comparison[] {
  const final = values.at(-1) ?? 1
  const returns = dailyReturns(times, values, 1)
  return [
    {
      name: 'buy-and-hold',
      totalReturn: totalReturn({ initial: 1, final }) ?? null,
      cagr: cagr({ initial: 1, final, durationMs: toMs((to - from) as Micros) }) ?? null,
      sharpe: (returns && sharpe(returns, { riskFree: riskFree / DAYS_PER_YEAR })) ?? null,
      maxDrawdown: maxDrawdown(times, values, { time: from, equity: 1 }).fraction,
    },
    { name: 'cash', totalReturn: 0, cagr: 0, sharpe: null, maxDrawdown: 0 },
  ]
}
