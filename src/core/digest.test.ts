import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Digest } from './digest.ts'
import { canonicalJson } from './plain.ts'

type Item = number | string | bigint
const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.string({ minLength: 1_500, maxLength: 9_000 }))
const item: fc.Arbitrary<Item> = fc.oneof(
  fc.double({ noNaN: true }),
  text,
  fc.bigInt(),
  fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }),
)
const items = fc.array(item, { maxLength: 200 })

function absorb(digest: Digest, list: readonly Item[]): Digest {
  for (const value of list) {
    if (typeof value === 'number') digest.number(value)
    else if (typeof value === 'string') digest.text(value)
    else digest.big(value)
  }
  return digest
}

/** The naive twin: the whole stream in one array, hashed at the end. */
function twin(list: readonly Item[]): string {
  const parts: Buffer[] = []
  const characters = (tag: number, value: string): void => {
    const bytes = Buffer.from(value, 'utf8')
    const length = Buffer.alloc(4)
    length.writeUInt32LE(bytes.length)
    parts.push(Buffer.from([tag]), length, bytes)
  }
  for (const value of list) {
    const eight = Buffer.alloc(8)
    if (typeof value === 'number') {
      eight.writeDoubleLE(Object.is(value, -0) ? 0 : value)
      parts.push(Buffer.from([1]), eight)
    } else if (typeof value === 'string') characters(2, value)
    else if (value >= -(2n ** 63n) && value < 2n ** 63n) {
      eight.writeBigInt64LE(value)
      parts.push(Buffer.from([3]), eight)
    } else characters(4, value.toString(16))
  }
  const stream = Buffer.concat(parts)
  let chain = Buffer.alloc(32)
  let at = 0
  for (; at + 4096 <= stream.length; at += 4096)
    chain = createHash('sha256')
      .update(chain)
      .update(stream.subarray(at, at + 4096))
      .digest()
  return createHash('sha256').update(chain).update(stream.subarray(at)).digest('hex')
}

describe('Digest', () => {
  it('equals its naive twin', () => {
    fc.assert(
      fc.property(items, (list) => {
        expect(absorb(new Digest(), list).hex()).toBe(twin(list))
      }),
    )
    const numbers = Array.from({ length: 5_000 }, (_, i) => i * 0.1)
    expect(absorb(new Digest(), numbers).hex()).toBe(twin(numbers))
  })

  it('may be cut anywhere, stored as JSON and restored', () => {
    fc.assert(
      fc.property(items, fc.nat(200), (list, cut) => {
        const whole = absorb(new Digest(), list).hex()
        const first = absorb(new Digest(), list.slice(0, cut))
        first.hex()
        const second = Digest.restore(JSON.parse(JSON.stringify(first.snapshot())))
        expect(absorb(second, list.slice(cut)).hex()).toBe(whole)
        expect(absorb(first, list.slice(cut)).hex()).toBe(whole)
      }),
    )
  })

  it('tells different calls apart', () => {
    const of = (...list: Item[]): string => absorb(new Digest(), list).hex()
    const streams = [
      of(),
      of(''),
      of('', ''),
      of('ab', 'c'),
      of('a', 'bc'),
      of('abc'),
      of(1),
      of('1'),
      of(1n),
      of(1, 1),
      of(2n ** 64n),
      of((2n ** 64n).toString(16)),
    ]
    expect(new Set(streams).size).toBe(streams.length)
    fc.assert(
      fc.property(items, items, (a, b) => {
        expect(of(...a) === of(...b)).toBe(twin(a) === twin(b))
      }),
    )
  })

  it('counts -0 as 0 and refuses NaN and half characters', () => {
    const zero = absorb(new Digest(), [0]).hex()
    expect(absorb(new Digest(), [-0]).hex()).toBe(zero)
    const digest = absorb(new Digest(), [0])
    expect(() => digest.number(Number.NaN)).toThrow(/NaN/)
    expect(digest.hex()).toBe(zero)
    expect(() => digest.text('\ud800')).toThrow(/surrogate/)
    expect(() => Digest.restore({ chain: 'ab', rest: '' })).toThrow(/no state/)
  })

  describe('of plain data', () => {
    const of = (...values: unknown[]): string => {
      const digest = new Digest()
      for (const value of values) digest.data(value)
      return digest.hex()
    }

    it('is equal for equal data and different for different data', () => {
      const data = fc.anything({ withBigInt: true, withNullPrototype: true, withTypedArray: false })
      fc.assert(
        fc.property(data, (value) => {
          expect(of(structuredClone(value))).toBe(of(value))
        }),
      )
      fc.assert(
        fc.property(data, data, (a, b) => {
          if (canonicalJson(a) !== canonicalJson(b)) expect(of(a)).not.toBe(of(b))
        }),
      )
    })

    it('tells apart what JSON does not, and not what is the same', () => {
      const texts = [
        [0, -0, 1, Number.NaN, '0', 0n, null, undefined, true, false, Infinity, -Infinity],
        [[], {}, '', [[]], [{}], [undefined], [null], new Float64Array(0), new Float64Array(1), [0], Float64Array.of(-0)],
        [Float32Array.of(0), new Map(), new Map([[1, 2]]), new Set([1]), { a: 1 }, { b: 1 }, { a: { b: 1 } }, { a: 1, b: 1 }],
      ].flatMap((values) => values.map((value) => of(value)))
      expect(new Set(texts).size).toBe(texts.length)
      expect(of({ b: 1, a: 2, c: undefined })).toBe(of({ a: 2, b: 1 }))
      expect(of([1], [2])).not.toBe(of([1, 2]))
      expect(of([[1], 2])).not.toBe(of([[1, 2]]))
    })

    it('counts every NaN as one', () => {
      const other = new Float64Array(new BigUint64Array([0xfff8000000000001n]).buffer)
      expect(of(other)).toBe(of(Float64Array.of(Number.NaN)))
      expect(of(other[0])).toBe(of(Number.NaN))
    })

    it('refuses what is no plain data, however deep', () => {
      const circle: unknown[] = []
      circle.push(circle)
      for (const bad of [() => 1, { a: [new Date(0)] }, circle])
        expect(() => of(bad)).toThrow(expect.objectContaining({ code: 'not-plain' }))
      let deep: unknown = 1
      for (let i = 0; i < 100; i++) deep = { deep }
      expect(of(deep)).not.toBe(of({ deep }))
    })
  })
})
