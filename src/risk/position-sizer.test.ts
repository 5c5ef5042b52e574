import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Price } from '../core/exact.ts'
import { instrument, rules, signal, view, weighed } from '../../test/kernel/fixtures.ts'
import { sizePosition, sizingOf } from './position-sizer.ts'

const alone = sizingOf({ liquidation: { enabled: false } })

describe('the sizer', () => {
  it('passes an exact quantity through', () => {
    expect(sizePosition(weighed(signal({ qty: -7, direction: -1 }), 0.5), 0, view())).toMatchObject({
      qty: -7,
      bound: 'signal',
    })
    expect(sizePosition(weighed(signal({ qty: 0, direction: 0 }), 0), 0, view())).toMatchObject({
      qty: 0,
      bound: 'signal',
    })
  })

  it('gives nothing for an opinion of 0, before the first price, and without equity', () => {
    expect(sizePosition(weighed(signal({ direction: 0 }), 0), 0, view()).qty).toBe(0)
    expect(sizePosition(weighed(signal(), 1), 0, view({ lastPrice: () => 0 as Price })).qty).toBe(0)
    expect(sizePosition(weighed(signal(), 1), 0, view({ equity: () => -5 })).qty).toBe(0)
  })

  it('takes the largest whole number of steps that the share of equity pays for', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -10, max: 10, noNaN: true }).filter((x) => x !== 0),
        fc.integer({ min: 1, max: 1e15 }),
        fc.integer({ min: 1, max: 1e8 }),
        fc.integer({ min: 1, max: 100_000 }),
        (fraction, equity, price, step) => {
          const given = view({
            instruments: [instrument({ rules: [rules({ step })] })],
            equity: () => equity,
            lastPrice: () => price as Price,
          })
          const { qty, bound } = sizePosition(weighed(signal({ direction: Math.sign(fraction) }), fraction), 0, given, alone)
          const paid = Math.abs(fraction) * equity
          expect(bound).toBe('fraction')
          expect(Math.abs(qty % step)).toBe(0)
          if (qty !== 0) expect(Math.sign(qty)).toBe(Math.sign(fraction))
          expect(Math.abs(qty) * price).toBeLessThanOrEqual(paid * (1 + 1e-12))
          expect((Math.abs(qty) + step) * price).toBeGreaterThan(paid * (1 - 1e-12))
        },
      ),
    )
  })
})
