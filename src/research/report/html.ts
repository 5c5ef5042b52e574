/**
 * The report of a backtest as one HTML file that needs nothing else: style, script, charts and data are inside, and its
 * policy forbids it to ask for anything from anywhere.
 *
 * Reads one file, the chart library of the installed package.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { BacktestDocument } from '../../backtest/result.ts'
import { OutsideError } from '../../core/errors.ts'
import type { MetricResult } from '../../math/metrics/compute.ts'
import type { ReportSeries } from './candles.ts'
import {
  ATTRIBUTION_STYLE,
  attributionSection,
  comparisonSection,
  comparisonWords,
  regimesSection,
  sizingSection,
  strategyExposureSection,
} from './attribution-sections.ts'
import {
  costsSection,
  distributionSection,
  drawdownsSection,
  excursionsSection,
  exposureSection,
  extremesSection,
  limitsSection,
  resultLine,
  timesSection,
} from './analysis-sections.ts'
import {
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
  price,
  ratio,
  span,
  tone,
} from './format.ts'
import type { Cell } from './markup.ts'
import { caption, escaped, figure, head, left, right, stat, table } from './markup.ts'
import { metricsSection } from './metrics-section.ts'
import { pageOf, topBar } from './page-frame.ts'
import { pageJson, TRADES_DETAILED } from './page-data.ts'
import { PAGE_SCRIPT } from './page-script.ts'

export interface HtmlOptions {
  /** What the simulation takes for granted, one sentence each, shown in the report. */
  readonly assumptions?: readonly string[]
  /** All metrics of the list; without them the page has no such table. */
  readonly metrics?: readonly MetricResult[]
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** The whole page. Below 10 MB with 100,000 trades: candles are joined and columns left out until they fit. */
export function renderHtml(
  doc: BacktestDocument,
  series: ReportSeries,
  { assumptions = [], metrics = [] }: HtmlOptions = {},
): string {
  const { name } = doc.manifest.strategy
  const library = chartLibrary()
  const tag = doc.manifest.synthetic ? '<span class="tag">SYNTHETIC MARKET</span>' : ''
  const body = `${doc.manifest.synthetic ? '<div class="print-mark">SYNTHETIC MARKET</div>' : ''}
${topBar(SECTIONS.filter(([id]) => isThere(id, doc)))}
<style>${ATTRIBUTION_STYLE}</style>
${doc.manifest.synthetic ? syntheticBar() : ''}
<main class="wrap" id="main">
${hero(doc, tag)}
${overview(doc, tag)}
${comparisonSection(doc, tag)}
<div class="two even">${listSection('warnings', doc.warnings.length === 0 ? 'Warnings' : `Warnings (${doc.warnings.length})`, doc.warnings, 'None.', tag)}${listSection('assumptions', 'Assumptions', assumptions, 'None were stated.', tag)}</div>
${equitySection(tag)}
${monthsSection(doc, tag)}
${drawdownsSection(doc, tag)}
${attributionSection(doc, tag)}
${regimesSection(doc, tag)}
${costsSection(doc, tag)}
${exposureSection(doc, tag)}
${strategyExposureSection(doc, tag)}
${marketSection(tag)}
${tradesSection(doc, tag)}
${extremesSection(doc, tag)}
${symbolsSection(doc, tag)}
${distributionSection(doc, tag)}
${excursionsSection(doc, tag)}
${timesSection(doc, tag)}
${openSection(doc, tag)}
${sizingSection(doc, tag)}
${limitsSection(doc, tag)}
${metricsSection(metrics, tag)}
${manifestSection(doc, tag)}
<footer>AutoTrading ${escaped(doc.manifest.code.version)} · digest <span class="mono">${escaped(doc.digest.slice(0, 16))}</span> · times are UTC · a backtest describes the past, it promises nothing.<br>
Charts: <a href="https://www.tradingview.com/" rel="noopener">TradingView</a> Lightweight Charts™, Apache License 2.0. ${tag}</footer>
</main>`
  return pageOf({
    title: `${doc.manifest.synthetic ? 'SYNTHETIC MARKET: ' : ''}${name}, backtest ${span(doc.period)}`,
    version: doc.manifest.code.version,
    body,
    json: pageJson(doc, series),
    scripts: [library, PAGE_SCRIPT],
  })
}

