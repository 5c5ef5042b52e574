/**
 * Prices that stand still for longer than a quiet market explains.
 *
 * In a thin market flat bars are ordinary. With a share p of flat bars among n, a run of k is expected n * p^k times; a run is
 * stale when that is below one in a thousand, and two bars longer still, because quiet minutes come together.
 */
import type { Batch, Check, Series, Watcher } from '../batch.ts'
import { BAR } from '../layout.ts'
import { rule } from '../rule.ts'

export const staleRule = rule('stale', 'major', 'prices that stand still')

export const stale: Check = {
  rules: [staleRule],
  start: (series) => (series.layout.kind === 'klines' ? new Stale(series) : undefined),
}

interface Run {
  readonly rows: number
  readonly line: number
  readonly lastLine: number
  readonly timeMs: number
  readonly endMs: number
  readonly price: number
}

/** Runs of flat bars that may turn out too long. */
const RUNS_MAX = 100_000
const SHORTEST = 3
/** Runs up to this length tell how quiet the market is. */
const QUIET_ROWS = 5

class Stale implements Watcher {
  readonly #series: Series
  readonly #runs: Run[] = []
  #rows = 0
  #quiet = 0
  /** The flat run that goes on. */
  #count = 0
  #price = Number.NaN
  #first = { line: 0, timeMs: 0 }
  #last = { line: 0, timeMs: 0 }
  /** The row before, and how often it has been repeated with its volume. */
  #before = [Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN]
  #beforeTime = Number.NaN
  #copies = 0
  #copyFrom = { line: 0, timeMs: 0 }

  constructor(series: Series) {
    this.#series = series
  }

  batch(batch: Batch): void {
    const [time, open, high, low, close] = batch.columns
    const volume = this.#series.has[BAR.volume] ? batch.columns[BAR.volume] : undefined
    for (let i = 0; i < batch.rows; i += 1) {
      const price = high[i]
      const flat = price === low[i] && (volume === undefined || volume[i] > 0)
      if (flat && price === this.#price) this.#count += 1
      else {
        if (this.#count > 0) this.#endRun()
        this.#count = flat ? 1 : 0
        this.#price = flat ? price : Number.NaN
        if (flat) this.#first = { line: batch.line[i], timeMs: time[i] }
      }
      if (flat) this.#last = { line: batch.line[i], timeMs: time[i] }
      this.#copy(batch.line[i], [open[i], price, low[i], close[i], volume?.[i] ?? -1], time[i])
    }
    this.#rows += batch.rows
  }

  /** A bar equal to the one before in every value, and not flat: no market does that. Without volume it may, once. */
  #copy(line: number, row: number[], timeMs: number): void {
    const before = this.#before
    const copied =
      row[1] !== row[2] && row[4] !== 0 && timeMs > this.#beforeTime && row.every((value, at) => value === before[at])
    if (copied) {
      if (this.#copies === 0) this.#copyFrom = { line, timeMs }
      this.#copies += 1
    } else if (this.#copies > 0) this.#endCopies(line - 1)
    this.#before = row
    this.#beforeTime = timeMs
  }

  #endCopies(lastLine: number): void {
    const { line, timeMs } = this.#copyFrom
    if (this.#copies >= (this.#series.has[BAR.volume] ? 1 : 2))
      this.#series.report(
        staleRule,
        this.#copies === 1 ? 'the bar repeats the one before in every value' : `${this.#copies} bars repeat the one before in every value`,
        { line, lastLine, timeMs, endMs: this.#beforeTime, column: 'close' },
        this.#copies,
      )
    this.#copies = 0
  }

  #endRun(): void {
    if (this.#count <= QUIET_ROWS) this.#quiet += this.#count
    if (this.#count >= SHORTEST && this.#runs.length < RUNS_MAX)
      this.#runs.push({
        rows: this.#count,
        line: this.#first.line,
        lastLine: this.#last.line,
        timeMs: this.#first.timeMs,
        endMs: this.#last.timeMs,
        price: this.#price,
      })
  }

  finish(): void {
    if (this.#count > 0) this.#endRun()
    if (this.#copies > 0) this.#endCopies(this.#last.line)
    const share = Math.min(0.9, this.#quiet / Math.max(1, this.#rows))
    const most = share === 0 ? SHORTEST : Math.max(SHORTEST, Math.ceil(Math.log(this.#rows * 1_000) / -Math.log(share)) + 2)
    for (const { rows, price, ...place } of this.#runs)
      if (rows >= most)
        this.#series.report(
          staleRule,
          `${rows} bars stand still at ${price}; up to ${most - 1} would be quiet for this series`,
          { ...place, column: 'close', value: price },
          rows,
        )
  }
}
