/** Returns of months. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY } from '../core/time.ts'
import { monthlyReturns } from './monthly.ts'

const at = (iso: string): number => Date.parse(iso) * 1_000

describe('monthlyReturns', () => {
  it('takes the last equity of each month, the first against the capital, and carries it over months without points', () => {
    const times = [at('2023-11-03'), at('2023-11-30T23:59:59Z'), at('2024-02-01')]
    const [first, second] = monthlyReturns(times, [9_000, 11_000, 22_000], 10_000)
    expect(first.months.slice(9)).toEqual([undefined, 11_000 / 10_000 - 1, 0])
    expect(first.total).toBe(11_000 / 10_000 - 1)
    expect(second.months.slice(0, 3)).toEqual([0, 1, undefined])
    expect([second.year, second.total]).toEqual([2024, 1])
  })

  it('compounds to the total return (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 40 }), (equity) => {
        const times = equity.map((_, i) => at('2023-01-05') + i * 13 * DAY)
        const rows = monthlyReturns(times, equity, 500)
        const product = (values: readonly (number | undefined)[]): number =>
          values.reduce<number>((total, value) => total * (1 + (value ?? 0)), 1)
        expect(product(rows.flatMap(({ months }) => months))).toBeCloseTo(equity[equity.length - 1] / 500, 9)
        expect(product(rows.map(({ total }) => total))).toBeCloseTo(equity[equity.length - 1] / 500, 9)
      }),
    )
  })

  it('has nothing to say without points or after ruin', () => {
    expect(monthlyReturns([], [], 1)).toEqual([])
    const [row] = monthlyReturns([at('2024-01-05'), at('2024-02-05')], [0, 5], 1)
    expect(row.months.slice(0, 2)).toEqual([-1, undefined])
  })
})
