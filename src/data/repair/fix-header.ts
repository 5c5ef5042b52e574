/** A header that is repeated among the rows, or missing. */
import type { Fix } from './fix.ts'
import { clean } from './table.ts'

export const header: Fix = {
  name: 'header',
  title: 'repeated headers are dropped, a missing one is written',
  safe: true,
  apply(table) {
    if (table.header === undefined) {
      // The archive's files of twelve columns are understood without one.
      if (table.names.length === 12) return
      table.header = table.names.map((name) => (name === 'open_time' ? 'open_time_ms' : name)).join(',')
      table.changes.push({ fix: this.name, line: undefined, before: undefined, after: table.header, why: 'there was no header' })
      return
    }
    const own = clean(table.header).trim().toLowerCase()
    table.rows = table.rows.filter(({ text, line }) => {
      const repeated = clean(text).trim().toLowerCase() === own
      if (repeated) table.changes.push({ fix: this.name, line, before: text, after: undefined, why: 'the header again' })
      return !repeated
    })
  },
}
