/**
 * Klines of one symbol from a Parquet file, column by column. It checks what the reader of rows checks; whatever it finds wrong
 * or does not know it leaves to that reader, which names the place.
 *
 * Reads files through `../parquet`.
 */
import { decimalsOf, POW10 } from '../../core/exact.ts'
import { parquetInfo, readParquet } from '../parquet/read-parquet.ts'
import type { ParquetChunk, ParquetColumn, ParquetInfo } from '../parquet/read-parquet.ts'
import { isCompanion } from './columns.ts'
import { KLINE_IGNORED, KLINE_RULES } from './kline-columns.ts'
import type { KlineColumn } from './kline-columns.ts'
import { OPTIONAL_COLUMNS, PRICE_COLUMNS } from './kline-table.ts'
import { timeUnitOf } from './time-unit.ts'

export interface KlineColumns {
  readonly rows: number
  readonly openTime: Float64Array
  /** Open, high, low, close. */
  readonly prices: readonly Float64Array[]
  /** In the order of `OPTIONAL_COLUMNS`; undefined where the file has none. */
  readonly optional: readonly (Float64Array | undefined)[]
  readonly decimals: number
  /** Names of columns that nobody reads. */
  readonly unknown: readonly string[]
}

/** Undefined when the file has a symbol column, texts for numbers, or anything that is wrong. */
export async function readParquetKlines(path: string): Promise<KlineColumns | undefined> {
  const info = await parquetInfo(path)
  const found = columnsOf(info)
  if (found === undefined || info.rows === 0) return undefined
  const reader = new Reader(path, info.rows, found.columns)
  await readParquet(
    path,
    found.columns.map(({ column }) => ({ name: column.name, form: 'number' })),
    (chunk) => reader.take(chunk),
    { info },
  )
  return reader.finish(found.unknown)
}

interface Found {
  readonly name: KlineColumn
  readonly column: ParquetColumn
}

function columnsOf(info: ParquetInfo): { readonly columns: readonly Found[]; readonly unknown: readonly string[] } | undefined {
  const columns: Found[] = []
  const unknown: string[] = []
  for (const column of info.columns) {
    if (column.type === 'list' || column.type === 'other') continue
    const name = column.name.trim().toLowerCase()
    const rule = KLINE_RULES.find(({ aliases }) =>
      aliases.includes(column.type === 'timestamp' ? name.replace(/_ms$/, '') : name),
    )
    if (rule === undefined) {
      if (!KLINE_IGNORED.includes(name) && !isCompanion(name)) unknown.push(name)
    } else if (rule.name === 'symbol' || column.type === 'text' || column.type === 'boolean') return undefined
    else if (columns.some((known) => known.name === rule.name)) return undefined
    else columns.push({ name: rule.name, column })
  }
  const complete = KLINE_RULES.every(({ name, required }) => !required || columns.some((known) => known.name === name))
  return complete ? { columns, unknown } : undefined
}

class Reader {
  readonly #path: string
  readonly #columns: readonly Found[]
  readonly #values = new Map<KlineColumn, Float64Array>()
  #rows = 0
  #decimals = 0
  #toMicros = 0
  #low = 0
  #high = 0
  #sound = true

  constructor(path: string, rows: number, columns: readonly Found[]) {
    this.#path = path
    this.#columns = columns
    for (const { name } of columns) this.#values.set(name, new Float64Array(rows))
  }

  take(chunk: ParquetChunk): void {
    if (!this.#sound) return
    const from = this.#rows
    this.#rows += chunk.rows
    const parts = new Map<KlineColumn, Float64Array>()
    for (const [at, { name }] of this.#columns.entries()) {
      const values = chunk.numbers(at).subarray(0, chunk.rows)
      this.#values.get(name)?.set(values, from)
      parts.set(name, values)
    }
    for (const { name, column } of this.#columns) {
      const values = parts.get(name) ?? new Float64Array(0)
      if (name === 'openTime') this.#checkTimes(column, from)
      else if ((PRICE_COLUMNS as readonly string[]).includes(name)) this.#countDecimals(column, values)
      else this.#checkNotNegative(values)
    }
    this.#checkBars(parts, chunk.rows)
  }

  finish(unknown: readonly string[]): KlineColumns | undefined {
    const openTime = this.#values.get('openTime')
    const prices = PRICE_COLUMNS.map((name) => this.#values.get(name)).filter((column) => column !== undefined)
    if (!this.#sound || openTime === undefined || this.#rows !== openTime.length) return undefined
    return {
      rows: this.#rows,
      openTime,
      prices,
      optional: OPTIONAL_COLUMNS.map((name) => this.#values.get(name)),
      decimals: this.#decimals,
      unknown,
    }
  }

  /** Makes microseconds of the times from row `from` on. */
  #checkTimes(column: ParquetColumn, from: number): void {
    const times = this.#values.get('openTime') ?? new Float64Array(0)
    if (this.#toMicros === 0) this.#settleUnit(column, times[0])
    let before = from === 0 ? -1 : times[from - 1]
    for (let row = from; row < this.#rows; row += 1) {
      const value = times[row]
      const time = value * this.#toMicros
      if (!(value >= this.#low && value < this.#high && time > before && Number.isSafeInteger(value))) this.#sound = false
      times[row] = time
      before = time
    }
  }

  #settleUnit(column: ParquetColumn, first: number): void {
    try {
      const name = column.type === 'timestamp' ? 'open_time' : column.name.toLowerCase()
      const unit = timeUnitOf(first, { file: this.#path, line: 1, place: 'row', column: name })
      ;[this.#toMicros, this.#low, this.#high] = [unit.toMicros, unit.low, unit.high]
    } catch {
      this.#sound = false
    }
  }

  #checkNotNegative(values: Float64Array): void {
    for (let row = 0; row < values.length; row += 1) {
      const value = values[row]
      if (value < 0 || value === Number.POSITIVE_INFINITY) this.#sound = false
    }
  }

  #checkBars(parts: ReadonlyMap<KlineColumn, Float64Array>, rows: number): void {
    const [open, high, low, close] = PRICE_COLUMNS.map((name) => parts.get(name) ?? new Float64Array(0))
    let sound = true
    for (let row = 0; row < rows; row += 1) {
      const [o, h, l, c] = [open[row], high[row], low[row], close[row]]
      // With a NaN every comparison is false; with low above zero and high below infinity all four are proper prices.
      if (!(l > 0 && l <= o && l <= c && o <= h && c <= h && h < Number.POSITIVE_INFINITY)) sound = false
    }
    if (!sound) this.#sound = false
  }

  /** Most decimals of any value, trailing zeros dropped. */
  #countDecimals({ type, scale }: ParquetColumn, values: Float64Array): void {
    const most = type === 'decimal' ? scale : Number.POSITIVE_INFINITY
    let decimals = this.#decimals
    let factor = POW10[Math.min(decimals, 22)]
    for (let row = 0; row < values.length && decimals < most; row += 1) {
      const value = values[row]
      // The double nearest to a decimal with so many digits is this very value: its shortest text has no more of them.
      if (Math.round(value * factor) / factor === value || !Number.isFinite(value)) continue
      decimals = Math.max(decimals, decimalsOf(value))
      factor = POW10[Math.min(decimals, 22)]
    }
    this.#decimals = decimals
  }
}
