/**
 * The report of a backtest on a terminal: title, equity chart, figures, costs, symbols, last trades, warnings.
 *
 * Text only; writes nothing. Without colour the text holds no escape code at all.
 */
import type { StrategyResult } from '../../backtest/attribution-result.ts'
import { actionWords } from '../../backtest/risk-actions.ts'
import type { BacktestDocument, LimitRow, OpenPositionRow, SymbolSummary, TradeRow } from '../../backtest/result.ts'
import { limitVerb } from './analysis-sections.ts'
import { comparisonWords, strategyName } from './attribution-sections.ts'
import { BLANK, hangingChart, levelOf, lineChart } from './braille-chart.ts'
import type { Point, Scale } from './braille-chart.ts'
import {
  beforeCosts,
  count,
  DASH,
  date,
  decimal,
  duration,
  gain,
  gainPercent,
  intervals,
  minute,
  money,
  percent,
  percentage,
  price,
  ratio,
  span,
} from './format.ts'
import { axisRow, heading, pageOfBlocks, painted, penOf, timeAxis } from './terminal-frame.ts'
import type { Pen, TerminalOptions } from './terminal-frame.ts'
import { quantile } from './trade-groups.ts'
import { clip, displayWidth, pad, printable, textTable, wrap } from './text-table.ts'
import type { Column } from './text-table.ts'

const TRADES_SHOWN = 5
const SYMBOLS_SHOWN = 12
const POSITIONS_SHOWN = 8
const WARNINGS_SHOWN = 8
const LIMITS_SHOWN = 8
const ACTIONS_SHOWN = 6

/** The whole report, ending in a newline. */
export function renderTerminal(doc: BacktestDocument, options: TerminalOptions): string {
  const pen = penOf(options, doc.manifest.synthetic)
  const blocks = [
    title(doc, pen),
    ...(pen.synthetic ? [banner(pen)] : []),
    ...[equity, figures, comparison, symbols, strategies, closer, openPositions, trades, limits, warnings, footer].map((block) =>
      block(doc, pen),
    ),
  ]
  return pageOfBlocks(blocks)
}

function title(doc: BacktestDocument, { width, c }: Pen): string[] {
  const { name, params } = doc.manifest.strategy
  const settings = Object.entries(params)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')
  const subject = [
    doc.symbols.map((s) => s.symbol).join(', '),
    intervals(doc),
    span(doc.period),
    `${count(doc.period.bars)} bars`,
  ]
  const head = clip(printable(name), width)
  const room = width - displayWidth(head) - 2
  const beside = displayWidth(settings) <= room
  return [
    c.bold(head) + (beside && settings !== '' ? `  ${c.dim(printable(settings))}` : ''),
    ...(beside ? [] : wrap(printable(settings), width).map(c.dim)),
    ...wrap(printable(subject.filter((part) => part !== '').join(' · ')), width).map(c.cyan),
  ]
}

function banner({ width, c }: Pen): string[] {
  const texts = ['SYNTHETIC DATA', 'This market was generated, not recorded. Nothing here says what a real one would have paid.']
  const lines = texts.flatMap((text) => wrap(text, width - 4))
  if (!c.isColorSupported)
    return [`╔${'═'.repeat(width - 2)}╗`, ...lines.map((line) => `║ ${pad(line, width - 4)} ║`), `╚${'═'.repeat(width - 2)}╝`]
  return lines.map((line, i) => c.bgYellow(c.black(i === 0 ? c.bold(pad(`  ${line}`, width)) : pad(`  ${line}`, width))))
}

