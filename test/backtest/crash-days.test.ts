/**
 * Days on which markets fell by half, with ten times leverage set at the venue: by default nobody is liquidated, without the
 * limit on the distance to liquidation the same run is; and the levels of the drawdown act at their thresholds.
 *
 * The settings are the same in all cases. So is the moment of entry: the end of the bar before the one that fell most from
 * its open to its low, without a stop. Runs on recorded markets where they are, on a made-up crash always.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { BacktestDocument } from '../../src/backtest/result.ts'
import { runBacktest } from '../../src/backtest/run.ts'
import type { BacktestResult } from '../../src/backtest/run.ts'
import { backtestSettings, loadConfiguration } from '../../src/cli/configuration.ts'
import { createPrng } from '../../src/core/random.ts'
import { bracketOf } from '../../src/domain/instrument.ts'
import { unitsOf } from '../../src/core/exact.ts'
import type { Money } from '../../src/core/exact.ts'
import { defineStrategy } from '../../src/strategy/strategy.ts'
import type { StrategyDefinition } from '../../src/strategy/strategy.ts'
import { STRATEGIES } from '../../src/strategy/list.ts'
import { readParameters } from '../../src/strategy/parameters.ts'
import { isPair } from '../../src/strategy/pair.ts'
import { loadFiles } from './run-files.ts'
import type { LoadedFiles } from './run-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'autotrading-crash-'))
afterAll(() => rmSync(folder, { recursive: true }))

const HOUR_MS = 3_600_000
/** Ten times at the venue, and ours out of the way. */
const LEVERAGE = ['venue.leverage=10', 'risk.leverage.max=10']
/** These two forbid ten times as well; off in both runs of a pair, so that only the distance differs. */
const TAIL_OFF = ['risk.valueAtRisk.enabled=false', 'risk.expectedShortfall.enabled=false']
const DISTANCE_OFF = ['risk.liquidation.enabled=false', 'sizing.liquidation.enabled=false']

/** Buys all it may at the end of one bar and holds without a stop. */
const allIn = (atMs: number): StrategyDefinition =>
  defineStrategy({
    name: 'all-in',
    description: 'buys once and holds',
    parameters: {},
    warmUp: () => 0,
    memory: () => 1,
    create: () => ({
      state: {},
      onBar: (bar) => (bar.endTime === atMs * 1_000 ? { direction: 1, reason: 'all in' } : undefined),
    }),
  })

/** Wants everything at every bar. */
const always = defineStrategy({
  name: 'always-in',
  description: 'wants to be long at every bar',
  parameters: {},
  warmUp: () => 0,
  memory: () => 1,
  create: () => ({ state: {}, onBar: () => ({ direction: 1, reason: 'long' }) }),
})

function run(loaded: LoadedFiles, definition: StrategyDefinition, set: readonly string[]): BacktestResult {
  const config = loadConfiguration(
    { globals: { config: undefined, set, seed: undefined }, env: {}, cwd: process.cwd() },
    [],
  ).value
  const params = readParameters(definition.name, definition.parameters, {})
  return runBacktest({
    prepared: loaded.prepared,
    strategies: [{ definition, params, sha256: null }],
    settings: backtestSettings(config),
    manifest: { code: { version: '0', sha256: '' }, config, data: loaded.sources, runtime: 'test', synthetic: false },
  })
}

/** Open of the bar that fell most from its open to its low. */
function worstBar({ prepared }: LoadedFiles, fromMs: number, toMs: number): number {
  const [{ table }] = prepared.symbols
  const falls = Array.from(table.openTime, (time, i) => ({ at: time / 1_000, fall: 1 - table.low[i] / table.open[i] }))
  const of = falls.filter(({ at }) => at >= fromMs && at < toMs)
  return of.reduce((worst, each) => (each.fall > worst.fall ? each : worst)).at
}

/** That the first size is the largest that survives the stress, in whole numbers. */
function checkBound({ document, world }: BacktestResult, atMs: number, loaded: LoadedFiles): void {
  expect(document.limits.filter(({ kind }) => kind === 'size')[0]).toMatchObject({ rule: 'liquidation', firstMs: atMs })
  const [instrument] = world.kernel.instruments
  const [{ table }] = loaded.prepared.symbols
  const close = table.close[table.openTime.findIndex((time) => time / 1_000 >= atMs) - 1]
  const price = BigInt(instrument.priceOf(close))
  const equity = 10_000n * 10n ** BigInt(instrument.settle.scale)
  const { orderId } = document.fills[0]
  const bought = document.fills.filter((fill) => fill.orderId === orderId)
  const qty = bought.reduce((sum, fill) => sum + unitsOf(fill.qty, instrument.qtyScale), 0n)
  const demand = (size: bigint): bigint => {
    const after = (size * price * 35n) / 100n
    const { rate, cum } = bracketOf(instrument.brackets, after as Money)
    return (size * price * 65n) / 100n + (after * BigInt(rate)) / 10n ** 10n - cum
  }
  expect(demand(qty) < equity).toBe(true)
  expect(demand(qty + BigInt(instrument.rulesAt(world.timeline.now).step)) >= equity).toBe(true)
  // The share of the portfolio was nine times equity; what was bought is a sixth of it.
  const leverage = Number(qty * price) / Number(equity)
  expect(leverage).toBeGreaterThan(1.4)
  expect(leverage).toBeLessThan(1 / 0.65)
}

