/** All metrics, in the order in which reports show them. Pure. */
import type { MetricDefinition } from './metric.ts'
import { METRICS_OF_BENCHMARK } from './metrics-of-benchmark.ts'
import { METRICS_OF_DRAWDOWN } from './metrics-of-drawdown.ts'
import { METRICS_OF_INFERENCE } from './metrics-of-inference.ts'
import { METRICS_OF_RETURN } from './metrics-of-return.ts'
import { METRICS_OF_RISK } from './metrics-of-risk.ts'
import { METRICS_OF_TRADES } from './metrics-of-trades.ts'

export const METRICS: readonly MetricDefinition[] = [
  ...METRICS_OF_RETURN,
  ...METRICS_OF_RISK,
  ...METRICS_OF_DRAWDOWN,
  ...METRICS_OF_INFERENCE,
  ...METRICS_OF_TRADES,
  ...METRICS_OF_BENCHMARK,
]
