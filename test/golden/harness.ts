/**
 * Reads folders of golden vectors, asks our functions the same questions, and compares. A map sees the inputs and the *shape* of
 * what is wanted, never the wanted numbers nor the name of the case, so that nothing can be looked up.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type Inputs = { readonly [key: string]: Json }

export interface Tolerance {
  readonly rel: number
  readonly abs: number
}

export interface GoldenCase {
  readonly id: string
  readonly kind: 'exact' | 'fit' | 'monte_carlo' | 'published' | 'property'
  readonly model?: string
  readonly source: { readonly library: string; readonly version: string; readonly call: string }
  readonly notes?: string
  readonly tolerance: Tolerance & { readonly overrides?: { readonly [key: string]: Tolerance } }
  readonly inputs: Inputs
  readonly outputs: Inputs
}

export interface GoldenFile {
  readonly schema: number
  readonly name: string
  readonly conventions?: readonly string[]
  readonly cases: readonly GoldenCase[]
}

/** The skeleton of the outputs: keys and lengths; every number, null or text is the word `value`. */
export type Shape = 'value' | readonly Shape[] | { readonly [key: string]: Shape }

export interface Question {
  readonly model: string | undefined
  readonly kind: GoldenCase['kind']
  /** References to other cases are resolved. */
  readonly inputs: Inputs
  /** What was called; some parameters are written here alone, see `callNumber`. */
  readonly call: string
  readonly library: string
  readonly notes: string
  readonly wanted: { readonly [key: string]: Shape }
  /** All inputs of the cases that are referred to by `…_from_case`, for what a case needs beside what it names. */
  readonly related: Inputs
  /** Their calls and notes, for parameters that are written there alone. */
  readonly relatedText: string
  /** The inputs of another case of the same file, for inputs such as `base_case`. */
  inputsOf(id: string): Inputs
}

/** Our results under the keys of the outputs. Not defined is `undefined` or null. More keys than wanted do no harm. */
export interface Answer {
  readonly outputs: { readonly [key: string]: unknown }
  /**
   * For fits: what was maximised or minimised. It may be better than the reference's, never worse by more than the tolerance; where
   * it is better by more than that, another optimum was found and the other outputs need not agree.
   */
  readonly objective?: { readonly key: string; readonly best: 'highest' | 'lowest' }
  /**
   * For greedy algorithms: somewhere two choices were exactly as good, and the notes of the case say that either is right. Then these
   * outputs alone are compared, within the relative tolerance that the notes give.
   */
  readonly tied?: { readonly keys: readonly string[]; readonly rel: number }
  /**
   * Outputs of which the reference is shown to be wrong: it says 0 at every place where it says anything, and the map shows, by a
   * second definition, that not all of them can be. Such an output is set aside, and the run says so; one with any other number in it
   * is compared as usual.
   */
  readonly refuted?: { readonly keys: readonly string[]; readonly because: string }
  /**
   * Single numbers that are not what their name says of the inputs. They are compared with a second computation of the map's, by
   * another formula, instead of with the file; the run says so.
   */
  readonly contradicted?: { readonly second: { readonly [key: string]: number }; readonly because: string }
  /** Outputs that follow from nothing in the file: their inputs were left out of it. Set aside, and the run says so. */
  readonly withoutInputs?: { readonly keys: readonly string[]; readonly because: string }
}

/** Our functions for the cases of one file. `undefined`: this question is not mapped. */
export interface GoldenMap {
  readonly name: string
  answer(question: Question): Answer | undefined
}

export interface CaseResult {
  readonly id: string
  readonly passed: boolean
  /** Numbers compared. */
  readonly compared: number
  readonly complaints: readonly string[]
  /** Outputs that were not compared because the reference is wrong, and why. */
  readonly setAside?: string
}

export interface FileResult {
  readonly file: string
  readonly cases: readonly CaseResult[]
}

export function readGoldenFolder(folder: string): readonly { readonly file: string; readonly content: GoldenFile }[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ file, content: JSON.parse(readFileSync(join(folder, file), 'utf8')) as GoldenFile }))
}

export function runFile(file: string, content: GoldenFile, maps: readonly GoldenMap[]): FileResult {
  if (content.schema !== 1)
    return {
      file,
      cases: [{ id: '(file)', passed: false, compared: 0, complaints: [`schema ${String(content.schema)} is not known`] }],
    }
  return { file, cases: content.cases.map((each) => runCase(each, content, byCloseness(maps, content.name, file))) }
}

/**
 * Another split of the same subject may carry another name: maps whose name it contains come first, then those whose name contains it,
 * then all others.
 */
