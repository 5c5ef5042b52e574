import { describe, expect, it } from 'vitest'
import { rateOf } from '../core/exact.ts'
import type { Money } from '../core/exact.ts'
import { DAY } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import { FeeSchedule } from './fee-schedule.ts'

const tier = (volume: bigint, taker: string) => ({ volume: volume as Money, maker: rateOf('0.0001'), taker: rateOf(taker) })
const TIERS = [tier(0n, '0.0005'), tier(100n, '0.0004'), tier(1_000n, '0.0003')]
const at = (day: number, part = 0.5): Micros => (day * DAY + part * DAY) as Micros
const taker = (fees: FeeSchedule, day: number): number => fees.at(at(day)).taker

describe('fee tiers (V13)', () => {
  it('are fixed for a day by the thirty days before it', () => {
    const fees = new FeeSchedule(TIERS, rateOf('0'), rateOf('0'))
    expect(taker(fees, 100)).toBe(rateOf('0.0005'))
    fees.trade(100n as Money)
    // Its own day does not count, and one unit less would not be enough.
    expect([taker(fees, 100), taker(fees, 101), taker(fees, 130), taker(fees, 131)]).toEqual(
      ['0.0005', '0.0004', '0.0004', '0.0005'].map((text) => rateOf(text)),
    )
  })

  it('add up over days', () => {
    const fees = new FeeSchedule(TIERS, rateOf('0'), rateOf('0'))
    for (let day = 0; day < 20; day++) {
      fees.at(at(day))
      fees.trade(50n as Money)
    }
    expect(taker(fees, 20)).toBe(rateOf('0.0003'))
    // Day 0 has left the window: 950.
    expect(taker(fees, 31)).toBe(rateOf('0.0004'))
  })

  it('are the two rates of the settings where there are none', () => {
    const fees = new FeeSchedule([], rateOf('0.0002'), rateOf('0.0007'))
    fees.at(at(1)).trade((10n ** 20n) as Money)
    expect([fees.at(at(9)).maker, fees.taker]).toEqual([rateOf('0.0002'), rateOf('0.0007')])
  })

  it('go on from a snapshot', () => {
    const fees = new FeeSchedule(TIERS, rateOf('0'), rateOf('0'))
    fees.at(at(5)).trade(2_000n as Money)
    fees.at(at(6))
    const other = new FeeSchedule(TIERS, rateOf('0'), rateOf('0'))
    other.restore(fees.snapshot())
    expect([other.taker, taker(other, 7), taker(other, 40)]).toEqual([fees.taker, taker(fees, 7), taker(fees, 40)])
  })
})
