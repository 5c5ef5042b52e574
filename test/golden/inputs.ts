/** Takes typed values out of the inputs of a golden case, and parameters out of the text of a call. */
import { MathError } from '../../src/math/error.ts'
import type { Inputs, Json, Question, Shape } from './harness.ts'

export function num(inputs: Inputs, key: string, fallback?: number): number {
  const value = inputs[key] ?? fallback
  const number = value === 'Infinity' ? Infinity : value === '-Infinity' ? -Infinity : value
  if (typeof number !== 'number') throw new Error(`input ${key} is no number: ${JSON.stringify(value)}`)
  return number
}

export function text(inputs: Inputs, key: string, fallback?: string): string {
  const value = inputs[key] ?? fallback
  if (typeof value !== 'string') throw new Error(`input ${key} is no text: ${JSON.stringify(value)}`)
  return value
}

export function vector(inputs: Inputs, key: string): number[] {
  const value = inputs[key]
  if (!Array.isArray(value)) throw new Error(`input ${key} is no list`)
  return (value as readonly Json[]).map((each, i) => {
    if (typeof each !== 'number') throw new Error(`input ${key}[${i}] is no number: ${JSON.stringify(each)}`)
    return each
  })
}

export function matrix(inputs: Inputs, key: string): number[][] {
  const value = inputs[key]
  if (!Array.isArray(value)) throw new Error(`input ${key} is no list of rows`)
  return (value as readonly Json[]).map((_, i) => vector(value as unknown as Inputs, String(i)))
}

export function object(inputs: Inputs, key: string): Inputs {
  const value = inputs[key]
  if (value === null || value === undefined || typeof value !== 'object' || Array.isArray(value))
    throw new Error(`input ${key} is no object`)
  return value as Inputs
}

export function objects(inputs: Inputs, key: string): Inputs[] {
  const value = inputs[key]
  if (!Array.isArray(value)) throw new Error(`input ${key} is no list of objects`)
  return (value as readonly Json[]).map((each) => each as Inputs)
}

export const has = (question: Question, ...keys: readonly string[]): boolean => keys.every((key) => key in question.inputs)
export const wants = (question: Question, ...keys: readonly string[]): boolean => keys.every((key) => key in question.wanted)

/** How many values a wanted list has: `forecast_variance` with ten asks for ten steps. */
export function lengthOf(shape: Shape | undefined): number {
  if (!Array.isArray(shape)) throw new Error('what is wanted is no list')
  return shape.length
}

/** A parameter that is written in the call alone: `max_depth=3`, `'n_estimators': 50`, `k: 3`. */
export function callNumber(call: string, name: string, fallback?: number): number {
  const found = new RegExp(`['"]?\\b${name}\\b['"]?\\s*[=:]\\s*(-?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][-+]?[0-9]+)?)`).exec(
    call,
  )?.[1]
  if (found !== undefined) return Number(found)
  if (fallback === undefined) throw new Error(`the call does not say ${name}: ${call}`)
  return fallback
}

/** The numbers at the end of an output's name: `sma_20` gives [20], `macd_12_26_9` gives [12, 26, 9]. */
export function numbersOf(key: string): number[] {
  return [...key.matchAll(/_(\d+(?:\.\d+)?)(?=_|$)/g)].map(([, digits]) => Number(digits))
}

/** `002` is 0.02, as the point is left out of a key. */
export const decimal = (digits: string): number => Number(digits.includes('.') ? digits : `0.${digits.slice(1)}`)

/** Each wanted output through the function whose pattern its name matches; `undefined` when one has none. */
export function byKey(
  question: Question,
  rules: readonly (readonly [RegExp, (match: RegExpExecArray, shape: Shape) => unknown])[],
): Record<string, unknown> | undefined {
  const outputs: Record<string, unknown> = {}
  for (const [key, shape] of Object.entries(question.wanted)) {
    const rule = rules.find(([pattern]) => pattern.test(key))
    if (rule === undefined) return undefined
    outputs[key] = orUndefined(() => rule[1](rule[0].exec(key) as RegExpExecArray, shape))
  }
  return outputs
}

/** What our functions refuse is what the reference writes as null; it is not the end of the other outputs. */
function orUndefined(answer: () => unknown): unknown {
  try {
    return answer()
  } catch (error) {
    if (error instanceof MathError) return undefined
    throw error
  }
}
