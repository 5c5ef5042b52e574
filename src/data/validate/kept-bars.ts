/** The bars of a series as far as they are compared with those of other files: in order, each time once. Pure. */
import { MILLISECOND } from '../../core/time.ts'
import type { Batch, Series } from './batch.ts'
import { BAR } from './layout.ts'

const COLUMNS = ['time', 'open', 'high', 'low', 'close', 'volume'] as const

export class KeptBars {
  readonly path: string
  readonly symbol: string
  /** Series of one key tell of the same prices. */
  readonly key: string
  readonly unitMs: number
  readonly name: string
  rows = 0
  #columns = COLUMNS.map(() => new Float64Array(1_024))
  #line = new Float64Array(1_024)

  constructor(series: Series) {
    this.path = series.path
    this.symbol = series.symbol
    this.key = `${series.market} ${series.isMark ? 'mark' : 'klines'} ${series.symbol}`
    this.unitMs = (series.interval?.length ?? 0) / MILLISECOND
    this.name = series.interval?.name ?? ''
  }

  get time(): Float64Array {
    return this.#columns[0]
  }
  get open(): Float64Array {
    return this.#columns[1]
  }
  get high(): Float64Array {
    return this.#columns[2]
  }
  get low(): Float64Array {
    return this.#columns[3]
  }
  get close(): Float64Array {
    return this.#columns[4]
  }
  get volume(): Float64Array {
    return this.#columns[5]
  }
  get line(): Float64Array {
    return this.#line
  }

  add(batch: Batch): void {
    const times = batch.columns[BAR.time]
    const kept = new Int32Array(batch.rows)
    let count = 0
    let last = this.rows === 0 ? Number.NEGATIVE_INFINITY : this.time[this.rows - 1]
    for (let i = 0; i < batch.rows; i += 1) {
      if (batch.bad[i] === 1 || !(times[i] > last)) continue
      kept[count++] = i
      last = times[i]
    }
    while (this.rows + count > this.#line.length) this.#grow()
    COLUMNS.forEach((name, at) => this.#copy(batch.columns[BAR[name]], this.#columns[at], kept.subarray(0, count)))
    this.#copy(batch.line, this.#line, kept.subarray(0, count))
    this.rows += count
  }

  #copy(source: Float64Array, target: Float64Array, kept: Int32Array): void {
    const start = this.rows
    for (let i = 0; i < kept.length; i += 1) target[start + i] = source[kept[i]]
  }

  #grow(): void {
    const grown = (column: Float64Array): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(column.length * 2)
      larger.set(column)
      return larger
    }
    this.#columns = this.#columns.map(grown)
    this.#line = grown(this.#line)
  }
}
