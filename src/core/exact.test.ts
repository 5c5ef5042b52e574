import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputError } from './errors.ts'
import {
  decimalsOf,
  formatRate,
  formatUnits,
  moneyToFloat,
  notional,
  parseDecimal,
  POW10,
  pow10Big,
  rateOf,
  rateToFloat,
  share,
  timesRate,
  unitsOf,
  type Money,
  type Price,
  type Qty,
  type Rate,
} from './exact.ts'

const scale = fc.nat(18)
const units = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n })

describe('decimal texts', () => {
  it('parse(format(x)) = x', () => {
    fc.assert(
      fc.property(units, scale, (value, decimals) => {
        const text = formatUnits(value, decimals)
        expect(unitsOf(text, decimals)).toBe(value)
        expect(text).toMatch(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/)
        expect(text).not.toBe('-0')
      }),
    )
  })

  it('reads every double as JavaScript writes it', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e21, max: 1e21 }), (value) => {
        const decimal = parseDecimal(String(value))!
        expect(Number(`${decimal.units}e-${decimal.scale}`)).toBe(value === 0 ? 0 : value)
        expect(decimal.scale === 0 || decimal.units % 10n !== 0n).toBe(true)
        expect(decimalsOf(value)).toBe(Number.isInteger(value) ? 0 : decimal.scale)
      }),
    )
  })

  it('knows the usual spellings', () => {
    expect(parseDecimal('1e-7')).toEqual({ units: 1n, scale: 7 })
    expect(parseDecimal('.5')).toEqual({ units: 5n, scale: 1 })
    expect(parseDecimal(' +1.500 ')).toEqual({ units: 15n, scale: 1 })
    expect(parseDecimal('1.5e3')).toEqual({ units: 1500n, scale: 0 })
    expect(parseDecimal('-0.000')).toEqual({ units: 0n, scale: 0 })
    for (const text of ['', '.', '-', 'abc', '1,5', '0x10', '1e', 'NaN', 'Infinity', '1 2'])
      expect(parseDecimal(text)).toBeUndefined()
    expect(formatUnits(150n, 2)).toBe('1.5')
    expect(formatUnits(-5, 3)).toBe('-0.005')
    expect(formatUnits(0n, 8)).toBe('0')
  })

  it('refuses what it would have to round, and says so', () => {
    expect(() => unitsOf('0.123', 2, 'tickSize')).toThrow('tickSize 0.123 has 3 decimals, at most 2 are allowed')
    expect(() => unitsOf('x', 2, 'qty')).toThrow(InputError)
    expect(unitsOf('0.1200', 2)).toBe(12n)
  })

  it('rates are 1e-10', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (rate) => {
        expect(rateOf(formatRate(rate as Rate))).toBe(rate)
      }),
    )
    expect(rateOf('0.0005')).toBe(5_000_000)
    expect(rateToFloat(rateOf('-0.0001'))).toBe(-0.0001)
  })
})

describe('arithmetic', () => {
  const safe = fc.maxSafeInteger()

  it('a notional is exact above and below 2^53', () => {
    fc.assert(
      fc.property(fc.oneof(safe, fc.integer()), fc.oneof(safe, fc.integer()), (price, qty) => {
        expect(notional(price as Price, qty as Qty)).toBe(BigInt(price) * BigInt(qty))
      }),
    )
  })

  it('a fee is cut off toward zero, alike for both signs', () => {
    fc.assert(
      fc.property(units, fc.integer({ min: -1e10, max: 1e10 }), (amount, rate) => {
        const fee = timesRate(amount as Money, rate as Rate)
        const exact = amount * BigInt(rate)
        const rest = exact - fee * 10n ** 10n
        expect(rest === 0n || rest > 0n === exact > 0n).toBe(true)
        expect(rest < 10n ** 10n && rest > -(10n ** 10n)).toBe(true)
        expect(timesRate(-amount as Money, rate as Rate)).toBe(-fee)
      }),
    )
    expect(timesRate(199n as Money, rateOf('0.01'))).toBe(1n)
  })

  it('shares never exceed the whole and the last gets the remainder', () => {
    fc.assert(
      fc.property(units, fc.integer({ min: 1, max: 2 ** 40 }), fc.nat(), (amount, whole, part) => {
        const taken = share(amount as Money, (part % (whole + 1)) as Qty, whole as Qty)
        const size = (value: bigint): bigint => (value < 0n ? -value : value)
        expect(size(taken) <= size(amount)).toBe(true)
        expect(share(amount as Money, whole as Qty, whole as Qty)).toBe(amount)
        expect(share(amount as Money, 0 as Qty, whole as Qty)).toBe(0n)
      }),
    )
  })

  it('powers of ten are exact', () => {
    POW10.forEach((power, exponent) => expect(BigInt(power)).toBe(pow10Big(exponent)))
    expect(moneyToFloat(123_450_000n as Money, 8)).toBe(1.2345)
  })
})