/** The levels as the page on risk tells them, bar by bar from the equity of the document. */
function levelsOf({ equity, summary }: BacktestDocument): readonly (readonly [number, string])[] {
  const scaled = (text: string): bigint => BigInt(Math.round(Number(text) * 1e8))
  const begins = [0n, 10n, 20n, 30n]
  const found: (readonly [number, string])[] = []
  let peak = scaled(summary.initialCapital)
  let level = 0
  for (const [time, text] of equity.slice(1)) {
    const now = scaled(text)
    if (now > peak) peak = now
    const fall = (peak - now) * 100n
    const before = level
    while (level < 3 && fall >= peak * begins[level + 1]) level += 1
    if (level === before) while (level > 0 && level < 3 && fall * 2n < peak * begins[level]) level -= 1
    if (level !== before) found.push([time + 1, ['NONE', 'MILD', 'MODERATE', 'SEVERE'][level]])
  }
  return found
}

/** Levels begin where they shall and do what they shall. */
function checkLevels({ document, world }: BacktestResult, intervalMs: number): void {
  const actions = document.riskActions ?? []
  expect(actions.map(({ timeMs, level }) => [timeMs, level])).toEqual(levelsOf(document))
  const severe = actions.find(({ level }) => level === 'SEVERE')
  for (const [i, { timeMs, action }] of actions.entries()) {
    const until = actions[i + 1]?.timeMs ?? Infinity
    if (action !== 'stop-opening' && action !== 'flatten') continue
    // What was on its way at that moment may still fill at the next open.
    const after = document.fills.filter((fill) => fill.timeMs > timeMs && fill.timeMs <= until)
    expect(after.filter(({ side }) => side === 'buy')).toEqual([])
  }
  if (severe === undefined) return
  expect(severe).toMatchObject({ action: 'flatten', closing: 1 })
  expect(document.openPositions).toEqual([])
  expect(document.trades.at(-1)).toMatchObject({ exitReason: 'flatten' })
  expect(document.fills.at(-1)?.timeMs).toBeLessThanOrEqual(severe.timeMs + intervalMs)
  expect(world.kernel.snapshot().risk.killSwitch.reason).toBe(severe.text)
}

/** One market: runs that differ in limits alone; the one without the limit on the distance is handed back. */
function checkPair(loaded: LoadedFiles, fromMs: number, toMs: number): BacktestDocument {
  const at = worstBar(loaded, fromMs, toMs)
  const on = run(loaded, allIn(at), [...LEVERAGE, ...TAIL_OFF])
  expect(on.document.summary.liquidations).toBe(0)
  checkBound(on, at, loaded)
  const off = run(loaded, allIn(at), [...LEVERAGE, ...TAIL_OFF, ...DISTANCE_OFF]).document
  checkTail(run(loaded, allIn(at), LEVERAGE).document, on.document)
  checkTail(run(loaded, allIn(at), [...LEVERAGE, ...DISTANCE_OFF]).document, off)
  return off
}

/** With the two other limits on, as they are by default, a run is the same, or they refused its entry. */
function checkTail(document: BacktestDocument, without: BacktestDocument): void {
  if (document.fills.length > 0) expect(document.digest).toBe(without.digest)
  else expect(document.limits.some(({ rule, kind }) => rule === 'valueAtRisk' && kind === 'refusal')).toBe(true)
}

function checkLiquidated(document: BacktestDocument): void {
  expect(document.summary.liquidations).toBeGreaterThan(0)
  expect(document.liquidations[0].side).toBe('long')
  expect(document.limits.filter(({ rule }) => rule === 'liquidation')).toEqual([])
  expect(document.summary.maxDrawdown).toBeGreaterThan(0.9)
}

// ---- a made-up crash -----------------------------------------------------------------------------------------------------

const START_MS = Date.UTC(2024, 0, 1)
/** Hourly bars with a little noise; at some hours a fall of the close, and how far the low went. */
function madeUp(name: string, falls: Readonly<Record<number, readonly [close: number, low: number]>>): string {
  const prng = createPrng('crash')
  const lines = ['open_time_ms,open,high,low,close,volume']
  let open = 40_000
  for (let i = 0; i < 96; i++) {
    const [fall, deepest] = falls[i] ?? [prng.float() * 0.002 - 0.001, 0.002]
    const close = open * (1 - fall)
    const low = open * (1 - Math.max(deepest, fall))
    const texts = [open, Math.max(open, close), low, close].map((value) => value.toFixed(1))
    lines.push([START_MS + i * HOUR_MS, ...texts, 100_000].join(','))
    open = Number(texts[3])
  }
  const path = join(folder, name)
  writeFileSync(path, lines.join('\n'))
  return path
}

