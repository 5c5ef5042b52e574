import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, decodePlain, encodePlain } from './plain.ts'

const key = fc.oneof(fc.string(), fc.constantFrom('$', 'v', '__proto__', 'constructor', 'toString', '1', '0'))
const leaf = fc.oneof(
  fc.double(),
  fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, null, true, false),
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.bigInt(),
  fc.float64Array(),
  fc.float32Array(),
  fc.uint8Array(),
  fc.int32Array(),
  fc.uint16Array(),
  fc.bigInt64Array(),
)
const entriesOf = (node: fc.Arbitrary<unknown>): fc.Arbitrary<[string, unknown][]> =>
  fc.uniqueArray(fc.tuple(key, node), { selector: ([name]) => name, maxLength: 5 })
const { node } = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(fc.oneof(tie('node'), fc.constant(undefined)), { maxLength: 5 }),
    entriesOf(tie('node')).map((entries) => Object.fromEntries(entries)),
    fc.array(fc.tuple(tie('node'), tie('node')), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(tie('node'), { maxLength: 4 }).map((items) => new Set(items)),
  ),
}))

describe('encodePlain', () => {
  it('decode(encode(x)) is x, to the sign of zero and the order of keys', () => {
    fc.assert(
      fc.property(node, (value) => {
        const text = encodePlain(value)
        const copy = decodePlain(text)
        deepStrictEqual(copy, value) // and not `toStrictEqual`, which trusts a key named `constructor`
        expect(encodePlain(copy)).toBe(text)
      }),
      { numRuns: 500 },
    )
  })

  it('drops undefined in objects only', () => {
    expect(decodePlain(encodePlain({ a: undefined, b: [undefined], c: new Map([['d', undefined]]) }))).toStrictEqual({
      b: [undefined],
      c: new Map([['d', undefined]]),
    })
    expect(decodePlain(encodePlain(undefined))).toBeUndefined()
  })

  it('stores a view into a larger buffer by its own part', () => {
    const whole = Float64Array.of(1, 2, 3, 4)
    expect(decodePlain(encodePlain(whole.subarray(1, 3)))).toStrictEqual(Float64Array.of(2, 3))
  })

  it('refuses what is not data and names the path', () => {
    class Book {}
    const circle: { self?: unknown } = {}
    circle.self = circle
    const cases: [unknown, RegExp][] = [
      [{ a: { b: [1, () => 1] } }, /^a\.b\[1\] is a function, which is not plain data/],
      [{ book: new Book() }, /^book is an instance of Book/],
      [new Map([['x', { y: Symbol('s') }]]), /^<x>\.y is a symbol/],
      [circle, /^self is a circle/],
      [{ when: new Date(0) }, /^when is an instance of Date/],
      [{ error: new Error('x') }, /^error is an instance of Error/],
      [[Buffer.from('x')], /^\[0\] is an array of bytes of a kind/],
      [{ [Symbol('k')]: 1 }, /^the value is an object with a symbol/],
      [() => 1, /^the value is a function/],
    ]
    for (const [value, message] of cases) expect(() => encodePlain(value)).toThrow(message)
  })

  it('stores an object twice when it is met twice without a circle', () => {
    const shared = { a: 1 }
    expect(decodePlain(encodePlain([shared, shared]))).toEqual([{ a: 1 }, { a: 1 }])
  })

  it('refuses texts that are cut or of another version', () => {
    expect(() => decodePlain('{"a":')).toThrow(/no JSON/)
    expect(() => decodePlain('{"$":"new-kind","v":1}')).toThrow(/unknown kind "new-kind"/)
  })
})

describe('canonicalJson', () => {
  it('does not depend on the order of keys and tells different data apart', () => {
    fc.assert(
      fc.property(entriesOf(node), node, (entries, other) => {
        const one = canonicalJson(Object.fromEntries(entries))
        expect(canonicalJson(Object.fromEntries([...entries].reverse()))).toBe(one)
        const same = canonicalJson(other) === one
        if (same) expect(decodePlain(one)).toEqual(other)
        expect(decodePlain(one)).toEqual(Object.fromEntries(entries))
      }),
    )
    expect(canonicalJson({ b: [1, { d: 1, c: 'x' }], a: null })).toBe('{"a":null,"b":[1,{"c":"x","d":1}]}')
  })
})
