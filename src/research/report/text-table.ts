/**
 * Tables of plain text: columns aligned by display width, the least important left out when the line is too short.
 *
 * Pure; imports nothing. Colours come from the caller and are applied after padding, so widths stay right.
 */

export interface Column<Row> {
  readonly title: string
  readonly text: (row: Row) => string
  readonly align?: 'left' | 'right'
  /** Columns with the largest number go first when space is short; 0 (the default) stays. */
  readonly expendable?: number
  /** Colours the padded cell. */
  readonly paint?: (text: string, row: Row) => string
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
const ZERO = /\p{M}|\u200d/u

/** Terminal cells that a text takes: two for East Asian wide characters, none for combining marks. */
export function displayWidth(text: string): number {
  let width = 0
  for (const character of text) width += WIDE.test(character) ? 2 : ZERO.test(character) ? 0 : 1
  return width
}

/** Names come from users and files: no control character (so no escape code) may reach the terminal. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (c) => (c === '\u200d' ? c : ' '))

export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const fill = ' '.repeat(Math.max(0, width - displayWidth(text)))
  return align === 'left' ? text + fill : fill + text
}

/** Cuts to the width, with an ellipsis in the last cell. */
export function clip(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  let kept = ''
  let used = 1
  for (const character of text) {
    used += displayWidth(character)
    if (used > width) break
    kept += character
  }
  return `${kept}…`
}

/** Words to lines of at most `width` cells; a longer word is cut over several. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (let word of text.split(/\s+/)) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) <= width) {
      line += ` ${word}`
      continue
    }
    if (line !== '') lines.push(line)
    while (displayWidth(word) > width) {
      const head = [...word].slice(0, Math.max(1, Math.floor(width / 2))).join('')
      lines.push(head)
      word = word.slice(head.length)
    }
    line = word
  }
  return line === '' ? lines : [...lines, line]
}

const GAP = '  '

/** The lines of a table: titles, a rule, the rows. */
export function textTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { width, dim }: { readonly width: number; readonly dim: (text: string) => string },
): string[] {
  const cells = columns.map((column) => ({ column, texts: rows.map((row) => printable(column.text(row))) }))
  const sized = cells.map(({ column, texts }) => ({
    column,
    texts,
    width: Math.max(displayWidth(column.title), ...texts.map(displayWidth)),
  }))
  const shown = fitting(sized, width)
  const line = (cell: (entry: (typeof shown)[number]) => string): string => shown.map(cell).join(GAP).trimEnd()
  const total = shown.reduce((sum, entry) => sum + entry.width, GAP.length * (shown.length - 1))
  return [
    dim(line(({ column, width: cellWidth }) => pad(column.title, cellWidth, column.align))),
    dim('─'.repeat(total)),
    ...rows.map((row, i) =>
      line(({ column, texts, width: cellWidth }) => {
        const cell = pad(texts[i], cellWidth, column.align)
        return column.paint === undefined ? cell : column.paint(cell, row)
      }),
    ),
  ]
}

function fitting<Entry extends { readonly width: number; readonly column: { readonly expendable?: number } }>(
  entries: readonly Entry[],
  width: number,
): Entry[] {
  let kept = [...entries]
  const total = (): number => kept.reduce((sum, entry) => sum + entry.width, GAP.length * (kept.length - 1))
  while (total() > width) {
    const most = Math.max(...kept.map((entry) => entry.column.expendable ?? 0))
    if (most === 0) break
    kept = kept.filter((entry) => (entry.column.expendable ?? 0) !== most)
  }
  return kept
}
