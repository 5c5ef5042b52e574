/** The figures of a margin account, on hand-made numbers; recorded ones are in test/conformance/venue. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rateOf, unitsOf } from '../core/exact.ts'
import type { Money, Price, Qty } from '../core/exact.ts'
import type { MarginBracket } from '../domain/instrument.ts'
import {
  availableBalance,
  breakEvenPrice,
  entryPrice,
  exactMaintenance,
  exactNotional,
  formatRatio,
  initialMargin,
  isolatedWalletAfter,
  liquidationPrice,
  maintenanceMargin,
  marginRatio,
  maxLeverage,
  maxNotional,
  MAINTENANCE_SCALE,
  notionalAt,
  openLoss,
  openOrderMargin,
  openOrderMarginHedge,
  unrealisedAt,
} from './margin-figures.ts'
import type { Ratio } from './margin-figures.ts'

const money = (text: string): Money => unitsOf(text, 8) as Money
/** Prices of 2 decimals, quantities of 6, marks of 8. */
const PER_PRICE = 10n ** 6n
const price = (text: string): Price => Number(unitsOf(text, 2)) as Price
const qty = (text: string): Qty => Number(unitsOf(text, 6)) as Qty
const mark = (text: string): number => Number(unitsOf(text, 8))
const at = (size: string, entry: string) => ({ qty: qty(size), cost: BigInt(qty(size)) * BigInt(price(entry)) })

const BRACKETS: readonly MarginBracket[] = [
  { floor: money('0'), cap: money('50000'), maxLeverage: 125, rate: rateOf('0.004'), cum: money('0') },
  { floor: money('50000'), cap: money('500000'), maxLeverage: 100, rate: rateOf('0.005'), cum: money('50') },
  { floor: money('500000'), cap: money('10000000'), maxLeverage: 50, rate: rateOf('0.01'), cum: money('2550') },
]

describe('a position at a mark', () => {
  it('has a notional and a profit truncated toward zero', () => {
    expect(notionalAt(qty('0.001'), mark('21123.05052574'), PER_PRICE)).toBe(money('21.12305052'))
    expect(notionalAt(-qty('0.001'), mark('21123.05052574'), PER_PRICE)).toBe(-money('21.12305052'))
    const { qty: held, cost } = at('-0.001', '21123')
    expect(unrealisedAt(held, cost, mark('21123.00000999'), PER_PRICE)).toBe(0n)
    expect(unrealisedAt(held, cost, mark('21123.00001999'), PER_PRICE)).toBe(-1n)
  })

  it('needs maintenance by the bracket whose floor lies below it, whichever its side', () => {
    expect(maintenanceMargin(BRACKETS, money('50000'))).toBe(money('200'))
    expect(maintenanceMargin(BRACKETS, money('50000.00000001'))).toBe(money('200'))
    expect(maintenanceMargin(BRACKETS, -money('60000'))).toBe(money('250'))
    expect(maintenanceMargin(BRACKETS, money('20000000'))).toBe(money('197450'))
    expect(maintenanceMargin(BRACKETS, 0n)).toBe(0n)
    expect(maintenanceMargin([], money('60000'))).toBe(0n)
    const fine = exactNotional(qty('0.000001'), mark('21123.05052574'))
    expect(exactMaintenance(BRACKETS, fine, PER_PRICE)).toBe(fine * 40_000_000n)
    expect(MAINTENANCE_SCALE).toBe(10n ** 10n)
  })

  it('needs initial margin by its leverage', () => {
    expect(initialMargin(money('-16.15'), 2)).toBe(money('8.075'))
    expect(initialMargin(exactNotional(qty('0.001'), mark('21123.05052574')), 20, PER_PRICE)).toBe(money('1.05615252'))
  })
})

