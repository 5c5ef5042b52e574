/**
 * Reads a zod schema as the description of a configuration: which keys there are, their units and ranges, which are
 * secret, and what a text from the environment means under them.
 *
 * Imports zod, exact and redact.
 */
import { z } from 'zod'
import { parseDecimal } from './exact.ts'
import { isSecretName } from './redact.ts'

/** What a schema says of a key by `.meta({ ... })`. */
export interface KeyMeta {
  readonly unit?: string
  readonly description?: string
  /** Its value is masked wherever it is shown, and registered so that logs mask it too. */
  readonly secret?: boolean
}

/** The parts of zod's definitions that are read here. */
interface Definition {
  readonly type: string
  readonly innerType?: z.ZodType
  readonly in?: z.ZodType
  readonly getter?: () => z.ZodType
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly element?: z.ZodType
  readonly valueType?: z.ZodType
  readonly options?: readonly z.ZodType[]
  readonly discriminator?: string
  readonly checks?: readonly z.core.$ZodCheck[]
}

interface BoundCheck {
  readonly check: 'greater_than' | 'less_than'
  readonly value: number
  readonly inclusive: boolean
}

const definitionOf = (schema: z.ZodType): Definition => schema._zod.def
const WRAPPERS: ReadonlySet<string> = new Set([
  'optional',
  'nullable',
  'default',
  'prefault',
  'catch',
  'readonly',
  'nonoptional',
  'success',
])

/** The schema inside of defaults, optionals and transformations, and those layers from the outside in. */
function layersOf(schema: z.ZodType): readonly z.ZodType[] {
  const layers = [schema]
  for (let inner: z.ZodType | undefined = schema; inner !== undefined;) {
    const definition: Definition = definitionOf(inner)
    inner = WRAPPERS.has(definition.type)
      ? definition.innerType
      : definition.type === 'pipe'
        ? definition.in
        : definition.type === 'lazy'
          ? definition.getter?.()
          : undefined
    if (inner !== undefined) layers.push(inner)
  }
  return layers
}

const coreOf = (schema: z.ZodType): z.ZodType => layersOf(schema).at(-1) ?? schema

/** A decimal amount: given as a number or a text, kept as the text's exact decimal. */
export const decimal = (): z.ZodType<string, string | number> =>
  z.union([z.string(), z.number()]).transform((given, context) => {
    const text = String(given)
    if (parseDecimal(text) !== undefined) return text
    context.issues.push({ code: 'custom', message: 'is not a decimal number', input: given })
    return z.NEVER
  })

export function metaOf(schema: z.ZodType): KeyMeta {
  return layersOf(schema).reduceRight<KeyMeta>(
    (meta, layer) => ({ ...meta, ...(z.globalRegistry.get(layer) as KeyMeta | undefined) }),
    {},
  )
}

export const isSecret = (schema: z.ZodType | undefined, key: string): boolean =>
  (schema === undefined ? undefined : metaOf(schema).secret) ?? isSecretName(key)

/** The keys of an object; `undefined` for anything else. `value` chooses the form where there are several. */
export function shapeOf(schema: z.ZodType, value?: unknown): Readonly<Record<string, z.ZodType>> | undefined {
  const definition = definitionOf(coreOf(schema))
  if (definition.type === 'object') return definition.shape
  if (definition.options === undefined) return undefined
  const shapes = definition.options.map((option) => shapeOf(option, value)).filter((shape) => shape !== undefined)
  if (shapes.length === 0) return undefined
  const { discriminator } = definition
  const tag: unknown =
    discriminator !== undefined && typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)[discriminator]
      : undefined
  const chosen = tag === undefined ? undefined : shapes.find((shape) => shape[discriminator ?? ''].safeParse(tag).success)
  const merged: Record<string, z.ZodType> = {}
  for (const shape of shapes.toReversed()) Object.assign(merged, shape)
  return chosen ?? merged
}

/** What stands under every key of a record (keys are free there). */
export const recordValueOf = (schema: z.ZodType): z.ZodType | undefined => definitionOf(coreOf(schema)).valueType

