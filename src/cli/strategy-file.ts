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
import type { StrategyChoice } from '../backtest/run.ts'
import { hint } from '../core/did-you-mean.ts'
import { AutoTradingError, InputError } from '../core/errors.ts'
import { STRATEGIES } from '../strategy/list.ts'
import { readParameters } from '../strategy/parameters.ts'
import type { StrategyDefinition } from '../strategy/strategy.ts'

export interface NamedStrategy {
  readonly definition: StrategyDefinition
  /** Of the file; `null` for a strategy of the house. */
  readonly sha256: string | null
}

const FILE = /[/\\]|\.[cm]?[jt]s$/

/** @throws InputError when there is no such strategy, or the file is none. */
export async function findStrategy(name: string, cwd: string): Promise<NamedStrategy> {
  if (FILE.test(name)) return loadStrategyFile(name, resolve(cwd, name))
  const definition = STRATEGIES.find((strategy) => strategy.name === name)
  if (definition !== undefined) return { definition, sha256: null }
  const names = STRATEGIES.map((strategy) => strategy.name)
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
function checked(exported: unknown, name: string, path: string): StrategyDefinition {
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
  return exported as StrategyDefinition
}
