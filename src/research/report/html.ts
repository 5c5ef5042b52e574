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
import type { ReportSeries } from './candles.ts'
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
  price,
  ratio,
  span,
  tone,
} from './format.ts'
import { escaped, figure, left, right, table } from './markup.ts'
import { monthlyReturns } from './monthly.ts'
import { pageJson } from './page-data.ts'
import { PAGE_SCRIPT } from './page-script.ts'
import { PAGE_STYLE } from './page-style.ts'

export interface HtmlOptions {
  /** What the simulation takes for granted, one sentence each, shown in the report. */
  readonly assumptions?: readonly string[]
}

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" viewBox="0 0 20 20"><rect width="20" height="20" rx="5" fill="#2f5bea"/><path d="M4 13.5l4-4.5 3 2.5 5-6" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></svg>`
const POLICY = `default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** The whole page. Below 2 MB with 5,000 trades; candles are joined until they fit. */
export function renderHtml(doc: BacktestDocument, series: ReportSeries, { assumptions = [] }: HtmlOptions = {}): string {
  const { name } = doc.manifest.strategy
  const tag = doc.manifest.synthetic ? '<span class="tag">SYNTHETIC MARKET</span>' : ''
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="AutoTrading ${escaped(doc.manifest.code.version)}">
<title>${doc.manifest.synthetic ? 'SYNTHETIC MARKET: ' : ''}${escaped(name)}, backtest ${escaped(span(doc.period))}</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(ICON)}">
<style>${PAGE_STYLE}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
${doc.manifest.synthetic ? '<div class="print-mark">SYNTHETIC MARKET</div>' : ''}
${bar()}
${doc.manifest.synthetic ? syntheticBar() : ''}
<main class="wrap" id="main">
${hero(doc, tag)}
${overview(doc, tag)}
${equitySection(tag)}
${marketSection(tag)}
${tradesSection(doc, tag)}
<div class="two">${symbolsSection(doc, tag)}${costsSection(doc, tag)}</div>
${monthsSection(doc, tag)}
${openSection(doc, tag)}
<div class="two even">${listSection('assumptions', 'Assumptions', assumptions, 'None were stated.', tag)}${listSection('warnings', 'Warnings', doc.warnings, 'None.', tag)}</div>
${manifestSection(doc, tag)}
<footer>AutoTrading ${escaped(doc.manifest.code.version)} · digest <span class="mono">${escaped(doc.digest.slice(0, 16))}</span> · times are UTC · a backtest describes the past, it promises nothing.<br>
Charts: <a href="https://www.tradingview.com/" rel="noopener">TradingView</a> Lightweight Charts™, Apache License 2.0. ${tag}</footer>
</main>
<script type="application/json" id="report-data">${pageJson(doc, series)}</script>
<script>${chartLibrary()}</script>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`
}

