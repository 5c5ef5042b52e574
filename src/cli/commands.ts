/**
 * All commands, in the order of `--help`. A new one is a file under `commands/` and a line here; its module is loaded only
 * when it is called, so this list costs nothing.
 */
import type { CommandEntry } from './command.ts'

export const commands: readonly CommandEntry[] = [
  { name: 'start', summary: 'a first look: a backtest on a generated market', load: () => import('./commands/start.ts') },
  { name: 'backtest', summary: 'run a strategy over historical bars', load: () => import('./commands/backtest.ts') },
  { name: 'compare', summary: 'finished runs side by side', load: () => import('./commands/compare.ts') },
  { name: 'attribution', summary: 'whose the result of a finished run is', load: () => import('./commands/attribution.ts') },
  { name: 'audit', summary: 'prove that a strategy does not look ahead', load: () => import('./commands/audit.ts') },
  { name: 'what-if', summary: 'what an order would do to an account', load: () => import('./commands/what-if.ts') },
  { name: 'regimes', summary: 'say which regime a market was in at every bar', load: () => import('./commands/regimes.ts') },
  { name: 'portfolio', summary: 'correlations, weights and risk of markets', load: () => import('./commands/portfolio.ts') },
  { name: 'replay', summary: 'decide a journal once more and compare', load: () => import('./commands/replay.ts') },
  {
    name: 'data download',
    summary: 'fetch market data from the public archive and by REST',
    load: () => import('./commands/data-download.ts'),
  },
  {
    name: 'data validate',
    summary: 'say what is wrong with files of market data, and score them',
    load: () => import('./commands/data-validate.ts'),
  },
  {
    name: 'data repair',
    summary: 'write repaired copies of damaged files, with a record of every change',
    load: () => import('./commands/data-repair.ts'),
  },
  {
    name: 'config check',
    summary: 'say whether the configuration holds',
    load: async () => ({ command: (await import('./commands/config.ts')).check }),
  },
  {
    name: 'config show',
    summary: 'show every value with its origin',
    load: async () => ({ command: (await import('./commands/config.ts')).show }),
  },
  { name: 'data import', summary: 'files into the local catalog', load: () => import('./commands/data-import.ts') },
  {
    name: 'data list',
    summary: 'say what is in the catalog',
    load: async () => ({ command: (await import('./commands/data-catalog.ts')).list }),
  },
  {
    name: 'data show',
    summary: 'show one series of the catalog: gaps, statistics, first and last rows',
    load: async () => ({ command: (await import('./commands/data-catalog.ts')).show }),
  },
  {
    name: 'data export',
    summary: 'write one series of the catalog to a file',
    load: async () => ({ command: (await import('./commands/data-catalog.ts')).exportCommand }),
  },
  {
    name: 'data synth',
    summary: 'write a synthetic market: bars, trades or order books',
    load: () => import('./commands/data-synth.ts'),
  },
  {
    name: 'doctor',
    summary: 'say whether this machine and working folder are fit to run',
    load: () => import('./commands/doctor.ts'),
  },
]

/** What a first word stands for that only groups others. */
export const groups: Readonly<Record<string, string>> = {
  config: 'check and show the configuration',
  data: 'market data: fetch, check, keep, make',
}
