/** Made-up markets as files, and audits over them without a process; for tests. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { prepareMarkets } from '../../src/backtest/prepare.ts'
import { backtestSettings, loadConfiguration } from '../../src/cli/configuration.ts'
import { chosenStrategies, spotChoice } from '../../src/cli/strategy-file.ts'
import { intervalOf, parseTime } from '../../src/core/time.ts'
import { audit, openThreads } from '../../src/research/audit/audit.ts'
import type { AuditThreads } from '../../src/research/audit/audit.ts'
import type { AuditDocument } from '../../src/research/audit/verdict.ts'
import { syntheticMarket } from '../../src/sim/synthetic-market.ts'
import { loadMarketData } from '../../src/storage/market-data/load.ts'

export const SYMBOLS = ['BTCUSDT', 'ETHUSDT'] as const

/** `klines/S-1h.csv` and `funding/S.csv` below a new folder. */
export function marketFiles(bars: number, seed = 3): string {
  const folder = mkdtempSync(join(tmpdir(), 'autotrading-audit-test-'))
  mkdirSync(join(folder, 'klines'))
  mkdirSync(join(folder, 'funding'))
  const series = syntheticMarket({ seed, symbols: SYMBOLS, from: parseTime('2024-01-01'), bars, interval: intervalOf('1h') })
  for (const { symbol, priceDecimals, openTime, open, high, low, close, volume, funding } of series) {
    const price = (value: number): string => value.toFixed(priceDecimals)
    const rows = Array.from(openTime, (time, i) =>
      [time / 1_000, price(open[i]), price(high[i]), price(low[i]), price(close[i]), volume[i]].join(','),
    )
    const rates = Array.from(funding.time, (time, i) => [time / 1_000, (funding.rate[i] / 1e10).toFixed(10), ''].join(','))
    const text = (header: string, lines: readonly string[]): string => `${[header, ...lines].join('\n')}\n`
    writeFileSync(join(folder, `klines/${symbol}-1h.csv`), text('open_time_ms,open,high,low,close,volume', rows))
    writeFileSync(join(folder, `funding/${symbol}.csv`), text('time_ms,rate,mark_price', rates))
  }
  return folder
}

const PRELOAD = [new URL('../../src/cli/self-import.ts', import.meta.url).href]
/** One thread for all audits of a test file: starting it costs more than most of them. */
let threads: AuditThreads | undefined
export const closeThreads = async (): Promise<void> => {
  await threads?.close()
  threads = undefined
}

/** The file of a configuration with these strategies, with regimes and budgets that need few bars. */
export function configFile(folder: string, strategies: readonly object[]): string {
  const regimes = {
    enabled: true,
    states: 2,
    refitDays: 10,
    window: 250,
    minimumSample: 200,
    percentileDays: 8,
    warmUpDays: 4,
    liquidityDays: 4,
  }
  const portfolio = { method: 'inverse-volatility', rebalance: 48, window: 20, leastDays: 10 }
  const path = join(folder, 'configuration.json')
  writeFileSync(path, JSON.stringify({ capital: '100000', strategies, regimes, portfolio }))
  return path
}

export interface FileAudit {
  readonly strategy?: string
  /** Several strategies, and what they share: what would stand in the file of `--config`. */
  readonly config?: string
  readonly folder: string
  readonly symbols?: readonly string[]
  readonly params?: readonly string[]
  readonly seed?: number
}

/** A quick audit on one thread. The working folder of the process is `folder` as long as it takes, because cheaters look there. */
export async function auditFiles({
  strategy,
  config: file,
  folder,
  symbols = ['BTCUSDT'],
  params = [],
  seed = 1,
}: FileAudit): Promise<AuditDocument> {
  const globals = { config: file, set: [], seed: undefined }
  const config = loadConfiguration({ globals, env: {}, cwd: folder }).value
  const settings = backtestSettings(config)
  const data = await loadMarketData({
    data: [folder],
    mark: [],
    funding: [],
    spot: [],
    symbols,
    interval: undefined,
    fillInterval: undefined,
  })
  const strategies = await chosenStrategies({ strategy, param: params }, config, folder)
  const choice = spotChoice(strategies, config)
  const spot = choice && { tables: data.spot, ...(choice.basis && { basis: choice.basis }) }
  return audit({
    prepared: prepareMarkets({ data, interval: undefined, leverage: settings.leverage, ...(spot && { spot }) }),
    strategies,
    settings,
    manifest: { code: { version: '0', sha256: '' }, data: [], runtime: 'test' },
    seed,
    quick: true,
    strict: false,
    tolerance: 0.2,
    preload: PRELOAD,
    threads: (threads ??= openThreads(PRELOAD, 1)),
  })
}

export const cheater = (name: string): string => fileURLToPath(new URL(`cheaters/${name}.ts`, import.meta.url))
