/** `start`, and `npm start`: one look at what this program does, on a generated market, in a few seconds. */
import { join, relative } from 'node:path'
import { prepareSynthetic } from '../../backtest/prepare-synthetic.ts'
import { intervalOf, parseTime } from '../../core/time.ts'
import { makeFolder, printSummary, writePage } from '../backtest-report.ts'
import { codeIdentity, runtimeName } from '../code-identity.ts'
import type { CommandDefinition } from '../command.ts'
import { backtestSettings, loadConfiguration } from '../configuration.ts'
import { recomputeWords } from '../recompute.ts'
import { findStrategy, withParameters } from '../strategy-file.ts'
import { runWithProgress } from './backtest.ts'

const STRATEGY = 'trend-following'
const SEED = 10
/** Two years of hours. */
const BARS = 2 * 365 * 24
/** Half of what the limits allow, so that one bad month does not end the show; a `--set` of the user's wins. */
const SETTING = 'allocation.fraction=0.5'

export const command: CommandDefinition = {
  examples: ['autotrading start', 'autotrading start --seed 11 --home ./.autotrading'],
  async run(_options, io) {
    const { out, globals } = io
    const seed = globals.seed ?? SEED
    const configuration = loadConfiguration({ ...io, globals: { ...globals, seed, set: [SETTING, ...globals.set] } })
    const config = configuration.value
    const settings = backtestSettings(config, io.cwd)
    const prepared = prepareSynthetic({
      seed,
      from: parseTime('2023-01-01'),
      bars: BARS,
      interval: intervalOf('1h'),
      leverage: settings.leverage,
    })
    const names = prepared.symbols.map(({ symbol }) => symbol).join(', ')
    out.note(`Backtest of ${STRATEGY} on a SYNTHETIC MARKET: ${names}, two years of 1h bars, generated from seed ${seed}.`)
    const strategy = withParameters(await findStrategy(STRATEGY, io.cwd), [])
    const command = recomputeWords('start', {}, configuration)
    const manifest = { code: codeIdentity(io.version), config, data: [], runtime: runtimeName(), synthetic: true, command }
    const { document } = await runWithProgress({ prepared, strategies: [strategy], settings, manifest }, io)

    const folder = join(globals.home, 'reports')
    makeFolder(folder)
    const page = join(folder, `start-${seed}.html`)
    await writePage(page, document, prepared, settings)
    out.document(document)
    if (globals.json !== true) await printSummary(document, out)
    out.print(closing(relative(io.cwd, page)))
  },
}

const closing = (page: string): string => `
  The same with charts of every trade: ${page}

  On your own data (bars or trades as CSV, JSON, Parquet or Binance archives; a file or a folder):
    ./autotrading backtest --strategy ${STRATEGY} --data path/to/BTCUSDT-1h.csv.gz --set ${SETTING} --html report.html
    ./autotrading backtest --strategy ${STRATEGY} --data path/to/folder --interval 1h --symbol BTCUSDT,ETHUSDT --leverage 2 --out results
  With a strategy of your own:
    ./autotrading backtest --strategy ./my-strategy.ts --data path/to/BTCUSDT-1h.csv.gz
  More: ./autotrading --help
`
