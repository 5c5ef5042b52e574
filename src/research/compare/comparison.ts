/**
 * Several finished runs side by side: figures with their differences, the time they share, daily returns against each
 * other, what they were told differently, and where they parted. The first run is what the others are compared with.
 *
 * Pure; chance comes from a seed.
 */
import { formatUnits, parseDecimal, pow10Big } from '../../core/exact.ts'
import { createPrng } from '../../core/random.ts'
import { stationaryResample } from '../../math/inference/block-bootstrap.ts'
import { correlationIfDefined } from '../../math/portfolio/correlation.ts'
import { DAYS_PER_YEAR, sharpe } from '../../math/performance.ts'
import { mean } from '../../math/sum.ts'
import { commonPeriod } from './common-period.ts'
import type { CommonPeriod } from './common-period.ts'
import type { ComparedRun } from './run-file.ts'
import { cautions, settingDifferences } from './settings-difference.ts'
import type { Caution, SettingDifference } from './settings-difference.ts'
import { tradeDifference } from './trade-difference.ts'
import type { TradeDifference } from './trade-difference.ts'

export const COMPARE_SCHEMA = 'autotrading.compare/1'

export interface CompareDocument {
  readonly schema: typeof COMPARE_SCHEMA
  readonly runs: readonly ComparedHead[]
  /** Whether nothing stands in `cautions`. */
  readonly comparable: boolean
  readonly cautions: readonly Caution[]
  /** Of each run's own period. Where periods differ nothing is called better or worse here. */
  readonly metrics: readonly Metric[]
  /** In the time that all runs share; `null` when there is none. */
  readonly common: {
    readonly fromMs: number
    readonly toMs: number
    /** UTC days with a return for each run. */
    readonly days: number
    readonly metrics: readonly Metric[]
    /** Of the daily returns, run by run; `null` where one does not vary or was ruined. */
    readonly correlation: readonly (readonly (number | null)[])[]
    readonly differences: readonly DailyDifference[]
  } | null
  readonly bootstrap: { readonly samples: number; readonly seed: number; readonly level: number }
  readonly settings: readonly SettingDifference[]
  /** In the time that all runs share. */
  readonly trades: readonly TradeDifference[]
}

export interface ComparedHead {
  readonly letter: string
  readonly path: string
  readonly strategy: string
  readonly digest: string | null
  readonly fromMs: number
  readonly toMs: number
  readonly symbols: readonly string[]
  readonly synthetic: boolean
}

export interface Metric {
  readonly name: string
  /** Which way is better; `null` for figures that are neither. */
  readonly better: 'higher' | 'lower' | null
  /** Money as decimal texts, anything else as numbers. */
  readonly values: readonly (number | string | null)[]
  /** Against the first run, whose own is `null`. */
  readonly differences: readonly (number | string | null)[]
  readonly verdicts: readonly (Verdict | null)[]
}

export type Verdict = 'better' | 'worse' | 'same'

/** Daily returns of a run minus those of the first, day by day. */
export interface DailyDifference {
  readonly run: string
  readonly mean: number | null
  /** Mean times 365. */
  readonly annualised: number | null
  /** Of the annualised mean. */
  readonly interval: readonly [number, number] | null
  readonly sharpe: number | null
  readonly sharpeInterval: readonly [number, number] | null
  /** Share of the resamples in which this run's mean was above the first's. */
  readonly shareAbove: number | null
  /** Why there is no interval. */
  readonly reason: string | null
}

type Kind = 'money' | 'number'
interface MetricSpec {
  readonly name: string
  readonly better: Metric['better']
  readonly kind: Kind
}

const spec = (name: string, better: Metric['better'], kind: Kind = 'number'): MetricSpec => ({ name, better, kind })

/** Of the summary, in the order of the table. */
const SUMMARY_METRICS: readonly MetricSpec[] = [
  spec('netProfit', 'higher', 'money'),
  spec('finalEquity', 'higher', 'money'),
  spec('totalReturn', 'higher'),
  spec('cagr', 'higher'),
  spec('volatility', 'lower'),
  spec('sharpe', 'higher'),
  spec('sortino', 'higher'),
  spec('calmar', 'higher'),
  spec('maxDrawdown', 'lower'),
  spec('maxDrawdownDurationMs', 'lower'),
  spec('trades', null),
  spec('winRate', 'higher'),
  spec('profitFactor', 'higher'),
  spec('expectancy', 'higher', 'money'),
  spec('exposure', null),
  spec('turnover', null),
  spec('fees', 'lower', 'money'),
  spec('funding', 'higher', 'money'),
  spec('slippage', 'lower', 'money'),
  spec('liquidations', 'lower'),
]

const COMMON_METRICS = ['totalReturn', 'cagr', 'volatility', 'sharpe', 'sortino', 'calmar', 'maxDrawdown'] as const
const RATIOS = new Set<string>(['sharpe', 'sortino', 'calmar'])
const LOWER = new Set<string>(['volatility', 'maxDrawdown'])

export interface CompareSettings {
  readonly seed: number
  readonly samples: number
}

export interface Comparison {
  readonly document: CompareDocument
  /** For charts. */
  readonly common: CommonPeriod | undefined
}

const LEVEL = 0.95

