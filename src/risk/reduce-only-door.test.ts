import { expect, it } from 'vitest'
import type { Qty } from '../core/exact.ts'
import { order, view } from '../../test/kernel/fixtures.ts'
import { PLAIN_TERMS } from '../domain/order.ts'
import { cancelOrder, closePosition, reducePosition } from './reduce-only-door.ts'

const ask = { account: 0, instrument: 0, clientOrderId: 'x1', reason: 'flatten' }

it.each([
  [7, 'sell'],
  [-7, 'buy'],
] as const)('closes %i by a reduce-only %s of the whole', (net, side) => {
  expect(closePosition(ask, view({ netQty: () => net as Qty }))).toMatchObject({
    ...ask,
    side,
    qty: 7,
    closes: 7,
    type: 'market',
    positionSide: 'both',
    timeInForce: 'GTC',
    workingType: 'last',
    reduceOnly: true,
    terms: PLAIN_TERMS,
    shares: [],
    attached: undefined,
  })
})

it('does nothing where nothing is held', () => expect(closePosition(ask, view())).toBeUndefined())

it.each([
  [7, 3, 3, 'sell'],
  [7, 9, 7, 'sell'],
  [-7, 3, 3, 'buy'],
] as const)('of %i it reduces at most %i', (net, qty, reduced, side) => {
  expect(reducePosition({ ...ask, qty }, view({ netQty: () => net as Qty }))).toMatchObject({
    qty: reduced,
    closes: reduced,
    side,
    reduceOnly: true,
  })
})

it('reduces nothing by nothing', () => {
  for (const qty of [0, -1, Number.NaN]) expect(reducePosition({ ...ask, qty }, view({ netQty: () => 7 as Qty }))).toBeUndefined()
})

it('cancels what could open something, and leaves what protects', () => {
  expect(cancelOrder(order({ clientOrderId: 'e1' }), 'watchdog')).toEqual({
    clientOrderId: 'e1',
    account: 0,
    instrument: 0,
    reason: 'watchdog',
  })
  expect(cancelOrder(order({ reduceOnly: true }), 'watchdog')).toBeUndefined()
})
