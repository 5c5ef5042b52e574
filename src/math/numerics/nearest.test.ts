/** The nearest by partial insertion are those of a whole sort, ties included. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearestOf } from './nearest.ts'

describe('nearest of many', () => {
  it('are the first of all, sorted by distance and then by place', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: -1, max: 60 }),
        (distances, count, except) => {
          const sorted = distances
            .map((_, i) => i)
            .filter((i) => i !== except)
            .sort((a, b) => distances[a] - distances[b] || a - b)
          expect(Array.from(nearestOf(Float64Array.from(distances), count, except))).toEqual(sorted.slice(0, count))
        },
      ),
    )
  })
})
