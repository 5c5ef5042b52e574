/** Returns of months. */
import { describe, expect, it } from 'vitest'
import { reportSample } from '../../../test/e2e/report-sample.ts'
import { monthlyReturns } from './monthly.ts'

const at = (iso: string): number => Date.parse(iso)

describe('monthlyReturns', () => {
  const { doc } = reportSample({ bars: 400, trades: 10 })

  it('takes the last equity of each month, the first against the capital, and carries it over months without points', () => {
    const equity = [
      [at('2023-11-03'), '9000'],
      [at('2023-11-30T23:59:59Z'), '11000'],
      [at('2024-02-01'), '22000'],
    ] as const
    const [first, second] = monthlyReturns({ ...doc, equity })
    expect(first.months.slice(9)).toEqual([undefined, 11_000 / 10_000 - 1, 0])
    expect(first.total).toBe(11_000 / 10_000 - 1)
    expect(second.months.slice(0, 3)).toEqual([0, 1, undefined])
    expect([second.year, second.total]).toEqual([2024, 1])
  })

  it('compounds to the total return', () => {
    const product = monthlyReturns(doc)
      .flatMap((row) => row.months)
      .reduce<number>((total, value) => total * (1 + (value ?? 0)), 1)
    expect(product - 1).toBeCloseTo(doc.summary.totalReturn ?? Number.NaN, 9)
  })

  it('has nothing to say without points or after ruin', () => {
    expect(monthlyReturns({ ...doc, equity: [] })).toEqual([])
    const [row] = monthlyReturns({
      ...doc,
      equity: [
        [at('2024-01-05'), '0'],
        [at('2024-02-05'), '5'],
      ],
    })
    expect(row.months.slice(0, 2)).toEqual([-1, undefined])
  })
})
