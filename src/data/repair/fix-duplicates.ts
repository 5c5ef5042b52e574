/** Rows of one time (or id): the same twice is once too often; different ones are a contradiction that nobody here can settle. */
import type { Fix } from './fix.ts'
import { isSound, keyPlace, placeOf } from './table.ts'
import type { Row, Table } from './table.ts'

/** The rows by what they are of; unsound ones are left out. */
function byKey(table: Table): ReadonlyMap<string, readonly Row[]> {
  const [key, symbol] = [keyPlace(table), placeOf(table, 'symbol')]
  const groups = new Map<string, Row[]>()
  for (const row of table.rows) {
    if (!isSound(table, row.text)) continue
    const cells = row.text.split(',')
    const name = `${symbol < 0 ? '' : cells[symbol]} ${cells[key]}`
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [row])
    else group.push(row)
  }
  return groups
}

/** Depth messages have many rows of one time. */
const isKeyed = ({ layout }: Table): boolean => layout.kind !== 'depth' && layout.kind !== 'book'

export const duplicates: Fix = {
  name: 'duplicates',
  title: 'of rows that are there twice, alike, the first stays',
  safe: true,
  apply(table) {
    if (!isKeyed(table)) return
    const dropped = new Set<Row>()
    for (const group of byKey(table).values()) {
      const seen = new Map<string, Row>()
      for (const row of group) {
        const first = seen.get(row.text)
        if (first === undefined) seen.set(row.text, row)
        else {
          dropped.add(row)
          table.changes.push({
            fix: this.name,
            line: row.line,
            before: row.text,
            after: undefined,
            why: `the row of line ${first.line} again`,
          })
        }
      }
    }
    table.rows = table.rows.filter((row) => !dropped.has(row))
  },
}

export const dropConflicts: Fix = {
  name: 'drop-conflicts',
  title: 'all rows of a time that has different ones are dropped, which leaves gaps',
  safe: false,
  apply(table) {
    if (!isKeyed(table)) return
    const dropped = new Set<Row>()
    for (const group of byKey(table).values()) {
      if (group.length < 2) continue
      for (const row of group) {
        dropped.add(row)
        const others = group.filter((other) => other !== row).map(({ line }) => line)
        table.changes.push({
          fix: this.name,
          line: row.line,
          before: row.text,
          after: undefined,
          why: `contradicts line ${others.join(', ')}, and nothing tells which is right`,
        })
      }
    }
    table.rows = table.rows.filter((row) => !dropped.has(row))
  },
}
