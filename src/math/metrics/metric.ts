/**
 * What a metric is: a name, a meaning, a number of a series, and where it can be followed, the same number after every return.
 *
 * Pure.
 */
import { MathError } from '../error.ts'
import { refuseUnless, type Vector } from '../guard.ts'
import { definedOr } from './defined.ts'

/** What metrics are computed from. What is not given leaves the metrics that need it undefined. */
export interface MetricInput {
  /** Simple returns, one a period. */
  readonly returns: Vector
  /** Returns of a benchmark in the same periods. */
  readonly benchmark?: Vector
  /** Results of closed trades, in any one unit. */
  readonly trades?: Vector
  /** Risk-free return per period. Default: 0. */
  readonly riskFree?: number
  /** Minimum acceptable return per period. Default: the risk-free one. */
  readonly target?: number
  readonly periodsPerYear: number
  /** How many configurations were tried before this one, and the variance of their Sharpe ratios per period. */
  readonly trials?: { readonly trials: number; readonly variance: number }
}

export interface MetricSettings {
  readonly riskFree: number
  readonly target: number
  readonly periodsPerYear: number
}

export const settingsOf = ({
  riskFree = 0,
  target = riskFree,
  periodsPerYear,
}: Omit<MetricInput, 'returns'>): MetricSettings => ({
  riskFree,
  target,
  periodsPerYear,
})

/** `fraction`: 0.1 is ten percent; `value`: in the unit of the trades' results. */
export type MetricUnit = 'fraction' | 'fraction per year' | 'ratio' | 'periods' | 'count' | 'value'

/** The same metric, a return at a time. */
export interface StreamingMetric {
  /** The next return (or trade), with the benchmark's where the metric needs one. */
  update(value: number, benchmark?: number): void
  /** `undefined` until it is defined, and where it is not finite. */
  value(): number | undefined
  /** The whole state. */
  snapshot(): readonly number[]
  /** @throws MathError `shape` when it is the state of another metric */
  restore(state: readonly number[]): void
}

export interface MetricDefinition {
  readonly name: string
  readonly title: string
  readonly unit: MetricUnit
  readonly better: 'higher' | 'lower' | 'neither'
  /** Where the definition stands. */
  readonly source: string
  /** What it is computed from, and what its stream is fed with. */
  readonly needs: 'returns' | 'benchmark' | 'trades'
  /** @throws MathError when it is not defined */
  compute(input: MetricInput): number
  readonly stream?: (settings: MetricSettings) => StreamingMetric
}

export function given<T>(what: string, value: T | undefined): T {
  if (value === undefined) throw new MathError('empty', `there is no ${what}`)
  return value
}

/** State that grows by a return at a time. Its numbers are a fixed count. */
export interface Accumulator {
  readonly size: number
  update(value: number, benchmark: number): void
  snapshot(): readonly number[]
  restore(state: readonly number[]): void
}

/** A metric read off accumulators. What is not finite was refused for good: a series with a gap has no such metric. */
export function streamOf(accumulators: readonly Accumulator[], read: () => number): StreamingMetric {
  let whole = true
  return {
    update(value, benchmark = 0) {
      whole &&= Number.isFinite(value) && Number.isFinite(benchmark)
      for (const each of accumulators) each.update(value, benchmark)
    },
    value: () => (whole ? definedOr(read) : undefined),
    snapshot: () => [whole ? 1 : 0, ...accumulators.flatMap((each) => each.snapshot())],
    restore([first, ...state]) {
      const size = accumulators.reduce((total, each) => total + each.size, 0)
      refuseUnless(state.length === size, 'shape', () => `a state of ${state.length + 1} numbers; it has ${size + 1}`)
      whole = first === 1
      let at = 0
      for (const each of accumulators) {
        each.restore(state.slice(at, at + each.size))
        at += each.size
      }
    },
  }
}