const hourly = (data: readonly string[], options = {}): Promise<LoadedFiles> =>
  loadFiles({ data, set: LEVERAGE, options: { interval: '1h', ...options } })

describe('a made-up crash', () => {
  it('is survived by default and liquidates without the limit on the distance', async () => {
    const loaded = await hourly([madeUp('BTCUSDT-1h.csv', { 60: [0.3, 0.5] })])
    checkLiquidated(checkPair(loaded, START_MS, START_MS + 96 * HOUR_MS))
  })

  it('takes the account when it is larger than the stress', async () => {
    const loaded = await hourly([madeUp('BTCUSDT-1h.csv', { 60: [0.65, 0.72] })])
    const { document } = run(loaded, allIn(START_MS + 60 * HOUR_MS), LEVERAGE)
    expect(document.summary.liquidations).toBe(1)
  })

  it('goes down through all levels, each at its threshold', async () => {
    const stairs = { 50: [0.07, 0.07], 60: [0.07, 0.07], 70: [0.07, 0.07], 80: [0.2, 0.2] } as const
    const result = run(await hourly([madeUp('BTCUSDT-1h.csv', stairs)]), always, LEVERAGE)
    checkLevels(result, HOUR_MS)
    const { riskActions = [], limits, warnings } = result.document
    expect(riskActions.map(({ level, action }) => [level, action])).toEqual([
      ['MILD', 'scale-down'],
      ['MODERATE', 'stop-opening'],
      ['SEVERE', 'flatten'],
    ])
    expect(limits).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'size', rule: 'scale' }),
        expect.objectContaining({ kind: 'refusal', rule: 'trading-state' }),
      ]),
    )
    expect(warnings.filter((text) => text.includes('everything is closed and trading halts'))).toHaveLength(1)
  })
})

// ---- recorded crashes ----------------------------------------------------------------------------------------------------

const shared = resolve(process.env['AUTOTRADING_SHARED'] ?? join(import.meta.dirname, '../../../shared'), 'data')

interface CrashDay {
  readonly symbol: string
  readonly day: string
  readonly interval?: string
  readonly fills?: string
  /** Where the levels of the drawdown closed before the price of liquidation was reached, even at nine times equity. */
  readonly spared?: true
}

const DAYS: readonly CrashDay[] = [
  { symbol: 'BTCUSDT', day: '2020-03-12' },
  { symbol: 'BCHUSDT', day: '2021-05-19' },
  { symbol: 'ETHUSDT', day: '2021-05-19' },
  { symbol: '1000SHIBUSDT', day: '2021-05-19' },
  { symbol: 'DOGEUSDT', day: '2021-05-19', interval: '4h' },
  { symbol: 'AAVEUSDT', day: '2022-11-08' },
  { symbol: 'BTCUSDT', day: '2022-11-08', spared: true },
  { symbol: 'SOLUSDT', day: '2022-11-08', interval: '4h' },
  { symbol: 'ETHUSDT', day: '2025-02-03' },
  { symbol: 'SOLUSDT', day: '2025-02-03' },
  { symbol: 'ETHUSDT', day: '2025-02-03', fills: '1m-20250127-20250226', spared: true },
]

const DAY_MS = 24 * HOUR_MS
const date = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

async function loadDay({ symbol, day, interval = '1h', fills }: CrashDay): Promise<LoadedFiles> {
  const at = Date.parse(`${day}T00:00Z`)
  const files = [
    `klines/${symbol}-${interval}.csv.gz`,
    ...(fills === undefined ? [] : [`klines/${symbol}-${fills}.csv.gz`]),
    `mark/${symbol}-1h.csv.gz`,
    `funding/${symbol}.csv.gz`,
  ].map((name) => join(shared, name))
  return loadFiles({
    data: files.filter((path) => existsSync(path)),
    set: LEVERAGE,
    options: {
      interval,
      from: date(at - 2 * DAY_MS),
      to: date(at + 3 * DAY_MS),
      ...(fills === undefined ? {} : { fillInterval: '1m' }),
    },
  })
}

describe.skipIf(!existsSync(shared))('recorded crashes', () => {
  it.each(DAYS)('$symbol $day $fills', async (crash) => {
    const loaded = await loadDay(crash)
    const from = Date.parse(`${crash.day}T00:00Z`)
    const off = checkPair(loaded, from, from + DAY_MS)
    if (crash.spared === true) expect(off.summary.liquidations).toBe(0)
    else checkLiquidated(off)
    const intervalMs = loaded.prepared.interval.length / 1_000
    checkLevels(run(loaded, always, LEVERAGE), intervalMs)
    const trend = STRATEGIES.find(({ name }) => name === 'trend-following')
    if (trend === undefined || isPair(trend)) throw new Error('trend-following is not in the list')
    expect(run(loaded, trend, LEVERAGE).document.summary.liquidations).toBe(0)
  })
})