/** The build of lightweight-charts that defines one global and imports nothing. */
export function chartLibrary(): string {
  const require = createRequire(import.meta.url)
  try {
    const file = join(
      dirname(require.resolve('lightweight-charts/package.json')),
      'dist',
      'lightweight-charts.standalone.production.js',
    )
    // A source map comment would make developer tools ask for a file that is not there.
    return readFileSync(file, 'utf8')
      .replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '')
      .replaceAll('</script', '<\\/script')
  } catch (cause) {
    throw new OutsideError(
      'chart-library-missing',
      'the HTML report needs the package lightweight-charts, which is not installed completely',
      {
        retryable: false,
        next: 'Run npm install in the folder of AutoTrading.',
        cause,
      },
    )
  }
}

const SECTIONS = [
  ['overview', 'Overview'],
  ['warnings', 'Warnings'],
  ['equity', 'Equity'],
  ['months', 'Months'],
  ['drawdowns', 'Drawdowns'],
  ['attribution', 'Attribution'],
  ['regimes', 'Regimes'],
  ['costs', 'Costs'],
  ['exposure', 'Exposure'],
  ['market', 'Market'],
  ['trade-list', 'Trades'],
  ['symbols', 'Symbols'],
  ['distribution', 'Distribution'],
  ['excursions', 'Excursions'],
  ['times', 'Times'],
  ['limits', 'Limits'],
  ['manifest', 'Manifest'],
] as const

/** Reports of earlier versions, and runs without regimes, lack these. */
const isThere = (id: string, { attribution, regimes = [] }: BacktestDocument): boolean =>
  (id !== 'attribution' || attribution !== undefined) && (id !== 'regimes' || (attribution !== undefined && regimes.length > 0))

const syntheticBar =
  (): string => `<div class="synthetic-bar" role="note"><div class="wrap"><span class="tag">SYNTHETIC MARKET</span>
<span>These data were generated, not recorded from a market. Nothing on this page says what a real one would have paid.</span></div></div>`

function hero(doc: BacktestDocument, tag: string): string {
  const { name, params } = doc.manifest.strategy
  const names = doc.symbols.map((s) => s.symbol)
  const symbols = names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ')
  const comparison = comparisonWords(doc)
  const parts = [
    `<b>${escaped(symbols)}</b>`,
    escaped(intervals(doc)),
    `<span class="nowrap">${escaped(span(doc.period))}</span>`,
    `${count(doc.period.bars)} ${doc.period.bars === 1 ? 'bar' : 'bars'}`,
  ]
  const chips = Object.entries(params).map(([key, value]) => `<li>${escaped(key)}<b>${escaped(String(value))}</b></li>`)
  return `<div class="hero"><h1>${escaped(name)}${tag}</h1>
<p class="subject">${parts.filter((part) => part !== '').join(' · ')}</p>
<p class="result">${resultLine(doc)}</p>
${comparison === '' ? '' : `<p class="result">${figure(comparison)}</p>`}
${chips.length === 0 ? '' : `<ul class="chips" aria-label="Parameters">${chips.join('')}</ul>`}
<noscript><p class="note">Charts and the list of trades need JavaScript; the figures below do not.</p></noscript></div>`
}

function overview({ summary, period }: BacktestDocument, tag: string): string {
  const lead = (label: string, text: string, sub: string, className = ''): string =>
    `<div class="card"><dt>${escaped(label)}</dt><dd class="${className}">${figure(text)}<p class="sub">${sub}</p></dd></div>`
  const few = 'fewer than two days, returns that do not vary, or ruin'
  const fall = summary.maxDrawdown === 0 ? percent(0) : `-${percent(summary.maxDrawdown)}`
  return `<section id="overview" aria-label="Overview">${head('Overview', tag)}
<dl class="lead">
${lead('Total return', gainPercent(summary.totalReturn), `${figure(money(summary.initialCapital))} → ${figure(money(summary.finalEquity))}`, tone(summary.totalReturn))}
${lead('Sharpe', ratio(summary.sharpe), `${summary.sharpe === null ? `not defined: ${few}; ` : ''}Sortino ${figure(ratio(summary.sortino))}, Calmar ${figure(ratio(summary.calmar))}`)}
${lead('Max drawdown', fall, summary.maxDrawdown === 0 ? 'never below its peak' : `lasted ${escaped(duration(summary.maxDrawdownDurationMs))} of ${escaped(duration(period.toMs - period.fromMs))}`, tone(-summary.maxDrawdown))}
${lead('Profit factor', ratio(summary.profitFactor), `${summary.profitFactor === null ? `not defined: ${summary.trades === 0 ? 'no trade was closed' : 'no trade lost'}; ` : ''}${count(summary.trades)} trades, ${figure(percent(summary.winRate))} won`)}
</dl>
<dl class="card stats">
${stat('Net profit', gain(summary.netProfit), { className: tone(summary.netProfit) })}
${stat('CAGR', gainPercent(summary.cagr), { className: tone(summary.cagr), why: 'no time passed, or the equity ended below zero' })}
${stat('Volatility', percent(summary.volatility), { why: few })}
${stat('Win rate', percent(summary.winRate), { why: 'no trade won or lost' })}
${stat('Expectancy', gain(summary.expectancy), { className: tone(summary.expectancy), why: 'no trade was closed' })}
${stat('Exposure', percent(summary.exposure))}
${stat('Turnover', summary.turnover === null ? DASH : `${decimal(summary.turnover, 1)}x`, { why: 'the mean equity is not positive' })}
${stat('Trades', count(summary.trades))}
${stat('Fills', count(summary.fills))}
${stat('Fees', money(summary.fees))}
${stat('Funding', gain(summary.funding), { className: tone(summary.funding) })}
${stat('Liquidations', count(summary.liquidations), { className: summary.liquidations > 0 ? 'loss' : '' })}
</dl></section>`
}

