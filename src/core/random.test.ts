import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng, naturalLog, restorePrng, type Prng } from './random.ts'

const seeds = fc.oneof(fc.integer(), fc.string())
const draw = (prng: Prng, count: number): number[] => Array.from({ length: count }, () => prng.float())
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

describe('createPrng', () => {
  it('gives the same values everywhere (golden)', () => {
    const prng = createPrng(42)
    expect(draw(prng, 3)).toEqual([0.14908362477685788, 0.8071540138548867, 0.12054518145609361])
    expect([prng.int(1, 6), prng.int(0, Number.MAX_SAFE_INTEGER), prng.normal(), prng.exponential()]).toEqual([
      5, 1983641822782203, 1.1891112232597367, 0.3716943479887896,
    ])
    expect(createPrng(42).fork('a').fork('b').int(0, 1_000_000)).toBe(633269)
  })

  it('distinguishes seeds, and a number from its text', () => {
    expect(createPrng(1).float()).not.toBe(createPrng(2).float())
    expect(createPrng(1).float()).not.toBe(createPrng('1').float())
    expect(() => createPrng(Number.NaN)).toThrow(/seed/)
  })

  it('goes on from a state that went through JSON', () => {
    fc.assert(
      fc.property(seeds, fc.nat(50), fc.string(), (seed, drawn, name) => {
        const prng = createPrng(seed).fork('user')
        for (let i = 0; i < drawn; i += 1) prng.normal()
        const copy = restorePrng(JSON.parse(JSON.stringify(prng.state())))
        expect(draw(copy, 5)).toEqual(draw(prng, 5))
        expect(draw(copy.fork(name), 3)).toEqual(draw(prng.fork(name), 3))
      }),
    )
  })

  it('forks disturb neither the parent nor each other, and do not depend on what was drawn', () => {
    fc.assert(
      fc.property(seeds, fc.array(fc.string(), { maxLength: 5 }), fc.nat(5), (seed, others, drawn) => {
        const plain = createPrng(seed)
        const busy = createPrng(seed)
        draw(busy, drawn)
        for (const other of others) draw(busy.fork(other), 3)
        expect(draw(busy.fork('mine'), 4)).toEqual(draw(plain.fork('mine'), 4))
        draw(plain, drawn)
        expect(draw(busy, 4)).toEqual(draw(plain, 4))
      }),
    )
  })

  it('different paths of forks are different streams, also when their names joined are equal', () => {
    const root = createPrng(7)
    const streams = [root.fork('ab').fork('c'), root.fork('a').fork('bc'), root.fork('abc'), root.fork('ab/c'), root]
    expect(new Set(streams.map((prng) => prng.float())).size).toBe(streams.length)
  })
})

describe('distributions', () => {
  it('int stays inside and reaches both ends', () => {
    fc.assert(
      fc.property(seeds, fc.maxSafeInteger(), fc.nat(10), (seed, lo, width) => {
        const hi = Math.min(lo + width, Number.MAX_SAFE_INTEGER)
        const prng = createPrng(seed)
        const values = Array.from({ length: 300 }, () => prng.int(lo, hi))
        expect(Math.min(...values)).toBe(lo)
        expect(Math.max(...values)).toBe(hi)
        expect(values.every(Number.isSafeInteger)).toBe(true)
      }),
    )
    expect(() => createPrng(1).int(2, 1)).toThrow(/no integers/)
    expect(() => createPrng(1).int(0.5, 1)).toThrow(/no integers/)
  })

  it('int is unbiased where modulo would not be', () => {
    const prng = createPrng(3)
    const range = 3 * 2 ** 30 // modulo 2^32 would give the first third twice as often
    let low = 0
    for (let i = 0; i < 60_000; i += 1) if (prng.int(0, range - 1) < 2 ** 30) low += 1
    expect(low / 60_000).toBeCloseTo(1 / 3, 2)
    const wide = Array.from({ length: 20_000 }, () => prng.int(0, 2 ** 52) / 2 ** 52)
    expect(mean(wide)).toBeCloseTo(0.5, 2)
  })

  it('float, normal and exponential have their moments', () => {
    const prng = createPrng('moments')
    const n = 200_000
    const floats = draw(prng, n)
    expect(floats.every((x) => x >= 0 && x < 1 && Number.isInteger(x * 2 ** 53))).toBe(true)
    expect(mean(floats)).toBeCloseTo(0.5, 2)
    const normals = Array.from({ length: n }, () => prng.normal())
    expect(Math.abs(mean(normals))).toBeLessThan(0.01)
    expect(Math.abs(mean(normals.map((x) => x * x)) - 1)).toBeLessThan(0.015)
    expect(Math.abs(mean(normals.map((x) => x ** 3)))).toBeLessThan(0.04)
    expect(Math.abs(mean(normals.map((x) => x ** 4)) - 3)).toBeLessThan(0.1)
    const exponentials = Array.from({ length: n }, () => prng.exponential())
    expect(Math.min(...exponentials.slice(0, 1_000))).toBeGreaterThanOrEqual(0)
    expect(Math.abs(mean(exponentials) - 1)).toBeLessThan(0.015)
    expect(Math.abs(mean(exponentials.map((x) => x * x)) - 2)).toBeLessThan(0.06)
    expect(mean(floats.map(() => (prng.chance(0.3) ? 1 : 0)))).toBeCloseTo(0.3, 2)
  })

  it('shuffle keeps the items, leaves its argument alone and reaches all orders equally', () => {
    fc.assert(
      fc.property(seeds, fc.array(fc.integer()), (seed, items) => {
        const before = [...items]
        const shuffled = createPrng(seed).shuffle(items)
        expect(items).toEqual(before)
        expect([...shuffled].sort((a, b) => a - b)).toEqual([...items].sort((a, b) => a - b))
      }),
    )
    const prng = createPrng(11)
    const counts = new Map<string, number>()
    for (let i = 0; i < 12_000; i += 1) {
      const order = prng.shuffle(['a', 'b', 'c']).join('')
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    for (const count of counts.values()) expect(Math.abs(count - 2_000)).toBeLessThan(200)
  })
})

describe('naturalLog', () => {
  it('agrees with the platform to an ulp or two', () => {
    fc.assert(
      fc.property(fc.double({ min: 2 ** -1000, max: 1e300, noNaN: true }), (x) => {
        const expected = Math.log(x)
        expect(Math.abs(naturalLog(x) - expected)).toBeLessThanOrEqual(Math.abs(expected) * 2 ** -51)
      }),
      { numRuns: 2_000 },
    )
    expect(naturalLog(1)).toBe(0)
  })
})