function equity(doc: BacktestDocument, pen: Pen): string[] {
  const { c, width } = pen
  const points = doc.equity.map(([time, text]): Point => [time, Number(text)]).filter((point) => Number.isFinite(point[1]))
  if (points.length < 2) return [heading('Equity', pen), c.dim('Not enough points for a chart.')]
  const capital = Number(doc.summary.initialCapital)
  const { low, high } = range(points, capital)
  const decimals = high - low < 10 ? 2 : 0
  const label = (value: number): string => decimal(value, decimals)
  const labelWidth = Math.max(displayWidth(label(low)), displayWidth(label(high)), 7)
  const columns = width - labelWidth - 2
  const rows = width > 100 ? 12 : 9

  const cells = lineChart(points, { columns, rows }, { low, high })
  const { row: capitalRow, cell: capitalCell } = levelOf(capital, rows, { low, high })
  const final = points[points.length - 1][1]
  const line = cells.map((row, y) => {
    const paint = y < capitalRow || (y === capitalRow && final >= capital) ? c.green : c.red
    return row.map((cell) => (cell !== BLANK ? paint(cell) : y === capitalRow ? c.dim(capitalCell) : cell)).join('')
  })
  const labelOf = (y: number): string => {
    if (y === capitalRow) return label(capital)
    if (y === 0) return label(high)
    if (y === rows - 1) return label(low)
    return Math.abs(y - capitalRow) > 1 && y === rows >> 1 ? label(high - ((high - low) * (y + 0.5)) / rows) : ''
  }
  return [
    heading('Equity and drawdown', pen),
    ...line.map((row, y) => axisRow(labelOf(y), y === capitalRow ? '┼' : '┤', row, labelWidth, c.dim)),
    ...drawdown(doc, points, { columns, labelWidth, rows: 3 }, pen),
    ...timeAxis(points, { columns, labelWidth }, c.dim),
    `${' '.repeat(labelWidth + 2)}${c.dim(money(String(capital)))} → ${c.bold(money(String(final)))}  ${painted(gainPercent(doc.summary.totalReturn), doc.summary.totalReturn, pen)}`,
  ]
}

/** All values and the capital; a flat curve gets a percent of room on both sides. */
function range(points: readonly Point[], capital: number): Scale {
  let [low, high] = [capital, capital]
  for (const [, value] of points) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  const room = low === high ? Math.max(Math.abs(low) / 100, 1) : 0
  return { low: low - room, high: high + room }
}

function drawdown(
  doc: BacktestDocument,
  points: readonly Point[],
  { columns, rows, labelWidth }: { readonly columns: number; readonly rows: number; readonly labelWidth: number },
  { c }: Pen,
): string[] {
  let peak = Number(doc.summary.initialCapital)
  const depths = points.map(([time, value]): Point => {
    peak = Math.max(peak, value)
    return [time, peak > 0 ? Math.max(0, 1 - value / peak) : 0]
  })
  const deepest = depths.reduce((most, [, depth]) => Math.max(most, depth), 0)
  if (deepest === 0) return []
  return hangingChart(depths, { columns, rows }, deepest).map((row, y) =>
    axisRow(y === 0 ? '0%' : y === rows - 1 ? `-${percent(deepest)}` : '', '┤', c.red(row.join('')), labelWidth, c.dim),
  )
}

/** Against holding and cash, in a sentence. */
const comparison = (doc: BacktestDocument, { width }: Pen): string[] => wrap(comparisonWords(doc), width)

/** Whose the result is, where several strategies made it. */
function strategies({ attribution }: BacktestDocument, pen: Pen): string[] {
  const rows = attribution?.byStrategy ?? []
  if (rows.length < 2) return []
  const money = (title: string, of: (row: StrategyResult) => number): Column<StrategyResult> => ({
    title,
    align: 'right',
    text: (row) => gain(String(of(row))),
    paint: (text, row) => painted(text, of(row), pen),
  })
  const columns: readonly Column<StrategyResult>[] = [
    { title: 'Strategy', text: (row) => strategyName(row.strategy) },
    { title: 'Trades', text: (row) => count(row.trades), align: 'right' },
    money('Price', (row) => Number(row.price) + Number(row.slippage)),
    money('Fees', (row) => Number(row.commission) + Number(row.liquidationFee)),
    money('Funding', (row) => Number(row.funding)),
    money('Result', (row) => Number(row.result)),
  ]
  return [heading('Strategies', pen), ...textTable(rows, columns, { width: pen.width, dim: pen.c.dim })]
}

type Figure = readonly [label: string, text: string, tone?: string | number | null]

