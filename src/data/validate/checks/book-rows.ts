/** Whole books, one a row (tardis.dev): bids below asks, levels in order, times that ascend. */
import type { Batch, Check } from '../batch.ts'
import { BOOK_AT } from '../layout.ts'
import { crossed, levels } from './depth-rules.ts'
import { order } from './time-rules.ts'

export const bookRows: Check = {
  rules: [crossed, levels],
  start(series) {
    if (series.layout.kind !== 'book') return undefined
    const depth = series.layout.columns.filter(({ name }) => /^asks.*price$/.test(name)).length
    let last = Number.NEGATIVE_INFINITY
    const column = (batch: Batch, level: number, offset: number): Float64Array =>
      batch.columns[BOOK_AT.levels + 4 * level + offset]
    return {
      batch(batch) {
        const times = batch.columns[BOOK_AT.time]
        for (let i = 0; i < batch.rows; i += 1) {
          const place = { line: batch.line[i], timeMs: times[i] }
          if (times[i] < last)
            series.report(order, `the time is ${last - times[i]} ms before the row above`, { ...place, column: 'timestamp' })
          last = times[i]
          const [ask, bid] = [column(batch, 0, 0)[i], column(batch, 0, 2)[i]]
          if (bid >= ask)
            series.report(crossed, `the best bid ${bid} is not below the best ask ${ask}`, {
              ...place,
              column: 'bids[0].price',
              value: bid,
            })
          for (let level = 1; level < depth; level += 1) {
            const wrong =
              column(batch, level, 0)[i] <= column(batch, level - 1, 0)[i]
                ? 'asks'
                : column(batch, level, 2)[i] >= column(batch, level - 1, 2)[i]
                  ? 'bids'
                  : undefined
            if (wrong !== undefined) {
              series.report(levels, `${wrong} are not in order at level ${level}`, {
                ...place,
                column: `${wrong}[${level}].price`,
              })
              break
            }
          }
        }
      },
    }
  },
}
