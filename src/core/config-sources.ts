/**
 * Where settings come from: a YAML file, the environment, `--set` and flags. Each source becomes a list of assignments
 * (path, value, origin); `config.ts` lays them over one another.
 *
 * Reads nothing itself: texts and the environment are given. Imports yaml, zod types and the schema's reader.
 */
import { isAlias, isMap, isScalar, LineCounter, parseDocument, type Document, type Node } from 'yaml'
import { type z } from 'zod'
import { childOf, coerceText, recordValueOf, shapeOf } from './config-schema.ts'
import { closest } from './did-you-mean.ts'
import { InputError } from './errors.ts'

export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'file'; readonly path: string; readonly line: number }
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'set' }
  | { readonly kind: 'flag'; readonly flag: string }

export interface Assignment {
  readonly path: readonly string[]
  readonly value: unknown
  readonly origin: Origin
}

/** A command-line flag that stands for a configuration key; `undefined` when it was not given. */
export interface ConfigFlag {
  /** With its dashes: `--leverage`. */
  readonly flag: string
  readonly path: string
  readonly value: unknown
}

export const ENV_PREFIX = 'AUTOTRADING_'
const ENV_RESERVED: ReadonlySet<string> = new Set(['AUTOTRADING_HOME', 'AUTOTRADING_SHARED'])

/** As it stands in lists: `file config/live.yaml:12`. */
export function originText(origin: Origin): string {
  switch (origin.kind) {
    case 'default':
      return 'default'
    case 'file':
      return `file ${origin.path}:${origin.line}`
    case 'env':
      return `env ${origin.name}`
    case 'set':
      return '--set'
    case 'flag':
      return `flag ${origin.flag}`
  }
}

/** As it stands in a sentence: `config/live.yaml, line 12`. */
export function originPlace(origin: Origin): string {
  return origin.kind === 'file' ? `${origin.path}, line ${origin.line}` : originText(origin)
}

export function unknownKey(path: string, origin: Origin, next: string): InputError {
  const place = originPlace(origin)
  const named = path === '' ? "''" : path
  return new InputError('config-unknown-key', `${named} is no configuration key (${place})`, {
    where: { path: named, origin: place },
    next,
  })
}

// ---- file

export function fileSettings({ path, text }: { readonly path: string; readonly text: string }): readonly Assignment[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false, customTags: [] })
  const fail = (offset: number, message: string): never => {
    const place = originPlace({ kind: 'file', path, line: lines.linePos(offset).line || 1 })
    throw new InputError('config-syntax', `${message} (${place})`, {
      where: { path, origin: place },
      next: 'Correct the file there; `config check` tries it without starting anything.',
    })
  }
  for (const problem of [...document.errors, ...document.warnings]) {
    const what =
      problem.code === 'DUPLICATE_KEY' ? 'A key stands twice in one section' : `The file is not valid YAML: ${problem.message}`
    fail(problem.pos[0], what)
  }
  const settings: Assignment[] = []
  collect(document, document.contents, [], 0)
  return settings

  function collect(owner: Document, node: Node | null, at: readonly string[], offset: number): void {
    const resolved = isAlias(node) ? (node.resolve(owner) ?? null) : node
    if (resolved === null || (isScalar(resolved) && resolved.value === null && at.length === 0)) return
    if (!isMap(resolved)) {
      if (at.length === 0) fail(0, 'The file is not a list of `key: value`')
      const line = lines.linePos(offset).line
      // An empty section (`risk:` and nothing below) is no value.
      if (isScalar(resolved) && resolved.value === null && resolved.source !== 'null' && resolved.source !== '~') return
      settings.push({ path: at, value: resolved.toJS(owner) as unknown, origin: { kind: 'file', path, line } })
      return
    }
    if (resolved.items.length === 0 && at.length > 0)
      settings.push({ path: at, value: {}, origin: { kind: 'file', path, line: lines.linePos(offset).line } })
    for (const { key, value } of resolved.items) {
      const start = (key as Node).range?.[0] ?? offset
      if (!isScalar(key)) return fail(start, 'A key is not a plain word')
      collect(owner, value as Node | null, [...at, String(key.value)], start)
    }
  }
}

// ---- environment

