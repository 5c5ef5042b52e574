/** The money flow index where two bars have the same typical price in decimals. */
import { describe, expect, it } from 'vitest'
import { mfi } from './mfi.ts'

type Bar = readonly [number, number, number]

const second = ([first, next]: readonly [Bar, Bar], precision: 'double' | 'extended'): number => {
  const indicator = mfi(1, { precision })
  indicator.update(...first, 1000)
  return indicator.update(...next, 1000)
}

describe('money flow index', () => {
  it.each<readonly [Bar, Bar]>([
    [
      [8.08, 7.98, 8],
      [8.09, 7.97, 8],
    ],
    [
      [7.37, 7.19, 7.36],
      [7.38, 7.18, 7.36],
    ],
    [
      [8.54, 8.51, 8.52],
      [8.55, 8.5, 8.52],
    ],
  ])('of %j and %j, which have one typical price, has no flow when that is rounded once', (...pair) => {
    expect(second(pair, 'extended')).toBe(50)
    expect(second(pair, 'double')).not.toBe(50)
  })

  it('is the same either way where prices differ', () => {
    const [a, b] = [mfi(5), mfi(5, { precision: 'extended' })]
    for (let i = 0; i < 60; i++) {
      const middle = 100 + 3 * Math.sin(i * i)
      const [one, other] = [a, b].map((each) => each.update(middle + 1.3, middle - 0.7, middle, 10 + i))
      if (i >= 5) expect(other).toBeCloseTo(one, 9)
    }
  })
})
