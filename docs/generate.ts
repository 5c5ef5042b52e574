/**
 * Writes what docs say of the program itself: the table of all configuration keys from their schema, the
 * tables of mathematics and time from their docstrings, and the first lines of `npm start` in the README. `node_modules/.bin/node docs/generate.ts` brings them up to date; `test/docs.test.ts` says when they are not.
 * Writes what docs say of the program itself: the table of all configuration keys from their schema, that of all indicators from
 * their list, and the first lines of `npm start` in the README. `node_modules/.bin/node docs/generate.ts` brings them up to date; `test/docs.test.ts` says when they are not.
 *
 * Reads the command line's own modules; writes Markdown files when it is the program that was started.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { z } from 'zod'
import { CONFIGURATION, loadConfiguration } from '../src/cli/configuration.ts'
import { commands, groups } from '../src/cli/commands.ts'
import { runCommandLine } from '../src/cli/program.ts'
import { showConfig } from '../src/core/config.ts'
import { childOf, rangeOf, shapeOf } from '../src/core/config-schema.ts'
import { INDICATORS } from '../src/market/indicators/list.ts'
import { LIMITS } from '../src/risk/limits/list.ts'
import { PROTECTIONS } from '../src/risk/protections/list.ts'
import { RISK_SECTIONS } from '../src/risk/sections.ts'
import { CONSTRAINTS } from '../src/risk/sizing/list.ts'
import type { RiskSection } from '../src/risk/sections.ts'
import { mathematicsTables, timeTables } from './mathematics-table.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Every key of the configuration with its default, unit, range and words, as a Markdown table. */
export function configurationTable(): string {
  const defaults = loadConfiguration({ globals: { config: undefined, set: [], seed: undefined }, env: {}, cwd: root })
  const shown = new Map(showConfig(CONFIGURATION, defaults).map((row) => [row.path, row]))
  const rows = keysOf(CONFIGURATION).map(({ path, schema }) => {
    const row = shown.get(path)
    const fallback = row?.value === undefined ? 'not set' : `\`${String(row.value)}\``
    return `| \`${path}\` | ${fallback} | ${row?.unit ?? ''} | ${rangeText(schema)} | ${limitWords(path) ?? row?.description ?? ''} |`
  })
  return ['| key | default | unit | range | meaning |', '|---|---|---|---|---|', ...rows].join('\n')
}

/** Of the switch of a limit or a constraint: what it is about. */
function limitWords(path: string): string | undefined {
  const limit = RISK_SECTIONS.find(({ name }) => path === `risk.${name}.enabled`)
  if (limit !== undefined) return `check: ${limit.description}`
  const constraint = CONSTRAINTS.find(({ name }) => path === `sizing.${name}.enabled`)
  return constraint === undefined ? undefined : `apply: ${constraint.description}`
}

