/** Rows in the order of symbol and time (of trades: id). */
import type { Fix } from './fix.ts'
import { isSound, keyPlace, placeOf } from './table.ts'
import type { Row, Table } from './table.ts'

export const sortRows: Fix = {
  name: 'sort',
  title: 'rows in the order of their times',
  safe: true,
  apply(table) {
    if (table.layout.kind === 'depth' || table.layout.kind === 'book') return
    const unsound = table.rows.filter(({ text }) => !isSound(table, text))
    const sorted = sortedRows(table)
    if (sorted.every((row, i) => row === table.rows[i])) return
    if (unsound.length > 0) {
      table.left.push(
        `rows are out of order and not sorted: ${unsound.length} lines cannot be read, and where they belong nobody knows`,
      )
      return
    }
    recordMoves(table, sorted)
    table.rows = [...sorted]
  },
}

function sortedRows(table: Table): readonly Row[] {
  const [key, symbol] = [keyPlace(table), placeOf(table, 'symbol')]
  const order = new Map<string, number>()
  const keyed = table.rows.map((row, i) => {
    const cells = row.text.split(',')
    const name = symbol < 0 ? '' : (cells.at(symbol) ?? '')
    if (!order.has(name)) order.set(name, order.size)
    return { row, i, name, key: Number(cells.at(key)) }
  })
  // A file that is sorted by time first, symbols within, stays that way.
  const byTime = symbol >= 0 && isByTime(keyed)
  return keyed
    .toSorted((a, b) => (byTime ? 0 : (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0)) || a.key - b.key || a.i - b.i)
    .map(({ row }) => row)
}

/** Whether most rows are of another symbol than the one before. */
function isByTime(rows: readonly { readonly name: string }[]): boolean {
  const changes = rows.filter(({ name }, i) => i > 0 && name !== rows[i - 1].name).length
  return changes > rows.length / 2
}

/** Only rows that leave the order of the others: those that stand before an earlier or after a later one. */
function recordMoves(table: Table, sorted: readonly Row[]): void {
  const target = new Map(sorted.map((row, i) => [row, i]))
  const kept = longestAscending(table.rows.map((row) => target.get(row) ?? 0))
  const offset = table.header === undefined ? 1 : 2
  for (const [i, row] of table.rows.entries()) {
    if (kept.has(i)) continue
    table.changes.push({
      fix: sortRows.name,
      line: row.line,
      before: row.text,
      after: row.text,
      why: `moved to line ${(target.get(row) ?? 0) + offset}, where its time belongs`,
    })
  }
}

/** Indices of a longest ascending subsequence: what may stay where it is. Patience sorting. */
function longestAscending(values: readonly number[]): ReadonlySet<number> {
  const tails: number[] = []
  const previous = new Int32Array(values.length).fill(-1)
  for (const [i, value] of values.entries()) {
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (values[tails[middle]] < value) low = middle + 1
      else high = middle
    }
    if (low > 0) previous[i] = tails[low - 1]
    tails[low] = i
  }
  const kept = new Set<number>()
  for (let i = tails.at(-1) ?? -1; i >= 0; i = previous[i]) kept.add(i)
  return kept
}
