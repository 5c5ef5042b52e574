/** Files as such: every format is read, damage of bytes and headers is found, and what can be read before it is. */
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeParquet } from '../../storage/parquet/write-parquet.ts'
import { namedFile } from './file-name.ts'
import { scoreOf } from './score.ts'
import { validateFile } from './validate-file.ts'
import type { FileResult } from './validate-file.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'formats-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const HEADER = 'open_time_ms,open,high,low,close,volume,quote_volume,trades,taker_buy_base'
const ROWS = 400
const START = 1_704_067_200_000

/** A saw of prices; every bar opens where the last one closed. */
const bar = (i: number): number[] => {
  const close = (k: number): number => 1_000 + ((k * 7) % 23)
  const [open, end] = [close(i), close(i + 1)]
  const volume = 10 + ((i * 13) % 17)
  return [
    START + i * 60_000,
    open,
    Math.max(open, end) + 2,
    Math.min(open, end) - 2,
    end,
    volume,
    volume * ((open + end) / 2),
    5 + (i % 9),
    volume / 2,
  ]
}
const bars = Array.from({ length: ROWS }, (_, i) => bar(i))
const csv = `${[HEADER, ...bars.map((row) => row.join(','))].join('\n')}\n`
const archive = bars.map(([time, o, h, l, c, v, q, n, t]) => [time, o, h, l, c, v, time + 59_999, q, n, t, t * o, 0].join(','))

async function judge(
  name: string,
  content: string | Uint8Array,
): Promise<FileResult & { readonly score: number; readonly rules: readonly string[] }> {
  const path = join(folder, name)
  writeFileSync(path, content)
  return judged(path)
}

async function judged(path: string): Promise<FileResult & { readonly score: number; readonly rules: readonly string[] }> {
  const result = await validateFile(namedFile(path)!, { nowMs: START * 1.1 })
  const findings = result.findings.list().filter(({ rule }) => rule.weight !== 'notice')
  return {
    ...result,
    score: scoreOf(result.findings.deductions()),
    rules: findings.map(({ rule, line }) => `${rule.name} ${line ?? ''}`.trim()),
  }
}

/** A zip archive of one file. */
function zip(name: string, text: string): Buffer {
  const [data, packed] = [Buffer.from(text), deflateRawSync(text)]
  const head = (signature: number, size: number): Buffer => {
    const bytes = Buffer.alloc(size)
    bytes.writeUInt32LE(signature, 0)
    return bytes
  }
  const common = Buffer.alloc(26)
  common.writeUInt16LE(20, 0)
  common.writeUInt16LE(8, 4)
  common.writeUInt32LE(crc32(data), 10)
  common.writeUInt32LE(packed.length, 14)
  common.writeUInt32LE(data.length, 18)
  common.writeUInt16LE(name.length, 22)
  const local = Buffer.concat([head(0x04034b50, 4), common, Buffer.from(name), packed])
  const entry = Buffer.concat([head(0x02014b50, 6), common, Buffer.alloc(14), Buffer.from(name)])
  entry.writeUInt16LE(20, 4)
  const end = head(0x06054b50, 22)
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(entry.length, 12)
  end.writeUInt32LE(local.length, 16)
  return Buffer.concat([local, entry, end])
}

const clean = (result: { readonly score: number; readonly rules: readonly string[]; readonly rows: number }): void => {
  expect(result.rules).toEqual([])
  expect(result.score).toBe(100)
  expect(result.rows).toBe(ROWS)
}

