/** Exits and scaling: what holds for any prices. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodePlain, encodePlain } from '../../core/plain.ts'
import { addUnit, freshPyramid, pyramidDirection, startPyramid } from './pyramid.ts'
import { climb, freshLadder, ladderOf, shareLeft, startLadder } from './take-profit.ts'
import { freshHold, holdEnds, startHold } from './time-exit.ts'
import { breakEven, endTrail, freshTrail, isBeyond, startTrail, trailFromBest, trailFromClose } from './trailing-stop.ts'

const price = fc.double({ min: 50, max: 150, noNaN: true })
const prices = fc.array(price, { minLength: 1, maxLength: 40 })
const side = fc.constantFrom(1, -1)
const distance = fc.double({ min: 0, max: 30, noNaN: true })

const LADDER = ladderOf([
  { at: 1, off: 0.3 },
  { at: 2, off: 0.3 },
  { at: 3, off: 0.4 },
])

it('a trailing stop never loosens, says when it moved, and goes on after being put away', () => {
  fc.assert(
    fc.property(prices, side, distance, fc.nat(), (path, s, d, cut) => {
      const [trail, other] = [freshTrail(), freshTrail()]
      for (const state of [trail, other]) startTrail(state, s, 100, 100 - s * 10)
      let saved = other
      for (const [i, close] of path.entries()) {
        if (i === cut % path.length) saved = decodePlain(encodePlain(saved)) as typeof other
        const before = trail.stop
        const moved = [
          trailFromBest(trail, close + 1, close - 1, d),
          trailFromClose(trail, close, d),
          breakEven(trail, close, 100, 10, 1),
        ]
        trailFromBest(saved, close + 1, close - 1, d)
        trailFromClose(saved, close, d)
        breakEven(saved, close, 100, 10, 1)
        expect(s * (trail.stop - before)).toBeGreaterThanOrEqual(0)
        expect(moved.includes(true)).toBe(trail.stop !== before)
        expect(saved).toEqual(trail)
      }
    }),
  )
})

it('a chandelier hangs from the best price, a break-even lies beyond the entry, and an ended one does nothing', () => {
  const trail = freshTrail()
  expect(trailFromBest(trail, 120, 110, 5)).toBe(false)
  startTrail(trail, 1, 100, 90)
  expect(trailFromBest(trail, 120, 99, 5)).toBe(true)
  expect(trail).toEqual({ side: 1, best: 120, stop: 115 })
  expect(trailFromBest(trail, 119, 99, Number.NaN)).toBe(false)
  expect(trailFromBest(trail, 121, 99, 0)).toBe(false)
  expect([isBeyond(trail, 114), isBeyond(trail, 115), isBeyond(trail, 116)]).toEqual([true, false, false])
  startTrail(trail, -1, 100, 110)
  expect(breakEven(trail, 90.5, 100, 10, 1)).toBe(false)
  expect(breakEven(trail, 90, 100, 10, 1)).toBe(true)
  expect(trail.stop).toBe(99)
  expect(breakEven(trail, 90, 100, 10, 11)).toBe(false)
  expect(trailFromClose(trail, 80, 5)).toBe(true)
  expect(trail.stop).toBe(85)
  endTrail(trail)
  expect(trailFromClose(trail, 50, 5)).toBe(false)
})

it('a ladder only takes off, all of it at the last rung, whatever the path', () => {
  fc.assert(
    fc.property(prices, side, (path, s) => {
      const state = freshLadder()
      startLadder(state, s, 100, 100 - s * 10)
      for (const best of path) {
        const before = shareLeft(state, LADDER)
        const climbed = climb(state, LADDER, best)
        expect(shareLeft(state, LADDER) < before).toBe(climbed)
      }
      const furthest = Math.max(...path.map((best) => s * (best - 100)))
      expect(state.rungs).toBe(LADDER.filter(({ at }) => furthest >= at * state.risk).length)
      if (state.rungs === 3) expect(shareLeft(state, LADDER)).toBe(0)
    }),
  )
  expect(climb(freshLadder(), LADDER, 1e9)).toBe(false)
  expect(() => ladderOf([{ at: 1, off: 1.1 }])).toThrow('everything')
  expect(() =>
    ladderOf([
      { at: 1, off: 0.1 },
      { at: 1, off: 0.1 },
    ]),
  ).toThrow('ascend')
})

it('a pyramid adds only after a step in favour, one unit at a time, and never more than its most', () => {
  fc.assert(
    fc.property(prices, side, distance, fc.integer({ min: 1, max: 5 }), (path, s, step, most) => {
      const state = freshPyramid()
      expect(addUnit(state, 1e9, 1, most)).toBe(false)
      startPyramid(state, s, 100)
      for (const close of path) {
        const { last, units } = state
        const added = addUnit(state, close, step, most)
        expect(added).toBe(units < most && step > 0 && s * (close - last) >= step)
        expect(state.units).toBe(units + Number(added))
        expect(Math.abs(pyramidDirection(state, most))).toBeLessThanOrEqual(1)
        expect(Math.sign(pyramidDirection(state, most))).toBe(s)
      }
    }),
  )
})

it('a time exit ends after its bars, and never without any', () => {
  const state = freshHold()
  expect([1, 2, 3].map(() => holdEnds(state, 3))).toEqual([false, false, true])
  startHold(state)
  expect([1, 2, 3].map(() => holdEnds(state, 0))).toEqual([false, false, false])
  expect(state.held).toBe(3)
})
