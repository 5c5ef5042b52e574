/** Levels of support and resistance, pivots of sessions, averages since an anchor. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../core/time.ts'
import { anchoredVwap } from './anchored-vwap.ts'
import { pivotLevels, pivotPoints } from './pivot-points.ts'
import { priceLevels } from './price-levels.ts'
import { sessionVwap } from './session-vwap.ts'
import { swingPivots } from './swing-pivots.ts'

describe('price levels', () => {
  it('gather what lies together, most touched first', () => {
    const levels = priceLevels([100.2, 50, 100, 100.1, 50.1, 70], { tolerance: 0.005 })
    expect(levels.map(({ touches }) => touches)).toEqual([3, 2])
    expect(levels[0].price).toBeCloseTo(100.1, 12)
    expect(levels[1]).toEqual({ price: 50.05, lowest: 50, highest: 50.1, touches: 2 })
  })

  it('do not depend on the order, hold each price once, and are no wider than the tolerance', () => {
    const prices = fc.array(fc.double({ min: 1, max: 200, noNaN: true }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(prices, fc.double({ min: 0, max: 0.2, noNaN: true }), (list, tolerance) => {
        const levels = priceLevels(list, { tolerance, minimumTouches: 1 })
        expect(priceLevels(list.toReversed(), { tolerance, minimumTouches: 1 })).toEqual(levels)
        expect(levels.reduce((sum, { touches }) => sum + touches, 0)).toBe(list.length)
        for (const { price, lowest, highest } of levels) {
          expect(highest).toBeLessThanOrEqual(lowest * (1 + tolerance) * (1 + 1e-12))
          expect(price).toBeGreaterThanOrEqual(lowest)
          expect(price).toBeLessThanOrEqual(highest * (1 + 1e-12))
        }
        const byPrice = levels.toSorted((a, b) => a.price - b.price)
        for (let i = 1; i < byPrice.length; i++) expect(byPrice[i].lowest).toBeGreaterThan(byPrice[i - 1].highest)
      }),
    )
  })

  it.each<[string, string, () => unknown]>([
    ['no prices', 'empty', () => priceLevels([])],
    ['a price that is none', 'not-finite', () => priceLevels([1, Number.NaN])],
    ['a tolerance below 0', 'out-of-domain', () => priceLevels([1], { tolerance: -1 })],
    ['no touches', 'out-of-domain', () => priceLevels([1], { minimumTouches: 0 })],
  ])('refuse %s', (_, reason, call) => expect(call).toThrow(expect.objectContaining({ reason })))
})

describe('pivot points', () => {
  it('are the formulas of their method', () => {
    expect(pivotLevels('classic', 12, 6, 9)).toEqual({ pivot: 9, r1: 12, r2: 15, r3: 18, s1: 6, s2: 3, s3: 0 })
    const fibonacci = pivotLevels('fibonacci', 12, 6, 9)
    expect(fibonacci.r1).toBeCloseTo(9 + 0.382 * 6, 12)
    expect(fibonacci.s2).toBeCloseTo(9 - 0.618 * 6, 12)
    const camarilla = pivotLevels('camarilla', 12, 6, 10)
    expect(camarilla.r3).toBeCloseTo(10 + (1.1 * 6) / 4, 12)
    expect(camarilla.s1).toBeCloseTo(10 - (1.1 * 6) / 12, 12)
  })

  it('come from the session before, and not from one whose beginning was not seen', () => {
    const whole = pivotPoints()
    const partial = pivotPoints()
    for (let hour = 0; hour < 30; hour++) {
      whole.update(hour * HOUR, hour + 2, hour, hour + 1)
      if (hour >= 5) partial.update(hour * HOUR, hour + 2, hour, hour + 1)
    }
    expect(whole.levels).toEqual(pivotLevels('classic', 25, 0, 24))
    expect(partial.ready).toBe(false)
    partial.update(2 * DAY, 1, 1, 1)
    expect(partial.ready).toBe(true)
  })

  it('follow a session of any beginning and length', () => {
    const shifted = pivotPoints({ sessionStart: 2 * HOUR, sessionLength: 4 * HOUR })
    for (let hour = 2; hour <= 6; hour++) shifted.update(hour * HOUR, hour + 2, hour, hour + 1)
    expect(shifted.levels).toEqual(pivotLevels('classic', 7, 2, 6))
  })
})

describe('average prices by volume', () => {
  it('begin anew with the session', () => {
    const average = sessionVwap()
    average.update(0, 10, 1)
    expect(average.update(HOUR, 20, 3)).toBe(17.5)
    expect(average.update(DAY, 30, 5)).toBe(30)
  })

  it('begin at their anchor, which can be moved', () => {
    const average = anchoredVwap(2 * HOUR)
    expect(average.update(HOUR, 10, 1)).toBeNaN()
    average.update(2 * HOUR, 10, 1)
    expect(average.update(3 * HOUR, 20, 1)).toBe(15)
    average.anchorAt(4 * HOUR)
    expect(average.ready).toBe(false)
    expect(average.update(4 * HOUR, 50, 1)).toBe(50)
  })
})

it('a swing is said when it is known, once', () => {
  const swings = swingPivots(1, 2)
  const said = [1, 3, 2, 2, 5, 4, 4, 1].map((x) => {
    swings.update(x, x)
    return [swings.isNewHigh ? swings.high : 0, swings.isNewLow ? swings.low : 0]
  })
  expect(said).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
    [3, 0],
    [0, 2],
    [0, 0],
    [5, 0],
    [0, 0],
  ])
})
