/** Lines as such: byte order marks, line ends, empty lines, and a last line that was cut off. */
import type { Fix } from './fix.ts'
import { clean, isSound } from './table.ts'

export const lineEnds: Fix = {
  name: 'line-ends',
  title: 'one kind of line end, no byte order mark, no empty lines',
  safe: true,
  apply(table) {
    if (table.header !== undefined && clean(table.header) !== table.header) {
      table.changes.push({
        fix: this.name,
        line: 1,
        before: table.header,
        after: clean(table.header),
        why: 'byte order mark or carriage return',
      })
      table.header = clean(table.header)
    }
    for (const row of table.rows) {
      const text = clean(row.text)
      if (text === row.text) continue
      table.changes.push({
        fix: this.name,
        line: row.line,
        before: row.text,
        after: text,
        why: 'byte order mark or carriage return',
      })
      row.text = text
    }
    const [empty, full] = [table.rows.filter(({ text }) => text === ''), table.rows.filter(({ text }) => text !== '')]
    for (const { line } of empty) table.changes.push({ fix: this.name, line, before: '', after: undefined, why: 'an empty line' })
    table.rows = full
  },
}

export const truncated: Fix = {
  name: 'truncated',
  title: 'a last line that was cut off is dropped, one that only lacks its end gets it',
  safe: true,
  apply(table, { cut }) {
    const last = table.rows.at(-1)
    if (!table.unterminated || last === undefined) return
    if (!cut && isSound(table, last.text))
      table.changes.push({
        fix: this.name,
        line: last.line,
        before: last.text,
        after: `${last.text}\n`,
        why: 'the last line had no line end',
      })
    else {
      table.rows.pop()
      table.changes.push({
        fix: this.name,
        line: last.line,
        before: last.text,
        after: undefined,
        why: 'the last line was cut off',
      })
    }
  },
}
