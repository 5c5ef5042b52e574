/** However the bytes arrive, the rows are the same. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CsvScanner, fieldText } from './csv-scanner.ts'

function scan(chunks: readonly Uint8Array[]): {
  rows: (readonly (string | undefined)[])[]
  lines: number[]
  unterminated: boolean
} {
  const rows: (readonly (string | undefined)[])[] = []
  const lines: number[] = []
  const scanner = new CsvScanner('a.csv', (row) => {
    rows.push(Array.from({ length: row.count }, (_, at) => fieldText(row, at)))
    lines.push(row.line)
  })
  for (const chunk of chunks) scanner.feed(chunk)
  const { unterminated } = scanner.finish()
  return { rows, lines, unterminated }
}

const fields = fc.string({ unit: fc.constantFrom('a', '7', '.', 'ü', ' ', '安'), minLength: 1, maxLength: 5 })
const tables = fc.array(fc.array(fields, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 10 })

describe('CsvScanner', () => {
  test('reads the same rows from any chunks, line ends and quotes', () => {
    fc.assert(
      fc.property(
        tables,
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.boolean(),
        fc.array(fc.nat(200)),
        (table, lineEnd, mark, quoted, cuts) => {
          const lines = table.map((row) => row.map((field) => (quoted ? `"${field}"` : field)).join(','))
          const bytes = Buffer.from((mark ? '\ufeff' : '') + lines.join(lineEnd) + lineEnd)
          const edges = [0, ...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b), bytes.length]
          const chunks = edges.slice(1).map((end, at) => bytes.subarray(edges[at], end))
          expect(scan(chunks)).toEqual({ rows: table, lines: table.map((_, at) => at + 1), unterminated: false })
        },
      ),
    )
  })

  test('keeps empty fields, and commas inside quotes', () => {
    expect(scan([Buffer.from('a,,\n,"x,y",\n')]).rows).toEqual([
      ['a', '', ''],
      ['', 'x,y', ''],
    ])
  })

  test('tolerates blank lines at the end, and says when the last line end is missing', () => {
    expect(scan([Buffer.from('a,b\n\n\r\n')])).toEqual({ rows: [['a', 'b']], lines: [1], unterminated: false })
    expect(scan([Buffer.from('a,b')])).toEqual({ rows: [['a', 'b']], lines: [1], unterminated: true })
    expect(scan([]).rows).toEqual([])
  })
})
