/**
 * The regimes of markets on a terminal: the price, under it a strip with the number of the regime in each column, tables.
 *
 * Text only; writes nothing. Without colour the text holds no escape code at all, and the numbers of the strip say the same.
 */
import { formatDuration, type Interval } from '../../core/time.ts'
import { REGIME_IDS } from '../../domain/regime.ts'
import { lineChart, type Point } from '../report/braille-chart.ts'
import { compact, count, DASH, date, decimal, gainPercent, minute, percent } from '../report/format.ts'
import { axisRow, heading, pageOfBlocks, penOf, timeAxis, type Pen, type TerminalOptions } from '../report/terminal-frame.ts'
import { textTable, wrap, type Column } from '../report/text-table.ts'
import { piecesOf, WARM_UP, type MarketRegimes, type RefitRow, type RegimeFigures, type RegimeStudy } from './study.ts'

const ROWS = 10
const LABEL_WIDTH = 8
const REFITS_SHOWN = 6

/** All markets one after another, ending in a newline. */
export function renderRegimes(studies: readonly RegimeStudy[], interval: Interval, options: TerminalOptions): string {
  const pen = penOf(options, false)
  return pageOfBlocks(studies.flatMap((study) => marketBlocks(study, interval, pen)))
}

function marketBlocks(study: RegimeStudy, interval: Interval, pen: Pen): string[][] {
  const { market } = study
  const { c } = pen
  const span = `${minute(market.fromMs)} to ${minute(market.toMs)}`
  return [
    [
      heading(`${market.symbol}: regimes on ${interval.name} bars`, pen),
      ...wrap(
        `${span}, ${count(market.bars)} bars, of which ${count(market.warmUpBars)} of warm-up; ${count(market.changes.length)} changes of the label`,
        pen.width,
      ).map((line) => c.dim(line)),
    ],
    chart(study, pen),
    figures(market, interval, pen),
    transitions(market, pen),
    refits(market.refits, pen),
    now(market, pen),
  ]
}

type Paint = (text: string) => string

/** Trend by hue, volatility by strength; stress stands out. */
function paints({ c }: Pen): readonly Paint[] {
  const on =
    (background: Paint): Paint =>
    (text) =>
      background(c.black(text))
  return [
    on(c.bgGreenBright),
    on(c.bgGreen),
    on(c.bgYellowBright),
    on(c.bgYellow),
    on(c.bgWhite),
    on(c.bgBlackBright),
    (text) => c.bgRed(c.whiteBright(text)),
    on(c.bgCyan),
  ]
}

function chart(study: RegimeStudy, pen: Pen): string[] {
  const { c } = pen
  const columns = pen.width - LABEL_WIDTH - 2
  const all = piecesOf(study, 4 * columns)
  const points: Point[] = all.map(({ timeMs, close }) => [timeMs, Math.log(close)])
  if (points.length < 2) return []
  const values = points.map(([, value]) => value)
  const [low, high] = [Math.min(...values), Math.max(...values)]
  if (!(high > low)) return []
  const scale = { low, high }
  const rows = lineChart(points, { columns, rows: ROWS }, scale).map((cells, i) => {
    const label = i === 0 || i === ROWS - 1 ? compact(Math.exp(i === 0 ? high : low)) : ''
    return axisRow(label, '┤', cells.join(''), LABEL_WIDTH, c.dim)
  })
  const paint = paints(pen)
  const [from, to] = [points[0][0], points[points.length - 1][0]]
  const held = Array.from({ length: columns }, () => new Array<number>(WARM_UP + 1).fill(0))
  for (const { timeMs, label } of all)
    held[Math.min(columns - 1, Math.floor(((timeMs - from) / (to - from)) * columns))][label] += 1
  let last = WARM_UP
  const strip = held.map((counts) => {
    const most = Math.max(...counts)
    if (most > 0) last = counts.indexOf(most)
    return last === WARM_UP ? c.dim('·') : paint[last](String(last + 1))
  })
  return [
    ...rows,
    axisRow('regime', '│', strip.join(''), LABEL_WIDTH, c.dim),
    ...timeAxis(points, { columns, labelWidth: LABEL_WIDTH }, c.dim),
  ]
}

function figures({ regimes }: MarketRegimes, interval: Interval, pen: Pen): string[] {
  const paint = paints(pen)
  const share = (value: number | null): string => (value === null ? DASH : percent(value))
  const columns: readonly Column<RegimeFigures>[] = [
    { title: '', text: ({ id }) => id, paint: (text, { id }) => paint[REGIME_IDS.indexOf(id)](text) },
    { title: 'Regime', text: ({ name }) => name },
    { title: 'Time', text: (row) => percent(row.share), align: 'right' },
    { title: 'Stretches', text: (row) => count(row.stretches), align: 'right', expendable: 1 },
    {
      title: 'Mean length',
      text: ({ meanBars }) => (meanBars === null ? DASH : formatDuration(Math.round(meanBars) * interval.length)),
      align: 'right',
    },
    { title: 'Return after', text: (row) => gainPercent(row.totalReturn), align: 'right' },
    { title: 'a day', text: (row) => gainPercent(row.meanPerDay), align: 'right' },
    { title: 'Volatility a day', text: (row) => share(row.volatilityPerDay), align: 'right' },
  ]
  return textTable(regimes, columns, { width: pen.width, dim: pen.c.dim })
}

function transitions({ transitions: rows }: MarketRegimes, pen: Pen): string[] {
  const columns: Column<number>[] = [
    { title: 'From / to', text: (i) => REGIME_IDS[i] },
    ...REGIME_IDS.map((title, j): Column<number> => ({ title, text: (i) => cellOf(rows[i][j]), align: 'right' })),
  ]
  return textTable([...REGIME_IDS.keys()], columns, { width: pen.width, dim: pen.c.dim })
}

/** A share of the changes in whole percent. */
const cellOf = (share: number | null): string => (share === null || share === 0 ? '' : `${Math.round(100 * share)} %`)

function refits(rows: readonly RefitRow[], pen: Pen): string[] {
  if (rows.length === 0) return [pen.c.dim('No fit was due: volatility classes come from the percentile alone.')]
  const level = (value: number | null): string => decimal(value, 3)
  const kept = rows.filter(({ statesOutcome }) => statesOutcome !== 'better' && statesOutcome !== 'first').length
  const columns: readonly Column<RefitRow>[] = [
    { title: 'Fit in use from', text: ({ timeMs }) => date(timeMs) },
    { title: 'Bars', text: ({ bars }) => count(bars), align: 'right' },
    { title: 'HMM', text: ({ statesOutcome }) => statesOutcome },
    { title: 'ln L a bar', text: (row) => level(row.statesLogLikelihood), align: 'right' },
    { title: 'GARCH', text: ({ varianceOutcome }) => varianceOutcome },
    { title: 'ln L a bar', text: (row) => level(row.varianceLogLikelihood), align: 'right' },
  ]
  return [
    ...textTable(rows.slice(-REFITS_SHOWN), columns, { width: pen.width, dim: pen.c.dim }),
    pen.c.dim(`${count(rows.length)} fits in all, ${count(kept)} of the HMM not taken; --json has every one.`),
  ]
}

function now({ changes }: MarketRegimes, pen: Pen): string[] {
  const last = changes.at(-1)
  if (last === undefined) return []
  const words = `At the end ${last.label} since ${minute(last.timeMs)}${last.newRisk ? '' : ', no new risk'}: ${last.reasons.join('; ')}.`
  return wrap(words, pen.width)
}
