import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePlain, encodePlain } from '../core/plain.ts'
import { DAY, HOUR } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import type { Money, Price, Qty } from '../core/exact.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { OrderShare } from '../domain/order.ts'
import { accountReport, fill, instrument, MONDAY } from '../../test/kernel/fixtures.ts'
import { allocate } from '../domain/order.ts'
import { PositionManager } from './position-manager.ts'
import type { PositionManagerState } from './position-manager.ts'

const INSTRUMENTS: readonly Instrument[] = [instrument(), instrument({ symbol: 'ETHUSDT' }, 1)]
const ACCOUNTS = [
  { venue: 'sim', name: 'main', settle: 'USDT' },
  { venue: 'sim', name: 'second', settle: 'USDT' },
]
/** Strategies 0 and 1 trade on the first account, 2 on the second. */
const OWNERS = [0, 0, 1]
const fresh = (): PositionManager => new PositionManager(INSTRUMENTS, ACCOUNTS)
const copyOf = (positions: PositionManager): PositionManager => {
  const copy = fresh()
  copy.restore(decodePlain(encodePlain(positions.snapshot())) as PositionManagerState)
  return copy
}
const at = (offset: number): Micros => (MONDAY + offset) as Micros
const USDT = 100_000_000n
const fund = (
  positions: PositionManager,
  amount: bigint,
  entry: 'deposit' | 'withdrawal' | 'transfer' | 'funding' = 'deposit',
): void => positions.applyAccountReport(accountReport(entry, amount))

type Step =
  | { readonly do: 'mark'; readonly instrument: number; readonly price: number; readonly later: number }
  | {
      readonly do: 'fill'
      readonly strategy: number
      readonly instrument: number
      readonly price: number
      readonly qty: number
      readonly fee: number
    }
  | { readonly do: 'force'; readonly account: number; readonly instrument: number; readonly price: number; readonly part: number }
  | { readonly do: 'account'; readonly entry: 'deposit' | 'withdrawal' | 'funding' | 'transfer'; readonly amount: number }
  | { readonly do: 'restore' }
const price = fc.integer({ min: 1, max: 10_000_000 })
const one = fc.nat(1)
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('mark' as const), instrument: one, price, later: fc.integer({ min: 0, max: 30 * HOUR }) }),
    fc.record({
      do: fc.constant('fill' as const),
      strategy: fc.nat(2),
      instrument: one,
      price,
      qty: fc.integer({ min: -1_000, max: 1_000 }).filter((n) => n !== 0),
      fee: fc.integer({ min: -1_000, max: 1_000 }),
    }),
    fc.record({ do: fc.constant('force' as const), account: one, instrument: one, price, part: fc.integer({ min: 1, max: 4 }) }),
    fc.record({
      do: fc.constant('account' as const),
      entry: fc.constantFrom('deposit' as const, 'withdrawal' as const, 'funding' as const, 'transfer' as const),
      amount: fc.integer({ min: -1e9, max: 1e9 }),
    }),
    fc.constant({ do: 'restore' } as const),
  ),
  { maxLength: 60 },
)

describe('equity and books', () => {
  it('stay what a recomputation from everything says, and books add up to the net position', () => {
    fc.assert(
      fc.property(steps, (list) => {
        let positions = fresh()
        let time = MONDAY as number
        const cash = [0n, 0n]
        const held = [
          [0, 0],
          [0, 0],
        ]
        const prices = [100, 200]
        prices.forEach((p, i) => positions.mark(i, p as Price, MONDAY))
        const take = (account: number, of: number, p: number, qty: number, fee: number, shares: readonly OrderShare[]): void => {
          positions.applyFill(
            fill({ account, instrument: of, price: p, side: qty > 0 ? 'buy' : 'sell', qty: Math.abs(qty), fee: BigInt(fee) }),
            shares,
          )
          cash[account] -= BigInt(p) * BigInt(qty) + BigInt(fee)
          held[account][of] += qty
        }
        for (const each of list) {
          if (each.do === 'mark') {
            time += each.later
            positions.mark(each.instrument, each.price as Price, time as Micros)
            prices[each.instrument] = each.price
          } else if (each.do === 'fill')
            take(OWNERS[each.strategy], each.instrument, each.price, each.qty, each.fee, [
              { strategy: each.strategy, qty: Math.abs(each.qty) as Qty },
            ])
          else if (each.do === 'force') {
            // A liquidation: nobody asked for it, it reduces.
            const qty = -Math.trunc(held[each.account][each.instrument] / each.part)
            if (qty !== 0) take(each.account, each.instrument, each.price, qty, 0, [])
          } else if (each.do === 'account') {
            positions.applyAccountReport(accountReport(each.entry, BigInt(each.amount)))
            cash[0] += BigInt(each.amount)
          } else positions = copyOf(positions)
          for (const account of [0, 1]) {
            const exact = held[account].reduce((sum, qty, i) => sum + BigInt(qty) * BigInt(prices[i]), cash[account])
            expect(positions.exactEquity(account)).toBe(exact)
            expect(positions.equity(account)).toBe(Number(exact))
            held[account].forEach((qty, i) => {
              expect(positions.netQty(account, i)).toBe(qty)
              const books = OWNERS.flatMap((owner, strategy) => (owner === account ? [positions.bookQty(strategy, i)] : []))
              expect(books.reduce((a, b) => a + b, 0)).toBe(qty)
            })
          }
        }
      }),
      { numRuns: 80 },
    )
  })

  it('a forced execution reduces the books of its own account only, pro rata', () => {
    const positions = fresh()
    const buy = (strategy: number, qty: number): void =>
      void positions.applyFill(fill({ account: OWNERS[strategy], qty }), [{ strategy, qty: qty as Qty }])
    buy(0, 30)
    buy(1, 10)
    buy(2, 100)
    positions.applyFill(fill({ side: 'sell', qty: 20 }), [])
    expect([0, 1, 2].map((strategy) => positions.bookQty(strategy, 0))).toEqual([15, 5, 100])
  })
})

