/** The same data in every format is the same table, bit for bit; and the same damage is found at the same place. */
import fc from 'fast-check'
import { mkdtempSync, rmSync, writeFileSync, existsSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InputError } from '../../core/errors.ts'
import { intervalOf } from '../../core/time.ts'
import { sqlName, sqlPath, sqlText, withReader } from '../parquet/duck-db.ts'
import { readFunding } from './read-funding.ts'
import type { FundingRead } from './read-funding.ts'
import { readKlines } from './read-klines.ts'
import type { KlineRead } from './read-klines.ts'
import { readTrades } from './read-trades.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'formats-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

type Rows = readonly (readonly string[])[]
const numeric = (text: string): boolean => /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text)
const jsonValue = (text: string): string => (text === '' ? 'null' : numeric(text) ? text : JSON.stringify(text))
const record = (header: readonly string[], row: readonly string[], value: (text: string) => string): string =>
  `{${header.map((name, at) => `${JSON.stringify(name)}: ${value(row[at])}`).join(', ')}}`

const csv = (header: readonly string[], rows: Rows): string => [header, ...rows].map((row) => `${row.join(',')}\n`).join('')

/** Writes the rows in a format and returns the path. */
const WRITERS: Readonly<Record<string, (header: readonly string[], rows: Rows) => Promise<string> | string>> = {
  'csv.gz': (header, rows) => file('x.csv.gz', csv(header, rows)),
  json: (header, rows) => file('x.json', `[${rows.map((row) => record(header, row, jsonValue)).join(',\n ')}]\n`),
  'json of texts': (header, rows) =>
    file(
      'x.json.gz',
      `[${rows.map((row) => record(header, row, (text) => (text === '' ? 'null' : JSON.stringify(text)))).join(',')}]`,
    ),
  jsonl: (header, rows) => file('x.jsonl', rows.map((row) => `${record(header, row, jsonValue)}\n`).join('')),
  'jsonl.gz': (header, rows) => file('x.jsonl.gz', rows.map((row) => record(header, row, jsonValue)).join('\r\n')),
  'parquet of texts': (header, rows) => parquet(header, rows, () => 'VARCHAR'),
  'parquet of decimals': (header, rows) => parquet(header, rows, (name) => (/time/.test(name) ? 'BIGINT' : 'DECIMAL(28,9)')),
  'parquet of small decimals': (header, rows) =>
    parquet(header, rows, (name) => (/time/.test(name) ? 'TIMESTAMP' : 'DECIMAL(18,5)')),
  'parquet of doubles': (header, rows) => parquet(header, rows, (name) => (/time/.test(name) ? 'TIMESTAMP_MS' : 'DOUBLE')),
}
function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text)
  return path
}
async function parquet(header: readonly string[], rows: Rows, typeOf: (name: string) => string): Promise<string> {
  const path = join(folder, 'x.parquet')
  const columns = header.map((name, at) => {
    const type = typeOf(name)
    const text = `v[${at + 1}]`
    const value = type.startsWith('TIMESTAMP') ? `make_timestamp(${text}::BIGINT * 1000)` : text
    return `CAST(${value} AS ${type}) AS ${sqlName(name)}`
  })
  const lists = rows.map((row) => `([${row.map((text) => (text === '' ? 'NULL' : sqlText(text))).join(',')}]::VARCHAR[])`)
  await withReader((connection) =>
    connection.run(
      `COPY (SELECT ${columns.join(', ')} FROM (VALUES ${lists.join(',')}) AS x(v)) TO ${sqlPath(path)} (FORMAT parquet)`,
    ),
  )
  return path
}

const START = 1_704_067_200_000
const HEADER = ['open_time_ms', 'open', 'high', 'low', 'close', 'volume', 'quote_volume', 'trades', 'taker_buy_base']
/** A decimal with up to five decimals, trailing zeros and all. */
const price = (units: number, decimals: number): string => (units / 10 ** decimals).toFixed(decimals)

const bars = fc.tuple(
  fc.integer({ min: 0, max: 5 }),
  fc.array(
    fc.record({
      skip: fc.integer({ min: 0, max: 2 }),
      prices: fc.array(fc.integer({ min: 1, max: 2 ** 40 }), { minLength: 4, maxLength: 4 }),
      volume: fc.option(fc.integer({ min: 0, max: 2 ** 40 })),
      trades: fc.option(fc.nat()),
    }),
    { minLength: 4, maxLength: 12 },
  ),
)
function rowsOf([decimals, list]: readonly [
  number,
  readonly { skip: number; prices: number[]; volume: number | null; trades: number | null }[],
]): Rows {
  let time = START
  return list.map(({ skip, prices, volume, trades }, row) => {
    // A gap before the last row: most rows must show the interval.
    time += (row === list.length - 1 ? 1 + skip : 1) * 60_000
    const [low, open, close, high] = prices.toSorted((a, b) => a - b)
    const fields = [open, high, low, close].map((units) => price(units, decimals))
    const more = volume === null ? '' : price(volume, decimals)
    return [String(time), ...fields, more, more, trades === null ? '' : String(trades), '']
  })
}