/** At least two runs. */
export function compareRuns(runs: readonly ComparedRun[], { seed, samples }: CompareSettings): Comparison {
  const settings = settingDifferences(runs)
  const warned = cautions(runs, settings)
  const has = (kind: Caution['kind']): boolean => warned.some((caution) => caution.kind === kind)
  const common = commonPeriod(runs)
  const document: CompareDocument = {
    schema: COMPARE_SCHEMA,
    runs: runs.map(({ letter, path, strategy, digest, period, symbols, synthetic }) => ({
      letter,
      path,
      strategy,
      digest,
      fromMs: period.fromMs,
      toMs: period.toMs,
      symbols,
      synthetic,
    })),
    comparable: warned.length === 0,
    cautions: warned,
    metrics: SUMMARY_METRICS.map(({ name, better, kind }) =>
      metricOf({
        name,
        better,
        values: runs.map(({ summary }) => valueOf(summary[name], kind)),
        judged: !has('period') && !(kind === 'money' && has('capital')),
      }),
    ),
    common:
      common === undefined
        ? null
        : {
            fromMs: common.fromMs,
            toMs: common.toMs,
            days: common.days,
            metrics: COMMON_METRICS.map((name) =>
              metricOf({
                name,
                better: LOWER.has(name) ? 'lower' : 'higher',
                values: common.figures.map((figures) => figures[name]),
                judged: true,
              }),
            ),
            correlation: common.returns.map((a) =>
              common.returns.map((b) => (a === undefined || b === undefined ? null : (correlationIfDefined(a, b) ?? null))),
            ),
            differences: runs
              .slice(1)
              .map((run, i) =>
                dailyDifference(run.letter, { first: common.returns[0], other: common.returns[i + 1], seed, samples }),
              ),
          },
    bootstrap: { samples, seed, level: LEVEL },
    settings,
    trades: common === undefined ? [] : runs.slice(1).map((run) => tradeDifference(runs[0], run, common)),
  }
  return { document, common }
}

function valueOf(value: unknown, kind: Kind): number | string | null {
  if (kind === 'money') return typeof value === 'string' && parseDecimal(value) !== undefined ? value : null
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

function metricOf(of: {
  readonly name: string
  readonly better: Metric['better']
  readonly values: readonly (number | string | null)[]
  readonly judged: boolean
}): Metric {
  const { name, better, values, judged } = of
  const differences = values.map((value, i) => (i === 0 ? null : difference(value, values[0])))
  const verdicts = differences.map((change, i): Verdict | null => {
    if (!judged || better === null || change === null) return null
    const size = Number(change)
    if (size === 0) return 'same'
    // Of two losses the one with more risk has the ratio nearer to 0: that is no merit.
    if (RATIOS.has(name) && Number(values[0]) < 0 && Number(values[i]) < 0) return null
    return size > 0 === (better === 'higher') ? 'better' : 'worse'
  })
  return { name, better, values, differences, verdicts }
}

/** Exact for money. */
function difference(value: number | string | null, first: number | string | null): number | string | null {
  if (value === null || first === null) return null
  if (typeof value === 'number' && typeof first === 'number') return value - first
  const [a, b] = [parseDecimal(String(value)), parseDecimal(String(first))]
  if (a === undefined || b === undefined) return null
  const scale = Math.max(a.scale, b.scale)
  return formatUnits(a.units * pow10Big(scale - a.scale) - b.units * pow10Big(scale - b.scale), scale)
}

/** Below this, resampling days says nothing. */
const DAYS_MIN = 20

interface Pair extends CompareSettings {
  readonly first: Float64Array | undefined
  readonly other: Float64Array | undefined
}

/**
 * Percentile intervals of a stationary bootstrap that draws the same days for both runs; its blocks last n^(1/3) days on
 * average, so that what lasts some days stays together.
 */
function dailyDifference(run: string, { first, other, seed, samples }: Pair): DailyDifference {
  const none = { interval: null, sharpeInterval: null, shareAbove: null } as const
  if (first === undefined || other === undefined)
    return { run, mean: null, annualised: null, sharpe: null, ...none, reason: 'a run was ruined in that time' }
  const average = mean(Float64Array.from(other, (value, i) => value - first[i]))
  const sharpes = [sharpe(first), sharpe(other)]
  const ratio = sharpes[0] === undefined || sharpes[1] === undefined ? null : sharpes[1] - sharpes[0]
  const found = { run, mean: average ?? null, annualised: average === undefined ? null : average * DAYS_PER_YEAR, sharpe: ratio }
  const n = first.length
  if (n < DAYS_MIN) return { ...found, ...none, reason: `the runs share ${n} days, and an interval needs ${DAYS_MIN}` }

  const chance = createPrng(seed).fork(`compare ${run}`)
  const drawn = new Uint32Array(n)
  const [a, b] = [new Float64Array(n), new Float64Array(n)]
  const means = new Float64Array(samples)
  const ratios: number[] = []
  const block = Math.max(1, Math.round(Math.cbrt(n)))
  let above = 0
  for (let sample = 0; sample < samples; sample++) {
    stationaryResample(n, block, chance, drawn)
    let total = 0
    for (let i = 0; i < n; i++) {
      a[i] = first[drawn[i]]
      b[i] = other[drawn[i]]
      total += b[i] - a[i]
    }
    means[sample] = (total / n) * DAYS_PER_YEAR
    if (total > 0) above += 1
    const [x, y] = [sharpe(a), sharpe(b)]
    if (x !== undefined && y !== undefined) ratios.push(y - x)
  }
  return {
    ...found,
    interval: intervalOf(means),
    sharpeInterval: ratio === null || ratios.length < samples / 2 ? null : intervalOf(Float64Array.from(ratios)),
    shareAbove: above / samples,
    reason: null,
  }
}

/** The middle 95 % by nearest rank. */
function intervalOf(values: Float64Array): readonly [number, number] {
  const sorted = values.toSorted()
  const at = (p: number): number => sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(p * (sorted.length - 1))))]
  return [at((1 - LEVEL) / 2), at((1 + LEVEL) / 2)]
}
