/**
 * A comparison of runs as one HTML file that needs nothing else, in the style of the report. Its charts are still ones.
 *
 * Pure.
 */
import { count, DASH, date, minute, span } from '../report/format.ts'
import { caption, escaped, figure, head, left, right, table } from '../report/markup.ts'
import type { Cell } from '../report/markup.ts'
import { pageOf, topBar } from '../report/page-frame.ts'
import { axisOf, curve, fewer, plot } from '../report/plot.ts'
import type { CommonPeriod } from './common-period.ts'
import type { CompareDocument, Comparison, Metric } from './comparison.ts'
import { correlationText, dailyWords, differenceText, labelOf, valueText } from './metric-text.ts'
import { tradeWords } from './trade-words.ts'

/** The theme and its memory, as in the report; no other part of this page needs a script. */
const SCRIPT = `(() => {
const root = document.documentElement
const button = document.getElementById('theme')
const system = matchMedia('(prefers-color-scheme: dark)')
const isDark = () => (root.dataset.theme || (system.matches ? 'dark' : 'light')) === 'dark'
const say = () => {
  button.textContent = isDark() ? 'Light' : 'Dark'
  button.setAttribute('aria-label', isDark() ? 'Switch to light' : 'Switch to dark')
}
button.hidden = false
button.addEventListener('click', () => {
  root.dataset.theme = isDark() ? 'light' : 'dark'
  try { localStorage.setItem('autotrading-theme', root.dataset.theme) } catch {}
  say()
})
system.addEventListener('change', say)
say()
root.dataset.ready = 'true'
})()`

const PIECES = 500
const SETTINGS_SHOWN = 60

/** The whole page. */
export function renderComparisonHtml({ document, common }: Comparison, version: string): string {
  const { runs } = document
  const synthetic = runs.some((run) => run.synthetic)
  const tag = synthetic ? '<span class="tag">SYNTHETIC MARKET</span>' : ''
  const title = `${runs.length} runs compared: ${[...new Set(runs.map(({ strategy }) => strategy))].join(', ')}`
  const body = `${topBar([
    ['runs', 'Runs'],
    ...(document.cautions.length > 0 ? ([['cautions', 'Cautions']] as const) : []),
    ['curves', 'Equity'],
    ['figures', 'Figures'],
    ['daily', 'Daily returns'],
    ['settings', 'Settings'],
    ['trades', 'Trades'],
  ])}
<main class="wrap" id="main">
<div class="hero"><h1>${runs.length} runs compared${tag}</h1><p class="subject">The others with <b>${runs[0].letter}</b></p></div>
${runsSection(document, tag)}
${cautionsSection(document, tag)}
${curvesSection(document, common, tag)}
${figuresSections(document, tag)}
${dailySection(document, tag)}
${settingsSection(document, tag)}
${tradesSection(document, tag)}
<footer>AutoTrading ${escaped(version)} · times are UTC · runs of the past promise nothing.</footer>
</main>`
  return pageOf({ title: `${synthetic ? 'SYNTHETIC MARKET: ' : ''}${title}`, version, body, scripts: [SCRIPT] })
}

const section = (id: string, title: string, tag: string, body: string): string =>
  `<section id="${id}" aria-label="${escaped(title)}">${head(title, tag)}${body}</section>`

const letterCell = (letter: string, i: number): Cell => ({ html: `<i class="swatch run-${i % 6}"></i>${letter}`, className: 'l' })

function runsSection({ runs }: CompareDocument, tag: string): string {
  const body = table({
    caption: caption('As their reports tell them.', tag),
    heads: [
      ['Run', 'l'],
      ['Strategy', 'l'],
      ['Symbols', 'l'],
      ['Period', 'l'],
      ['Digest', 'l'],
      ['Report', 'l'],
    ],
    rows: runs.map((run, i) => [
      letterCell(run.letter, i),
      left(run.strategy),
      {
        html: escaped(run.symbols.length > 4 ? `${run.symbols.length} symbols` : run.symbols.join(', ')),
        className: 'l',
        title: run.symbols.join(', '),
      },
      left(span({ ...run, bars: 0 })),
      { html: `<code>${escaped(run.digest?.slice(0, 16) ?? DASH)}</code>`, className: 'l' },
      { html: escaped(run.path), className: 'l path' },
    ]),
  })
  return section('runs', 'Runs', tag, `<div class="card">${body}</div>`)
}

