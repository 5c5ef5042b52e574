import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { BacktestDocument } from '../../src/backtest/result.ts'
import { naiveEmaCross } from '../twins/naive-ema-cross.ts'
import type { EmaCrossBar } from '../twins/naive-ema-cross.ts'
import { randomWalk } from '../twins/random-walk.ts'
import { loadFiles, runLoaded, UNBOUND } from './run-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'autotrading-ema-cross-'))
afterAll(() => rmSync(folder, { recursive: true }))

const CAPITAL = '10000000'
const TAKER_FEE = '0.0005'

/** The engine and the slow recomputation over the same files; they have to agree in everything that both know. */
async function compare(
  path: string,
  symbol: string | undefined,
  given: Readonly<Record<string, number>> = {},
): Promise<BacktestDocument> {
  const params = { fast: 20, slow: 100, atr: 14, mult: 3, ...given }
  const loaded = await loadFiles({ data: [path], ...settings(symbol) })
  const [{ table }] = loaded.prepared.symbols
  const qty = quantityFor(table.close[table.length - 1])
  const texts = Object.entries({ ...params, qty }).map(([name, value]) => `${name}=${value}`)
  const { document } = await runLoaded(loaded, { strategy: 'ema-cross', params: texts })

  const bars = Array.from({ length: table.length }, (_, i): EmaCrossBar => ({
    openTimeMs: table.openTime[i] / 1_000,
    open: table.open[i],
    high: table.high[i],
    low: table.low[i],
    close: table.close[i],
  }))
  const twin = naiveEmaCross(bars, {
    ...params,
    qty,
    symbol: table.symbol,
    tick: document.manifest.instruments[0].tickSize,
    takerFee: TAKER_FEE,
    capital: CAPITAL,
    intervalMs: loaded.prepared.interval.length / 1_000,
  })
  expect(document.trades).toMatchObject(twin.trades)
  expect(document.summary).toMatchObject({
    finalEquity: twin.finalEquity,
    fees: twin.fees,
    fills: twin.fills,
    trades: twin.trades.length,
    liquidations: 0,
  })
  expect(document.warnings.some((text) => text.includes('decided on the last bar was dropped'))).toBe(twin.droppedLastOrder)
  expect(document.warnings.filter((text) => text.includes('refused'))).toEqual([])
  return document
}

const settings = (symbol: string | undefined): Pick<Parameters<typeof loadFiles>[0], 'set' | 'options'> => ({
  set: UNBOUND,
  options: {
    capital: CAPITAL,
    participation: 'none',
    takerFee: TAKER_FEE,
    ...(symbol === undefined ? {} : { symbol: [symbol] }),
  },
})

/** A power of ten whose notional lies between 1,000 and 10,000, one at least. */
const quantityFor = (price: number): string => String(10 ** Math.max(0, 3 - Math.floor(Math.log10(price))))

describe('ema-cross on random walks', () => {
  it.each([1, 2, 3, 4])('agrees with the slow recomputation, seed %i', async (seed) => {
    const path = join(folder, `WALK${seed}USDT-1m.csv`)
    writeFileSync(path, csvOf(randomWalk(20_000, seed)))
    const document = await compare(
      path,
      undefined,
      [{}, { fast: 5, slow: 12, mult: 1 }, { fast: 1, slow: 2, atr: 1, mult: 0 }, { fast: 50, slow: 20, mult: 0.5 }][seed - 1],
    )
    expect(document.trades.length).toBeGreaterThan(20)
  })

  it('agrees where rows are missing', async () => {
    const path = join(folder, 'GAPSUSDT-1m.csv')
    const [header, ...rows] = csvOf(randomWalk(5_000, 9)).split('\n')
    writeFileSync(path, [header, ...rows.filter((_, i) => i % 7 !== 3 && (i < 2_000 || i > 2_300))].join('\n'))
    expect((await compare(path, undefined, { fast: 4, slow: 15, mult: 1 })).trades.length).toBeGreaterThan(100)
  })
})

function csvOf({ openTimeMs, open, high, low, close, volume }: ReturnType<typeof randomWalk>): string {
  const rows = Array.from(openTimeMs, (time, i) => [time, open[i], high[i], low[i], close[i], volume[i]].join(','))
  return ['open_time_ms,open,high,low,close,volume', ...rows, ''].join('\n')
}

// ---- Recorded markets ----------------------------------------------------------------------------------------------------

const shared = resolve(process.env['AUTOTRADING_SHARED'] ?? join(import.meta.dirname, '../../../shared'), 'data/klines')
const files = existsSync(shared)
  ? readdirSync(shared)
      .filter((name) => name.endsWith('.csv.gz'))
      .sort()
  : []
const single = files.filter((name) => !name.startsWith('universe') && !/^(SPOT|COINM)-/.test(name))

describe.skipIf(files.length === 0)(`ema-cross on ${single.length} recorded series`, () => {
  it.each(single)('agrees with the slow recomputation on %s', async (name) => {
    await compare(join(shared, name), undefined)
  })

  it.each(['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'TRXUSDT', 'XLMUSDT'])('agrees on %s of the universe file', async (symbol) => {
    await compare(join(shared, 'universe-1d.csv.gz'), symbol, { fast: 5, slow: 20 })
  })
})
