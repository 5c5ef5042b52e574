/**
 * Bars with those around them, across the borders of batches: the last rows of one batch stand before the next.
 *
 * Pure. The columns are shared scratch, valid between `load` and `keep`.
 */
import type { Batch } from '../batch.ts'
import { BAR } from '../layout.ts'

/** Bars on each side that a bar is compared with. */
export const HALF = 20
/** Bars on each side that are its neighbours. */
const NEAR = 3
/** Rows of the past that stay: those still to be judged and those around them. */
const KEPT = 2 * HALF + 2
/** A market whose bars are narrower than this (log) is measured as if they were not: one tick is no move. */
const RANGE_LEAST = 1e-5

const COLUMNS = ['time', 'open', 'high', 'low', 'close', 'volume', 'line'] as const
type Column = (typeof COLUMNS)[number]

let scratch: Record<Column, Float64Array> = columnsOf(0)
let scratchBad = new Uint8Array(0)

function columnsOf(rows: number): Record<Column, Float64Array> {
  return Object.fromEntries(COLUMNS.map((name) => [name, new Float64Array(rows)])) as Record<Column, Float64Array>
}

export class BarWindow {
  length = 0
  /** The first row that has not been judged. */
  from = 0
  readonly #kept = columnsOf(KEPT)
  readonly #keptBad = new Uint8Array(KEPT)
  #keptRows = 0
  readonly #volume: boolean
  readonly #values = new Float64Array(2 * HALF)

  constructor(volume: boolean) {
    this.#volume = volume
  }

  get time(): Float64Array {
    return scratch.time
  }
  get open(): Float64Array {
    return scratch.open
  }
  get high(): Float64Array {
    return scratch.high
  }
  get low(): Float64Array {
    return scratch.low
  }
  get close(): Float64Array {
    return scratch.close
  }
  get volume(): Float64Array {
    return scratch.volume
  }
  get line(): Float64Array {
    return scratch.line
  }
  get bad(): Uint8Array {
    return scratchBad
  }

  /** The kept rows, then those of the batch. */
  load(batch: Batch): void {
    this.reload(batch.rows)
    for (const name of COLUMNS) {
      if (name === 'volume' && !this.#volume) continue
      const source = name === 'line' ? batch.line : batch.columns[BAR[name]]
      scratch[name].set(source.subarray(0, batch.rows), this.#keptRows)
    }
    scratchBad.set(batch.bad.subarray(0, batch.rows), this.#keptRows)
    this.length = this.#keptRows + batch.rows
  }

  /** Only the kept rows, with room for more. */
  reload(more = 0): void {
    if (scratchBad.length < KEPT + more) {
      scratch = columnsOf(KEPT + more)
      scratchBad = new Uint8Array(KEPT + more)
    }
    for (const name of COLUMNS) scratch[name].set(this.#kept[name].subarray(0, this.#keptRows))
    scratchBad.set(this.#keptBad.subarray(0, this.#keptRows))
    this.length = this.#keptRows
  }

  keep(): void {
    const start = Math.max(0, this.length - KEPT)
    for (const name of COLUMNS) this.#kept[name].set(scratch[name].subarray(start, this.length))
    this.#keptBad.set(scratchBad.subarray(start, this.length))
    this.#keptRows = this.length - start
    this.from = Math.max(0, this.from - start)
  }

  /** Median of log(high/low) of the bars around `i`, `i` left out. */
  medianRange(i: number): number {
    const { high, low } = scratch
    return Math.max(
      RANGE_LEAST,
      this.#median(i, (k) => (high[k] > 0 && low[k] > 0 ? Math.log(high[k] / low[k]) : Number.NaN)),
    )
  }

  medianVolume(i: number): number {
    const { volume } = scratch
    return this.#median(i, (k) => volume[k])
  }

  largestRangeAround(i: number): number {
    const { high, low } = scratch
    return this.#largest(i, (k) => Math.log(high[k] / low[k]))
  }

  largestVolumeAround(i: number): number {
    const { volume } = scratch
    return this.#largest(i, (k) => volume[k])
  }

  #median(i: number, valueOf: (k: number) => number): number {
    const values = this.#values
    let count = 0
    for (let k = Math.max(0, i - HALF); k < Math.min(this.length, i + HALF + 1); k += 1) {
      if (k === i || scratchBad[k] === 1) continue
      const value = valueOf(k)
      if (value === value) values[count++] = value
    }
    return count === 0 ? 0 : values.subarray(0, count).sort()[count >> 1]
  }

  #largest(i: number, valueOf: (k: number) => number): number {
    let most = 0
    for (let k = Math.max(0, i - NEAR); k < Math.min(this.length, i + NEAR + 1); k += 1)
      if (k !== i && scratchBad[k] !== 1) most = Math.max(most, valueOf(k) || 0)
    return most
  }
}
