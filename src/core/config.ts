/**
 * Configuration: flags over `--set` over environment over file over defaults, under one schema, which is a parameter
 * (this floor does not know what is configured). Every value can say where it came from, every refusal too.
 *
 * Reads no file and no environment itself; registers secret values so that logs mask them.
 */
import { type z } from 'zod'
import { childOf, isPlainSection, isSecret, metaOf, rangeOf, recordValueOf, shapeOf } from './config-schema.ts'
import {
  envSettings,
  fileSettings,
  flagSettings,
  originPlace,
  originText,
  setSettings,
  unknownKey,
  type ConfigFlag,
  type Origin,
  type Assignment,
} from './config-sources.ts'
import { closest, hint } from './did-you-mean.ts'
import { InputError } from './errors.ts'
import { MASK, registerSecret, SECRET_LENGTH_MIN } from './redact.ts'

export { decimal } from './config-schema.ts'
export { type ConfigFlag } from './config-sources.ts'

export interface ConfigRequest<S extends z.ZodType> {
  readonly schema: S
  readonly file?: { readonly path: string; readonly text: string }
  /** `AUTOTRADING_*` is read, the rest left alone. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Each `path=value`; the last of one path wins. */
  readonly sets: readonly string[]
  readonly flags: readonly ConfigFlag[]
}

export interface Config<T> {
  /** Deeply frozen. */
  readonly value: T
  /** Of each leaf: `default`, `file config/live.yaml:12`, `env NAME`, `--set` or `flag --x`. */
  readonly origin: ReadonlyMap<string, string>
}

/** One line of `config show`. */
export interface ConfigRow {
  readonly path: string
  /** `undefined` when it is not set and has no default; a mask when it is a secret. */
  readonly value: unknown
  readonly origin: string
  readonly unit: string | undefined
  readonly description: string | undefined
}

export interface ConfigProblem {
  readonly path: string
  readonly origin: string
  readonly message: string
  readonly next: string
}

/** A configuration that the schema refuses; the message tells all problems, `next` helps with the first. */
export class ConfigError extends InputError {
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly [ConfigProblem, ...ConfigProblem[]]) {
    const [{ path, origin, next }] = problems
    super('config-invalid', problems.map((problem) => problem.message).join('; '), { where: { path, origin }, next })
    this.problems = problems
  }
}

/**
 * The effective configuration.
 * @throws InputError `config-syntax`, `config-unknown-key`, `config-twice`, `config-set`; ConfigError `config-invalid`.
 */
export function loadConfig<S extends z.ZodType>({ schema, file, env, sets, flags }: ConfigRequest<S>): Config<z.output<S>> {
  const lowest = file === undefined ? [] : fileSettings(file)
  const settings = [...lowest, ...envSettings(schema, env, lowest), ...setSettings(schema, sets), ...flagSettings(schema, flags)]
  const tree = new Tree()
  for (const setting of settings) tree.put(setting)

  refuseUnknown(schema, tree.root, [], tree)
  fillSections(schema, tree.root)
  const parsed = schema.safeParse(tree.root)
  const problems = parsed.success
    ? shortSecrets(schema, tree)
    : parsed.error.issues.map((issue) => problemOf(schema, issue, tree))
  const [first, ...others] = problems
  if (first !== undefined) throw new ConfigError([first, ...others])

  const value = parsed.data as z.output<S>
  registerSecrets(schema, value)
  const origin = new Map(
    leavesOf(schema, value)
      .filter((leaf) => leaf.value !== undefined)
      .map(({ path }) => [path.join('.'), originText(tree.originOf(path))]),
  )
  return { value: deepFreeze(value), origin }
}

/** Every key of the schema with its effective value, in the schema's order; secrets masked. */
export function showConfig<S extends z.ZodType>(schema: S, { value, origin }: Config<z.output<S>>): readonly ConfigRow[] {
  return leavesOf(schema, value).map((leaf) => {
    const path = leaf.path.join('.')
    const { unit, description } = metaOf(leaf.schema)
    const hidden = leaf.secret && leaf.value !== undefined && leaf.value !== null && leaf.value !== ''
    return { path, value: hidden ? MASK : leaf.value, origin: origin.get(path) ?? 'default', unit, description }
  })
}

// ---- settings laid over one another

