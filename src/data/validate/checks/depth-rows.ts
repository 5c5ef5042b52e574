/** Depth messages taken apart into rows, one a price level: the sequence of the messages, levels named twice. */
import type { Batch, Check, Series, Watcher } from '../batch.ts'
import { DEPTH_AT } from '../layout.ts'
import { bridging, receiveTime, sequence } from './depth-rules.ts'
import { conflict, duplicate } from './time-rules.ts'

export const depthRows: Check = {
  rules: [sequence, bridging, receiveTime],
  start: (series) => (series.layout.kind === 'depth' ? new DepthRows(series) : undefined),
}

class DepthRows implements Watcher {
  readonly #series: Series
  #first = Number.NaN
  #final = Number.NaN
  /** Latest time of receipt, by stream: files of several streams are not in one order. */
  readonly #received = new Map<string, number>()
  /** Update id of a snapshot that no message has continued yet. */
  #snapshot: number | undefined
  /** Sizes of the levels of the message so far, by side and price. */
  readonly #levels = new Map<string, { readonly line: number; readonly quantity: number }>()

  constructor(series: Series) {
    this.#series = series
  }

  batch(batch: Batch): void {
    const at = (name: keyof typeof DEPTH_AT): Float64Array => batch.columns[DEPTH_AT[name]]
    const [received, times, first, final, previous] = [at('received'), at('time'), at('first'), at('final'), at('previous')]
    const [isAsk, price, quantity, stream, last, tradeId] = [
      at('isAsk'),
      at('price'),
      at('quantity'),
      at('stream'),
      at('last'),
      at('tradeId'),
    ]
    const streamed = this.#series.has[DEPTH_AT.stream]
    for (let i = 0; i < batch.rows; i += 1) {
      const line = batch.line[i]
      const timeMs = Number.isNaN(times[i]) ? received[i] : times[i]
      const kind = streamed ? this.#series.textOf(stream[i]) : ''
      const latest = this.#received.get(kind) ?? Number.NEGATIVE_INFINITY
      if (received[i] < latest)
        this.#series.report(receiveTime, `received ${latest - received[i]} ms before the row above`, {
          line,
          timeMs,
          column: 'timestampofreceive',
        })
      this.#received.set(kind, received[i])
      if (tradeId[i] > 0 || /TRADE/.test(kind)) continue
      if (/SNAPSHOT/.test(kind) && !/FINAL/.test(kind)) {
        this.#snapshot = last[i]
        continue
      }
      if (/FINAL/.test(kind)) continue
      if (first[i] !== this.#first || final[i] !== this.#final) this.#message(line, timeMs, first[i], final[i], previous[i])
      this.#level(`${isAsk[i]} ${price[i]}`, { line, timeMs, quantity: quantity[i] })
    }
  }

  #message(line: number, timeMs: number, first: number, final: number, previous: number): void {
    const place = { line, timeMs, column: 'finalupdateid', value: final }
    if (first > final) this.#series.report(sequence, `the first update id ${first} is after the final one, ${final}`, place)
    const joined = Number.isNaN(previous) ? first === this.#final + 1 : previous === this.#final
    if (!Number.isNaN(this.#final) && !joined)
      this.#series.report(
        sequence,
        Number.isNaN(previous)
          ? `the message begins at ${first}, and the one before ended at ${this.#final}`
          : `the message follows ${previous}, and the one before ended at ${this.#final}`,
        place,
      )
    if (this.#snapshot !== undefined && final > this.#snapshot) {
      if (first > this.#snapshot + 1 && previous !== this.#snapshot)
        this.#series.report(
          bridging,
          `the snapshot of ${this.#snapshot} is not continued: the next message begins at ${first}`,
          place,
        )
      this.#snapshot = undefined
    }
    this.#first = first
    this.#final = final
    this.#levels.clear()
  }

  #level(
    key: string,
    { line, timeMs, quantity }: { readonly line: number; readonly timeMs: number; readonly quantity: number },
  ): void {
    const known = this.#levels.get(key)
    if (known === undefined) this.#levels.set(key, { line, quantity })
    else
      this.#series.report(
        known.quantity === quantity ? duplicate : conflict,
        `the level of line ${known.line} again${known.quantity === quantity ? '' : ', with another quantity'}`,
        { line, timeMs, column: 'price' },
      )
  }
}
