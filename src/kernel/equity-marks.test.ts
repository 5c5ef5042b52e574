/** Marks as the shares of a fund would have them: money that comes or goes is neither profit nor loss. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Price, Qty } from '../core/exact.ts'
import { HOUR } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import { accountReport, fill, instrument, MONDAY } from '../../test/kernel/fixtures.ts'
import { EquityMarks } from './equity-marks.ts'
import { PositionManager } from './position-manager.ts'

const MAIN = { venue: 'sim', name: 'main', settle: 'USDT' }
const SECOND = { venue: 'sim', name: 'second', settle: 'USDT' }

describe('marks', () => {
  it('keep every loss the share that it was', () => {
    const marks = new EquityMarks()
    marks.restore({ marked: 80, peak: 100, dayStart: 90, weekStart: 60 })
    marks.flow(80, 180)
    expect([marks.marked, marks.highest, marks.dayStart, marks.weekStart]).toEqual([180, 225, 202.5, 135])
  })

  it('that are equity itself stay it to the last bit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e12 }), fc.integer({ min: 1, max: 1e12 }), (before, after) => {
        const marks = new EquityMarks()
        marks.restore({ marked: before, peak: before, dayStart: before, weekStart: before })
        marks.flow(before, after)
        expect(marks.snapshot()).toEqual({ marked: after, peak: after, dayStart: after, weekStart: after })
      }),
    )
  })

  it.each([
    [0, 50],
    [-5, 45],
    [50, 0],
    [50, -1],
  ])('begin anew from %d to %d, where a share has no price', (before, after) => {
    const marks = new EquityMarks()
    marks.restore({ marked: before, peak: 100, dayStart: 90, weekStart: 80 })
    marks.flow(before, after)
    expect(marks.snapshot()).toEqual({ marked: after, peak: after, dayStart: after, weekStart: after })
  })

  it('do not change by nothing', () => {
    const marks = new EquityMarks()
    const state = { marked: 0, peak: 100, dayStart: 90, weekStart: 80 }
    marks.restore(state)
    marks.flow(0, 0)
    expect(marks.snapshot()).toEqual(state)
  })
})

/** A step of the market, then money that comes or goes; both as shares of what is there. */
const steps = fc.array(
  fc.record({
    price: fc.integer({ min: 900, max: 1_100 }),
    flow: fc.constantFrom(-0.6, -0.3, 0, 0, 0, 0.1, 1, 5),
    second: fc.boolean(),
  }),
  { minLength: 1, maxLength: 60 },
)

describe('a run with deposits and withdrawals', () => {
  it('has the losses that the price of a share has, in each account and in all', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const positions = new PositionManager([instrument()], [MAIN, SECOND])
        const price = { share: 1, peak: 1, total: 1, totalPeak: 1 }
        const deposit = (account: number, amount: number): void =>
          positions.applyAccountReport(accountReport(amount < 0 ? 'withdrawal' : 'deposit', BigInt(amount), { account }))
        deposit(0, 1_000_000_000)
        deposit(1, 500_000_000)
        positions.mark(0, 1_000 as Price, MONDAY)
        positions.applyFill(fill({ qty: 500_000, price: 1_000 }), [{ strategy: 0, qty: 500_000 as Qty }])
        let [equity, total] = [positions.equity(0), positions.totalEquity()]
        list.forEach((step, i) => {
          positions.mark(0, step.price as Price, (MONDAY + (i + 1) * HOUR) as Micros)
          price.share *= positions.equity(0) / equity
          price.total *= positions.totalEquity() / total
          price.peak = Math.max(price.peak, price.share)
          price.totalPeak = Math.max(price.totalPeak, price.total)
          expect(positions.equity(0) / positions.peak(0)).toBeCloseTo(price.share / price.peak, 10)
          expect(positions.totalEquity() / positions.totalPeak()).toBeCloseTo(price.total / price.totalPeak, 10)
          const of = step.second ? 1 : 0
          const amount = Math.round(positions.equity(of) * step.flow)
          // What is not enough for the position any more is another story.
          if (amount !== 0 && positions.equity(of) + amount > 200_000_000) deposit(of, amount)
          expect(positions.equity(0) / positions.peak(0)).toBeCloseTo(price.share / price.peak, 10)
          equity = positions.equity(0)
          total = positions.totalEquity()
        })
      }),
      { numRuns: 60 },
    )
  })

  it('has totals that transfers between its accounts do not move, whichever report comes first', () => {
    const positions = new PositionManager([instrument()], [MAIN, SECOND])
    positions.applyAccountReport(accountReport('deposit', 1_000n))
    positions.mark(0, 100 as Price, MONDAY)
    for (const first of [0, 1]) {
      positions.applyAccountReport(accountReport('transfer', first === 0 ? -400n : 400n, { account: first }))
      positions.mark(0, 100 as Price, (MONDAY + (2 * first + 1) * HOUR) as Micros)
      expect([positions.totalEquity(), positions.totalPeak(), positions.totalDayStart(), positions.totalWeekStart()]).toEqual([
        1_000, 1_000, 1_000, 1_000,
      ])
      const other = first === 0 ? 1 : 0
      positions.applyAccountReport(accountReport('transfer', first === 0 ? 400n : -400n, { account: other }))
      positions.mark(0, 100 as Price, (MONDAY + (2 * first + 2) * HOUR) as Micros)
      expect([positions.totalEquity(), positions.totalPeak()]).toEqual([1_000, 1_000])
    }
    expect([positions.equity(0), positions.equity(1), positions.snapshot().transit]).toEqual([200, 800, []])
  })

  it('of one account counts a transfer as money from outside, also in all together', () => {
    const positions = new PositionManager([instrument()], [MAIN])
    positions.applyAccountReport(accountReport('transfer', 1_000n))
    positions.mark(0, 100 as Price, MONDAY)
    expect([positions.totalEquity(), positions.totalPeak(), positions.peak(0)]).toEqual([1_000, 1_000, 1_000])
  })

  it('measures all accounts in one asset', () => {
    expect(() => new PositionManager([instrument()], [MAIN, { ...SECOND, settle: 'USDC' }])).toThrow(/one asset/)
  })
})
