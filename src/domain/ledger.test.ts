import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Money } from '../core/exact.ts'
import { decodePlain, encodePlain } from '../core/plain.ts'
import { Ledger, LEDGER_KINDS } from './ledger.ts'
import type { LedgerState } from './ledger.ts'

const entries = fc.array(
  fc.record({
    kind: fc.constantFrom(...LEDGER_KINDS),
    asset: fc.constantFrom('USDT', 'BTC', 'BNB'),
    amount: fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
  }),
  { maxLength: 60 },
)
type Entry = typeof entries extends fc.Arbitrary<(infer E)[]> ? E : never

const sum = (list: readonly Entry[], of: (entry: Entry) => boolean): bigint =>
  list.filter(of).reduce((total, { amount }) => total + amount, 0n)

describe('a ledger', () => {
  it('has a wallet that is the sum of its entries, per asset and by kind', () => {
    fc.assert(
      fc.property(entries, (list) => {
        const ledger = new Ledger(0)
        list.forEach((entry, i) => {
          const wallet = ledger.book(entry.kind, entry.asset, entry.amount as Money)
          expect(wallet).toBe(sum(list.slice(0, i + 1), ({ asset }) => asset === entry.asset))
        })
        expect(ledger.entries).toBe(list.length)
        expect(ledger.assets).toEqual([...new Set(list.map(({ asset }) => asset))])
        for (const asset of ledger.assets) {
          expect(ledger.wallet(asset)).toBe(sum(list, (entry) => entry.asset === asset))
          for (const kind of LEDGER_KINDS)
            expect(ledger.total(kind, asset)).toBe(sum(list, (entry) => entry.asset === asset && entry.kind === kind))
          expect(LEDGER_KINDS.reduce((total, kind) => total + ledger.total(kind, asset), 0n)).toBe(ledger.wallet(asset))
        }
      }),
    )
  })

  it('goes on from a snapshot that was text', () => {
    fc.assert(
      fc.property(entries, entries, (before, later) => {
        const one = new Ledger(0)
        for (const { kind, asset, amount } of before) one.book(kind, asset, amount as Money)
        const two = new Ledger(0)
        two.book('deposit', 'EUR', 5n as Money) // must not survive
        two.restore(decodePlain(encodePlain(one.snapshot())) as LedgerState)
        for (const { kind, asset, amount } of later)
          expect(two.book(kind, asset, amount as Money)).toBe(one.book(kind, asset, amount as Money))
        expect(two.snapshot()).toEqual(one.snapshot())
      }),
    )
  })

  it('is empty of what was never booked', () => {
    const ledger = new Ledger(0)
    expect(ledger.wallet('USDT')).toBe(0n)
    expect(ledger.total('funding', 'USDT')).toBe(0n)
  })
})