describe('open orders', () => {
  const long = exactNotional(qty('1'), mark('100'))
  it('need what they could add to the position (F4)', () => {
    expect(openOrderMargin(long, { bids: money('50'), asks: 0n }, 10, PER_PRICE)).toBe(money('5'))
    expect(openOrderMargin(long, { bids: 0n, asks: money('150') }, 10, PER_PRICE)).toBe(0n)
    expect(openOrderMargin(long, { bids: money('50'), asks: money('300') }, 10, PER_PRICE)).toBe(money('10'))
    expect(openOrderMargin(-long, { bids: money('250'), asks: money('20') }, 10, PER_PRICE)).toBe(money('5'))
    expect(openOrderMarginHedge({ bids: money('50'), asks: money('30') }, 10)).toBe(money('8'))
  })

  it('lose what the mark is worse than their price', () => {
    expect(openLoss('buy', qty('2'), price('100'), mark('99.5'), PER_PRICE)).toBe(money('1'))
    expect(openLoss('buy', qty('2'), price('100'), mark('100.5'), PER_PRICE)).toBe(0n)
    expect(openLoss('sell', qty('2'), price('100'), mark('100.5'), PER_PRICE)).toBe(money('1'))
    expect(openLoss('sell', qty('2'), price('100'), mark('99.5'), PER_PRICE)).toBe(0n)
  })
})

describe('the account', () => {
  it('never has less than nothing available', () => {
    expect(availableBalance(money('100'), money('-20'), money('30'))).toBe(money('50'))
    expect(availableBalance(money('100'), money('-80'), money('30'))).toBe(0n)
  })

  it('has a ratio, without bound when nothing is left', () => {
    expect(marginRatio(money('5'), money('100'))).toBe(0.05)
    expect(marginRatio(0n, money('-1'))).toBe(0)
    expect(marginRatio(money('5'), 0n)).toBe(Infinity)
  })
})

describe('an isolated wallet (V10)', () => {
  const fill = { held: qty('0'), closed: qty('0'), opened: qty('0'), price: price('403.99'), leverage: 2, fee: 0n }
  it('is fed by what opens, which pays its fee from it', () => {
    expect(isolatedWalletAfter(0n, { ...fill, opened: qty('0.04'), fee: money('0.00646384') })).toBe(money('8.07333616'))
    expect(isolatedWalletAfter(money('1'), { ...fill, held: qty('0.01'), opened: qty('0.04'), fee: money('0.00646384') })).toBe(
      money('9.07333616'),
    )
  })

  it('gives back the share of what closes', () => {
    expect(isolatedWalletAfter(money('1'), { ...fill, held: qty('3'), closed: qty('1'), fee: money('5') })).toBe(
      money('0.66666667'),
    )
    expect(isolatedWalletAfter(-money('1'), { ...fill, held: qty('3'), closed: qty('1') })).toBe(-money('0.66666667'))
    expect(isolatedWalletAfter(money('1'), { ...fill, held: qty('3'), closed: qty('3'), fee: money('5') })).toBe(0n)
  })

  it('begins anew when the position turns, with the opening part of the fee', () => {
    const turn = { ...fill, held: qty('0.04'), closed: qty('0.04'), opened: qty('0.04'), price: price('404') }
    expect(isolatedWalletAfter(money('8.07333616'), { ...turn, fee: money('0.006464') })).toBe(money('8.076768'))
    expect(isolatedWalletAfter(money('8.07333616'), { ...turn, fee: money('0.00646401') })).toBe(money('8.07676799'))
  })
})

describe('brackets', () => {
  it('allow less the higher the leverage', () => {
    expect([1, 50, 51, 100, 101, 125, 126].map((leverage) => maxNotional(BRACKETS, leverage))).toEqual(
      ['10000000', '10000000', '500000', '500000', '50000', '50000', '0'].map(money),
    )
    expect(maxNotional([], 20)).toBeUndefined()
    expect(maxLeverage(BRACKETS)).toBe(125)
    expect(maxLeverage([])).toBeUndefined()
  })
})

const alone = (position: { qty: number; cost: bigint }, walletBalance: Money): Ratio | undefined =>
  liquidationPrice({ walletBalance, otherMaintenance: 0n, otherUnrealised: 0n, positions: [position], brackets: BRACKETS })

const shown = (ratio: Ratio | undefined): string | undefined => ratio && formatRatio(ratio, 2)

