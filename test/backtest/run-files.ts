/** Runs a backtest over files as the command line does, without a process; for tests. */
import { backtestSettings, loadConfiguration } from '../../src/cli/configuration.ts'
import { loadMarkets, tradingFlags } from '../../src/cli/backtest-options.ts'
import type { Options } from '../../src/cli/backtest-options.ts'
import { findStrategy, withParameters } from '../../src/cli/strategy-file.ts'
import { runBacktest } from '../../src/backtest/run.ts'
import type { BacktestResult } from '../../src/backtest/run.ts'
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

export async function runFiles({
  strategy,
  data,
  params = [],
  set = [],
  options = {},
}: FileRun): Promise<BacktestResult & { readonly prepared: PreparedMarkets }> {
  const cwd = process.cwd()
  const config = loadConfiguration(
    { globals: { config: undefined, set, seed: undefined }, env: {}, cwd },
    tradingFlags(options),
  ).value
  const settings = backtestSettings(config)
  const { prepared, sources } = await loadMarkets({ ...options, data }, { cwd }, settings.leverage)
  const choice = withParameters(await findStrategy(strategy, cwd), params)
  const manifest = { code: { version: '0', sha256: '' }, config, data: sources, runtime: 'test', synthetic: false }
  return { ...runBacktest({ prepared, strategy: choice, settings, manifest }), prepared }
}