function figures({ summary }: BacktestDocument, pen: Pen): string[] {
  const before = beforeCosts(summary)
  const groups: readonly (readonly [string, readonly Figure[]])[] = [
    [
      'Return',
      [
        ['Net profit', gain(summary.netProfit), summary.netProfit],
        ['Total return', gainPercent(summary.totalReturn), summary.totalReturn],
        ['CAGR', gainPercent(summary.cagr), summary.cagr],
        ['Initial capital', money(summary.initialCapital)],
        ['Final equity', money(summary.finalEquity)],
      ],
    ],
    [
      'Risk',
      [
        ['Max drawdown', summary.maxDrawdown === 0 ? percent(0) : `-${percent(summary.maxDrawdown)}`, -summary.maxDrawdown],
        ['  lasted', duration(summary.maxDrawdownDurationMs)],
        ['Sharpe', ratio(summary.sharpe)],
        ['Sortino', ratio(summary.sortino)],
        ['Calmar', ratio(summary.calmar)],
        ['Volatility', percent(summary.volatility)],
      ],
    ],
    [
      'Trades',
      [
        ['Closed trades', count(summary.trades)],
        ['Win rate', percent(summary.winRate)],
        ['Profit factor', ratio(summary.profitFactor)],
        ['Expectancy', gain(summary.expectancy), summary.expectancy],
        ['Exposure', percent(summary.exposure)],
        ['Turnover', summary.turnover === null ? DASH : `${decimal(summary.turnover, 1)}x`],
      ],
    ],
    [
      'Costs',
      [
        ['Before costs', gain(String(before)), before],
        ['Fees', gain(String(-Number(summary.fees))), -Number(summary.fees)],
        ['Funding', gain(summary.funding), summary.funding],
        ['Net profit', gain(summary.netProfit), summary.netProfit],
        ['Slippage in prices', money(summary.slippage)],
        ['Liquidations', count(summary.liquidations), -summary.liquidations],
      ],
    ],
  ]
  const across = pen.width >= 108 ? 4 : 2
  const gap = 4
  const cell = Math.floor((pen.width - gap * (across - 1)) / across)
  const lines: string[] = [heading('Summary', pen)]
  for (let first = 0; first < groups.length; first += across) {
    const row = groups.slice(first, first + across).map(([name, entries]) => figureLines(name, entries, cell, pen))
    const height = Math.max(...row.map((column) => column.length))
    if (first > 0) lines.push('')
    for (let i = 0; i < height; i++)
      lines.push(
        row
          .map((column) => column[i] ?? ' '.repeat(cell))
          .join(' '.repeat(gap))
          .trimEnd(),
      )
  }
  return lines
}

function figureLines(name: string, entries: readonly Figure[], width: number, pen: Pen): string[] {
  const { c } = pen
  return [
    c.cyan(pad(name, width)),
    ...entries.map(([label, text, value]) => {
      const dots = width - displayWidth(label) - displayWidth(text) - 2
      const leader = dots > 0 ? c.dim(` ${'·'.repeat(dots)} `) : ' '.repeat(Math.max(1, dots + 2))
      return `${label}${leader}${value === undefined ? text : painted(text, value, pen)}`
    }),
  ]
}

const sided = (text: string, side: 'long' | 'short', { c }: Pen): string => (side === 'long' ? c.green(text) : c.red(text))

function symbols(doc: BacktestDocument, pen: Pen): string[] {
  if (doc.symbols.length === 0) return []
  const columns: readonly Column<SymbolSummary>[] = [
    { title: 'Symbol', text: (row) => row.symbol },
    { title: 'Interval', text: (row) => row.interval, expendable: 3 },
    { title: 'Bars', text: (row) => count(row.bars), align: 'right', expendable: 2 },
    { title: 'Trades', text: (row) => count(row.trades), align: 'right' },
    { title: 'Win rate', text: (row) => percent(row.winRate), align: 'right' },
    {
      title: 'Net profit',
      text: (row) => gain(row.netProfit),
      align: 'right',
      paint: (text, row) => painted(text, row.netProfit, pen),
    },
    { title: 'Fees', text: (row) => money(row.fees), align: 'right' },
    { title: 'Funding', text: (row) => gain(row.funding), align: 'right', expendable: 1 },
    { title: 'Buy and hold', text: (row) => gainPercent(row.buyAndHold), align: 'right', expendable: 1 },
  ]
  // Of many symbols those that moved the result most, in their own order.
  const most = doc.symbols
    .toSorted((a, b) => Math.abs(Number(b.netProfit)) - Math.abs(Number(a.netProfit)))
    .slice(0, SYMBOLS_SHOWN)
  const shown = doc.symbols.filter((row) => most.includes(row))
  const name =
    shown.length < doc.symbols.length
      ? `Symbols: the ${shown.length} of ${doc.symbols.length} that moved the result most`
      : 'Symbols'
  return [heading(name, pen), ...textTable(shown, columns, { width: pen.width, dim: pen.c.dim })]
}