/** Every indicator with its call, what it takes, its values and its source. */
export function indicatorTable(): string {
  const code = (text: string): string => `\`${text.replaceAll('|', String.raw`\|`)}\``
  const rows = INDICATORS.map(({ name, summary, call, takes, source, example }) => {
    const values = Object.keys(example().outputs()).map(code).join(', ')
    return `| ${name} | ${summary.replaceAll('|', String.raw`\|`)} | ${code(call)} | ${code(takes)} | ${values} | ${source} |`
  })
  return [
    '| indicator | what it is | how it is made | `update` takes | values | source |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

/** Every constraint on size, in the order in which they are looked at. */
export function constraintTable(): string {
  const rows = CONSTRAINTS.map(({ name, description, settings }) => {
    const values = Object.entries(settings).flatMap(([key, { default: value }]) =>
      key === 'enabled' ? [] : [`${key} ${String(value)}`],
    )
    const state = settings['enabled'] === undefined ? 'always' : settings['enabled'].default === true ? 'on' : 'off'
    return `| \`${name}\` | ${state} | ${description} | ${values.join(', ')} |`
  })
  return ['| constraint | by default | allows | defaults |', '|---|---|---|---|', ...rows].join('\n')
}

/** Limits or protections with their settings and defaults. */
export function rulesTable(rules: readonly RiskSection[]): string {
  const rows = rules.map(({ name, description, settings }) => {
    const values = Object.entries(settings)
      .filter(([key]) => key !== 'enabled')
      .map(([key, setting]) => `\`${key}\` ${String(setting.default)}${'unit' in setting ? ` ${setting.unit}` : ''}`)
    return `| \`risk.${name}\` | ${description} | ${values.join(', ')} | ${settings['enabled'].default === true ? 'on' : 'off'} |`
  })
  return ['| key | what is looked at | settings | by default |', '|---|---|---|---|', ...rows].join('\n')
}

interface Key {
  readonly path: string
  readonly schema: z.ZodType
}

/** The keys that are no sections, in the order of the schema. */
export function keysOf(schema: z.ZodType, above: readonly string[] = []): readonly Key[] {
  return Object.keys(shapeOf(schema) ?? {}).flatMap((name): readonly Key[] => {
    const child = childOf(schema, name)
    if (child === undefined) return []
    const path = [...above, name]
    return shapeOf(child) === undefined ? [{ path: path.join('.'), schema: child }] : keysOf(child, path)
  })
}

/** Where the schema states no bounds as such, what it answers to absurd values tells them. */
function rangeText(schema: z.ZodType): string {
  const range = rangeOf(schema)
  if (range !== undefined) return range.replace(` to ${Number.MAX_SAFE_INTEGER}`, ' and more')
  if (schema.safeParse(true).success) return 'true or false'
  for (const absurd of ['-1000000000', '1000000000']) {
    const complaint = schema.safeParse(absurd).error?.issues[0]?.message
    if (complaint !== undefined) return complaint.replace(/^must (be|lie) /, '')
  }
  return ''
}

/** The part of `npm start` that a README has room for: what it ran, and the summary. */
export async function startExcerpt(): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'autotrading-docs-'))
  let text = ''
  const stdout = new Writable({
    write(chunk: Buffer, _, done) {
      text += chunk.toString()
      done()
    },
  })
  const stderr = new Writable({ write: (_chunk, _, done) => done() })
  await runCommandLine(['start', '--home', home], {
    commands,
    groups,
    version: '',
    stdout,
    stderr,
    env: {},
    cwd: root,
    listen: () => ({ signal: new AbortController().signal, compute: (work) => work() }),
  })
  rmSync(home, { recursive: true })
  const lines = text.split('\n')
  const from = (title: string): number => lines.findIndex((line) => line.includes(`── ${title} `))
  return ['```text', ...lines.slice(1, from('Equity')), ...lines.slice(from('Summary'), from('Symbols')), '```']
    .join('\n')
    .replace(/\n+```$/, '\n```')
}

/** `text` with what stands between the two marks of this name replaced. */
export function replaced(text: string, name: string, content: string): string {
  const [start, end] = [`<!-- generated: ${name} -->`, `<!-- end: ${name} -->`]
  const [before, after] = [text.indexOf(start), text.indexOf(end)]
  if (before < 0 || after < before) throw new Error(`the marks of ${name} are missing`)
  return `${text.slice(0, before)}${start}\n${content}\n${text.slice(after)}`
}

export interface Generated {
  /** From the root of the project. */
  readonly path: string
  readonly text: string
}

export async function generated(): Promise<readonly Generated[]> {
  const read = (path: string): string => readFileSync(join(root, path), 'utf8')
  return [
    { path: 'docs/configuration.md', text: replaced(read('docs/configuration.md'), 'keys', configurationTable()) },
    { path: 'docs/sizing.md', text: replaced(read('docs/sizing.md'), 'constraints', constraintTable()) },
    {
      path: 'docs/risk.md',
      text: replaced(replaced(read('docs/risk.md'), 'limits', rulesTable(LIMITS)), 'protections', rulesTable(PROTECTIONS)),
    },
    { path: 'docs/mathematics.md', text: replaced(read('docs/mathematics.md'), 'functions', mathematicsTables()) },
    { path: 'docs/time.md', text: replaced(read('docs/time.md'), 'functions', timeTables()) },
    { path: 'docs/indicators.md', text: replaced(read('docs/indicators.md'), 'indicators', indicatorTable()) },
    { path: 'README.md', text: replaced(read('README.md'), 'start', await startExcerpt()) },
  ]
}

if (import.meta.main) for (const { path, text } of await generated()) writeFileSync(join(root, path), text)
