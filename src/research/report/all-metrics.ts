/**
 * Every metric of the list for a backtest's document: from its daily returns and the nets of its closed trades.
 *
 * Pure. Loads the special functions, so a command imports it when a report is asked for, not before.
 */
import type { BacktestDocument } from '../../backtest/result.ts'
import { computeMetrics, type MetricResult } from '../../math/metrics/compute.ts'
import type { MetricDefinition } from '../../math/metrics/metric.ts'
import { DAYS_PER_YEAR } from '../../math/metrics/returns.ts'
import { dailyReturnsOf } from './analysis-sections.ts'

/** `riskFree` is annual, as in the configuration. */
export function metricsOf(document: BacktestDocument, riskFree: number): readonly MetricResult[] {
  return computeMetrics({
    returns: dailyReturnsOf(document),
    trades: document.trades.map(({ netPnl }) => Number(netPnl)),
    riskFree: riskFree / DAYS_PER_YEAR,
    periodsPerYear: DAYS_PER_YEAR,
  })
}

/** `metrics.json`. */
export interface MetricsDocument {
  readonly schema: 'autotrading.metrics/1'
  /** Of the run. */
  readonly digest: string
  readonly metrics: readonly (Pick<MetricDefinition, 'name' | 'title' | 'unit' | 'better' | 'source'> & {
    readonly value: number | null
    /** Why there is no value. */
    readonly reason?: string
  })[]
}

export function metricsDocument(digest: string, results: readonly MetricResult[]): MetricsDocument {
  return {
    schema: 'autotrading.metrics/1',
    digest,
    metrics: results.map(({ metric: { name, title, unit, better, source }, value, reason }) => ({
      name,
      title,
      unit,
      better,
      source,
      value: value ?? null,
      ...(reason !== undefined && { reason }),
    })),
  }
}
