/** Times later than now. */
import type { Check } from '../batch.ts'
import { rule } from '../rule.ts'

export const futureRule = rule('future', 'major', 'times that have not come yet')

/** Clocks may differ, and a bar is stamped with its start. */
const GRACE_MS = 60_000

export const future: Check = {
  rules: [futureRule],
  start(series) {
    const at = series.layout.columns.findIndex(({ name, type }) => type === 'time' && name !== 'timestampofreceive')
    const latest = series.nowMs + GRACE_MS
    return {
      batch(batch) {
        const times = batch.columns[at]
        for (let i = 0; i < batch.rows; i += 1)
          if (times[i] > latest)
            series.report(futureRule, 'the time has not come yet', {
              line: batch.line[i],
              timeMs: times[i],
              column: series.layout.columns[at].name,
            })
      },
    }
  },
}
