/**
 * The regimes of markets as one HTML file that needs nothing else, in the style of the report: for each market its price over bands
 * in the colours of the regimes, and the tables.
 *
 * Reads one file, the chart library of the installed package.
 */
import { formatDuration, type Interval } from '../../core/time.ts'
import { REGIME_IDS } from '../../domain/regime.ts'
import { REGIMES } from '../../strategy/regimes/regimes.ts'
import { count, DASH, date, decimal, gainPercent, minute, percent, tone } from '../report/format.ts'
import { chartLibrary } from '../report/html.ts'
import { caption, escaped, figure, head, left, right, table, type Cell } from '../report/markup.ts'
import { pageOf, topBar } from '../report/page-frame.ts'
import { REGIMES_SCRIPT } from './page-script.ts'
import { piecesOf, type MarketRegimes, type RegimeStudy } from './study.ts'

/** Pieces of a history that the page draws: about as many as a wide screen has columns. */
const PIECES = 2_400

/** Trend by hue, volatility by strength; stress stands out. Light and dark. */
const COLOURS: readonly (readonly [light: string, dark: string])[] = [
  ['#c4eadf', '#10493f'],
  ['#86d3c0', '#1a7566'],
  ['#fbdcc0', '#573113'],
  ['#f4b07a', '#8f5117'],
  ['#eceff4', '#1d2431'],
  ['#cdd5e1', '#38445a'],
  ['#ef8f9b', '#8f1f33'],
  ['#d5cbf7', '#41357a'],
  // Warm-up.
  ['#ffffff', '#131822'],
]

const variables = (which: 0 | 1): string => COLOURS.map((pair, i) => `--regime-${i + 1}: ${pair[which]};`).join(' ')

const STYLE = `<style>
:root { ${variables(0)} }
@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) { ${variables(1)} } }
:root[data-theme=dark] { ${variables(1)} }
.regime-chart { height: 420px; } .regime-legend { padding: 14px 18px 6px; font-size: 13.5px; color: var(--ink-2); font-variant-numeric: tabular-nums; white-space: pre-wrap; min-height: 40px; }
.regime-keys { display: flex; flex-wrap: wrap; gap: 6px 18px; padding: 10px 18px 14px; font-size: 13px; color: var(--ink-2); } .regime-swatch { display: inline-block; width: 14px; height: 14px; border-radius: 4px; margin-right: 7px; vertical-align: -2px; border: 1px solid var(--line-strong); }
section .card + .card { margin-top: 14px; }
</style>`

export interface RegimesPage {
  readonly studies: readonly RegimeStudy[]
  readonly interval: Interval
  readonly version: string
}

/** The whole page. */
export function renderRegimesHtml({ studies, interval, version }: RegimesPage): string {
  const symbols = studies.map(({ market }) => market.symbol)
  const named = symbols.length > 8 ? `${symbols.slice(0, 8).join(', ')} and ${symbols.length - 8} more` : symbols.join(', ')
  const sections = studies.map(({ market }, i): readonly [string, string] => [`market-${i}`, market.symbol])
  const body = `${STYLE}${topBar([...sections.slice(0, 8), ['meaning', 'Meaning']])}
<main class="wrap" id="main">
<div class="hero"><h1>Regimes</h1><p class="subject"><b>${escaped(named)}</b> · ${escaped(interval.name)} bars</p>
<p class="result">Told at the close of each bar from that bar and earlier ones. A label comes late by as long as it takes to be sure; no figure here is a forecast.</p></div>
${studies.map((study, i) => marketSection(study.market, i, interval)).join('\n')}
${meaningSection()}
<footer>AutoTrading ${escaped(version)} · times are UTC<br>
Charts: <a href="https://www.tradingview.com/" rel="noopener">TradingView</a> Lightweight Charts™, Apache License 2.0.</footer>
</main>`
  return pageOf({
    title: `Regimes of ${named}, ${interval.name}`,
    version,
    body,
    scripts: [chartLibrary(), REGIMES_SCRIPT],
    json: JSON.stringify({
      names: [...REGIMES.map(({ id, name }) => `${id} ${name}`), 'not known yet'],
      markets: studies.map(packed),
    }).replaceAll('<', '\\u003c'),
  })
}

function packed(study: RegimeStudy): unknown {
  const pieces = piecesOf(study, PIECES)
  return {
    timesS: pieces.map(({ timeMs }) => Math.floor(timeMs / 1000)),
    closes: pieces.map(({ close }) => Number(close.toPrecision(8))),
    labels: pieces.map(({ label }) => label),
  }
}

