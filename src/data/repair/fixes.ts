/** Every fix, in the order in which they are made. A safe one loses nothing and invents nothing. */
import { damagedLines } from './fix-damaged.ts'
import { dropConflicts, duplicates } from './fix-duplicates.ts'
import { fillGaps } from './fix-gaps.ts'
import { header } from './fix-header.ts'
import { lineEnds, truncated } from './fix-lines.ts'
import { sortRows } from './fix-order.ts'
import { timeUnit } from './fix-time-unit.ts'
import type { Fix } from './fix.ts'

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
