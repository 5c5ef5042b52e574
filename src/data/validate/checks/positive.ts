/**
 * Prices are above zero, amounts not below it. Holds for every kind of data.
 *
 * Trades of its insurance fund the exchange publishes with a price and a quantity of zero: a notice, no flaw.
 */
import type { Batch, Check, Series } from '../batch.ts'
import { TRADE_AT } from '../layout.ts'
import { rule } from '../rule.ts'

export const price = rule('price-not-positive', 'critical', 'prices of zero or below')
export const negative = rule('negative', 'critical', 'amounts below zero')

export const emptyTrade = rule('empty-trade', 'notice', 'trades that the exchange publishes without price and quantity')

export const positive: Check = {
  rules: [price, negative, emptyTrade],
  start(series) {
    const { columns } = series.layout
    const times = columns.findIndex(({ type }) => type === 'time')
    // All of them: a column that is empty in the first rows may begin later.
    const prices = columns.flatMap(({ type }, at) => (type === 'price' ? [at] : []))
    const amounts = columns.flatMap(({ type }, at) => (type === 'amount' || type === 'count' ? [at] : []))
    // A trade row of a merged depth file has a quantity, a deleted level has none: zero is a value there.
    const traded = series.layout.kind === 'trades' || series.layout.kind === 'aggTrades'
    return {
      batch(batch) {
        if (traded) markEmptyTrades(series, batch)
        const report = (which: typeof price, at: number, i: number, what: string): void => {
          batch.bad[i] = 1
          const value = batch.columns[at][i]
          series.report(which, `${columns[at].name} is ${value}${what}`, {
            line: batch.line[i],
            timeMs: batch.columns[times][i],
            column: columns[at].name,
            value,
          })
        }
        for (const at of prices) {
          const values = batch.columns[at]
          for (let i = 0; i < batch.rows; i += 1)
            if (values[i] <= 0 && batch.bad[i] === 0) report(price, at, i, ', and prices are above zero')
        }
        for (const at of amounts) {
          const values = batch.columns[at]
          for (let i = 0; i < batch.rows; i += 1)
            if ((values[i] < 0 || (traded && values[i] === 0)) && batch.bad[i] === 0)
              report(negative, at, i, traded ? ', and a trade has a quantity' : '')
        }
      },
    }
  },
}

function markEmptyTrades(series: Series, batch: Batch): void {
  const [prices, quantities, times] = [TRADE_AT.price, TRADE_AT.quantity, TRADE_AT.time].map((at) => batch.columns[at])
  for (let i = 0; i < batch.rows; i += 1) {
    if (prices[i] !== 0 || quantities[i] !== 0) continue
    batch.bad[i] = 1
    series.report(emptyTrade, 'a trade without price and quantity, as the exchange publishes those of its insurance fund', {
      line: batch.line[i],
      timeMs: times[i],
    })
  }
}
