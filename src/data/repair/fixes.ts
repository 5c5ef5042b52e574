/** Every fix, in the order in which they are made. A safe one loses nothing and invents nothing. */
import { damagedLines } from './fix-damaged.ts'
import { dropConflicts, duplicates } from './fix-duplicates.ts'
import { fillGaps } from './fix-gaps.ts'
import { header } from './fix-header.ts'
import { lineEnds, truncated } from './fix-lines.ts'
import { sortRows } from './fix-order.ts'
import { timeUnit } from './fix-time-unit.ts'
import type { Table } from './table.ts'
import type { Interval } from '../../core/time.ts'

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

export const fixes: readonly Fix[] = [
  lineEnds,
  header,
  truncated,
  damagedLines,
  timeUnit,
  duplicates,
  dropConflicts,
  sortRows,
  fillGaps,
]
