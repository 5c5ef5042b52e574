/** A validation as the document of `--json`. Types and their making; pure. */
import type { Finding } from './findings.ts'
import type { ScoredFile, Validation } from './validate.ts'

export interface FindingRow {
  readonly check: string
  readonly weight: string
  readonly message: string
  readonly rows: number
  readonly symbol: string | undefined
  readonly line: number | undefined
  readonly lastLine: number | undefined
  readonly timeMs: number | undefined
  readonly endMs: number | undefined
  readonly column: string | undefined
  readonly value: string | undefined
}

export interface FileDocument {
  readonly path: string
  /** Undefined: no market data, and then without a score. */
  readonly kind: string | undefined
  readonly score: number | undefined
  readonly readable: boolean
  readonly passed: boolean
  readonly rows: number
  readonly fromMs: number | undefined
  readonly toMs: number | undefined
  readonly sha256: string | undefined
  readonly series: readonly {
    readonly symbol: string
    readonly interval: string | undefined
    readonly rows: number
    readonly fromMs: number | undefined
    readonly toMs: number | undefined
  }[]
  readonly deductions: readonly {
    readonly check: string
    readonly weight: string
    readonly title: string
    readonly rows: number
    readonly points: number
  }[]
  readonly findings: readonly FindingRow[]
  /** Places that are counted in the deductions and left out of the list. */
  readonly findingsNotListed: number
}

export interface ValidationDocument {
  readonly schema: 'autotrading.data-validate/1'
  readonly passed: boolean
  readonly minScore: number
  readonly score: number | undefined
  readonly files: readonly FileDocument[]
  readonly comparisons: Validation['comparisons']
  readonly notCompared: readonly string[]
  readonly skipped: Validation['skipped']
}

/** Whether a file is good enough: read to its end, and with no lower score. */
export const passes = (file: ScoredFile, minScore: number): boolean =>
  file.readable && (file.score === undefined || file.score >= minScore)

export function validationDocument(validation: Validation, minScore: number): ValidationDocument {
  return {
    schema: 'autotrading.data-validate/1',
    passed: validation.files.every((file) => passes(file, minScore)),
    minScore,
    score: validation.score,
    files: validation.files.map((file) => fileDocument(file, minScore)),
    comparisons: validation.comparisons,
    notCompared: validation.notCompared,
    skipped: validation.skipped,
  }
}

function fileDocument(file: ScoredFile, minScore: number): FileDocument {
  const { path, kind, score, readable, rows, sha256, findings } = file
  const { fromMs, toMs } = spanOf(file)
  return {
    path,
    kind,
    score,
    readable,
    passed: passes(file, minScore),
    rows,
    fromMs,
    toMs,
    sha256,
    series: file.series.map((series) => ({
      symbol: series.symbol,
      interval: series.interval?.name,
      rows: series.rows,
      fromMs: ms(series.fromMs),
      toMs: ms(series.toMs),
    })),
    deductions: findings.deductions().map(({ rule, rows: affected, points }) => ({
      check: rule.name,
      weight: rule.weight,
      title: rule.title,
      rows: affected,
      points: Math.ceil(points * 100) / 100,
    })),
    findings: findings.list().map(findingRow),
    findingsNotListed: findings.notKept,
  }
}

function findingRow({ rule, message, rows, symbol, line, lastLine, timeMs, endMs, column, value }: Finding): FindingRow {
  return {
    check: rule.name,
    weight: rule.weight,
    message,
    rows,
    symbol: symbol === '' ? undefined : symbol,
    line,
    lastLine: lastLine ?? line,
    timeMs: ms(timeMs),
    endMs: ms(endMs ?? timeMs),
    column,
    value: value === undefined ? undefined : String(value),
  }
}

/** Whole milliseconds; undefined when there is no such time. */
const ms = (time: number | undefined): number | undefined =>
  time === undefined || !Number.isFinite(time) ? undefined : Math.floor(time)

/** First and last moment of all series of a file. */
export function spanOf({ series }: ScoredFile): { readonly fromMs: number | undefined; readonly toMs: number | undefined } {
  const all = series.flatMap(({ fromMs, toMs }) => [fromMs, toMs]).filter((time) => Number.isFinite(time))
  if (all.length === 0) return { fromMs: undefined, toMs: undefined }
  return { fromMs: ms(all.reduce((a, b) => Math.min(a, b))), toMs: ms(all.reduce((a, b) => Math.max(a, b))) }
}
