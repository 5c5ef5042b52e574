/**
 * Markets as a portfolio as one HTML file that needs nothing else, in the style of the report.
 *
 * Pure.
 */
import { count, date, decimal, percent } from '../report/format.ts'
import { caption, escaped, head, left, right, table, type Cell } from '../report/markup.ts'
import { pageOf, topBar } from '../report/page-frame.ts'
import type { RiskReport } from '../../portfolio/risk-report.ts'
import type { PortfolioDocument } from './study.ts'
import { boundOf } from './terminal.ts'

const STYLE = `<style>
.heat td { text-align: center; min-width: 58px; } .bar-cell { display: inline-block; height: 9px; border-radius: 3px; background: var(--accent); vertical-align: 0; margin-right: 8px; } .bar-cell.less { background: var(--loss); }
section .card + .card { margin-top: 14px; } .rolling { padding: 14px 18px; } .rolling svg { display: block; width: 100%; height: 140px; } .rolling path { fill: none; stroke: var(--accent); stroke-width: 2; vector-effect: non-scaling-stroke; } .rolling line { stroke: var(--line-strong); vector-effect: non-scaling-stroke; }
</style>`

type Heads = readonly (readonly [string, 'l' | ''])[]

/** The whole page. */
export function renderPortfolioHtml(document: PortfolioDocument, version: string): string {
  const { symbols, common, methods, configured, run } = document
  const risk = methods.find(({ method }) => method === configured)?.risk ?? null
  const sections: [string, string][] = [
    ['days', 'Days'],
    ['correlation', 'Correlation'],
    ['weights', 'Weights'],
    ['risk', 'Risk'],
  ]
  if (run !== null) sections.push(['run', 'Run'])
  const named = symbols.length > 8 ? `${symbols.slice(0, 8).join(', ')} and ${symbols.length - 8} more` : symbols.join(', ')
  const body = `${STYLE}${topBar(sections)}
<main class="wrap" id="main">
<div class="hero"><h1>Portfolio</h1><p class="subject"><b>${escaped(named)}</b> · ${count(common.days)} common days, ${date(common.fromMs)} to ${date(common.toMs)}</p>
<p class="result">Computed from past returns, as a run would at the end of these data. Correlations of crises are higher than those of quiet days.</p></div>
${daysSection(document)}
${correlationSection(document)}
${weightsSection(document)}
${riskSection('risk', `Risk of the weights by ${configured}`, risk, '')}
${run === null ? '' : riskSection('run', "Risk of the run's last positions", run.risk, leftOutWords(run.leftOut))}
<footer>AutoTrading ${escaped(version)} · days are UTC</footer>
</main>`
  return pageOf({ title: `Portfolio of ${named}`, version, body, scripts: [] })
}

function daysSection({ markets, common }: PortfolioDocument): string {
  const rows = markets.map((row): readonly Cell[] => [
    left(row.symbol),
    left(date(row.fromMs)),
    left(date(row.toMs)),
    right(count(row.days)),
    left(row.leftOut === null ? 'yes' : `left out: ${row.leftOut}`),
  ])
  const heads: Heads = [
    ['Market', 'l'],
    ['From', 'l'],
    ['To', 'l'],
    ['Days in the window', ''],
    ['Part of it', 'l'],
  ]
  const words = `Of the last ${common.window} days those are used on which all that are kept have a return: ${common.days}. Fewer than ${common.least} leave a market out.`
  return section('days', 'Days', table({ caption: caption(words, ''), heads, rows }))
}

/** Warm for the same direction, cool for the opposite one; the number says the same. */
function heat(value: number): Cell {
  const strength = Math.round(Math.min(1, Math.abs(value)) * 62)
  const colour = value >= 0 ? 'var(--loss)' : 'var(--accent)'
  return {
    html: `<span style="display:block;margin:-4px -6px;padding:4px 6px;border-radius:5px;background:color-mix(in srgb, ${colour} ${strength}%, transparent)">${escaped(decimal(value, 2).replace('-', '\u2212'))}</span>`,
  }
}

function correlationSection({ symbols, correlation }: PortfolioDocument): string {
  const { matrix, measure, mean, clusters, clusterCorrelation, rolling, rollingDays } = correlation
  const heads: Heads = [['', 'l'], ...symbols.map((symbol): readonly [string, ''] => [symbol.replace(/(USDT|USDC)$/, ''), ''])]
  const rows = symbols.map((symbol, i): readonly Cell[] => [left(symbol), ...matrix[i].map(heat)])
  const groups = clusters.map((members, i): readonly Cell[] => [left(`${i + 1}`), left(members.join(', '))])
  const matrixTable = table({
    caption: caption(`By ${measure}; mean of all pairs ${decimal(mean, 2)}.`, ''),
    className: 'heat',
    heads,
    rows,
  })
  const clusterTable = table({
    caption: caption(`Clusters: shrunk correlation above ${decimal(clusterCorrelation, 2)} on average.`, ''),
    heads: [
      ['Cluster', 'l'],
      ['Markets', 'l'],
    ],
    rows: groups,
  })
  return `<section id="correlation" aria-label="Correlation">${head('Correlation', '')}<div class="card">${matrixTable}</div>${rollingPlot(rolling, rollingDays)}<div class="card">${clusterTable}</div></section>`
}

