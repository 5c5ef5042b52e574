/** Money between the accounts of two legs: only what is free, never back and forth. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rateOf } from '../core/exact.ts'
import type { Money } from '../core/exact.ts'
import type { TransferRequest } from '../domain/decision.ts'
import { balanceAccounts } from './account-balance.ts'
import type { AccountFunds, BalanceRule } from './account-balance.ts'

const USDT = { name: 'USDT', scale: 2 }
const RULE: BalanceRule = { marginShare: rateOf('0.4'), band: rateOf('0.1'), least: 50n as Money }
const funds = (account: number, equity: number, free = equity, needed = 0): AccountFunds => ({
  account,
  equity: BigInt(equity) as Money,
  free: BigInt(free) as Money,
  needed: BigInt(needed) as Money,
})
const ask = (margin: AccountFunds, spot: AccountFunds, rule: Partial<BalanceRule> = {}): TransferRequest | undefined =>
  balanceAccounts(margin, spot, USDT, { ...RULE, ...rule })

describe('the balance of two accounts', () => {
  it('moves nothing inside the band, its edges included', () => {
    for (const margin of [3_000, 4_000, 5_000]) expect(ask(funds(0, margin), funds(1, 10_000 - margin))).toBeUndefined()
  })

  it('moves all the way to the share beyond it', () => {
    expect(ask(funds(0, 2_999), funds(1, 7_001))).toEqual({
      from: 1,
      to: 0,
      asset: 'USDT',
      amount: 1_001n,
      reason: 'the margin account is away from its share: 29.99 of 100 USDT, it shall be 40',
    })
    expect(ask(funds(0, 5_001), funds(1, 4_999))).toMatchObject({ from: 0, to: 1, amount: 1_001n })
  })

  it('moves only what is free and not needed', () => {
    expect(ask(funds(0, 1_000), funds(1, 9_000, 700))).toMatchObject({ amount: 700n })
    expect(ask(funds(0, 1_000), funds(1, 9_000, 9_000, 8_500))).toMatchObject({ amount: 500n })
    expect(ask(funds(0, 9_000, 9_000, 7_500), funds(1, 1_000))).toMatchObject({ from: 0, amount: 1_500n })
    expect(ask(funds(0, 1_000), funds(1, 9_000, 49))).toBeUndefined()
    expect(ask(funds(0, 1_000), funds(1, 9_000, 50))).toMatchObject({ amount: 50n })
    expect(ask(funds(0, 1_000), funds(1, 9_000, 0), { least: 0n as Money })).toBeUndefined()
  })

  it('feeds a margin account that has less than it needs, whatever the band and the other say', () => {
    expect(ask(funds(0, 4_500, 0, 4_600), funds(1, 5_500, 5_500, 5_500))).toMatchObject({
      from: 1,
      amount: 100n,
      reason: 'the margin account has less than it needs: 45 of 100 USDT, it shall be 46',
    })
    expect(ask(funds(0, 4_600, 0, 4_600), funds(1, 5_400))).toBeUndefined()
    expect(ask(funds(0, 3_100, 0, 20_000), funds(1, 6_900))).toMatchObject({ amount: 6_900n })
  })

  it('does nothing where there is no money, and nothing against itself', () => {
    expect(ask(funds(0, -500, 0, 100), funds(1, 400))).toBeUndefined()
    expect(() => ask(funds(0, 1), funds(0, 1))).toThrow(/against itself/)
  })

  const amount = fc.integer({ min: 0, max: 1_000_000 })
  const account = (index: number): fc.Arbitrary<AccountFunds> =>
    fc
      .record({ equity: fc.integer({ min: -10_000, max: 1_000_000 }), free: amount, needed: amount })
      .map(({ equity, free, needed }) => funds(index, equity, Math.max(0, Math.min(free, equity)), needed))
  const rate = fc.integer({ min: 0, max: 1_000 }).map((n) => rateOf(String(n / 1_000)))
  const rule = fc.record({ marginShare: rate, band: rate, least: amount.map((n) => BigInt(n) as Money) })

  it('never takes more than is free, and asks for nothing more once it was done', () => {
    fc.assert(
      fc.property(account(0), account(1), rule, (margin, spot, given) => {
        const transfer = ask(margin, spot, given)
        if (transfer === undefined) return
        const { from, to } = transfer
        const moved = transfer.amount
        const source = from === 0 ? margin : spot
        expect(from + to).toBe(1)
        expect(moved).toBeGreaterThan(0n)
        expect(moved).toBeGreaterThanOrEqual(given.least)
        expect(moved).toBeLessThanOrEqual(source.free)
        const after = (of: AccountFunds): AccountFunds => {
          const change = of.account === from ? -moved : moved
          return { ...of, equity: (of.equity + change) as Money, free: (of.free + change) as Money }
        }
        expect(ask(after(margin), after(spot), given)).toBeUndefined()
      }),
      { numRuns: 1_000 },
    )
  })
})
