/** Every metric of the list: named once, followed by its stream at every prefix, restored in the middle, and never a number that lies. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { computeMetrics } from './compute.ts'
import { definedOr } from './defined.ts'
import { METRICS } from './list.ts'
import { type MetricDefinition, type MetricInput, settingsOf } from './metric.ts'

const streaming = METRICS.flatMap((metric) =>
  metric.stream === undefined ? [] : [[metric.name, metric, metric.stream] as const],
)

/** Whole basis points: differences of neighbours are exact enough for both ways to see the same ties. */
const some = fc.array(fc.tuple(fc.integer({ min: -3_000, max: 3_000 }), fc.integer({ min: -300, max: 300 })), {
  minLength: 1,
  maxLength: 40,
})
const sparse = fc.array(fc.tuple(fc.constantFrom(0, 0, 100, -50), fc.constantFrom(0, 30, -20)), { minLength: 1, maxLength: 25 })

interface Rows {
  readonly values: readonly number[]
  readonly benchmark: readonly number[]
}
const rowsOf = (pairs: readonly (readonly [number, number])[]): Rows => ({
  values: pairs.map(([r]) => r / 10_000),
  benchmark: pairs.map(([, b]) => b / 10_000),
})

const SETTINGS = { riskFree: 0.0001, target: 0.0005, periodsPerYear: 12 }
const inputOf = (metric: MetricDefinition, { values, benchmark }: Rows, count: number): MetricInput => ({
  returns: metric.needs === 'trades' ? [] : values.slice(0, count),
  ...(metric.needs === 'trades' && { trades: values.slice(0, count) }),
  ...(metric.needs === 'benchmark' && { benchmark: benchmark.slice(0, count) }),
  ...SETTINGS,
})

const agrees = (got: number | undefined, want: number | undefined): boolean =>
  got === want ||
  (got !== undefined && want !== undefined && Math.abs(got - want) <= 1e-9 * Math.max(Math.abs(got), Math.abs(want)) + 1e-12)

describe('the list', () => {
  it('has at least sixty metrics, each name once', () => {
    expect(METRICS.length).toBeGreaterThanOrEqual(60)
    expect(new Set(METRICS.map(({ name }) => name)).size).toBe(METRICS.length)
    for (const { title, source } of METRICS) expect([title.length > 0, source.length > 0]).toEqual([true, true])
  })

  it('answers numbers that are finite, or reasons', () => {
    const prng = createPrng(3)
    const returns = Array.from({ length: 300 }, () => 0.003 + 0.02 * prng.normal())
    const benchmark = returns.map((r) => 0.6 * r + 0.01 * prng.normal())
    const results = computeMetrics({
      returns,
      benchmark,
      trades: returns.map((r) => r * 100),
      periodsPerYear: 365,
      trials: { trials: 20, variance: 0.002 },
    })
    expect(results.length).toBe(METRICS.length)
    // Lo's correction of a year needs more than a year.
    expect(results.filter(({ value }) => value === undefined).map(({ metric }) => metric.name)).toEqual(['sharpeLo'])
  })

  it('says why a metric is not defined', () => {
    for (const returns of [[], [0.1], [0, 0, 0], [0.1, Number.NaN], [0.5, -1, 0.2], [0.1, 0.1, 0.1], [1e200, -1e200]])
      for (const { value, reason, metric } of computeMetrics({ returns, periodsPerYear: 365 })) {
        expect(value === undefined || Number.isFinite(value), metric.name).toBe(true)
        if (value === undefined) expect(reason?.length, metric.name).toBeGreaterThan(0)
      }
    const [sharpe, beta, winRate] = computeMetrics({ returns: [0.1], periodsPerYear: 365 }, ['sharpe', 'beta', 'winRate'])
    expect(sharpe.reason).toBe('returns has 1 value; 2 are needed')
    expect(beta.reason).toBe('there is no benchmark')
    expect(winRate.reason).toBe('there is no list of trades')
  })

  it('refuses a name that it does not have', () => {
    expect(() => computeMetrics({ returns: [0.1, 0.2], periodsPerYear: 365 }, ['luck'])).toThrow('there is no metric luck')
  })
})

describe('streams', () => {
  it('are there for most metrics', () => expect(streaming.length).toBeGreaterThan(55))

  it.each(streaming)('%s equals its batch at every prefix, through a restore too (property)', (_name, metric, create) => {
    fc.assert(
      fc.property(fc.oneof(some, sparse), (pairs) => {
        const rows = rowsOf(pairs)
        const settings = settingsOf({ ...SETTINGS })
        let stream = create(settings)
        for (let i = 0; i < pairs.length; i++) {
          stream.update(rows.values[i], rows.benchmark[i])
          if (i === pairs.length >> 1) {
            const state = JSON.parse(JSON.stringify(stream.snapshot())) as number[]
            stream = create(settings)
            stream.restore(state)
          }
          const want = definedOr(() => metric.compute(inputOf(metric, rows, i + 1)))
          const got = stream.value()
          if (!agrees(got, want)) expect(got, `after ${i + 1} of ${JSON.stringify(pairs)}`).toBe(want)
        }
      }),
      { numRuns: 40 },
    )
  })

  it.each(streaming)('%s has no value once something was not finite', (_name, _metric, create) => {
    const stream = create(SETTINGS)
    for (const value of [0.01, -0.02, Number.NaN, 0.03, -0.01]) stream.update(value, value / 2)
    expect(stream.value()).toBeUndefined()
    const fresh = create(SETTINGS)
    fresh.restore(stream.snapshot())
    expect(fresh.value()).toBeUndefined()
  })
})
