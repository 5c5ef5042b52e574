/** Bars and ranges on the time axis: their laws. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  alignRange,
  barEnd,
  barProgress,
  barStart,
  barStarts,
  countBars,
  dividesInto,
  gapsBetween,
  intersection,
  intervalOf,
  INTERVALS,
  isAligned,
  type Micros,
  MINUTE,
  nextBarStart,
  previousBarStart,
  shiftBars,
  union,
  untilBarEnd,
  without,
} from './index.ts'

/** Any minute from 1970 to 2099. */
const moment = fc.integer({ min: 0, max: 68_374_079 }).map((minutes) => (minutes * MINUTE) as Micros)
const interval = fc.constantFrom(...INTERVALS)

describe('bars', () => {
  it('are aligned, follow one another, and are counted', () => {
    fc.assert(
      fc.property(moment, interval, fc.integer({ min: 0, max: 40 }), (time, each, count) => {
        const start = barStart(time, each)
        expect(isAligned(start, each)).toBe(true)
        expect(nextBarStart(start, each)).toBe(start)
        expect(nextBarStart((start + 1) as Micros, each)).toBe(barEnd(start, each))
        expect(barEnd(previousBarStart(time, each), each)).toBe(start)
        const progress = barProgress(time, each)
        expect(progress >= 0 && progress < 1).toBe(true)
        expect(time + untilBarEnd(time, each)).toBe(barEnd(start, each))
        const range = { from: start, to: shiftBars(start, count, each) }
        const starts = barStarts(range, each)
        expect(countBars(range, each)).toBe(count)
        expect(starts).toHaveLength(count)
        starts.forEach((s, i) => expect(s).toBe(i === 0 ? start : barEnd(starts[i - 1], each)))
        expect(alignRange({ from: (start + 1) as Micros, to: (range.to + 1) as Micros }, each)).toEqual({
          from: start,
          to: barEnd(range.to, each),
        })
      }),
    )
  })

  it('are missing exactly where some were taken out', () => {
    fc.assert(
      fc.property(moment, interval, fc.uniqueArray(fc.integer({ min: 1, max: 30 })), (time, each, removed) => {
        const first = barStart(time, each)
        const starts = Array.from({ length: 32 }, (_, i) => shiftBars(first, i, each))
        const gaps = gapsBetween(
          starts.filter((_, i) => !removed.includes(i)),
          each,
        )
        expect(gaps.flatMap((gap) => barStarts(gap, each))).toEqual(removed.toSorted((a, b) => a - b).map((i) => starts[i]))
      }),
    )
    expect(() => gapsBetween([2, 2], intervalOf('1m'))).toThrow(/not after/)
  })

  it('fit into coarser ones', () => {
    const fits = (fine: string, coarse: string): boolean => dividesInto(intervalOf(fine), intervalOf(coarse))
    expect([fits('1m', '1h'), fits('1h', '1M'), fits('1d', '1w'), fits('8h', '1d'), fits('4h', '8h')]).toEqual([
      true,
      true,
      true,
      true,
      true,
    ])
    expect([
      fits('3d', '1w'),
      fits('1w', '1M'),
      fits('1h', '30m'),
      fits('3d', '1M'),
      fits('1M', '1w'),
      fits('8h', '12h'),
    ]).toEqual([false, false, false, false, false, false])
  })
})

describe('ranges', () => {
  const range = fc
    .tuple(fc.nat(50), fc.nat(20))
    .map(([from, length]) => ({ from: from as Micros, to: (from + length) as Micros }))
  const holds = (ranges: readonly { from: number; to: number }[], x: number): boolean =>
    ranges.some(({ from, to }) => x >= from && x < to)

  it('meet, join and are taken out as sets are', () => {
    fc.assert(
      fc.property(range, fc.array(range, { maxLength: 5 }), fc.nat(80), (one, others, x) => {
        expect(holds(union(others), x)).toBe(holds(others, x))
        expect(holds(without(one, others), x)).toBe(holds([one], x) && !holds(others, x))
        for (const other of others) {
          const both = intersection(one, other)
          expect(both !== undefined && holds([both], x)).toBe(holds([one], x) && holds([other], x))
        }
        const joined = union(others)
        for (let i = 1; i < joined.length; i++) expect(joined[i].from).toBeGreaterThan(joined[i - 1].to)
      }),
    )
  })
})
