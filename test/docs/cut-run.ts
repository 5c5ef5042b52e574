/**
 * Whether strategy files can be put away in the middle of a run: each is run whole, and again with the world thrown away and restored
 * from its snapshot several times. Prints what differs, one line a strategy; silence is success.
 *
 *     node --require ./src/cli/self-import.ts test/docs/cut-run.ts FILE...
 */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { prepareSynthetic } from '../../src/backtest/prepare-synthetic.ts'
import { World } from '../../src/backtest/world.ts'
import { backtestSettings, loadConfiguration } from '../../src/cli/configuration.ts'
import type { Money } from '../../src/core/exact.ts'
import { intervalOf, parseTime } from '../../src/core/time.ts'
import { DecisionDigest } from '../../src/kernel/decision-digest.ts'
import type { DecisionDigestState } from '../../src/kernel/decision-digest.ts'
import { readParameters } from '../../src/strategy/parameters.ts'
import type { StrategyDefinition } from '../../src/strategy/strategy.ts'

const CUTS = 6
const interval = intervalOf('1h')
const settings = backtestSettings(
  loadConfiguration({ globals: { config: undefined, set: ['risk.drawdown.enabled=false'], seed: 5 }, env: {}, cwd: '.' }).value,
)
const { markets } = prepareSynthetic({ seed: 3, from: parseTime('2023-01-01'), bars: 2_500, interval, leverage: 1 })

interface Run {
  readonly world: World
  readonly digest: DecisionDigest
}

function start(definition: StrategyDefinition): Run {
  const made: { digest?: DecisionDigest } = {}
  const params = readParameters(definition.name, definition.parameters, {})
  const world = new World({
    ...settings,
    runId: 'docsdocs',
    markets,
    strategies: [{ definition, params, interval, account: 0 }],
    capital: 1_000_000_000_000n as Money,
    observers: (kernel) => [(made.digest = new DecisionDigest(kernel.instruments))],
  })
  return { world, digest: made.digest as DecisionDigest }
}

/** A run that goes on from copies of plain data, as from a file. */
function continued(definition: StrategyDefinition, { world, digest }: Run): Run {
  const saved = structuredClone({ world: world.snapshot(), digest: digest.snapshot() as DecisionDigestState })
  const next = start(definition)
  next.world.restore(saved.world)
  next.digest.restore(saved.digest)
  return next
}

function compare(definition: StrategyDefinition): string | undefined {
  const whole = start(definition)
  whole.world.run()
  let cut = start(definition)
  for (let i = 1; i <= CUTS; i++) {
    cut.world.run(997 * i)
    cut = continued(definition, cut)
  }
  cut.world.run()
  if (whole.world.kernel.positions.exactEquity(0) === 1_000_000_000_000n) return `${definition.name} never traded`
  return whole.digest.hex() === cut.digest.hex() ? undefined : `${definition.name} decides otherwise after it was restored`
}

for (const file of process.argv.slice(2)) {
  const { default: definition } = (await import(pathToFileURL(resolve(file)).href)) as { readonly default: StrategyDefinition }
  const complaint = compare(definition)
  if (complaint !== undefined) process.stdout.write(`${file}: ${complaint}\n`)
}
