/** The catalog: what goes in comes out digit by digit, once, whole, and whatever happens in between. */
import fc from 'fast-check'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { InputError } from '../../core/errors.ts'
import { fromMs, intervalOf } from '../../core/time.ts'
import { readKlines } from '../market-data/read-klines.ts'
import { scanPaths } from '../market-data/scan.ts'
import { commit, openStaging } from './commit.ts'
import { exportBars } from './export-bars.ts'
import { exportSeries } from './export.ts'
import { importFiles } from './import.ts'
import type { ImportResult } from './import.ts'
import { withLock } from './lock.ts'
import { readManifest } from './manifest.ts'
import { chooseSeries, openCatalog } from './query.ts'
import type { SeriesChoice } from './query.ts'
import { pictureOf, summarize } from './show.ts'

let root = ''
let folder = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'catalog-'))
  folder = join(root, 'catalog')
})
afterEach(() => rmSync(root, { recursive: true }))

function put(path: string, text: string): string {
  const full = join(root, path)
  mkdirSync(dirname(full), { recursive: true })
  writeFileSync(full, path.endsWith('.gz') ? gzipSync(text) : text)
  return full
}
async function load(...paths: string[]): Promise<ImportResult> {
  const { files } = await scanPaths({ data: paths, mark: [], funding: [], spot: [] })
  return importFiles({ folder, files, symbolFlag: undefined, intervalFlag: undefined, onProgress: () => undefined })
}
const added = ({ files }: ImportResult): number => files.reduce((sum, file) => sum + file.added, 0)

const ANY: SeriesChoice = { symbol: undefined, kind: undefined, interval: undefined, market: undefined }
async function out(name: string, choice: Partial<SeriesChoice> = {}, from?: number, to?: number): Promise<string> {
  const series = chooseSeries(await openCatalog(folder), { ...ANY, ...choice })
  const path = join(root, name)
  rmSync(path, { force: true })
  mkdirSync(dirname(path), { recursive: true })
  const moment = (ms: number | undefined) => (ms === undefined ? undefined : fromMs(ms))
  await exportSeries({ folder, series, from: moment(from), to: moment(to), path })
  return path
}
const textOf = (path: string): string =>
  (path.endsWith('.gz') ? gunzipSync(readFileSync(path)) : readFileSync(path)).toString('utf8')

/** Every file of the catalog with its bytes. */
function state(): Map<string, string> {
  const files = new Map<string, string>()
  for (const name of readdirSync(folder, { recursive: true }) as string[])
    if (statSync(join(folder, name)).isFile()) files.set(name, readFileSync(join(folder, name)).toString('base64'))
  return files
}

const START = 1_704_067_200_000
const HOUR = 3_600_000
const HEADER = 'open_time_ms,open,high,low,close,volume,quote_volume,trades,taker_buy_base'
const row = (at: number, price = '100.50'): string => `${START + at * HOUR},${price},${price},${price},${price},5.0,,7,`
const bars = (...rows: string[]): string => `${[HEADER, ...rows].join('\n')}\n`