describe('the liquidation price', () => {
  it('is the closed form, with the bracket of the notional there', () => {
    // 10 at 6000 in the second bracket; at 5045.22613... the notional 50452 is in it still: (5000... + 50 - 60000) / (0.005 - 1) / 10.
    expect(shown(alone(at('10', '6000'), money('9750')))).toBe('5045.22613065')
    // With more money it is reached in the first bracket: (20000 - 60000) / (0.04 - 10).
    expect(shown(alone(at('10', '6000'), money('20000')))).toBe('4016.06425702')
    // A short grows into the second one: (1000 + 50 + 49500) / (10 x 1.005).
    expect(shown(alone(at('-10', '4950'), money('1000')))).toBe('5029.85074626')
  })

  it('is not there without a position, or for a long that is paid in full', () => {
    expect(alone(at('0', '6000'), money('1'))).toBeUndefined()
    expect(alone(at('1', '6000'), money('6000'))).toBeUndefined()
    expect(alone(at('1', '6000'), money('5999.99999999'))).toBeDefined()
  })

  it('counts the rest of the account, to the last digit', () => {
    const terms = { walletBalance: money('100'), positions: [at('1', '100')], brackets: [] }
    const finer = 10n ** 8n
    const found = liquidationPrice({
      ...terms,
      otherMaintenance: money('10') * finer + 1n,
      otherUnrealised: -money('40') * finer,
      finer,
    })
    expect(found).toEqual({ numerator: (money('50') * finer + 1n) * 10n ** 10n, denominator: 10n ** 6n * finer * 10n ** 10n })
  })

  it('is one for the long and the short of a hedge, and the lower one where both ends threaten', () => {
    const pair = (walletBalance: Money, long: string, short: string): string | undefined =>
      shown(
        liquidationPrice({
          walletBalance,
          otherMaintenance: 0n,
          otherUnrealised: 0n,
          positions: [at(long, '100'), at(`-${short}`, '110')],
          brackets: BRACKETS,
        }),
      )
    // Equal sizes: only maintenance grows with the price. (100 + 1000) / (2 x 100 x 0.004) = 1375: beyond 500 x 100 = 50000 the second bracket holds.
    expect(pair(money('100'), '100', '100')).toBe('1200')
    // 101 long, 100 short: (100 - 10100 + 11000) > 0 at 0: the maintenance of both ends it above.
    expect(pair(money('100'), '101', '100')).toBeDefined()
    // (0 - 20000 + 110) / (0.804 - 199): below.
    expect(pair(money('0'), '200', '1')).toBe('100.35520393')
  })

  it('has as much left as maintenance asks, there and nowhere else', () => {
    const side = fc.record({ size: fc.integer({ min: 1, max: 4_000_000_000 }), entry: fc.integer({ min: 1, max: 10_000_000 }) })
    fc.assert(
      fc.property(side, fc.boolean(), fc.bigInt(0n, 10n ** 15n), ({ size, entry }, isLong, wallet) => {
        const held = isLong ? size : -size
        const cost = BigInt(held) * BigInt(entry)
        const found = alone({ qty: held, cost }, wallet as Money)
        /** Times the denominator and the scale of rates. */
        const left = ({ numerator: n, denominator: d }: Ratio): bigint =>
          (wallet * d + BigInt(held) * n - cost * d) * MAINTENANCE_SCALE - exactMaintenance(BRACKETS, BigInt(held) * n, d)
        if (found === undefined) {
          expect(left({ numerator: 0n, denominator: 1n })).toBeGreaterThanOrEqual(0n)
          return
        }
        expect(left(found)).toBe(0n)
        const beyond = { numerator: found.numerator * 1000n + (isLong ? -1n : 1n), denominator: found.denominator * 1000n }
        expect(left(beyond)).toBeLessThan(0n)
      }),
    )
  })
})

describe('prices of a position', () => {
  it('are quotients, shown truncated', () => {
    expect(entryPrice(at('0', '1'))).toBeUndefined()
    expect(shown(entryPrice({ qty: qty('3'), cost: money('1') }))).toBe('0.33333333')
    expect(shown(breakEvenPrice(at('0.1', '80.19'), money('0.0040095') * 10n ** 10n))).toBe('80.230095')
    expect(shown(breakEvenPrice(at('-0.1', '80.19'), money('0.0040095') * 10n ** 10n))).toBe('80.149905')
    expect(formatRatio({ numerator: 1n, denominator: 3n }, 10)).toBe('0')
    expect(formatRatio({ numerator: 12345678901n, denominator: 1n }, 10, 8)).toBe('1.23456789')
  })
})
