/** What a fix is. Types only. */
import type { Interval } from '../../core/time.ts'
import type { Table } from './table.ts'

export interface Fix {
  readonly name: string
  /** One line for `--help` and the record. */
  readonly title: string
  readonly safe: boolean
  /** Changes the table and records what it changed. */
  apply(table: Table, context: FixContext): void
}

export interface FixContext {
  /** Of bars, where it is known. */
  readonly interval: Interval | undefined
  /** The packed data ended in the middle: what stands after the last line end is part of a line. */
  readonly cut: boolean
}