describe('the marks that losses are measured against', () => {
  it('are the highest equity at a bar, and equity when the day and the week began', () => {
    const positions = fresh()
    fund(positions, 1_000n)
    positions.mark(0, 100 as Price, at(HOUR))
    positions.applyFill(fill({ qty: 1, price: 100 }), [{ strategy: 0, qty: 1 as Qty }])
    const rows: readonly (readonly [number, number])[] = [
      [2 * HOUR, 300], // 1,200
      [3 * HOUR, 200], // 1,100
      [DAY + HOUR, 150], // Tuesday, 1,050
      [6 * DAY + HOUR, 400], // Sunday, 1,300
      [7 * DAY + HOUR, 90], // Monday, 990
    ]
    const seen = rows.map(([time, close]) => {
      positions.mark(0, close as Price, at(time))
      return [positions.peak(0), positions.dayStart(0), positions.weekStart(0)]
    })
    expect(seen).toEqual([
      [1_200, 1_000, 1_000],
      [1_200, 1_000, 1_000],
      [1_200, 1_100, 1_000],
      [1_300, 1_050, 1_000],
      [1_300, 1_300, 1_300],
    ])
  })

  it('begin a new week also when Monday has no bar, and none on other days', () => {
    const positions = fresh()
    fund(positions, 500n)
    positions.mark(0, 100 as Price, at(2 * DAY))
    positions.applyFill(fill({ qty: 1, price: 100 }), [{ strategy: 0, qty: 1 as Qty }])
    const week = [3, 6, 9, 10, 20].map((day) => {
      positions.mark(0, (100 + day) as Price, at(day * DAY))
      return positions.weekStart(0)
    })
    expect(week).toEqual([500, 500, 506, 506, 510])
  })

  it.each(['deposit', 'withdrawal', 'transfer'] as const)('move along with a %s, which is neither profit nor loss', (entry) => {
    const positions = fresh()
    fund(positions, 1_000n)
    positions.mark(0, 100 as Price, at(0))
    positions.mark(0, 100 as Price, at(HOUR))
    const before = [positions.equity(0), positions.peak(0), positions.dayStart(0), positions.weekStart(0)]
    fund(positions, -300n, entry)
    expect([positions.equity(0), positions.peak(0), positions.dayStart(0), positions.weekStart(0)]).toEqual(
      before.map((value) => value - 300),
    )
    fund(positions, 700n, entry)
    positions.mark(0, 100 as Price, at(2 * HOUR))
    expect([positions.equity(0), positions.peak(0), positions.dayStart(0), positions.weekStart(0)]).toEqual(
      before.map((value) => value + 400),
    )
  })

  it('do not move with funding, which is a loss', () => {
    const positions = fresh()
    fund(positions, 1_000n)
    positions.mark(0, 100 as Price, at(0))
    fund(positions, -300n, 'funding')
    expect([positions.equity(0), positions.peak(0), positions.dayStart(0)]).toEqual([700, 1_000, 1_000])
  })

  it('keep to the asset in which equity is measured', () => {
    const positions = fresh()
    positions.applyAccountReport(accountReport('deposit', 5n * USDT, { asset: 'BNB' }))
    expect(positions.equity(0)).toBe(0)
    expect(positions.wallet(0, 'BNB')).toBe(5n * USDT)
  })

  it('survive a restart, with everything that comes after', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 0, max: 40 * HOUR }), fc.integer({ min: -5, max: 5 })),
          { minLength: 2, maxLength: 40 },
        ),
        fc.nat(),
        (rows, place) => {
          const run = (positions: PositionManager, from: number, to: number): unknown[] =>
            rows.slice(from, to).map(([close, , qty], i) => {
              const time = rows.slice(0, from + i + 1).reduce((sum, [, later]) => sum + later, MONDAY as number)
              positions.mark(0, close as Price, time as Micros)
              if (qty !== 0)
                positions.applyFill(fill({ side: qty > 0 ? 'buy' : 'sell', qty: Math.abs(qty), price: close, fee: 3n }), [
                  { strategy: 0, qty: Math.abs(qty) as Qty },
                ])
              return [positions.equity(0), positions.peak(0), positions.dayStart(0), positions.weekStart(0)]
            })
          const cut = place % rows.length
          const whole = fresh()
          const expected = run(whole, 0, rows.length)
          const before = fresh()
          run(before, 0, cut)
          const after = copyOf(before)
          expect(run(after, cut, rows.length)).toEqual(expected.slice(cut))
          expect(after.snapshot()).toEqual(whole.snapshot())
        },
      ),
      { numRuns: 50 },
    )
  })
})