/** Whether an absent section means a section of defaults. */
export const isPlainSection = (schema: z.ZodType): boolean => definitionOf(schema).type === 'object'

/** The schema under a key; `undefined` where no such key is known. */
export function childOf(schema: z.ZodType, key: string, value?: unknown): z.ZodType | undefined {
  const shape = shapeOf(schema, value)
  if (shape !== undefined) return Object.hasOwn(shape, key) ? shape[key] : undefined
  return recordValueOf(schema)
}

/** `1 to 20`, `at least 1`, `above 0`; `undefined` when the schema sets no bounds. */
export function rangeOf(schema: z.ZodType): string | undefined {
  const checks = (definitionOf(coreOf(schema)).checks ?? []).map((check) => check._zod.def as unknown as BoundCheck)
  const values = (check: BoundCheck['check'], inclusive: boolean): readonly number[] =>
    checks
      .filter((bound) => bound.check === check && bound.inclusive === inclusive && typeof bound.value === 'number')
      .map(({ value }) => value)
  const highest = (found: readonly number[]): number | undefined => (found.length === 0 ? undefined : Math.max(...found))
  const lowest = (found: readonly number[]): number | undefined => (found.length === 0 ? undefined : Math.min(...found))
  const [min, above] = [highest(values('greater_than', true)), highest(values('greater_than', false))]
  const [max, below] = [lowest(values('less_than', true)), lowest(values('less_than', false))]
  const low =
    above !== undefined && (min === undefined || above >= min)
      ? `above ${above}`
      : min === undefined
        ? undefined
        : `at least ${min}`
  const high =
    below !== undefined && (max === undefined || below <= max)
      ? `below ${below}`
      : max === undefined
        ? undefined
        : `at most ${max}`
  if (low === `at least ${min}` && high === `at most ${max}`) return `${min} to ${max}`
  return low !== undefined && high !== undefined ? `${low} and ${high}` : (low ?? high)
}

const TRUE: ReadonlySet<string> = new Set(['true', 'yes', 'on', '1'])
const FALSE: ReadonlySet<string> = new Set(['false', 'no', 'off', '0'])

/**
 * What a text means under a schema: `5` a number, `on` a boolean, `a,b` or `["a","b"]` a list. A text that means nothing
 * there stays a text, and the schema refuses it with its own words.
 */
export function coerceText(schema: z.ZodType, text: string): unknown {
  const definition = definitionOf(coreOf(schema))
  const nullable = layersOf(schema).some((layer) => definitionOf(layer).type === 'nullable')
  if (nullable && text.trim() === 'null') return null
  switch (definition.type) {
    case 'number':
    case 'int':
      return parseDecimal(text) === undefined ? text : Number(text)
    case 'bigint':
      return /^[+-]?\d+$/.test(text.trim()) ? BigInt(text.trim().replace('+', '')) : text
    case 'boolean': {
      const word = text.trim().toLowerCase()
      return TRUE.has(word) ? true : FALSE.has(word) ? false : text
    }
    case 'array':
      return listOf(text, definition.element)
    case 'object':
    case 'record':
      return /^\s*\{/.test(text) ? (jsonOf(text) ?? text) : text
    case 'literal':
    case 'union': {
      const options = definition.options ?? []
      const meant = options
        .map((option) => ({ option, value: coerceText(option, text) }))
        .find(({ option, value }) => option.safeParse(value).success)
      if (meant !== undefined) return meant.value
      return definition.type === 'literal' ? literalOf(schema, text) : text
    }
    default:
      return text
  }
}

function listOf(text: string, element: z.ZodType | undefined): unknown {
  if (/^\s*\[/.test(text)) return jsonOf(text) ?? text
  if (text.trim() === '') return []
  return text.split(',').map((part) => (element === undefined ? part.trim() : coerceText(element, part.trim())))
}

function literalOf(schema: z.ZodType, text: string): unknown {
  const values = (coreOf(schema)._zod.def as unknown as { readonly values: readonly unknown[] }).values
  const index = values.findIndex((value) => String(value) === text)
  return index < 0 ? text : values[index]
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