const klines = (path: string): Promise<KlineRead> =>
  readKlines({ path, market: 'perp', kind: 'klines', symbol: 'BTCUSDT', interval: intervalOf('1m') })
const plain = ({ tables }: KlineRead): unknown =>
  tables.map((table) => ({ ...table, sources: table.sources.map(({ rows }) => rows) }))

describe('bars', () => {
  test.each(Object.keys(WRITERS))('%s', async (format) => {
    await fc.assert(
      fc.asyncProperty(bars, async (drawn) => {
        const rows = rowsOf(drawn)
        const expected = plain(await klines(file('x.csv', csv(HEADER, rows))))
        expect(plain(await klines(await WRITERS[format](HEADER, rows)))).toEqual(expected)
      }),
      { numRuns: format.startsWith('parquet') ? 5 : 25 },
    )
  })

  const DAMAGE: readonly (readonly [string, (rows: string[][]) => void])[] = [
    ['high-too-low', (rows) => (rows[3][2] = '0.00001')],
    ['price-not-positive', (rows) => (rows[3][3] = '0')],
    ['field-empty', (rows) => (rows[3][1] = '')],
    ['volume-negative', (rows) => (rows[3][5] = '-1')],
    ['row-doubled', (rows) => (rows[3][0] = rows[2][0])],
    ['time-not-ascending', (rows) => (rows[3][0] = rows[1][0])],
    ['time-off-grid', (rows) => (rows[3][0] = String(Number(rows[3][0]) - 1))],
  ]
  test.each(DAMAGE)('%s is found at its row in every format', async (code, damage) => {
    const rows = Array.from({ length: 5 }, (_, at) => [String(START + at * 60_000), '2.5', '3.5', '1.5', '2', '5', '', '7', ''])
    damage(rows)
    for (const [format, write] of Object.entries(WRITERS)) {
      const error: unknown = await klines(await write(HEADER, rows)).catch((reason: unknown) => reason)
      expect(error, format).toBeInstanceOf(InputError)
      const place = format.startsWith('csv') ? { line: 5 } : format.startsWith('jsonl') ? { line: 4 } : { row: 4 }
      expect((error as InputError).where, format).toMatchObject(place)
      // A timestamp has no milliseconds to be off the grid by, and the same row twice is the same in any unit.
      expect((error as InputError).code, format).toBe(code)
      expect((error as InputError).message, format).toContain(Object.entries(place)[0].join(' '))
    }
  })

  test('arrays as the exchange answers klines', async () => {
    const row = (time: number): string => `[${time},"1.50","2.5","1.0","2","10.0",${time + 59_999},"20",3,"4","8","0"]`
    const expected = plain(
      await klines(
        file(
          'x.csv',
          csv(
            HEADER,
            [START, START + 60_000].map((time) => [String(time), '1.50', '2.5', '1.0', '2', '10.0', '20', '3', '4']),
          ),
        ),
      ),
    )
    for (const path of [
      file('x.json', `[${row(START)},${row(START + 60_000)}]`),
      file('x.jsonl', `${row(START)}\n${row(START + 60_000)}\n`),
    ])
      expect(plain(await klines(path))).toEqual(expected)
  })
})

describe('funding', () => {
  const read = (path: string): Promise<FundingRead> => readFunding({ path, symbol: 'BTCUSDT' })
  const shown = ({ tables }: FundingRead): unknown => tables.map((table) => ({ ...table, sources: [] }))

  test.each(Object.keys(WRITERS))('%s', async (format) => {
    const header = ['time_ms', 'rate', 'mark_price']
    const rows = [
      [String(START + 3), '0.0001', '42000.5'],
      [String(START + 28_800_000), '-0.00025', ''],
      [String(START + 57_600_000), '0.00', '42100.12345'],
    ]
    const expected = shown(await read(file('x.csv', csv(header, rows))))
    expect(shown(await read(await WRITERS[format](header, rows)))).toEqual(expected)
  })

  test('rows as the exchange answers fundingRate', async () => {
    const path = file(
      'x.json',
      JSON.stringify([{ symbol: 'BTCUSDT', fundingTime: START + 5, fundingRate: '0.00010000', markPrice: '42000.50000000' }]),
    )
    const { tables, warnings } = await read(path)
    expect([tables[0].time[0], tables[0].rate[0], tables[0].mark[0], warnings]).toEqual([
      START * 1_000,
      1_000_000,
      4_200_050_000_000,
      [],
    ])
  })
})

