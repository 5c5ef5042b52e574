/** Open interest: values that stand alone. Its times are `timeline.ts`'s. */
import type { Batch, Check, Series, Watcher } from '../batch.ts'
import { OI_AT } from '../layout.ts'
import { spike } from './price-path.ts'

export const openInterest: Check = {
  rules: [],
  start: (series) => (series.layout.kind === 'oi' ? new OpenInterest(series) : undefined),
}

/** A value stands alone when it leaves both neighbours by this factor and they agree within half of it. */
const FACTOR = Math.log(2)

class OpenInterest implements Watcher {
  readonly #series: Series
  /** The last two rows. */
  readonly #rows: { readonly line: number; readonly timeMs: number; readonly amount: number; readonly price: number }[] = []

  constructor(series: Series) {
    this.#series = series
  }

  batch(batch: Batch): void {
    const [times, amounts, values] = [OI_AT.time, OI_AT.amount, OI_AT.value].map((at) => batch.columns[at])
    for (let i = 0; i < batch.rows; i += 1) {
      this.#rows.push({ line: batch.line[i], timeMs: times[i], amount: amounts[i], price: values[i] / amounts[i] })
      if (this.#rows.length < 3) continue
      const [a, b, c] = this.#rows
      const alone = (x: number, y: number, z: number): boolean =>
        Math.abs(Math.log(y / x)) > FACTOR && Math.abs(Math.log(y / z)) > FACTOR && Math.abs(Math.log(z / x)) < FACTOR / 2
      const place = { line: b.line, timeMs: b.timeMs }
      if (alone(a.amount, b.amount, c.amount))
        this.#series.report(spike, `${b.amount} stands alone between ${a.amount} and ${c.amount}`, {
          ...place,
          column: 'open_interest',
          value: b.amount,
        })
      else if (alone(a.price, b.price, c.price))
        this.#series.report(
          spike,
          `its value means a price of ${b.price.toPrecision(6)}, between ${a.price.toPrecision(6)} and ${c.price.toPrecision(6)}`,
          {
            ...place,
            column: 'open_interest_value',
          },
        )
      this.#rows.shift()
    }
  }
}
