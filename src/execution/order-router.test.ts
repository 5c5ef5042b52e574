import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Price, Qty } from '../core/exact.ts'
import type { OrderRequest } from '../domain/order.ts'
import { MONDAY, view } from '../../test/kernel/fixtures.ts'
import { planOrder } from './order-router.ts'

function plan(
  held: number,
  wanted: number,
  { stop, stops = [] }: { stop?: number; stops?: readonly string[] } = {},
): OrderRequest | undefined {
  let next = 0
  const difference = wanted - held
  if (difference === 0) return undefined
  const nextId = (): string => `id${(next += 1)}`
  const change = {
    account: 1,
    instrument: 0,
    difference,
    held,
    shares: [{ strategy: 3, qty: Math.abs(difference) as Qty }],
    protection: { trigger: stop as Price | undefined, qty: wanted, cancels: stops },
    reason: 'signal',
  }
  return planOrder(change, view({ lastPrice: () => 777 as Price }), nextId)
}

describe('the plan', () => {
  it('is one market order for the difference, and says why', () => {
    expect(plan(0, 5)).toMatchObject({
      side: 'buy',
      qty: 5,
      type: 'market',
      reason: 'signal',
      clientOrderId: 'id1',
      account: 1,
      decisionPrice: 777,
      decidedAt: MONDAY,
      shares: [{ strategy: 3, qty: 5 }],
    })
    expect(plan(5, -5)).toMatchObject({ side: 'sell', qty: 10, closes: 5, reduceOnly: false, reason: 'reversal' })
    expect(plan(-5, 2)).toMatchObject({ side: 'buy', qty: 7, closes: 5, reduceOnly: false, reason: 'reversal' })
    expect(plan(5, 0)).toMatchObject({ side: 'sell', qty: 5, closes: 5, reduceOnly: true, reason: 'signal', attached: undefined })
    expect(plan(5, 2)).toMatchObject({ side: 'sell', qty: 3, closes: 3, reduceOnly: true, reason: 'signal' })
  })

  it('attaches the new stop for the whole target and replaces the old ones', () => {
    expect(plan(5, -4, { stop: 900, stops: ['old'] })?.attached).toEqual({
      cancels: ['old'],
      stop: { clientOrderId: 'id2', side: 'buy', trigger: 900, qty: 4, workingType: 'last' },
    })
    // What is left of a long is protected by a sale, though the order that reduces it is a sale too.
    expect(plan(5, 2, { stop: 600, stops: ['old'] })?.attached).toEqual({
      cancels: ['old'],
      stop: { clientOrderId: 'id2', side: 'sell', trigger: 600, qty: 2, workingType: 'last' },
    })
    expect(plan(5, 0, { stop: 900, stops: ['old'] })?.attached).toEqual({ cancels: ['old'], stop: undefined })
    expect(plan(0, 5, { stops: ['old'] })?.attached).toEqual({ cancels: ['old'], stop: undefined })
  })

  it('does not keep the list it was given: it changes when orders end', () => {
    const stops = ['old']
    const order = plan(5, -4, { stops })
    stops.length = 0
    expect(order?.attached?.cancels).toEqual(['old'])
  })

  it('leads from what is held to the target, always', () => {
    const qty = fc.integer({ min: -1e9, max: 1e9 })
    fc.assert(
      fc.property(qty, qty, (held, wanted) => {
        const order = plan(held, wanted)
        if (held === wanted) expect(order).toBeUndefined()
        else {
          expect(order!.qty).toBeGreaterThan(0)
          expect(held + (order!.side === 'buy' ? order!.qty : -order!.qty)).toBe(wanted)
          expect(order!.shares.reduce((sum, part) => sum + part.qty, 0)).toBe(order!.qty)
          expect(order!.reason === 'reversal').toBe(held * wanted < 0)
          // It closes what lies between the position and zero, and opens the rest.
          const nearest = held * wanted < 0 ? 0 : Math.min(Math.abs(held), Math.abs(wanted))
          expect(order!.closes).toBe(Math.abs(held) - nearest)
          expect(order!.reduceOnly).toBe(order!.closes === order!.qty)
        }
      }),
    )
  })
})
