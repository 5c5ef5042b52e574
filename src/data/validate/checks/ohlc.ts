/** High and low enclose open and close; and the columns are what the header says, which a whole file of broken bars contradicts. */
import type { Batch, Check, Series, Watcher } from '../batch.ts'
import { BAR } from '../layout.ts'
import { rule } from '../rule.ts'

export const ohlcRule = rule('ohlc', 'critical', 'high or low contradict open and close')
export const swapped = rule('columns-swapped', 'critical', 'columns stand under each other’s names')

export const ohlc: Check = {
  rules: [ohlcRule, swapped],
  start: (series) => (series.layout.kind === 'klines' ? new Ohlc(series) : undefined),
}

const SAMPLE_ROWS = 500
const NAMES = ['open', 'high', 'low', 'close', 'volume'] as const
const PAIRS = NAMES.flatMap((a, i) => NAMES.slice(i + 1).map((b) => [a, b] as const))

class Ohlc implements Watcher {
  readonly #series: Series
  /** The first rows, by column, to try what another order of columns would mean. */
  readonly #sample: number[][] = NAMES.map(() => [])
  #rows = 0
  #broken = 0
  /** Of neighbouring bars: |open - close before|, and |close - open before|, which is the smaller one when the two are swapped. */
  #toOpen = 0
  #toClose = 0
  #firstLine = 1

  constructor(series: Series) {
    this.#series = series
  }

  batch(batch: Batch): void {
    const [time, open, high, low, close] = batch.columns
    if (this.#rows === 0) this.#firstLine = batch.line[0]
    let toOpen = 0
    let toClose = 0
    for (let i = 0; i < batch.rows; i += 1) {
      const o = open[i]
      const h = high[i]
      const l = low[i]
      const c = close[i]
      // Comparisons with NaN are false: a field that cannot be read has been reported already.
      if (h < l || h < o || h < c || l > o || l > c) {
        batch.bad[i] = 1
        this.#broken += 1
        this.#series.report(ohlcRule, said(o, h, l, c), {
          line: batch.line[i],
          timeMs: time[i],
          column: h < o || h < c ? 'high' : 'low',
          value: h < o || h < c ? h : l,
        })
      } else if (o !== o || h !== h || l !== l || c !== c) batch.bad[i] = 1
      if (i > 0 && time[i] > time[i - 1]) {
        const jump = Math.abs(o - close[i - 1])
        const back = Math.abs(c - open[i - 1])
        // Not a number where a field could not be read.
        if (jump === jump && back === back) {
          toOpen += jump
          toClose += back
        }
      }
    }
    this.#toOpen += toOpen
    this.#toClose += toClose
    for (let i = 0; i < batch.rows && this.#sample[0].length < SAMPLE_ROWS; i += 1)
      NAMES.forEach((name, at) => this.#sample[at].push(batch.columns[BAR[name]][i]))
    this.#rows += batch.rows
  }

  finish(): void {
    const { report, findings } = this.#series
    if (this.#rows < 20) return
    const place = { symbol: this.#series.symbol, line: this.#firstLine }
    if (this.#broken > this.#rows / 2) {
      const pair = this.#sampleBroken(['open', 'open']) === 0 ? undefined : PAIRS.find((names) => this.#sampleBroken(names) === 0)
      if (pair === undefined) return
      findings.withdraw(ohlcRule)
      report(swapped, `${pair[0]} and ${pair[1]} are swapped in the whole file`, { ...place, column: pair[0] }, this.#rows)
    } else if (this.#toOpen > 3 * this.#toClose && this.#toOpen > 0)
      report(
        swapped,
        'open and close are swapped: bars open where the one before opened',
        { ...place, column: 'open' },
        this.#rows,
      )
  }

  /** How many bars of the sample are broken once the two columns change places. */
  #sampleBroken([a, b]: readonly [(typeof NAMES)[number], (typeof NAMES)[number]]): number {
    const at = [...this.#sample]
    const [left, right] = [NAMES.indexOf(a), NAMES.indexOf(b)]
    ;[at[left], at[right]] = [at[right], at[left]]
    const [open, high, low, close] = at
    return open.filter((o, i) => high[i] < Math.max(o, close[i], low[i]) || low[i] > Math.min(o, close[i])).length
  }
}

function said(o: number, h: number, l: number, c: number): string {
  if (h < l) return `the high ${h} is below the low ${l}`
  if (h < o || h < c) return `the high ${h} is below the ${h < o ? `open ${o}` : `close ${c}`}`
  return `the low ${l} is above the ${l > o ? `open ${o}` : `close ${c}`}`
}
