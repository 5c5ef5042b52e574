/** Funding against the formula by hand, and the schedule at its cap. */
import { describe, expect, it } from 'vitest'
import { after, HOUR, MINUTE, parseTime } from '../../core/time.ts'
import { FundingSchedule } from './funding.ts'
import type { FundingHours, Settlement } from './funding.ts'

const start = parseTime('2024-01-01')

/** Plays premiums, one a minute. */
function settlements(premiums: readonly number[], hours: FundingHours, cap: number): readonly Settlement[] {
  const schedule = new FundingSchedule(start, hours, cap)
  return premiums.flatMap((premium, minute) => {
    const settled = schedule.settle(after(start, minute * MINUTE))
    schedule.add(premium)
    return settled === undefined ? [] : [settled]
  })
}
const constant = (premium: number, hours: number): number[] => Array.from({ length: hours * 60 + 1 }, () => premium)

describe('a funding rate', () => {
  it('is the interest while the premium is near it, and the premium less the bend beyond', () => {
    for (const [premium, rate] of [
      [0.0003, 0.0001],
      [-0.0004, 0.0001],
      [0.001, 0.0005],
      [-0.001, -0.0005],
    ])
      expect(settlements(constant(premium, 8), 8, 0.02)).toEqual([
        { time: start + 8 * HOUR, rate: Math.round(rate * 1e8), hours: 8 },
      ])
  })

  it('is an eighth of that for one hour, and half for four', () => {
    expect(settlements(constant(0.0013, 1), 1, 0.02)[0].rate).toBe(10_000)
    expect(settlements(constant(0.0013, 4), 4, 0.02)[0].rate).toBe(40_000)
  })

  it('weights later premiums more', () => {
    // Weights 1..480: the last hour weighs 27,000 of 115,440.
    const late = [...constant(0, 7).slice(1), ...constant(0.008, 1)]
    const mean = (0.008 * ((480 * 481) / 2 - (420 * 421) / 2)) / ((480 * 481) / 2)
    expect(settlements(late, 8, 0.02)[0].rate).toBe(Math.round((mean - 0.0005) * 1e8))
  })

  it('is capped, comes more often from then on, and less often again after a quiet time', () => {
    const found = settlements([...constant(0.01, 16), ...constant(0, 100)], 8, 0.003)
    expect(found.slice(0, 2)).toMatchObject([
      { rate: 300_000, hours: 8 },
      { rate: 300_000, hours: 4 },
    ])
    expect(found[2].hours).toBe(1)
    expect(found.at(-1)?.hours).toBe(4)
    const times = found.map(({ time }) => time)
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b))
  })
})
