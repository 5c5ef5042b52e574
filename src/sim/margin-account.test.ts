/** Margin of one account: exact where it is asked, and never asked too late. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rateOf, unitsOf } from '../core/exact.ts'
import type { Money, Price, Qty } from '../core/exact.ts'
import type { Micros } from '../core/time.ts'
import { Instrument } from '../domain/instrument.ts'
import { CROSS, MarginAccount } from './margin-account.ts'

const ONE = 100_000_000
const TICK = 1 as Price
const money = (text: string): Money => unitsOf(text, 8) as Money

function instrument(index: number): Instrument {
  const asset = { name: 'USDT', scale: 8 }
  return new Instrument(
    {
      venue: 'binance',
      kind: 'perp',
      symbol: `${'AB'[index]}USDT`,
      base: { name: 'AB'[index], scale: 8 },
      quote: asset,
      settle: asset,
      priceScale: 0,
      rules: [{ from: 0 as Micros, tick: TICK, step: 1 as Qty, binding: false }],
      brackets: [
        { floor: money('0'), cap: money('1000'), maxLeverage: 100, rate: rateOf('0.01'), cum: money('0') },
        { floor: money('1000'), cap: money('1000000'), maxLeverage: 50, rate: rateOf('0.02'), cum: money('10') },
      ],
      liquidationFee: rateOf('0.0125'),
    },
    index,
  )
}

/** An account with this wallet and these [quantity in whole base units, entry price]. */
function account(wallet: string, ...positions: readonly (readonly [number, number])[]): MarginAccount {
  const made = new MarginAccount(
    0,
    positions.map((_, i) => instrument(i)),
    'USDT',
  )
  made.ledger.book('deposit', 'USDT', money(wallet))
  positions.forEach(([qty, price], i) => made.position(i, 'both').apply(price as Price, Math.round(qty * ONE) as Qty))
  return made
}

const at =
  (...prices: readonly number[]) =>
  (i: number): number =>
    Math.round(prices[i] * ONE)

describe('slack (L2)', () => {
  it('is margin balance less maintenance, of which nothing is rounded', () => {
    // 20 + 80 - 100 - 0.8 = -0.8; then 20 units in the second bracket: 100 - 80 - (0.02 x 1920 - 10) = -8.4.
    expect(account('20', [1, 100]).slack(CROSS, at(80))).toBe(-80_000_000n * 10n ** 18n)
    expect(account('100', [20, 100]).slack(CROSS, at(96))).toBe(-840_000_000n * 10n ** 18n)
    // A unit of 1e-8 at a mark of 0.00000001: 1e-16 of value, 1e-18 of maintenance.
    expect(account('0', [0.00000001, 0]).slack(CROSS, at(0.00000001))).toBe(10n ** 10n - 10n ** 8n)
  })

  it('takes the bracket whose floor lies below the notional', () => {
    // At 1000 exactly the first bracket holds: both give 10. One unit above they still meet.
    expect(account('0', [10, 100]).slack(CROSS, at(100))).toBe(-1_000_000_000n * 10n ** 18n)
  })
})

describe('the liquidation price (L5)', () => {
  it('is the first tick on the adverse side at which nothing is left', () => {
    expect(account('20', [1, 100]).liquidationLevel(CROSS, 0, TICK, at(95), 'down')).toBe(80)
    expect(account('20', [-1, 100]).liquidationLevel(CROSS, 0, TICK, at(105), 'up')).toBe(119)
    expect(account('100', [20, 100]).liquidationLevel(CROSS, 0, TICK, at(99), 'down')).toBe(96)
  })

  it('leaves the others at their newest mark', () => {
    expect(account('20', [1, 100], [1, 50]).liquidationLevel(CROSS, 0, TICK, at(95, 60), 'down')).toBe(71)
  })

  it('is undefined without a position, and where even the smallest price leaves something', () => {
    expect(account('20', [0, 100]).liquidationLevel(CROSS, 0, TICK, at(95), 'down')).toBeUndefined()
    expect(account('200', [1, 100]).liquidationLevel(CROSS, 0, TICK, at(95), 'down')).toBeUndefined()
  })
})

describe('safe bounds', () => {
  it('are infinite without a position and on the profitable side', () => {
    const held = account('20', [1, 100], [0, 0])
    held.rebound(at(100, 50))
    expect([...held.highBound]).toEqual([Infinity, Infinity])
    expect(held.lowBound[1]).toBe(-Infinity)
  })

  it('make every price questionable when nothing is left', () => {
    const long = account('20', [1, 100])
    long.rebound(at(75))
    expect(long.lowBound[0]).toBe(Infinity)
    const short = account('20', [-1, 100])
    short.rebound(at(125))
    expect(short.highBound[0]).toBe(-Infinity)
  })

  it('make every price questionable when exactly nothing is left, or so little that floats cannot tell', () => {
    // 990000 long and as much short at one price: the wallet is the maintenance, to the last unit or to one above.
    for (const more of [0n, 1n]) {
      const both = account('0', [9_900_000, 100], [-9_900_000, 100])
      both.ledger.book('deposit', 'USDT', (2n * (990_000_000n * 2_000_000n - 10n * 100_000_000n) + more) as Money)
      expect(both.slack(CROSS, at(100, 100))).toBe(more * 10n ** 18n)
      both.rebound(at(100, 100))
      expect([both.lowBound[0], both.highBound[1]]).toEqual([Infinity, -Infinity])
    }
  })

  it('hold: while every mark is inside its bound something is left', () => {
    const quantity = fc.integer({ min: -500, max: 500 })
    const around = fc.integer({ min: 1, max: 30_000 })
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200_000 }),
        quantity,
        quantity,
        around,
        around,
        around,
        around,
        (cents, a, b, markA, markB, laterA, laterB) => {
          const held = account(String(cents / 100), [a / 10, 100], [b / 10, 100])
          held.rebound(at(markA / 100, markB / 100))
          const later = at(laterA / 100, laterB / 100)
          const isInside = [0, 1].every((i) => later(i) > held.lowBound[i] && later(i) < held.highBound[i])
          if (isInside && (a !== 0 || b !== 0)) expect(held.slack(CROSS, later)).toBeGreaterThan(0n)
        },
      ),
      { numRuns: 2_000 },
    )
  })
})

describe('a snapshot', () => {
  it('is all of the account', () => {
    const held = account('20', [1, 100], [-2, 50])
    const other = account('1', [0, 1], [0, 1])
    other.restore(held.snapshot())
    expect(other.snapshot()).toEqual(held.snapshot())
    expect(other.slack(CROSS, at(90, 55))).toBe(held.slack(CROSS, at(90, 55)))
    expect(other.isFlat).toBe(false)
  })
})