/** `known` is what lower sources gave: names that a schema leaves free are matched with it. */
export function envSettings(
  schema: z.ZodType,
  env: Readonly<Record<string, string | undefined>>,
  known: readonly Assignment[],
): readonly Assignment[] {
  const settings: Assignment[] = []
  const names = new Map<string, string>()
  for (const name of Object.keys(env).sort()) {
    const text = env[name]
    const upper = name.toUpperCase()
    // An empty variable is one that is not set: compose files and shells cannot unset.
    if (!upper.startsWith(ENV_PREFIX) || ENV_RESERVED.has(upper) || text === undefined || text === '') continue
    const origin: Origin = { kind: 'env', name }
    const path = envPath(schema, upper.slice(ENV_PREFIX.length).split('__'), origin, known)
    const twin = names.get(path.join('.'))
    if (twin !== undefined)
      throw new InputError('config-twice', `${path.join('.')} is set by both ${twin} and ${name} (env ${name})`, {
        where: { path: path.join('.'), origin: originPlace(origin) },
        next: `Unset ${twin} or ${name}.`,
      })
    names.set(path.join('.'), name)
    settings.push({ path, value: textUnder(schema, path, text), origin })
  }
  return settings
}

const plainName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')
const screaming = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]/g, '_')
    .toUpperCase()
const camel = (name: string): string => name.toLowerCase().replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

function envPath(
  schema: z.ZodType,
  parts: readonly string[],
  origin: Origin & { readonly kind: 'env' },
  known: readonly Assignment[],
): readonly string[] {
  const path: string[] = []
  let here: z.ZodType = schema
  for (const part of parts) {
    const shape = shapeOf(here)
    const keys = shape === undefined ? [] : Object.keys(shape)
    const free = recordValueOf(here) !== undefined
    const used = free
      ? known
          .filter((setting) => path.every((key, i) => setting.path[i] === key))
          .map((setting) => setting.path[path.length])
          .filter((key) => key !== undefined)
      : []
    const key =
      [...keys, ...used].find((candidate) => plainName(candidate) === plainName(part)) ??
      (free && part !== '' ? camel(part) : undefined)
    const child = key === undefined ? undefined : childOf(here, key)
    if (key === undefined || child === undefined) {
      const spelled = (candidate: string): string => ENV_PREFIX + [...path.map(screaming), screaming(candidate)].join('__')
      const near = closest(part, keys.map(screaming))
      const next =
        near !== undefined
          ? `Did you mean ${spelled(near)}?`
          : keys.length > 0
            ? `Known here: ${keys.map(spelled).join(', ')}.`
            : 'Unset it.'
      throw unknownKey([...path, camel(part)].join('.'), origin, next)
    }
    path.push(key)
    here = child
  }
  return path
}

// ---- --set and flags

export function setSettings(schema: z.ZodType, sets: readonly string[]): readonly Assignment[] {
  return sets.map((set) => {
    const at = set.indexOf('=')
    const name = (at < 0 ? set : set.slice(0, at)).trim()
    if (at < 0 || name === '')
      throw new InputError('config-set', `--set ${name} is not path=value (--set)`, {
        where: { path: name === '' ? "''" : name, origin: '--set' },
        next: 'Write it like --set risk.leverage.max=3.',
      })
    const path = name.split('.')
    return { path, value: textUnder(schema, path, set.slice(at + 1)), origin: { kind: 'set' } }
  })
}

export function flagSettings(schema: z.ZodType, flags: readonly ConfigFlag[]): readonly Assignment[] {
  return flags.flatMap(({ flag, path: name, value }) => {
    if (value === undefined) return []
    const path = name.split('.')
    return [
      {
        path,
        value: typeof value === 'string' ? textUnder(schema, path, value) : value,
        origin: { kind: 'flag', flag } as const,
      },
    ]
  })
}

/** The text as what the schema wants at the path; as it is where the path leads nowhere (that is refused later). */
function textUnder(schema: z.ZodType, path: readonly string[], text: string): unknown {
  let here: z.ZodType | undefined = schema
  for (const key of path) here = here === undefined ? undefined : childOf(here, key)
  return here === undefined ? text : coerceText(here, text)
}