describe('clean files of every format', () => {
  it('CSV, plain and gzip', async () => {
    clean(await judge('BTCUSDT-1m.csv', csv))
    clean(await judge('BTCUSDT-1m.csv.gz', gzipSync(csv)))
  })

  it('gzip of several members', async () => {
    const half = csv.indexOf('\n', csv.length / 2) + 1
    clean(await judge('ETHUSDT-1m.csv.gz', Buffer.concat([gzipSync(csv.slice(0, half)), gzipSync(csv.slice(half))])))
  })

  it('the exchange’s archive, with and without header, zip included', async () => {
    const header =
      'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore'
    clean(await judge('BTCUSDT-1m-2024-01.csv', `${archive.join('\n')}\n`))
    clean(await judge('BTCUSDT-1m-2024-02.csv', `${[header, ...archive].join('\n')}\n`))
    const bytes = zip('BTCUSDT-1m-2024-01.csv', `${archive.join('\n')}\n`)
    writeFileSync(
      join(folder, 'BTCUSDT-1m-2024-01.zip.CHECKSUM'),
      `${createHash('sha256').update(bytes).digest('hex')}  BTCUSDT-1m-2024-01.zip\n`,
    )
    clean(await judge('BTCUSDT-1m-2024-01.zip', bytes))
  })

  it('the archive’s trades of spot without header, which have as many columns as aggregates of futures', async () => {
    const rows = Array.from({ length: 50 }, (_, i) => [
      i + 1,
      100 + (i % 3),
      0.5,
      (100 + (i % 3)) / 2,
      START + i * 700,
      'True',
      'True',
    ])
    const { kind, ...result } = await judge('BTCUSDT-trades-2024-01-01.csv', `${rows.map((row) => row.join(',')).join('\n')}\n`)
    expect(kind).toBe('trades')
    expect(result.rules).toEqual([])
    expect(result.score).toBe(100)
  })

  it('JSON of arrays and objects, JSON lines', async () => {
    clean(await judge('BTCUSDT-1m.json', JSON.stringify(archive.map((row) => row.split(',')))))
    const objects = bars.map(([openTime, open, high, low, close, volume]) => ({
      openTime,
      open: String(open),
      high,
      low,
      close,
      volume,
    }))
    clean(await judge('ETHUSDT-1m.json', JSON.stringify(objects)))
    clean(await judge('BTCUSDT-1m.jsonl', `${objects.map((row) => JSON.stringify(row)).join('\n')}\n`))
  })

  it('Parquet', async () => {
    const path = join(folder, 'BTCUSDT-1m.parquet')
    const names = HEADER.split(',')
    const columns = names.map((name) => ({ name, type: name === 'open_time_ms' ? 'integer' : 'double' }) as const)
    await writeParquet(path, columns, (append) =>
      append(
        names.map((_, at) => Float64Array.from(bars, (row) => row[at])),
        ROWS,
      ),
    )
    clean(await judged(path))
    const catalog = join(folder, 'BNBUSDT-1m.parquet')
    await writeParquet(catalog, [...columns, { name: 'open_decimals', type: 'integer' }], (append) =>
      append([...names.map((_, at) => Float64Array.from(bars, (row) => row[at])), new Float64Array(ROWS)], ROWS),
    )
    clean(await judged(catalog))
    const cut = await judge('ETHUSDT-1m.parquet', readFileSync(path).subarray(0, 3_000))
    expect(cut.score).toBe(0)
    const damaged = join(folder, 'SOLUSDT-1m.parquet')
    await writeParquet(damaged, columns, (append) =>
      append(
        names.map((name, at) => Float64Array.from(bars, (row, i) => (i === 100 && name === 'high' ? 1 : row[at]))),
        ROWS,
      ),
    )
    expect((await judged(damaged)).rules).toEqual(['ohlc 101'])
  })

  it('other JSON is no market data and has no findings', async () => {
    const result = await judge('error-codes.json', '{"-1021":"INVALID_TIMESTAMP"}')
    expect(result).toMatchObject({ kind: undefined, rules: [] })
  })
})

