/** The sizer: what passes through, what binds and under which name, and laws over any mixture of constraints. */
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

  it('names the first of the smallest, and shows what every other would have allowed', () => {
    const poor = { equity: () => 1_000_000, lastPrice: () => 100 as Price, maintenanceMargin: () => 0 }
    const target = sizePosition(
      weighed(signal({ stop: 80 }), 0.9),
      0,
      view({ ...poor, dayVolume: () => 500_000 }),
      sizingOf({}, 0.65),
    )
    expect(target).toMatchObject({ qty: 5_000, bound: 'stopRisk' })
    expect(target.constraints).toEqual([
      { name: 'fraction', qty: 9_000 },
      { name: 'stopRisk', qty: 5_000 },
      { name: 'liquidation', qty: 15_384 },
      { name: 'liquidity', qty: 5_000 },
      { name: 'filters', qty: Infinity },
    ])
    expect(sizePosition(weighed(signal(), 500), 0, view(poor))).toMatchObject({ qty: 5_000_000, bound: 'fraction' })
    const stressed = sizePosition(weighed(signal({ direction: -1 }), -5), 0, view(poor), sizingOf({}, 0.5))
    expect(stressed).toMatchObject({ qty: -19_999, bound: 'liquidation' })
    const calm = sizingOf({ volatility: { enabled: true }, liquidity: { enabled: false } })
    expect(sizePosition(weighed(signal(), 0.9), 0, view(poor), calm)).toMatchObject({ qty: 0, bound: 'volatility' })
    expect(calm.constraints.map(({ constraint }) => constraint.name)).not.toContain('liquidity')
  })

  it('is cut by the scale of the risk controller, which never enlarges', () => {
    const poor = view({ equity: () => 1_000_000, lastPrice: () => 100 as Price })
    const scaled = (scale: number) => sizePosition(weighed(signal(), 0.9), 0, poor, sizingOf(), scale)
    expect(scaled(0.5)).toMatchObject({ qty: 4_500, bound: 'scale' })
    expect(scaled(0.5).constraints.at(-1)).toEqual({ name: 'scale', qty: 4_500 })
    for (const whole of [1, 2]) expect(scaled(whole)).toMatchObject({ qty: 9_000, bound: 'fraction' })
    for (const none of [0, -1, Number.NaN]) expect(scaled(none)).toMatchObject({ qty: 0, bound: 'scale' })
  })

  it('drops what is below a binding minimum', () => {
    const ruled = (given: Parameters<typeof rules>[0]) =>
      view({ equity: () => 1_000, lastPrice: () => 100 as Price, instruments: [instrument({ rules: [rules(given)] })] })
    const sized = (given: Parameters<typeof rules>[0], sizing = sizingOf()) =>
      sizePosition(weighed(signal(), 1), 0, ruled(given), sizing)
    expect(sized({ binding: true, minQty: 10 })).toMatchObject({ qty: 10, bound: 'fraction' })
    expect(sized({ binding: true, minQty: 11 })).toMatchObject({ qty: 0, bound: 'minimum' })
    expect(sized({ binding: true, minQty: 11 }).constraints.at(-1)).toEqual({ name: 'minimum', qty: 0 })
    expect(sized({ binding: true, minNotional: 1_001n })).toMatchObject({ qty: 0, bound: 'minimum' })
    expect(sized({ binding: true, step: 3, minQty: 10 })).toMatchObject({ qty: 0, bound: 'minimum' })
    expect(sized({ minQty: 11 })).toMatchObject({ qty: 10, bound: 'fraction' })
    expect(sized({ binding: true, minQty: 11 }, sizingOf({ filters: { enabled: false } }))).toMatchObject({ qty: 10 })
    expect(sized({ binding: true, maxQty: 7 })).toMatchObject({ qty: 7, bound: 'filters' })
    const broke = view({ equity: () => 0, instruments: [instrument({ rules: [rules({ binding: true, minQty: 11 })] })] })
    expect(sizePosition(weighed(signal(), 1), 0, broke)).toMatchObject({ qty: 0, bound: 'fraction' })
  })

  it('wants out, or has no price, by the word of the signal', () => {
    const out = { qty: 0, bound: 'signal', constraints: [] }
    expect(sizePosition(weighed(signal({ direction: 0 }), 1), 0, view())).toMatchObject(out)
    for (const price of [0, -1, Number.NaN])
      expect(sizePosition(weighed(signal(), 1), 0, view({ lastPrice: () => price as Price }))).toMatchObject(out)
  })

  it('gives nothing for what is no number', () => {
    for (const nonsense of [{ equity: () => Number.NaN }, { equity: () => Infinity }, { lastPrice: () => Number.NaN as Price }])
      expect(sizePosition(weighed(signal(), 1), 0, view(nonsense), sizingOf({ liquidation: { enabled: false } })).qty).toBe(0)
    expect(sizePosition(weighed(signal(), Number.NaN), 0, view()).qty).toBe(0)
  })

  const EVERYTHING = sizingOf({ kelly: { enabled: true }, volatility: { enabled: true }, var: { enabled: true } }, 0.1)
  const worlds = fc.record({
    fraction: fc.double({ min: -20, max: 20, noNaN: true }),
    equity: fc.integer({ min: -10, max: 1e12 }),
    price: fc.integer({ min: 1, max: 1e7 }),
    step: fc.integer({ min: 1, max: 1_000 }),
    stop: fc.option(fc.integer({ min: 1, max: 1e7 }), { nil: undefined }),
    volatility: fc.double({ min: 0, max: 0.5 }),
    dayVolume: fc.double({ min: 0, max: 1e9 }),
    scale: fc.double({ min: 0, max: 1, noNaN: true }),
    minQty: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
  })
  const sizeIn = (world: Parameters<Parameters<typeof worlds.map>[0]>[0], equity = world.equity) =>
    sizePosition(
      weighed(signal({ direction: Math.sign(world.fraction), stop: world.stop }), world.fraction),
      0,
      view({
        instruments: [
          instrument({
            rules: [rules({ step: world.step, ...(world.minQty === undefined ? {} : { binding: true, minQty: world.minQty }) })],
          }),
        ],
        equity: () => equity,
        lastPrice: () => world.price as Price,
        volatility: () => world.volatility,
        dayVolume: () => world.dayVolume,
      }),
      EVERYTHING,
      world.scale,
    )

  it('is never more than any constraint: the smallest, rounded down to the step, under its name', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { qty, bound, constraints } = sizeIn(world)
        if (world.fraction === 0) return
        const least = Math.min(...constraints.map((each) => each.qty))
        expect(constraints.find((each) => each.name === bound)?.qty).toBe(least)
        expect(Math.abs(qty)).toBe(Math.floor(least / world.step) * world.step)
        expect(constraints.every((each) => each.qty >= Math.abs(qty))).toBe(true)
        expect(qty === 0 || Math.sign(qty) === Math.sign(world.fraction)).toBe(true)
      }),
    )
  })

  it('does not shrink when equity grows', () => {
    fc.assert(
      fc.property(worlds, fc.integer({ min: 0, max: 1e12 }), (world, more) => {
        expect(Math.abs(sizeIn(world, world.equity + more).qty)).toBeGreaterThanOrEqual(Math.abs(sizeIn(world).qty))
      }),
    )
  })
})