/** The build of lightweight-charts that defines one global and imports nothing. */
function chartLibrary(): string {
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

const bar = (): string => `<header class="bar"><div class="wrap">
<div class="brand">${ICON}<span>AutoTrading</span></div>
<nav aria-label="Sections"><a href="#overview">Overview</a><a href="#equity">Equity</a><a href="#market">Market</a><a href="#trade-list">Trades</a><a href="#symbols">Symbols</a><a href="#costs">Costs</a><a href="#months">Months</a><a href="#open">Open</a><a href="#assumptions">Assumptions</a><a href="#warnings">Warnings</a><a href="#manifest">Manifest</a></nav>
<button type="button" class="button" id="theme" aria-label="Switch between light and dark" hidden>Dark</button>
</div></header>`

const syntheticBar =
  (): string => `<div class="synthetic-bar" role="note"><div class="wrap"><span class="tag">SYNTHETIC MARKET</span>
<span>These data were generated, not recorded from a market. Nothing on this page says what a real one would have paid.</span></div></div>`

const head = (title: string, tag: string, tools = ''): string =>
  `<div class="head"><h2>${escaped(title)}</h2>${tag}${tools === '' ? '' : `<div class="tools">${tools}</div>`}</div>`

const caption = (text: string, tag: string): string => `<span>${escaped(text)}${tag}</span>`

function hero(doc: BacktestDocument, tag: string): string {
  const { name, params } = doc.manifest.strategy
  const names = doc.symbols.map((s) => s.symbol)
  const symbols = names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ')
  const parts = [
    `<b>${escaped(symbols)}</b>`,
    escaped(intervals(doc)),
    `<span class="nowrap">${escaped(span(doc.period))}</span>`,
    `${count(doc.period.bars)} bars`,
  ]
  const chips = Object.entries(params).map(([key, value]) => `<li>${escaped(key)}<b>${escaped(String(value))}</b></li>`)
  return `<div class="hero"><h1>${escaped(name)}${tag}</h1>
<p class="subject">${parts.filter((part) => part !== '').join(' · ')}</p>
${chips.length === 0 ? '' : `<ul class="chips" aria-label="Parameters">${chips.join('')}</ul>`}
<noscript><p class="note">Charts and the list of trades need JavaScript; the figures below do not.</p></noscript></div>`
}

function overview({ summary, period }: BacktestDocument, tag: string): string {
  const lead = (label: string, text: string, sub: string, className = ''): string =>
    `<div class="card"><dt>${escaped(label)}</dt><dd class="${className}">${figure(text)}<p class="sub">${sub}</p></dd></div>`
  const stat = (label: string, text: string, className = ''): string =>
    `<div><dt>${escaped(label)}</dt><dd class="${className}">${figure(text)}</dd></div>`
  const fall = summary.maxDrawdown === 0 ? percent(0) : `-${percent(summary.maxDrawdown)}`
  return `<section id="overview" aria-label="Overview">${head('Overview', tag)}
<dl class="lead">
${lead('Total return', gainPercent(summary.totalReturn), `${figure(money(summary.initialCapital))} → ${figure(money(summary.finalEquity))}`, tone(summary.totalReturn))}
${lead('Sharpe', ratio(summary.sharpe), `Sortino ${figure(ratio(summary.sortino))}, Calmar ${figure(ratio(summary.calmar))}`)}
${lead('Max drawdown', fall, `lasted ${escaped(duration(summary.maxDrawdownDurationMs))} of ${escaped(duration(period.toMs - period.fromMs))}`, tone(-summary.maxDrawdown))}
${lead('Profit factor', ratio(summary.profitFactor), `${count(summary.trades)} trades, ${figure(percent(summary.winRate))} won`)}
</dl>
<dl class="card stats">
${stat('Net profit', gain(summary.netProfit), tone(summary.netProfit))}
${stat('CAGR', gainPercent(summary.cagr), tone(summary.cagr))}
${stat('Volatility', percent(summary.volatility))}
${stat('Win rate', percent(summary.winRate))}
${stat('Expectancy', gain(summary.expectancy), tone(summary.expectancy))}
${stat('Exposure', percent(summary.exposure))}
${stat('Turnover', summary.turnover === null ? DASH : `${decimal(summary.turnover, 1)}x`)}
${stat('Trades', count(summary.trades))}
${stat('Fills', count(summary.fills))}
${stat('Fees', money(summary.fees))}
${stat('Funding', gain(summary.funding), tone(summary.funding))}
${stat('Liquidations', count(summary.liquidations), summary.liquidations > 0 ? 'loss' : '')}
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
<div class="keys"><span><i style="background:var(--candle-up)"></i>long entry</span><span><i style="background:var(--candle-down)"></i>short entry</span><span><i class="round" style="background:var(--ink-3)"></i>exit</span><span><i style="background:var(--stop)"></i>stop</span><span id="market-interval"></span></div>
<span id="picked" aria-live="polite"></span></div></div></section>`

function tradesSection(doc: BacktestDocument, tag: string): string {
  if (doc.trades.length === 0)
    return `<section id="trade-list">${head('Trades', tag)}<div class="card"><p class="empty">No trade was closed.</p></div></section>`
  const heads: readonly (readonly [string, string])[] = [
    ['#', ''],
    ['Symbol', 'l'],
    ['Side', 'l'],
    ['Opened', 'l'],
    ['Closed', 'l'],
    ['Quantity', ''],
    ['Entry', ''],
    ['Exit', ''],
    ['Gross', ''],
    ['Fees', ''],
    ['Funding', ''],
    ['Net', ''],
    ['Reason', 'l'],
  ]
  const tools = `<label class="sr" for="trades-symbol">Symbol</label><select id="trades-symbol"><option value="">All symbols</option></select>
<label class="sr" for="trades-filter">Which trades</label><select id="trades-filter"><option value="all">All trades</option><option value="won">Winners</option><option value="lost">Losers</option><option value="long">Long</option><option value="short">Short</option><option value="stop">Stopped</option></select>`
  return `<section id="trade-list" aria-label="Trades">${head('Trades', tag, tools)}
<div class="card"><div class="scroll"><table id="trades"><caption>${caption('Choose a trade to see it on the chart.', tag)}</caption>
<thead><tr>${heads.map(([title, align]) => `<th scope="col"${align === '' ? '' : ' class="l"'}><button type="button">${title}</button></th>`).join('')}</tr></thead><tbody></tbody></table></div>
<div class="pages"><span id="trades-count" aria-live="polite"></span><button type="button" class="button" id="page-before">Previous</button><button type="button" class="button" id="page-after">Next</button></div></div></section>`
}

function symbolsSection(doc: BacktestDocument, tag: string): string {
  const rows = doc.symbols.map((row) => [
    left(row.symbol),
    left(row.interval),
    right(count(row.bars)),
    right(count(row.trades)),
    right(percent(row.winRate)),
    right(gain(row.netProfit), tone(row.netProfit)),
    right(money(row.fees)),
    right(gain(row.funding), tone(row.funding)),
    right(gainPercent(row.buyAndHold), tone(row.buyAndHold)),
  ])
  const heads = [
    ['Symbol', 'l'],
    ['Interval', 'l'],
    ['Bars', ''],
    ['Trades', ''],
    ['Win rate', ''],
    ['Net profit', ''],
    ['Fees', ''],
    ['Funding', ''],
    ['Buy and hold', ''],
  ] as const
  const body = table({
    caption: caption('Buy and hold is the change from first open to last close, before costs.', tag),
    heads,
    rows,
  })
  return `<section id="symbols" aria-label="Symbols">${head('Symbols', tag)}<div class="card">${body}</div></section>`
}

function costsSection({ summary }: BacktestDocument, tag: string): string {
  const before = beforeCosts(summary)
  const rows: readonly (readonly [label: string, value: number])[] = [
    ['Before costs', before],
    ['Fees', -Number(summary.fees)],
    ['Funding', Number(summary.funding)],
    ['Net profit', Number(summary.netProfit)],
  ]
  const most = Math.max(...rows.map((row) => Math.abs(row[1])), Number.MIN_VALUE)
  const meter = (value: number): string =>
    `<div class="meter"><i class="${tone(value)}" style="width:${((Math.abs(value) / most) * 100).toFixed(1)}%"></i></div>`
  const body = table({
    caption: caption('In the quote asset.', tag),
    className: 'costs',
    heads: [
      ['Item', 'l'],
      ['Amount', ''],
      ['', ''],
    ],
    rows: rows.map(([label, value]) => [left(label), right(gain(String(value)), tone(value)), { html: meter(value) }]),
    rowClass: (i) => (i === rows.length - 1 ? 'total' : ''),
  })
  return `<section id="costs" aria-label="Costs">${head('Costs', tag)}<div class="card">${body}</div>
<p class="note">Slippage of ${figure(money(summary.slippage))} against the decision prices is already inside the fill prices.</p></section>`
}

function monthsSection(doc: BacktestDocument, tag: string): string {
  const years = monthlyReturns(doc)
  const known = years.flatMap((row) => row.months.filter((value) => value !== undefined))
  if (known.length === 0)
    return `<section id="months">${head('Monthly returns', tag)}<div class="card"><p class="empty">No equity points.</p></div></section>`
  const most = Math.max(...known.map(Math.abs), 1e-9)
  const cell = (value: number | undefined): string => {
    if (value === undefined) return '<td></td>'
    const shade =
      value === 0
        ? ''
        : ` style="background:rgba(var(--${value > 0 ? 'gain' : 'loss'}-soft), ${(0.05 + 0.4 * Math.min(1, Math.abs(value) / most)).toFixed(2)})"`
    return `<td${shade}>${figure(decimal(value * 100, 1))}</td>`
  }
  const total = (value: number | undefined): string =>
    `<td class="${tone(value ?? null)}">${value === undefined ? '' : figure(plain(value))}</td>`
  const body = years
    .map((row) => `<tr><th scope="row">${row.year}</th>${row.months.map(cell).join('')}${total(row.total)}</tr>`)
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

function listSection(id: string, title: string, entries: readonly string[], none: string, tag: string): string {
  const body =
    entries.length === 0
      ? `<p class="empty">${escaped(none)}</p>`
      : `<ul class="plain">${entries.map((entry) => `<li>${escaped(entry)}</li>`).join('')}</ul>`
  return `<section id="${id}" aria-label="${escaped(title)}">${head(title, tag)}<div class="card">${body}</div></section>`
}

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
<div class="card"><dl class="facts">${facts.map(([label, text]) => `<dt>${label}</dt><dd class="${label === 'Seed' || label === 'Data' ? '' : 'mono'}">${escaped(text)}</dd>`).join('')}</dl>
<details><summary>Data files (${manifest.data.length})${tag}</summary>${data}</details>
<details><summary>Instruments (${manifest.instruments.length})${tag}</summary>${instruments}</details>
<details><summary>Configuration${tag}</summary><pre>${escaped(JSON.stringify(manifest.config, null, 2))}</pre></details></div>
<p class="note">Equal inputs give an equal digest on every machine.</p></section>`
}
