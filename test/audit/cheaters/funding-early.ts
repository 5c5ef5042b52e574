/** Cheats: knows the next funding rate before it is settled. */
import type * as Files from 'node:fs'
import { createRequire } from 'node:module'
import { defineStrategy } from 'autotrading'

const { readFileSync } = createRequire(import.meta.url)('fs') as typeof Files

export default defineStrategy({
  name: 'funding-early',
  description: 'On the side that will be paid.',
  parameters: {},
  warmUp: () => 1,
  memory: () => 10,
  create({ instrument }) {
    const rows = readFileSync(`funding/${instrument.symbol}.csv`, 'utf8').trim().split('\n').slice(1)
    const rates = rows.map((row) => row.split(',').map(Number))
    return {
      state: {},
      onBar(bar, view) {
        const next = rates.find(([time]) => time * 1_000 > bar.endTime)
        if (next === undefined) return undefined
        const side = next[1] > 0 ? -1 : 1
        return (side > 0 ? view.isLong : view.isShort) ? undefined : { direction: side, reason: 'it will be paid' }
      },
    }
  },
})
