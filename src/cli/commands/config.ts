/** `config check` and `config show`: the effective configuration, where each value came from, and whether it holds. */
import type { Command } from 'commander'
import { showConfig } from '../../core/config.ts'
import type { CommandDefinition } from '../command.ts'
import { CONFIGURATION, loadConfiguration } from '../configuration.ts'

export const check: CommandDefinition = {
  examples: ['autotrading config check --config autotrading.yaml', 'autotrading config check --set risk.leverage.max=3 --json'],
  run(_options, io) {
    const config = loadConfiguration(io)
    const set = [...config.origin.values()].filter((origin) => origin !== 'default').length
    io.out.document({ schema: 'autotrading.config-check/1', valid: true, values: config.origin.size, changed: set } as const)
    io.out.print(`The configuration is valid: ${config.origin.size} values, ${set} of them not at their default.`)
  },
}

export const show: CommandDefinition = {
  examples: ['autotrading config show', 'autotrading config show --config autotrading.yaml --json'],
  configure: (cli: Command) => cli.option('--changed', 'only what is not at its default'),
  run(options, io) {
    const rows = showConfig(CONFIGURATION, loadConfiguration(io)).filter(
      ({ path, value }) => path !== 'risk.maxLeverage' || value !== undefined,
    )
    const shown = options['changed'] === true ? rows.filter(({ origin }) => origin !== 'default') : rows
    io.out.document({ schema: 'autotrading.config/1', values: shown } as const)
    const width = Math.max(...shown.map(({ path }) => path.length), 4)
    for (const { path, value, origin, unit, description } of shown) {
      const amount = `${String(value ?? 'not set')}${unit === undefined ? '' : ` ${unit}`}`
      io.out.print(`${path.padEnd(width)}  ${amount}  (${origin})${description === undefined ? '' : `  ${description}`}`)
    }
    if (shown.length === 0) io.out.print('Everything is at its default.')
  },
}