const equitySection = (tag: string): string => `<section id="equity" aria-label="Equity and drawdown">
${head('Equity and drawdown', tag, '<button type="button" class="button" id="hold" aria-pressed="false">Buy and hold</button><button type="button" class="button" id="log" aria-pressed="false">Log scale</button><button type="button" class="button" id="equity-all">Whole period</button>')}
<div class="card chart"><div class="chart-legend" id="equity-legend"></div><div id="equity-chart" role="img" aria-label="Equity above, drawdown from the highest equity below, over the same time"></div></div>
<p class="note">Drag to move, pinch or drag the time axis to zoom. The line across is the initial capital; buy and hold puts equal parts of it into every symbol, without costs.</p></section>`

const marketSection = (tag: string): string => `<section id="market" aria-label="Market and trades">
${head('Market and trades', tag, '<button type="button" class="button" id="trade-before">‹ Trade</button><button type="button" class="button" id="trade-after">Trade ›</button><button type="button" class="button" id="market-all">Whole period</button>')}
<div class="card" id="market-card"><div class="chart"><div class="chart-legend" id="market-legend"></div><div id="market-chart" role="img" aria-label="Candles of the chosen symbol with entries and exits of its trades"></div></div>
<div class="under"><div class="segments" id="market-symbols" role="group" aria-label="Symbol"></div>
<div class="keys"><span><i style="background:var(--candle-up)"></i>long entry</span><span><i style="background:var(--candle-down)"></i>short entry</span><span><i class="round" style="background:var(--ink-3)"></i>exit</span><span><i style="background:var(--stop)"></i>stop</span><span><i style="background:var(--forced)"></i>liquidation</span><span id="market-interval"></span></div>
<span id="picked" aria-live="polite"></span></div></div></section>`

/** Title, alignment, whether it is left out of large pages, what it means. `page-script.ts` has the cells in this order. */
const TRADE_HEADS: readonly (readonly [title: string, align: 'l' | '', more: boolean, words: string])[] = [
  ['#', '', false, ''],
  ['Symbol', 'l', false, ''],
  ['Side', 'l', false, ''],
  ['Opened', 'l', false, 'UTC'],
  ['Held', '', false, 'from first to last fill'],
  ['Quantity', '', true, ''],
  ['Entry', '', false, 'average'],
  ['Exit', '', false, 'average'],
  ['Fees', '', true, ''],
  ['Funding', '', true, 'received is positive'],
  ['Net', '', false, 'after fees and funding'],
  ['Return %', '', false, 'net in percent of the largest cost held'],
  ['MAE %', '', false, 'furthest against it on the way'],
  ['MFE %', '', false, 'furthest for it on the way'],
  ['R', '', true, 'net in units of what the initial stop put at risk'],
  ['Reason', 'l', false, 'of the exit'],
]

function tradesSection(doc: BacktestDocument, tag: string): string {
  if (doc.trades.length === 0)
    return `<section id="trade-list">${head('Trades', tag)}<div class="card"><p class="empty">No trade was closed.</p></div></section>`
  const detailed = doc.trades.length <= TRADES_DETAILED
  const heads = TRADE_HEADS.filter(([, , more]) => detailed || !more)
  const left = detailed
    ? ''
    : ` Of ${count(doc.trades.length)} trades the page leaves out quantity, fees, funding and R, to stay small; the JSON document has them.`
  const tools = `<label class="sr" for="trades-symbol">Symbol</label><select id="trades-symbol"><option value="">All symbols</option></select>
<label class="sr" for="trades-filter">Which trades</label><select id="trades-filter"><option value="all">All trades</option><option value="won">Winners</option><option value="lost">Losers</option><option value="long">Long</option><option value="short">Short</option><option value="stop">Stopped</option><option value="forced">Liquidated</option></select>`
  return `<section id="trade-list" aria-label="Trades">${head('Trades', tag, tools)}
<div class="card"><div class="scroll"><table id="trades"><caption>${caption(`Choose a trade to see it on the chart.${left}`, tag)}</caption>
<thead><tr>${heads.map(([title, align, , words]) => `<th scope="col"${align === '' ? '' : ' class="l"'}><button type="button"${words === '' ? '' : ` title="${words}"`}>${title}</button></th>`).join('')}</tr></thead><tbody></tbody></table></div>
<div class="pages"><span id="trades-count" aria-live="polite"></span><button type="button" class="button" id="page-before">Previous</button><button type="button" class="button" id="page-after">Next</button></div></div></section>`
}

