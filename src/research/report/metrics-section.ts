/**
 * All metrics as a folded table of the report page.
 *
 * Pure. Types of the metrics only: nothing is computed here.
 */
import type { MetricResult } from '../../math/metrics/compute.ts'
import type { MetricUnit } from '../../math/metrics/metric.ts'
import { count, DASH, decimal, money, percent } from './format.ts'
import { caption, escaped, head, left, right, table } from './markup.ts'
import type { Cell } from './markup.ts'

const FORMATS: Readonly<Record<MetricUnit, (value: number) => string>> = {
  fraction: percent,
  'fraction per year': percent,
  ratio: (value) => decimal(value, 3),
  periods: (value) => `${decimal(value, 1)} d`,
  count,
  value: (value) => money(String(value)),
}

/** Nothing when no metrics were computed. */
export function metricsSection(results: readonly MetricResult[], tag: string): string {
  if (results.length === 0) return ''
  const rows = results.map(({ metric, value, reason }): readonly Cell[] => [
    { html: escaped(metric.title), className: 'l', title: metric.source },
    value === undefined
      ? { html: DASH, className: 'quiet', title: `Not defined: ${reason}` }
      : right(FORMATS[metric.unit](value)),
    left(metric.unit),
    left(metric.better),
  ])
  const text =
    'Of the daily returns, 365 days a year, and of the closed trades. Point at a name for its source, at a dash for why.'
  const body = table({
    caption: caption(text, tag),
    heads: [
      ['Metric', 'l'],
      ['Value', ''],
      ['Unit', 'l'],
      ['Better', 'l'],
    ],
    rows,
  })
  const defined = results.filter(({ value }) => value !== undefined).length
  return `<section id="metrics" aria-label="All metrics">${head('All metrics', tag)}
<div class="card"><details><summary>${count(results.length)} metrics, ${count(defined)} of them defined${tag}</summary>${body}</details></div></section>`
}
