/**
 * Funding over whole files through the whole backtest, against a recomputation from the raw text of the files: which
 * settlement finds which position, at which mark, and what is paid to the last unit (M4).
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { runBacktest } from '../../src/backtest/run.ts'
import { loadMarkets, tradingFlags } from '../../src/cli/backtest-options.ts'
import { backtestSettings, loadConfiguration } from '../../src/cli/configuration.ts'
import { formatUnits, unitsOf } from '../../src/core/exact.ts'
import type { AccountReport } from '../../src/domain/event.ts'
import type { Fill } from '../../src/domain/order.ts'
import { integer, quantity } from '../../src/strategy/parameters.ts'
import { defineStrategy } from '../../src/strategy/strategy.ts'

const shared = resolve(process.env['AUTOTRADING_SHARED'] ?? join(import.meta.dirname, '../../../shared'), 'data')

/** Long and short in turns, from the first bar on. */
const turns = defineStrategy({
  name: 'turns',
  description: 'Long, short, out, and so on: for checking what positions are charged.',
  parameters: {
    every: integer(10, 'bars between two turns', { min: 1, max: 1_000_000 }),
    qty: quantity('1', 'size of the position'),
  },
  warmUp: () => 0,
  memory: () => 1,
  create({ qty }, params) {
    const size = qty(params.qty)
    const state = { bars: 0 }
    return {
      state,
      onBar() {
        const turn = state.bars++ / params.every
        if (!Number.isInteger(turn)) return undefined
        return [
          { direction: 1, qty: size, reason: 'long' },
          { direction: -1, qty: size, reason: 'short' },
          { direction: 0, reason: 'out' },
        ][turn % 3]
      },
    }
  },
})

interface Files {
  readonly symbol: string
  readonly bars: string
  readonly mark?: string | undefined
  readonly funding: string
}

interface Payment {
  readonly ms: number
  readonly amount: string
}

/** What the backtest booked as funding, and the fills that made its positions. */
async function booked(files: Files, every: number, qty: string) {
  const cwd = process.cwd()
  const options = {
    data: [files.bars],
    funding: [files.funding],
    ...(files.mark === undefined ? {} : { mark: [files.mark] }),
    symbol: [files.symbol],
    capital: '1000000000',
    participation: 'none',
  }
  const set = ['risk.drawdown.enabled=false', 'risk.loss.enabled=false']
  const config = loadConfiguration(
    { globals: { config: undefined, set, seed: undefined }, env: {}, cwd },
    tradingFlags(options),
  ).value
  const settings = backtestSettings(config)
  const { prepared, sources } = await loadMarkets(options, { cwd }, settings.leverage)
  const reports: AccountReport[] = []
  const fills: Fill[] = []
  const strategy = { definition: turns, params: { every, qty }, sha256: null }
  const manifest = { code: { version: '0', sha256: '' }, config, data: sources, runtime: 'test', synthetic: false }
  const { world } = runBacktest({
    prepared,
    strategies: [strategy],
    settings,
    manifest,
    observers: () => [
      {
        name: 'funding',
        observe: (event) => {
          if (event.kind === 'account' && event.entry === 'funding') reports.push(event)
          if (event.kind === 'order-filled' && event.fill !== undefined) fills.push(event.fill)
        },
      },
    ],
  })
  const { settle, qtyScale } = world.kernel.instruments[0]
  const { scale } = settle
  const payments = reports.map(({ exchangeTime, amount }) => ({ ms: exchangeTime / 1_000, amount: formatUnits(amount, scale) }))
  return { payments, fills, scale, qtyScale }
}

// ---- The recomputation -------------------------------------------------------------------------------------------------

/** Rows of a CSV file as texts. */
function rowsOf(path: string): readonly (readonly string[])[] {
  const bytes = readFileSync(path)
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => line.split(','))
}

/** Columns by name of the rows of one symbol. */
function table(path: string, symbol: string, ...names: readonly string[]): readonly (readonly string[])[] {
  const [header, ...rows] = rowsOf(path)
  const columns = names.map((name) => header.indexOf(name))
  const own = header.indexOf('symbol')
  return rows.filter((row) => own < 0 || row[own] === symbol).map((row) => columns.map((column) => row[column]))
}

const MINUTE = 60_000

/** The first index in an ascending list that is not below the value. */
function lowerBound(list: readonly number[], value: number): number {
  let [from, to] = [0, list.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (list[middle] < value) from = middle + 1
    else to = middle
  }
  return from
}

function recomputed(files: Files, fills: readonly Fill[], scale: number, qtyScale: number): readonly Payment[] {
  const bars = table(files.bars, files.symbol, 'open_time_ms', 'open')
  const barTimes = bars.map(([time]) => Number(time))
  const marks = new Map(
    files.mark === undefined ? [] : table(files.mark, files.symbol, 'open_time_ms', 'open').map(([t, open]) => [Number(t), open]),
  )
  const [first, last] = [
    barTimes[0],
    barTimes[barTimes.length - 1] + (barTimes[barTimes.length - 1] - barTimes[barTimes.length - 2]),
  ]
  const payments: Payment[] = []
  let [next, position] = [0, 0]
  for (const [time, rate, given] of table(files.funding, files.symbol, 'time_ms', 'rate', 'mark_price')) {
    const ms = Math.floor(Number(time) / MINUTE) * MINUTE
    if (ms < first || ms >= last) continue
    // Only what was held before this very moment.
    for (; next < fills.length && fills[next].exchangeTime < ms * 1_000; next++)
      position += fills[next].side === 'buy' ? fills[next].qty : -fills[next].qty
    const open = bars[lowerBound(barTimes, ms + 1) - 1][1]
    const mark = given !== undefined && given !== '' ? given : (marks.get(ms) ?? open)
    // Quantity, mark and rate as whole numbers; the division truncates toward zero.
    const product = BigInt(position) * unitsOf(mark, 12) * unitsOf(rate, 12)
    const paid = product / 10n ** BigInt(qtyScale + 24 - scale)
    if (paid !== 0n) payments.push({ ms, amount: formatUnits(-paid, scale) })
  }
  return payments
}

