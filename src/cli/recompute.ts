/**
 * The command line that computes a backtest again, for its manifest: the options as they were given, and as `--set`
 * whatever the configuration has from elsewhere than its defaults (file, environment, flags), so that it needs neither.
 *
 * Pure.
 */
import type { Config } from '../core/config.ts'
import type { Options } from './backtest-options.ts'
import type { Configuration } from './configuration.ts'

/** Options by commander's names, in the order in which they are written. */
const TEXTS = ['strategy', 'interval', 'fillInterval', 'from', 'to', 'exchangeInfo'] as const
const LISTS = ['param', 'data', 'symbol', 'mark', 'funding', 'spot', 'brackets'] as const

/** The words after `autotrading`. */
export function recomputeWords(command: string, options: Options, config: Config<Configuration>): readonly string[] {
  const given = (name: string): readonly string[] => {
    const value = options[name]
    if (typeof value === 'string') return [flagOf(name), value]
    return Array.isArray(value) ? value.flatMap((each) => [flagOf(name), String(each)]) : []
  }
  const sets = [...config.origin]
    .filter(([, origin]) => origin !== 'default')
    .flatMap(([path]) => {
      const value = at(config.value, path)
      return value === undefined ? [] : ['--set', `${path}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`]
    })
  return [command, ...[...TEXTS, ...LISTS].flatMap(given), ...sets]
}

const flagOf = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inside, key) => (inside as Readonly<Record<string, unknown>> | undefined)?.[key], value)
