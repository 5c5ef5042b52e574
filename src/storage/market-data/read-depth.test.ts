/** Recordings of the order book in every layout, message by message. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InputError } from '../../core/errors.ts'
import { summarizeDepth } from './depth-summary.ts'
import type { MarketRecord } from './market-record.ts'
import { readDepth } from './read-depth.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'depth-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const put = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
async function read(path: string): Promise<MarketRecord[]> {
  const records: MarketRecord[] = []
  await readDepth(path, (record) => void records.push(record))
  return records
}

const T = 1_704_067_200_000
const LEVELS =
  'TimestampOfReceive,EventType,EventTime,TransactionTime,Symbol,FirstUpdateId,FinalUpdateId,FinalUpdateIdInLastStream,IsAsk,Price,Quantity'
const level = (first: number, side: number, price: string): string =>
  `${T + 5},depthUpdate,${T + 1},${T},TRXUSDT,${first},${first + 4},${first - 1},${side},${price},10.0`

describe('layouts', () => {
  test('rows of levels: those of one update are one message', async () => {
    const path = put(
      'TRXUSDT-diff.csv',
      [LEVELS, level(1, 0, '0.10'), level(1, 1, '0.11'), level(6, 0, '0.1'), level(20, 1, '1'), ''].join('\n'),
    )
    const head = { kind: 'diff', received: (T + 5) * 1_000, time: T * 1_000, symbol: 'TRXUSDT' }
    expect(await read(path)).toEqual([
      { ...head, firstId: 1, finalId: 5, previousId: 0, bids: [['0.10', '10.0']], asks: [['0.11', '10.0']] },
      { ...head, firstId: 6, finalId: 10, previousId: 5, bids: [['0.1', '10.0']], asks: [] },
      { ...head, firstId: 20, finalId: 24, previousId: 19, bids: [], asks: [['1', '10.0']] },
    ])
    expect(await summarizeDepth(path)).toMatchObject({
      rows: 4,
      messages: { diff: 3 },
      breaks: 1,
      symbols: ['TRXUSDT'],
      first: T * 1_000,
    })
  })

  test('rows of snapshots, thin ones too', async () => {
    const header =
      'symbol,timestamp,local_timestamp,asks[0].price,asks[0].amount,bids[0].price,bids[0].amount,asks[1].price,asks[1].amount'
    const path = put('BTCUSDT-book.csv', `${header}\nBTCUSDT,${T}000,${T}010,2.50,1,2,3,,\n`)
    expect(await read(path)).toEqual([
      {
        kind: 'snapshot',
        received: T * 1_000 + 10,
        time: T * 1_000,
        symbol: 'BTCUSDT',
        finalId: undefined,
        bids: [['2', '3']],
        asks: [['2.50', '1']],
      },
    ])
  })

  test('aggregates, quotes and unknown messages in a capture', async () => {
    const lines = [
      { e: 'aggTrade', E: T, T, s: 'BTCUSDT', a: 5, p: '1.50', q: '2', f: 7, l: 9, m: true },
      { e: 'bookTicker', u: 8, s: 'BTCUSDT', b: '1', B: '2', a: '3', A: '4', T, E: T },
      { e: 'forceOrder', E: T },
      { lastUpdateId: 4, bids: [['1', '2']], asks: [] },
    ].map((message, at) => `${T}00000${at} ${JSON.stringify(message)}`)
    const path = put('BTCUSDT-raw-x.jsonl', lines.join('\n'))
    expect((await read(path)).map(({ kind }) => kind)).toEqual(['aggTrade', 'quote', 'snapshot'])
    expect((await summarizeDepth(path)).messages).toEqual({ aggTrade: 1, quote: 1, snapshot: 1, forceOrder: 1 })
  })

  test('what is none', async () => {
    for (const [text, code] of [
      ['a,b\n1,2\n', 'depth-layout'],
      ['', 'file-empty'],
      [`${LEVELS}\n`, 'file-empty'],
      [`${LEVELS}\n${level(1, 2, '1')}\n`, 'depth-damaged'],
      [`${LEVELS}\n${level(1, 0, 'x')}\n`, 'depth-damaged'],
    ]) {
      const error: unknown = await read(put('X-depth.csv', text)).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(InputError)
      expect((error as InputError).code).toBe(code)
    }
  })
})

const data = join(process.env['AUTOTRADING_SHARED'] ?? join('..', 'shared'), 'data/depth')
describe.skipIf(!existsSync(data))('recorded markets', () => {
  test('every recording is read, and no update is missing in any', async () => {
    for (const name of readdirSync(data).filter((file) => !file.includes('book1000'))) {
      const { breaks, messages, symbols } = await summarizeDepth(join(data, name))
      expect([name, breaks, symbols]).toEqual([name, 0, [/TRX/.test(name) ? 'TRXUSDT' : 'BTCUSDT']])
      expect(messages['diff'] ?? messages['snapshot']).toBeGreaterThan(5)
    }
  })
})
