/** Generated files as their readers see them: bars that a backtest loads, trades that give those bars, captures with those trades. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { intervalOf, parseTime } from '../../core/time.ts'
import { barsOfTrades } from '../../storage/market-data/build-bars.ts'
import { loadMarketData } from '../../storage/market-data/load.ts'
import type { MarketRecord, TradeMessage } from '../../storage/market-data/market-record.ts'
import { readCapture } from '../../storage/market-data/read-capture.ts'
import { readKlines } from '../../storage/market-data/read-klines.ts'
import { readTrades } from '../../storage/market-data/read-trades.ts'
import type { SynthRequest } from './request.ts'
import { fixedText } from './row-file.ts'
import { synthesize } from './synthesize.ts'
import type { SynthResult } from './synthesize.ts'

const folder = mkdtempSync(join(tmpdir(), 'autotrading-synth-'))
afterAll(() => rmSync(folder, { recursive: true }))
let folders = 0

const hooks = { signal: new AbortController().signal, onProgress: () => undefined }
const REQUEST: Omit<SynthRequest, 'out'> = {
  kind: 'bars',
  seed: 3,
  symbols: ['SYNAUSDT', 'DOGEUSDT'],
  origin: parseTime('2024-01-01T22:00'),
  from: parseTime('2024-01-01T22:00'),
  to: parseTime('2024-01-02T00:20'),
  interval: intervalOf('1m'),
  format: 'csv.gz',
  fundingHours: new Map(),
}

async function made(over: Partial<SynthRequest> = {}): Promise<SynthResult & { readonly out: string }> {
  const out = join(folder, String((folders += 1)))
  mkdirSync(out)
  return { ...(await synthesize({ ...REQUEST, out, ...over }, hooks)), out: over.out ?? out }
}

const text = (path: string): string => gunzipSync(readFileSync(path)).toString()
const load = (out: string, over = {}): ReturnType<typeof loadMarketData> =>
  loadMarketData({
    data: [out],
    mark: [],
    funding: [],
    spot: [],
    symbols: undefined,
    interval: undefined,
    fillInterval: undefined,
    ...over,
  })

describe('bars', () => {
  it('are what a backtest loads: no gap, no warning, marks and funding beside them', async () => {
    const { out, files } = await made()
    const data = await load(out)
    expect(data.warnings).toEqual([])
    expect([...data.bars.keys()]).toEqual(['DOGEUSDT', 'SYNAUSDT'])
    for (const symbol of REQUEST.symbols) {
      expect(data.bars.get(symbol)?.[0].length).toBe(140)
      expect(data.mark.get(symbol)?.length).toBe(140)
      const funding = data.funding.get(symbol)
      expect(funding?.length).toBe(1)
      expect(funding?.time[0]).toBe(parseTime('2024-01-02'))
      expect(funding?.mark[0]).toBe(Math.round((data.mark.get(symbol)?.open[120] ?? 0) * 1e8))
    }
    expect(files).toHaveLength(6)
    expect(files.find(({ kind, symbol }) => kind === 'klines' && symbol === 'DOGEUSDT')).toMatchObject({ rows: 140 })
  })

  it('are the same bytes each time, and a longer period begins with the shorter', async () => {
    const [once, again, longer] = [
      await made(),
      await made(),
      await made({ to: parseTime('2024-01-02T05:00'), symbols: ['SYNAUSDT'] }),
    ]
    expect(again.files).toEqual(once.files)
    for (const kind of ['klines/SYNAUSDT-1m', 'mark/SYNAUSDT-1m', 'funding/SYNAUSDT']) {
      const short = text(join(once.out, `${kind}.csv.gz`))
      expect(text(join(longer.out, `${kind}.csv.gz`)).slice(0, short.length)).toBe(short)
    }
  })

  it('of a later part of the market are those of the whole one', async () => {
    const whole = text(join((await made()).out, 'klines/SYNAUSDT-1m.csv.gz'))
    const part = text(join((await made({ from: parseTime('2024-01-01T23:59:30') })).out, 'klines/SYNAUSDT-1m.csv.gz'))
    expect(part.split('\n').slice(1)).toEqual(whole.split('\n').slice(121))
  })

  it('of longer intervals are joined from the minutes; the last is whole', async () => {
    const { out } = await made({ interval: intervalOf('30m'), from: parseTime('2024-01-01T22:10') })
    const bars = (await load(out)).bars.get('SYNAUSDT')?.[0]
    expect([...(bars?.openTime ?? [])]).toEqual(
      ['22:30', '23:00', '23:30'].map((at) => parseTime(`2024-01-01T${at}`)).concat(parseTime('2024-01-02')),
    )
    const { out: minutes } = await made({ to: parseTime('2024-01-02T00:30') })
    const fine = (await load(minutes)).bars.get('SYNAUSDT')?.[0]
    expect(bars?.close[3]).toBe(fine?.close.at(-1))
    expect(bars?.high[0]).toBe(Math.max(...(fine?.high.subarray(30, 60) ?? [])))
  })

  it('hold the same numbers in every format', async () => {
    const tables = []
    for (const format of ['csv.gz', 'jsonl', 'parquet'] as const) {
      const { out } = await made({ format, symbols: ['DOGEUSDT'] })
      const path = join(out, `klines/DOGEUSDT-1m.${format}`)
      const { tables: read } = await readKlines({
        path,
        market: 'perp',
        symbol: 'DOGEUSDT',
        kind: 'klines',
        interval: REQUEST.interval,
      })
      tables.push({ ...read[0], sources: [] })
    }
    expect(tables[1]).toEqual(tables[0])
    expect(tables[2]).toEqual(tables[0])
  })
})

describe('trades and captures', () => {
  it('give exactly the bars of the same seed, and hold the same trades', async () => {
    const symbols = ['SYNCUSDT', 'DOGEUSDT']
    const period = {
      symbols,
      origin: parseTime('2024-01-01T23:52'),
      from: parseTime('2024-01-01T23:52'),
      to: parseTime('2024-01-02T00:06'),
    }
    const captured = parseTime('2024-01-02T00:04')
    const { out } = await made(period)
    await made({ ...period, kind: 'ticks', out })
    await made({ ...period, kind: 'depth', out, to: captured })
    for (const symbol of symbols) {
      const tables = []
      for (const day of ['2024-01-01', '2024-01-02']) {
        const { table } = await readTrades({ path: join(out, `trades/${symbol}-trades-${day}.csv.gz`), market: 'perp', symbol })
        tables.push(table)
        const records: MarketRecord[] = []
        await readCapture(join(out, `depth/${symbol}-raw-${day}.jsonl.gz`), (record) => void records.push(record))
        const trades = records.filter((record): record is TradeMessage => record.kind === 'trade')
        const rows = trades.map(({ id, price, qty, time, buyerIsMaker }) =>
          [id, Number(price), Number(qty), time, Number(buyerIsMaker)].join(),
        )
        const { id, price, qty, time, buyerIsMaker } = table
        const until = day === '2024-01-01' ? table.length : time.filter((at) => at < captured).length
        expect(rows).toEqual(Array.from({ length: until }, (_, i) => [id[i], price[i], qty[i], time[i], buyerIsMaker[i]].join()))
        expect(records.filter(({ kind }) => kind === 'snapshot')).toHaveLength(1)
      }
      expect(tables[1].id[0]).toBe((tables[0].id.at(-1) ?? 0) + 1)
      const bars = (await load(out, { symbols: [symbol] })).bars.get(symbol)?.[0]
      const rebuilt = tables.map((table) => barsOfTrades(table, intervalOf('1m')))
      for (const column of ['openTime', 'open', 'high', 'low', 'close', 'volume', 'trades', 'takerBuyBase'] as const)
        expect([...(rebuilt[0][column] ?? []), ...(rebuilt[1][column] ?? [])], column).toEqual([...(bars?.[column] ?? [])])
    }
  })
})

describe('the folder', () => {
  it('keeps what is not ours, and lets go of what is', async () => {
    const out = join(folder, 'kept')
    mkdirSync(join(out, 'klines'), { recursive: true })
    const foreign = join(out, 'klines/SYNAUSDT-1m.csv.gz')
    writeFileSync(foreign, 'mine')
    await expect(made({ out })).rejects.toThrow(/exists and was not made by this command/)
    expect(readFileSync(foreign, 'utf8')).toBe('mine')
    rmSync(foreign)
    const { files } = await made({ out })
    expect((await made({ out })).files).toEqual(files)
    const marker = readFileSync(join(out, 'SYNTHETIC.CHECKSUM'), 'utf8')
    for (const { path, sha256 } of files) expect(marker).toContain(`${sha256}  ${path}\n`)
  })

  it('has no half-written file after an interrupt, in any format', async () => {
    for (const over of [{}, { format: 'parquet' }, { kind: 'ticks' }, { kind: 'depth' }] as const) {
      const out = join(folder, `interrupted-${(folders += 1)}`)
      mkdirSync(out)
      const stop = new AbortController()
      const long = { ...REQUEST, out, to: parseTime('2024-02-01'), ...over }
      const work = synthesize(long, { signal: stop.signal, onProgress: (done) => done > 0 && stop.abort() })
      await expect(work).rejects.toMatchObject({ fault: 'interrupted' })
      const names = readdirSync(out, { recursive: true, encoding: 'utf8' })
      expect(names.filter((name) => name.includes('.tmp'))).toEqual([])
      expect(names.some((name) => /klines\/.*gz|parquet/.test(name))).toBe(false)
    }
  })

  it('says so when the disk does not take it', async () => {
    const out = join(folder, 'a-file')
    writeFileSync(out, '')
    await expect(made({ out })).rejects.toMatchObject({ fault: 'outside' })
    expect(existsSync(join(out, 'klines'))).toBe(false)
  })
})

it('numbers are written with all their decimals', () => {
  expect([fixedText(5, 2), fixedText(-5, 3), fixedText(1_234_567, 4), fixedText(7, 0), fixedText(0, 1)]).toEqual([
    '0.05',
    '-0.005',
    '123.4567',
    '7',
    '0.0',
  ])
})
