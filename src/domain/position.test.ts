import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Price, Qty } from '../core/exact.ts'
import { Position } from './position.ts'

const after = (...fills: readonly (readonly [price: number, qty: number])[]): { position: Position; realised: bigint[] } => {
  const position = new Position()
  return { position, realised: fills.map(([price, qty]) => position.apply(price as Price, qty as Qty)) }
}

describe('a position', () => {
  it('increases at cost, reduces pro rata, and starts over when it crosses zero', () => {
    const { position, realised } = after([100, 10], [130, 20], [150, -15], [90, -20])
    expect(realised).toEqual([0n, 0n, 15n * 150n - 1_800n, 15n * 90n - 1_800n])
    expect(position.snapshot()).toEqual({ qty: -5, cost: -450n })
    expect(position.averagePrice()).toBe(90)
  })

  it('truncates released cost toward zero, on both sides', () => {
    expect(after([10, 2], [11, 1], [12, -1]).realised[2]).toBe(12n - 10n)
    expect(after([10, -2], [11, -1], [12, 1]).realised[2]).toBe(-12n + 10n)
  })

  it('that closes exactly is flat and costs nothing', () => {
    const { position, realised } = after([100, -7], [90, 7])
    expect(realised[1]).toBe(70n)
    expect(position.isFlat).toBe(true)
    expect(position.snapshot()).toEqual({ qty: 0, cost: 0n })
  })

  it('is exact beyond 2^53', () => {
    const { position, realised } = after([9_000_000_001, 9_000_007], [9_000_000_003, -9_000_007])
    expect(realised[1]).toBe(2n * 9_000_007n)
    expect(position.cost).toBe(0n)
  })

  const price = fc.integer({ min: 1, max: 10_000_000 })
  const qty = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -1e9, max: 1e9 })).filter((n) => n !== 0)
  const fills = fc.array(fc.tuple(price, qty), { maxLength: 40 })

  it('has realised plus unrealised equal to the cash flows, whatever the fills', () => {
    fc.assert(
      fc.property(fills, price, (list, last) => {
        const position = new Position()
        let realised = 0n
        let cash = 0n
        let held = 0
        for (const [p, q] of list) {
          realised += position.apply(p as Price, q as Qty)
          cash -= BigInt(p) * BigInt(q)
          held += q
          expect(position.qty).toBe(held)
          // At every moment, at any price.
          expect(realised + position.unrealised(last as Price)).toBe(cash + BigInt(last) * BigInt(held))
        }
      }),
    )
  })

  it('keeps its cost on the side of its quantity and between the extreme prices paid', () => {
    fc.assert(
      fc.property(fills, (list) => {
        const position = new Position()
        for (const [p, q] of list) position.apply(p as Price, q as Qty)
        if (position.qty === 0) expect(position.cost).toBe(0n)
        else {
          const prices = list.map(([p]) => p)
          const [low, high] = [Math.min(...prices), Math.max(...prices)]
          const size = BigInt(Math.abs(position.qty))
          const cost = position.cost * BigInt(Math.sign(position.qty))
          // Each reduction leaves less than one unit with what is open.
          expect(cost >= size * BigInt(low)).toBe(true)
          expect(cost <= size * BigInt(high) + BigInt(list.length)).toBe(true)
        }
      }),
    )
  })

  it('goes on from a snapshot', () => {
    fc.assert(
      fc.property(fills, fills, (before, later) => {
        const one = new Position()
        for (const [p, q] of before) one.apply(p as Price, q as Qty)
        const two = new Position()
        two.restore(one.snapshot())
        for (const [p, q] of later) expect(two.apply(p as Price, q as Qty)).toBe(one.apply(p as Price, q as Qty))
        expect(two.snapshot()).toEqual(one.snapshot())
      }),
    )
  })
})