function byCloseness(maps: readonly GoldenMap[], name: string, file: string): readonly GoldenMap[] {
  const distance = (map: GoldenMap): number => {
    if (map.name === name) return 0
    if (name.includes(map.name)) return 1
    if (file.includes(map.name)) return 2
    return name !== '' && map.name.includes(name) ? 3 : 4
  }
  return [...maps].sort((a, b) => distance(a) - distance(b) || b.name.length - a.name.length)
}

function runCase(each: GoldenCase, file: GoldenFile, maps: readonly GoldenMap[]): CaseResult {
  const failed = (complaint: string): CaseResult => ({ id: each.id, passed: false, compared: 0, complaints: [complaint] })
  let thrown: string | undefined
  const attempt = <T>(what: () => T): T | undefined => {
    try {
      return what()
    } catch (error) {
      thrown ??=
        error instanceof Error
          ? `${error.name}: ${error.message}\n${error.stack?.split('\n').slice(1, 4).join('\n')}`
          : String(error)
      return undefined
    }
  }
  const question = attempt(() => questionOf(each, file))
  if (question === undefined) return failed(thrown ?? 'the question cannot be read')
  // The map the file is called after is believed; of the others, which may know one key by chance, one that knows all is preferred.
  let answer: Answer | undefined
  for (const map of maps) {
    const found = attempt(() => map.answer(question))
    if (found === undefined) continue
    answer ??= found
    if (!file.name.includes(map.name) && !Object.keys(each.outputs).every((key) => key in found.outputs)) continue
    answer = found
    break
  }
  if (answer === undefined)
    return failed(thrown ?? `not mapped: model ${each.model}, inputs ${Object.keys(each.inputs).join(', ')}`)
  return { id: each.id, ...compare(each, answer) }
}

function questionOf(each: GoldenCase, file: GoldenFile): Question {
  const inputsOf = (id: string): Inputs => {
    const other = file.cases.find((candidate) => candidate.id === id)
    if (other === undefined) throw new Error(`there is no case ${id} in this file`)
    return resolve(other, file)
  }
  return {
    model: each.model,
    kind: each.kind,
    inputs: resolve(each, file),
    related: Object.assign({}, ...referred(each).map((id) => inputsOf(id))) as Inputs,
    relatedText: textOf(referred(each), file),
    call: each.source.call,
    library: each.source.library,
    notes: each.notes ?? '',
    wanted: shapeOf(each.outputs) as Question['wanted'],
    inputsOf,
  }
}

const textOf = (ids: readonly string[], file: GoldenFile): string =>
  file.cases
    .filter(({ id }) => ids.includes(id))
    .map(({ source, notes }) => `${source.call} ${notes ?? ''}`)
    .join(' ')

const referred = (each: GoldenCase): string[] =>
  Object.entries(each.inputs).flatMap(([key, value]) => (key.endsWith('_from_case') && typeof value === 'string' ? [value] : []))

/** `x_from_case` brings that input; a name the other case does not have (`data_from_case`) brings all of its inputs. */
function resolve(each: GoldenCase, file: GoldenFile, depth = 0): Inputs {
  if (depth > 10) throw new Error(`the inputs of ${each.id} refer to one another in a ring`)
  const own = new Map<string, Json>()
  const borrowed = new Map<string, Json>()
  for (const [key, value] of Object.entries(each.inputs)) {
    const name = /^(.+)_from_case$/.exec(key)?.[1]
    if (name === undefined) {
      own.set(key, value)
      continue
    }
    // Kept, so that a map can ask for what else that case says.
    own.set(key, value)
    const other = file.cases.find(({ id }) => id === value)
    if (other === undefined) throw new Error(`${key} names no case of this file: ${String(value)}`)
    const theirs = resolve(other, file, depth + 1)
    if (name in theirs) own.set(name, theirs[name])
    else for (const [k, v] of Object.entries(theirs)) borrowed.set(k, v)
  }
  return Object.fromEntries([...borrowed, ...own])
}

function shapeOf(value: Json): Shape {
  if (Array.isArray(value)) return (value as readonly Json[]).map(shapeOf)
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shapeOf(each)]))
  return 'value'
}

interface Comparison {
  readonly passed: boolean
  readonly compared: number
  readonly complaints: readonly string[]
  readonly setAside?: string
}

/** Numbers and nulls, and every number is 0. */
function isBlank(value: Json): boolean {
  if (value === null || value === 0) return true
  if (typeof value !== 'object') return false
  return Object.values(value).every((each) => isBlank(each))
}