type Section = Record<string, unknown>
const isSection = (value: unknown): value is Section => {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
/** Sections have no prototype: a key named `constructor` or `__proto__` is a key like any other. */
const emptySection = (): Section => Object.create(null) as Section

class Tree {
  readonly root: Section = emptySection()
  readonly #origins = new Map<string, Origin>()

  put({ path, value, origin }: Assignment): void {
    if (isSection(value) && Object.keys(value).length > 0) {
      for (const [key, item] of Object.entries(value)) this.put({ path: [...path, key], value: item, origin })
      return
    }
    let section = this.root
    for (const key of path.slice(0, -1)) {
      if (!isSection(section[key])) section[key] = emptySection()
      section = section[key] as Section
    }
    const last = path[path.length - 1]
    const keeps = isSection(value) && isSection(section[last])
    if (!keeps) section[last] = isSection(value) ? emptySection() : value
    this.#origins.set(JSON.stringify(path), origin)
  }

  /** Of the value at a path: where it was set, or the section above or below it. */
  originOf(path: readonly string[]): Origin {
    for (let length = path.length; length > 0; length -= 1) {
      const origin = this.#origins.get(JSON.stringify(path.slice(0, length)))
      if (origin !== undefined) return origin
    }
    return { kind: 'default' }
  }

  /** Of a key that was written, which may be a section: then of the first thing in it. */
  originBelow(path: readonly string[]): Origin {
    const start = JSON.stringify(path).slice(0, -1)
    for (const [key, origin] of this.#origins) if (key.startsWith(`${start},`) || key === `${start}]`) return origin
    return this.originOf(path)
  }
}

function refuseUnknown(schema: z.ZodType, section: Section, path: readonly string[], tree: Tree): void {
  for (const [key, value] of Object.entries(section)) {
    const here = [...path, key]
    const child = childOf(schema, key, section)
    if (child === undefined) {
      const shape = shapeOf(schema, section)
      if (shape === undefined) return // no section at all: the schema says so in its own words
      const keys = Object.keys(shape)
      const elsewhere = closest(key, keys) === undefined ? pathEndingIn(schema, key) : undefined
      throw unknownKey(
        here.join('.'),
        tree.originBelow(here),
        elsewhere === undefined ? hint(key, keys) : `Did you mean ${elsewhere}?`,
      )
    }
    if (isSection(value)) refuseUnknown(child, value, here, tree)
  }
}

/** Where a key of this name stands, when it was written in the wrong section. */
function pathEndingIn(schema: z.ZodType, key: string, above: readonly string[] = []): string | undefined {
  const root = shapeOf(schema)
  if (root === undefined || above.length > 8) return undefined
  if (above.length > 0 && Object.hasOwn(root, key)) return [...above, key].join('.')
  for (const [name, child] of Object.entries(root)) {
    const found = pathEndingIn(child, key, [...above, name])
    if (found !== undefined) return found
  }
  return undefined
}

/** Sections that nobody mentioned are sections of defaults. */
function fillSections(schema: z.ZodType, section: Section): void {
  for (const [key, child] of Object.entries(shapeOf(schema, section) ?? {})) {
    if (section[key] === undefined && isPlainSection(child)) section[key] = emptySection()
    const inner = section[key]
    if (isSection(inner)) fillSections(child, inner)
  }
}

// ---- problems

function problemOf(schema: z.ZodType, issue: z.core.$ZodIssue, tree: Tree): ConfigProblem {
  const keys = issue.path.map(String)
  const path = keys.join('.') || 'the configuration'
  const at = schemaAt(schema, keys, tree)
  const value = valueAt(tree.root, keys)
  // What is missing was forgotten in the section above it.
  const place = originPlace(tree.originBelow(value === undefined ? keys.slice(0, -1) : keys))
  const secret = secretAt(schema, keys, tree)
  const shown = secret ? MASK : show(value)
  const range = at === undefined ? undefined : rangeOf(at)
  const problem = (message: string, next: string): ConfigProblem => ({
    path,
    origin: place,
    message: `${message} (${place})`,
    next,
  })

  if (value === undefined && issue.code !== 'custom')
    return problem(`${path} is missing`, `Set ${path}, in the file or by --set ${path}=...`)
  switch (issue.code) {
    case 'too_big':
    case 'too_small':
      if (range !== undefined && typeof value === 'number')
        return problem(`${path} is ${shown}, the allowed range is ${range}`, `Choose a value in that range${unitText(at)}.`)
      return problem(`${path} is ${shown}: ${lower(issue.message)}`, 'Change it accordingly.')
    case 'invalid_type':
      return problem(
        `${path} is ${shown}, which is not ${article(issue.expected)}`,
        range === undefined ? `Give ${article(issue.expected)}.` : `Give ${article(issue.expected)}, ${range}.`,
      )
    case 'invalid_value': {
      const allowed = issue.values.map(String)
      return problem(
        `${path} is ${shown}, allowed are ${allowed.join(', ')}`,
        secret ? 'Choose one of these.' : hint(isSection(value) ? '' : String(value), allowed),
      )
    }
    case 'unrecognized_keys':
      return problem(`${path} has the unknown keys ${issue.keys.join(', ')}`, 'Remove them.')
    case 'invalid_union': {
      const reasons = issue.errors.flatMap((errors) => errors.slice(0, 1)).map((error) => lower(error.message))
      return problem(
        `${path} is ${shown}, which fits none of the forms it may have${reasons.length === 0 ? '' : `: ${reasons.join(', or ')}`}`,
        'Give it in one of these forms.',
      )
    }
    case 'custom':
      return problem(
        /^(is|are|has|must|may|needs) /.test(issue.message) && value !== undefined
          ? `${path} is ${shown}, which ${issue.message}`
          : `${path}: ${issue.message}`,
        'Change it accordingly.',
      )
    default:
      return problem(`${path} is ${shown}: ${lower(issue.message)}`, 'Change it accordingly.')
  }
}

function shortSecrets(schema: z.ZodType, tree: Tree): ConfigProblem[] {
  return leavesOf(schema, tree.root)
    .filter(
      ({ schema: leaf, value }) =>
        metaOf(leaf).secret === true && typeof value === 'string' && value !== '' && value.trim().length < SECRET_LENGTH_MIN,
    )
    .map(({ path }) => {
      const origin = originPlace(tree.originOf(path))
      return {
        path: path.join('.'),
        origin,
        message: `${path.join('.')} is shorter than ${SECRET_LENGTH_MIN} characters, too short to be kept out of the logs (${origin})`,
        next: 'Use a longer secret.',
      }
    })
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)
const article = (word: string): string => `${/^[aeio]/.test(word) ? 'an' : 'a'} ${word === 'array' ? 'array (a list)' : word}`
const unitText = (schema: z.ZodType | undefined): string => {
  const unit = schema === undefined ? undefined : metaOf(schema).unit
  return unit === undefined ? '' : `; its unit is ${unit}`
}

function show(value: unknown): string {
  const text =
    typeof value === 'string'
      ? `'${value}'`
      : typeof value === 'bigint'
        ? String(value)
        : isSection(value)
          ? 'a section'
          : (JSON.stringify(value) ?? 'nothing')
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}

const valueAt = (root: unknown, keys: readonly string[]): unknown =>
  keys.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Section)[key] : undefined,
    root,
  )

