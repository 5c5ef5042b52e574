/** Reading back what was written, in every container; and every damage found at its line. */
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InputError } from '../../core/errors.ts'
import { intervalOf, parseTime } from '../../core/time.ts'
import { gapOf } from './kline-table.ts'
import type { KlineTable } from './kline-table.ts'
import { parseKlines, readKlines } from './read-klines.ts'
import type { KlineFile, KlineReadOptions } from './read-klines.ts'
import { readFileName } from './symbol-and-interval.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'klines-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const HEADER = 'open_time_ms,open,high,low,close,volume,quote_volume,trades,taker_buy_base'
const ARCHIVE_HEADER =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore'
const START = 1_704_067_200_000 // 2024-01-01T00:00Z
const HOUR_MS = 3_600_000

const fileOf = (path: string, more: Partial<KlineFile> = {}): KlineFile => ({
  path,
  market: 'perp',
  kind: 'klines',
  symbol: 'BTCUSDT',
  interval: intervalOf('1h'),
  ...more,
})
const parse = (
  text: string | Uint8Array,
  more: Partial<KlineFile> = {},
  options: KlineReadOptions = {},
): ReturnType<typeof parseKlines> =>
  parseKlines(typeof text === 'string' ? Buffer.from(text) : text, 'sha', fileOf('BTCUSDT-1h.csv', more), options)

/** A zip archive of stored or deflated entries, as small as the format allows. */
function zipOf(entries: readonly { name: string; bytes: Uint8Array; store?: boolean; crc?: number; size?: number }[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, bytes, store = false, crc = crc32(bytes), size = bytes.length } of entries) {
    const packed = store ? Buffer.from(bytes) : deflateRawSync(bytes)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(store ? 0 : 8, 4)
    fields.writeUInt32LE(crc, 10)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(size, 18)
    fields.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, Buffer.from(name), packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), Buffer.from([20, 0]), fields, tail, Buffer.from(name)]))
    parts.push(local)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(central.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, central, Buffer.from('PK\x05\x06', 'latin1'), end])
}

interface TextRow {
  readonly timeMs: number
  /** open, high, low, close. */
  readonly prices: readonly string[]
  /** volume, quote volume, trades, taker buy base; '' is empty. */
  readonly rest: readonly string[]
}

const scaled = (units: number, scale: number): string =>
  scale === 0 ? String(units) : `${Math.floor(units / 10 ** scale)}.${String(units % 10 ** scale).padStart(scale, '0')}`

const rowsOfTable: fc.Arbitrary<TextRow[]> = fc
  .record({
    scale: fc.integer({ min: 0, max: 8 }),
    bars: fc.array(
      fc.record({
        skip: fc.constantFrom(0, 0, 0, 0, 1, 5),
        prices: fc.tuple(...[1, 2, 3, 4].map(() => fc.integer({ min: 1, max: 2_000_000_000 }))),
        rest: fc.tuple(...[1, 2, 3, 4].map(() => fc.option(fc.integer({ min: 0, max: 2 ** 40 }), { nil: undefined, freq: 8 }))),
      }),
      { minLength: 1, maxLength: 40 },
    ),
  })
  .map(({ scale, bars }) => {
    let timeMs = START
    return bars.map(({ skip, prices, rest }, at) => {
      // The first two rows are neighbours: a file whose rows all stand further apart is one of another interval.
      timeMs += at === 0 ? 0 : (1 + (at === 1 ? 0 : skip)) * HOUR_MS
      const [low, open, close, high] = prices.toSorted((a, b) => a - b)
      return {
        timeMs,
        prices: [open, high, low, close].map((units) => scaled(units, scale)),
        rest: rest.map((units) => (units === undefined ? '' : scaled(units, 3))),
      }
    })
  })

function expectTable(table: KlineTable, rows: readonly TextRow[]): void {
  expect(Array.from(table.openTime)).toEqual(rows.map((row) => row.timeMs * 1_000))
  for (const [at, name] of (['open', 'high', 'low', 'close'] as const).entries())
    expect(Array.from(table[name])).toEqual(rows.map((row) => Number(row.prices[at])))
  for (const [at, name] of (['volume', 'quoteVolume', 'trades', 'takerBuyBase'] as const).entries()) {
    const texts = rows.map((row) => row.rest[at])
    if (texts.every((text) => text === '')) expect(table[name]).toBeUndefined()
    else expect(Array.from(table[name] ?? [])).toEqual(texts.map((text) => (text === '' ? Number.NaN : Number(text))))
  }
  const decimalsOf = (text: string): number => (text.includes('.') ? text.replace(/0+$/, '').split('.')[1].length : 0)
  expect(table.decimals).toBe(Math.max(...rows.flatMap((row) => row.prices.map(decimalsOf))))
}

