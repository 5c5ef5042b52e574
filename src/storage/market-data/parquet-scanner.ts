/**
 * The rows of a Parquet file as fields of text, so that the readers that know rows need not know Parquet: a header row with the
 * names of the columns, then row by row. Columns of lists and other nested types are left out.
 *
 * Reads the file through `../parquet`.
 */
import { assert } from '../../core/errors.ts'
import { parquetInfo, readParquet } from '../parquet/read-parquet.ts'
import type { ParquetChunk, ParquetColumn } from '../parquet/read-parquet.ts'
import { FIELDS_MAX, LINE_BYTES_MAX } from './csv-scanner.ts'
import type { CsvRow, RowScanner } from './csv-scanner.ts'

export class ParquetScanner implements RowScanner {
  readonly #path: string
  readonly #onRow: (row: CsvRow) => void
  #line = 0

  constructor(path: string, onRow: (row: CsvRow) => void) {
    this.#path = path
    this.#onRow = onRow
  }

  get line(): number {
    return this.#line
  }

  feed(): void {
    assert(false, 'a Parquet file is not read from its first byte to its last')
  }

  finish(): { readonly unterminated: boolean } {
    return { unterminated: false }
  }

  /** Reads the whole file. Throws `InputError` when it is damaged. */
  async read(onPart: () => void = () => undefined): Promise<void> {
    const info = await parquetInfo(this.#path)
    const { columns } = info
    const flat = columns.filter(({ type, name }) => type !== 'list' && type !== 'other' && !isCompanionOf(columns, name))
    const companions = flat.map(({ name }) => columns.find((other) => other.name === companionName(name)))
    this.#give(flat.map(nameOf), 1)
    await readParquet(
      this.#path,
      [
        ...flat.map(({ name, type }) => ({ name, form: type === 'timestamp' ? ('number' as const) : ('text' as const) })),
        ...companions.filter((column) => column !== undefined).map(({ name }) => ({ name, form: 'number' as const })),
      ],
      (chunk) => {
        this.#giveRows(chunk, flat, companions)
        onPart()
      },
      { info },
    )
  }

  #giveRows(chunk: ParquetChunk, columns: readonly ParquetColumn[], companions: readonly (ParquetColumn | undefined)[]): void {
    let companion = columns.length
    const fields = columns.map(({ type, scale }, at) => {
      if (type === 'timestamp') return wholeNumbers(chunk.numbers(at).subarray(0, chunk.rows))
      const texts = chunk.texts(at)
      return companions[at] === undefined ? texts : writtenDecimals(texts, scale, chunk.numbers(companion++))
    })
    for (let row = 0; row < chunk.rows; row += 1) {
      this.#line = chunk.firstRow + row + 1
      this.#give(
        fields.map((column) => column[row] ?? ''),
        this.#line,
      )
    }
  }

  readonly #bytes = Buffer.alloc(LINE_BYTES_MAX)
  readonly #starts = new Int32Array(FIELDS_MAX)
  readonly #ends = new Int32Array(FIELDS_MAX)

  #give(texts: readonly string[], line: number): void {
    let used = 0
    for (let field = 0; field < Math.min(texts.length, FIELDS_MAX); field += 1) {
      this.#starts[field] = used
      used += this.#bytes.write(texts[field], used)
      this.#ends[field] = used
    }
    this.#onRow({ bytes: this.#bytes, starts: this.#starts, ends: this.#ends, count: texts.length, line, place: 'row' })
  }
}

/** The catalog's decimals have the scale of their column, and beside them a column that says with how many they were written. */
const companionName = (name: string): string => `${name}_decimals`
const isCompanionOf = (columns: readonly ParquetColumn[], name: string): boolean =>
  columns.some((column) => companionName(column.name) === name)

const writtenDecimals = (
  texts: readonly (string | undefined)[],
  scale: number,
  decimals: Float64Array,
): readonly (string | undefined)[] =>
  texts.map((text, row) => {
    if (text === undefined || Number.isNaN(decimals[row]) || scale === 0) return text
    return text.slice(0, text.length - scale + (decimals[row] === 0 ? -1 : decimals[row]))
  })

const wholeNumbers = (values: Float64Array): readonly (string | undefined)[] =>
  Array.from(values, (value) => (Number.isNaN(value) ? undefined : String(value)))

/** A timestamp knows its unit, so its name does not have to: it arrives in microseconds. */
const nameOf = ({ name, type }: ParquetColumn): string => (type === 'timestamp' ? name.replace(/_ms$/i, '') : name)