function symbolsSection(doc: BacktestDocument, tag: string): string {
  const none = 'no trade was closed'
  const orDash = (text: string, className = '', why = none): Cell => ({
    html: figure(text),
    className,
    ...(text === DASH ? { title: `Not defined: ${why}` } : {}),
  })
  const rows = doc.symbols.map((row, i): readonly Cell[] => [
    { html: `<button type="button" class="link" data-symbol="${i}">${escaped(row.symbol)}</button>`, className: 'l' },
    right(count(row.trades)),
    { html: `${count(row.longTrades)} / ${count(row.shortTrades)}` },
    orDash(percent(row.winRate)),
    orDash(ratio(row.profitFactor), '', row.trades === 0 ? none : 'no trade lost'),
    right(gain(row.netProfit), tone(row.netProfit)),
    orDash(gain(row.expectancy), tone(row.expectancy)),
    orDash(gain(row.bestTrade), tone(row.bestTrade)),
    orDash(gain(row.worstTrade), tone(row.worstTrade)),
    orDash(row.meanHoldMs === null ? DASH : duration(row.meanHoldMs)),
    right(percent(row.exposure)),
    right(money(row.fees)),
    right(gain(row.funding), tone(row.funding)),
    right(money(row.slippage)),
    right(gainPercent(row.buyAndHold), tone(row.buyAndHold)),
  ])
  const heads = [
    ['Symbol', 'l'],
    ['Trades', ''],
    ['Long / short', ''],
    ['Win rate', ''],
    ['Profit factor', ''],
    ['Net profit', ''],
    ['Expectancy', ''],
    ['Best', ''],
    ['Worst', ''],
    ['Mean held', ''],
    ['Exposure', ''],
    ['Fees', ''],
    ['Funding', ''],
    ['Slippage', ''],
    ['Buy and hold', ''],
  ] as const
  const body = table({
    caption: caption(
      'Choose a symbol for its chart and its own list of trades. Buy and hold is the change from first open to last close, before costs.',
      tag,
    ),
    heads,
    rows,
  })
  return `<section id="symbols" aria-label="Symbols">${head('Symbols', tag)}<div class="card">${body}</div></section>`
}

function monthsSection(doc: BacktestDocument, tag: string): string {
  const years = doc.monthly
  const known = years.flatMap((row) => row.returns.filter((value) => value !== null))
  if (known.length === 0)
    return `<section id="months">${head('Monthly returns', tag)}<div class="card"><p class="empty">No equity points.</p></div></section>`
  const most = Math.max(...known.map(Math.abs), 1e-9)
  const cell = (value: number | null): string => {
    if (value === null) return '<td></td>'
    const shade =
      value === 0
        ? ''
        : ` style="background:rgba(var(--${value > 0 ? 'gain' : 'loss'}-soft), ${(0.05 + 0.4 * Math.min(1, Math.abs(value) / most)).toFixed(2)})"`
    return `<td${shade}>${figure(decimal(value * 100, 1))}</td>`
  }
  const total = (value: number | null): string => `<td class="${tone(value)}">${value === null ? '' : figure(plain(value))}</td>`
  const body = years
    .map((row) => `<tr><th scope="row">${row.year}</th>${row.returns.map(cell).join('')}${total(row.total)}</tr>`)
    .join('\n')
  return `<section id="months" aria-label="Monthly returns">${head('Monthly returns', tag)}
<div class="card"><div class="scroll"><table class="heat"><caption>${caption('Percent of the equity at the start of the month; the first and last month may be partial.', tag)}</caption>
<thead><tr><th scope="col" class="l">Year</th>${MONTHS.map((month) => `<th scope="col">${month}</th>`).join('')}<th scope="col">Year</th></tr></thead><tbody>${body}</tbody></table></div></div></section>`
}

