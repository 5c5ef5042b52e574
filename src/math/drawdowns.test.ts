import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawdownEpisodes } from './drawdowns.ts'
import { maxDrawdown } from './performance.ts'

const START = { time: 0, equity: 100 }
const episodes = (...equity: number[]) =>
  drawdownEpisodes(
    equity.map((_, i) => i + 1),
    equity,
    START,
  )

describe('drawdownEpisodes', () => {
  it('lists each fall from the last moment at its peak to the first at or above it', () => {
    expect(episodes(90, 100, 120, 120, 60, 90, 130, 125)).toEqual([
      { peakTime: 0, troughTime: 1, recoveryTime: 2, length: 2, depth: 1 - 90 / 100 },
      { peakTime: 4, troughTime: 5, recoveryTime: 7, length: 3, depth: 0.5 },
      { peakTime: 7, troughTime: 8, recoveryTime: undefined, length: 1, depth: 1 - 125 / 130 },
    ])
  })
  it('has none for rising, flat and empty curves', () => {
    for (const none of [[], [100], [100, 100], [101, 102]]) expect(episodes(...none)).toEqual([])
  })
  it('goes beyond everything in ruin', () => expect(episodes(-50)[0].depth).toBe(1.5))
  it('contains the maximum drawdown, and its episodes do not overlap (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 60 }), (equity) => {
        const found = episodes(...equity)
        const most = maxDrawdown(
          Float64Array.from(equity, (_, i) => i + 1),
          Float64Array.from(equity),
          START,
        )
        expect(Math.max(0, ...found.map(({ depth }) => depth))).toBe(most.fraction)
        const deepest = found.find(({ depth }) => depth === most.fraction)
        if (deepest !== undefined)
          expect([deepest.peakTime, deepest.troughTime, deepest.recoveryTime]).toEqual([
            most.peakTime,
            most.troughTime,
            most.recoveryTime,
          ])
        for (let i = 1; i < found.length; i++)
          expect(found[i].peakTime).toBeGreaterThanOrEqual(found[i - 1].recoveryTime ?? Number.NaN)
      }),
    )
  })
})