/** As far as the path leads through sections; an item of a list has the schema of the list. */
function schemaAt(schema: z.ZodType, keys: readonly string[], tree: Tree): z.ZodType | undefined {
  let here: z.ZodType | undefined = schema
  for (const [i, key] of keys.entries())
    here = here === undefined ? undefined : childOf(here, key, valueAt(tree.root, keys.slice(0, i)))
  return here
}

/** A value is secret when its key or any section above it is. */
function secretAt(schema: z.ZodType, keys: readonly string[], tree: Tree): boolean {
  return keys.some((key, i) => isSecret(schemaAt(schema, keys.slice(0, i + 1), tree), key))
}

// ---- leaves

interface Leaf {
  readonly path: readonly string[]
  readonly schema: z.ZodType
  readonly value: unknown
  readonly secret: boolean
}

/** All keys of the schema that are no sections, with their values; of free sections the keys that are there. */
function leavesOf(schema: z.ZodType, value: unknown, path: readonly string[] = [], secret = false): readonly Leaf[] {
  const shape = shapeOf(schema, value)
  const free = recordValueOf(schema)
  if (shape !== undefined && (value === undefined || isSection(value)))
    return Object.entries(shape).flatMap(([key, child]) =>
      leavesOf(child, value?.[key], [...path, key], secret || isSecret(child, key)),
    )
  if (free !== undefined && isSection(value) && Object.keys(value).length > 0)
    return Object.entries(value).flatMap(([key, item]) => leavesOf(free, item, [...path, key], secret || isSecret(free, key)))
  return [{ path, schema, value, secret }]
}

/** What is a secret only by its name may be an ordinary word (`auth: basic`), which must not be masked everywhere. */
const GUESSED_SECRET_LENGTH_MIN = 12

function registerSecrets(schema: z.ZodType, value: unknown): void {
  const register = (item: unknown, lengthMin: number): void => {
    if (typeof item === 'string' && item.trim().length >= lengthMin) registerSecret(item)
    else if (typeof item === 'object' && item !== null) for (const inner of Object.values(item)) register(inner, lengthMin)
  }
  for (const leaf of leavesOf(schema, value))
    if (leaf.secret) register(leaf.value, metaOf(leaf.schema).secret === true ? SECRET_LENGTH_MIN : GUESSED_SECRET_LENGTH_MIN)
}

function deepFreeze<T>(value: T): T {
  if (!Array.isArray(value) && !isSection(value)) return value
  for (const item of Object.values(value)) deepFreeze(item)
  return Object.freeze(value)
}
