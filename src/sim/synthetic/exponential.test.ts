/** The exponential against the platform's, and where it ends. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { exponentialOf } from './exponential.ts'

it('is within two units of the last place of the platform’s', () => {
  fc.assert(
    fc.property(fc.double({ min: -79, max: 79, noNaN: true }), (x) => {
      expect(Math.abs(exponentialOf(x) / Math.exp(x) - 1)).toBeLessThan(5e-16)
    }),
  )
  expect(exponentialOf(0)).toBe(1)
})

it('stays finite and positive for anything', () => {
  for (const x of [1e9, 81, -81, -1e9]) expect(exponentialOf(x)).toBe(exponentialOf(x > 0 ? 80 : -80))
})
