/**
 * Parquet files as typed columns, chunk by chunk: however long the file is, a few row groups are in memory.
 *
 * Numbers arrive as the double nearest to their decimal value, whatever the file keeps them as. Reads files through the
 * engine of `duck-db.ts`; what is wrong with one is an `InputError` that names it.
 */
import type { DuckDBDataChunk } from '@duckdb/node-api'
import { POW10 } from '../../core/exact.ts'
import { assert, InputError } from '../../core/errors.ts'
import { parquetError, sqlName, sqlPath, withReader } from './duck-db.ts'
import type { Connection } from './duck-db.ts'

export type ParquetType = 'integer' | 'decimal' | 'double' | 'boolean' | 'text' | 'timestamp' | 'list' | 'other'

export interface ParquetColumn {
  readonly name: string
  readonly type: ParquetType
  /** Digits after the point of a `decimal` column. */
  readonly scale: number
  /** The engine's name of the type, for messages. */
  readonly typeName: string
}

export interface ParquetInfo {
  readonly path: string
  readonly rows: number
  readonly columns: readonly ParquetColumn[]
}

/** How a column shall arrive: `lists` is for columns of lists of numbers. */
export type ColumnForm = 'number' | 'text' | 'lists'

export interface ColumnRequest {
  readonly name: string
  readonly form: ColumnForm
}

/** Columns stand in the order of the request. Valid until the next chunk is asked for. */
export interface ParquetChunk {
  readonly rows: number
  /** Rows of the file before this chunk. */
  readonly firstRow: number
  /**
   * Column `index` as numbers, NaN where the file has none. Timestamps are in microseconds, booleans 0 and 1. `length` may be
   * larger than `rows`.
   */
  numbers(index: number): Float64Array
  /** Column `index` as texts, as the engine writes them: doubles as the shortest decimal, decimals with all digits of their scale. */
  texts(index: number): readonly (string | undefined)[]
  lists(index: number): readonly (Float64Array | undefined)[]
}

/** What the file holds, from its footer. Throws `InputError` when it is missing or no intact Parquet file. */
export async function parquetInfo(path: string): Promise<ParquetInfo> {
  return withReader((connection) => infoOf(connection, path)).catch((error: unknown) => {
    throw parquetError(path, error)
  })
}

/** Rows of each file, from the footers. Throws `InputError` when one is missing or no intact Parquet file. */
export async function parquetRows(paths: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (paths.length === 0) return new Map()
  return withReader(async (connection) => {
    const rows = new Map<string, number>()
    for (const path of paths) {
      const read = await connection
        .runAndReadAll(`SELECT sum(num_rows)::DOUBLE FROM parquet_file_metadata(${sqlPath(path)})`)
        .catch((error: unknown) => {
          throw parquetError(path, error)
        })
      rows.set(path, Number(read.getRowsJson()[0][0]))
    }
    return rows
  })
}

