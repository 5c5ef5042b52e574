/** Laws of implementation shortfall: the parts add up, and it is what the definition says of the average fill. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { implementationShortfall } from './shortfall.ts'

const between = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true })
const orders = fc
  .record({
    side: fc.constantFrom(1, -1),
    decisionMid: between(90, 110),
    arrivalMid: between(90, 110),
    closingMid: between(90, 110),
    fills: fc.array(
      fc.record({ price: between(90, 110), quantity: between(0.01, 5), mid: between(90, 110), spread: between(0, 1) }),
      { maxLength: 12 },
    ),
    extra: between(0, 10),
    fees: between(-1, 5),
    expectedImpact: between(0, 1),
  })
  .map(({ fills, extra, ...order }) => ({
    ...order,
    quantity: fills.reduce((total, each) => total + each.quantity, 0) + extra + 0.01,
    prices: fills.map(({ price }) => price),
    quantities: fills.map(({ quantity }) => quantity),
    mids: fills.map(({ mid }) => mid),
    spreads: fills.map(({ spread }) => spread),
  }))

describe('implementation shortfall', () => {
  it('is the sum of its parts, and what its definition says', () => {
    fc.assert(
      fc.property(orders, (order) => {
        const found = implementationShortfall(order)
        const { delay, spread, impact, timing, opportunity, fees, filled, unfilled, averagePrice } = found
        expect(delay + spread + impact + timing + opportunity + fees).toBeCloseTo(found.total, 8)
        const traded = averagePrice === undefined ? 0 : order.side * (averagePrice - order.decisionMid) * filled
        expect(traded + order.side * (order.closingMid - order.decisionMid) * unfilled + order.fees).toBeCloseTo(found.total, 8)
        expect(filled + unfilled).toBeCloseTo(order.quantity, 9)
      }),
    )
  })

  it('is zero, but for fees, when everything trades at the decision mid', () => {
    const found = implementationShortfall({
      side: -1,
      quantity: 5,
      decisionMid: 100,
      arrivalMid: 100,
      closingMid: 90,
      prices: [100, 100],
      quantities: [2, 3],
      mids: [100, 100],
      spreads: [0, 0],
      fees: 0.5,
    })
    expect(found.total).toBe(0.5)
    expect(found.relative).toBe(0.001)
  })
})