describe('the position manager', () => {
  it('makes room for instruments that are listed later', () => {
    const list = [instrument()]
    const positions = new PositionManager(list, ACCOUNTS)
    fund(positions, 1_000n)
    positions.applyFill(fill({ qty: 2, price: 100 }), [{ strategy: 0, qty: 2 as Qty }])
    for (let i = 1; i < 40; i++) list.push(instrument({ symbol: `S${i}` }, i))
    positions.reserve()
    positions.mark(0, 110 as Price, at(0))
    positions.applyFill(fill({ instrument: 39, qty: 1, price: 50 }), [{ strategy: 1, qty: 1 as Qty }])
    positions.mark(39, 40 as Price, at(1))
    expect(positions.equity(0)).toBe(1_000 + 20 - 10)
    expect(positions.exactEquity(0)).toBe(1_010n)
  })

  it('stops at an account that does not exist', () => {
    expect(() => fresh().applyAccountReport(accountReport('deposit', 1n, { account: 5 }))).toThrow(/no account 5/)
  })

  it('books profit and commission to the ledger', () => {
    const positions = fresh()
    positions.applyFill(fill({ qty: 2, price: 100, fee: 5n }), [{ strategy: 0, qty: 2 as Qty }])
    expect(positions.applyFill(fill({ side: 'sell', qty: 2, price: 130, fee: 7n }), [{ strategy: 0, qty: 2 as Qty }])).toBe(60n)
    const ledger = positions.ledger(0)
    expect([ledger.total('realised', 'USDT'), ledger.total('commission', 'USDT'), ledger.wallet('USDT')]).toEqual([
      60n,
      -12n,
      48n,
    ] as Money[])
    expect(positions.position(0, 0, 'both')?.isFlat).toBe(true)
  })
})

describe('allocate', () => {
  it('conserves the quantity, in proportion to a unit, the rest to the largest', () => {
    const shares = fc
      .array(fc.integer({ min: 1, max: 1e12 }), { minLength: 1, maxLength: 8 })
      .map((list) => list.map((qty, strategy) => ({ strategy, qty: qty as Qty })))
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), shares, (qty, list) => {
        const parts = allocate(qty as Qty, list)
        const whole = list.reduce((sum, part) => sum + part.qty, 0)
        expect(parts.reduce((sum, part) => sum + part.qty, 0)).toBe(qty)
        expect(parts.map(({ strategy }) => strategy)).toEqual(list.map(({ strategy }) => strategy))
        const largest = list.findIndex((part) => part.qty === Math.max(...list.map((each) => each.qty)))
        parts.forEach((part, i) => {
          const fair = (BigInt(qty) * BigInt(list[i].qty)) / BigInt(whole)
          if (i === largest) expect(part.qty).toBeGreaterThanOrEqual(Number(fair))
          else expect(part.qty).toBe(Number(fair))
        })
      }),
    )
  })

  it('gives the rest to the first of equals', () => {
    const three = [0, 1, 2].map((strategy) => ({ strategy, qty: 5 as Qty }))
    expect(allocate(11 as Qty, three).map(({ qty }) => qty)).toEqual([5, 3, 3])
  })
})
