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

interface Bar {
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

/** Runs of flat bars that may turn out too long. */
const RUNS_MAX = 100_000
const SHORTEST = 3
/** Runs up to this length tell how quiet the market is; longer ones are what is judged. */
const QUIET_ROWS = 2

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
  #before: Bar = { open: Number.NaN, high: Number.NaN, low: Number.NaN, close: Number.NaN, volume: Number.NaN }
  #beforeTime = Number.NaN
  #lastLine = 0
  #copies = 0
  #copyFrom = { line: 0, timeMs: 0 }

  constructor(series: Series) {
    this.#series = series
  }

  batch(batch: Batch): void {
    const [time, , high, low] = batch.columns
    const volume = this.#series.has[BAR.volume] ? batch.columns[BAR.volume] : undefined
    for (let i = 0; i < batch.rows; i += 1) {
      const price = high[i]
      if (price === low[i] && (volume === undefined || volume[i] > 0)) this.#flat(price, batch.line[i], time[i])
      else if (this.#count > 0) this.#endRun()
    }
    this.#lookForCopies(batch, volume)
    this.#rows += batch.rows
  }

  #flat(price: number, line: number, timeMs: number): void {
    if (price !== this.#price && this.#count > 0) this.#endRun()
    if (this.#count === 0) {
      this.#price = price
      this.#first = { line, timeMs }
    }
    this.#count += 1
    this.#last = { line, timeMs }
  }

  /** A bar equal to the one before in every value, and not flat: no market does that. Without volume it may, once. */
  #lookForCopies(batch: Batch, volume: Float64Array | undefined): void {
    const [time, open, high, low, close] = batch.columns
    let { open: o, high: h, low: l, close: c, volume: v } = this.#before
    let t = this.#beforeTime
    for (let i = 0; i < batch.rows; i += 1) {
      const amount = volume === undefined ? -1 : volume[i]
      const same = open[i] === o && close[i] === c && high[i] === h && low[i] === l && amount === v
      if (same && h !== l && v !== 0 && time[i] > t) {
        if (this.#copies === 0) this.#copyFrom = { line: batch.line[i], timeMs: time[i] }
        this.#copies += 1
      } else if (this.#copies > 0) this.#endCopies(batch.line[i] - 1, t)
      o = open[i]
      h = high[i]
      l = low[i]
      c = close[i]
      v = amount
      t = time[i]
    }
    this.#before = { open: o, high: h, low: l, close: c, volume: v }
    this.#beforeTime = t
    this.#lastLine = batch.line[batch.rows - 1]
  }

  #endCopies(lastLine: number, endMs: number): void {
    const { line, timeMs } = this.#copyFrom
    if (this.#copies >= (this.#series.has[BAR.volume] ? 1 : 2))
      this.#series.report(
        staleRule,
        this.#copies === 1
          ? 'the bar repeats the one before in every value'
          : `${this.#copies} bars repeat the one before in every value`,
        { line, lastLine, timeMs, endMs, column: 'close' },
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
    this.#count = 0
  }

  finish(): void {
    if (this.#count > 0) this.#endRun()
    if (this.#copies > 0) this.#endCopies(this.#lastLine, this.#beforeTime)
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
