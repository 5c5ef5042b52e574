/** Laws of trade classification: symmetric in up and down, causal, and right where the quote is. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leeReady, quoteRule, signAgreement, tickRule, volumeAgreement } from './classification.ts'

const prices = fc.array(fc.integer({ min: 90, max: 110 }), { minLength: 1, maxLength: 60 })

describe('classification', () => {
  it('by ticks is the last change, mirrored for mirrored prices, and the same on a prefix', () => {
    fc.assert(
      fc.property(prices, (own) => {
        const signs = tickRule(own)
        expect(Array.from(tickRule(own.map((price) => -price)), (sign) => -sign + 0)).toEqual(Array.from(signs))
        own.forEach((_, i) => {
          const changes = own.slice(0, i + 1).map((price, j) => (j === 0 ? 0 : Math.sign(price - own[j - 1])))
          expect(signs[i]).toBe(changes.findLast((change) => change !== 0) ?? 0)
        })
      }),
    )
  })

  it('by Lee and Ready is the quote off the mid, and the tick at the mid', () => {
    fc.assert(
      fc.property(prices, fc.array(fc.constantFrom(-1, 0, 1), { minLength: 60, maxLength: 60 }), (mids, at) => {
        const own = mids.map((mid, i) => mid + at[i])
        const [bids, asks] = [mids.map((mid) => mid - 1), mids.map((mid) => mid + 1)]
        const signs = leeReady(own, bids, asks)
        const [quoted, ticks] = [quoteRule(own, bids, asks), tickRule(own)]
        signs.forEach((sign, i) => {
          expect(quoted[i]).toBe(at[i])
          expect(sign).toBe(at[i] === 0 ? ticks[i] : at[i])
        })
        if (at.slice(0, own.length).some((each) => each !== 0)) expect(signAgreement(quoted, at.slice(0, own.length))).toBe(1)
      }),
    )
  })

  it('of volume agrees wholly with itself, and not at all with its opposite', () => {
    expect(volumeAgreement([3, 0, 2], [3, 0, 2], [3, 4, 5])).toBe(1)
    expect(volumeAgreement([3, 0], [0, 4], [3, 4])).toBe(0)
  })
})
