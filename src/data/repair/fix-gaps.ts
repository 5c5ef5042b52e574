/**
 * Missing bars as flat bars without volume, each marked by a 1 in the column `filled`. They are invented: this has to be asked for.
 */
import { barEnd } from '../../core/time.ts'
import type { Interval, Micros } from '../../core/time.ts'
import type { Fix, FixContext } from './fix.ts'
import { isSound, keyPlace, placeOf } from './table.ts'
import type { Row, Table } from './table.ts'

/** So many invented bars are no repair. */
const FILLED_MAX = 1_000_000

export const fillGaps: Fix = {
  name: 'fill-gaps',
  title: 'missing bars become flat ones without volume, marked in a column `filled`',
  safe: false,
  apply(table, context) {
    if (table.layout.kind !== 'klines') return
    const reason = obstacle(table, context)
    if (reason !== undefined) {
      table.left.push(`gaps are not filled: ${reason}`)
      return
    }
    const rows = withFilled(table, context.interval as Interval)
    if (rows.length === table.rows.length) return
    table.rows = rows.map(({ row, filled }) => ({ ...row, text: `${row.text},${filled ? 1 : 0}` }))
    table.header = `${table.header},filled`
    ;(table.names as string[]).push('filled')
  },
}

function obstacle(table: Table, { interval }: FixContext): string | undefined {
  if (interval === undefined) return 'neither the name nor the rows tell the interval'
  if (table.header === undefined) return 'there is no header for the column that would mark them'
  if (table.rows.some(({ text }) => !isSound(table, text))) return 'there are lines that cannot be read'
  return undefined
}

interface Marked {
  readonly row: Row
  readonly filled: boolean
}

function withFilled(table: Table, interval: Interval): readonly Marked[] {
  const [key, close, symbol] = [keyPlace(table), placeOf(table, 'close'), placeOf(table, 'symbol')]
  const rows: Marked[] = []
  let last: { readonly time: number; readonly cells: readonly string[] } | undefined
  for (const row of table.rows) {
    const cells = row.text.split(',')
    const time = Number(cells[key]) * (table.rows[0].text.split(',')[key].length >= 16 ? 1 : 1_000)
    const before = last !== undefined && (symbol < 0 || last.cells[symbol] === cells[symbol]) ? last : undefined
    if (before !== undefined)
      for (
        let due = barEnd(before.time as Micros, interval);
        due < time && rows.length < FILLED_MAX + table.rows.length;
        due = barEnd(due, interval)
      )
        rows.push({ row: flatRow(table, before.cells, due, { key, close }), filled: true })
    rows.push({ row, filled: false })
    last = { time, cells }
  }
  for (const [i, { row, filled }] of rows.entries())
    if (filled)
      table.changes.push({
        fix: fillGaps.name,
        line: undefined,
        before: undefined,
        after: `${row.text},1`,
        why: `no bar in the source; line ${i + 2} of the result`,
      })
  return rows
}

/** The last close as all prices, zero for all amounts. */
function flatRow(
  table: Table,
  before: readonly string[],
  due: number,
  at: { readonly key: number; readonly close: number },
): Row {
  const cells = table.names.map((name, i) => {
    if (i === at.key) return String(before[at.key].length >= 16 ? due : due / 1_000)
    const column = table.layout.columns.find(({ aliases }) => aliases.includes(name))
    if (column?.type === 'price') return before[at.close]
    if (column?.type === 'text') return before[i]
    return before[i] === '' || column === undefined ? '' : '0'
  })
  return { text: cells.join(','), line: undefined }
}
