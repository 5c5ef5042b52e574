/**
 * Sorts the rows of a file into series, one a symbol, and hands them to the checks in batches.
 *
 * Pure but for what the checks report.
 */
import { MILLISECOND } from '../../../core/time.ts'
import { commonSpacing, intervalOfSpacing } from '../../../storage/market-data/symbol-and-interval.ts'
import type { Batch, Series, Watcher } from '../batch.ts'
import { checks } from '../checks/list.ts'
import { intervalName, precision } from '../checks/text-rules.ts'
import type { NamedFile } from '../file-name.ts'
import type { Findings, Place } from '../findings.ts'
import type { Layout } from '../layout.ts'
import { BAR } from '../layout.ts'
import type { Interval } from '../../../core/time.ts'

export interface SeriesSummary {
  readonly symbol: string
  readonly interval: Interval | undefined
  /** Bars without volume. */
  readonly isMark: boolean
  readonly rows: number
  /** Of the first and last row in the order of the file, in milliseconds. */
  readonly fromMs: number
  readonly toMs: number
}

/** Gets every batch after the checks: to keep what is compared with other files. */
export type Keeper = (series: Series, batch: Batch) => void

export interface SetOptions {
  readonly file: NamedFile
  readonly findings: Findings
  readonly nowMs: number
  readonly keep?: Keeper | undefined
}

const BATCH_ROWS = 8_192
/** With many symbols, rows of each wait: less of them. */
const BATCH_ROWS_MANY = 1_024
const MANY = 4

export class SeriesSet {
  readonly layout: Layout
  readonly #options: SetOptions
  readonly #series = new Map<string, Builder>()
  /** The texts of `text` columns, by their numbers. */
  readonly #texts: string[] = []
  readonly #codes = new Map<string, number>()
  #last: Builder | undefined
  #lost = 0

  constructor(layout: Layout, options: SetOptions) {
    this.layout = layout
    this.#options = options
  }