describe('what was written is read back', () => {
  const ours = (rows: readonly TextRow[], lineEnd: string): string =>
    [HEADER, ...rows.map((row) => [row.timeMs, ...row.prices, ...row.rest].join(','))].join(lineEnd) + lineEnd
  const archive = (rows: readonly TextRow[], header: boolean, factor: number): string =>
    [
      ...(header ? [ARCHIVE_HEADER] : []),
      ...rows.map(({ timeMs, prices, rest }) =>
        [timeMs * factor, ...prices, rest[0], (timeMs + HOUR_MS) * factor - 1, rest[1], rest[2], rest[3], '1.5', '0'].join(','),
      ),
    ].join('\n') + '\n'

  test('CSV, gzip and archive zips, whatever the line ends, quotes, header and time unit', async () => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(
        rowsOfTable,
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom('\n', '\r\n'),
        async (rows, header, store, lineEnd) => {
          run += 1
          const text = ours(rows, lineEnd)
          const zipped = zipOf([
            { name: 'BTCUSDT-1h-2024-01.csv', bytes: Buffer.from(archive(rows, header, store ? 1_000 : 1)), store },
          ])
          const files: [string, Uint8Array][] = [
            [`a${run}.csv`, Buffer.from(text)],
            [`b${run}.csv.gz`, gzipSync(text)],
            [`c${run}.csv.gz`, Buffer.concat([gzipSync(text.slice(0, 100)), gzipSync(text.slice(100))])],
            [`d${run}.csv`, Buffer.from(`\ufeff${text.replace(/[^,\r\n]+/g, '"$&"')}${lineEnd}`)],
            [`e${run}.zip`, zipped],
          ]
          for (const [name, bytes] of files) {
            const path = join(folder, name)
            writeFileSync(path, bytes)
            const { tables } = await readKlines(fileOf(path))
            expect(tables).toHaveLength(1)
            expectTable(tables[0], rows)
            expect(tables[0].sources).toEqual([
              { path, sha256: createHash('sha256').update(bytes).digest('hex'), rows: rows.length },
            ])
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  test('whatever the order of the columns', () => {
    fc.assert(
      fc.property(
        rowsOfTable,
        fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8], { minLength: 9, maxLength: 9 }),
        (rows, order) => {
          const fields = (all: readonly (string | number)[]): string => order.map((at) => all[at]).join(',')
          const text = [fields(HEADER.split(',')), ...rows.map((row) => fields([row.timeMs, ...row.prices, ...row.rest]))].join(
            '\n',
          )
          const { tables, warnings } = parse(text)
          expectTable(tables[0], rows)
          expect(warnings).toHaveLength(1)
          expect(warnings[0]).toContain('cut off')
        },
      ),
      { numRuns: 100 },
    )
  })

  test('a large file goes through many chunks', async () => {
    const lines = Array.from({ length: 30_000 }, (_, row) => `${START + row * HOUR_MS},100.${row % 10},101,99.5,100.25,${row},,,`)
    const path = join(folder, 'BTCUSDT-1h.csv.gz')
    writeFileSync(path, gzipSync([HEADER, ...lines, ''].join('\n')))
    const { tables } = await readKlines(fileOf(path))
    expect(tables[0].length).toBe(30_000)
    expect(tables[0].openTime[29_999]).toBe((START + 29_999 * HOUR_MS) * 1_000)
    expect(tables[0].volume?.[29_999]).toBe(29_999)
    expect(tables[0].quoteVolume).toBeUndefined()
    expect(tables[0].decimals).toBe(2)
  })
})

describe('universe files', () => {
  const text = [
    'symbol,open_time_ms,open,high,low,close,volume,quote_volume,trades',
    `AUSDT,${START},1,1,1,1,5,5,1`,
    `AUSDT,${START + HOUR_MS},1,1.25,1,1,5,5,1`,
    `BUSDT,${START},2,2,2,2,5,,1`,
    `BTCUSD_PERP,${START},nonsense,2,2,2,5,5,1`,
    `币安人生USDT,${START},3,3,3,3,5,5,1`,
    '',
  ].join('\n')

  test('give one table a symbol', () => {
    const { tables, symbols, warnings } = parse(text, { symbol: undefined })
    expect(tables.map(({ symbol, length, decimals, quoteVolume }) => [symbol, length, decimals, quoteVolume?.length])).toEqual([
      ['AUSDT', 2, 2, 2],
      ['BUSDT', 1, 0, undefined],
      ['币安人生USDT', 1, 0, 1],
    ])
    expect(symbols).toEqual(['AUSDT', 'BUSDT', 'BTCUSD_PERP', '币安人生USDT'])
    expect(warnings.join()).toContain('BTCUSD_PERP')
  })

  test('are read for the symbols asked for only', () => {
    const damaged = text.replace(`AUSDT,${START},1,1,1`, `AUSDT,${START},x,1,1`)
    const { tables, symbols } = parse(damaged, { symbol: undefined }, { symbols: new Set(['BUSDT']) })
    expect(tables.map((table) => [table.symbol, table.open[0], table.sources[0].rows])).toEqual([['BUSDT', 2, 1]])
    expect(symbols).toContain('AUSDT')
  })

  test('must be sorted by symbol', () => {
    const error = failure(() => parse(`${text}AUSDT,${START + 2 * HOUR_MS},1,1,1,1,5,5,1\n`, { symbol: undefined }))
    expect([error.code, error.where['line']]).toEqual(['symbol-not-sorted', 7])
  })
})

describe('mark series', () => {
  const bars = `open_time_ms,open,high,low,close\n${START},1.123,2,1,1.5\n`
  test('have no volume', () => {
    expect(parse(bars).tables[0]).toMatchObject({ kind: 'mark', volume: undefined, decimals: 3 })
    expect(parse(`${HEADER}\n${START},1,2,1,1.5,,,,\n`).tables[0].kind).toBe('mark')
  })
  test('of the archive have zeros there, which are dropped', () => {
    const { tables } = parse(`${START},1,2,1,1.5,0,${START + HOUR_MS - 1},0,3600,0,0,0\n`, { kind: 'mark' })
    expect(tables[0]).toMatchObject({ kind: 'mark', volume: undefined, trades: undefined })
  })
})

describe('intervals and gaps', () => {
  const bars = (...hours: number[]): string =>
    [HEADER, ...hours.map((hour) => `${START + hour * HOUR_MS},1,1,1,1,1,,,`), ''].join('\n')
  test('an interval that nobody said is inferred, with a warning', () => {
    const { tables, warnings } = parse(bars(0, 4, 8, 16), { interval: undefined })
    expect(tables[0].interval?.name).toBe('4h')
    expect(warnings.join()).toContain('4h')
    expect(parse(bars(0), { interval: undefined }).tables[0].interval).toBeUndefined()
  })
  test('months have their own lengths', () => {
    const months = ['2024-01-01', '2024-02-01', '2024-03-01', '2024-05-01'].map(
      (date) => `${parseTime(date) / 1_000},1,1,1,1,1,,,`,
    )
    const { tables } = parse([HEADER, ...months, ''].join('\n'), { interval: intervalOf('1M') })
    expect(gapOf(tables[0])).toEqual({ count: 1, first: parseTime('2024-04-01') })
  })
  test('gaps are counted, not refused', () => {
    const { tables } = parse(bars(0, 1, 2, 5, 6, 8))
    expect(gapOf(tables[0])).toEqual({ count: 3, first: (START + 3 * HOUR_MS) * 1_000 })
    expect(gapOf(parse(bars(0, 1, 2)).tables[0])).toBeUndefined()
  })
})

function failure(run: () => unknown): InputError {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(InputError)
    return error as InputError
  }
  throw new Error('nothing was refused')
}

async function failureOf(promise: Promise<unknown>): Promise<InputError> {
  const error: unknown = await promise.then(
    () => new Error('nothing was refused'),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(InputError)
  return error as InputError
}

/** Twenty good bars; line n + 2 of the file is row n. */
const goodLines = (): string[] => [
  HEADER,
  ...Array.from({ length: 20 }, (_, row) => `${START + row * HOUR_MS},100.5,101,99,100,${row},7,3,1`),
]
/** The good file with line 12 (row 10) replaced. */
function withLine12(change: (fields: string[]) => string[] | string): string {
  const lines = goodLines()
  const changed = change(lines[11].split(','))
  lines[11] = typeof changed === 'string' ? changed : changed.join(',')
  return `${lines.join('\n')}\n`
}
const withField = (at: number, value: string): string => withLine12((fields) => fields.with(at, value))

describe('damage is found at its line', () => {
  const [OPEN, HIGH, LOW, CLOSE, VOLUME] = [1, 2, 3, 4, 5]
  const swapped = (): string => {
    const lines = goodLines()
    return [...lines.slice(0, 10), lines[11], lines[10], ...lines.slice(12), ''].join('\n')
  }
  const cases: [string, string, string, number, string?][] = [
    ['NaN for a price', withField(OPEN, 'NaN'), 'not-a-number', 12, 'open'],
    ['an empty price', withField(CLOSE, ''), 'field-empty', 12, 'close'],
    ['infinity', withField(HIGH, 'inf'), 'not-a-number', 12, 'high'],
    ['a hexadecimal price', withField(LOW, '0x63'), 'not-a-number', 12, 'low'],
    ['text after a number', withField(OPEN, '12abc'), 'not-a-number', 12, 'open'],
    ['a price too large for a double', withField(HIGH, '1e999'), 'not-a-number', 12, 'high'],
    ['a price of zero', withField(LOW, '0'), 'price-not-positive', 12, 'low'],
    ['a negative price', withField(OPEN, '-100.5'), 'price-not-positive', 12, 'open'],
    ['negative volume', withField(VOLUME, '-1'), 'volume-negative', 12, 'volume'],
    ['text for volume', withField(VOLUME, 'null'), 'not-a-number', 12, 'volume'],
    ['high below open', withField(HIGH, '100.4'), 'high-too-low', 12, 'high'],
    ['high below close', withLine12((f) => f.with(OPEN, '99').with(HIGH, '99.5')), 'high-too-low', 12, 'high'],
    ['low above close', withField(LOW, '100.2'), 'low-too-high', 12, 'low'],
    ['low above open', withLine12((f) => f.with(OPEN, '100').with(CLOSE, '101').with(LOW, '100.5')), 'low-too-high', 12, 'low'],
    ['shuffled rows', swapped(), 'time-not-ascending', 12, 'open_time_ms'],
    ['a row twice', withLine12(() => goodLines()[10]), 'row-doubled', 12, 'open_time_ms'],
    ['a time off the grid', withField(0, String(START + 10 * HOUR_MS + 1_000)), 'time-off-grid', 12, 'open_time_ms'],
    ['a time with a fraction', withField(0, `${START + 10 * HOUR_MS}.5`), 'not-a-number', 12, 'open_time_ms'],
    ['an empty time', withField(0, ''), 'field-empty', 12, 'open_time_ms'],
    ['one time in seconds', withField(0, String((START + 10 * HOUR_MS) / 1_000)), 'time-unit', 12, 'open_time_ms'],
    ['a field too few', withLine12((fields) => fields.slice(0, -1)), 'wrong-field-count', 12],
    ['a field too many', withLine12((fields) => [...fields, '1']), 'wrong-field-count', 12],
    ['an open quote', withField(OPEN, '"100.5'), 'csv-bad-quote', 12],
    ['a blank line between rows', withLine12(() => ''), 'csv-blank-line', 12],
    [
      'all times in seconds',
      goodLines()
        .join('\n')
        .replaceAll('00000,', '00,')
        .replaceAll(/^(\d{10})\d{1,3},/gm, '$1,'),
      'time-unit',
      2,
      'open_time_ms',
    ],
    ['microseconds in a column of milliseconds', `${HEADER}\n${START}000,1,1,1,1,1,,,\n`, 'time-unit', 2, 'open_time_ms'],
    ['a header without close', goodLines().join('\n').replace('close,', 'klose,'), 'header-missing-columns', 1, 'close'],
    ['a header with open twice', goodLines().join('\n').replace('high,', 'open,'), 'header-doubled-column', 1, 'open'],
    ['no header', goodLines().slice(1).join('\n'), 'header-missing', 1],
    ['an empty file', '', 'file-empty', 1],
    ['a header only', `${HEADER}\n`, 'file-no-rows', 2],
    ['a line without end', 'x'.repeat(100_000), 'csv-line-too-long', 1],
    ['binary junk', Buffer.from(Array.from({ length: 400 }, (_, at) => (at * 37) % 256)).toString('latin1'), 'not-csv', 1],
    ['rows that end in the middle', goodLines().join('\n').slice(0, -6), 'wrong-field-count', 21],
  ]

  test.each(cases)('%s', (_, text, code, line, column) => {
    const error = failure(() => parse(Buffer.from(text, 'latin1')))
    expect([error.code, error.where['line'], error.where['column']]).toEqual([code, line, column])
    expect(error.where['file']).toBe('BTCUSDT-1h.csv')
    expect(error.next).toMatch(/\w/)
    expect(error.message).toContain('BTCUSDT-1h.csv')
  })

  test('names both times of rows out of order, and the value of a bad field', () => {
    expect(failure(() => parse(swapped())).message).toContain('2024-01-01T09:00:00.000Z')
    expect(failure(() => parse(swapped())).message).toContain('2024-01-01T10:00:00.000Z')
    expect(failure(() => parse(withField(1, '12abc'))).message).toContain("'12abc'")
    expect(failure(() => parse(cases.find(([name]) => name === 'all times in seconds')?.[1] ?? '')).message).toContain('seconds')
  })

  test('a name that contradicts the spacing', () => {
    expect(failure(() => parse(goodLines().join('\n'), { interval: intervalOf('4h') })).code).toBe('interval-contradicts')
    expect(failure(() => parse(goodLines().join('\n'), { interval: intervalOf('1m') })).code).toBe('interval-contradicts')
  })

  test('unknown columns are ignored with a warning', () => {
    const { tables, warnings } = parse(`${HEADER},colour\n${START},1,1,1,1,1,,,,red\n`)
    expect(tables[0].length).toBe(1)
    expect(warnings).toEqual([expect.stringContaining('colour')])
  })

  test('a file that names no symbol', () => {
    const error = failure(() => parse(goodLines().join('\n'), { symbol: undefined }))
    expect(error.code).toBe('symbol-unknown')
    expect(parse(goodLines().join('\n'), { symbol: undefined, symbolFlag: 'ETHUSDT' }).tables[0].symbol).toBe('ETHUSDT')
  })
})

describe('damaged containers', () => {
  const text = `${goodLines().join('\n')}\n`
  const write = (name: string, bytes: Uint8Array): string => {
    const path = join(folder, name)
    writeFileSync(path, bytes)
    return path
  }
  const long = [
    HEADER,
    ...Array.from(
      { length: 20_000 },
      (_, row) => `${START + row * HOUR_MS},100.${(row * 7919) % 1000},101.5,99,100,${(row * 104_729) % 9973},7,3,1`,
    ),
    '',
  ].join('\n')
  const flipped = (bytes: Buffer, at: number): Buffer => {
    const copy = Buffer.from(bytes)
    copy[at] ^= 0xff
    return copy
  }
  const gz = gzipSync(text)
  const zip = zipOf([{ name: 'a.csv', bytes: Buffer.from(text) }])
  const cases: [string, string, Uint8Array, string][] = [
    ['a truncated gzip', 'x1.csv.gz', gz.subarray(0, gz.length - 10), 'gzip-truncated'],
    ['a gzip cut in half', 'x2.csv.gz', gzipSync(long).subarray(0, 60_000), 'gzip-truncated'],
    ['a gzip with a wrong checksum', 'x3.csv.gz', flipped(gz, gz.length - 6), 'gzip-damaged'],
    ['a gzip with junk behind it', 'x4.csv.gz', Buffer.concat([gz, Buffer.from('junk')]), 'gzip-damaged'],
    ['a gzip with zeros behind it', 'x5.csv.gz', Buffer.concat([gz, Buffer.alloc(64)]), 'gzip-trailing-bytes'],
    ['text that is called gzip', 'x6.csv.gz', Buffer.from(text), 'gzip-damaged'],
    ['gzip that is called text', 'x7.csv', gz, 'csv-is-compressed'],
    ['an empty gzip', 'x8.csv.gz', Buffer.alloc(0), 'gzip-truncated'],
    ['UTF-16', 'x9.csv', Buffer.from(`\ufeff${text}`, 'utf16le'), 'csv-not-utf8'],
    ['a truncated zip', 'y1.zip', zip.subarray(0, zip.length - 30), 'zip-damaged'],
    ['a zip with a wrong checksum', 'y2.zip', zipOf([{ name: 'a.csv', bytes: Buffer.from(text), crc: 1 }]), 'zip-damaged'],
    [
      'a zip with a wrong size',
      'y3.zip',
      zipOf([{ name: 'a.csv', bytes: Buffer.from(text), size: text.length - 5 }]),
      'zip-damaged',
    ],
    ['an empty zip', 'y4.zip', zipOf([]), 'zip-not-one-entry'],
    [
      'a zip of two files',
      'y5.zip',
      zipOf([
        { name: 'a.csv', bytes: Buffer.from(text) },
        { name: 'b.csv', bytes: Buffer.from(text) },
      ]),
      'zip-not-one-entry',
    ],
    ['text that is called zip', 'y6.zip', Buffer.from(text), 'zip-damaged'],
  ]
  test.each(cases)('%s', async (_, name, bytes, code) => {
    const error = await failureOf(readKlines(fileOf(write(name, bytes))))
    expect(error.code).toBe(code)
    expect(error.message).toContain(name)
  })

  test('a gzip that breaks off says how far it could be read', async () => {
    const error = await failureOf(readKlines(fileOf(write('z1.csv.gz', gzipSync(long).subarray(0, 60_000)))))
    expect(error.where['line']).toBeGreaterThan(1)
  })

  test('a bomb', async () => {
    const limits = { bytesMax: 100 }
    expect((await failureOf(readKlines(fileOf(write('z2.zip', zip)), { limits }))).code).toBe('file-too-large')
    expect((await failureOf(readKlines(fileOf(write('z3.csv.gz', gz)), { limits }))).code).toBe('file-too-large')
    expect((await failureOf(readKlines(fileOf(write('z4.csv.gz', gzipSync(Buffer.alloc(50_000_000))))))).code).toBe(
      'csv-line-too-long',
    )
  })

  test('a file that differs from its .CHECKSUM', async () => {
    const path = write('BTCUSDT-1h-2024-01.zip', zip)
    const sha256 = createHash('sha256').update(zip).digest('hex')
    writeFileSync(`${path}.CHECKSUM`, `${sha256}  BTCUSDT-1h-2024-01.zip\n`)
    expect((await readKlines(fileOf(path))).tables[0].length).toBe(20)
    writeFileSync(`${path}.CHECKSUM`, `${sha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))}  BTCUSDT-1h-2024-01.zip\n`)
    expect((await failureOf(readKlines(fileOf(path)))).code).toBe('checksum-mismatch')
    writeFileSync(`${path}.CHECKSUM`, 'not found\n')
    expect((await failureOf(readKlines(fileOf(path)))).code).toBe('checksum-unreadable')
  })

  test('a missing file and a folder', async () => {
    expect((await failureOf(readKlines(fileOf(join(folder, 'nothing.csv'))))).code).toBe('path-not-found')
    expect((await failureOf(readKlines(fileOf(folder)))).code).toBe('path-is-folder')
  })
})

const data = join(process.env['AUTOTRADING_SHARED'] ?? join('..', 'shared'), 'data')
const present = existsSync(join(data, 'README.md'))

describe('the files of the shared folder', () => {
  test.skipIf(!present)(
    'all load with the rows their README counts',
    async () => {
      const readme = readFileSync(join(data, 'README.md'), 'utf8')
      let files = 0
      for (const kind of ['klines', 'mark'] as const) {
        const section = readme.split(`### ${kind}/`)[1].split('###')[0]
        for (const name of readdirSync(join(data, kind))) {
          const { symbol, interval } = readFileName(name)
          const { tables, warnings } = await readKlines({ path: join(data, kind, name), market: 'perp', kind, symbol, interval })
          const counted = section
            .split('\n')
            .find((line) => line.startsWith(`| ${name} |`))
            ?.split('|')[5]
            .trim()
          expect([name, tables.reduce((sum, table) => sum + table.length, 0)]).toEqual([name, Number(counted)])
          expect(warnings).toEqual([])
          expect(tables.every((table) => table.kind === kind)).toBe(true)
          if (symbol !== undefined) expect(gapOf(tables[0])).toBeUndefined()
          files += 1
        }
      }
      expect(files).toBeGreaterThanOrEqual(60)
    },
    60_000,
  )
})