/** What stands behind the summary, a line each. */
function closer(doc: BacktestDocument, pen: Pen): string[] {
  if (doc.fills.length === 0) return []
  const lines: readonly (readonly [label: string, text: string])[] = [
    ['Costs', costWords(doc)],
    ['Months', monthWords(doc)],
    ['Drawdowns', drawdownWords(doc)],
    ['Exposure', exposureWords(doc)],
    ['Excursions', excursionLine(doc)],
  ]
  return [
    heading('Behind these figures', pen),
    ...lines.flatMap(([label, text]) =>
      text === '' ? [] : wrap(text, pen.width - 12).map((line, i) => `${pen.c.cyan(pad(i === 0 ? label : '', 12))}${line}`),
    ),
  ]
}

function costWords({ summary, costs }: BacktestDocument): string {
  const paid = Number(summary.fees) - Number(summary.funding)
  const before = beforeCosts(summary)
  const share =
    before > 0 && paid > 0
      ? `fees and funding took ${decimal((paid / before) * 100, paid / before < 0.1 ? 1 : 0)}% of the result before them; `
      : ''
  return `${share}fees ${decimal(costs.feesBps, 2)}, funding ${decimal(costs.fundingBps === null ? null : -costs.fundingBps, 2)}, slippage ${decimal(costs.slippageBps, 2)} bps of ${money(costs.notional)} traded`
}

function monthWords({ monthly }: BacktestDocument): string {
  const months = monthly.flatMap(({ year, returns }) =>
    returns.flatMap((value, i) => (value === null ? [] : [{ name: `${year}-${String(i + 1).padStart(2, '0')}`, value }])),
  )
  if (months.length < 2) return ''
  const order = months.toSorted((a, b) => b.value - a.value)
  const [best, worst] = [order[0], order[order.length - 1]]
  return `${months.filter(({ value }) => value > 0).length} of ${months.length} above 0, best ${gainPercent(best.value)} in ${best.name}, worst ${gainPercent(worst.value)} in ${worst.name}`
}

function drawdownWords({ drawdowns }: BacktestDocument): string {
  if (drawdowns.length === 0) return 'none'
  const [longest] = drawdowns
  const end = longest.recoveryMs === null ? 'not recovered' : `recovered ${date(longest.recoveryMs)}`
  return `the longest ${duration(longest.lengthMs)} and -${percent(longest.depth)}, from ${date(longest.peakMs)}, ${end}`
}

function exposureWords({ exposureStats: { maxGross, meanGross, meanNet } }: BacktestDocument): string {
  return `gross ${decimal(meanGross, 2)}x of the equity on average, ${decimal(maxGross, 2)}x at most; net ${decimal(meanNet, 2)}x on average`
}

function excursionLine({ trades: all }: BacktestDocument): string {
  const of = (won: boolean, at: 'maePct' | 'mfePct'): number | null =>
    quantile(
      all.flatMap((t) => (t.returnPct !== null && t.returnPct > 0 === won && t[at] !== null ? [t[at]] : [])),
      0.5,
    ) ?? null
  const [against, ahead] = [of(true, 'maePct'), of(false, 'mfePct')]
  return [
    ...(against === null ? [] : [`half of the winners stood at most ${percentage(against)} against their entry`]),
    ...(ahead === null ? [] : [`half of the losers had been ${percentage(ahead)} ahead`]),
  ].join('; ')
}

function openPositions(doc: BacktestDocument, pen: Pen): string[] {
  if (doc.openPositions.length === 0) return []
  const columns: readonly Column<OpenPositionRow>[] = [
    { title: 'Symbol', text: (row) => row.symbol },
    { title: 'Side', text: (row) => row.side, paint: (text, row) => sided(text, row.side, pen) },
    { title: 'Quantity', text: (row) => price(row.qty), align: 'right' },
    { title: 'Since', text: (row) => minute(row.entryTimeMs), expendable: 1 },
    { title: 'Entry', text: (row) => price(row.entryPrice), align: 'right' },
    { title: 'Mark', text: (row) => price(row.markPrice), align: 'right' },
    {
      title: 'Unrealised',
      text: (row) => gain(row.unrealisedPnl),
      align: 'right',
      paint: (text, row) => painted(text, row.unrealisedPnl, pen),
    },
  ]
  const shown = doc.openPositions.slice(0, POSITIONS_SHOWN)
  const name =
    shown.length < doc.openPositions.length ? `${shown.length} of ${doc.openPositions.length} open at the end` : 'Open at the end'
  return [heading(name, pen), ...textTable(shown, columns, { width: pen.width, dim: pen.c.dim })]
}

