/**
 * Reports of earlier runs as `compare` needs them. What older versions did not write yet is `null`; what a comparison
 * cannot do without is asked for, and its place is named when it is missing or damaged.
 *
 * Pure: text in, run out.
 */
import { InputError } from '../../core/errors.ts'
import { parseDecimal } from '../../core/exact.ts'

/** One run of a comparison. */
export interface ComparedRun {
  /** A, B, C ... */
  readonly letter: string
  /** As it was named on the command line. */
  readonly path: string
  readonly strategy: string
  readonly digest: string | null
  readonly period: { readonly fromMs: number; readonly toMs: number; readonly bars: number | null }
  readonly initialCapital: number
  readonly summary: Readonly<Record<string, unknown>>
  readonly manifest: Readonly<Record<string, unknown>>
  /** [time, equity], ascending, with the capital as the first. */
  readonly equity: readonly (readonly [timeMs: number, equity: number])[]
  readonly fills: readonly ComparedFill[]
  readonly trades: readonly ComparedTrade[]
  readonly symbols: readonly string[]
  readonly synthetic: boolean
}

export interface ComparedFill {
  readonly timeMs: number
  readonly symbol: string
  readonly side: string
  readonly price: string
  readonly qty: string
}

export interface ComparedTrade {
  readonly id: number
  readonly symbol: string
  readonly side: string
  readonly entryTimeMs: number
  readonly exitTimeMs: number
  readonly qty: string
  readonly entryPrice: string
  readonly exitPrice: string
  readonly netPnl: string
}

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** @throws InputError when the text is no report of a backtest, or a damaged one. */
export function comparedRun(text: string, { path, letter }: { readonly path: string; readonly letter: string }): ComparedRun {
  const refuse = (code: string, what: string, next: string): never => {
    throw new InputError(code, `${path} ${what}`, { where: { file: path }, next })
  }
  const damaged = (field: string, what: string): never =>
    refuse('report-damaged', `is a report whose ${field} ${what}`, 'Write it again with `autotrading backtest --out DIR`.')
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch {
    return refuse('report-not-json', 'is no JSON document', 'Name the report.json of a run, or its --out folder.')
  }
  const { schema } = isObject(found) ? found : { schema: undefined }
  if (!isObject(found) || typeof schema !== 'string' || !schema.startsWith('autotrading.'))
    return refuse('report-not-ours', 'is no report of AutoTrading', 'Name the report.json of a run, or its --out folder.')
  if (!schema.startsWith('autotrading.backtest/'))
    return refuse(
      'report-other',
      `is a document ${schema}, not the report of a backtest`,
      'Name a report.json that `autotrading backtest` wrote.',
    )
  if (schema !== 'autotrading.backtest/1')
    return refuse(
      'report-version',
      `is a report of the form ${schema}, which this version does not read`,
      'Compare with the version that wrote it.',
    )

  const section = (name: string): Json => (isObject(found[name]) ? found[name] : {})
  const [summary, manifest, period] = [section('summary'), section('manifest'), section('period')]
  const initialCapital = numberOf(summary['initialCapital'])
  if (!(initialCapital > 0))
    return damaged('summary.initialCapital', `is ${shown(summary['initialCapital'])}, it must be an amount above 0`)
  const fromMs = numberOf(period['fromMs'])
  const toMs = numberOf(period['toMs'])
  if (!Number.isFinite(fromMs) || !Number.isFinite(toMs) || toMs < fromMs)
    return damaged('period', `is ${shown(found['period'])}, it must have fromMs and a toMs not before it`)

  const equity = list(found, 'equity', damaged).map((row, i): readonly [number, number] => {
    const [time, value] = Array.isArray(row) ? [Number(row[0]), numberOf(row[1])] : [Number.NaN, Number.NaN]
    if (!Number.isFinite(time) || !Number.isFinite(value))
      return damaged(`equity[${i}]`, `is ${shown(row)}, it must be a time and an amount`)
    return [time, value]
  })
  const late = equity.findIndex(([time], i) => i > 0 && time < equity[i - 1][0])
  if (late >= 0) return damaged(`equity[${late}]`, 'is earlier than the point before it')

  const strategy = isObject(manifest['strategy']) ? manifest['strategy'] : {}
  const symbols = Array.isArray(found['symbols']) ? found['symbols'] : []
  return {
    letter,
    path,
    strategy: typeof strategy['name'] === 'string' ? strategy['name'] : 'unknown strategy',
    digest: typeof found['digest'] === 'string' ? found['digest'] : null,
    period: { fromMs, toMs, bars: typeof period['bars'] === 'number' ? period['bars'] : null },
    initialCapital,
    summary,
    manifest,
    equity,
    fills: rows(found, 'fills', ['timeMs'], ['symbol', 'side', 'price', 'qty'], damaged) as unknown as readonly ComparedFill[],
    trades: rows(
      found,
      'trades',
      ['entryTimeMs', 'exitTimeMs'],
      ['symbol', 'side', 'qty', 'entryPrice', 'exitPrice', 'netPnl'],
      damaged,
    ) as unknown as readonly ComparedTrade[],
    symbols: symbols.flatMap((row) => (isObject(row) && typeof row['symbol'] === 'string' ? [row['symbol']] : [])),
    synthetic: manifest['synthetic'] === true,
  }
}

type Damaged = (field: string, what: string) => never

function list(found: Json, name: string, damaged: Damaged): readonly unknown[] {
  const value = found[name]
  return Array.isArray(value) ? value : damaged(name, `is ${shown(value)}, it must be a list`)
}

function rows(found: Json, name: string, times: readonly string[], texts: readonly string[], damaged: Damaged): readonly Json[] {
  return list(found, name, damaged).map((row, i) => {
    if (!isObject(row)) return damaged(`${name}[${i}]`, `is ${shown(row)}`)
    const wrong = times.find((field) => !Number.isFinite(row[field])) ?? texts.find((field) => typeof row[field] !== 'string')
    return wrong === undefined ? row : damaged(`${name}[${i}].${wrong}`, `is ${shown(row[wrong])}`)
  })
}

/** Decimal texts and numbers; NaN for anything else. */
export const numberOf = (value: unknown): number =>
  typeof value === 'number' ? value : typeof value === 'string' && parseDecimal(value) !== undefined ? Number(value) : Number.NaN

const shown = (value: unknown): string => {
  const text = value === undefined ? 'missing' : JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}
