/** Runs a backtest over files as the command line does, without a process; for tests. */
import { backtestSettings, loadConfiguration } from '../../src/cli/configuration.ts'
import { loadMarkets, tradingFlags } from '../../src/cli/backtest-options.ts'
import type { Options } from '../../src/cli/backtest-options.ts'
import { findStrategy, withParameters } from '../../src/cli/strategy-file.ts'
import { runBacktest } from '../../src/backtest/run.ts'
import type { DataSource } from '../../src/backtest/result.ts'
import type { BacktestResult, BacktestSettings } from '../../src/backtest/run.ts'
import type { PreparedMarkets } from '../../src/backtest/prepare.ts'

/** With these the reference strategy meets no limit. */
export const UNBOUND = ['risk.drawdown.enabled=false', 'risk.loss.enabled=false'] as const

export interface FileRun {
  readonly strategy: string
  readonly data: readonly string[]
  readonly params?: readonly string[]
  readonly set?: readonly string[]
  /** By commander's names. */
  readonly options?: Options
}

export interface LoadedFiles {
  readonly config: ReturnType<typeof loadConfiguration>['value']
  readonly settings: BacktestSettings
  readonly prepared: PreparedMarkets
  readonly sources: readonly DataSource[]
}

export async function loadFiles({ data, set = [], options = {} }: Omit<FileRun, 'strategy' | 'params'>): Promise<LoadedFiles> {
  const cwd = process.cwd()
  const config = loadConfiguration(
    { globals: { config: undefined, set, seed: undefined }, env: {}, cwd },
    tradingFlags(options),
  ).value
  const settings = backtestSettings(config)
  return { config, settings, ...(await loadMarkets({ ...options, data }, { cwd }, settings.leverage)) }
}

export async function runLoaded(
  { config, settings, prepared, sources }: LoadedFiles,
  { strategy, params = [] }: Pick<FileRun, 'strategy' | 'params'>,
): Promise<BacktestResult> {
  const choice = withParameters(await findStrategy(strategy, process.cwd()), params)
  const manifest = { code: { version: '0', sha256: '' }, config, data: sources, runtime: 'test', synthetic: false }
  return runBacktest({ prepared, strategies: [choice], settings, manifest })
}

export async function runFiles(run: FileRun): Promise<BacktestResult & { readonly prepared: PreparedMarkets }> {
  const loaded = await loadFiles(run)
  return { ...(await runLoaded(loaded, run)), prepared: loaded.prepared }
}
