/** The rules of fills as functions, against the same rules on exact fractions. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Price } from '../core/exact.ts'
import type { OrderSide } from '../domain/order.ts'
import { adversePrice, fillableQty, reaches, slipped, tradesThrough } from './fill-model.ts'

const price = (value: number): Price => value as Price
const side = fc.constantFrom<OrderSide>('buy', 'sell')

describe('slippage (O7)', () => {
  it('moves whole ticks against us, and not at all when there is none', () => {
    expect(slipped(price(1000), 'buy', 7.5, price(1))).toBe(1001)
    expect(slipped(price(1000), 'sell', 7.5, price(1))).toBe(999)
    expect(slipped(price(10_000), 'buy', 7, price(1))).toBe(10_007)
    expect(slipped(price(1003), 'sell', 0, price(5))).toBe(1003)
    expect(slipped(price(1003), 'buy', 1, price(5))).toBe(1005)
    expect(slipped(price(1003), 'sell', 1, price(5))).toBe(1000)
  })

  it('never goes below one tick', () => {
    expect(slipped(price(2), 'sell', 9_999, price(2))).toBe(2)
  })

  it('rounds against us however small the part of a tick, at large prices too', () => {
    // 60,000.04 at a cent is 6,000,004; 5 basis points are 3,000.002 ticks.
    expect(slipped(price(6_000_004), 'buy', 5, price(1))).toBe(6_003_005)
    expect(slipped(price(6_000_004), 'sell', 5, price(1))).toBe(5_997_003)
  })

  it('is what exact fractions give', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2e9 }),
        fc.constantFrom(1, 2, 5, 10, 25),
        fc.integer({ min: 1, max: 2_000 }),
        side,
        (units, tick, tenths, of) => {
          const moved = BigInt(units) * (100_000n + (of === 'buy' ? 1n : -1n) * BigInt(tenths))
          const inTicks = 100_000n * BigInt(tick)
          const whole = of === 'buy' ? (moved + inTicks - 1n) / inTicks : moved / inTicks
          const exact = whole < 1n ? tick : Number(whole) * tick
          expect(slipped(price(units), of, tenths / 10, price(tick))).toBe(exact)
        },
      ),
    )
  })
})

describe('the adverse price inside a bar (O3.2)', () => {
  const bar = { open: 100, high: 110, low: 94 }

  it('is the open and the rounded-up root of the elapsed share of the range, within the bar', () => {
    expect(adversePrice({ ...bar, elapsed: 25, length: 100 }, 'buy', price(1))).toBe(108)
    expect(adversePrice({ ...bar, elapsed: 25, length: 100 }, 'sell', price(1))).toBe(94)
    expect(adversePrice({ ...bar, elapsed: 0, length: 100 }, 'sell', price(1))).toBe(100)
    expect(adversePrice({ ...bar, elapsed: 1, length: 100 }, 'buy', price(1))).toBe(102)
    expect(adversePrice({ open: 100, high: 120, low: 90, elapsed: 25, length: 100 }, 'buy', price(5))).toBe(115)
  })

  it('never leaves the bar and is never better than the open', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.nat(1e4),
        fc.nat(1e4),
        fc.double({ min: 0, max: 1, noNaN: true }),
        side,
        (open, up, down, elapsed, of) => {
          const at = adversePrice(
            { open, high: open + up, low: open - down, elapsed: Math.floor(elapsed * 1_000), length: 1_000 },
            of,
            price(1),
          )
          expect(of === 'buy' ? at >= open && at <= open + up : at <= open && at >= open - down).toBe(true)
        },
      ),
    )
  })
})

describe('participation (O6)', () => {
  it('is rounded down to the quantity unit on the decimals, not on their floats', () => {
    expect(fillableQty(0.7, 0.1, 100)).toBe(7)
    expect(fillableQty(0.00000019, 0.1, 1e8)).toBe(1)
    expect(fillableQty(123.456789127, 0.1, 1e8)).toBe(1_234_567_891)
    expect(fillableQty(0, 0.1, 1e8)).toBe(0)
  })

  it('without a cap gives whatever is asked for, without volume too', () => {
    expect(fillableQty(0, undefined, 1e8)).toBe(Number.MAX_SAFE_INTEGER)
  })

  it('is what exact fractions give', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), fc.integer({ min: 1, max: 1_000 }), (thousandths, permille) => {
        const exact = (BigInt(thousandths) * BigInt(permille)) / 1_000n
        expect(fillableQty(thousandths / 1_000, permille / 1_000, 1_000)).toBe(Number(exact))
      }),
    )
  })
})

describe('triggers and limits', () => {
  it('a trigger is reached at it and beyond it', () => {
    expect([99, 100, 101].map((at) => reaches(at, 100, 'sell'))).toEqual([true, true, false])
    expect([99, 100, 101].map((at) => reaches(at, 100, 'buy'))).toEqual([false, true, true])
  })

  it('a limit is traded through by a tick, or touched when no tick is asked for', () => {
    expect([98, 99, 100].map((at) => tradesThrough(at, 100, 'buy', 1))).toEqual([true, true, false])
    expect([100, 101, 102].map((at) => tradesThrough(at, 100, 'sell', 2))).toEqual([false, false, true])
    expect(tradesThrough(100, 100, 'buy', 0)).toBe(true)
  })
})
