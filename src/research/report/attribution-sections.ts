/**
 * The sections of a report page that tell whose the result is: the comparison with holding and with cash, the result by
 * strategy and symbol, regimes, what set the sizes, and the strategies' exposure. Reports without these parts lack the
 * sections.
 *
 * Pure.
 */
import type { ResultRow } from '../../backtest/attribution-result.ts'
import type { BacktestDocument } from '../../backtest/result.ts'
import { REGIMES } from '../../strategy/regimes/regimes.ts'
import { count, DASH, date, gain, gainPercent, percent, ratio, tone } from './format.ts'
import { caption, escaped, figure, head, left, right, table } from './markup.ts'
import type { Cell } from './markup.ts'
import { area, axisOf, curve, fewer, plot } from './plot.ts'

const CURVE_PIECES = 400

const section = (id: string, title: string, tag: string, body: string): string =>
  `<section id="${id}" aria-label="${escaped(title)}">${head(title, tag)}${body}</section>`

/** Names of what may be nobody's, or nothing's. */
export const strategyName = (strategy: string | null): string => strategy ?? 'no strategy'
export const symbolName = (symbol: string | null): string => symbol ?? 'no symbol'
export function regimeName(regime: string | null): string {
  if (regime === null) return 'not known yet'
  const known = REGIMES.find(({ id }) => id === regime)
  return known === undefined ? regime : `${regime} ${known.name}`
}

// ---- What else the capital could have done --------------------------------------------------------------------------------

/** `After costs it earned 4 %; buying and holding ... 12 % before costs; cash 0 %.` Empty where the report does not tell. */
export function comparisonWords({ comparisons, summary, symbols }: BacktestDocument): string {
  const held = comparisons?.find(({ name }) => name === 'buy-and-hold')
  if (held === undefined) return ''
  const contracts = symbols.filter(({ symbol }) => !symbol.startsWith('SPOT-'))
  const what =
    contracts.length === 1 ? `holding ${contracts[0].symbol}` : `holding all ${contracts.length} symbols in equal parts`
  return `After costs it earned ${gainPercent(summary.totalReturn)}; ${what} would have earned ${gainPercent(held.totalReturn)} before costs, cash 0%.`
}

export function comparisonSection(doc: BacktestDocument, tag: string): string {
  const { comparisons = [], summary } = doc
  if (comparisons.length === 0) return ''
  const rows = [{ name: 'this run', ...summary }, ...comparisons].map((row): readonly Cell[] => [
    left(NAMES[row.name] ?? row.name),
    right(gainPercent(row.totalReturn), tone(row.totalReturn)),
    right(gainPercent(row.cagr), tone(row.cagr)),
    row.sharpe === null
      ? { html: DASH, className: 'quiet', title: 'Not defined: the returns do not vary' }
      : right(ratio(row.sharpe)),
    right(row.maxDrawdown === 0 ? percent(0) : `-${percent(row.maxDrawdown)}`, row.maxDrawdown === 0 ? '' : 'loss'),
  ])
  const body = table({
    caption: caption(
      'The run after all costs; holding before any: equal parts of the capital, each in cash until its symbol has data.',
      tag,
    ),
    heads: [
      ['', 'l'],
      ['Total return', ''],
      ['CAGR', ''],
      ['Sharpe', ''],
      ['Max drawdown', ''],
    ],
    rows,
  })
  return section('comparison', 'Against holding and cash', tag, `<div class="card">${body}</div>`)
}

const NAMES: Readonly<Record<string, string>> = { 'this run': 'This run', 'buy-and-hold': 'Buy and hold', cash: 'Cash' }

// ---- Whose the result is ---------------------------------------------------------------------------------------------------

/** The parts as bars show them: what was booked but neither price, cost nor funding is one. */
const SHOWN = [
  ['price', 'price', (row: ResultRow) => Number(row.price)],
  ['slippage', 'slippage', (row: ResultRow) => Number(row.slippage)],
  ['fees', 'fees', (row: ResultRow) => Number(row.commission) + Number(row.liquidationFee)],
  ['funding', 'funding', (row: ResultRow) => Number(row.funding)],
  [
    'other',
    'interest, insurance, adjustments',
    (row: ResultRow) => Number(row.borrowInterest) + Number(row.insuranceCover) + Number(row.adjustment),
  ],
] as const

