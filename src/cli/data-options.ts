/**
 * The options that the commands over data share: where the catalog is, which series is meant, which period.
 */
import type { Command } from 'commander'
import { join, resolve } from 'node:path'
import { InputError } from '../core/errors.ts'
import { intervalOf, parseTime } from '../core/time.ts'
import type { Interval, Micros } from '../core/time.ts'
import type { SeriesChoice } from '../storage/catalog/query.ts'
import { KINDS } from '../storage/catalog/series.ts'
import { textOption } from './backtest-options.ts'
import type { Options } from './backtest-options.ts'
import type { CommandIo } from './command.ts'

export const addCatalogOption = (cli: Command): Command => cli.option('--catalog <DIR>', "the catalog's folder (HOME/catalog)")

/** The folder that `--catalog` names, or the catalog of the home. */
export function catalogFolder(options: Options, io: Pick<CommandIo, 'cwd' | 'globals'>): string {
  const named = textOption(options, 'catalog')
  return named === undefined ? join(io.globals.home, 'catalog') : resolve(io.cwd, named)
}

export const addSeriesOptions = (cli: Command): Command =>
  addCatalogOption(cli)
    .option('--symbol <S>', 'of this symbol')
    .option('--kind <KIND>', `of this kind: ${KINDS.join(', ')}`)
    .option('--interval <I>', 'bars of this interval')
    .option('--market <perp|spot>', 'of this market')

/** Throws `InputError` when a value is none of those that exist. */
export function seriesChoice(options: Options): SeriesChoice {
  const kind = textOption(options, 'kind')
  const market = textOption(options, 'market')
  return {
    symbol: textOption(options, 'symbol')?.trim().toUpperCase(),
    interval: intervalOption(options, 'interval')?.name,
    kind: kind === undefined ? undefined : oneOf('--kind', kind, KINDS),
    market: market === undefined ? undefined : oneOf('--market', market, ['perp', 'spot'] as const),
  }
}

function oneOf<T extends string>(flag: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((name) => name === text)
  if (found !== undefined) return found
  throw new InputError('usage', `${flag} is '${text}', it must be one of ${allowed.join(', ')}`)
}

export function intervalOption(options: Options, name: string): Interval | undefined {
  const text = textOption(options, name)
  return text === undefined ? undefined : intervalOf(text)
}

/** `--from` and `--to`. Throws `InputError` when they are no times, or exchanged. */
export function periodOption(options: Options): { readonly from: Micros | undefined; readonly to: Micros | undefined } {
  const [from, to] = ['from', 'to'].map((name) => {
    const text = textOption(options, name)
    return text === undefined ? undefined : parseTime(text, `--${name}`)
  })
  if (from !== undefined && to !== undefined && from >= to)
    throw new InputError('usage', `--from ${String(options['from'])} is not before --to ${String(options['to'])}`, {
      next: 'Exchange them.',
    })
  return { from, to }
}

/** Columns of text, aligned; of the first row the titles. */
export function alignedRows(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return rows
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
