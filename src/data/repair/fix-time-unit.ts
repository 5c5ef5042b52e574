/** Times in seconds, microseconds or nanoseconds to milliseconds, by their digits: nothing is rounded. */
import type { Fix } from './fix.ts'
import { placeOf } from './table.ts'
import type { Table } from './table.ts'

export const timeUnit: Fix = {
  name: 'time-unit',
  title: 'all times in milliseconds',
  safe: true,
  apply(table) {
    const time = table.layout.columns.find(({ type }) => type === 'time')
    const at = time === undefined ? -1 : placeOf(table, time.name)
    if (at < 0 || !needed(table, at)) return
    for (const row of table.rows) {
      const cells = row.text.split(',')
      const text = cells.at(at) ?? ''
      const milliseconds = toMilliseconds(text)
      if (milliseconds === undefined || milliseconds === text) continue
      cells[at] = milliseconds
      const after = cells.join(',')
      table.changes.push({ fix: this.name, line: row.line, before: row.text, after, why: `the time counted ${unitOf(text)}` })
      row.text = after
    }
  },
}

/** The archive writes microseconds in columns that promise nothing: such a file is left as it is, unless it mixes units. */
function needed(table: Table, at: number): boolean {
  const units = new Set(table.rows.flatMap(({ text }) => unitOf(text.split(',').at(at) ?? '') ?? []))
  if (units.size > 1 || units.has('seconds')) return true
  return table.names[at].endsWith('_ms') && !units.has('milliseconds')
}

const DIGITS: Readonly<Record<number, string>> = {
  9: 'seconds',
  10: 'seconds',
  12: 'milliseconds',
  13: 'milliseconds',
  16: 'microseconds',
  19: 'nanoseconds',
}

const unitOf = (text: string): string | undefined => (/^\d+$/.test(text) ? DIGITS[text.length] : undefined)

/** Undefined when it is no time, or not a whole number of milliseconds. */
function toMilliseconds(text: string): string | undefined {
  switch (unitOf(text)) {
    case 'seconds':
      return `${text}000`
    case 'milliseconds':
      return text
    case 'microseconds':
      return text.endsWith('000') ? text.slice(0, -3) : undefined
    case 'nanoseconds':
      return text.endsWith('000000') ? text.slice(0, -6) : undefined
    default:
      return undefined
  }
}
