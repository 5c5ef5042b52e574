/**
 * The strategy that `--strategy` names: one of the house by its name, or the default export of a user's file.
 *
 * Loads the user's file into this process; its code runs with our rights.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { refuseUnfit } from '../backtest/run.ts'
import type { Hedge, StrategyChoice } from '../backtest/run.ts'
import { listOption, textOption } from './backtest-options.ts'
import type { Options, SpotChoice } from './backtest-options.ts'
import type { Configuration } from './configuration.ts'
import { hint } from '../core/did-you-mean.ts'
import { AutoTradingError, InputError } from '../core/errors.ts'
import { PAIRS, STRATEGIES } from '../strategy/list.ts'
import { readParameters } from '../strategy/parameters.ts'
import { isPair } from '../strategy/pair.ts'
import type { AnyStrategy } from '../strategy/pair.ts'
import type { ChosenStrategy } from '../research/run-setup.ts'

export interface NamedStrategy {
  readonly definition: AnyStrategy
  /** Of the file; `null` for a strategy of the house. */
  readonly sha256: string | null
}

const FILE = /[/\\]|\.[cm]?[jt]s$/

/** @throws InputError when there is no such strategy, or the file is none. */
export async function findStrategy(name: string, cwd: string): Promise<NamedStrategy> {
  if (FILE.test(name)) return loadStrategyFile(name, resolve(cwd, name))
  const house: readonly AnyStrategy[] = [...STRATEGIES, ...PAIRS]
  const definition = house.find((strategy) => strategy.name === name)
  if (definition !== undefined) return { definition, sha256: null }
  const names = house.map((strategy) => strategy.name)
  throw new InputError('unknown-strategy', `there is no strategy '${name}'`, {
    where: { strategy: name },
    next: `${hint(name, names)} There are: ${names.join(', ')}. A strategy of your own is named by its file, like ./my-strategy.ts.`,
  })
}

/** `--param k=v` texts over the strategy's defaults. */
export function withParameters({ definition, sha256 }: NamedStrategy, given: readonly string[]): StrategyChoice {
  const texts: Record<string, string> = {}
  for (const pair of given) {
    const at = pair.indexOf('=')
    const name = pair.slice(0, at).trim()
    if (at < 1 || name === '')
      throw new InputError('usage', `--param ${pair} is not name=value`, { next: 'Write it like --param fast=20.' })
    texts[name] = pair.slice(at + 1).trim()
  }
  const params = readParameters(definition.name, definition.parameters, texts)
  refuseUnfit(definition, params)
  return { definition, params, sha256 }
}

/** The one that `--strategy` names, else those of the configuration. @throws InputError when there is none, or two answers. */
export async function chosenStrategies(
  options: Options,
  { strategies }: Configuration,
  cwd: string,
): Promise<readonly ChosenStrategy[]> {
  const name = textOption(options, 'strategy')
  const given = listOption(options, 'param')
  if (name !== undefined) {
    const choice = withParameters(await findStrategy(name, cwd), given)
    return [{ ...choice, hedge: hedgeFor(choice), file: choice.sha256 === null ? null : resolve(cwd, name) }]
  }
  if (strategies.length === 0)
    throw new InputError('usage', 'no strategy is named', {
      next: 'Name one with --strategy, or several under `strategies` in the file of --config.',
    })
  if (given.length > 0)
    throw new InputError(
      'usage',
      `--param ${given[0]} belongs to --strategy, and the strategies are those of the configuration`,
      {
        next: 'Write parameters under `params` of the strategy there.',
      },
    )
  return configuredStrategies(strategies, cwd)
}

/** A pair is hedged with spot unless something else is said. */
const hedgeFor = ({ definition }: StrategyChoice, given?: Hedge): Hedge | undefined =>
  isPair(definition) ? (given ?? 'spot') : undefined

/** Whether any strategy holds spot, and where its prices come from. */
export function spotChoice(strategies: readonly ChosenStrategy[], { seed, spot }: Configuration): SpotChoice | undefined {
  const holding = strategies.filter(({ hedge }) => hedge === 'spot')
  if (holding.length === 0) return undefined
  const symbols = holding.every((strategy) => strategy.symbols !== undefined)
    ? holding.flatMap((strategy) => strategy.symbols ?? [])
    : undefined
  const { synthetic, basisMeanBps: meanBps, basisDeviationBps: sdBps } = spot
  return { symbols, basis: synthetic ? { seed, meanBps, sdBps } : undefined }
}

/** The strategies that a configuration lists. @throws InputError when one of them is none, or its parameters do not fit. */
async function configuredStrategies(listed: Configuration['strategies'], cwd: string): Promise<readonly ChosenStrategy[]> {
  return Promise.all(
    listed.map(async ({ name, params, symbols, share, hedge }) => {
      const found = await findStrategy(name, cwd)
      const choice = withParameters(
        found,
        Object.entries(params).map(([key, value]) => `${key}=${String(value)}`),
      )
      return {
        ...choice,
        symbols,
        share,
        hedge: hedgeFor(choice, hedge),
        file: found.sha256 === null ? null : resolve(cwd, name),
      }
    }),
  )
}

async function loadStrategyFile(name: string, path: string): Promise<NamedStrategy> {
  if (!existsSync(path))
    throw new InputError('strategy-file-missing', `--strategy ${name}: there is no such file`, {
      where: { file: path },
      next: 'Check the path; it is taken from the working folder.',
    })
  let exported: unknown
  try {
    exported = ((await import(pathToFileURL(path).href)) as { readonly default?: unknown }).default
  } catch (cause) {
    if (cause instanceof AutoTradingError) throw cause
    const words = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
    throw new InputError('strategy-file-broken', `--strategy ${name}: the file cannot be loaded: ${words}`, {
      cause,
      where: { file: path },
      next: 'Correct the file there; `autotrading doctor --strategy FILE` tries it, too.',
    })
  }
  return { definition: checked(exported, name, path), sha256: createHash('sha256').update(readFileSync(path)).digest('hex') }
}

const KINDS = new Set(['integer', 'number', 'quantity', 'flag'])

/** A definition that another program wrote: everything that the engine will call is there. */
function checked(exported: unknown, name: string, path: string): AnyStrategy {
  const refuse = (what: string): never => {
    throw new InputError('strategy-file-shape', `--strategy ${name}: ${what}`, {
      where: { file: path },
      next: "The file ends with `export default defineStrategy({ name, description, parameters, warmUp, memory, create })`, with defineStrategy from 'autotrading'.",
    })
  }
  if (typeof exported !== 'object' || exported === null) return refuse('its default export is no strategy')
  const found = exported as Readonly<Record<string, unknown>>
  if (typeof found['name'] !== 'string' || !/^[a-z][a-z0-9-]*$/.test(found['name']))
    refuse('the name of the strategy must be lower case letters, digits and hyphens')
  if (typeof found['description'] !== 'string') refuse('the strategy has no description')
  for (const method of ['warmUp', 'memory', 'create'])
    if (typeof found[method] !== 'function') refuse(`the strategy has no function '${method}'`)
  const { parameters } = found
  if (typeof parameters !== 'object' || parameters === null)
    return refuse("the strategy has no 'parameters' (an empty object when it takes none)")
  for (const [key, parameter] of Object.entries(parameters as Record<string, unknown>)) {
    const kind = typeof parameter === 'object' && parameter !== null && 'kind' in parameter ? parameter.kind : undefined
    if (typeof kind !== 'string' || !KINDS.has(kind))
      refuse(`parameter '${key}' must be made by integer(), number(), quantity() or flag()`)
  }
  return exported as AnyStrategy
}
