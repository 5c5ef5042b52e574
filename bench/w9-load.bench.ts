/** W9: klines from CSV.gz, zip and Parquet to columns, beside DuckDB reading the same file into columns of doubles. */
import { DuckDBInstance } from '@duckdb/node-api'
import type { DuckDBConnection } from '@duckdb/node-api'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import { intervalOf } from '../src/core/time.ts'
import { readKlines } from '../src/storage/market-data/read-klines.ts'
import { randomWalk } from '../test/twins/random-walk.ts'
import type { Bench, Result } from './bench.ts'

export const bench: Bench = {
  name: 'w9',
  title: 'W9: klines of CSV.gz, zip, Parquet to checked columns, with the hash of the file',
  goal: '1.2x',
  floor: '3x',
  run: ({ short }) => measure(short ? 100_000 : 1_000_000, short ? 3 : 7),
}

const COLUMNS = ['open_time_ms', 'open', 'high', 'low', 'close', 'volume'] as const

async function measure(rows: number, rounds: number): Promise<readonly Result[]> {
  const folder = mkdtempSync(join(tmpdir(), 'w9-'))
  const engine = await DuckDBInstance.create(':memory:')
  const connection = await engine.connect()
  try {
    const text = Buffer.from(csv(rows))
    const path = (name: string): string => join(folder, name)
    writeFileSync(path('BTCUSDT-1m.csv.gz'), gzipSync(text))
    writeFileSync(path('BTCUSDT-1m.zip'), zipOf('BTCUSDT-1m.csv', text))
    const fromCsv = `read_csv('${path('BTCUSDT-1m.csv.gz')}', header = true)`
    await connection.run(`COPY (SELECT * FROM ${fromCsv}) TO '${path('BTCUSDT-1m.parquet')}' (FORMAT parquet, COMPRESSION zstd)`)
    const fromParquet = `read_parquet('${path('BTCUSDT-1m.parquet')}')`
    const results: Result[] = []
    for (const [name, file, source, note] of [
      ['CSV.gz', 'BTCUSDT-1m.csv.gz', fromCsv, undefined],
      // The engine reads no zip: its twin reads the same text as CSV.gz.
      ['zip', 'BTCUSDT-1m.zip', fromCsv, 'twin reads the CSV.gz'],
      ['Parquet', 'BTCUSDT-1m.parquet', fromParquet, undefined],
    ] as const) {
      const times = await inTurn(
        rounds,
        () => ours(path(file), rows),
        () => twin(connection, source, rows),
      )
      const megabytes = (statSync(path(file)).size / 1e6).toFixed(1)
      results.push({
        name: `W9 ${name}`,
        medianMs: times.ours,
        unit: 'rows',
        perSecond: (rows / times.ours) * 1_000,
        ratioToTwin: times.ours / times.twin,
        twin: 'DuckDB',
        note: `${megabytes} MB, DuckDB ${times.twin.toFixed(0)} ms${note === undefined ? '' : `, ${note}`}`,
      })
    }
    return results
  } finally {
    connection.closeSync()
    engine.closeSync()
    rmSync(folder, { recursive: true })
  }
}

async function ours(path: string, rows: number): Promise<void> {
  const { tables } = await readKlines({ path, market: 'perp', kind: 'klines', symbol: 'BTCUSDT', interval: intervalOf('1m') })
  if (tables[0].length !== rows) throw new Error(`${tables[0].length} of ${rows} rows`)
}

/** The columns as arrays of doubles, by the engine's own means and on all its threads. */
async function twin(connection: DuckDBConnection, source: string, rows: number): Promise<void> {
  const columns = COLUMNS.map(() => new Float64Array(rows))
  const list = COLUMNS.map((name) => `CAST(${name} AS DOUBLE)`).join(', ')
  const result = await connection.stream(`SELECT ${list} FROM ${source}`)
  let at = 0
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (const [index, column] of columns.entries())
      column.set((chunk.getColumnVector(index) as unknown as { readonly items: Float64Array }).items, at)
    at += chunk.rowCount
  }
  if (at !== rows) throw new Error(`DuckDB gave ${at} of ${rows} rows`)
}

/** Median wall time of each, A B A B: both work on several threads, so that one thread's own time would not tell. */
async function inTurn(
  rounds: number,
  first: () => Promise<void>,
  second: () => Promise<void>,
): Promise<{ readonly ours: number; readonly twin: number }> {
  const times: [number[], number[]] = [[], []]
  for (let round = 0; round <= rounds; round += 1) {
    for (const [at, work] of [first, second].entries()) {
      globalThis.gc?.()
      const start = performance.now()
      await work()
      // The first round compiles and fills caches.
      if (round > 0) times[at].push(performance.now() - start)
    }
  }
  const [oursMs, twinMs] = times.map((list) => list.toSorted((a, b) => a - b)[list.length >> 1])
  return { ours: oursMs, twin: twinMs }
}

function csv(rows: number): string {
  const { openTimeMs, open, high, low, close, volume } = randomWalk(rows)
  const lines = Array.from(openTimeMs, (time, row) =>
    [time, open[row].toFixed(1), high[row].toFixed(1), low[row].toFixed(1), close[row].toFixed(1), volume[row].toFixed(3)].join(
      ',',
    ),
  )
  return `${COLUMNS.join(',')}\n${lines.join('\n')}\n`
}

/** An archive of one deflated entry. */
function zipOf(name: string, bytes: Buffer): Buffer {
  const packed = deflateRawSync(bytes)
  const fields = Buffer.alloc(26)
  fields.writeUInt16LE(20, 0)
  fields.writeUInt16LE(8, 4)
  fields.writeUInt32LE(crc32(bytes), 10)
  fields.writeUInt32LE(packed.length, 14)
  fields.writeUInt32LE(bytes.length, 18)
  fields.writeUInt16LE(name.length, 22)
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, Buffer.from(name), packed])
  const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, Buffer.alloc(14), Buffer.from(name)])
  const end = Buffer.alloc(18)
  end.writeUInt16LE(1, 4)
  end.writeUInt16LE(1, 6)
  end.writeUInt32LE(entry.length, 8)
  end.writeUInt32LE(local.length, 12)
  return Buffer.concat([local, entry, Buffer.from('PK\x05\x06', 'latin1'), end])
}
