/**
 * A comparison of runs on a terminal: what is compared, what stands in the way of comparing it, curves, figures,
 * differences.
 *
 * Text only; writes nothing. Without colour the text holds no escape code at all.
 */
import { BLANK, lineChart } from '../report/braille-chart.ts'
import type { Point } from '../report/braille-chart.ts'
import { count, DASH, decimal, span } from '../report/format.ts'
import { axisRow, heading, pageOfBlocks, penOf, timeAxis } from '../report/terminal-frame.ts'
import type { Pen, TerminalOptions } from '../report/terminal-frame.ts'
import { clip, displayWidth, printable, textTable, wrap } from '../report/text-table.ts'
import type { Column } from '../report/text-table.ts'
import type { CommonPeriod } from './common-period.ts'
import type { CompareDocument, Comparison, Metric } from './comparison.ts'
import { correlationText, dailyWords, differenceText, labelOf, valueText } from './metric-text.ts'
import type { SettingDifference } from './settings-difference.ts'
import { tradeWords } from './trade-words.ts'

const SETTINGS_SHOWN = 20

/** The whole comparison, ending in a newline. */
export function renderComparison({ document, common }: Comparison, options: TerminalOptions): string {
  const pen = penOf(
    options,
    document.runs.every(({ synthetic }) => synthetic),
  )
  return pageOfBlocks([
    title(document, pen),
    cautionLines(document, pen),
    curves(document, common, pen),
    ...figures(document, pen),
    daily(document, pen),
    settings(document, pen),
    trades(document, pen),
  ])
}

function title({ runs }: CompareDocument, pen: Pen): string[] {
  const { c, width } = pen
  return [
    c.bold(`${runs.length} runs compared, the others with ${runs[0].letter}`),
    ...runs.flatMap(({ letter, path, strategy, symbols, fromMs, toMs }, i) => {
      const subject = `${strategy} · ${symbols.length > 4 ? `${symbols.length} symbols` : symbols.join(', ')} · ${span({ fromMs, toMs, bars: 0 })}`
      const lines = wrap(printable(`${path} · ${subject}`), width - 3)
      return lines.map((line, at) => `${at === 0 ? painter(pen, i)(c.bold(letter)) : ' '}  ${line}`)
    }),
  ]
}

function cautionLines({ cautions }: CompareDocument, pen: Pen): string[] {
  const { c, width } = pen
  if (cautions.length === 0) return []
  return [
    heading('These runs do not answer the same question', pen),
    ...cautions.flatMap(({ text }) =>
      wrap(printable(text), width - 2).map((line, i) => `${i === 0 ? c.yellow('!') : ' '} ${line}`),
    ),
  ]
}

/** Colours told apart by people who do not see red and green alike; the letters at the right say it once more. */
function painter({ c }: Pen, run: number): (text: string) => string {
  const paints = [c.blue, c.yellow, c.magenta, c.cyan, c.green, c.red]
  return paints[run % paints.length]
}

function curves(document: CompareDocument, common: CommonPeriod | undefined, pen: Pen): string[] {
  const { c, width } = pen
  if (common === undefined) return []
  const name = `Equity from 1, ${span({ fromMs: common.fromMs, toMs: common.toMs, bars: 0 })}`
  const drawn = common.curves
    .map((curve, run) => ({ run, points: curve.map((point): Point => point) }))
    .filter(({ points }) => points.length > 1)
  if (drawn.length === 0) return [heading(name, pen), c.dim('Not enough points for a chart.')]
  const values = drawn.flatMap(({ points }) => points.map(([, value]) => value))
  const [lowest, highest] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))]
  const scale = lowest < highest ? { low: lowest, high: highest } : { low: lowest - 0.01, high: highest + 0.01 }
  const label = (value: number): string => decimal(value, scale.high - scale.low < 0.2 ? 3 : 2)
  const labelWidth = Math.max(7, displayWidth(label(scale.high)))
  const [rows, columns] = [12, width - labelWidth - 2 - 3]
  const axis = (y: number): string =>
    y === 0
      ? label(scale.high)
      : y === rows - 1
        ? label(scale.low)
        : y === rows >> 1
          ? label(scale.high - ((scale.high - scale.low) * (y + 0.5)) / rows)
          : ''

  const grids = drawn.map(({ run, points }) => ({
    run,
    cells: lineChart(padded(points, common), { columns, rows }, scale),
    last: points[points.length - 1][1],
  }))
  const rowOf = (value: number): number =>
    Math.min(rows - 1, Math.max(0, Math.floor(((scale.high - value) / (scale.high - scale.low)) * rows)))
  const lines = Array.from({ length: rows }, (_, y) => {
    const cells = Array.from({ length: columns }, (_cell, x) => {
      // The first run lies on top; without colours its letter stands for it where it is drawn.
      const at = grids.find(({ cells: own }) => own[y][x] !== BLANK)
      if (at === undefined) return c.isColorSupported ? BLANK : ' '
      return c.isColorSupported ? painter(pen, at.run)(at.cells[y][x]) : document.runs[at.run].letter
    })
    const ends = grids.filter(({ last }) => rowOf(last) === y).map(({ run }) => painter(pen, run)(document.runs[run].letter))
    return `${axisRow(axis(y), '┤', cells.join(''), labelWidth, c.dim)} ${ends.join('')}`
  })
  const ends: readonly Point[] = [
    [common.fromMs, 0],
    [common.toMs, 0],
  ]
  return [heading(name, pen), ...lines, ...timeAxis(ends, { columns, labelWidth }, c.dim)]
}

