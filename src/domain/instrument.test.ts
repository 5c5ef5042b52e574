import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Money, Price } from '../core/exact.ts'
import type { Micros } from '../core/time.ts'
import { instrument, rules, spec } from '../../test/kernel/fixtures.ts'
import { bracketOf, Instrument } from './instrument.ts'
import type { MarginBracket } from './instrument.ts'

const at = (time: number): Micros => time as Micros

describe('rounding', () => {
  const coarse = instrument({ rules: [rules({ tick: 25, step: 1_000 })] })

  it('goes where it is told', () => {
    expect(coarse.roundPrice(100.3, 'down', at(0))).toBe(10_025)
    expect(coarse.roundPrice(100.3, 'up', at(0))).toBe(10_050)
    expect(coarse.roundPrice(100.3, 'nearest', at(0))).toBe(10_025)
    expect(coarse.roundPrice(100.4, 'nearest', at(0))).toBe(10_050)
    expect(coarse.roundQty(0.0019, 'down', at(0))).toBe(1_000)
    expect(coarse.roundQty(0.0011, 'up', at(0))).toBe(2_000)
  })

  it('takes a quotient within 1e-9 of a whole tick for whole, and no farther', () => {
    const fine = instrument({ priceScale: 1 })
    expect(0.1 + 0.2).toBeGreaterThan(0.3)
    expect(fine.roundPrice(0.1 + 0.2, 'up', at(0))).toBe(3)
    const unit = instrument({ priceScale: 0 })
    expect(unit.roundPrice(7 + 0.9e-9, 'up', at(0))).toBe(7)
    expect(unit.roundPrice(7 - 0.9e-9, 'down', at(0))).toBe(7)
    expect(unit.roundPrice(7 + 1.1e-9, 'up', at(0))).toBe(8)
    expect(unit.roundPrice(7 - 1.1e-9, 'down', at(0))).toBe(6)
  })

  it('gives ticks, on the right side, at most one away', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.double({ min: 0.01, max: 1e6, noNaN: true }),
        fc.constantFrom('down', 'up', 'nearest'),
        (tick, value, direction) => {
          const price = instrument({ rules: [rules({ tick })] }).roundPrice(value, direction, at(0))
          expect(price % tick).toBe(0)
          const off = (value * 100 - price) / tick
          if (direction === 'down') expect(off).toBeGreaterThanOrEqual(-1.1e-9)
          if (direction === 'up') expect(off).toBeLessThanOrEqual(1.1e-9)
          expect(Math.abs(off)).toBeLessThanOrEqual(direction === 'nearest' ? 0.5 : 1)
        },
      ),
    )
  })

  it('leaves a price that is a tick where it is, in every direction', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.integer({ min: 1, max: 100_000 }),
        fc.constantFrom('down', 'up', 'nearest'),
        (tick, ticks, direction) => {
          const of = instrument({ rules: [rules({ tick })] })
          const price = (tick * ticks) as Price
          expect(of.roundPrice(of.priceToFloat(price), direction, at(0))).toBe(price)
          expect(of.priceFromText(of.formatPrice(price))).toBe(price)
        },
      ),
    )
  })
})

describe('dated rules', () => {
  const dated = instrument({
    rules: [rules({ from: 100, tick: 1 }), rules({ from: 200, tick: 10 }), rules({ from: 300, tick: 50 })],
  })

  it.each([
    [0, 1],
    [100, 1],
    [199, 1],
    [200, 10],
    [299, 10],
    [300, 50],
    [1e15, 50],
  ])('at %i the tick is %i', (time, tick) => {
    expect(dated.rulesAt(at(time)).tick).toBe(tick)
    expect(dated.roundPrice(1.01, 'up', at(time))).toBe(Math.ceil(101 / tick) * tick)
  })

  it('are refused out of order, without a tick, or missing', () => {
    expect(() => instrument({ rules: [rules({ from: 2 }), rules({ from: 1 })] })).toThrow(/out of order/)
    expect(() => instrument({ rules: [rules({ tick: 0 })] })).toThrow(/no tick/)
    expect(() => instrument({ rules: [] })).toThrow(/no trading rules/)
  })
})

describe('an instrument', () => {
  it('has scales that make price x quantity money', () => {
    expect(instrument({ priceScale: 3 }).qtyScale).toBe(5)
    expect(() => instrument({ priceScale: 9 })).toThrow(/9 decimals but USDT is booked with 8/)
  })

  it('never rounds a text silently', () => {
    expect(instrument().qtyFromText('0.000001')).toBe(1)
    expect(() => instrument().qtyFromText('0.0000001')).toThrow(/7 decimals, at most 6/)
    // 2^53 units and more would not be exact any more.
    expect(instrument().qtyFromText('9007199254.740991')).toBe(Number.MAX_SAFE_INTEGER)
    expect(() => instrument().qtyFromText('9007199254.740992')).toThrow(
      expect.objectContaining({ name: 'InputError', code: 'too-large' }),
    )
    expect(() => instrument().priceFromText('1.001')).toThrow(/3 decimals, at most 2/)
  })

  it('is known by venue, kind and symbol', () => {
    expect(new Instrument(spec({ kind: 'spot' }), 3)).toMatchObject({ id: 'sim:spot:BTCUSDT', index: 3 })
  })
})

describe('the maintenance bracket', () => {
  const brackets = [0n, 100n, 500n].map((floor) => ({
    floor: floor as Money,
    maxLeverage: Number(floor),
  })) as unknown as readonly MarginBracket[]
  it.each([
    [0n, 0],
    [1n, 0],
    [100n, 0],
    [101n, 100],
    [500n, 100],
    [501n, 500],
    [10n ** 20n, 500],
  ])('of %i is the last whose floor lies below it', (amount, floor) => {
    expect(bracketOf(brackets, amount as Money).floor).toBe(BigInt(floor))
  })
})