describe('trades', () => {
  test.each(Object.keys(WRITERS).filter((format) => !/decimals|doubles/.test(format)))('%s', async (format) => {
    const header = ['trade_id', 'price', 'quantity', 'time_ms', 'is_buyer_maker', 'recv_ms']
    const rows = [
      ['7', '1.50', '3', String(START), 'true', ''],
      ['9', '1.5001', '0.25', String(START + 1), 'false', String(START + 4)],
    ]
    const read = async (path: string): Promise<unknown> => {
      const { table } = await readTrades({ path, market: 'perp', symbol: 'BTCUSDT' })
      return { ...table, sources: [] }
    }
    expect(await read(await WRITERS[format](header, rows))).toEqual(await read(file('x.csv', csv(header, rows))))
  })
})

const GOOD = `{"open_time_ms":${START},"open":1,"high":1,"low":1,"close":1}`
describe('JSON that is none', () => {
  test.each([
    ['', 'x.json', 'file-empty'],
    ['[]', 'x.json', 'file-empty'],
    ['{"a": [1]}', 'x.json', 'json-no-list'],
    [`[${GOOD}`, 'x.json', 'json-truncated'],
    ['[{"open_time_ms": 1', 'x.json', 'json-truncated'],
    ['[{"open_time_ms": [1]}]', 'x.json', 'json-unreadable'],
    [`[${GOOD},]`, 'x.json', 'json-unreadable'],
    [`[${GOOD}] x`, 'x.json', 'json-unreadable'],
    [`[${GOOD} ${GOOD}]`, 'x.json', 'json-unreadable'],
    [`[${GOOD}, [1, 2]]`, 'x.json', 'json-unreadable'],
    ['[1, 2]', 'x.json', 'json-unreadable'],
    ['[{"open_time_ms": tru}]', 'x.json', 'json-unreadable'],
    ['[{"open_time_ms": 1, "open_time_ms": 2}]', 'x.json', 'json-unreadable'],
    [`${GOOD} ${GOOD}\n`, 'x.jsonl', 'json-unreadable'],
    [`${GOOD}\n{"open_time_ms":1,"x":2}\n`, 'x.jsonl', 'json-unreadable'],
    [`${GOOD} x\n`, 'x.jsonl', 'json-unreadable'],
    [`{"open_time_ms":${START},"open":1,"high":1,"low":1,"close"\n`, 'x.jsonl', 'json-truncated'],
    ['\u001f\u008b', 'x.jsonl', 'json-unreadable'],
  ])('%j in %s is %s', async (text, name, code) => {
    const error: unknown = await klines(file(name, text)).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(InputError)
    expect((error as InputError).code).toBe(code)
  })

  test('a chunk may end anywhere, and texts may be escaped', async () => {
    const symbol = '币安人生USDT'
    const escaped = [...symbol].map((char) => (char > '~' ? `\\u${char.charCodeAt(0).toString(16)}` : char)).join('')
    const rows = Array.from(
      { length: 3_000 },
      (_, at) => `{"symbol": "${escaped}", "open_time_ms": ${START + at * 60_000}, "open":1.5,"high":2.5 ,"low":1.25,"close":2}`,
    )
    const path = file('universe-1m.json', `[${rows.join(' ,\n')}]`)
    const { tables } = await readKlines({ path, market: 'perp', kind: 'klines', symbol: undefined, interval: intervalOf('1m') })
    expect(tables.map((table) => [table.symbol, table.length, table.decimals])).toEqual([[symbol, 3_000, 2]])
  })
})

const data = join(process.env['AUTOTRADING_SHARED'] ?? join('..', 'shared'), 'data')
describe.skipIf(!existsSync(data))('recorded markets', () => {
  test('klines of the REST', async () => {
    const path = join(data, 'payloads/klines-1m-rest-2022-09-17.json')
    const { tables } = await klines(path)
    const rows = JSON.parse(readFileSync(path, 'utf8')) as (string | number)[][]
    expect([...tables[0].close]).toEqual(rows.map((row) => Number(row[4])))
    expect([...(tables[0].trades ?? [])]).toEqual(rows.map((row) => row[8]))
    expect(tables[0].length).toBe(516)
  })
})
