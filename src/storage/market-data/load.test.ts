/** What a run gets from the paths of its command line, and what it is refused. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { InputError } from '../../core/errors.ts'
import { fromMs, intervalOf } from '../../core/time.ts'
import type { Micros } from '../../core/time.ts'
import { loadMarketData } from './load.ts'
import type { MarketData, MarketDataRequest } from './load.ts'

const START = 1_704_067_200_000
const MINUTES: Readonly<Record<string, number>> = { '1m': 1, '5m': 5, '1h': 60, '4h': 240, '8h': 480, '1d': 1_440 }

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'load-'))
})
afterEach(() => rmSync(root, { recursive: true }))

function put(path: string, text: string): string {
  const full = join(root, path)
  mkdirSync(dirname(full), { recursive: true })
  writeFileSync(full, path.endsWith('.gz') ? gzipSync(text) : text)
  return full
}

const timeOf = (interval: string, row: number): number => START + row * MINUTES[interval] * 60_000
/** Bars of rows [from, to). */
function bars(interval: string, from: number, to: number, price = 100, volume = true): string {
  const rows = Array.from({ length: to - from }, (_, at) => {
    const p = price + ((from + at) % 7)
    return `${timeOf(interval, from + at)},${p},${p},${p},${p}${volume ? ',5' : ''}`
  })
  return [`open_time_ms,open,high,low,close${volume ? ',volume' : ''}`, ...rows, ''].join('\n')
}
const funding = (...rates: string[]): string =>
  ['time_ms,rate,mark_price', ...rates.map((rate, at) => `${timeOf('8h', at)},${rate},`), ''].join('\n')

const load = (request: Partial<MarketDataRequest>): Promise<MarketData> =>
  loadMarketData({
    data: [root],
    mark: [],
    funding: [],
    spot: [],
    symbols: undefined,
    interval: undefined,
    fillInterval: undefined,
    ...request,
  })
async function refused(request: Partial<MarketDataRequest>): Promise<InputError> {
  const error: unknown = await load(request).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(InputError)
  return error as InputError
}
const shown = ({ bars: all }: MarketData): string[] =>
  [...all].map(([symbol, tables]) => `${symbol} ${tables.map((table) => `${table.interval?.name}:${table.length}`).join(' ')}`)
const at = (interval: string, row: number): Micros => fromMs(timeOf(interval, row))

describe('intervals', () => {
  test('a folder gives its single interval, or must be told which', async () => {
    put('klines/BTCUSDT-1h.csv.gz', bars('1h', 0, 10))
    put('klines/ETHUSDT-1h.csv', bars('1h', 0, 8))
    expect(shown(await load({}))).toEqual(['BTCUSDT 1h:10', 'ETHUSDT 1h:8'])
    put('klines/BTCUSDT-5m.csv', bars('5m', 0, 20))
    const error = await refused({})
    expect(error.code).toBe('many-intervals')
    expect(error.message).toContain('5m (1 files), 1h (2 files)')
    expect(shown(await load({ interval: intervalOf('1h') }))).toEqual(['BTCUSDT 1h:10', 'ETHUSDT 1h:8'])
    expect(shown(await load({ symbols: ['ETHUSDT'] }))).toEqual(['ETHUSDT 1h:8'])
  })

  test('--fill-interval adds finer files, the finest first', async () => {
    put('BTCUSDT-1h.csv', bars('1h', 0, 10))
    put('BTCUSDT-5m.csv', bars('5m', 0, 20))
    put('BTCUSDT-4h.csv', bars('4h', 0, 20))
    expect(shown(await load({ interval: intervalOf('1h'), fillInterval: intervalOf('5m') }))).toEqual(['BTCUSDT 5m:20 1h:10'])
    expect((await load({ interval: intervalOf('1h'), fillInterval: intervalOf('1m') })).warnings).toEqual([
      expect.stringContaining('1m'),
    ])
  })

  test('files named outright always count', async () => {
    put('BTCUSDT-1h.csv', bars('1h', 0, 10))
    const fine = put('fine/BTCUSDT-5m.csv', bars('5m', 0, 20))
    expect(shown(await load({ data: [root, fine], interval: intervalOf('1h') }))).toEqual(['BTCUSDT 5m:20 1h:10'])
  })

  test('a file whose name does not tell is told by its rows', async () => {
    put('BTCUSDT.csv', bars('4h', 0, 10))
    const loaded = await load({})
    expect(shown(loaded)).toEqual(['BTCUSDT 4h:10'])
    expect(loaded.warnings.join()).toContain('4h')
    const told = await load({ interval: intervalOf('4h') })
    expect([shown(told), told.warnings]).toEqual([['BTCUSDT 4h:10'], []])
    const single = put('BTCUSDT.csv', bars('4h', 0, 1))
    expect(shown(await load({ data: [single], interval: intervalOf('4h') }))).toEqual(['BTCUSDT 4h:1'])
  })

  test('a file that tells no symbol takes the one asked for', async () => {
    const file = put('prices.csv', bars('1h', 0, 5))
    expect((await refused({ data: [file] })).code).toBe('symbol-unknown')
    expect(shown(await load({ data: [file], symbols: ['ABCUSDT'] }))).toEqual(['ABCUSDT 1h:5'])
    expect(shown(await load({ data: [file], symbolFlag: 'XYZUSDT' }))).toEqual(['XYZUSDT 1h:5'])
  })
})

