/**
 * Every exported function of the mathematics, given bad arguments of every kind: it throws a `MathError`, or its answer is a finite
 * number. It says the same twice, and leaves its arguments alone.
 */
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../src/core/random.ts'
import { MathError } from '../../src/math/error.ts'
import * as math from '../../src/math/index.ts'
import type { Example } from './example.ts'
import { EXAMPLES } from './examples.ts'
import { spoiled } from './spoil.ts'

/** What is wrong with an answer; `undefined` when nothing is. */
function lie(answer: unknown, example: Example, at = 'answer'): string | undefined {
  if (typeof answer === 'number') {
    if (Number.isNaN(answer)) return `${at} is NaN`
    return Number.isFinite(answer) || example.infinite !== undefined ? undefined : `${at} is ${answer}`
  }
  if (answer === undefined || answer === null) return example.missing === undefined ? `${at} is ${answer}` : undefined
  if (ArrayBuffer.isView(answer)) return lie(Array.from(answer as Float64Array), example, at)
  if (answer instanceof Map) return lie([...answer.values()], example, at)
  if (typeof answer === 'object') {
    for (const [key, value] of Object.entries(answer)) {
      const found = lie(value, example, `${at}.${key}`)
      if (found !== undefined) return found
    }
  }
  return undefined
}

const nameOf = (example: Example): string => example.covers.name
const callOf = (example: Example): ((...args: readonly unknown[]) => unknown) => (example.call ?? example.covers) as never

describe('the examples', () => {
  it('cover every exported function', () => {
    const covered = new Set<unknown>(EXAMPLES.map(({ covers }) => covers))
    const exported = Object.entries(math).flatMap(([subject, functions]) =>
      typeof functions === 'object'
        ? Object.entries(functions).map(([name, each]) => ({ path: `${subject}.${name}`, each: each as unknown }))
        : [],
    )
    expect(exported.length).toBeGreaterThan(50)
    expect(exported.filter(({ each }) => typeof each === 'function' && !covered.has(each)).map(({ path }) => path)).toEqual([])
  })
})

describe.each(EXAMPLES.map((example) => [nameOf(example), example] as const))('%s', (_name, example) => {
  const call = callOf(example)

  it('answers good arguments, twice the same, and leaves them alone', () => {
    for (const seed of [1, 2, 3]) {
      const args = example.args(createPrng(seed))
      const before = structuredCloneOf(args)
      const answer = call(...args)
      expect(lie(answer, example)).toBeUndefined()
      expect(args.map(withoutFunctions)).toEqual(before)
      expect(call(...example.args(createPrng(seed)))).toEqual(answer)
    }
  })

  it('answers bad arguments with a typed error or a number', () => {
    const found: string[] = []
    for (const { how, args, notFinite } of spoiled(example.args(createPrng(7)))) {
      try {
        const answer = call(...args)
        const wrong = lie(answer, example)
        if (wrong !== undefined) found.push(`${how}: ${wrong}`)
        else if (notFinite && example.toleratesNonFinite === undefined) found.push(`${how}: no error`)
      } catch (error) {
        if (!(error instanceof MathError))
          found.push(`${how}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`)
      }
    }
    expect(found).toEqual([])
  })
})

/** Functions cannot be cloned; they are not arguments that could change. */
function withoutFunctions(value: unknown): unknown {
  if (typeof value === 'function') return 'function'
  if (Array.isArray(value)) return value.map(withoutFunctions)
  if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutFunctions(each)]))
  return value
}

const structuredCloneOf = (args: readonly unknown[]): unknown => structuredClone(args.map(withoutFunctions))
