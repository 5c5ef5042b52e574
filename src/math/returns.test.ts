/** Daily returns: closed forms and laws. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../core/time.ts'
import { dailyReturns, totalReturn } from './returns.ts'

const daily = (points: readonly (readonly [number, number])[], capital: number): number[] | undefined => {
  const returns = dailyReturns(
    Float64Array.from(points, (p) => p[0]),
    Float64Array.from(points, (p) => p[1]),
    capital,
  )
  return returns === undefined ? undefined : [...returns]
}

describe('totalReturn', () => {
  it('is the growth of the capital', () => expect(totalReturn({ initial: 10_000, final: 12_500 })).toBe(0.25))
  it('is undefined without capital', () => expect(totalReturn({ initial: 0, final: 10 })).toBeUndefined())
})

describe('dailyReturns', () => {
  it('takes the last equity of each UTC day, the first against the initial capital', () => {
    const points = [
      [HOUR, 90],
      [23 * HOUR, 110],
      [DAY, 50],
      [2 * DAY - 1, 121],
    ] as const
    expect(daily(points, 100)).toEqual([110 / 100 - 1, 121 / 110 - 1])
  })

  it('gives days without a point a return of zero', () => {
    expect(
      daily(
        [
          [5 * DAY, 100],
          [8 * DAY, 150],
        ],
        100,
      ),
    ).toEqual([0, 0, 0, 0.5])
  })

  it('counts midnight for the day that begins', () => {
    expect(
      daily(
        [
          [DAY - 1, 100],
          [DAY, 200],
        ],
        100,
      ),
    ).toEqual([0, 1])
  })

  it('works before 1970', () => {
    expect(
      daily(
        [
          [-DAY, 100],
          [-1, 200],
          [0, 100],
        ],
        100,
      ),
    ).toEqual([1, -0.5])
  })

  it('lets the later of two points of the same moment win', () => {
    expect(
      daily(
        [
          [10, 5],
          [10, 101],
        ],
        100,
      ),
    ).toEqual([101 / 100 - 1])
  })

  it('is empty without points and undefined after ruin', () => {
    expect(daily([], 100)).toEqual([])
    expect(daily([[0, 0]], 100)).toEqual([-1])
    expect(
      daily(
        [
          [0, 0],
          [DAY, 10],
        ],
        100,
      ),
    ).toBeUndefined()
    expect(daily([[0, 10]], 0)).toBeUndefined()
  })

  it('refuses times that go back', () => {
    expect(() =>
      daily(
        [
          [2 * DAY, 1],
          [DAY, 1],
        ],
        1,
      ),
    ).toThrow('do not ascend')
  })

  it('compounds to the total return and has one entry a day (property)', () => {
    const curve = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 * DAY }), fc.double({ min: 1, max: 1e6, noNaN: true })), {
      minLength: 1,
      maxLength: 60,
    })
    fc.assert(
      fc.property(curve, fc.double({ min: 1, max: 1e6, noNaN: true }), (steps, capital) => {
        let time = 0
        const points = steps.map(([step, equity]) => [(time += step), equity] as const)
        const returns = daily(points, capital)
        const growth = returns?.reduce((product, r) => product * (1 + r), 1) ?? 0
        const final = points[points.length - 1][1]
        expect(returns?.length).toBe(Math.floor(time / DAY) - Math.floor(points[0][0] / DAY) + 1)
        expect(Math.abs((growth * capital) / final - 1)).toBeLessThan(1e-9)
      }),
    )
  })
})
