/** Trades from files of every layout, and what is refused. */
import { mkdtempSync, rmSync, writeFileSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InputError } from '../../core/errors.ts'
import { loadMarketData } from './load.ts'
import { readTrades } from './read-trades.ts'
import { cutTrades, joinTrades } from './trade-table.ts'
import type { TradeTable } from './trade-table.ts'
import type { Micros } from '../../core/time.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trades-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const put = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text)
  return path
}
const read = async (name: string, text: string): Promise<TradeTable> =>
  (await readTrades({ path: put(name, text), market: 'perp', symbol: 'BTCUSDT' })).table
async function refused(name: string, text: string): Promise<InputError> {
  const error: unknown = await read(name, text).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(InputError)
  return error as InputError
}
const rows = ({ id, time, price, qty, buyerIsMaker }: TradeTable): number[][] =>
  [...id].map((value, at) => [value, time[at] / 1_000, price[at], qty[at], buyerIsMaker[at]])

const T = 1_704_067_200_000
const EXPECTED = [
  [10, T, 0.25, 3, 0],
  [12, T + 1, 0.2505, 1.5, 1],
]

const LAYOUTS: readonly (readonly [string, string, 'trades' | 'aggTrades'])[] = [
  [
    'our.csv',
    `trade_id,price,quantity,time_ms,is_buyer_maker,recv_ms\n10,0.25,3.0,${T},false,${T}\n12,0.25050,1.5,${T + 1},true,${T + 5}\n`,
    'trades',
  ],
  [
    'agg.csv.gz',
    `agg_trade_id,price,quantity,first_trade_id,last_trade_id,time_ms,is_buyer_maker\n10,0.25,3,1,2,${T},False\n12,0.2505,1.5,3,3,${T + 1},True\n`,
    'aggTrades',
  ],
  ['archive-agg.csv', `10,0.25,3,1,2,${T},false\n12,0.2505,1.5,3,3,${T + 1},true\n`, 'aggTrades'],
  ['archive-spot-agg.csv', `10,0.25,3,1,2,${T}000,False,True\n12,0.2505,1.5,3,3,${T + 1}000,True,True\n`, 'aggTrades'],
  ['archive.csv', `10,0.25,3,0.75,${T},false\n12,0.2505,1.5,0.37575,${T + 1},true\n`, 'trades'],
  ['archive-spot.csv', `10,0.25,3,0.75,${T},False,True\n12,0.2505,1.5,0.37575,${T + 1},True,True\n`, 'trades'],
  [
    'header.csv',
    `id,price,qty,quote_qty,time,is_buyer_maker\n10,0.25,3,0.75,${T},false\n12,0.2505,1.5,0.37575,${T + 1},true\n`,
    'trades',
  ],
  [
    'rest.json',
    JSON.stringify([
      { a: 10, p: '0.25', q: '3', f: 1, l: 2, T, m: false },
      { a: 12, p: '0.2505', q: '1.5', f: 3, l: 3, T: T + 1, m: true },
    ]),
    'aggTrades',
  ],
  [
    'rest.jsonl.gz',
    `{"id":10,"price":"0.25","qty":"3","quoteQty":"0.75","time":${T},"isBuyerMaker":false}\n{"id":12,"price":0.2505,"qty":1.50,"quoteQty":"0.3","time":${T + 1},"isBuyerMaker":true}\n`,
    'trades',
  ],
  [
    'BTCUSDT-raw-x.jsonl',
    `${T}000000 {"stream":"btcusdt@trade","data":{"e":"trade","E":${T},"T":${T},"s":"BTCUSDT","t":10,"p":"0.25","q":"3","X":"MARKET","m":false}}\n${T}000001 {"u":1,"s":"BTCUSDT","b":"1","B":"1","a":"2","A":"1"}\n${T}000002 {"e":"trade","E":${T},"T":${T + 1},"s":"BTCUSDT","t":11,"p":"0","q":"0","X":"NA","m":false}\n${T}000002 {"e":"trade","E":${T + 1},"T":${T + 1},"s":"BTCUSDT","t":12,"p":"0.25050","q":"1.5","m":true}\n`,
    'trades',
  ],
]

describe('layouts', () => {
  test.each(LAYOUTS)('%s', async (name, text, kind) => {
    const table = await read(name, text)
    expect(rows(table)).toEqual(EXPECTED)
    expect([table.kind, table.decimals, table.qtyDecimals, table.symbol]).toEqual([kind, 4, 1, 'BTCUSDT'])
    expect(table.count && [...table.count]).toEqual(kind === 'aggTrades' ? [2, 1] : undefined)
  })
})