async function infoOf(connection: Connection, path: string): Promise<ParquetInfo> {
  const source = `read_parquet(${sqlPath(path)}, hive_partitioning = false)`
  const described = (await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`)).getRowObjectsJson()
  const counted = await connection.runAndReadAll(`SELECT sum(num_rows)::DOUBLE FROM parquet_file_metadata(${sqlPath(path)})`)
  const rows = Number(counted.getRowsJson()[0][0])
  const columns = described.map((row) => columnOf(String(row['column_name']), String(row['column_type'])))
  return { path, rows, columns }
}

function columnOf(name: string, typeName: string): ParquetColumn {
  const scale = Number(/^DECIMAL\(\d+,\s*(\d+)\)$/.exec(typeName)?.[1] ?? 0)
  return { name, type: typeOf(typeName), scale, typeName }
}

function typeOf(name: string): ParquetType {
  if (name.endsWith(']')) return 'list'
  if (/^U?(TINY|SMALL|BIG|HUGE)INT$|^U?INTEGER$/.test(name)) return 'integer'
  if (name.startsWith('DECIMAL')) return 'decimal'
  if (name === 'DOUBLE' || name === 'FLOAT') return 'double'
  if (name === 'BOOLEAN') return 'boolean'
  if (name === 'VARCHAR') return 'text'
  return /^TIMESTAMP|^DATE$/.test(name) ? 'timestamp' : 'other'
}

export interface ParquetReadOptions {
  /** What `parquetInfo` said, when it is known already. */
  readonly info?: ParquetInfo | undefined
  /** A condition in SQL over the file's columns. */
  readonly where?: string
}

/**
 * The columns of a file in the order of its rows. Throws `InputError` when the file is damaged, lacks a column, or keeps it in
 * a type that the form cannot be made of.
 */
export async function readParquet(
  path: string,
  columns: readonly ColumnRequest[],
  onChunk: (chunk: ParquetChunk) => void | Promise<void>,
  { where, info: known }: ParquetReadOptions = {},
): Promise<void> {
  let failed: { readonly error: unknown } | undefined
  await withReader(async (connection) => {
    const info = known ?? (await infoOf(connection, path))
    const selected = columns.map((request) => selectedOf(path, info, request))
    const condition = where === undefined ? '' : ` WHERE ${where}`
    const result = await connection.stream(
      `SELECT ${selected.map(({ sql }) => sql).join(', ')} FROM read_parquet(${sqlPath(path)}, hive_partitioning = false)${condition}`,
    )
    let firstRow = 0
    for (;;) {
      const chunk = await result.fetchChunk()
      if (chunk === null || chunk.rowCount === 0) return
      try {
        await onChunk(new Chunk(chunk, selected, firstRow))
      } catch (error) {
        failed = { error }
        return
      }
      firstRow += chunk.rowCount
    }
  }).catch((error: unknown) => {
    throw parquetError(path, error)
  })
  // What the receiver threw is not the file's fault and goes up as it is.
  if (failed !== undefined) throw failed.error
}

interface Selected {
  readonly sql: string
  readonly form: ColumnForm
  /** How the engine's values become numbers. */
  readonly kept: 'double' | 'int64' | 'decimal64' | 'decimal128' | 'text' | 'lists'
  readonly scale: number
}

function selectedOf(path: string, info: ParquetInfo, { name, form }: ColumnRequest): Selected {
  const column = info.columns.find((known) => known.name === name)
  if (column === undefined)
    throw new InputError(
      'parquet-missing-column',
      `${path} has no column ${name}; it has ${info.columns.map((known) => known.name).join(', ')}`,
      {
        where: { file: path, column: name },
        next: 'Check that this is the right file.',
      },
    )
  const sql = sqlName(name)
  const { scale } = column
  if (form === 'text' && column.type !== 'list') return { sql: `CAST(${sql} AS VARCHAR)`, form, kept: 'text', scale }
  if (form === 'lists' && /^(DOUBLE|FLOAT|DECIMAL\(.*\)|U?\w*INT(EGER)?)\[\]$/.test(column.typeName))
    return { sql: `CAST(${sql} AS DOUBLE[])`, form, kept: 'lists', scale }
  if (form === 'number') {
    const number = numberOf(column, sql)
    if (number !== undefined) return { ...number, form, scale }
  }
  throw new InputError(
    'parquet-column-type',
    `${name} of ${path} is of the type ${column.typeName}, which is no ${form === 'lists' ? 'list of numbers' : form}`,
    {
      where: { file: path, column: name, value: column.typeName },
      next: 'Write the column as numbers.',
    },
  )
}

function numberOf({ type, typeName }: ParquetColumn, sql: string): Pick<Selected, 'sql' | 'kept'> | undefined {
  // The nearest double of a single-precision number is that of its shortest decimal: 0.1, not 0.100000001490116.
  if (typeName === 'FLOAT') return { sql: `CAST(CAST(${sql} AS VARCHAR) AS DOUBLE)`, kept: 'double' }
  if (typeName === 'DOUBLE') return { sql, kept: 'double' }
  if (typeName === 'BIGINT') return { sql, kept: 'int64' }
  if (type === 'integer' || type === 'boolean') return { sql: `CAST(${sql} AS BIGINT)`, kept: 'int64' }
  if (type === 'timestamp') return { sql: `epoch_us(CAST(${sql} AS TIMESTAMP))`, kept: 'int64' }
  if (type === 'text') return { sql, kept: 'text' }
  const [precision, scale] = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(typeName)?.slice(1).map(Number) ?? []
  if (precision === undefined) return undefined
  const wide = precision > 18
  return { sql: `CAST(${sql} AS DECIMAL(${wide ? 38 : 18}, ${scale}))`, kept: wide ? 'decimal128' : 'decimal64' }
}

class Chunk implements ParquetChunk {
  readonly rows: number
  readonly firstRow: number
  readonly #chunk: DuckDBDataChunk
  readonly #selected: readonly Selected[]

  constructor(chunk: DuckDBDataChunk, selected: readonly Selected[], firstRow: number) {
    this.#chunk = chunk
    this.#selected = selected
    this.rows = chunk.rowCount
    this.firstRow = firstRow
  }

  numbers(index: number): Float64Array {
    const { kept, scale } = this.#selected[index]
    const vector = this.#chunk.getColumnVector(index)
    if (kept === 'text') return Float64Array.from(this.texts(index), (text) => numberOfText(text))
    const { bytes, validity } = rawOf(vector)
    const values =
      kept === 'double'
        ? new Float64Array(bytes.buffer, bytes.byteOffset, this.rows)
        : kept === 'decimal128'
          ? fromInt128(bytes, this.rows, scale)
          : fromInt64(bytes, this.rows, kept === 'int64' ? 0 : scale)
    return validity === undefined ? values : withoutNulls(values, validity)
  }

  texts(index: number): readonly (string | undefined)[] {
    const vector = this.#chunk.getColumnVector(index)
    return Array.from({ length: this.rows }, (_, row) => {
      const item = vector.getItem(row)
      return typeof item === 'string' ? item : undefined
    })
  }

  lists(index: number): readonly (Float64Array | undefined)[] {
    const vector = this.#chunk.getColumnVector(index) as unknown as ListVector
    return Array.from({ length: this.rows }, (_, row) => {
      const items = vector.getItemVector(row)
      return items === null ? undefined : withoutNulls(items.items, validityOf(items))
    })
  }
}

/** The fields of the engine's vectors that hold what the file holds: reading value by value would be ten times slower. */
interface RawVector {
  readonly items?: ArrayBufferView
  readonly dataView?: DataView
  readonly validity: { readonly data: BigUint64Array | null; readonly offset: number }
}
interface ListVector {
  getItemVector(row: number): (RawVector & { readonly items: Float64Array }) | null
}

interface Validity {
  readonly words: Uint32Array
  readonly offset: number
}

function rawOf(vector: unknown): { readonly bytes: ArrayBufferView<ArrayBuffer>; readonly validity: Validity | undefined } {
  const raw = vector as RawVector
  const bytes = raw.items ?? raw.dataView
  assert(bytes !== undefined && 'data' in raw.validity, 'the engine gives its vectors as memory')
  return { bytes: bytes as ArrayBufferView<ArrayBuffer>, validity: validityOf(raw) }
}

function validityOf({ validity: { data, offset } }: RawVector): Validity | undefined {
  return data === null ? undefined : { words: new Uint32Array(data.buffer, data.byteOffset, data.length * 2), offset }
}

/** NaN in place of the values that the bits say are none. */
function withoutNulls(values: Float64Array, validity: Validity | undefined): Float64Array {
  if (validity === undefined) return values
  const { words, offset } = validity
  const copy = Float64Array.from(values)
  for (let row = 0; row < copy.length; row += 1) {
    const bit = offset + row
    if (((words[bit >>> 5] >>> (bit & 31)) & 1) === 0) copy[row] = Number.NaN
  }
  return copy
}

const WORD = 2 ** 32

/** Little-endian 64-bit integers, counting 10^-scale, as the nearest doubles. */
function fromInt64(bytes: ArrayBufferView<ArrayBuffer>, rows: number, scale: number): Float64Array {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, rows * 2)
  const values = new Float64Array(rows)
  const divisor = POW10[scale]
  for (let row = 0; row < rows; row += 1) {
    // The upper half and the lower are exact; their sum is rounded once.
    const units = words[2 * row + 1] * WORD + (words[2 * row] >>> 0)
    if (scale === 0) values[row] = units
    // Below 2^53 one division of two exact doubles is rounded correctly; above, the text decides.
    else if (units <= Number.MAX_SAFE_INTEGER && units >= -Number.MAX_SAFE_INTEGER) values[row] = units / divisor
    else values[row] = Number(`${new BigInt64Array(bytes.buffer, bytes.byteOffset + 8 * row, 1)[0]}e-${scale}`)
  }
  return values
}

function fromInt128(bytes: ArrayBufferView<ArrayBuffer>, rows: number, scale: number): Float64Array {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, rows * 4)
  const view = new DataView(bytes.buffer, bytes.byteOffset, rows * 16)
  const values = new Float64Array(rows)
  for (let row = 0; row < rows; row += 1) {
    const low = words[4 * row + 1] * WORD + words[4 * row]
    if (words[4 * row + 2] === 0 && words[4 * row + 3] === 0 && low <= Number.MAX_SAFE_INTEGER && scale <= 22)
      values[row] = low / POW10[scale]
    else {
      const units = (view.getBigInt64(16 * row + 8, true) << 64n) + view.getBigUint64(16 * row, true)
      values[row] = Number(`${units}e-${scale}`)
    }
  }
  return values
}

const DECIMAL_TEXT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/

/** Infinity stands for a text that is no number, so that it is not taken for a field left empty. */
function numberOfText(text: string | undefined): number {
  if (text === undefined || text === '') return Number.NaN
  return DECIMAL_TEXT.test(text) ? Number(text) : Number.POSITIVE_INFINITY
}