async function compare(files: Files, every: number, qty: string): Promise<readonly Payment[]> {
  const { payments, fills, scale, qtyScale } = await booked(files, every, qty)
  expect(payments).toEqual(recomputed(files, fills, scale, qtyScale))
  return payments
}

// ---- Recorded settlements ------------------------------------------------------------------------------------------------

const SYMBOLS: readonly (readonly [symbol: string, mark: string | undefined, qty: string, hours: number])[] = [
  ['ADAUSDT', '1h', '1000', 8],
  ['BNBUSDT', '8h', '1', 8],
  ['BTCUSDT', '1h', '0.01', 8],
  ['DOGEUSDT', '8h', '1000', 8],
  ['ETHUSDT', '1h', '0.1', 8],
  ['LTCUSDT', '1h', '1', 8],
  ['SOLUSDT', '8h', '1', 8],
  ['TONUSDT', undefined, '10', 4],
  ['TRXUSDT', undefined, '1000', 8],
  ['XRPUSDT', '1h', '1000', 8],
]

describe.skipIf(!existsSync(shared))('funding of recorded files', () => {
  it.each(SYMBOLS)('%s: every settlement, long and short', async (symbol, mark, qty, hours) => {
    const files = {
      symbol,
      bars: join(shared, 'klines', symbol === 'TONUSDT' ? 'universe-1d.csv.gz' : `${symbol}-4h.csv.gz`),
      mark: mark && join(shared, 'mark', `${symbol}-${mark}.csv.gz`),
      funding: join(shared, 'funding', `${symbol}.csv.gz`),
    }
    const payments = await compare(files, 37, qty)
    expect(payments.length).toBeGreaterThan(300)
    expect(payments.some(({ amount }) => amount.startsWith('-')) && payments.some(({ amount }) => !amount.startsWith('-'))).toBe(
      true,
    )
    const gaps = payments.slice(1).map(({ ms }, i) => (ms - payments[i].ms) / 3_600_000)
    expect(Math.min(...gaps)).toBe(hours)
  })
})

// ---- Schedules that change ----------------------------------------------------------------------------------------------

const folder = mkdtempSync(join(tmpdir(), 'autotrading-funding-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('funding of a schedule that changes', () => {
  const START = Date.UTC(2024, 0, 1)
  const HOUR = 60 * MINUTE
  const DAYS = 30

  /** Hourly bars and marks that wander, and settlements every 8, then 4, then 1 hours. */
  function written(withMarks: boolean): Files {
    const bars = ['open_time_ms,open,high,low,close,volume']
    const marks = ['open_time_ms,open,high,low,close']
    for (let hour = 0; hour < DAYS * 24; hour++) {
      const open = 100 + ((hour * 7919) % 997) / 100
      const close = 100 + (((hour + 1) * 7919) % 997) / 100
      const range = [Math.max(open, close) + 0.5, Math.min(open, close) - 0.5].map((price) => price.toFixed(2))
      bars.push([START + hour * HOUR, open.toFixed(2), ...range, close.toFixed(2), '1000'].join(','))
      const mark = (open + ((hour * 31) % 17) / 1000 + 1e-8 * (hour % 7)).toFixed(8)
      marks.push([START + hour * HOUR, mark, mark, mark, mark].join(','))
    }
    const funding = ['time_ms,rate,mark_price']
    for (let hour = 0; hour < DAYS * 24;) {
      const every = hour < 10 * 24 ? 8 : hour < 20 * 24 ? 4 : 1
      const rate = (((hour * 104_729) % 2001) - 1000) / 1e8
      const given = hour % 3 === 0 ? (110 + hour / 1e8).toFixed(8) : ''
      // The exchange stamps settlements a few milliseconds late.
      funding.push([START + hour * HOUR + (hour % 6), rate.toFixed(8), given].join(','))
      hour += every
    }
    const at = (name: string, lines: readonly string[]): string => {
      const path = join(folder, name)
      writeFileSync(path, `${lines.join('\n')}\n`)
      return path
    }
    const suffix = withMarks ? 'A' : 'B'
    return {
      symbol: `MADE${suffix}USDT`,
      bars: at(`MADE${suffix}USDT-1h.csv`, bars),
      mark: withMarks ? at(`MADE${suffix}USDT-1h-mark.csv`, marks) : undefined,
      funding: at(`MADE${suffix}USDT.csv`, funding),
    }
  }

  it.each([
    ['marks of the file, of the mark series, every turn on a settlement', true, 4],
    ['marks of the file, else the last open, turns between settlements', false, 5],
    ['positions of one bar', true, 1],
  ] as const)('%s', async (_, withMarks, every) => {
    const files = written(withMarks)
    const payments = await compare(files, every, '3.3')
    const gaps = new Set(payments.slice(1).map(({ ms }, i) => (ms - payments[i].ms) / HOUR))
    expect([1, 4, 8].filter((hours) => gaps.has(hours))).toEqual([1, 4, 8])
    expect(basename(files.funding)).toContain('MADE')
  })
})
