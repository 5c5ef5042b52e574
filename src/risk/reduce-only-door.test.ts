import { expect, it } from 'vitest'
import type { Qty } from '../core/exact.ts'
import { view } from '../../test/kernel/fixtures.ts'
import { PLAIN_TERMS } from '../domain/order.ts'
import { closePosition } from './reduce-only-door.ts'

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
    reduceOnly: true,
    terms: PLAIN_TERMS,
    shares: [],
    attached: undefined,
  })
})

it('does nothing where nothing is held', () => expect(closePosition(ask, view())).toBeUndefined())
