/**
 * Funding settlements of one symbol as columns.
 *
 * Pure: types and arithmetic on columns.
 */
import type { Micros } from '../../core/time.ts'
import { rowAtOrAfter } from './kline-table.ts'
import type { DataSource } from './kline-table.ts'

/** Time ascends strictly. */
export interface FundingTable {
  readonly symbol: string
  readonly length: number
  /** Settlement times in `Micros`, floored to the minute (the exchange stamps them some milliseconds late). */
  readonly time: Float64Array
  /** `Rate`: integer counts of 1e-10 per settlement; positive means that longs pay. */
  readonly rate: Float64Array
  /** Mark price at the settlement in integer counts of 1e-8; NaN where the source has none. */
  readonly mark: Float64Array
  /** Sorted by path. */
  readonly sources: readonly DataSource[]
}

/** The settlements in [from, to). */
export function cutFunding(table: FundingTable, from: Micros | undefined, to: Micros | undefined): FundingTable {
  const start = from === undefined ? 0 : rowAtOrAfter(table.time, from)
  const end = Math.max(start, to === undefined ? table.length : rowAtOrAfter(table.time, to))
  if (start === 0 && end === table.length) return table
  return {
    ...table,
    length: end - start,
    time: table.time.slice(start, end),
    rate: table.rate.slice(start, end),
    mark: table.mark.slice(start, end),
  }
}
