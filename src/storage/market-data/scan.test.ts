/** What paths stand for, by names alone. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InputError } from '../../core/errors.ts'
import { scanPaths } from './scan.ts'
import type { DataPaths } from './scan.ts'

let root = ''
/** The files have no content that could be read: a scan opens none. */
const FILES = [
  'README.md',
  'klines/BTCUSDT-1h.csv.gz',
  'klines/BTCUSDT-1m-2024-05.zip',
  'klines/BTCUSDT-1m-2024-05.zip.CHECKSUM',
  'klines/SPOT-BTCUSDT-1h.csv',
  'klines/COINM-BTCUSD_PERP-1h.csv',
  'klines/ETHUSD_PERP-1h.csv',
  'klines/universe-1d.csv.gz',
  'klines/notes.csv',
  'klines/ADAUSDT-1h.parquet',
  'klines/ADAUSDT-1h.feather',
  'klines/.hidden.csv',
  'reports/BTCUSDT-run.json',
  'mark/BTCUSDT-1h.csv.gz',
  'funding/BTCUSDT.csv.gz',
  'trades/BTCUSDT-aggTrades-2024-05-01.csv.gz',
  'depth/BTCUSDT-raw-2024-05-01.jsonl.gz',
  'depth/BTCUSDT-diff-2024-05-01.csv',
  'oi/universe-4h.csv.gz',
  'archive/futures/um/monthly/markPriceKlines/ETHUSDT/1h/ETHUSDT-1h-2024-05.zip',
  'archive/futures/cm/monthly/klines/ETHUSDT/1h/ETHUSDT-1h-2024-05.zip',
  'archive/spot/monthly/klines/ETHUSDT/1h/ETHUSDT-1h-2024-05.zip',
]
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'scan-'))
  for (const file of FILES) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), 'x')
  }
})
afterAll(() => rmSync(root, { recursive: true }))

const paths = (more: Partial<DataPaths>): DataPaths => ({ data: [], mark: [], funding: [], spot: [], ...more })
async function shown(more: Partial<DataPaths>): Promise<string[]> {
  const { files } = await scanPaths(paths(more))
  return files.map(
    (file) =>
      `${file.path.slice(root.length + 1)} ${file.market} ${file.kind} ${file.symbol ?? '*'} ${file.interval?.name ?? '-'}${file.named ? ' named' : ''}`,
  )
}
const codeOf = async (more: Partial<DataPaths>): Promise<string> => {
  const error: unknown = await scanPaths(paths(more)).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(InputError)
  return (error as InputError).code
}

describe('a folder', () => {
  test('gives its files sorted, each of the kind its folder names', async () => {
    expect(await shown({ data: [root] })).toEqual([
      'archive/futures/um/monthly/markPriceKlines/ETHUSDT/1h/ETHUSDT-1h-2024-05.zip perp mark ETHUSDT 1h',
      'archive/spot/monthly/klines/ETHUSDT/1h/ETHUSDT-1h-2024-05.zip spot klines ETHUSDT 1h',
      'depth/BTCUSDT-diff-2024-05-01.csv perp depth BTCUSDT -',
      'depth/BTCUSDT-raw-2024-05-01.jsonl.gz perp depth BTCUSDT -',
      'funding/BTCUSDT.csv.gz perp funding BTCUSDT -',
      'klines/ADAUSDT-1h.parquet perp klines ADAUSDT 1h',
      'klines/BTCUSDT-1h.csv.gz perp klines BTCUSDT 1h',
      'klines/BTCUSDT-1m-2024-05.zip perp klines BTCUSDT 1m',
      'klines/SPOT-BTCUSDT-1h.csv spot klines BTCUSDT 1h',
      'klines/universe-1d.csv.gz perp klines * 1d',
      'mark/BTCUSDT-1h.csv.gz perp mark BTCUSDT 1h',
      'trades/BTCUSDT-aggTrades-2024-05-01.csv.gz perp trades BTCUSDT -',
    ])
  })

  test('skips what is no data with one warning a reason, checksums and hidden files in silence', async () => {
    const { skipped, warnings } = await scanPaths(paths({ data: [root] }))
    expect(skipped.map(({ path }) => path.slice(root.length + 1))).toEqual([
      'README.md',
      'archive/futures/cm/monthly/klines/ETHUSDT/1h/ETHUSDT-1h-2024-05.zip',
      'klines/ADAUSDT-1h.feather',
      'klines/COINM-BTCUSD_PERP-1h.csv',
      'klines/ETHUSD_PERP-1h.csv',
      'klines/notes.csv',
      'oi/universe-4h.csv.gz',
      'reports/BTCUSDT-run.json',
    ])
    expect(warnings.filter((warning) => warning.includes('COIN-M'))).toEqual([expect.stringContaining('3 files')])
  })

  test('under a flag of its own gives that kind only', async () => {
    expect(await shown({ mark: [join(root, 'mark')], funding: [root] })).toEqual(
      ['funding/BTCUSDT.csv.gz perp funding BTCUSDT -', 'mark/BTCUSDT-1h.csv.gz perp mark BTCUSDT 1h'].toSorted(),
    )
    expect(await shown({ spot: [join(root, 'klines')] })).toContain('klines/BTCUSDT-1h.csv.gz spot klines BTCUSDT 1h')
  })

  test('that links back into itself is refused', async () => {
    const loop = join(root, 'loop')
    mkdirSync(loop)
    symlinkSync(loop, join(loop, 'again'))
    expect(await codeOf({ data: [loop] })).toBe('folder-too-deep')
    rmSync(loop, { recursive: true })
  })
})

describe('a file named outright', () => {
  test('counts once, whatever else leads to it', async () => {
    const file = join(root, 'klines/BTCUSDT-1h.csv.gz')
    expect(await shown({ data: [join(root, 'klines'), file] })).toContain('klines/BTCUSDT-1h.csv.gz perp klines BTCUSDT 1h named')
    expect(await shown({ data: [file, join(root, 'klines', '..', 'klines', 'BTCUSDT-1h.csv.gz')] })).toHaveLength(1)
    expect(await codeOf({ data: [file], spot: [file] })).toBe('file-of-two-kinds')
  })

  test('takes its kind from the flag, else from its folder', async () => {
    expect(await shown({ data: [join(root, 'mark/BTCUSDT-1h.csv.gz'), join(root, 'funding/BTCUSDT.csv.gz')] })).toEqual([
      'funding/BTCUSDT.csv.gz perp funding BTCUSDT - named',
      'mark/BTCUSDT-1h.csv.gz perp mark BTCUSDT 1h named',
    ])
    expect(await shown({ mark: [join(root, 'klines/BTCUSDT-1h.csv.gz')] })).toEqual([
      'klines/BTCUSDT-1h.csv.gz perp mark BTCUSDT 1h named',
    ])
    expect(await shown({ data: [join(root, 'klines/notes.csv')] })).toEqual(['klines/notes.csv perp klines * - named'])
  })

  test('is refused when it cannot be used', async () => {
    expect(await codeOf({ data: [join(root, 'klines/ETHUSD_PERP-1h.csv')] })).toBe('coin-margined')
    expect(await codeOf({ data: [join(root, 'klines/ADAUSDT-1h.feather')] })).toBe('format-unknown')
    expect(await codeOf({ mark: [join(root, 'nothing.csv')] })).toBe('path-not-found')
  })
})
