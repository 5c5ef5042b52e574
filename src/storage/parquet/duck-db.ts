/**
 * DuckDB as the engine for Parquet files: opened when first needed, held to a share of the memory, kept off the network.
 *
 * Loads a native library of some 70 MB, so nothing imports it at the top of a file.
 */
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { availableParallelism } from 'node:os'
import { InputError, OutsideError } from '../../core/errors.ts'

export type Connection = DuckDBConnection

export interface EngineLimits {
  /** Most memory of the engine, beside that of JavaScript. */
  readonly memoryMb: number
  /** Where data go that do not fit; nothing is spilled when undefined, and what would need it fails. */
  readonly tempFolder: string | undefined
  /** A database file to work in; undefined is one in memory. */
  readonly file?: string
}

const READ_LIMITS: EngineLimits = { memoryMb: 512, tempFolder: undefined }

let shared: Promise<DuckDBInstance> | undefined

/** Runs `work` on a connection to the engine that all readers of this process share. */
export async function withReader<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
  shared ??= openEngine(READ_LIMITS)
  return connected(await shared, work)
}

/** Runs `work` in an engine of its own, which is gone afterwards. */
export async function withEngine<T>(limits: EngineLimits, work: (connection: Connection) => Promise<T>): Promise<T> {
  const engine = await openEngine(limits)
  try {
    return await connected(engine, work)
  } finally {
    engine.closeSync()
  }
}

async function openEngine({ memoryMb, tempFolder, file = ':memory:' }: EngineLimits): Promise<DuckDBInstance> {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  return DuckDBInstance.create(file, {
    memory_limit: `${memoryMb}MB`,
    threads: String(Math.min(4, availableParallelism())),
    temp_directory: tempFolder ?? '',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
}

async function connected<T>(engine: DuckDBInstance, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await engine.connect()
  try {
    return await work(connection)
  } finally {
    connection.closeSync()
  }
}

/** A text as a literal of SQL. */
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`
/** A name as an identifier of SQL. */
export const sqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`
/** A path for the engine's file functions, which would take `*`, `?` and `[` for patterns. */
export const sqlPath = (path: string): string => sqlText(path.replaceAll(/[*?[]/g, '[$&]'))

/** What the engine says of a file that it cannot read, as an error that names the file. */
export function parquetError(path: string, error: unknown): unknown {
  if (error instanceof InputError || error instanceof OutsideError || !(error instanceof Error)) return error
  const said = error.message.split('\n')[0].replaceAll(/\s+/g, ' ').slice(0, 300)
  const details = { where: { file: path }, cause: error }
  if (/No files found|No such file/i.test(said))
    return new InputError('path-not-found', `${path} does not exist`, { ...details, next: 'Check the path.' })
  if (/Permission denied/i.test(said))
    return new InputError('path-not-readable', `${path} may not be read by this user`, {
      ...details,
      next: 'Change its permissions.',
    })
  if (/Out of Memory/i.test(said))
    return new OutsideError('parquet-out-of-memory', `${path} needs more memory than its reader may use: ${said}`, {
      ...details,
      next: 'Write the file with smaller row groups.',
      retryable: false,
    })
  return new InputError('parquet-damaged', `${path} is no intact Parquet file: ${said}`, {
    ...details,
    next: 'Fetch or write the file again.',
  })
}