  /** Adds one row; `values` are in the order of the layout. */
  add(symbol: string, line: number, values: ArrayLike<number>): Builder {
    let builder = this.#last
    if (builder === undefined || builder.symbol !== symbol) {
      builder = this.#series.get(symbol)
      if (builder === undefined) {
        builder = new Builder(symbol, this.layout, this.#options, (code) => this.#texts[code] ?? '')
        this.#series.set(symbol, builder)
      }
      this.#last = builder
    }
    builder.add(line, values, this.#lost, this.#series.size > MANY ? BATCH_ROWS_MANY : BATCH_ROWS)
    this.#lost = 0
    return builder
  }

  /** A line that could not be read stands before the next row. */
  lose(): void {
    this.#lost += 1
  }

  get symbols(): number {
    return this.#series.size
  }

  has(symbol: string): boolean {
    return this.#series.has(symbol)
  }

  codeOf(text: string): number {
    let code = this.#codes.get(text)
    if (code === undefined) {
      code = this.#texts.push(text) - 1
      this.#codes.set(text, code)
    }
    return code
  }

  finish(): readonly SeriesSummary[] {
    return [...this.#series.values()].map((builder) => builder.finish())
  }
}

/** How many rows have prices with so many decimals, and where the first ones are. */
interface Decimals {
  rows: number
  readonly places: Place[]
}

/** So few rows with more decimals than all others are no change of the tick. */
const DECIMALS_ROWS_MOST = 3
const DECIMALS_SHARE_MOST = 1e-3
const DECIMALS_ROWS_NEEDED = 100

export class Builder {
  readonly symbol: string
  readonly #layout: Layout
  readonly #options: SetOptions
  readonly #textOf: (code: number) => string
  #capacity = 64
  #columns: Float64Array[]
  #line = new Float64Array(64)
  #lost = new Float64Array(64)
  #rows = 0
  #before = 0
  #watchers: Watcher[] | undefined
  #series: Series | undefined
  #fromMs = Number.NaN
  #toMs = Number.NaN
  readonly #decimals: Decimals[] = []

  constructor(symbol: string, layout: Layout, options: SetOptions, textOf: (code: number) => string) {
    this.symbol = symbol
    this.#layout = layout
    this.#options = options
    this.#textOf = textOf
    this.#columns = layout.columns.map(() => new Float64Array(this.#capacity))
  }

  /** Rows added so far. */
  get rows(): number {
    return this.#before + this.#rows
  }

  add(line: number, values: ArrayLike<number>, lost: number, most: number): void {
    if (this.#rows === this.#capacity) {
      if (this.#capacity >= most) this.#flush()
      else this.#grow(Math.min(most, this.#capacity * 4))
    }
    const at = this.#rows
    const columns = this.#columns
    for (let i = 0; i < columns.length; i += 1) columns[i][at] = values[i]
    this.#line[at] = line
    this.#lost[at] = lost
    this.#rows = at + 1
  }

  /** The most decimals of a price of the row added last, trailing zeros dropped. Its place is wanted where a list comes back. */
  sawDecimals(decimals: number): Place[] | undefined {
    const seen = (this.#decimals[decimals] ??= { rows: 0, places: [] })
    seen.rows += 1
    return seen.places.length < DECIMALS_ROWS_MOST ? seen.places : undefined
  }

  finish(): SeriesSummary {
    if (this.#rows > 0) this.#flush()
    for (const watcher of this.#watchers ?? []) watcher.finish?.()
    this.#reportDecimals()
    return {
      symbol: this.symbol,
      interval: this.#series?.interval,
      isMark: this.#series?.isMark === true,
      rows: this.#before,
      fromMs: this.#fromMs,
      toMs: this.#toMs,
    }
  }

  #grow(capacity: number): void {
    const grown = (column: Float64Array): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(capacity)
      larger.set(column)
      return larger
    }
    this.#columns = this.#columns.map(grown)
    this.#line = grown(this.#line)
    this.#lost = grown(this.#lost)
    this.#capacity = capacity
  }

  #flush(): void {
    const batch: Batch = {
      rows: this.#rows,
      firstRow: this.#before,
      line: this.#line,
      columns: this.#columns,
      lost: this.#lost,
      bad: new Uint8Array(this.#rows),
    }
    this.#watchers ??= this.#start(batch)
    for (const watcher of this.#watchers) watcher.batch(batch)
    if (this.#series !== undefined) this.#options.keep?.(this.#series, batch)
    const times = batch.columns[this.#timeColumn()]
    if (Number.isNaN(this.#fromMs)) this.#fromMs = times[0]
    this.#toMs = times[this.#rows - 1]
    this.#before += this.#rows
    this.#rows = 0
  }

  #timeColumn(): number {
    return this.#layout.columns.findIndex(({ type }) => type === 'time')
  }

  #start(batch: Batch): Watcher[] {
    const { file, findings, nowMs } = this.#options
    const has = batch.columns.map((column) => column.subarray(0, batch.rows).some((value) => !Number.isNaN(value)))
    const isBars = this.#layout.kind === 'klines'
    const interval = isBars || this.#layout.kind === 'oi' ? this.#interval(batch) : undefined
    const series: Series = {
      path: file.path,
      layout: this.#layout,
      symbol: this.symbol,
      market: file.market,
      interval,
      namedInterval: file.interval,
      has,
      isMark: isBars && (file.hint === 'mark' || !has[BAR.volume]),
      nowMs,
      textOf: this.#textOf,
      report: (rule, message, place, rows) => findings.add(rule, message, { symbol: this.symbol, ...place }, rows),
      findings,
    }
    this.#series = series
    return checks.flatMap((check) => check.start?.(series) ?? [])
  }

  #interval(batch: Batch): Interval | undefined {
    const { file, findings } = this.#options
    const times = batch.columns[0].slice(0, batch.rows).filter((time) => !Number.isNaN(time))
    // Sorted, so that a file that runs backward shows its interval too.
    const common = commonSpacing(times.toSorted())
    const shown = common === undefined ? undefined : intervalOfSpacing(common.spacing * MILLISECOND)
    const named = file.interval
    if (named === undefined || shown === undefined || shown === named) return named ?? shown
    if (common === undefined || common.share <= 0.5 || times.length < 4) return named
    findings.add(intervalName, `the name says ${named.name}, the rows stand ${shown.name} apart`, {
      symbol: this.symbol,
      line: batch.line[0],
      timeMs: times[0],
      column: this.#layout.columns[0].name,
    })
    return shown
  }

  /** A few prices finer than the tick are no prices; many are a tick that changed. */
  #reportDecimals(): void {
    if (this.#before < DECIMALS_ROWS_NEEDED) return
    const most = Math.max(DECIMALS_ROWS_MOST, this.#before * DECIMALS_SHARE_MOST)
    let finer = 0
    let usual = this.#decimals.length - 1
    for (; usual > 0; usual -= 1) {
      const rows = this.#decimals.at(usual)?.rows ?? 0
      if (finer + rows > most) break
      finer += rows
    }
    for (let decimals = usual + 2; decimals < this.#decimals.length; decimals += 1) {
      const seen = this.#decimals.at(decimals)
      for (const place of seen?.places ?? [])
        this.#options.findings.add(precision, `${decimals} decimals, where the series has ${usual}`, {
          symbol: this.symbol,
          ...place,
        })
    }
  }
}
