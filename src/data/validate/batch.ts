/**
 * Rows as columns of numbers, some thousand at a time: what the checks work on. And the series that they belong to.
 *
 * Pure.
 */
import type { Interval } from '../../core/time.ts'
import type { Findings, Place } from './findings.ts'
import type { Layout } from './layout.ts'
import type { Rule } from './rule.ts'

export interface Batch {
  readonly rows: number
  /** Rows of the series before this batch. */
  readonly firstRow: number
  /** Line of the file (of formats without lines: row) of each row. */
  readonly line: Float64Array
  /** In the order of the layout; NaN is a field that is empty or cannot be read. Times are in milliseconds. */
  readonly columns: readonly Float64Array[]
  /** Lines between the row before and this one that could not be read. */
  readonly lost: Float64Array
  /** Set by the checks on single rows: the row's numbers are wrong by themselves, later checks leave it out. */
  readonly bad: Uint8Array
}

/** What the checks know of the series they look at. */
export interface Series {
  readonly path: string
  readonly layout: Layout
  readonly symbol: string
  readonly market: 'perp' | 'spot'
  /** Of bars: from the name, else from the spacing of the first rows; undefined when neither tells. */
  readonly interval: Interval | undefined
  /** What the file's name says, which the rows may contradict. */
  readonly namedInterval: Interval | undefined
  /** Columns that the file has and that are not entirely empty in the first rows. */
  readonly has: readonly boolean[]
  /** Bars without volume: the exchange's mark price. */
  readonly isMark: boolean
  /** Now, in milliseconds: later rows are of the future. */
  readonly nowMs: number
  /** The text behind a number of a `text` column. */
  readonly textOf: (code: number) => string
  report(rule: Rule, message: string, place?: Place, rows?: number): void
  readonly findings: Findings
}

/** One check at work on one series. */
export interface Watcher {
  batch(batch: Batch): void
  /** After the last batch. */
  finish?(): void
}

/** A check: its rules, and what looks for them. */
export interface Check {
  readonly rules: readonly Rule[]
  /** Undefined where it does not apply; absent where the readers themselves find it. */
  readonly start?: (series: Series) => Watcher | undefined
}