const cautionsSection = ({ cautions }: CompareDocument, tag: string): string =>
  cautions.length === 0
    ? ''
    : section(
        'cautions',
        'These runs do not answer the same question',
        tag,
        `<div class="card caution" role="note"><ul class="plain">${cautions.map(({ text }) => `<li>${escaped(text)}</li>`).join('')}</ul></div>`,
      )

function curvesSection({ runs }: CompareDocument, common: CommonPeriod | undefined, tag: string): string {
  if (common === undefined)
    return section('curves', 'Equity', tag, '<div class="card"><p class="empty">No moment is covered by all runs.</p></div>')
  const curves = common.curves.map((points) => fewer(points, PIECES))
  const falls = common.curves.map((points) => fewer(fallOf(points), PIECES))
  const all = curves.flat().map(([, value]) => value)
  if (all.length < 2)
    return section('curves', 'Equity', tag, '<div class="card"><p class="empty">Not enough points for a chart.</p></div>')
  const days = common.toMs - common.fromMs
  const write = days < 4 * 86_400_000 ? minute : date
  const x = {
    from: common.fromMs,
    to: common.toMs,
    ticks: [0, 1 / 3, 2 / 3, 1].map((part) => ({ at: common.fromMs + days * part, text: write(common.fromMs + days * part) })),
  }
  const [low, high] = [Math.min(...all), Math.max(...all)]
  const room = (high - low) * 0.03
  const frame = { x, y: axisOf(low - room, high + room, (value) => `${value > 1 ? '+' : ''}${axisPercent(value - 1)}`, 5) }
  const deepest = Math.min(...falls.flat().map(([, value]) => value), -1e-6)
  const under = { x, y: axisOf(deepest * 1.05, 0, axisPercent, 3) }
  const draw = (of: typeof frame, lines: typeof curves): string =>
    // The first run is drawn last, so that it lies on top.
    lines
      .map((points, i) => curve(of, points, `run-${i % 6}`))
      .reverse()
      .join('')
  const keys = runs.map(({ letter, path }, i) => [`line run-${i % 6}`, `${letter} ${path}`] as const)
  const body = `<div class="card pad tall">${plot({ ...frame, kind: 'time', title: 'Return since the beginning of the time in common', label: `Equity of ${runs.length} runs over the time in common`, keys }, draw(frame, curves))}</div>
<div class="card pad low">${plot({ ...under, kind: 'time', title: 'Drawdown', label: `Drawdown of ${runs.length} runs over the same time` }, draw(under, falls))}</div>
<p class="note">${escaped(span({ fromMs: common.fromMs, toMs: common.toMs, bars: 0 }))}. Reports keep thinned curves; the drawdowns here may be less deep than those measured on every bar.</p>`
  return section('curves', 'Equity and drawdown', tag, body)
}

function fallOf(points: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  let peak = 0
  return points.map(([time, value]) => {
    peak = Math.max(peak, value)
    return [time, peak > 0 ? value / peak - 1 : 0] as const
  })
}

function figuresSections(document: CompareDocument, tag: string): string {
  const own = section(
    'figures',
    'Figures',
    tag,
    `<div class="card">${metricTable(document.metrics, document, caption('Of each run over its own period.', tag))}</div>`,
  )
  const { common } = document
  if (common === null) return own
  const shared = section(
    'common',
    'Figures of the time in common',
    tag,
    `<div class="card">${metricTable(common.metrics, document, caption(`${count(common.days)} days, from the equity curves, risk-free rate 0.`, tag))}</div>`,
  )
  return document.cautions.some(({ kind }) => kind === 'period') ? shared + own : own + shared
}

