/** Every parameter one step down and up: whether the result falls off a cliff right beside the values that were chosen. */
import { sweep } from '../sweep.ts'
import { aloneIn } from '../run-setup.ts'
import type { Params } from '../run-setup.ts'
import type { ParameterValue } from '../../strategy/parameters.ts'
import type { AnyStrategy } from '../../strategy/pair.ts'
import type { Session } from './session.ts'
import type { Finding, Part } from './verdict.ts'

/** A step is this share of the value, and at least 1 of an integer. */
const STEP = 0.05
/** A neighbour that is worse by this much of the capital, and by half of the result, is a cliff. */
const CLIFF = 0.05

/** Of each strategy, where a quick audit has several. */
const QUICK_STEPS = 10

interface Neighbour {
  readonly name: string
  readonly value: ParameterValue
  readonly params: Params
}

/** Of one of the strategies; where there are several, with the account to itself. */
export async function judgeParameters(
  session: Session,
  index: number,
  preload: readonly string[],
  onRun: () => void,
): Promise<Part> {
  const { document, threads } = session
  const strategy = session.setup.strategies[index]
  const several = session.setup.strategies.length > 1
  const setup = several ? aloneIn(session.setup, strategy) : session.setup
  const all = neighboursOf(session.definitions[index], strategy.params)
  const neighbours =
    several && session.quick
      ? session.prng
          .fork(`steps ${index}`)
          .shuffle([...all])
          .slice(0, QUICK_STEPS)
      : all
  const skipped = (text: string): Part => ({ name: 'parameters', status: 'skipped', text, runs: 0, findings: [], figures: {} })
  if (neighbours.length === 0) return skipped('there is no numeric parameter to move')
  let results
  try {
    // What it does by itself is in no document.
    const sets = [...(several ? [strategy.params] : []), ...neighbours.map(({ params }) => params)]
    results = await sweep({ setup, params: sets, preload, threads, onProgress: onRun })
  } catch (error) {
    return {
      ...skipped('a run with a neighbouring parameter broke off'),
      status: 'fail',
      findings: [crash(error instanceof Error ? error.message : String(error))],
    }
  }
  const own = (several ? results[0].summary : document.summary).totalReturn ?? 0
  const returns = results.slice(several ? 1 : 0).map(({ summary }) => summary.totalReturn ?? Number.NaN)
  const worst = returns.reduce((least, value, i) => (value < returns[least] ? i : least), 0)
  const cliff = own > 0 && returns[worst] < own - Math.max(CLIFF, own / 2)
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
  const at = `${neighbours[worst].name}=${String(neighbours[worst].value)}`
  return {
    name: 'parameters',
    status: cliff ? 'warn' : 'pass',
    text: `return ${several ? 'alone ' : ''}${percent(own)}; ${percent(Math.min(...returns))} to ${percent(Math.max(...returns))} with one parameter one step away (${neighbours.length} of ${all.length} steps, least at ${at})`,
    runs: results.length,
    findings: cliff ? [cliffFinding(at, percent(own), percent(returns[worst]))] : [],
    figures: {
      neighbours: neighbours.length,
      totalReturn: own,
      totalReturnLeast: Math.min(...returns),
      totalReturnMost: Math.max(...returns),
    },
  }
}

/** Values inside the bounds, in sets that the strategy does not complain about. Quantities only scale and flags have no step. */
export function neighboursOf(definition: AnyStrategy, params: Params): readonly Neighbour[] {
  return Object.entries(definition.parameters).flatMap(([name, { kind, min = -Infinity, max = Infinity }]) => {
    const value = params[name]
    if (typeof value !== 'number' || (kind !== 'integer' && kind !== 'number')) return []
    const share = Math.abs(value) * STEP
    const step = kind === 'integer' ? Math.max(1, Math.round(share)) : share
    return [value - step, value + step].flatMap((moved): readonly Neighbour[] => {
      if (step === 0 || moved < min || moved > max) return []
      const set = { ...params, [name]: moved }
      return definition.check?.(set) === undefined ? [{ name, value: moved, params: set }] : []
    })
  })
}

const crash = (text: string): Finding => ({
  kind: 'crash',
  text,
  next: 'Declare the bounds of the parameters so that every value inside them runs.',
  decision: null,
  dependsOn: null,
})

const cliffFinding = (at: string, own: string, worst: string): Finding => ({
  kind: 'cliff',
  text: `the return falls from ${own} to ${worst} at ${at}`,
  next: 'Values whose neighbours lose are fitted to this stretch of history.',
  decision: null,
  dependsOn: null,
})
