/** Bars in which nothing was traded: outages, the first hours of a contract, and contracts that are dead. */
import type { Batch, Check, Series, Watcher } from '../batch.ts'
import { BAR } from '../layout.ts'
import { rule } from '../rule.ts'

export const zeroVolumeRule = rule('zero-volume', 'minor', 'bars without volume')

/** A stretch up to the end of the file and as long as this is a contract that trades no more. */
const DEAD_ROWS = 100

export const zeroVolume: Check = {
  rules: [zeroVolumeRule],
  start: (series) => (series.layout.kind === 'klines' && series.has[BAR.volume] ? new ZeroVolume(series) : undefined),
}

class ZeroVolume implements Watcher {
  readonly #series: Series
  #rows = 0
  #moved = 0
  #line = 0
  #lastLine = 0
  #from = 0
  #to = 0

  constructor(series: Series) {
    this.#series = series
  }

  batch(batch: Batch): void {
    const volume = batch.columns[BAR.volume]
    const [time, , high, low] = batch.columns
    for (let i = 0; i < batch.rows; i += 1) {
      if (volume[i] !== 0) {
        if (this.#rows > 0) this.#report('')
        continue
      }
      if (this.#rows === 0) {
        this.#line = batch.line[i]
        this.#from = time[i]
      }
      this.#rows += 1
      if (high[i] > low[i]) this.#moved += 1
      this.#lastLine = batch.line[i]
      this.#to = time[i]
    }
  }

  finish(): void {
    if (this.#rows > 0) this.#report(this.#rows >= DEAD_ROWS ? ' up to the end: the contract does not trade any more' : '')
  }

  #report(end: string): void {
    const bars = this.#rows === 1 ? '1 bar' : `${this.#rows} bars`
    const moved = this.#moved > 0 ? `, although the price moved in ${this.#moved}` : ''
    this.#series.report(
      zeroVolumeRule,
      `${bars} without volume${moved}${end}`,
      { line: this.#line, lastLine: this.#lastLine, timeMs: this.#from, endMs: this.#to, column: 'volume' },
      this.#rows,
    )
    this.#rows = 0
    this.#moved = 0
  }
}