const ROWS_SHOWN = 20

export function attributionSection({ attribution }: Pick<BacktestDocument, 'attribution'>, tag: string): string {
  if (attribution === undefined) return ''
  const { total, byStrategy, bySymbol } = attribution
  const keys = SHOWN.filter(([, , of]) => [...byStrategy, ...bySymbol].some((row) => of(row) !== 0))
    .map(([name, words]) => `<span><i class="part-${name}"></i>${words}</span>`)
    .join('')
  const strategies = byStrategy.map((row) => ({ name: strategyName(row.strategy), row }))
  const symbols = bySymbol.map((row) => ({ name: symbolName(row.symbol), row }))
  const body = `<div class="card pad"><div class="keys">${keys}</div>${stacks('By strategy', strategies)}${stacks('By symbol', symbols)}</div>
<div class="card">${resultTable('What each strategy earned, and of what.', 'Strategy', strategies, total, tag)}</div>
<div class="card">${resultTable('The same by symbol.', 'Symbol', symbols, total, tag)}</div>
<p class="note">Adds up to the account's result exactly: ${figure(gain(total.result))}. Price is what the positions did at the prices of the decisions; what fills were worse by is slippage. In the bars, gains lie to the right of the line and losses to the left.</p>`
  return section('attribution', 'Whose result it is', tag, body)
}

interface Named {
  readonly name: string
  readonly row: ResultRow
}

const mostMoved = (rows: readonly Named[]): readonly Named[] =>
  rows.toSorted((a, b) => Math.abs(Number(b.row.result)) - Math.abs(Number(a.row.result))).slice(0, ROWS_SHOWN)

/** A line each: parts that earned to the right of zero, parts that cost to the left, all to one scale. */
function stacks(title: string, all: readonly Named[]): string {
  const rows = mostMoved(all)
  const sums = rows.map(({ row }) => {
    const values = SHOWN.map(([, , of]) => of(row))
    return [values.reduce((sum, v) => sum + Math.min(0, v), 0), values.reduce((sum, v) => sum + Math.max(0, v), 0)] as const
  })
  const low = Math.min(0, ...sums.map(([least]) => least))
  const high = Math.max(0, ...sums.map(([, most]) => most))
  const span = high - low
  if (!(span > 0)) return `<p class="empty">${escaped(title)}: nothing was earned or paid.</p>`
  const at = (value: number): string => `${(((value - low) / span) * 100).toFixed(2)}%`
  const size = (value: number): string => `${((Math.abs(value) / span) * 100).toFixed(2)}%`
  const lines = rows.map(({ name, row }) => {
    let [down, up] = [0, 0]
    const pieces = SHOWN.map(([part, words, of]) => {
      const value = of(row)
      if (value === 0) return ''
      const start = value < 0 ? (down += value) : up
      if (value > 0) up += value
      return `<i class="part-${part}" style="left:${at(start)};width:${size(value)}" title="${escaped(`${words} ${gain(String(value))}`)}"></i>`
    })
    return `<div class="stack"><b>${escaped(name)}</b><div>${pieces.join('')}<i class="zero" style="left:${at(0)}"></i></div><span class="${tone(row.result)}">${figure(gain(row.result))}</span></div>`
  })
  return `<figure class="plot stacks"><figcaption>${escaped(title)}</figcaption>${lines.join('')}</figure>`
}