describe('joining', () => {
  test('files of one series are joined by time; their sources are sorted by path', async () => {
    put('BTCUSDT-1h-2024-02.csv', bars('1h', 6, 12))
    put('BTCUSDT-1h-2024-01.csv', bars('1h', 0, 8))
    const loaded = await load({})
    expect(shown(loaded)).toEqual(['BTCUSDT 1h:12'])
    expect(loaded.sources.map(({ path, rows }) => [basename(path), rows])).toEqual([
      ['BTCUSDT-1h-2024-01.csv', 8],
      ['BTCUSDT-1h-2024-02.csv', 6],
    ])
    expect(loaded.warnings).toEqual([])
    put('BTCUSDT-1h-2024-03.csv', bars('1h', 11, 13, 200))
    const error = await refused({})
    expect([error.code, error.where['time'], error.where['column']]).toEqual(['files-differ', '2024-01-01T11:00:00.000Z', 'open'])
  })

  test('a universe file and a file of one symbol are one series', async () => {
    const lines = bars('1d', 0, 5).split('\n')
    put(
      'universe-1d.csv.gz',
      [
        `symbol,${lines[0]}`,
        ...lines.slice(1, 6).map((line) => `BTCUSDT,${line}`),
        ...lines.slice(1, 3).map((line) => `ETHUSDT,${line}`),
        '',
      ].join('\n'),
    )
    put('BTCUSDT-1d.csv', bars('1d', 3, 7))
    expect(shown(await load({}))).toEqual(['BTCUSDT 1d:7', 'ETHUSDT 1d:2'])
    const loaded = await load({ symbols: ['ETHUSDT'] })
    expect(shown(loaded)).toEqual(['ETHUSDT 1d:2'])
    expect(loaded.sources.map(({ rows }) => rows)).toEqual([2])
  })

  test('gaps are warnings', async () => {
    put('BTCUSDT-1h-a.csv', bars('1h', 0, 3))
    put('BTCUSDT-1h-b.csv', bars('1h', 5, 8))
    const { warnings } = await load({})
    expect(warnings).toEqual([expect.stringContaining('2 bars are missing, the first at 2024-01-01T03:00:00.000Z')])
  })
})

describe('period', () => {
  test('from is inclusive, to exclusive, by open time', async () => {
    put('BTCUSDT-1h.csv', bars('1h', 0, 10))
    put('funding/BTCUSDT.csv', funding('0.0001', '0.0002', '0.0003'))
    const { bars: all, funding: rates } = await load({ from: at('1h', 2), to: at('1h', 9) })
    expect(Array.from(all.get('BTCUSDT')?.[0].openTime ?? [])).toEqual([2, 3, 4, 5, 6, 7, 8].map((row) => at('1h', row)))
    expect(Array.from(rates.get('BTCUSDT')?.rate ?? [])).toEqual([2_000_000])
  })

  test('without rows is refused, naming what there is', async () => {
    put('BTCUSDT-1h.csv', bars('1h', 0, 10))
    const error = await refused({ from: at('1h', 100), symbols: ['BTCUSDT'] })
    expect(error.code).toBe('period-empty')
    expect(error.message).toContain('2024-01-01T10:00:00.000Z')
  })
})

