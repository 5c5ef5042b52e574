import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../core/time.ts'
import { thinned, thinnedWithExtremes } from './thinned.ts'

const every = (step: number, count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => (i + 1) * step - 1_000)

describe('thinned', () => {
  it('keeps everything that fits', () => {
    expect([...thinned(every(HOUR, 5), 5)]).toEqual([0, 1, 2, 3, 4])
    expect([...thinned(new Float64Array(0), 5)]).toEqual([])
  })

  it('takes the smallest spacing that fits, and the last point of each stretch', () => {
    expect([...thinned(every(HOUR, 24), 6)]).toEqual([3, 7, 11, 15, 19, 23])
    expect([...thinned(every(HOUR, 24), 5)]).toEqual([7, 15, 23])
    expect(thinned(every(MINUTE, 100_000), 20_000)).toHaveLength(20_000)
    expect(thinned(every(MINUTE, 100_001), 20_000)).toHaveLength(Math.ceil(100_001 / 15))
  })

  it('goes on beyond days', () => {
    expect([...thinned(every(DAY, 9), 3)]).toEqual([3, 7, 8])
  })

  it('ascends, ends with the last point, and never exceeds what is allowed', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 3 * DAY }), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 50 }), (steps, most) => {
        let time = 0
        const times = Float64Array.from(steps, (step) => (time += step))
        const kept = thinned(times, most)
        expect(kept.length).toBeLessThanOrEqual(most)
        expect(kept.at(-1)).toBe(times.length - 1)
        expect(kept.every((at, i) => i === 0 || at > kept[i - 1])).toBe(true)
      }),
    )
  })
})

describe('thinnedWithExtremes', () => {
  it('keeps lowest, highest and last of each stretch, so that the curve keeps its range', () => {
    const values = Float64Array.from([5, 1, 9, 5, 4, 4, 4, 3])
    const times = Float64Array.from(values, (_, i) => (i + 1) * 60 * MINUTE - 1_000)
    expect([...thinnedWithExtremes(times, values, 6)]).toEqual([1, 2, 3, 4, 7])
    const curve = fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(curve, fc.integer({ min: 3, max: 60 }), (list, most) => {
        const equity = Float64Array.from(list)
        const kept = thinnedWithExtremes(every(HOUR, list.length), equity, most)
        const left = Array.from(kept, (at) => equity[at])
        expect(kept.length).toBeLessThanOrEqual(most)
        expect(kept.at(-1)).toBe(list.length - 1)
        expect(kept.every((at, i) => i === 0 || at > kept[i - 1])).toBe(true)
        expect([Math.min(...left), Math.max(...left)]).toEqual([Math.min(...list), Math.max(...list)])
      }),
    )
  })
})
