/** Closed trades of books against a plain recomputation, and what was done today. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePlain, encodePlain } from '../core/plain.ts'
import type { Booking } from '../domain/decision.ts'
import { hours } from '../../test/kernel/fixtures.ts'
import { BookResults } from './book-results.ts'
import type { BookResultsState } from './book-results.ts'

const booking = (given: Partial<Record<keyof Booking, unknown>> = {}): Booking =>
  ({
    kind: 'fill',
    strategy: 0,
    account: 0,
    instrument: 0,
    qty: 10,
    price: 100,
    amount: 0n,
    slippage: 0n,
    ...given,
  }) as unknown as Booking

function after(...bookings: Booking[]): BookResults {
  const results = new BookResults()
  bookings.forEach((each, hour) => results.onBookings([each], hours(hour), 'signal'))
  return results
}

describe('a trade', () => {
  it('goes from flat to flat; its result is net of costs and a share of the largest notional held', () => {
    const results = after(
      booking({ qty: 4, amount: -10n }),
      booking({ qty: 6, amount: -10n }),
      booking({ kind: 'funding', qty: 0, price: 0, amount: -5n }),
      booking({ qty: -10, price: 110, amount: -10n }),
    )
    // 100 gained, 35 paid, 1,000 held.
    expect(results.of(0)).toMatchObject({ trades: 1, wins: 1, lossesInRow: 0, lastExit: hours(3), lastExitReason: 'signal' })
    expect(results.of(0).sum).toBeCloseTo(0.065, 12)
    expect(results.of(0).sumOfSquares).toBeCloseTo(0.065 * 0.065, 12)
    expect(results.cash(0)).toBe(65)
  })

  it('ends with the fill that turns it over, and the next begins there', () => {
    const results = after(booking({ qty: 10 }), booking({ qty: -25, price: 90, amount: -25n }), booking({ qty: 15, price: 80 }))
    const [first, second] = [(-100 - 10) / 1_000, (150 - 15) / 1_350]
    expect(results.of(0)).toMatchObject({ trades: 2, wins: 1, lossesInRow: 0 })
    expect(results.of(0).sum).toBeCloseTo(first + second, 12)
  })

  it('of two legs ends when both are flat', () => {
    const legs = [
      booking({ qty: -10 }),
      booking({ qty: 10, instrument: 1, account: 1 }),
      booking({ qty: 10, price: 90 }),
      booking({ qty: -10, price: 95, instrument: 1, account: 1 }),
    ]
    expect(after(...legs.slice(0, 3)).of(0).trades).toBe(0)
    expect(after(...legs).of(0)).toMatchObject({ trades: 1, wins: 1 })
  })

  it('lost counts in a row until one is won', () => {
    const lost = [booking(), booking({ qty: -10, price: 90 })]
    const won = [booking(), booking({ qty: -10, price: 110 })]
    const even = [booking(), booking({ qty: -10 })]
    expect(after(...lost, ...lost).of(0)).toMatchObject({ trades: 2, wins: 0, lossesInRow: 2 })
    expect(after(...lost, ...won).of(0)).toMatchObject({ wins: 1, lossesInRow: 0 })
    expect(after(...lost, ...even).of(0)).toMatchObject({ wins: 0, lossesInRow: 0 })
  })

  it('is the same as computed by hand, whatever is done', () => {
    const fills = fc.array(
      fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 50, max: 150 }), fc.integer({ min: -9, max: 0 })),
      {
        minLength: 1,
        maxLength: 40,
      },
    )
    fc.assert(
      fc.property(fills, (list) => {
        const results = after(...list.map(([qty, price, paid]) => booking({ qty, price, amount: BigInt(paid) })))
        // One unit at a time: a trade is what lies between two moments without a position.
        let [held, result, largest, trades, wins, sum] = [0, 0, 0, 0, 0, 0]
        for (const [qty, price, paid] of list) {
          if (qty === 0) result += paid
          for (let unit = 0; unit < Math.abs(qty); unit++) {
            held += Math.sign(qty)
            result += paid / Math.abs(qty) - Math.sign(qty) * price
            if (held !== 0) continue
            trades += 1
            if (result / largest > 1e-12) wins += 1
            sum += result / largest
            result = largest = 0
          }
          // What only pays holds nothing new at that price.
          if (qty !== 0) largest = Math.max(largest, Math.abs(held) * price)
        }
        expect(results.of(0).trades).toBe(trades)
        expect(results.of(0).sum).toBeCloseTo(sum, 9)
        expect(Math.abs(results.of(0).wins - wins)).toBeLessThanOrEqual(0)
      }),
    )
  })
})

describe('today', () => {
  it('counts entries and turnover of each account, crosses and nobody not without reason, until midnight', () => {
    const results = after(
      booking(),
      booking({ strategy: -1, qty: -3 }),
      booking({ kind: 'cross', qty: 5 }),
      booking({ account: 1, qty: 1 }),
    )
    results.onEntry(0, hours(4))
    results.onEntry(0, hours(5))
    expect([results.turnoverToday(0, hours(5)), results.turnoverToday(1, hours(5))]).toEqual([1_300, 100])
    expect([results.entriesToday(0, hours(5)), results.entriesToday(1, hours(5))]).toEqual([2, 0])
    expect([results.turnoverToday(0, hours(24)), results.entriesToday(0, hours(24))]).toEqual([0, 0])
    results.onEntry(0, hours(24))
    expect([results.turnoverToday(0, hours(24)), results.entriesToday(0, hours(24))]).toEqual([0, 1])
  })
})

it('goes on from its snapshot', () => {
  const one = after(booking({ strategy: 2 }), booking({ account: 2, qty: -4, price: 120, strategy: 2 }))
  one.onEntry(1, hours(3))
  const other = new BookResults()
  other.restore(decodePlain(encodePlain(one.snapshot())) as BookResultsState)
  for (const results of [one, other]) results.onBookings([booking({ strategy: 2, qty: -6, price: 90 })], hours(4), 'stop')
  expect(other.snapshot()).toEqual(one.snapshot())
  expect(other.of(2)).toMatchObject({ trades: 1, lastExitReason: 'stop' })
  expect(other.of(7)).toMatchObject({ trades: 0, lastExit: 0 })
})