function resultTable(words: string, first: string, all: readonly Named[], total: ResultRow, tag: string): string {
  const shown = mostMoved(all)
  const other = SHOWN[4][2]
  const withOther = all.some(({ row }) => other(row) !== 0)
  const cells = ({ name, row }: Named): readonly Cell[] => [
    left(name),
    right(gain(row.price), tone(row.price)),
    right(gain(row.slippage), tone(row.slippage)),
    right(gain(String(SHOWN[2][2](row))), tone(SHOWN[2][2](row))),
    right(gain(row.funding), tone(row.funding)),
    ...(withOther ? [right(gain(String(other(row))), tone(other(row)))] : []),
    right(gain(row.result), tone(row.result)),
  ]
  const rows = [...shown, { name: 'The account', row: total }]
  const cut = shown.length < all.length ? ` The ${shown.length} of ${all.length} that moved the result most.` : ''
  return table({
    caption: caption(words + cut, tag),
    className: 'costs-like',
    heads: [
      [first, 'l'],
      ['Price', ''],
      ['Slippage', ''],
      ['Fees', ''],
      ['Funding', ''],
      ...(withOther ? [['Other', ''] as const] : []),
      ['Result', ''],
    ],
    rows: rows.map(cells),
    rowClass: (i) => (i === rows.length - 1 ? 'total' : ''),
  })
}

// ---- Regimes ---------------------------------------------------------------------------------------------------------------

const STRIPS_SHOWN = 12

export function regimesSection({ attribution, regimes = [], period }: BacktestDocument, tag: string): string {
  if (attribution === undefined || regimes.length === 0) return ''
  const span = Math.max(1, period.toMs - period.fromMs)
  const strips = regimes.slice(0, STRIPS_SHOWN).map(({ symbol, stretches }) => {
    const pieces = stretches.map(([from, label], i) => {
      const to = stretches[i + 1]?.[0] ?? period.toMs
      const [start, width] = [((from - period.fromMs) / span) * 100, ((to - from) / span) * 100]
      return `<i class="regime-${escaped(label)}" style="left:${start.toFixed(3)}%;width:${width.toFixed(3)}%" title="${escaped(`${regimeName(label)}, ${date(from)} to ${date(to)}`)}"></i>`
    })
    return `<div class="stack strip"><b>${escaped(symbol)}</b><div>${pieces.join('')}</div></div>`
  })
  const present = attribution.byRegime.flatMap(({ regime }) => (regime === null ? [] : [regime]))
  const keys = present
    .map((label) => `<span><i class="regime-${escaped(label)}"></i>${escaped(regimeName(label))}</span>`)
    .join('')
  const rows = attribution.byRegime.map((row): readonly Cell[] => [
    left(regimeName(row.regime)),
    right(percent(row.timeShare)),
    right(gain(row.price), tone(row.price)),
    right(gain(String(Number(row.commission) + Number(row.slippage))), tone(Number(row.commission) + Number(row.slippage))),
    right(gain(row.funding), tone(row.funding)),
    right(gain(row.result), tone(row.result)),
  ])
  const body = `<div class="card pad"><div class="keys">${keys}</div><figure class="plot stacks">${strips.join('')}<div class="stack strip-dates"><b></b><div><span>${escaped(date(period.fromMs))}</span><span>${escaped(date(period.toMs))}</span></div></div></figure></div>
<div class="card">${table({
    caption: caption('What was earned while an instrument was in each regime. Time counts every symbol.', tag),
    heads: [
      ['Regime', 'l'],
      ['Time', ''],
      ['Price', ''],
      ['Fees and slippage', ''],
      ['Funding', ''],
      ['Result', ''],
    ],
    rows,
  })}</div><p class="note">A position is valued whenever its instrument's regime changes, so every stretch of its result belongs to one regime. The label was known at that time: it was made from bars that had closed.</p>`
  return section('regimes', 'Regimes', tag, body)
}

// ---- Sizes -----------------------------------------------------------------------------------------------------------------

export function sizingSection({ sizing = [] }: BacktestDocument, tag: string): string {
  if (sizing.length === 0) return ''
  const rows = sizing.map((row): readonly Cell[] => [
    left(row.bound),
    right(count(row.count)),
    right(percent(row.share)),
    { html: `<div class="meter"><i style="width:${(row.share * 100).toFixed(1)}%"></i></div>`, className: 'bar-cell' },
    left(date(row.firstMs)),
  ])
  const body = table({
    caption: caption(
      'Which of all constraints set the size of a position that somebody wanted, the smallest one each time.',
      tag,
    ),
    heads: [
      ['Constraint', 'l'],
      ['Times', ''],
      ['Share', ''],
      ['', ''],
      ['First', 'l'],
    ],
    rows,
  })
  return section('sizing', 'What set the sizes', tag, `<div class="card">${body}</div>`)
}

