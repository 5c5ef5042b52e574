/**
 * Whose a result is, as a page of its own: the sections of the report, and the attribution against holding.
 *
 * Pure.
 */
import type { BrinsonEffects } from '../../portfolio/brinson.ts'
import { ATTRIBUTION_STYLE, attributionSection } from '../report/attribution-sections.ts'
import { gainPercent, span, tone } from '../report/format.ts'
import { caption, escaped, figure, head, left, right, table } from '../report/markup.ts'
import type { Cell } from '../report/markup.ts'
import { pageOf, topBar } from '../report/page-frame.ts'
import type { AttributedRun } from './report-file.ts'

export function renderAttributionHtml(
  { run, attribution }: AttributedRun,
  effects: BrinsonEffects | undefined,
  version: string,
): string {
  const tag = run.synthetic ? '<span class="tag">SYNTHETIC MARKET</span>' : ''
  const period = { fromMs: run.period.fromMs, toMs: run.period.toMs, bars: run.period.bars ?? 0 }
  const body = `${topBar([
    ['attribution', 'Whose result'],
    ['holding', 'Against holding'],
  ])}
<style>${ATTRIBUTION_STYLE}</style>
<main class="wrap" id="main"><div class="hero"><h1>${escaped(run.strategy)}${tag}</h1><p class="subject">${escaped(span(period))} · ${escaped(run.path)}</p></div>
${attributionSection({ attribution }, tag)}
${holdingSection(effects, tag)}
<footer>AutoTrading ${escaped(version)} · a backtest describes the past, it promises nothing. ${tag}</footer></main>`
  return pageOf({ title: `${run.strategy}, attribution ${span(period)}`, version, body, scripts: [] })
}

function holdingSection(effects: BrinsonEffects | undefined, tag: string): string {
  const title = head('Against holding all symbols in equal parts', tag)
  if (effects === undefined)
    return `<section id="holding">${title}<div class="card"><p class="empty">Not defined: in some month the account had no equity, so its returns cannot be linked.</p></div></section>`
  const { allocation, timing, besides } = effects
  const rows = [
    ...allocation.map((each) => ['exposure', each] as const),
    ...timing.map((each) => ['timing', each] as const),
    ...besides.map((each) => ['costs', each] as const),
  ]
    .filter(([, { effect }]) => effect !== 0)
    .map(([kind, { name, effect }]): readonly Cell[] => [left(kind), left(name), right(gainPercent(effect), tone(effect))])
  const body = table({
    caption: caption('Brinson-Fachler by months, linked after Carino. The effects add up to the difference of the returns.', tag),
    heads: [
      ['Effect', 'l'],
      ['Of', 'l'],
      ['Share of return', ''],
    ],
    rows,
  })
  return `<section id="holding" aria-label="Against holding">${title}<p class="note">The account returned ${figure(gainPercent(effects.portfolioReturn))} after costs, holding ${figure(gainPercent(effects.benchmarkReturn))} before costs: ${figure(gainPercent(effects.excess))} apart.</p><div class="card">${body}</div></section>`
}
