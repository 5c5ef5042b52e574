/** Laws of spreads against quotes: realised and impact make up the effective spread; time weighs as it should. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quotedSpread, timeWeightedMean, tradingSpreads } from './trading-spread.ts'

const trades = fc
  .array(
    fc.record({
      mid: fc.integer({ min: 90, max: 110 }),
      at: fc.constantFrom(-1, -0.5, 0, 0.5, 1),
      wait: fc.integer({ min: 0, max: 5 }),
    }),
    {
      minLength: 2,
      maxLength: 40,
    },
  )
  .map((rows) => {
    let time = 0
    return {
      price: rows.map(({ mid, at }) => mid + at),
      bid: rows.map(({ mid }) => mid - 1),
      ask: rows.map(({ mid }) => mid + 1),
      time: rows.map(({ wait }) => (time += wait)),
    }
  })

describe('trading spreads', () => {
  it('are made up of realised spread and impact; without time passing there is no impact', () => {
    fc.assert(
      fc.property(trades, fc.integer({ min: 0, max: 10 }), (own, horizon) => {
        const { effective, realised, impact, meanEffective, meanImpact, meanRealised } = tradingSpreads(own, horizon)
        effective.forEach((each, i) => {
          expect(each).toBeGreaterThanOrEqual(0)
          expect(realised[i] + impact[i]).toBe(each)
          if (horizon === 0) expect(impact[i]).toBe(0)
        })
        expect(meanRealised + meanImpact).toBeCloseTo(meanEffective, 9)
        const side = own.price.map((price, i) => Math.sign(price - own.bid[i] - 1))
        expect(tradingSpreads({ ...own, side }, horizon)).toEqual(tradingSpreads(own, horizon))
      }),
    )
  })
})

describe('time-weighted means', () => {
  it('are those of the function that holds each value', () => {
    fc.assert(
      fc.property(trades, (own) => {
        const span = own.time[own.time.length - 1] - own.time[0]
        if (span === 0) return
        let total = 0
        for (let t = own.time[0]; t < own.time[own.time.length - 1]; t++)
          total += own.price[own.time.findLastIndex((each) => each <= t)]
        expect(timeWeightedMean(own.price, own.time)).toBeCloseTo(total / span, 9)
        expect(quotedSpread(own.bid, own.ask, own.time).absolute).toBeCloseTo(2, 12)
        expect(quotedSpread(own.bid, own.ask).absolute).toBe(2)
      }),
    )
  })
})