function metricTable(metrics: readonly Metric[], { runs }: CompareDocument, text: string): string {
  const rows = metrics.map((metric): readonly Cell[] => [
    left(labelOf(metric).trim()),
    ...runs.flatMap((_, i): readonly Cell[] => {
      const value: Cell =
        metric.values[i] === null
          ? { html: DASH, className: 'quiet', title: 'Not defined, or not written by the version that made the report' }
          : right(valueText(metric, metric.values[i]))
      if (i === 0) return [value]
      const verdict = metric.verdicts[i]
      const tone = verdict === 'better' ? 'gain' : verdict === 'worse' ? 'loss' : 'quiet'
      return [
        value,
        {
          html: `${figure(differenceText(metric, metric.differences[i]))}${verdict === 'better' || verdict === 'worse' ? ` <small>${verdict}</small>` : ''}`,
          className: tone,
        },
      ]
    }),
  ])
  const heads: (readonly [string, 'l' | ''])[] = [['Figure', 'l']]
  runs.forEach(({ letter }, i) => {
    heads.push([letter, ''])
    if (i > 0) heads.push([`${letter} − ${runs[0].letter}`, ''])
  })
  return table({ caption: text, heads, rows })
}

function dailySection({ common, runs, bootstrap }: CompareDocument, tag: string): string {
  if (common === null) return ''
  const matrix = table({
    caption: caption('Correlation of the daily returns.', tag),
    heads: [['', 'l'], ...runs.map(({ letter }) => [letter, ''] as const)],
    rows: runs.map(({ letter }, i) => [
      letterCell(letter, i),
      ...common.correlation[i].map((value): Cell =>
        value === null
          ? { html: DASH, className: 'quiet', title: 'Not defined: a run does not vary, or was ruined' }
          : right(correlationText(value)),
      ),
    ]),
  })
  const words = common.differences.flatMap((difference) => dailyWords(difference, runs[0].letter))
  return section(
    'daily',
    'Daily returns',
    tag,
    `<div class="two"><div class="card">${sentences(words)}</div><div class="card">${matrix}</div></div>
<p class="note">Intervals hold the middle ${bootstrap.level * 100}% of ${count(bootstrap.samples)} resamples of a stationary bootstrap that draws the same days for both runs (seed ${bootstrap.seed}). They say how much the difference owes to the days that happened to be there, and nothing about other times or about how many variants were tried.</p>`,
  )
}

function settingsSection({ settings, runs }: CompareDocument, tag: string): string {
  if (settings.length === 0)
    return section(
      'settings',
      'Settings',
      tag,
      '<div class="card"><p class="empty">Program, strategy, parameters, configuration and data are the same.</p></div>',
    )
  const shown = settings.slice(0, SETTINGS_SHOWN)
  const body = table({
    caption: caption(
      shown.length < settings.length
        ? `The first ${shown.length} of ${settings.length} that differ; the JSON document has all.`
        : 'What differs, of program, strategy, configuration and data.',
      tag,
    ),
    heads: [['Setting', 'l'], ...runs.map(({ letter }) => [letter, 'l'] as const)],
    rows: shown.map(({ path, values }) => [
      { html: escaped(path), className: 'l path' },
      ...values.map((value): Cell =>
        value === null
          ? { html: DASH, className: 'l quiet' }
          : { html: escaped(String(value)), className: 'l hash-cell', title: String(value) },
      ),
    ]),
  })
  return section('settings', 'Settings that differ', tag, `<div class="card">${body}</div>`)
}

/** Sentences with true minus signs. */
const sentences = (words: readonly string[]): string =>
  `<ul class="plain">${words.map((text) => `<li>${escaped(text).replace(/(^|[ (])-(?=\d)/g, '$1\u2212')}</li>`).join('')}</ul>`

function tradesSection({ trades, runs }: CompareDocument, tag: string): string {
  const words = trades.flatMap((difference) => tradeWords(difference, runs[0].letter))
  const body = words.length === 0 ? '<p class="empty">The runs share no time.</p>' : sentences(words)
  return section('trades', 'Trades', tag, `<div class="card">${body}</div>`)
}

/** For axes: as few digits as tell it. */
const axisPercent = (fraction: number): string => `${String(Number((fraction * 100).toPrecision(3)))}%`
