/**
 * Plain data as JSON text and back, without loss: snapshots, journals, hashes of configurations. Keeps what JSON
 * drops (bigint, NaN, infinities, -0, typed arrays, Map, Set) and refuses what is not data.
 *
 * Pure.
 */
import { Buffer } from 'node:buffer'
import { InputError } from './errors.ts'

// What JSON has no word for is written as { "$": kind, "v": ... }; an object that has a key `$` itself is written as
// its entries, so that it cannot be mistaken.
const MARK = '$'

const NUMBERS: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-0', -0],
])

/** Stored by bytes, little-endian like every machine we run on; NaN payloads survive. */
const ARRAYS = {
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Int16Array,
  Uint16Array,
  Int8Array,
  Uint8Array,
  BigInt64Array,
} as const
type ArrayName = keyof typeof ARRAYS

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * The JSON text of plain data. Keys whose value is `undefined` are dropped; in arrays, maps and sets `undefined` is kept.
 * @throws InputError `not-plain` naming the path of a function, symbol, class instance or circle.
 */
export const encodePlain = (value: unknown): string => JSON.stringify(toJson(value, '', []))

/** The inverse of `encodePlain`. */
export function decodePlain(text: string): unknown {
  let json: Json
  try {
    json = JSON.parse(text) as Json
  } catch (cause) {
    throw new InputError('not-plain', 'A stored text is no JSON', {
      cause,
      next: 'The file was cut or changed: restore it from a backup.',
    })
  }
  return fromJson(json)
}

/**
 * One text for equal data: keys sorted by code unit, otherwise as `encodePlain`. For data that JSON knows this is
 * ordinary JSON without spaces.
 */
export const canonicalJson = (value: unknown): string => JSON.stringify(sorted(toJson(value, '', [])))

function refuse(path: string, what: string): never {
  throw new InputError('not-plain', `${path === '' ? 'the value' : path} is ${what}, which is not plain data`, {
    where: { path },
    next: 'Keep numbers, texts, arrays, plain objects, maps and sets of these in state that is stored.',
  })
}

/** `above` holds the containers on the way down, to find circles. */
function toJson(value: unknown, path: string, above: readonly object[]): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { [MARK]: 'number', v: Object.is(value, -0) ? '-0' : String(value) }
    case 'bigint':
      return { [MARK]: 'bigint', v: value.toString() }
    case 'undefined':
      return { [MARK]: 'undefined' }
    case 'object':
      return value === null ? null : objectToJson(value, path, above)
    default:
      return refuse(path, `a ${typeof value}`)
  }
}

function objectToJson(value: object, path: string, above: readonly object[]): Json {
  if (above.includes(value)) refuse(path, 'a circle')
  const inside = [...above, value]
  if (Array.isArray(value)) return Array.from(value, (item, index) => toJson(item, `${path}[${index}]`, inside))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Map.prototype) return mapToJson(value as ReadonlyMap<unknown, unknown>, path, inside)
  if (prototype === Set.prototype)
    return {
      [MARK]: 'set',
      v: Array.from(value as ReadonlySet<unknown>, (item, index) => toJson(item, `${path}{${index}}`, inside)),
    }
  if (ArrayBuffer.isView(value)) return bytesToJson(value, prototype, path)
  if (prototype !== Object.prototype && prototype !== null) {
    const name = (value as { readonly constructor?: { readonly name?: unknown } }).constructor?.name
    refuse(path, `an instance of ${String(name ?? 'a class')}`)
  }
  if (Object.getOwnPropertySymbols(value).length > 0) refuse(path, 'an object with a symbol for a key')
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => [key, toJson(item, path === '' ? key : `${path}.${key}`, inside)] as const)
  // `fromEntries` and not assignment: a key `__proto__` is data like any other.
  return entries.some(([key]) => key === MARK) ? { [MARK]: 'object', v: entries } : Object.fromEntries(entries)
}

function mapToJson(map: ReadonlyMap<unknown, unknown>, path: string, inside: readonly object[]): Json {
  const entries = Array.from(map, ([key, item], index) => [
    toJson(key, `${path}<key ${index}>`, inside),
    toJson(item, `${path}<${String(typeof key === 'object' ? index : key)}>`, inside),
  ])
  return { [MARK]: 'map', v: entries }
}

function bytesToJson(value: ArrayBufferView, prototype: unknown, path: string): Json {
  const name = (Object.keys(ARRAYS) as ArrayName[]).find((known) => prototype === ARRAYS[known].prototype)
  if (name === undefined) return refuse(path, 'an array of bytes of a kind that is not stored')
  return { [MARK]: name, v: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') }
}

function fromJson(json: Json): unknown {
  if (typeof json !== 'object' || json === null) return json
  if (Array.isArray(json)) return json.map(fromJson)
  const marked = json as { readonly [key: string]: Json }
  const kind = marked[MARK]
  if (kind === undefined) return Object.fromEntries(Object.entries(marked).map(([key, item]) => [key, fromJson(item)]))
  return fromMarked(kind, marked['v'])
}

function fromMarked(kind: unknown, stored: Json | undefined): unknown {
  const pairs = (): [unknown, unknown][] => (stored as [Json, Json][]).map(([key, item]) => [fromJson(key), fromJson(item)])
  switch (kind) {
    case 'number':
      return NUMBERS.get(stored as string)
    case 'bigint':
      return BigInt(stored as string)
    case 'undefined':
      return undefined
    case 'map':
      return new Map(pairs())
    case 'set':
      return new Set((stored as Json[]).map(fromJson))
    case 'object':
      return Object.fromEntries(pairs() as [string, unknown][])
  }
  if (typeof kind !== 'string' || !Object.hasOwn(ARRAYS, kind))
    throw new InputError('not-plain', `a stored text holds the unknown kind ${JSON.stringify(kind)}`, {
      next: 'It was written by another version: use that one.',
    })
  const bytes = new Uint8Array(Buffer.from(stored as string, 'base64')) // a copy of its own, so that it is aligned
  return kind === 'Uint8Array' ? bytes : new ARRAYS[kind as ArrayName](bytes.buffer)
}

function sorted(json: Json): Json {
  if (typeof json !== 'object' || json === null) return json
  if (Array.isArray(json)) return json.map(sorted)
  const object = json as { readonly [key: string]: Json }
  if (object[MARK] === 'object') {
    const entries = [...(object['v'] as readonly (readonly [string, Json])[])].sort(byKey)
    return { [MARK]: 'object', v: entries.map(([key, item]) => [key, sorted(item)]) }
  }
  return Object.fromEntries(
    Object.entries(object)
      .sort(byKey)
      .map(([key, item]) => [key, sorted(item)]),
  )
}

/** By code unit: the same in every language and locale. */
const byKey = ([a]: readonly [string, Json], [b]: readonly [string, Json]): number => (a < b ? -1 : a > b ? 1 : 0)
