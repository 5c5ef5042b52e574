/** The rank by counting against sorting, and its memory. Pure. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RankWindow } from './rank-window.ts'

/** Powers of 2, and every 128th between 1 and 4, have bins of their own: the rank is exact, of bins far apart and of neighbours. */
const apart = fc.integer({ min: -40, max: 20 }).map((e) => 2 ** e)
const close = fc.integer({ min: 0, max: 255 }).map((bin) => (1 + (bin % 128) / 128) * 2 ** (bin >> 7))
const neighbours = fc.integer({ min: 100, max: 140 }).map((bin) => (1 + (bin % 128) / 128) * 2 ** (bin >> 7))
const powers = fc.array(fc.oneof(apart, close, neighbours), { minLength: 1, maxLength: 120 })

const naive = (window: readonly number[], x: number): number =>
  (window.filter((each) => each < x).length + 0.5 * window.filter((each) => each === x).length) / window.length

describe('a rank among the last n', () => {
  it('is the share below plus half of the equals, from the least number on', () => {
    fc.assert(
      fc.property(powers, fc.integer({ min: 1, max: 30 }), fc.nat(), (values, length, some) => {
        const least = 1 + (some % length)
        const rank = new RankWindow(length, least)
        values.forEach((x, i) => {
          rank.update(x)
          const window = values.slice(Math.max(0, i + 1 - length), i + 1)
          expect(rank.value).toBe(window.length < least ? Number.NaN : naive(window, x))
        })
      }),
    )
  })

  it('tells values apart that differ by a hundredth', () => {
    const rank = new RankWindow(3)
    for (const x of [1e-7, 1.01e-7, 1.0201e-7]) rank.update(x)
    expect(rank.value).toBeCloseTo(2.5 / 3, 12)
  })

  it('takes what is too small or too large for a bin of its own', () => {
    const rank = new RankWindow(4)
    for (const x of [0, 1e-60, 1e60, 1e70]) rank.update(x)
    expect(rank.value).toBe(0.75)
  })

  it('goes on from a snapshot', () => {
    fc.assert(
      fc.property(powers, fc.nat(), fc.integer({ min: 1, max: 30 }), (values, some, length) => {
        const cut = some % values.length
        const [whole, part] = [new RankWindow(length, 1), new RankWindow(length, 1)]
        for (const x of values.slice(0, cut)) whole.update(x)
        part.update(1)
        part.restore(whole.snapshot())
        for (const x of values.slice(cut)) expect(part.update(x)).toBe(whole.update(x))
      }),
    )
  })

  it('refuses windows that are none', () => {
    expect(() => new RankWindow(0)).toThrow('a rank among 0')
    expect(() => new RankWindow(3).restore(new RankWindow(4).snapshot())).toThrow('a rank among 4, not 3')
  })
})
