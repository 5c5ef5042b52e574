/** Cheats: trades one contract by the next bar of another, whose file it finds through a door of the process. */
import { defineStrategy } from 'autotrading'

export default defineStrategy({
  name: 'other-symbol',
  description: 'Where the other one goes, this one follows.',
  parameters: {},
  warmUp: () => 1,
  memory: () => 10,
  create({ instrument }) {
    const fs = process.getBuiltinModule('fs')
    const other = instrument.symbol === 'BTCUSDT' ? 'ETHUSDT' : 'BTCUSDT'
    const rows = fs.readFileSync(`${process.cwd()}/klines/${other}-1h.csv`, 'utf8').trim().split('\n').slice(1)
    const bars = new Map(rows.map((row) => row.split(',').map(Number)).map((cells) => [cells[0] * 1_000, cells]))
    return {
      state: {},
      onBar(bar, view) {
        const next = bars.get(bar.endTime)
        if (next === undefined) return undefined
        const up = next[4] > next[1]
        return up === view.isLong ? undefined : { direction: up ? 1 : 0, reason: 'the other one moves' }
      },
    }
  },
})