const plain = (fraction: number): string => (fraction > 0 ? '+' : '') + decimal(fraction * 100, 1)

function openSection(doc: BacktestDocument, tag: string): string {
  const rows = doc.openPositions.map((row) => [
    left(row.symbol),
    { html: row.side === 'long' ? 'Long' : 'Short', className: `l side ${row.side === 'long' ? 'gain' : 'loss'}` },
    right(price(row.qty)),
    left(minute(row.entryTimeMs)),
    right(price(row.entryPrice)),
    right(price(row.markPrice)),
    right(gain(row.unrealisedPnl), tone(row.unrealisedPnl)),
  ])
  const heads = [
    ['Symbol', 'l'],
    ['Side', 'l'],
    ['Quantity', ''],
    ['Since', 'l'],
    ['Entry', ''],
    ['Mark', ''],
    ['Unrealised', ''],
  ] as const
  const body =
    rows.length === 0
      ? '<p class="empty">None: every position was closed.</p>'
      : table({ caption: caption('Marked at the last close; not counted as trades.', tag), heads, rows })
  return `<section id="open" aria-label="Open positions">${head('Open at the end', tag)}<div class="card">${body}</div></section>`
}

/** Sentences shown at once; the rest can be unfolded. */
const LISTED = 40
const list = (entries: readonly string[]): string =>
  `<ul class="plain">${entries.map((entry) => `<li>${escaped(entry)}</li>`).join('')}</ul>`

function listSection(id: string, title: string, entries: readonly string[], none: string, tag: string): string {
  const body =
    entries.length === 0
      ? `<p class="empty">${escaped(none)}</p>`
      : `${list(entries.slice(0, LISTED))}${entries.length > LISTED ? `<details><summary>${count(entries.length - LISTED)} more</summary>${list(entries.slice(LISTED))}</details>` : ''}`
  return `<section id="${id}" aria-label="${escaped(title)}">${head(title, tag)}<div class="card">${body}</div></section>`
}

/** Safe to paste into a POSIX shell. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

const recompute = ({ command }: BacktestDocument['manifest']): string =>
  command === undefined
    ? ''
    : `<div class="recompute"><div><h3>Compute it again</h3><code id="recompute">${escaped(['./autotrading', ...command.map(quoted)].join(' '))}</code></div><button type="button" class="button" id="copy" hidden>Copy</button></div>`

function manifestSection({ manifest, digest }: BacktestDocument, tag: string): string {
  const hash = (text: string) => ({ html: `<code>${escaped(text)}</code>`, className: 'l hash', title: text })
  const data = table({
    caption: caption('Every file that was read.', tag),
    heads: [
      ['File', 'l'],
      ['Rows', ''],
      ['SHA-256', 'l'],
    ],
    rows: manifest.data.map((source) => [
      { html: escaped(source.path), className: 'l path' },
      right(count(source.rows)),
      hash(source.sha256),
    ]),
  })
  const instruments = table({
    caption: caption('Rules the orders were held to.', tag),
    heads: [
      ['Symbol', 'l'],
      ['Tick', ''],
      ['Step', ''],
      ['From', 'l'],
      ['Source', 'l'],
    ],
    rows: manifest.instruments.map((row) => [
      left(row.symbol),
      right(row.tickSize),
      right(row.stepSize),
      left(date(row.fromMs)),
      left(row.source),
    ]),
  })
  const facts: readonly (readonly [string, string])[] = [
    ['Digest', digest],
    ['Seed', String(manifest.seed)],
    ['Program', `${manifest.code.version}, sources ${manifest.code.sha256}`],
    ['Strategy', `${manifest.strategy.name}${manifest.strategy.sha256 === null ? '' : `, file ${manifest.strategy.sha256}`}`],
    ['Runtime', manifest.runtime],
    ['Data', manifest.synthetic ? 'synthetic' : 'recorded'],
  ]
  return `<section id="manifest" aria-label="Manifest">${head('Manifest', tag)}
<div class="card">${recompute(manifest)}<dl class="facts">${facts.map(([label, text]) => `<dt>${label}</dt><dd class="${label === 'Seed' || label === 'Data' ? '' : 'mono'}">${escaped(text)}</dd>`).join('')}</dl>
<details><summary>Data files (${manifest.data.length})${tag}</summary>${data}</details>
<details><summary>Instruments (${manifest.instruments.length})${tag}</summary>${instruments}</details>
<details><summary>Configuration${tag}</summary><pre>${escaped(JSON.stringify(manifest.config, null, 2))}</pre></details></div>
<p class="note">Equal inputs give an equal digest on every machine.</p></section>`
}