function trades(doc: BacktestDocument, pen: Pen): string[] {
  if (doc.trades.length === 0) return [heading('Trades', pen), pen.c.dim('No trade was closed.')]
  const columns: readonly Column<TradeRow>[] = [
    { title: '#', text: (row) => String(row.id), align: 'right', expendable: 2 },
    { title: 'Symbol', text: (row) => row.symbol },
    { title: 'Side', text: (row) => row.side, paint: (text, row) => sided(text, row.side, pen) },
    { title: 'Opened', text: (row) => minute(row.entryTimeMs), expendable: 4 },
    { title: 'Closed', text: (row) => minute(row.exitTimeMs), expendable: 1 },
    { title: 'Quantity', text: (row) => price(row.qty), align: 'right', expendable: 3 },
    { title: 'Entry', text: (row) => price(row.entryPrice), align: 'right' },
    { title: 'Exit', text: (row) => price(row.exitPrice), align: 'right' },
    { title: 'Net', text: (row) => gain(row.netPnl), align: 'right', paint: (text, row) => painted(text, row.netPnl, pen) },
    { title: 'Reason', text: (row) => row.exitReason },
  ]
  const last = doc.trades.slice(-TRADES_SHOWN)
  const name = last.length < doc.trades.length ? `Last ${last.length} of ${count(doc.trades.length)} trades` : 'Trades'
  return [heading(name, pen), ...textTable(last, columns, { width: pen.width, dim: pen.c.dim })]
}

/** What each limit, the levels of the drawdown and the kill switch did. */
function limits({ limits: rows, riskActions = [], summary }: BacktestDocument, pen: Pen): string[] {
  if (rows.length + riskActions.length === 0) return []
  const { c, width } = pen
  const columns: readonly Column<LimitRow>[] = [
    { title: 'Limit', text: (row) => row.rule },
    { title: 'Did', text: limitVerb },
    { title: 'Times', text: (row) => count(row.count), align: 'right' },
    { title: 'First', text: (row) => minute(row.firstMs), expendable: 1 },
    {
      title: 'Most at once',
      text: ({ largest }) => (largest === undefined ? DASH : money(largest.notional)),
      align: 'right',
    },
    { title: 'of', text: ({ largest }) => largest?.symbol ?? '', expendable: 2 },
  ]
  const hidden = rows.length - LIMITS_SHOWN
  const actions = riskActions.length > ACTIONS_SHOWN ? riskActions.slice(-ACTIONS_SHOWN) : riskActions
  return [
    heading('What limits did', pen),
    ...(rows.length === 0 ? [] : textTable(rows.slice(0, LIMITS_SHOWN), columns, { width, dim: c.dim })),
    ...(hidden > 0 ? [c.dim(`and ${count(hidden)} more`)] : []),
    ...(actions.length < riskActions.length ? [c.dim(`The last ${actions.length} of ${count(riskActions.length)}:`)] : []),
    ...actions.flatMap((row) =>
      wrap(printable(`${row.text}: ${actionWords(row)}`), width - 18).map(
        (line, i) => `${c.cyan(pad(i === 0 ? minute(row.timeMs) : '', 18))}${line}`,
      ),
    ),
    ...(summary.liquidations > 0 ? [c.red(`${count(summary.liquidations)} liquidated by the venue.`)] : []),
  ]
}

function warnings(doc: BacktestDocument, pen: Pen): string[] {
  if (doc.warnings.length === 0) return []
  const { c, width } = pen
  const more = doc.warnings.length - WARNINGS_SHOWN
  return [
    heading(doc.warnings.length === 1 ? '1 warning' : `${count(doc.warnings.length)} warnings`, pen),
    ...doc.warnings
      .slice(0, WARNINGS_SHOWN)
      .flatMap((warning) => wrap(printable(warning), width - 2).map((line, i) => `${i === 0 ? c.yellow('!') : ' '} ${line}`)),
    ...(more > 0 ? [c.dim(`  and ${count(more)} more`)] : []),
  ]
}

function footer(doc: BacktestDocument, { c }: Pen): string[] {
  return [
    c.dim(
      `digest ${printable(doc.digest).slice(0, 16)} · seed ${doc.manifest.seed} · version ${printable(doc.manifest.code.version)}`,
    ),
  ]
}