/** From beginning to end of the common time, so that all curves share their columns. */
function padded(points: readonly Point[], { fromMs, toMs }: CommonPeriod): readonly Point[] {
  const last = points[points.length - 1]
  return [
    ...(points[0][0] > fromMs ? [[fromMs, points[0][1]] as const] : []),
    ...points,
    ...(last[0] < toMs ? [[toMs, last[1]] as const] : []),
  ]
}

function figures(document: CompareDocument, pen: Pen): readonly (readonly string[])[] {
  const own = [heading('Figures of each run, over its own period', pen), ...metricTable(document.metrics, document, pen)]
  const { common } = document
  if (common === null) return [[heading('Time in common', pen), 'There is none: no moment is covered by all runs.'], own]
  const shared = [heading(`Figures over the ${common.days} days in common`, pen), ...metricTable(common.metrics, document, pen)]
  // On equal terms first, where the periods differ.
  return document.cautions.some(({ kind }) => kind === 'period') ? [shared, own] : [own, shared]
}

function metricTable(metrics: readonly Metric[], { runs }: CompareDocument, { width, c }: Pen): string[] {
  const verdictWord = { better: ' better', worse: ' worse', same: '' } as const
  const columns: Column<Metric>[] = [{ title: 'Figure', text: labelOf }]
  runs.forEach(({ letter }, i) => {
    columns.push({ title: letter, text: (metric) => valueText(metric, metric.values[i]), align: 'right' })
    if (i > 0)
      columns.push({
        title: `${letter} - ${runs[0].letter}`,
        text: (metric) => {
          const verdict = metric.verdicts[i]
          return `${differenceText(metric, metric.differences[i])}${verdict === null ? '' : verdictWord[verdict]}`
        },
        align: 'right',
        expendable: i,
        paint: (text, metric) => {
          const verdict = metric.verdicts[i]
          return verdict === 'better' ? c.green(text) : verdict === 'worse' ? c.red(text) : text
        },
      })
  })
  return textTable(metrics, columns, { width, dim: c.dim })
}

function daily({ common, runs, bootstrap }: CompareDocument, pen: Pen): string[] {
  if (common === null || common.days === 0) return []
  const { width, c } = pen
  const matrix: readonly Column<number>[] = [
    { title: 'Correlation', text: (i) => runs[i].letter },
    ...runs.map(({ letter }, j): Column<number> => ({
      title: letter,
      text: (i) => correlationText(common.correlation[i][j]),
      align: 'right',
    })),
  ]
  return [
    heading('Daily returns', pen),
    ...common.differences.flatMap((difference) => dailyWords(difference, runs[0].letter)).flatMap((text) => wrap(text, width)),
    ...textTable(
      runs.map((_, i) => i),
      matrix,
      { width, dim: c.dim },
    ),
    ...wrap(
      `Intervals by a stationary bootstrap of the same days for both, ${count(bootstrap.samples)} resamples, seed ${bootstrap.seed}.`,
      width,
    ).map(c.dim),
  ]
}

function settings({ settings: differences, runs }: CompareDocument, pen: Pen): string[] {
  const { width, c } = pen
  if (differences.length === 0)
    return [heading('Settings', pen), 'Program, strategy, parameters, configuration and data are the same.']
  const room = Math.max(10, Math.floor((width - 34) / runs.length) - 2)
  const text = (value: SettingDifference['values'][number]): string => (value === null ? DASH : clip(String(value), room))
  const columns: readonly Column<SettingDifference>[] = [
    { title: 'Setting', text: ({ path }) => clip(path, 34) },
    ...runs.map(({ letter }, i): Column<SettingDifference> => ({ title: letter, text: ({ values }) => text(values[i]) })),
  ]
  const more = differences.length - SETTINGS_SHOWN
  return [
    heading(`Settings that differ (${differences.length})`, pen),
    ...textTable(differences.slice(0, SETTINGS_SHOWN), columns, { width, dim: c.dim }),
    ...(more > 0 ? [c.dim(`and ${count(more)} more (--json)`)] : []),
  ]
}

function trades({ trades: differences, runs }: CompareDocument, pen: Pen): string[] {
  if (differences.length === 0) return []
  const first = runs[0].letter
  return [
    heading('Trades', pen),
    ...differences.flatMap((difference) => tradeWords(difference, first)).flatMap((text) => wrap(printable(text), pen.width)),
  ]
}
