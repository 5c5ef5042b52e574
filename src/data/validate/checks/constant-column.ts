/** A column that holds one value throughout: filled in by somebody, not measured. */
import type { Check } from '../batch.ts'
import { rule } from '../rule.ts'

export const constantRule = rule('constant-column', 'major', 'columns that never change')

const ROWS_NEEDED = 100

export const constantColumn: Check = {
  rules: [constantRule],
  start(series) {
    const { kind, columns } = series.layout
    if (kind !== 'klines' && kind !== 'oi') return undefined
    const watched = columns.flatMap(({ type }, at) => (type !== 'time' && type !== 'text' && series.has[at] ? [at] : []))
    let open = watched.map((at) => ({ at, first: Number.NaN }))
    let rows = 0
    let line = 0
    return {
      batch(batch) {
        if (rows === 0) line = batch.line[0]
        rows += batch.rows
        open = open
          .map(({ at, first }) => ({ at, first: Number.isNaN(first) ? batch.columns[at][0] : first }))
          .filter(({ at, first }) => {
            const values = batch.columns[at]
            for (let i = 0; i < batch.rows; i += 1) if (values[i] !== first) return false
            return true
          })
      },
      finish() {
        if (rows < ROWS_NEEDED) return
        for (const { at, first } of open)
          series.report(constantRule, `${columns[at].name} is ${first} in all ${rows} rows`, {
            line,
            column: columns[at].name,
            value: first,
          })
      },
    }
  },
}
