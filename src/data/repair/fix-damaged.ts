/** Lines that cannot be read are dropped: what they held is lost, so this has to be asked for. */
import type { Fix } from './fix.ts'
import { clean, isSound } from './table.ts'
import type { Table } from './table.ts'

export const damagedLines: Fix = {
  name: 'drop-damaged',
  title: 'lines with fields that are missing, too many, or no numbers are dropped, which leaves gaps',
  safe: false,
  apply(table) {
    table.rows = table.rows.filter(({ text, line }) => {
      const sound = isSound(table, text) && hasNumbers(table, text)
      if (!sound) table.changes.push({ fix: this.name, line, before: text, after: undefined, why: 'the line cannot be read' })
      return sound
    })
  },
}

function hasNumbers(table: Table, text: string): boolean {
  const cells = clean(text).split(',')
  return table.layout.columns.every(({ aliases, required, type }) => {
    if (required !== true || type === 'text' || type === 'flag') return true
    const at = table.names.findIndex((name) => aliases.includes(name))
    return at >= 0 && cells[at] !== '' && Number.isFinite(Number(cells[at]))
  })
}
