/**
 * Columns into a Parquet file (zstd), chunk by chunk: the rows wait in a database file beside the target and are copied at the
 * end, so that memory stays bounded. The target appears whole or not at all.
 *
 * Writes files through the engine of `duck-db.ts`.
 */
import type { DuckDBAppender, DuckDBDataChunk } from '@duckdb/node-api'
import { rename, rm } from 'node:fs/promises'
import { assert, OutsideError } from '../../core/errors.ts'
import { sqlName, sqlText, withEngine } from './duck-db.ts'
import type { Connection } from './duck-db.ts'

/** `micros` is a TIMESTAMP in UTC. NaN and undefined are empty fields. */
export type WriteType = 'double' | 'integer' | 'micros' | 'boolean' | 'text'

export interface WriteColumn {
  readonly name: string
  readonly type: WriteType
}

export type WriteValues = ArrayLike<number> | readonly (string | undefined)[]

/** Adds `rows` rows; one array a column, in the order of the columns. */
export type AppendRows = (columns: readonly WriteValues[], rows: number) => void

const SQL_TYPES: Readonly<Record<WriteType, string>> = {
  double: 'DOUBLE',
  integer: 'BIGINT',
  micros: 'TIMESTAMP',
  boolean: 'BOOLEAN',
  text: 'VARCHAR',
}
const VECTOR_ROWS = 2_048
/** Rows after which the engine takes over what was appended. */
const FLUSH_ROWS = 60 * VECTOR_ROWS
export const ROW_GROUP_ROWS = 122_880

/** Writes what `fill` appends. Throws `OutsideError` when the disk does not take it. */
export async function writeParquet(
  path: string,
  columns: readonly WriteColumn[],
  fill: (append: AppendRows) => void | Promise<void>,
  { memoryMb = 256 }: { readonly memoryMb?: number } = {},
): Promise<void> {
  const work = `${path}.${process.pid}.tmp`
  const clean = async (): Promise<void> => {
    for (const end of ['', '.db', '.db.wal']) await rm(`${work}${end}`, { force: true })
    await rm(`${work}.spill`, { force: true, recursive: true })
  }
  let filled: { readonly error: unknown } | undefined
  try {
    await withEngine({ memoryMb, tempFolder: `${work}.spill`, file: `${work}.db` }, async (connection) => {
      const list = columns.map(({ name, type }) => `${sqlName(name)} ${SQL_TYPES[type]}`).join(', ')
      await connection.run(`CREATE TABLE rows (${list})`)
      try {
        await appendAll(connection, columns, fill)
      } catch (error) {
        filled = { error }
        return
      }
      await copyToParquet(connection, 'SELECT * FROM rows', work)
    })
    if (filled === undefined) await rename(work, path)
  } catch (error) {
    throw notWritten(path, error)
  } finally {
    await clean()
  }
  if (filled !== undefined) throw filled.error
}

/** Copies the rows of a query into a file. */
export async function copyToParquet(connection: Connection, query: string, path: string): Promise<void> {
  await connection.run(`COPY (${query}) TO ${sqlText(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP_ROWS})`)
}

export const notWritten = (path: string, cause: unknown): OutsideError =>
  new OutsideError(
    'file-not-written',
    `${path} could not be written: ${cause instanceof Error ? cause.message : String(cause)}`,
    {
      where: { file: path },
      next: 'Look at free space and rights of the disk.',
      cause,
      retryable: false,
    },
  )

async function appendAll(
  connection: Connection,
  columns: readonly WriteColumn[],
  fill: (append: AppendRows) => void | Promise<void>,
): Promise<void> {
  const { DuckDBDataChunk, BIGINT, BOOLEAN, DOUBLE, TIMESTAMP, VARCHAR } = await import('@duckdb/node-api')
  const types = { double: DOUBLE, integer: BIGINT, micros: TIMESTAMP, boolean: BOOLEAN, text: VARCHAR }
  const appender = await connection.createAppender('rows')
  let unflushed = 0
  await fill((values, rows) => {
    assert(values.length === columns.length, 'one array a column')
    for (let from = 0; from < rows; from += VECTOR_ROWS) {
      const count = Math.min(VECTOR_ROWS, rows - from)
      const chunk = DuckDBDataChunk.create(
        columns.map(({ type }) => types[type]),
        count,
      )
      for (const [at, { type }] of columns.entries()) setColumn(chunk, at, type, values[at], from)
      appender.appendDataChunk(chunk)
      unflushed += count
      if (unflushed >= FLUSH_ROWS) unflushed = flush(appender)
    }
  })
  appender.closeSync()
}

function flush(appender: DuckDBAppender): 0 {
  appender.flushSync()
  return 0
}

interface WritableVector {
  readonly items: Float64Array | BigInt64Array
  setItem(row: number, value: unknown): void
  flush(): void
}

function setColumn(chunk: DuckDBDataChunk, at: number, type: WriteType, values: WriteValues, from: number): void {
  const vector = chunk.getColumnVector(at) as unknown as WritableVector
  const count = chunk.rowCount
  if (type === 'text' || type === 'boolean') {
    for (let row = 0; row < count; row += 1) {
      const value = values[from + row]
      const empty = value === undefined || Number.isNaN(value)
      vector.setItem(row, empty ? null : type === 'boolean' ? value === 1 : value)
    }
  } else {
    const words = type === 'double' ? undefined : new Int32Array(vector.items.buffer, vector.items.byteOffset, 2 * count)
    for (let row = 0; row < count; row += 1) {
      const value = values[from + row] as number
      if (Number.isNaN(value)) vector.setItem(row, null)
      else if (words === undefined) vector.items[row] = value
      else {
        assert(Number.isSafeInteger(value), () => `${value} is written as an integer`)
        words[2 * row] = (value % 2 ** 32) | 0
        words[2 * row + 1] = Math.floor(value / 2 ** 32)
      }
    }
  }
  vector.flush()
}