describe('damaged files', () => {
  it('a gzip that was cut: all before the cut is read', async () => {
    const packed = gzipSync(csv)
    const result = await judge('CUTUSDT-1m.csv.gz', packed.subarray(0, packed.length >> 1))
    expect(result.rules.map((name) => name.split(' ')[0])).toContain('unreadable')
    expect(result.rows).toBeGreaterThan(100)
    expect(result.score).toBeLessThan(90)
    const crcCut = await judge('CRCUSDT-1m.csv.gz', packed.subarray(0, packed.length - 6))
    expect(crcCut.rules).toEqual([`unreadable ${ROWS + 1}`])
    expect(crcCut.rows).toBe(ROWS)
  })

  it('a gzip with wrong bytes, with bytes behind it, and none at all', async () => {
    const packed = Buffer.from(gzipSync(csv))
    packed[packed.length >> 1] ^= 255
    expect((await judge('BADUSDT-1m.csv.gz', packed)).score).toBeLessThan(90)
    expect((await judge('TAILUSDT-1m.csv.gz', Buffer.concat([gzipSync(csv), Buffer.from('tail')]))).rules).toEqual([
      `unreadable ${ROWS + 1}`,
    ])
    expect((await judge('TEXTUSDT-1m.csv.gz', csv)).score).toBe(0)
  })

  it('a checksum that is another one’s', async () => {
    writeFileSync(join(folder, 'SUMUSDT-1m.csv.CHECKSUM'), `${'0'.repeat(64)}  SUMUSDT-1m.csv\n`)
    const result = await judge('SUMUSDT-1m.csv', csv)
    expect(result.rules).toEqual(['checksum'])
    expect(result.rows).toBe(ROWS)
    expect(result.score).toBeLessThan(90)
  })

  it('text that was cut in the middle of a line, or only lacks its end', async () => {
    expect((await judge('LINEUSDT-1m.csv', csv.slice(0, -20))).rules).toEqual([`truncated ${ROWS + 1}`])
    expect((await judge('ENDUSDT-1m.csv', csv.slice(0, -1))).rules).toEqual([`truncated ${ROWS + 1}`])
  })

  it('nothing in it, or only a header', async () => {
    for (const [name, text] of [
      ['NONEUSDT-1m.csv', ''],
      ['HEADUSDT-1m.csv', `${HEADER}\n`],
      ['BINUSDT-1m.csv', '\u0000\u0001\u0002'],
    ])
      expect((await judge(name, text)).score).toBe(0)
  })

  it('headers: missing, unknown columns, missing columns, doubled columns, another separator', async () => {
    const edit = (change: (header: string) => string): string => csv.replace(HEADER, change(HEADER))
    expect((await judge('AUSDT-1m.csv', csv.slice(HEADER.length + 1))).rules).toEqual(['header 1'])
    expect(
      (
        await judge(
          'BUSDT-1m.csv',
          edit((header) => header.replace('trades', 'tickets')),
        )
      ).rules,
    ).toEqual(['unknown-column 1'])
    expect(
      (
        await judge(
          'CUSDT-1m.csv',
          edit((header) => header.replace('high', 'top')),
        )
      ).score,
    ).toBe(0)
    expect(
      (
        await judge(
          'DUSDT-1m.csv',
          edit((header) => header.replace('volume', 'close')),
        )
      ).rules.join(),
    ).toContain('schema')
    expect((await judge('EUSDT-1m.csv', csv.replaceAll(',', ';'))).score).toBe(0)
  })

  it('a byte order mark', async () => {
    expect((await judge('BOMUSDT-1m.csv', `\ufeff${csv}`)).rules).toEqual(['encoding 1'])
    clean(await judge('CRLFUSDT-1m.csv', csv.replaceAll('\n', '\r\n')))
  })

  it('all times in seconds or microseconds', async () => {
    const scaled = (factor: number): string =>
      `${[HEADER, ...bars.map(([time, ...rest]) => [time * factor, ...rest].join(','))].join('\n')}\n`
    expect((await judge('FUSDT-1m.csv', scaled(1e-3))).rules).toEqual(['time-unit 2'])
    expect((await judge('GUSDT-1m.csv', scaled(1e3))).rules).toEqual(['time-unit 2'])
  })

  it('columns under each other’s names', async () => {
    const swapped = (a: number, b: number): string =>
      `${[HEADER, ...bars.map((row) => row.map((value, at) => (at === a ? row[b] : at === b ? row[a] : value)).join(','))].join('\n')}\n`
    for (const [a, b] of [
      [2, 3],
      [4, 5],
      [1, 4],
    ])
      expect((await judge('SWAPUSDT-1m.csv', swapped(a, b))).rules.join()).toContain('columns-swapped')
  })

  it('an interval that contradicts the name, rows that run backward, rows beside the grid', async () => {
    expect((await judge('BTCUSDT-5m.csv', csv)).rules).toEqual(['interval-name 2'])
    const backward = `${[HEADER, ...bars.map((row) => row.join(',')).toReversed()].join('\n')}\n`
    expect((await judge('BACKUSDT-1m.csv', backward)).rules).toEqual(['order 3'])
    const beside = `${[HEADER, ...bars.map(([time, ...rest]) => [time + 500, ...rest].join(','))].join('\n')}\n`
    expect((await judge('BESIDEUSDT-1m.csv', beside)).rules).toEqual(['off-grid 2'])
  })

  it('a price or volume that never changes', async () => {
    const with1 = (at: number): string =>
      `${[HEADER, ...bars.map((row) => row.map((value, i) => (i === at ? 3 : value)).join(','))].join('\n')}\n`
    expect((await judge('HUSDT-1m.csv', with1(7))).rules).toEqual(['constant-column 2'])
    const flat = `${[HEADER, ...bars.map(([time, , , , , v, , n, t]) => [time, 7, 7, 7, 7, v, v * 7, n, t].join(','))].join('\n')}\n`
    expect((await judge('IUSDT-1m.csv', flat)).rules).toContain('stale 2')
  })

  it('rows of another symbol, and symbols that are not sorted', async () => {
    const header = 'symbol,open_time_ms,open,high,low,close,volume'
    const row = (symbol: string, i: number): string => [symbol, ...bars[i].slice(0, 6)].join(',')
    const own = bars.map((_, i) => row('BTCUSDT', i))
    const foreign = [...own.slice(0, 50), row('ETHUSDT', 3), ...own.slice(50)]
    expect((await judge('BTCUSDT-1m-a.csv', `${[header, ...foreign].join('\n')}\n`)).rules).toEqual(['symbol 52'])
    const many = [...own.slice(0, 200), ...bars.map((_, i) => row('ETHUSDT', i)), ...own.slice(200)]
    expect((await judge('universe-1m.csv', `${[header, ...many].join('\n')}\n`)).rules).toEqual(['symbol-order 602'])
  })

  it('times of the future', async () => {
    const text = `${[HEADER, ...bars.slice(0, 10).map(([time, ...rest]) => [time + 1e12, ...rest].join(','))].join('\n')}\n`
    expect((await judge('JUSDT-1m.csv', text)).rules[0]).toMatch(/^future/)
  })
})

it('flaws are found in a column that is empty for more than a batch of rows', async () => {
  const LATE = 9_000
  const rows = Array.from({ length: LATE + 400 }, (_, i) => bar(i).map(String))
  for (const row of rows.slice(0, LATE)) row.fill('', 6)
  rows[LATE + 100][6] = '1'
  rows[LATE + 150][7] = '7.5'
  rows[LATE + 200][8] = '1000'
  rows[LATE + 250][8] = '-1'
  // The same row, but for what takers bought: another version of it, not a copy.
  rows.splice(LATE + 301, 0, rows[LATE + 300].with(8, '0.5'))
  const { rules } = await judge('LATEUSDT-1m.csv', `${[HEADER, ...rows.map((row) => row.join(','))].join('\n')}\n`)
  expect(rules.filter((rule) => !rule.startsWith('empty-field')).toSorted()).toEqual([
    'conflict 9303',
    'negative 9252',
    'quote-volume 9102',
    'taker-buy 9202',
    'trade-count 9152',
  ])
})
