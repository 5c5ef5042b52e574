/** W9, the validator's part: the checks on columns that are loaded, and a file from disk to its score beside DuckDB reading the same. */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPrng } from '../src/core/random.ts'
import { intervalOf } from '../src/core/time.ts'
import type { Batch, Series } from '../src/data/validate/batch.ts'
import { checks } from '../src/data/validate/checks/list.ts'
import { namedFile } from '../src/data/validate/file-name.ts'
import { Findings } from '../src/data/validate/findings.ts'
import { KLINES } from '../src/data/validate/layout.ts'
import { scoreOf } from '../src/data/validate/score.ts'
import { validateFile } from '../src/data/validate/validate-file.ts'
import { sqlPath, withReader } from '../src/storage/parquet/duck-db.ts'
import type { Bench, Result } from './bench.ts'
import { inTurn } from './in-turn.ts'

export const bench: Bench = {
  name: 'w9-validate',
  title: 'W9: the checks of `data validate` on 1m bars in columns; a CSV from disk to its score',
  goal: '>= 5 M rows/s',
  floor: '3x',
  run: ({ short }) => measure(short ? 200_000 : 1_000_000, short ? 3 : 7),
}

const START_MS = 1_672_531_200_000
const BATCH_ROWS = 8_192

/** Time, open, high, low, close, volume, quote volume, trades, taker buy of a random walk without a flaw. */
function walk(rows: number): Float64Array[] {
  const random = createPrng(9).fork('bars')
  const columns = KLINES.columns.map(() => new Float64Array(rows).fill(Number.NaN))
  let price = 30_000
  const tick = (value: number): number => Math.round(value * 10) / 10
  for (let i = 0; i < rows; i += 1) {
    const open = price
    const close = tick(open * (1 + 4e-4 * random.normal()))
    const high = tick(Math.max(open, close) + 8 * random.float())
    const low = tick(Math.min(open, close) - 8 * random.float())
    const volume = Math.round((1 + 20 * random.float()) * 1_000) / 1_000
    const row = [
      START_MS + i * 60_000,
      open,
      high,
      low,
      close,
      volume,
      volume * ((high + low) / 2),
      1 + random.int(0, 500),
      volume * random.float(),
    ]
    row.forEach((value, at) => (columns[at][i] = value))
    price = close
  }
  return columns
}

async function measure(rows: number, rounds: number): Promise<readonly Result[]> {
  const columns = walk(rows)
  const line = Float64Array.from({ length: rows }, (_, i) => i + 2)
  let score = 0
  const ms =
    inTurn([{ name: 'checks', work: () => void (score = check(columns, line)) }], { rounds, warmUp: 2 }).get('checks') ??
    Number.NaN
  if (score !== 100) throw new Error(`a series without a flaw scored ${score}`)
  const folder = mkdtempSync(join(tmpdir(), 'w9-'))
  try {
    const path = join(folder, 'BTCUSDT-1m.csv')
    write(path, columns)
    const { ours, twin } = await againstDuckDb(path, rounds)
    return [
      { name: 'checks on columns', medianMs: ms, unit: 'rows', perSecond: (rows / ms) * 1_000 },
      { name: 'DuckDB reads the CSV', medianMs: twin, unit: 'rows', perSecond: (rows / twin) * 1_000 },
      {
        name: 'CSV to score',
        medianMs: ours,
        unit: 'rows',
        perSecond: (rows / ours) * 1_000,
        ratioToTwin: ours / twin,
        twin: 'DuckDB reading the file',
      },
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function check(columns: readonly Float64Array[], line: Float64Array): number {
  const findings = new Findings()
  const interval = intervalOf('1m')
  const series: Series = {
    path: 'made',
    layout: KLINES,
    symbol: 'BTCUSDT',
    market: 'perp',
    interval,
    namedInterval: interval,
    has: columns.map((column) => !Number.isNaN(column[0])),
    isMark: false,
    nowMs: START_MS * 2,
    textOf: () => '',
    report: (rule, message, place, affected) => findings.add(rule, message, place, affected),
    findings,
  }
  const watchers = checks.flatMap((check) => check.start?.(series) ?? [])
  for (let from = 0; from < line.length; from += BATCH_ROWS) {
    const to = Math.min(line.length, from + BATCH_ROWS)
    const batch: Batch = {
      rows: to - from,
      firstRow: from,
      line: line.subarray(from, to),
      columns: columns.map((column) => column.subarray(from, to)),
      lost: new Float64Array(to - from),
      bad: new Uint8Array(to - from),
    }
    for (const watcher of watchers) watcher.batch(batch)
  }
  for (const watcher of watchers) watcher.finish?.()
  return scoreOf(findings.deductions())
}

function write(path: string, columns: readonly Float64Array[]): void {
  const file = openSync(path, 'w')
  writeSync(file, 'open_time_ms,open,high,low,close,volume,quote_volume,trades,taker_buy_base\n')
  for (let from = 0; from < columns[0].length; from += BATCH_ROWS) {
    const rows: string[] = []
    for (let i = from; i < Math.min(columns[0].length, from + BATCH_ROWS); i += 1)
      rows.push(
        columns
          .slice(0, 9)
          .map((column, at) => (at === 6 || at === 8 ? column[i].toFixed(4) : String(column[i])))
          .join(','),
      )
    writeSync(file, `${rows.join('\n')}\n`)
  }
  closeSync(file)
}

/** Wall time in turn: the engine works on threads of its own. */
async function againstDuckDb(path: string, rounds: number): Promise<{ readonly ours: number; readonly twin: number }> {
  const ours: number[] = []
  const twin: number[] = []
  const file = namedFile(path)
  if (file === undefined) throw new Error(`${path} has no known format`)
  for (let round = 0; round < rounds + 1; round += 1) {
    const start = performance.now()
    await withReader(async (connection) => {
      const result = await connection.stream(`SELECT * FROM read_csv(${sqlPath(path)}, header = true)`)
      for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk())
        for (let at = 0; at < 9; at += 1) chunk.getColumnVector(at)
    })
    const middle = performance.now()
    await validateFile(file, { nowMs: START_MS * 2 })
    const end = performance.now()
    if (round === 0) continue
    twin.push(middle - start)
    ours.push(end - middle)
  }
  const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]
  return { ours: median(ours), twin: median(twin) }
}