export function compare(each: GoldenCase, answer: Answer): Comparison {
  const { objective } = answer
  const tied = answer.tied !== undefined && /\bties?\b/.test(each.notes ?? '') ? answer.tied : undefined
  const toleranceOf = (key: string): Tolerance => {
    const given = each.tolerance.overrides?.[key] ?? each.tolerance
    return tied === undefined ? given : { abs: given.abs, rel: tied.rel }
  }
  const complaints: string[] = []
  const setAside: string[] = []
  let compared = 0
  if (objective !== undefined && each.kind === 'fit') {
    const [want, got] = [each.outputs[objective.key], answer.outputs[objective.key]]
    if (typeof want !== 'number' || typeof got !== 'number')
      return { passed: false, compared, complaints: [`the objective ${objective.key} is no number`] }
    const { rel, abs } = toleranceOf(objective.key)
    const allowed = abs + rel * Math.abs(want)
    const gain = objective.best === 'highest' ? got - want : want - got
    compared += 1
    if (!(gain >= -allowed)) complaints.push(`${objective.key}: got ${got}, wanted ${want} or better`)
    if (gain > allowed) return { passed: complaints.length === 0, compared, complaints }
  }
  for (const key of Object.keys(each.outputs)) {
    if (key === objective?.key && each.kind === 'fit') continue
    if (tied !== undefined && !tied.keys.includes(key)) continue
    if (answer.refuted?.keys.includes(key) === true && isBlank(each.outputs[key]) && !isBlank(shownAs(answer.outputs[key]))) {
      setAside.push(`${key}: ${answer.refuted.because}`)
      continue
    }
    const second = answer.contradicted?.second[key]
    if (second !== undefined && !same(answer.outputs[key], each.outputs[key] as number, toleranceOf(key))) {
      compared += difference(key, answer.outputs[key], second, toleranceOf(key), complaints)
      setAside.push(`${key}: ${answer.contradicted?.because ?? ''}`)
      continue
    }
    if (answer.withoutInputs?.keys.includes(key) === true && answer.outputs[key] === undefined) {
      setAside.push(`${key}: ${answer.withoutInputs.because}`)
      continue
    }
    compared += difference(key, answer.outputs[key], each.outputs[key], toleranceOf(key), complaints)
  }
  if (compared === 0) complaints.push('nothing was compared')
  const aside = setAside.length > 0 ? { setAside: setAside.join('; ') } : {}
  return { passed: complaints.length === 0, compared, complaints, ...aside }
}

/** Our own answer as plain data, to see whether it says anything but 0. */
const shownAs = (value: unknown): Json =>
  JSON.parse(
    JSON.stringify(value ?? null, (_, each: unknown) => (ArrayBuffer.isView(each) ? Array.from(each as Float64Array) : each)),
  ) as Json

/** Appends what differs; how many values were compared. */
function difference(path: string, got: unknown, want: Json, tolerance: Tolerance, complaints: string[]): number {
  if (want === null || typeof want !== 'object') {
    if (!same(got, want, tolerance)) complaints.push(`${path}: got ${show(got)}, wanted ${show(want)}`)
    return 1
  }
  if (Array.isArray(want)) {
    if (!isList(got) || got.length !== want.length) {
      complaints.push(`${path}: got ${isList(got) ? `${got.length} values` : show(got)}, wanted ${want.length} values`)
      return 1
    }
    let count = 0
    for (let i = 0; i < want.length; i++) count += difference(`${path}[${i}]`, got[i], want[i] as Json, tolerance, complaints)
    return count
  }
  if (got === null || typeof got !== 'object' || isList(got)) {
    complaints.push(`${path}: got ${show(got)}, wanted an object`)
    return 1
  }
  let count = 0
  for (const [key, value] of Object.entries(want))
    count += difference(`${path}.${key}`, (got as Record<string, unknown>)[key], value, tolerance, complaints)
  return count
}

const isList = (value: unknown): value is ArrayLike<unknown> => Array.isArray(value) || ArrayBuffer.isView(value)

function same(got: unknown, want: string | number | boolean | null, { rel, abs }: Tolerance): boolean {
  if (want === null) return got === null || got === undefined
  if (want === 'Infinity' || want === '-Infinity') return got === Number(want)
  if (typeof want === 'number') {
    const value = typeof got === 'boolean' ? Number(got) : got
    return typeof value === 'number' && Number.isFinite(value) && Math.abs(value - want) <= abs + rel * Math.abs(want)
  }
  return got === want || (typeof want === 'boolean' && got === Number(want))
}

const show = (value: unknown): string =>
  value === undefined ? 'nothing' : typeof value === 'number' ? String(value) : JSON.stringify(value)