describe('digits', () => {
  const decimal = fc
    .tuple(fc.bigInt({ min: 1n, max: 10n ** 14n }), fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 3 }))
    .map(([units, scale, zeros]) => {
      const digits = units.toString().padStart(scale + 1, '0')
      const whole = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`
      return zeros === 0 ? whole : `${whole}${scale === 0 ? '.' : ''}${'0'.repeat(zeros)}`
    })
  const bar = fc.record({ price: decimal, volume: decimal, quote: fc.option(decimal) })

  test('whatever the pieces and their order, the rows come out as they went in, and in again they change nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(bar, { minLength: 3, maxLength: 12 }),
        fc.nat(7),
        fc.integer({ min: 1, max: 8 }),
        async (drawn, from, to) => {
          rmSync(folder, { recursive: true, force: true })
          const rows = drawn.map(({ price, volume, quote }, at) => {
            const time = START + at * HOUR + (at > 5 ? 31 * 24 * HOUR : 0)
            return `${time},${price},${price},${price},${price},${volume},${quote ?? ''},${at},`
          })
          // Pieces that overlap or leave out rows, in any order, the last one whole.
          for (const [name, own] of Object.entries({ a: rows.slice(from), b: rows.slice(0, to), c: rows }))
            await load(put(`${name}/BTCUSDT-1h.csv`, bars(...own)))
          const exported = await out('BTCUSDT-1h.csv')
          expect(textOf(exported)).toBe(bars(...rows))
          const before = state()
          for (const name of ['BTCUSDT-1h.csv.gz', 'BTCUSDT-1h.jsonl.gz', 'BTCUSDT-1h.parquet']) {
            expect(added(await load(await out(`again/${name}`)))).toBe(0)
          }
          const after = state()
          before.delete('catalog.json')
          after.delete('catalog.json')
          expect(after).toEqual(before)
        },
      ),
      { numRuns: 2, endOnFailure: true },
    )
  })

  test('an export in every format holds every digit', async () => {
    const rows = [row(0, '100.50'), row(1, '100.5'), row(2, '12345678901234567890.10'), row(3, '0.000000012300')]
    await load(put('BTCUSDT-1h.csv', bars(...rows)))
    for (const name of ['BTCUSDT-1h.jsonl', 'BTCUSDT-1h.parquet']) {
      const path = await out(`x/${name}`)
      rmSync(folder, { recursive: true })
      await load(path)
      expect(textOf(await out('y.csv')), name).toBe(bars(...rows))
    }
  })

  test('funding and trades keep their own times and digits', async () => {
    const funding = `time_ms,rate,mark_price\n${START + 7},-0.00010000,42000.50\n${START + 8 * HOUR},0.0001,\n`
    const trades = `trade_id,price,quantity,time_ms,is_buyer_maker,recv_ms\n7,1.50,3.0,${START},true,${START + 4}\n9,1.5,0.25,${START + 1},false,\n`
    const micros = `trade_id,price,quantity,time_us,is_buyer_maker\n7,1.50,3.0,${START}001,true\n`
    await load(
      put('funding/BTCUSDT.csv', funding),
      put('trades/BTCUSDT-trades-x.csv', trades),
      put('trades/SPOT-BTCUSDT-trades-x.csv', micros),
    )
    expect(textOf(await out('f.csv', { kind: 'funding' }))).toBe(funding)
    expect(textOf(await out('t.csv', { kind: 'trades', market: 'perp' }))).toBe(trades)
    expect(textOf(await out('m.csv', { kind: 'trades', market: 'spot' }))).toBe(micros)
    // Stamped otherwise within the minute, it is the same settlement.
    expect(added(await load(put('b/funding/BTCUSDT.csv', funding.replace(String(START + 7), String(START + 2)))))).toBe(0)
  })
})

describe('joining', () => {
  test('the same file, and the same rows, change nothing; new rows and empty fields come in', async () => {
    const path = put('a/BTCUSDT-1h.csv', bars(row(0), row(1), row(5)))
    expect(added(await load(path))).toBe(3)
    const before = state()
    const again = await load(path)
    expect([added(again), again.files[0].known]).toEqual([0, true])
    expect(state()).toEqual(before)
    expect(added(await load(put('b/BTCUSDT-1h.csv', bars(row(1, '100.5'), row(2), row(5)))))).toBe(1)
    await load(put('c/BTCUSDT-1h.csv', bars(row(0).replace(',,', ',50,'))))
    expect(textOf(await out('x.csv'))).toBe(bars(row(0).replace(',,', ',50,'), row(1), row(2), row(5)))
    const [series] = (await openCatalog(folder)).series
    expect(summarize(series)).toMatchObject({ rows: 4, gaps: 1, missing: 2, partitions: 1 })
    expect(series.partitions[0].sources).toHaveLength(3)
    const { gaps, firstRows, statistics } = await pictureOf(folder, series, 1)
    expect(gaps).toEqual([{ fromMs: START + 3 * HOUR, toMs: START + 5 * HOUR, bars: 2 }])
    expect([firstRows[0]['open'], statistics['withoutVolume']]).toEqual(['100.50', 0])
  })

  test('a row that differs is named, and nothing of its file comes in', async () => {
    await load(put('a/BTCUSDT-1h.csv', bars(row(0), row(1))))
    const before = state()
    const error: unknown = await load(put('b/BTCUSDT-1h.csv', bars(row(1, '100.51'), row(2)))).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(InputError)
    expect((error as InputError).message).toMatch(
      /2024-01-01T01:00:00.000Z of klines BTCUSDT 1h, but open is 100.51 in the file and 100.50 in the catalog/,
    )
    expect(state()).toEqual(before)
  })

  test('trades whose times do not follow their ids are refused', async () => {
    const trades = (...rows: string[]): string => `trade_id,price,quantity,time_ms,is_buyer_maker\n${rows.join('\n')}\n`
    await load(put('a/BTCUSDT-trades-1.csv', trades(`7,1,1,${START + 5},true`)))
    const before = state()
    await expect(load(put('b/BTCUSDT-trades-1.csv', trades(`9,1,1,${START + 4},true`)))).rejects.toThrow(
      /the trade 9 of trades BTCUSDT/,
    )
    expect(state()).toEqual(before)
    expect(added(await load(put('c/BTCUSDT-trades-1.csv', trades(`9,1,1,${START + 6},true`))))).toBe(1)
  })

  test('damage at the end of a file leaves nothing of it', async () => {
    await load(put('a/BTCUSDT-1h.csv', bars(row(0))))
    const before = state()
    for (const bad of [`${bars(row(1), row(2))}x`, bars(row(1), row(1)), `${bars(row(1))}${START}`])
      await expect(load(put('b/BTCUSDT-1h.csv', bad))).rejects.toThrow(InputError)
    expect(state()).toEqual(before)
  })

  test('a universe file becomes a series a symbol, bars without volume a mark series', async () => {
    const universe = 'symbol,open_time_ms,open,high,low,close,volume\n'
    await load(
      put('universe-1h.csv', `${universe}AAUSDT,${START},1,1,1,1,5\nBBUSDT,${START},2,2,2,2,6\n`),
      put('mark/AAUSDT-1h.csv', `open_time_ms,open,high,low,close\n${START},1,1,1,1\n`),
    )
    const { series } = await openCatalog(folder)
    expect(series.map(({ kind, symbol, interval }) => `${kind} ${symbol} ${interval}`)).toEqual([
      'klines AAUSDT 1h',
      'klines BBUSDT 1h',
      'mark AAUSDT 1h',
    ])
    expect(() => chooseSeries({ schema: 'autotrading.catalog/1', series, files: [] }, { ...ANY, symbol: 'AAUSDT' })).toThrow(
      /2 series fit/,
    )
    expect(() => chooseSeries({ schema: 'autotrading.catalog/1', series, files: [] }, { ...ANY, symbol: 'ABUSDT' })).toThrow(
      /not in the catalog/,
    )
  })

  test('a partition is a file of bars like any other', async () => {
    const path = put('BTCUSDT-1h.csv', bars(row(0, '100.50'), row(1, '7.125')))
    await load(path)
    const file = { market: 'perp', kind: 'klines', symbol: 'BTCUSDT', interval: intervalOf('1h') } as const
    const mine = await readKlines({ ...file, path })
    const theirs = await readKlines({ ...file, path: join(folder, 'klines/BTCUSDT/1h/BTCUSDT-1h-2024-01.parquet') })
    expect({ ...theirs.tables[0], sources: [] }).toEqual({ ...mine.tables[0], sources: [] })
    expect(theirs.warnings).toEqual([])
  })

  test('a period, and bars out of trades', async () => {
    await load(put('BTCUSDT-1h.csv', bars(row(0), row(1), row(2))))
    expect(textOf(await out('p.csv', {}, START + HOUR, START + 2 * HOUR))).toBe(bars(row(1)))
    await expect(out('q.csv', {}, START + 3 * HOUR)).rejects.toThrow(/no rows in the period/)
    expect(existsSync(join(root, 'q.csv'))).toBe(false)
    const series = chooseSeries(await openCatalog(folder), ANY)
    const request = { folder, series, from: undefined, to: undefined }
    expect(await exportBars({ ...request, path: join(root, 'SPOT-B-4h.csv') }, intervalOf('4h'))).toBe(1)
    expect(textOf(join(root, 'SPOT-B-4h.csv'))).toBe(`${HEADER}\n${START},100.5,100.5,100.5,100.5,15,,21,\n`)
    expect(await exportBars({ ...request, path: join(root, 'b.parquet') }, intervalOf('4h'))).toBe(1)
    await expect(exportBars({ ...request, path: join(root, 'b.csv') }, intervalOf('1w'))).rejects.toThrow(/cannot be built/)
  })
})

describe('writers', () => {
  test('one at a time; the lock of a dead one is taken over', async () => {
    const path = put('BTCUSDT-1h.csv', bars(row(0)))
    const both = await Promise.allSettled([load(path), load(path)])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    const codes = both.map((one) => (one.status === 'rejected' ? (one.reason as InputError).code : undefined))
    expect(codes).toContain('catalog-locked')
    writeFileSync(join(folder, '.lock'), '999999999\n')
    expect(await withLock(folder, async () => Promise.resolve('mine'))).toBe('mine')
    expect(existsSync(join(folder, '.lock'))).toBe(false)
  })

  test('a commit that was cut off is brought to its end, anything else of an interrupted writer is thrown away', async () => {
    await load(put('BTCUSDT-1h.csv', bars(row(0))))
    const manifest = await openCatalog(folder)
    const staging = await openStaging(folder)
    writeFileSync(join(staging, '1.parquet'), 'new')
    // What a writer leaves that dies between its plan and the last move.
    const plan = {
      moves: [
        ['1.parquet', 'klines/x.parquet'],
        ['2.parquet', 'klines/y.parquet'],
      ],
      manifest: JSON.stringify({ ...manifest, files: [] }),
    }
    writeFileSync(join(staging, 'commit.json'), JSON.stringify(plan).replaceAll('"interval":"1h"', '"interval":"1h"'))
    await openStaging(folder)
    expect(readFileSync(join(folder, 'klines/x.parquet'), 'utf8')).toBe('new')
    expect((await readManifest(folder))?.files).toEqual([])
    expect(readdirSync(join(folder, '.staging'))).toEqual([])
    await commit(folder, [], manifest)
    expect((await readManifest(folder))?.files).toHaveLength(1)
  })

  test('a list that is none is refused', async () => {
    await expect(openCatalog(folder)).rejects.toThrow(/there is no catalog/)
    mkdirSync(folder)
    writeFileSync(join(folder, 'catalog.json'), '{"schema":')
    await expect(openCatalog(folder)).rejects.toThrow(/no list of a catalog/)
  })
})
