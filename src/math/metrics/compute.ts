/**
 * The whole list of metrics of one series. Pure. Source: each metric's own, in the list.
 */
import { MathError } from '../error.ts'
import { type Measured, measured } from './defined.ts'
import { METRICS } from './list.ts'
import type { MetricDefinition, MetricInput } from './metric.ts'

export type MetricResult = Measured & { readonly metric: MetricDefinition }

/**
 * The metrics of a series, in the order of the list or of `names`: each a finite number, or `undefined` with the reason why it has
 * none. Nothing that a series can hold makes this throw.
 * @throws MathError `out-of-domain` for a name that is not in the list
 */
export function computeMetrics(input: MetricInput, names?: readonly string[]): MetricResult[] {
  const chosen = names?.map((name) => METRICS.find((metric) => metric.name === name) ?? unknown(name)) ?? METRICS
  return chosen.map((metric) => ({ metric, ...measured(() => metric.compute(input)) }))
}

function unknown(name: string): never {
  throw new MathError('out-of-domain', `there is no metric ${name}`)
}