describe('side data', () => {
  test('come from the folders that are named for them, for the symbols that have bars', async () => {
    put('klines/BTCUSDT-1h.csv', bars('1h', 0, 10))
    put('klines/SPOT-BTCUSDT-1h.csv', bars('1h', 0, 9))
    put('mark/BTCUSDT-1h.csv', bars('1h', 0, 8, 100, false))
    put('mark/ETHUSDT-1h.csv', 'damaged')
    put('funding/BTCUSDT.csv', funding('0.0001', '-0.0002'))
    put('funding/ETHUSDT.csv', 'damaged')
    const { mark, spot, funding: rates, sources } = await load({})
    expect([...mark].map(([symbol, table]) => [symbol, table.kind, table.length])).toEqual([['BTCUSDT', 'mark', 8]])
    expect([...spot].map(([symbol, table]) => [symbol, table.market, table.length])).toEqual([['BTCUSDT', 'spot', 9]])
    expect([...rates].map(([symbol, table]) => [symbol, ...table.rate])).toEqual([['BTCUSDT', 1_000_000, -2_000_000]])
    expect(sources).toHaveLength(4)
  })

  test('a mark series of the interval of the bars is preferred; a folder of its own gives any', async () => {
    const klines = put('klines/BTCUSDT-1h.csv', bars('1h', 0, 10))
    put('mark/BTCUSDT-1h.csv', bars('1h', 0, 8, 100, false))
    put('mark/BTCUSDT-8h.csv', 'not opened')
    expect((await load({ data: [klines], mark: [join(root, 'mark')] })).mark.get('BTCUSDT')?.interval?.name).toBe('1h')
    rmSync(join(root, 'mark/BTCUSDT-1h.csv'))
    put('mark/BTCUSDT-8h.csv', bars('8h', 0, 8, 100, false))
    expect((await load({ data: [klines], mark: [join(root, 'mark')] })).mark.get('BTCUSDT')?.interval?.name).toBe('8h')
    expect((await load({})).mark.size).toBe(0)
  })

  test('a series without volume is a mark series and never traded', async () => {
    const klines = put('BTCUSDT-1h.csv', bars('1h', 0, 10))
    const prices = put('other/BTCUSDT-1h.csv', bars('1h', 0, 6, 100, false))
    const { bars: all, mark, warnings } = await load({ data: [klines, prices] })
    expect([all.get('BTCUSDT')?.[0].length, mark.get('BTCUSDT')?.length]).toEqual([10, 6])
    expect(warnings).toEqual([expect.stringContaining('not traded')])
    expect((await refused({ data: [prices] })).message).toContain('never traded')
  })
})

