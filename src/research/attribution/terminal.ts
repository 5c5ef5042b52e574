/**
 * Whose a result is, on a terminal: the tables of `attribution` and of a run's own report.
 *
 * Text only; writes nothing.
 */
import { formatUnits, unitsOf } from '../../core/exact.ts'
import type { AttributionResult, ResultRow } from '../../backtest/attribution-result.ts'
import type { BrinsonEffects } from '../../portfolio/brinson.ts'
import { regimeName, strategyName, symbolName } from '../report/attribution-sections.ts'
import { gain, gainPercent, percent } from '../report/format.ts'
import { heading, pageOfBlocks, painted, penOf } from '../report/terminal-frame.ts'
import type { Pen, TerminalOptions } from '../report/terminal-frame.ts'
import { printable, textTable, wrap } from '../report/text-table.ts'
import type { Column } from '../report/text-table.ts'
import type { AttributedRun } from './report-file.ts'

export const VIEWS = ['strategy', 'symbol', 'regime', 'month'] as const
export type AttributionView = (typeof VIEWS)[number]

const ROWS_SHOWN = 20

interface Named {
  readonly name: string
  readonly row: ResultRow
}

export function renderAttribution(
  { run, attribution }: AttributedRun,
  effects: BrinsonEffects | undefined,
  { by, ...options }: TerminalOptions & { readonly by: AttributionView | undefined },
): string {
  const pen = penOf(options, run.synthetic)
  const views = by === undefined ? (['strategy', 'symbol', 'regime'] as const) : [by]
  return pageOfBlocks([
    [pen.c.bold(printable(run.strategy)), pen.c.dim(printable(run.path))],
    ...views.map((view) => resultBlock(attribution, view, pen)),
    [`All cells add up to the account's result exactly: ${gain(attribution.total.result)}`],
    holdingBlock(effects, pen),
  ])
}

/** A table of results, the account in its last line. */
export function resultBlock(attribution: AttributionResult, view: AttributionView, pen: Pen): string[] {
  const all = rowsOf(attribution, view)
  const shown = view === 'month' || all.length <= ROWS_SHOWN ? all : mostMoved(all)
  const cut = shown.length < all.length ? `: the ${shown.length} of ${all.length} that moved it most` : ''
  const money = (title: string, of: (row: ResultRow) => number, expendable = 0): Column<Named> => ({
    title,
    align: 'right',
    text: ({ row }) => gain(String(of(row))),
    paint: (text, { row }) => painted(text, of(row), pen),
    expendable,
  })
  const columns: readonly Column<Named>[] = [
    { title: TITLES[view], text: ({ name }) => name },
    money('Price', (row) => Number(row.price)),
    money('Slippage', (row) => Number(row.slippage), 1),
    money('Fees', (row) => Number(row.commission) + Number(row.liquidationFee)),
    money('Funding', (row) => Number(row.funding)),
    money('Other', (row) => Number(row.borrowInterest) + Number(row.insuranceCover) + Number(row.adjustment), 2),
    money('Result', (row) => Number(row.result)),
  ]
  const rows = [...shown, { name: 'The account', row: attribution.total }]
  return [heading(`Result by ${view}${cut}`, pen), ...textTable(rows, columns, { width: pen.width, dim: pen.c.dim })]
}

const TITLES: Readonly<Record<AttributionView, string>> = {
  strategy: 'Strategy',
  symbol: 'Symbol',
  regime: 'Regime',
  month: 'Month',
}

function rowsOf({ byStrategy, bySymbol, byRegime, months }: AttributionResult, view: AttributionView): readonly Named[] {
  switch (view) {
    case 'strategy':
      return byStrategy.map((row) => ({ name: strategyName(row.strategy), row }))
    case 'symbol':
      return bySymbol.map((row) => ({ name: symbolName(row.symbol), row }))
    case 'regime':
      return byRegime.map((row) => ({ name: `${regimeName(row.regime)} (${percent(row.timeShare)} of the time)`, row }))
    case 'month':
      return months.map(({ year, month, cells }) => ({ name: `${year}-${String(month).padStart(2, '0')}`, row: added(cells) }))
  }
}

const mostMoved = (rows: readonly Named[]): readonly Named[] =>
  rows.toSorted((a, b) => Math.abs(Number(b.row.result)) - Math.abs(Number(a.row.result))).slice(0, ROWS_SHOWN)

/** Exact: amounts are decimals of at most so many places. */
const PLACES = 18

function added(rows: readonly ResultRow[]): ResultRow {
  const sum = (of: (row: ResultRow) => string): string =>
    formatUnits(
      rows.reduce((total, row) => total + unitsOf(of(row), PLACES), 0n),
      PLACES,
    )
  return {
    result: sum(({ result }) => result),
    price: sum(({ price }) => price),
    slippage: sum(({ slippage }) => slippage),
    commission: sum(({ commission }) => commission),
    funding: sum(({ funding }) => funding),
    borrowInterest: sum(({ borrowInterest }) => borrowInterest),
    liquidationFee: sum(({ liquidationFee }) => liquidationFee),
    insuranceCover: sum(({ insuranceCover }) => insuranceCover),
    adjustment: sum(({ adjustment }) => adjustment),
  }
}

function holdingBlock(effects: BrinsonEffects | undefined, pen: Pen): string[] {
  const title = heading('Against holding all symbols in equal parts', pen)
  if (effects === undefined)
    return [title, ...wrap('Not defined: in some month the account had no equity, so its returns cannot be linked.', pen.width)]
  const { portfolioReturn, benchmarkReturn, excess, allocation, timing, besides } = effects
  const kinds = [
    ...allocation.map((each) => ({ kind: 'exposure', ...each })),
    ...timing.map((each) => ({ kind: 'timing', ...each })),
    ...besides.map((each) => ({ kind: 'costs', ...each })),
  ].filter(({ effect }) => effect !== 0)
  const shown = kinds.toSorted((a, b) => Math.abs(b.effect) - Math.abs(a.effect)).slice(0, ROWS_SHOWN)
  const columns: readonly Column<(typeof kinds)[number]>[] = [
    { title: 'Effect', text: ({ kind }) => kind },
    { title: 'Of', text: ({ name }) => name },
    {
      title: 'Share of return',
      align: 'right',
      text: ({ effect }) => gainPercent(effect),
      paint: (text, { effect }) => painted(text, effect, pen),
    },
  ]
  return [
    title,
    ...wrap(
      `The account returned ${gainPercent(portfolioReturn)} after costs, holding ${gainPercent(benchmarkReturn)} before costs: ${gainPercent(excess)} apart. Brinson-Fachler by months, linked after Carino; the effects add up to the difference.`,
      pen.width,
    ),
    ...textTable(shown, columns, { width: pen.width, dim: pen.c.dim }),
  ]
}
