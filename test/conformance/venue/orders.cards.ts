/** Sections 7.1 and 7.2: parameters of an order, and its life. */
import { expect } from 'vitest'
import { accepts, buyLimit, buyMarket, ends, fills, holds, neverTakes, refuses, rest, sellLimit, take } from './checks.ts'
import type { Card } from './venue-under-test.ts'

const FOK =
  'Due to the order could not be filled immediately, the FOK order has been rejected. The order will not be recorded in the order history'
const GTX =
  'Due to the order could not be executed as maker, the Post Only order will be rejected. The order will not be recorded in the order history'
const GTD = 'The goodTillDate timestamp must be greater than the current time plus 600 seconds and smaller than 253402300799000.'
const SIDE = "Order's position side does not match user's setting."

export const ORDER_CARDS: readonly Card[] = [
  {
    rule: '7.1 LIMIT needs a price -1102',
    source: 'section 7.1',
    certain: true,
    async run(venue) {
      await refuses(
        venue.place({ id: 'a', side: 'BUY', type: 'LIMIT', quantity: '0.1' }),
        -1102,
        "Mandatory parameter 'price' was not sent, was empty/null, or malformed.",
      )
    },
  },
  {
    rule: '7.1 a price not above 0 -4001',
    source: 'section 14',
    certain: true,
    async run(venue) {
      await refuses(venue.place(buyLimit('a', '0.1', '0')), -4001, 'Price less than 0.')
    },
  },
  {
    rule: '7.1 positionSide: LONG and SHORT in one-way mode -4061',
    source: 'section 7.1',
    certain: true,
    async run(venue) {
      await refuses(venue.place({ ...buyMarket('a', '0.1'), positionSide: 'LONG' }), -4061, SIDE)
      await refuses(venue.place({ ...buyMarket('b', '0.1'), positionSide: 'SHORT' }), -4061, SIDE)
    },
  },
  {
    rule: '7.1 positionSide: BOTH in hedge mode -4061',
    source: 'section 7.1',
    certain: true,
    async run(venue) {
      await accepts(venue.setPositionMode('HEDGE'))
      await refuses(venue.place(buyMarket('a', '0.1')), -4061, SIDE)
      await accepts(venue.place({ ...buyMarket('b', '0.1'), positionSide: 'LONG' }))
    },
  },
  {
    rule: '7.1 timeInForce sent with MARKET -1106 or -1114',
    source: 'section 7.1',
    certain: true,
    async run(venue) {
      const refusal = await venue.place({ ...buyMarket('a', '0.1'), timeInForce: 'IOC' })
      expect([-1106, -1114]).toContain(refusal?.code)
    },
  },
  {
    rule: '7.1 reduceOnly in hedge mode -1106, on either side',
    source: 'section 7.1',
    certain: true,
    async run(venue) {
      await accepts(venue.setPositionMode('HEDGE'))
      const msg = "Parameter 'reduceonly' sent when not required."
      await refuses(venue.place({ ...buyMarket('a', '0.1'), positionSide: 'LONG', reduceOnly: true }), -1106, msg)
      await refuses(venue.place({ ...buyMarket('b', '0.1'), positionSide: 'SHORT', reduceOnly: true }), -1106, msg)
    },
  },
  {
    rule: '7.1 newClientOrderId of an open order -4116',
    source: 'section 7.1',
    certain: true,
    async run(venue) {
      await accepts(venue.place(buyLimit('a', '0.1', '9000')))
      await refuses(venue.place(buyLimit('a', '0.1', '9100')), -4116, 'ClientOrderId is duplicated.')
      await refuses(venue.place({ ...buyLimit('a', '0.1', '400'), symbol: 'ETHUSDT' }), -4116, 'ClientOrderId is duplicated.')
    },
  },
  {
    rule: '7.1 newClientOrderId is free again once its order has closed: two market orders of one id both execute',
    source: 'section 7.1 (live)',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('a', '0.1'))
      await take(venue, buyMarket('a', '0.1'))
      await holds(venue, '0.2')
      await accepts(venue.place(buyLimit('b', '0.1', '9000')))
      await accepts(venue.cancel('b'))
      await accepts(venue.place(buyLimit('b', '0.1', '9000')))
    },
  },
  {
    rule: '7.1 goodTillDate: mandatory with GTD, later than now + 600 s, else -5040',
    source: 'section 7.1',
    certain: true,
    async run(venue) {
      await refuses(venue.place({ ...buyLimit('a', '0.1', '9000'), timeInForce: 'GTD' }), -5040, GTD)
      await refuses(venue.place({ ...buyLimit('b', '0.1', '9000'), timeInForce: 'GTD', goodTillIn: 600_000 }), -5040, GTD)
      await accepts(venue.place({ ...buyLimit('c', '0.1', '9000'), timeInForce: 'GTD', goodTillIn: 601_000 }))
    },
  },
  {
    rule: '7.2 a refused order does not exist: not open, and its id is free',
    source: 'section 7.2',
    certain: true,
    async run(venue) {
      await refuses(venue.place(buyLimit('a', '0.1', '9999.95')), -4014, 'Price not increased by tick size.')
      expect(await venue.openOrders()).toEqual([])
      await refuses(venue.cancel('a'), -2011, 'Unknown order sent.')
      await accepts(venue.place(buyLimit('a', '0.1', '9999.90')))
    },
  },
  {
    rule: '7.2 GTD: EXPIRED at its date',
    source: 'section 7.2',
    certain: true,
    async run(venue) {
      await rest(venue, { ...buyLimit('a', '0.1', '9000'), timeInForce: 'GTD', goodTillIn: 900_000 })
      await venue.pass(800_000)
      await ends(venue, 'a', 'NEW')
      await venue.pass(100_000)
      await ends(venue, 'a', 'EXPIRED', '0', 'gtd')
      expect(await venue.openOrders()).toEqual([])
    },
  },
  {
    rule: '7.2 a market order is NEW, then FILLED',
    source: 'section 7.2',
    certain: true,
    async run(venue) {
      await accepts(venue.place(buyMarket('a', '0.1')))
      await venue.settle()
      await ends(venue, 'a', 'FILLED', '0.1')
      await fills(venue, 'a', ['0.1', '10000'])
    },
  },
  {
    rule: '7.2 a limit order is NEW, PARTIALLY_FILLED, FILLED; its fills are those of a maker at its price',
    source: 'section 7.2, matching of section 13',
    certain: true,
    async run(venue) {
      await rest(venue, buyLimit('a', '0.3', '9990'))
      await ends(venue, 'a', 'NEW')
      await venue.trade('9980', '0.1', 'SELL')
      await ends(venue, 'a', 'PARTIALLY_FILLED', '0.1')
      await venue.trade('9980', '0.2', 'SELL')
      await ends(venue, 'a', 'FILLED', '0.3')
      await fills(venue, 'a', ['0.1', '9990'], ['0.2', '9990'])
      expect((await venue.order('a')).executions.every(({ isMaker }) => isMaker)).toBe(true)
    },
  },
  {
    rule: '7.2 a limit order that is marketable takes at the price it finds, not at its limit',
    source: 'matching of section 13: taker price = resting price',
    certain: true,
    async run(venue) {
      await take(venue, buyLimit('a', '0.1', '10100'))
      await fills(venue, 'a', ['0.1', '10000'])
      expect((await venue.order('a')).executions[0].isMaker).toBe(false)
    },
  },
  {
    rule: '7.2 CANCELED by its owner, what was executed stays',
    source: 'section 7.2',
    certain: true,
    async run(venue) {
      await rest(venue, buyLimit('a', '0.3', '9990'))
      await venue.trade('9980', '0.1', 'SELL')
      await accepts(venue.cancel('a'))
      await ends(venue, 'a', 'CANCELED', '0.1')
      await holds(venue, '0.1')
    },
  },
  {
    rule: '7.2 GTX that would take -5022, nothing filled',
    source: 'section 7.2',
    certain: true,
    async run(venue) {
      await neverTakes(venue, { ...buyLimit('a', '0.1', '10000'), timeInForce: 'GTX' }, -5022, GTX, 'post-only')
      await neverTakes(venue, { ...sellLimit('b', '0.1', '9990'), timeInForce: 'GTX' }, -5022, GTX, 'post-only')
      await holds(venue, '0')
    },
  },
  {
    rule: '7.2 GTX that would not take rests and fills as maker',
    source: 'section 7.2',
    certain: true,
    async run(venue) {
      await rest(venue, { ...buyLimit('a', '0.1', '9990'), timeInForce: 'GTX' })
      await venue.market('9980')
      await fills(venue, 'a', ['0.1', '9990'])
      expect((await venue.order('a')).executions[0].isMaker).toBe(true)
    },
  },
  {
    rule: '7.2 FOK that cannot fill at once -5021, nothing filled',
    source: 'section 7.2',
    certain: true,
    async run(venue) {
      await neverTakes(venue, { ...buyLimit('a', '0.1', '9990'), timeInForce: 'FOK' }, -5021, FOK, 'fok')
      await holds(venue, '0')
    },
  },
  {
    rule: '7.2 FOK that finds less than it wants -5021, nothing filled',
    source: 'section 7.2',
    certain: true,
    async run(venue) {
      await accepts(venue.place({ ...buyLimit('a', '0.3', '10000'), timeInForce: 'FOK' }))
      await venue.trade('10000', '0.2', 'SELL')
      await ends(venue, 'a', 'EXPIRED', '0', 'fok')
      await holds(venue, '0')
    },
  },
  {
    rule: '7.2 FOK that can, fills whole',
    source: 'section 7.2',
    certain: true,
    async run(venue) {
      await take(venue, { ...buyLimit('a', '0.1', '10000'), timeInForce: 'FOK' })
      await ends(venue, 'a', 'FILLED', '0.1')
    },
  },
  {
    rule: '7.2 IOC fills what it can, the rest EXPIRED',
    source: 'section 7.2',
    certain: true,
    async run(venue) {
      await accepts(venue.place({ ...buyLimit('a', '0.3', '10000'), timeInForce: 'IOC' }))
      await venue.trade('10000', '0.2', 'SELL')
      await ends(venue, 'a', 'EXPIRED', '0.2', 'ioc')
      await holds(venue, '0.2')
    },
  },
  {
    rule: '7.2 IOC that finds nothing is EXPIRED',
    source: 'section 7.2',
    certain: true,
    async run(venue) {
      await take(venue, { ...buyLimit('a', '0.1', '9990'), timeInForce: 'IOC' })
      await ends(venue, 'a', 'EXPIRED', '0', 'ioc')
    },
  },
  {
    rule: '7.2 delisting: open orders EXPIRED',
    source: 'section 7.2',
    certain: true,
    async run(venue) {
      await rest(venue, buyLimit('a', '0.1', '9000'), { ...buyLimit('b', '0.1', '400'), symbol: 'ETHUSDT' })
      await venue.delist('BTCUSDT')
      await ends(venue, 'a', 'EXPIRED', '0', 'delisting')
      await ends(venue, 'b', 'NEW')
    },
  },
]