describe('what is needed', () => {
  test('only needed files are opened', async () => {
    put('klines/BTCUSDT-1h.csv', bars('1h', 0, 10))
    for (const name of [
      'klines/ETHUSDT-1h.csv',
      'klines/BTCUSDT-4h.csv',
      'klines/universe-4h.csv',
      'mark/ETHUSDT-1h.csv',
      'mark/BTCUSDT-4h.csv',
      'funding/ETHUSDT.csv',
      'trades/BTCUSDT-trades-2024.csv',
    ])
      put(name, 'damaged')
    const opened: string[] = []
    const loaded = await load({
      symbols: ['BTCUSDT'],
      interval: intervalOf('1h'),
      onProgress: ({ path }) => opened.push(basename(path)),
    })
    expect(shown(loaded)).toEqual(['BTCUSDT 1h:10'])
    expect(opened).toEqual(['BTCUSDT-1h.csv'])
    expect(loaded.skipped).toHaveLength(6)
  })

  test('trades of a folder drive nothing; where there is nothing else, it is said that their files have to be named', async () => {
    put('trades/BTCUSDT-trades-2024.csv', 'trade_id,price,quantity,time_ms,is_buyer_maker\n1,100,1,1704067200000,true\n')
    const error = await refused({ trades: 'named', interval: intervalOf('1m') })
    expect(error.code).toBe('no-bars')
    expect(error.next).toMatch(/only when their files are named, like .*BTCUSDT-trades-2024\.csv/)
    expect((await refused({ interval: intervalOf('1m') })).next).not.toContain('trades')
  })

  test('a symbol without data is refused with the list of those that exist', async () => {
    put('BTCUSDT-1h.csv', bars('1h', 0, 10))
    put('ETHUSDT-4h.csv', bars('4h', 0, 10))
    const error = await refused({ symbols: ['BTCUSDT', 'XRPUSDT'] })
    expect(error.code).toBe('symbol-not-found')
    expect(error.message).toContain('BTCUSDT, ETHUSDT')
    expect((await refused({ symbols: ['ETHUSDT'], interval: intervalOf('1h') })).message).toContain('4h')
  })

  test('damage in a needed file stops everything; the first file by path is named', async () => {
    put('AUSDT-1h.csv', bars('1h', 0, 4_000))
    put('BUSDT-1h.csv', bars('1h', 0, 4_000).replace('1704078000000,103', '1704078000000,x'))
    put('CUSDT-1h.csv', 'damaged')
    expect((await refused({})).where).toMatchObject({ file: join(root, 'BUSDT-1h.csv'), line: 5, column: 'open' })
  })

  test('a folder without klines', async () => {
    put('funding/BTCUSDT.csv', funding('0.0001'))
    expect((await refused({})).code).toBe('no-bars')
    expect((await refused({ interval: intervalOf('1h') })).message).toContain('1h')
  })
})

describe('what is not read', () => {
  test('files of other months, as long as some of the series are of the period', async () => {
    put('k/BTCUSDT-1h-2023-12.csv', 'x')
    put('k/BTCUSDT-1h-2024-01.csv', bars('1h', 0, 100))
    put('k/BTCUSDT-1h-2024-03.csv', 'x')
    const data = await load({ from: at('1h', 50), to: at('1h', 60) })
    expect(shown(data)).toEqual(['BTCUSDT 1h:10'])
    expect(data.skipped.map(({ path, reason }) => `${basename(path)} ${reason}`)).toEqual([
      'BTCUSDT-1h-2023-12.csv outside of the period',
      'BTCUSDT-1h-2024-03.csv outside of the period',
    ])
    expect((await refused({ from: at('1h', 5_000), data: [join(root, 'k/BTCUSDT-1h-2024-01.csv')] })).code).toBe('period-empty')
  })

  test('what would not fit into memory is refused with its size', async () => {
    put('BTCUSDT-1h.csv', bars('1h', 0, 1_000))
    const error = await refused({ memoryLimitBytes: 50_000 })
    expect(error.code).toBe('data-too-large')
    expect(error.next).toContain('--from')
    expect(error.where['bytes']).toBeGreaterThan(100_000)
    expect(shown(await load({ memoryLimitBytes: 1e6 }))).toEqual(['BTCUSDT 1h:1000'])
  })
})

const data = join(process.env['AUTOTRADING_SHARED'] ?? join('..', 'shared'), 'data')

describe('the shared folder', () => {
  test.skipIf(!existsSync(data))('of one symbol only its files are read', async () => {
    const loaded = await load({ data: [data], symbols: ['BTCUSDT'], interval: intervalOf('1h') })
    expect(shown(loaded)).toEqual(['BTCUSDT 1h:50935'])
    expect([loaded.mark.get('BTCUSDT')?.length, loaded.funding.get('BTCUSDT')?.length]).toEqual([48_397, 6_362])
    expect(loaded.sources).toHaveLength(3)
    expect(loaded.bars.get('BTCUSDT')?.[0].decimals).toBe(2)
  })

  test.skipIf(!existsSync(data))('daily universe and files agree where they overlap', async () => {
    const loaded = await load({ data: [join(data, 'klines')], interval: intervalOf('1d') })
    expect(loaded.bars.size).toBe(397)
    expect(loaded.bars.get('BTCUSDT')?.[0].length).toBe(538)
  })
})