const swatch = (index: number): string => `<i class="regime-swatch" style="background:var(--regime-${index + 1})"></i>`

function marketSection(market: MarketRegimes, index: number, interval: Interval): string {
  const { symbol, bars, warmUpBars, changes } = market
  const facts = `${minute(market.fromMs)} to ${minute(market.toMs)} · ${count(bars)} bars, ${count(warmUpBars)} of them warm-up · ${count(changes.length)} changes of the label`
  const keys = REGIMES.map(({ id, name }, i) => `<span>${swatch(i)}${id} ${escaped(name)}</span>`).join('')
  return `<section id="market-${index}" aria-label="${escaped(symbol)}">${head(symbol, '')}
<p class="note">${escaped(facts)}</p>
<div class="card"><div class="regime-legend" id="legend-${index}"></div><div class="regime-chart" id="chart-${index}" role="img" aria-label="Price of ${escaped(symbol)} over bands in the colours of its regimes"></div><div class="regime-keys">${keys}</div></div>
<div class="card">${figuresTable(market, interval)}</div>
<div class="card">${transitionsTable(market)}</div>
<div class="card">${refitsTable(market)}</div></section>`
}

function figuresTable({ regimes }: MarketRegimes, interval: Interval): string {
  const rows = regimes.map((row, i): readonly Cell[] => [
    { html: `${swatch(i)}${row.id} ${escaped(row.name)}`, className: 'l' },
    right(percent(row.share)),
    right(count(row.stretches)),
    right(row.meanBars === null ? DASH : formatDuration(Math.round(row.meanBars) * interval.length)),
    right(gainPercent(row.totalReturn), tone(row.totalReturn)),
    right(gainPercent(row.meanPerDay), tone(row.meanPerDay)),
    right(percent(row.volatilityPerDay)),
  ])
  return table({
    caption: caption('Returns are those of the bars that followed, before any cost; warm-up is left out.', ''),
    heads: [
      ['Regime', 'l'],
      ['Share of time', ''],
      ['Stretches', ''],
      ['Mean length', ''],
      ['Return', ''],
      ['Mean a day', ''],
      ['Volatility a day', ''],
    ],
    rows,
  })
}

function transitionsTable({ transitions }: MarketRegimes): string {
  const rows = transitions.map((row, i): readonly Cell[] => [
    { html: `${swatch(i)}${REGIME_IDS[i]}`, className: 'l' },
    ...row.map((share) => right(share === null || share === 0 ? '' : `${Math.round(100 * share)} %`)),
  ])
  return table({
    caption: caption('Where the changes lead: of all that left the regime of the row, the share that went to the column.', ''),
    heads: [['From', 'l'], ...REGIME_IDS.map((id): readonly [string, ''] => [id, ''])],
    rows,
  })
}

function refitsTable({ refits }: MarketRegimes): string {
  if (refits.length === 0) return '<p class="empty">No fit was due: volatility classes come from the percentile alone.</p>'
  const level = (value: number | null): Cell => ({ html: figure(decimal(value, 3)) })
  const rows = refits.map((row): readonly Cell[] => [
    left(date(row.timeMs)),
    right(count(row.bars)),
    left(row.statesOutcome),
    level(row.statesLogLikelihood),
    left(row.varianceOutcome),
    level(row.varianceLogLikelihood),
  ])
  return `<details><summary>${count(refits.length)} fits of the models</summary>${table({
    caption: caption('Log-likelihoods per bar of the window; of the hidden Markov model in units of its own features.', ''),
    heads: [
      ['In use from', 'l'],
      ['Bars', ''],
      ['Hidden Markov model', 'l'],
      ['ln L a bar', ''],
      ['GARCH', 'l'],
      ['ln L a bar', ''],
    ],
    rows,
  })}</details>`
}

function meaningSection(): string {
  const rows = REGIMES.map(({ id, name, definition, risk, newRisk }, i): readonly Cell[] => [
    { html: `${swatch(i)}${id} ${escaped(name)}`, className: 'l' },
    { html: escaped(definition), className: 'l path' },
    right(decimal(risk, 1)),
    left(newRisk ? 'yes' : 'no'),
  ])
  return `<section id="meaning" aria-label="Meaning">${head('What the regimes mean', '')}<div class="card">${table({
    caption: caption('The multiplier is what each leaves of the risk.', ''),
    heads: [
      ['Regime', 'l'],
      ['Definition', 'l'],
      ['Multiplier', ''],
      ['New risk', 'l'],
    ],
    rows,
  })}</div></section>`
}
