/** Who owns what an account books: to the last unit, also where books oppose each other. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Money, Price, Qty } from '../core/exact.ts'
import { decodePlain, encodePlain } from '../core/plain.ts'
import type { Booking } from '../domain/decision.ts'
import { accountReport, fill, instrument, MONDAY } from '../../test/kernel/fixtures.ts'
import { PositionManager } from './position-manager.ts'
import type { PositionManagerState } from './position-manager.ts'
import { splitMoney } from './virtual-books.ts'

const INSTRUMENTS = [instrument(), instrument({ kind: 'spot', brackets: [] }, 1)]
const ACCOUNTS = [
  { venue: 'sim', name: 'main', settle: 'USDT' },
  { venue: 'sim', name: 'spot', settle: 'USDT', kind: 'spot' as const },
]
const fresh = (): PositionManager => {
  const positions = new PositionManager(INSTRUMENTS, ACCOUNTS)
  for (const of of [0, 1]) positions.mark(of, 100 as Price, MONDAY)
  return positions
}
const buy = (positions: PositionManager, strategy: number, qty: number, out: Booking[] = []): void =>
  void positions.applyFill(
    fill({ side: qty > 0 ? 'buy' : 'sell', qty: Math.abs(qty), price: 100 }),
    [{ strategy, qty: Math.abs(qty) as Qty }],
    out,
  )

describe('splitMoney', () => {
  it('conserves the amount, truncates toward zero, and gives the rest to the largest', () => {
    expect(splitMoney(100n as Money, [1, 1, 1])).toEqual([34n, 33n, 33n])
    expect(splitMoney(-100n as Money, [1, 3, 3])).toEqual([-14n, -44n, -42n])
    expect(splitMoney(7n as Money, [10, -6])).toEqual([17n, -10n])
  })
})

describe('bookings', () => {
  it('split a fee over who bought, and say what was paid against the decision', () => {
    const out: Booking[] = []
    fresh().applyFill(
      fill({ qty: 10, price: 103, fee: 11n }),
      [
        { strategy: 2, qty: 3 as Qty },
        { strategy: 5, qty: 7 as Qty },
      ],
      out,
      101 as Price,
    )
    expect(out.map(({ kind, strategy, qty, price, amount, slippage }) => [kind, strategy, qty, price, amount, slippage])).toEqual(
      [
        ['fill', 2, 3, 103, -3n, 6n],
        ['fill', 5, 7, 103, -8n, 14n],
      ],
    )
    const sold: Booking[] = []
    fresh().applyFill(fill({ side: 'sell', qty: 2, price: 103 }), [{ strategy: 0, qty: 2 as Qty }], sold, 101 as Price)
    expect(sold.map(({ qty, slippage }) => [qty, slippage])).toEqual([[-2, -4n]])
  })

  it('of funding follow what each book holds, signed', () => {
    const positions = fresh()
    buy(positions, 0, 10)
    buy(positions, 1, -6)
    const out: Booking[] = []
    positions.applyAccountReport(accountReport('funding', -9n, { instrument: 0 }), out)
    expect(out.map(({ kind, strategy, amount }) => [kind, strategy, amount])).toEqual([
      ['funding', 0, -22n],
      ['funding', 1, 13n],
    ])
  })

  it('of a liquidation go to whom it closed, and its fee and cover too', () => {
    const positions = fresh()
    buy(positions, 0, 30)
    buy(positions, 1, 10)
    const out: Booking[] = []
    positions.applyFill(fill({ side: 'sell', qty: 44, price: 90, fee: 44n }), [], out)
    const restored = fresh()
    restored.restore(decodePlain(encodePlain(positions.snapshot())) as PositionManagerState)
    restored.applyAccountReport(accountReport('liquidation-fee', -44n, { instrument: 0 }), out)
    expect(out.map(({ kind, strategy, qty, amount }) => [kind, strategy, qty, amount])).toEqual([
      ['fill', 0, -30, -30n],
      ['fill', 1, -10, -10n],
      ['fill', -1, -4, -4n],
      ['liquidation-fee', 0, 0, -30n],
      ['liquidation-fee', 1, 0, -10n],
      ['liquidation-fee', -1, 0, -4n],
    ])
  })

  it('of interest go to who is short of the asset; what nobody owns is nobody’s, and deposits are no result', () => {
    const positions = fresh()
    const sell = (strategy: number, side: 'buy' | 'sell', qty: number): void =>
      void positions.applyFill(fill({ account: 1, instrument: 1, side, qty, price: 100 }), [{ strategy, qty: qty as Qty }])
    sell(0, 'sell', 10)
    sell(1, 'sell', 5)
    sell(2, 'buy', 5)
    const out: Booking[] = []
    positions.applyAccountReport(accountReport('borrow-interest', -10n, { account: 1, instrument: 1 }), out)
    positions.applyAccountReport(accountReport('adjustment', -3n), out)
    positions.applyAccountReport(accountReport('deposit', 100n), out)
    positions.applyAccountReport(accountReport('funding', -3n, { instrument: 0 }), out)
    expect(out.map(({ kind, strategy, amount }) => [kind, strategy, amount])).toEqual([
      ['borrow-interest', 0, -7n],
      ['borrow-interest', 1, -3n],
      ['adjustment', -1, -3n],
      ['funding', -1, -3n],
    ])
  })

  it('of books that trade with each other add up to nothing', () => {
    const positions = fresh()
    buy(positions, 0, 10)
    const out: Booking[] = []
    const parts = [
      { strategy: 0, difference: -4 },
      { strategy: 1, difference: 3 },
      { strategy: 2, difference: 1 },
    ]
    positions.cross(0, 0, 120 as Price, parts, out)
    expect(out.map(({ kind, strategy, qty, price, amount }) => [kind, strategy, qty, price, amount])).toEqual([
      ['cross', 0, -4, 120, 0n],
      ['cross', 1, 3, 120, 0n],
      ['cross', 2, 1, 120, 0n],
    ])
    expect([0, 1, 2].map((strategy) => positions.bookQty(strategy, 0))).toEqual([6, 3, 1])
    expect(positions.netQty(0, 0)).toBe(10)
    expect(() => positions.cross(0, 0, 120 as Price, parts.slice(1), out)).toThrow(/do not add up to 0/)
  })
})

const act = fc.oneof(
  fc.record({
    do: fc.constant('fill' as const),
    account: fc.nat(1),
    side: fc.constantFrom('buy' as const, 'sell' as const),
    price: fc.integer({ min: 1, max: 1_000 }),
    parts: fc.uniqueArray(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 50 })), {
      maxLength: 4,
      selector: ([strategy]) => strategy,
    }),
    fee: fc.integer({ min: -500, max: 500 }),
  }),
  fc.record({
    do: fc.constant('report' as const),
    account: fc.nat(1),
    entry: fc.constantFrom(
      'funding' as const,
      'borrow-interest' as const,
      'liquidation-fee' as const,
      'insurance-cover' as const,
      'adjustment' as const,
    ),
    amount: fc.integer({ min: -500, max: 500 }),
  }),
  fc.record({
    do: fc.constant('cross' as const),
    account: fc.nat(1),
    qty: fc.integer({ min: -20, max: 20 }),
    price: fc.integer({ min: 1, max: 1_000 }),
  }),
)

describe('whatever happens', () => {
  it('bookings add up to what wallet and positions changed by, and books to the position', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), (list) => {
        const positions = fresh()
        const nobody = [0, 0]
        for (const each of list) {
          const { account } = each
          const before = positions.exactEquity(account) - BigInt(positions.netQty(account, account)) * 100n
          const out: Booking[] = []
          if (each.do === 'fill') {
            const qty = each.parts.reduce((sum, [, part]) => sum + part, 0) || 25
            const shares = each.parts.map(([strategy, part]) => ({ strategy, qty: part as Qty }))
            const given = { account, instrument: account, side: each.side, qty, price: each.price, fee: BigInt(each.fee) }
            const realised = positions.applyFill(fill(given), shares, out)
            if (account === 1) expect(realised).toBe(0n)
          } else if (each.do === 'report')
            positions.applyAccountReport(accountReport(each.entry, BigInt(each.amount), { account, instrument: account }), out)
          else
            positions.cross(
              account,
              account,
              each.price as Price,
              [
                { strategy: 0, difference: each.qty },
                { strategy: 1, difference: -each.qty },
              ],
              out,
            )
          for (const { strategy, qty } of out) if (strategy < 0) nobody[account] += qty
          // At a fixed price everything else is what came and went.
          const after = positions.exactEquity(account) - BigInt(positions.netQty(account, account)) * 100n
          const booked = out.reduce((sum, { price, qty, amount }) => sum + amount - BigInt(price) * BigInt(qty), 0n)
          expect(after - before).toBe(booked)
          const books = [0, 1, 2, 3].reduce((sum, strategy) => sum + positions.bookQty(strategy, account), 0)
          expect(books + nobody[account]).toBe(positions.netQty(account, account))
          expect(positions.equity(account)).toBe(Number(positions.exactEquity(account)))
        }
      }),
      { numRuns: 150 },
    )
  })
})

describe('a spot account', () => {
  it('has of the base asset what its wallet says, and is worth what both are', () => {
    const positions = fresh()
    positions.applyAccountReport(accountReport('deposit', 10_000n, { account: 1 }))
    positions.applyFill(fill({ account: 1, instrument: 1, qty: 30, price: 100, fee: 5n }), [{ strategy: 0, qty: 30 as Qty }])
    expect([positions.wallet(1, 'USDT'), positions.wallet(1, 'BTC'), positions.exactEquity(1)]).toEqual([6_995n, 3_000n, 9_995n])
    positions.mark(1, 110 as Price, MONDAY)
    expect([positions.equity(1), positions.peak(1)]).toEqual([10_295, 10_295])
    // Half a quantity unit less is a whole one less: what is owned is rounded down.
    positions.applyAccountReport(accountReport('withdrawal', -1_050n, { account: 1, asset: 'BTC' }))
    expect([positions.netQty(1, 1), positions.wallet(1, 'BTC'), positions.equity(1)]).toEqual([19, 1_950n, 6_995 + 19 * 110])
    expect(positions.peak(1)).toBe(positions.equity(1))
    expect(positions.exactEquity(1)).toBe(BigInt(positions.equity(1)))
  })

  it('owes what it borrowed at the price of now, and its transfers of assets leave the total alone', () => {
    const accounts = [...ACCOUNTS, { ...ACCOUNTS[1], name: 'third' }]
    const positions = new PositionManager(INSTRUMENTS, accounts)
    positions.mark(1, 100 as Price, MONDAY)
    positions.applyAccountReport(accountReport('deposit', 1_000n, { account: 1 }))
    positions.applyFill(fill({ account: 1, instrument: 1, side: 'sell', qty: 5, price: 100 }), [{ strategy: 0, qty: 5 as Qty }])
    positions.mark(1, 130 as Price, MONDAY)
    expect([positions.equity(1), positions.totalEquity()]).toEqual([850, 850])
    positions.applyAccountReport(accountReport('deposit', 800n, { account: 2, asset: 'BTC' }))
    expect(positions.totalEquity()).toBe(850 + 8 * 130)
    positions.applyAccountReport(accountReport('transfer', -500n, { account: 2, asset: 'BTC' }))
    expect(positions.totalEquity()).toBe(850 + 8 * 130)
    positions.applyAccountReport(accountReport('transfer', 500n, { account: 1, asset: 'BTC' }))
    expect([positions.netQty(1, 1), positions.netQty(2, 1), positions.totalEquity()]).toEqual([0, 3, 850 + 8 * 130])
  })
})
