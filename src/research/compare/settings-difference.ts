/**
 * What the manifests of runs differ in: program, strategy, parameters, configuration, data, instruments; and which of it
 * makes their figures no answer to one question.
 *
 * Pure.
 */
import { span } from '../report/format.ts'
import type { ComparedRun } from './run-file.ts'

/** One thing that is not the same in all runs; `null` where a run has none of it. */
export interface SettingDifference {
  readonly path: string
  readonly values: readonly (string | number | boolean | null)[]
}

/** Something that two figures side by side would hide. */
export interface Caution {
  readonly kind: 'period' | 'data' | 'symbols' | 'synthetic' | 'capital' | 'costs' | 'program'
  readonly text: string
}

type Value = string | number | boolean | null
type Json = Readonly<Record<string, unknown>>

export function settingDifferences(runs: readonly ComparedRun[]): readonly SettingDifference[] {
  const flat = runs.map(({ manifest }) => {
    const { data: _data, command: _command, instruments, ...rest } = manifest
    const values = new Map<string, Value>()
    flatten(rest, '', values)
    if (Array.isArray(instruments))
      for (const row of instruments as readonly Json[])
        for (const field of ['tickSize', 'stepSize', 'source'])
          flatten(row[field], `instruments.${String(row['symbol'])}.${field}`, values)
    return values
  })
  const paths = [...new Set(flat.flatMap((values) => [...values.keys()]))]
  const settings = paths
    .map((path) => ({ path, values: flat.map((values) => values.get(path) ?? null) }))
    .filter(({ values }) => values.some((value) => value !== values[0]))
  return [...settings, ...dataDifferences(runs)]
}

function flatten(value: unknown, path: string, into: Map<string, Value>): void {
  if (typeof value === 'object' && value !== null) {
    for (const [key, inside] of Object.entries(value)) flatten(inside, path === '' ? key : `${path}.${key}`, into)
    return
  }
  if (value !== undefined) into.set(path, value as Value)
}

/** Hash by path; a file that the other runs read under another name is the same file. */
function dataDifferences(runs: readonly ComparedRun[]): readonly SettingDifference[] {
  const files = runs.map(dataOf)
  const everywhere = (hash: string): boolean => files.every((own) => own.some(({ sha256 }) => sha256 === hash))
  const paths = [...new Set(files.flat().flatMap(({ path, sha256 }) => (everywhere(sha256) ? [] : [path])))].sort()
  return paths.map((path) => ({
    path: `data ${path}`,
    values: files.map((own) => own.find((file) => file.path === path)?.sha256 ?? null),
  }))
}

function dataOf({ manifest }: ComparedRun): readonly { readonly path: string; readonly sha256: string }[] {
  const { data } = manifest
  if (!Array.isArray(data)) return []
  return (data as readonly Json[]).map((row) => ({ path: String(row['path']), sha256: String(row['sha256']) }))
}

const COST_SETTINGS = /^config\.(fees\.|slippageBps|latency\.|participation|touch)/

export function cautions(runs: readonly ComparedRun[], differences: readonly SettingDifference[]): readonly Caution[] {
  const found: Caution[] = []
  const differ = (of: (run: ComparedRun) => unknown): boolean =>
    runs.some((run) => JSON.stringify(of(run)) !== JSON.stringify(of(runs[0])))
  const each = (of: (run: ComparedRun) => string): string => runs.map((run) => `${run.letter} ${of(run)}`).join('; ')
  if (differ(({ period }) => [period.fromMs, period.toMs]))
    found.push({
      kind: 'period',
      text: `The runs are of different periods: ${each(({ period }) => span({ ...period, bars: 0 }))}. Judge them by the part they have in common.`,
    })
  if (differ(({ symbols }) => symbols.toSorted()))
    found.push({ kind: 'symbols', text: `The runs are of different symbols: ${each(({ symbols }) => listed(symbols))}.` })
  const files = differences.filter(({ path }) => path.startsWith('data ')).length
  const [first, ...rest] = runs
  if (files > 0)
    found.push({
      kind: 'data',
      text: `The runs read different data: ${files} ${files === 1 ? 'file is' : 'files are'} not the same, by hash.`,
    })
  else if (
    dataOf(first).length === 0 &&
    rest.some((run) => dataOf(run).length === 0) &&
    differ(({ manifest }) => manifest['seed']) &&
    first.synthetic
  )
    found.push({ kind: 'data', text: 'The markets were generated from different seeds: they are different markets.' })
  if (differ(({ synthetic }) => synthetic))
    found.push({
      kind: 'synthetic',
      text: `Some of the markets are synthetic and some are not: ${each(({ synthetic }) => (synthetic ? 'synthetic' : 'recorded'))}.`,
    })
  if (differ(({ initialCapital }) => initialCapital))
    found.push({
      kind: 'capital',
      text: `The runs began with different capital: ${each(({ initialCapital }) => String(initialCapital))}. Amounts of money do not compare.`,
    })
  const costs = differences.filter(({ path }) => COST_SETTINGS.test(path)).map(({ path }) => path.slice('config.'.length))
  if (costs.length > 0) found.push({ kind: 'costs', text: `The runs assume different costs or fills: ${costs.join(', ')}.` })
  if (differences.some(({ path }) => path === 'code.sha256'))
    found.push({ kind: 'program', text: 'The runs were computed by different programs.' })
  return found
}

const listed = (names: readonly string[]): string =>
  names.length > 4 ? `${names.slice(0, 4).join(', ')} and ${names.length - 4} more` : names.join(', ')
