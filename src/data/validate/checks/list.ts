/** All checks, in the order in which they see a batch: those on single rows first, they mark the rows that later ones leave out. */
import type { Check } from '../batch.ts'
import { bookRows } from './book-rows.ts'
import { constantColumn } from './constant-column.ts'
import { depthRows } from './depth-rows.ts'
import { funding } from './funding.ts'
import { future } from './future.ts'
import { ohlc } from './ohlc.ts'
import { openInterest } from './open-interest.ts'
import { positive } from './positive.ts'
import { pricePath } from './price-path.ts'
import { stale } from './stale.ts'
import { text } from './text-rules.ts'
import { timeline } from './timeline.ts'
import { trades } from './trades.ts'
import { volumes } from './volumes.ts'
import { zeroVolume } from './zero-volume.ts'

export const checks: readonly Check[] = [
  text,
  positive,
  ohlc,
  volumes,
  timeline,
  future,
  zeroVolume,
  stale,
  pricePath,
  constantColumn,
  trades,
  funding,
  openInterest,
  depthRows,
  bookRows,
]
