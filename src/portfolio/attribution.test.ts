/** Whose the result is: that all cells add up to what the accounts earned, whatever happens. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Price } from '../core/exact.ts'
import type { Booking } from '../domain/decision.ts'
import { addParts, AttributionBook, resultOf } from './attribution.ts'

const booking = (given: Partial<Record<keyof Booking, unknown>> = {}): Booking =>
  ({
    kind: 'fill',
    strategy: 0,
    account: 0,
    instrument: 0,
    qty: 0,
    price: 0,
    amount: 0n,
    slippage: 0n,
    ...given,
  }) as unknown as Booking

const mark = (book: AttributionBook, instrument: number, price: number): void => book.mark(instrument, price as Price)

describe('an attribution', () => {
  it('gives each regime what the price did in it', () => {
    const book = new AttributionBook()
    book.changeRegime(0, 'R1')
    mark(book, 0, 100)
    book.book(booking({ qty: 10, price: 101, amount: -3n, slippage: 10n }))
    mark(book, 0, 110)
    book.changeRegime(0, 'R5')
    mark(book, 0, 90)
    book.book(booking({ qty: -10, price: 95, amount: -2n }))
    const [first, second] = book.cells()
    expect(first).toMatchObject({ regime: 'R1', parts: { price: 90n, commission: -3n, slippage: -10n } })
    expect(second).toMatchObject({ regime: 'R5', parts: { price: -150n, commission: -2n, slippage: 0n } })
    expect(book.result(0)).toBe(-65n)
    expect(resultOf(addParts(book.cells().map(({ parts }) => parts)))).toBe(-65n)
    // All at the price of the decision, the slippage told apart.
    expect(first.parts.price - first.parts.slippage).toBe(100n)
  })

  it('keeps what belongs to no regime yet under an empty label, and what is nobody’s under -1', () => {
    const book = new AttributionBook()
    book.book(booking({ kind: 'adjustment', strategy: -1, instrument: -1, amount: 7n }))
    book.book(booking({ kind: 'funding', strategy: 2, amount: -5n }))
    expect(book.cells().map(({ strategy, instrument, regime }) => [strategy, instrument, regime])).toEqual([
      [-1, -1, ''],
      [2, 0, ''],
    ])
    expect(book.result(0)).toBe(2n)
    expect(book.result(1)).toBe(0n)
  })

  it.each([
    ['fill', 'commission'],
    ['cross', 'commission'],
    ['funding', 'funding'],
    ['borrow-interest', 'borrowInterest'],
    ['liquidation-fee', 'liquidationFee'],
    ['insurance-cover', 'insuranceCover'],
    ['adjustment', 'adjustment'],
  ] as const)('books the money of a %s as %s', (kind, part) => {
    const book = new AttributionBook()
    book.book(booking({ kind, amount: -11n }))
    expect(book.cells()[0].parts[part]).toBe(-11n)
    expect(resultOf(book.cells()[0].parts)).toBe(-11n)
  })

  it('counts trades from flat to flat and at each turn, fills and crosses apart', () => {
    const book = new AttributionBook()
    for (const [qty, price] of [
      [10, 100],
      [-4, 100],
      [-6, 100],
      [5, 100],
      [-8, 100],
    ])
      book.book(booking({ qty, price }))
    book.book(booking({ kind: 'cross', strategy: 1, qty: 3, price: 100 }))
    book.book(booking({ kind: 'cross', qty: 3, price: 100 }))
    expect(book.activity()).toEqual([
      { strategy: 0, trades: 3, fills: 5, crosses: 1, turnover: 3_300n, crossed: 300n },
      { strategy: 1, trades: 0, fills: 0, crosses: 1, turnover: 0n, crossed: 300n },
    ])
  })

  it('tells what each strategy holds', () => {
    const book = new AttributionBook()
    mark(book, 0, 100)
    mark(book, 1, 10)
    book.book(booking({ qty: 3, price: 90 }))
    book.book(booking({ instrument: 1, qty: -20, price: 11 }))
    book.book(booking({ strategy: 1, qty: -1, price: 90 }))
    expect(book.exposure()).toEqual([
      { strategy: 0, gross: 500n, net: 100n },
      { strategy: 1, gross: 100n, net: -100n },
    ])
    expect(book.worth(0)).toBe(200n)
  })

  // ---- any sequence of events --------------------------------------------------------------------------------------

  const index = (most: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: most })
  const price = fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 9_000_000_000 }))
  const qty = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -9_000_000, max: 9_000_000 }))
  const money = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n })
  const step = fc.oneof(
    fc.record({ what: fc.constant('mark' as const), instrument: index(2), price }),
    fc.record({ what: fc.constant('regime' as const), instrument: index(2), label: fc.constantFrom('R1', 'R4', 'R8') }),
    // Fills and forced executions, of somebody or of nobody; of a spot account too, whose cash is price x quantity as well.
    fc.record({
      what: fc.constant('fill' as const),
      account: index(1),
      strategy: fc.integer({ min: -1, max: 2 }),
      instrument: index(2),
      price,
      qty,
      amount: money,
      slippage: money,
    }),
    // Two books of an account trade with each other.
    fc.record({ what: fc.constant('cross' as const), account: index(1), instrument: index(2), price, qty }),
    fc.record({
      what: fc.constant('money' as const),
      kind: fc.constantFrom('funding', 'borrow-interest', 'liquidation-fee', 'insurance-cover', 'adjustment'),
      account: index(1),
      strategy: fc.integer({ min: -1, max: 2 }),
      instrument: fc.integer({ min: -1, max: 2 }),
      amount: money,
    }),
  )
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

  function follow(book: AttributionBook, step: Step): void {
    if (step.what === 'mark') mark(book, step.instrument, step.price)
    else if (step.what === 'regime') book.changeRegime(step.instrument, step.label)
    else if (step.what === 'cross') {
      book.book(booking({ ...step, kind: 'cross', strategy: 0 }))
      book.book(booking({ ...step, kind: 'cross', strategy: 1, qty: -step.qty }))
    } else book.book(booking({ kind: 'fill', ...step }))
  }

  /** The account as nobody attributes it: cash, and what is held. */
  class Account {
    cash = 0n
    readonly held = [0n, 0n, 0n]
    equity(prices: readonly number[]): bigint {
      return this.held.reduce((sum, held, i) => sum + held * BigInt(prices[i]), this.cash)
    }
  }

  it('adds up to the equity of every account at every moment, whatever is booked', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const book = new AttributionBook()
        const accounts = [new Account(), new Account()]
        const prices = [0, 0, 0]
        for (const each of steps) {
          follow(book, each)
          if (each.what === 'mark') prices[each.instrument] = each.price
          else if (each.what === 'money') accounts[each.account].cash += each.amount
          else if (each.what === 'fill') {
            accounts[each.account].cash += each.amount - BigInt(each.price) * BigInt(each.qty)
            accounts[each.account].held[each.instrument] += BigInt(each.qty)
          }
          // Looking must not change anything: every other moment only the sum is asked for.
          accounts.forEach((account, i) => expect(book.result(i)).toBe(account.equity(prices)))
          if (each.what !== 'regime') continue
          const total = resultOf(addParts(book.cells().map(({ parts }) => parts)))
          expect(total).toBe(accounts[0].equity(prices) + accounts[1].equity(prices))
        }
        const total = resultOf(addParts(book.cells().map(({ parts }) => parts)))
        expect(total).toBe(accounts[0].equity(prices) + accounts[1].equity(prices))
      }),
    )
  })

  it('gives the same whether somebody looked on the way or not', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const [looked, quiet] = [new AttributionBook(), new AttributionBook()]
        for (const each of steps) {
          follow(looked, each)
          looked.cells()
          follow(quiet, each)
        }
        // A cell that was asked for before anything happened to its price may exist with nothing in it.
        const full = (book: AttributionBook): unknown =>
          book.cells().filter(({ parts }) => Object.values(parts).some((amount) => amount !== 0n))
        expect(full(looked)).toEqual(full(quiet))
      }),
    )
  })

  it('goes on from a snapshot at any place', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.nat(30), (steps, cut) => {
        const whole = new AttributionBook()
        const first = new AttributionBook()
        const second = new AttributionBook()
        for (const each of steps.slice(0, cut)) follow(first, each)
        second.restore(structuredClone(first.snapshot()))
        for (const each of steps.slice(cut)) follow(second, each)
        for (const each of steps) follow(whole, each)
        expect(second.snapshot()).toEqual(whole.snapshot())
        expect(second.cells()).toEqual(whole.cells())
        expect(second.activity()).toEqual(whole.activity())
      }),
    )
  })

  it('is exact beyond 2^53', () => {
    const book = new AttributionBook()
    mark(book, 0, 9_000_000_001)
    book.book(booking({ qty: 9_000_007, price: 9_000_000_000, amount: 1n }))
    expect(book.result(0)).toBe(9_000_007n + 1n)
  })
})