const HEADER = 'trade_id,price,quantity,time_ms,is_buyer_maker\n'
describe('checks', () => {
  test('repeated trades and placeholders count once and not at all, and are said', async () => {
    const path = put('twice.csv', `${HEADER}1,5,1,${T},true\n1,5,1,${T},true\n2,0.0,0.0,${T},true\n3,5,1,${T},false\n`)
    const { table, warnings } = await readTrades({ path, market: 'perp', symbol: 'BTCUSDT' })
    expect([...table.id]).toEqual([1, 3])
    expect(table.sources[0].rows).toBe(4)
    expect(warnings).toHaveLength(2)
  })

  test.each([
    ['', 'file-empty'],
    [HEADER, 'file-no-rows'],
    [`${HEADER}2,5,1,${T},true\n1,5,1,${T},true\n`, 'id-not-ascending'],
    [`${HEADER}1,5,1,${T},true\n2,5,1,${T - 1},true\n`, 'time-not-ascending'],
    [`${HEADER}1,5,1,${T},true\n1,6,1,${T},true\n`, 'row-contradicts'],
    [`${HEADER}1,5,0,${T},true\n`, 'price-not-positive'],
    [`${HEADER}1,x,1,${T},true\n`, 'not-a-number'],
    [`${HEADER}1.5,5,1,${T},true\n`, 'not-a-number'],
    [`${HEADER}1,5,1,${T},yes\n`, 'not-a-boolean'],
    [`${HEADER}1,5,1,${T}\n`, 'wrong-field-count'],
    [`${HEADER}1,5,1,${T}000,true\n`, 'time-unit'],
    ['price,quantity,time_ms\n5,1,1\n', 'header-missing-columns'],
    ['1,2,3\n', 'header-missing'],
    [`symbol,${HEADER}ETHUSDT,1,5,1,${T},true\n`, 'symbol-contradicts'],
  ])('%j is %s', async (text, code) => {
    expect((await refused('BTCUSDT-trades.csv', text)).code).toBe(code)
  })

  test('a damaged capture names its line', async () => {
    const good = `${T}000000 {"u":1,"s":"BTCUSDT","b":"1","B":"1","a":"2","A":"1"}\n`
    for (const bad of ['{"u":1}', '17 {}', `${T}000000 {"e":"trade"`, `${T}000000 {"e":"trade","t":1.5}`]) {
      const error = await refused('BTCUSDT-raw-y.jsonl', `${good}${bad}\n`)
      expect([error.code, error.where['line']]).toEqual(['capture-damaged', 2])
    }
  })
})

describe('series', () => {
  test('files that overlap are joined by id; differing ones are refused', async () => {
    const a = await read('a.csv', `${HEADER}1,5,1,${T},true\n2,5,2,${T + 1},true\n`)
    const b = await read('b.csv', `${HEADER}2,5,2,${T + 1},true\n5,6.5,2,${T + 9},false\n`)
    const joined = joinTrades([b, a])
    expect(rows(joined)).toEqual([
      [1, T, 5, 1, 1],
      [2, T + 1, 5, 2, 1],
      [5, T + 9, 6.5, 2, 0],
    ])
    expect([joined.decimals, joined.sources.length]).toEqual([1, 2])
    expect([...cutTrades(joined, ((T + 1) * 1_000) as Micros, ((T + 9) * 1_000) as Micros).id]).toEqual([2])
    const c = await read('c.csv', `${HEADER}2,5,3,${T + 1},true\n`)
    expect(() => joinTrades([a, c])).toThrow(/both have the BTCUSDT trade 2, but qty is 2/)
  })

  test('load gives trades only when they are asked for', async () => {
    const bars = put('BTCUSDT-1h.csv', `open_time_ms,open,high,low,close,volume\n${T},5,6,4,5,10\n`)
    const trades = put('BTCUSDT-trades-2024.csv', `${HEADER}1,5,1,${T},true\n`)
    const request = {
      data: [bars, trades],
      mark: [],
      funding: [],
      spot: [],
      symbols: undefined,
      interval: undefined,
      fillInterval: undefined,
    }
    expect((await loadMarketData(request)).trades.size).toBe(0)
    const data = await loadMarketData({ ...request, trades: true })
    expect([...data.trades].map(([symbol, { length }]) => [symbol, length])).toEqual([['BTCUSDT', 1]])
    expect(data.sources).toHaveLength(2)
  })
})

const data = join(process.env['AUTOTRADING_SHARED'] ?? join('..', 'shared'), 'data')
describe.skipIf(!existsSync(data))('recorded markets', () => {
  test('a capture holds the trades of the trade file of the same minutes', async () => {
    for (const [market, prefix] of [
      ['perp', ''],
      ['spot', 'SPOT-'],
    ] as const) {
      const file = { market, symbol: 'BTCUSDT' }
      const { table: raw } = await readTrades({ ...file, path: join(data, `depth/${prefix}BTCUSDT-raw-2024-08-08.jsonl.gz`) })
      const { table: csv } = await readTrades({ ...file, path: join(data, `trades/${prefix}BTCUSDT-trades-2024-08-08.csv.gz`) })
      expect(rows(raw)).toEqual(rows(csv))
      expect(raw.received?.map((micros) => Math.floor(micros / 1_000))).toEqual(csv.received?.map((micros) => micros / 1_000))
    }
  })
})
