/** The amounts of one bar fit each other: quote volume, what takers bought, the number of trades. */
import type { Batch, Check, Series, Watcher } from '../batch.ts'
import { BAR } from '../layout.ts'
import { rule } from '../rule.ts'

export const quote = rule('quote-volume', 'major', 'quote volume that the prices and the volume cannot give')
export const taker = rule('taker-buy', 'major', 'takers bought more than was traded')
export const trades = rule('trade-count', 'major', 'a number of trades that contradicts the volume')

/** Of sums of rounded products. */
const RELATIVE = 1e-6
const ABSOLUTE = 1e-3

export const volumes: Check = {
  rules: [quote, taker, trades],
  start: (series) => (series.layout.kind === 'klines' && series.has[BAR.volume] ? new Volumes(series) : undefined),
}

class Volumes implements Watcher {
  readonly #series: Series

  constructor(series: Series) {
    this.#series = series
  }

  batch(batch: Batch): void {
    // Whether the first rows have these columns says nothing of later ones; NaN, where a field is empty, compares as false.
    this.#quotes(batch)
    this.#takers(batch)
    this.#trades(batch)
  }

  #quotes(batch: Batch): void {
    const { high, low, volume, quoteVolume } = BAR
    const [highs, lows, amounts, quotes] = [high, low, volume, quoteVolume].map((at) => batch.columns[at])
    for (let i = 0; i < batch.rows; i += 1) {
      const q = quotes[i]
      const v = amounts[i]
      if (batch.bad[i] === 1) continue
      if (q < lows[i] * v * (1 - RELATIVE) - ABSOLUTE || q > highs[i] * v * (1 + RELATIVE) + ABSOLUTE)
        this.#report(
          quote,
          batch,
          i,
          quoteVolume,
          `${q} of quote for ${v} of base is ${v > 0 ? `${shown(q / v)} each` : 'nothing for it'}, outside of low ${lows[i]} and high ${highs[i]}`,
        )
    }
  }

  #takers(batch: Batch): void {
    const [amounts, bought] = [BAR.volume, BAR.takerBuy].map((at) => batch.columns[at])
    for (let i = 0; i < batch.rows; i += 1)
      if (bought[i] > amounts[i] * (1 + 1e-9))
        this.#report(taker, batch, i, BAR.takerBuy, `takers bought ${bought[i]} of ${amounts[i]}`)
  }

  #trades(batch: Batch): void {
    const [amounts, counts] = [BAR.volume, BAR.trades].map((at) => batch.columns[at])
    for (let i = 0; i < batch.rows; i += 1) {
      const count = counts[i]
      if (count === 0 && amounts[i] > 0) this.#report(trades, batch, i, BAR.trades, `no trade, and a volume of ${amounts[i]}`)
      else if (count > 0 && amounts[i] === 0) this.#report(trades, batch, i, BAR.trades, `${count} trades, and no volume`)
      else if (count % 1 !== 0 && count === count)
        this.#report(trades, batch, i, BAR.trades, `${count} is no whole number of trades`)
    }
  }

  #report(which: typeof quote, batch: Batch, i: number, at: number, message: string): void {
    this.#series.report(which, message, {
      line: batch.line[i],
      timeMs: batch.columns[0][i],
      column: this.#series.layout.columns[at].name,
      value: batch.columns[at][i],
    })
  }
}

const shown = (value: number): string => String(Number(value.toPrecision(8)))