function rollingPlot(rolling: PortfolioDocument['correlation']['rolling'], length: number): string {
  if (rolling.length < 2) return ''
  const [from, to] = [rolling[0][0], rolling[rolling.length - 1][0]]
  const values = rolling.map(([, mean]) => mean)
  const low = Math.min(0, ...values)
  const points = rolling.map(
    ([time, mean]) =>
      `${((1_000 * (time - from)) / (to - from)).toFixed(1)} ${(100 * (1 - (mean - low) / (1 - low))).toFixed(2)}`,
  )
  const words = `Mean Pearson correlation of all pairs over ${length} days, ${date(from)} to ${date(to)}: lowest ${decimal(Math.min(...values), 2)}, highest ${decimal(Math.max(...values), 2)}, last ${decimal(values[values.length - 1], 2)}. Top is 1, bottom ${decimal(low, 2)}.`
  return `<div class="card"><div class="rolling"><svg viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label="${escaped(words)}"><line x1="0" y1="0" x2="1000" y2="0"/><line x1="0" y1="100" x2="1000" y2="100"/><path d="M${points.join('L')}"/></svg><p class="note">${escaped(words)}</p></div></div>`
}

function weightsSection({ symbols, methods, gross, configured }: PortfolioDocument): string {
  const title = (method: string): string => (method === configured ? `${method} (configured)` : method)
  const weights = table({
    caption: caption(
      `Share of equity at full conviction: every opinion long, nothing held, no funding. At most ${percent(gross)} together.`,
      '',
    ),
    heads: [['Market', 'l'], ...methods.map(({ method }): readonly [string, ''] => [title(method), ''])],
    rows: symbols.map((symbol, i) => [
      left(symbol),
      ...methods.map(({ failed, weights: each }) => right(percent(failed === null ? each[i] : null))),
    ]),
  })
  const bounds = table({
    caption: caption('What each comes up against.', ''),
    heads: [
      ['Method', 'l'],
      ['Volatility a day', ''],
      ['Diversification ratio', ''],
      ['Gross', ''],
      ['Bound by', 'l'],
    ],
    rows: methods.map((each) => [
      left(each.method),
      right(percent(each.risk?.volatility ?? null)),
      right(decimal(each.risk?.diversificationRatio ?? null, 2)),
      right(percent(each.risk?.gross ?? null)),
      { html: escaped(boundOf(each)), className: 'l path' },
    ]),
  })
  return `<section id="weights" aria-label="Weights">${head('Weights that each method would give now', '')}<div class="card">${weights}</div><div class="card">${bounds}</div></section>`
}

function riskSection(id: string, title: string, risk: RiskReport | null, words: string): string {
  const note = words === '' ? '' : `<p class="note">${escaped(words)}</p>`
  if (risk === null) return section(id, title, '<p class="empty">Nothing is held that varies.</p>') + note
  const most = Math.max(...risk.rows.map(({ share }) => Math.abs(share)))
  const rows = risk.rows
    .filter(({ weight }) => weight !== 0)
    .map((row): readonly Cell[] => [
      left(row.symbol),
      right(percent(row.weight)),
      right(percent(row.volatility)),
      right(percent(row.marginal)),
      right(percent(row.contribution)),
      {
        html: `<i class="bar-cell${row.share < 0 ? ' less' : ''}" style="width:${Math.round((120 * Math.abs(row.share)) / most)}px"></i>${escaped(percent(row.share))}`,
        className: 'l',
      },
    ])
  const heads: Heads = [
    ['Market', 'l'],
    ['Weight', ''],
    ['Volatility a day', ''],
    ['Marginal', ''],
    ['Adds', ''],
    ['Share of the risk', 'l'],
  ]
  const total = `Together ${percent(risk.volatility)} a day, diversification ratio ${decimal(risk.diversificationRatio, 2)}, gross ${percent(risk.gross)}, net ${percent(risk.net)}.`
  return section(id, title, table({ caption: caption(total, ''), heads, rows })) + note
}

const section = (id: string, title: string, content: string): string =>
  `<section id="${id}" aria-label="${escaped(title)}">${head(title, '')}<div class="card">${content}</div></section>`

const leftOutWords = (rows: readonly { readonly symbol: string; readonly weight: number }[]): string =>
  rows.length === 0
    ? ''
    : `Not in these figures, because the data lack its days: ${rows.map(({ symbol, weight }) => `${symbol} (${percent(weight)})`).join(', ')}.`