// ---- Exposure by strategy --------------------------------------------------------------------------------------------------

export function strategyExposureSection({ exposureByStrategy = [], period }: BacktestDocument, tag: string): string {
  const all = exposureByStrategy.filter(({ series }) => series.length > 1)
  // Of one strategy the section on exposure tells the same, bar by bar.
  if (all.length < 2) return ''
  const most = Math.max(...all.flatMap(({ series }) => series.map(([, gross]) => gross)), 1e-3)
  const least = Math.min(0, ...all.flatMap(({ series }) => series.map(([, , net]) => net)))
  const ticks = [0, 1 / 3, 2 / 3, 1].map((part) => {
    const at = period.fromMs + (period.toMs - period.fromMs) * part
    return { at, text: date(at) }
  })
  const frame = {
    x: { from: period.fromMs, to: Math.max(period.toMs, period.fromMs + 1), ticks },
    y: axisOf(least, most * 1.04, (value) => `${Number(value.toPrecision(3))}x`, 3),
  }
  const charts = all.map(({ strategy, series }) => {
    const gross = fewer(
      series.map(([time, value]) => [time, value] as const),
      CURVE_PIECES,
    )
    const net = fewer(
      series.map(([time, , value]) => [time, value] as const),
      CURVE_PIECES,
    )
    const name = strategyName(strategy)
    return `<div class="card pad low">${plot(
      {
        ...frame,
        kind: 'time',
        title: name,
        label: `Gross and net exposure of ${name} over time`,
        keys: [
          ['accent', 'gross'],
          ['ink line', 'net'],
        ],
      },
      area(frame, gross, 'accent') + curve(frame, net, 'ink'),
    )}</div>`
  })
  return section(
    'exposure-by-strategy',
    'Exposure by strategy',
    tag,
    `<div class="halves">${charts.join('')}</div><p class="note">At the ends of days, over the equity of the account, all to the same scale. Books of opposite sides count in both; the account holds their difference.</p>`,
  )
}

/** What these sections need beside the style of the page. */
export const ATTRIBUTION_STYLE = `
.stacks { margin: 14px 0 0; } .stack { display: grid; grid-template-columns: minmax(90px, 150px) 1fr minmax(80px, max-content); gap: 12px; align-items: center; margin: 6px 0; font-size: 13px; } .stack b { font-weight: 550; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } .stack > span { text-align: right; font-weight: 600; white-space: nowrap; } .stack > div { position: relative; height: 16px; background: var(--sunken); border-radius: 3px; } .stack i { position: absolute; top: 0; height: 100%; } .stack i.zero { width: 1px; background: var(--ink); top: -3px; height: 22px; }
.strip { grid-template-columns: minmax(90px, 150px) 1fr; } .strip-dates { grid-template-columns: minmax(90px, 150px) 1fr; } .strip-dates > div { background: none; display: flex; justify-content: space-between; color: var(--ink-3); font-size: 11.5px; }
.card.pad > .keys { display: flex; flex-wrap: wrap; gap: 2px 16px; font-size: 12.5px; color: var(--ink-3); } .card.pad > .keys i { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 6px; }
.part-price { background: var(--accent); } .part-slippage { background: var(--stop); } .part-fees { background: var(--candle-down); } .part-funding { background: var(--candle-up); } .part-other { background: var(--ink-3); }
.regime-R1 { background: #7bc8a4; } .regime-R2 { background: #2f9e6e; } .regime-R3 { background: #f0a58c; } .regime-R4 { background: #d4553a; } .regime-R5 { background: #a9b4c2; } .regime-R6 { background: #6f7f94; } .regime-R7 { background: #7a3ea8; } .regime-R8 { background: #e3c04e; }
tr.total th, tr.total td { font-weight: 680; border-top: 1px solid var(--line-strong); }
@media (max-width: 640px) { .stack { grid-template-columns: 84px 1fr; } .stack > span { grid-column: 2; margin-top: -4px; } }
`
