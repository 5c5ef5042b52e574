/**
 * A text file of rows as it is repaired: lines with the numbers they had, and every change that is made to them. Texts are kept a
 * character a byte (latin1), so that what is no UTF-8 comes out as it went in.
 *
 * Pure.
 */
import { headerless, layoutOf } from '../validate/layout.ts'
import type { Kind, Layout } from '../validate/layout.ts'

export interface Row {
  /** As it stands now, without line end. */
  text: string
  /** In the source, 1-based; undefined for a row that was added. */
  readonly line: number | undefined
}

/** One change: `before` is undefined for what was added, `after` for what was removed. */
export interface Change {
  readonly fix: string
  /** Of the source. */
  readonly line: number | undefined
  readonly before: string | undefined
  readonly after: string | undefined
  readonly why: string
}

export interface Table {
  readonly layout: Layout
  /** Names as in the header, lower case. */
  readonly names: readonly string[]
  /** The header's own text, undefined when the file has none. */
  header: string | undefined
  rows: Row[]
  readonly changes: Change[]
  /** Whether the last line of the source had no end. */
  readonly unterminated: boolean
  /** What is wrong and stays, in the words of a fix. */
  readonly left: string[]
}

/** Undefined when the lines are of nothing that can be repaired row by row. */
export function tableOf(lines: readonly string[], unterminated: boolean, hint: Kind | undefined): Table | undefined {
  const first = lines.findIndex((line) => clean(line) !== '')
  if (first < 0) return undefined
  const cells = clean(lines[first]).split(',')
  const names = cells.map((cell) => cell.trim().toLowerCase())
  const isHeader = !/^[-.\d]/.test(names[0])
  const columns = isHeader ? names : headerless(names, hint)?.names
  const layout = columns === undefined ? undefined : layoutOf(columns)
  if (columns === undefined || layout === undefined) return undefined
  const rows = lines.map((text, i): Row => ({ text, line: i + 1 }))
  return {
    layout,
    names: columns,
    header: isHeader ? lines[first] : undefined,
    rows: isHeader ? rows.filter((_, i) => i !== first) : rows,
    changes: [],
    unterminated,
    left: [],
  }
}

/** Without byte order mark (its three bytes: texts are kept a character a byte) and carriage return. */
export const clean = (text: string): string => text.replace(/^\u00ef\u00bb\u00bf/, '').replace(/\r$/, '')

/** Where a column of the layout stands in a row; -1 when the file has none. */
export function placeOf({ layout, names }: Table, name: string): number {
  const aliases = layout.columns.find((column) => column.name === name)?.aliases ?? []
  return names.findIndex((known) => aliases.includes(known))
}

/** The column by which rows are ordered: ids of trades, times of everything else. */
export function keyPlace(table: Table): number {
  const key = table.layout.columns.find(({ type, required }) => required === true && (type === 'id' || type === 'time'))
  return key === undefined ? -1 : placeOf(table, key.name)
}

/** Whether a row has as many fields as the header, and a key that is a number. */
export function isSound(table: Table, text: string): boolean {
  const cells = clean(text).split(',')
  return cells.length === table.names.length && /^-?\d+(\.\d+)?$/.test(cells[keyPlace(table)] ?? '')
}
