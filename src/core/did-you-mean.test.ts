import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { closest, editDistance, hint } from './did-you-mean.ts'

describe('editDistance', () => {
  it('is 0 for equal texts only, symmetric, and at most the longer length', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const distance = editDistance(a, b)
        expect(distance === 0).toBe(a === b)
        expect(editDistance(b, a)).toBe(distance)
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length))
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length))
      }),
    )
    expect([editDistance('kitten', 'sitting'), editDistance('leverage', 'levreage'), editDistance('', 'abc')]).toEqual([3, 1, 3])
  })
})

describe('closest', () => {
  it('finds what was meant and keeps silent when nothing is near', () => {
    expect(closest('maxLevrage', ['minLeverage', 'maxLeverage'])).toBe('maxLeverage')
    expect(closest('MAXLEVERAGE', ['maxLeverage'])).toBe('maxLeverage')
    expect(closest('colour', ['symbol', 'interval'])).toBeUndefined()
    expect(hint('colour', ['symbol', 'interval'])).toBe('Known here: symbol, interval.')
    expect(hint('symbl', ['symbol', 'interval'])).toBe('Did you mean symbol?')
  })
})
