import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Ring } from './ring.ts'

describe('Ring', () => {
  it('behaves like a bounded array', () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.integer() },
      { weight: 4, arbitrary: fc.constant('shift' as const) },
      { weight: 1, arbitrary: fc.constant('clear' as const) },
    )
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4 }), fc.array(step, { maxLength: 200 }), (bits, steps) => {
        const ring = new Ring<number>(2 ** bits)
        const model: number[] = []
        for (const next of steps) {
          if (next === 'shift') expect(ring.shift()).toBe(model.shift())
          else if (next === 'clear') {
            ring.clear()
            model.length = 0
          } else {
            const fits = model.length < 2 ** bits
            expect(ring.push(next)).toBe(fits)
            if (fits) model.push(next)
          }
          expect(ring.length).toBe(model.length)
          expect(ring.peek()).toBe(model[0])
          expect(Array.from({ length: ring.length }, (_, i) => ring.at(i))).toEqual(model)
          expect(ring.at(ring.length)).toBeUndefined()
          expect(ring.at(-1)).toBeUndefined()
        }
      }),
    )
  })

  it('wants a power of two', () => {
    for (const capacity of [0, -1, 3, 1.5, 2 ** 31]) expect(() => new Ring(capacity)).toThrow(/power of two/)
  })
})
