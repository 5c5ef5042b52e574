/** Section 7.4: modification of an open limit order. */
import { expect } from 'vitest'
import { accepts, buyLimit, buyMarket, ends, fills, holds, refuses, rest, sellLimit, take } from './checks.ts'
import type { Card } from './venue-under-test.ts'

export const MODIFY_CARDS: readonly Card[] = [
  {
    rule: '7.4 modify: price and quantity change, the id stays',
    source: 'section 7.4',
    certain: true,
    async run(venue) {
      await rest(venue, buyLimit('a', '0.1', '9900'))
      await accepts(venue.amend('a', { price: '9950', quantity: '0.2' }))
      await venue.settle()
      await venue.market('9940')
      await fills(venue, 'a', ['0.2', '9950'])
      await ends(venue, 'a', 'FILLED', '0.2')
    },
  },
  {
    rule: '7.4 modify: an unknown or closed order -2013',
    source: 'section 14',
    certain: true,
    async run(venue) {
      await refuses(venue.amend('no', { price: '9900', quantity: '0.1' }), -2013, 'Order does not exist.')
      await take(venue, buyMarket('a', '0.1'))
      await refuses(venue.amend('a', { price: '9900', quantity: '0.1' }), -2013, 'Order does not exist.')
    },
  },
  {
    rule: '7.4 modify: limit orders only -5025; untriggered conditional orders cannot be modified',
    source: 'section 7.4, section 8',
    certain: true,
    async run(venue) {
      await accepts(venue.place({ id: 'a', side: 'BUY', type: 'STOP', quantity: '0.1', triggerPrice: '10100', price: '10110' }))
      await refuses(venue.amend('a', { price: '10120', quantity: '0.1' }), -5025, 'Only limit order is supported.')
    },
  },
  {
    rule: '7.4 modify: unchanged -5027',
    source: 'section 7.4',
    certain: true,
    async run(venue) {
      await rest(venue, buyLimit('a', '0.1', '9900'))
      await refuses(venue.amend('a', { price: '9900', quantity: '0.1' }), -5027, 'No need to modify the order.')
    },
  },
  {
    rule: '7.4 modify: breaking a filter refuses and leaves the order alone',
    source: 'section 7.4',
    certain: true,
    world: { switches: { bands: true } },
    async run(venue) {
      await rest(venue, buyLimit('a', '0.1', '9900'))
      await refuses(venue.amend('a', { price: '9900.05', quantity: '0.1' }), -4014, 'Price not increased by tick size.')
      await refuses(venue.amend('a', { price: '9900', quantity: '0.1005' }), -4023, 'Qty not increased by step size.')
      await refuses(venue.amend('a', { price: '10600', quantity: '0.1' }), -4016, "Limit price can't be higher than 10500.")
      await refuses(
        venue.amend('a', { price: '9900', quantity: '0.005' }),
        -5029,
        "Order's notional must be no smaller than 50 (unless you choose reduce only).",
      )
      await venue.market('9890')
      await fills(venue, 'a', ['0.1', '9900'])
    },
  },
  {
    rule: '7.4 modify: margin and bracket are asked for the new order, the old one not counted',
    source: 'section 7.4, section 13',
    certain: true,
    world: { wallet: '1000' },
    async run(venue) {
      await rest(venue, buyLimit('a', '1.9', '9900'))
      await accepts(venue.amend('a', { price: '9910', quantity: '1.9' }))
      await refuses(venue.amend('a', { price: '9910', quantity: '2.1' }), -2019, 'Margin is insufficient.')
      expect(await venue.openOrders()).toEqual(['a'])
    },
  },
  {
    rule: '7.4 modify: the new quantity is the total, what is executed included',
    source: 'section 7.4',
    certain: true,
    async run(venue) {
      await rest(venue, buyLimit('a', '0.3', '9990'))
      await venue.trade('9980', '0.1', 'SELL')
      await accepts(venue.amend('a', { price: '9970', quantity: '0.2' }))
      await venue.market('9980')
      await ends(venue, 'a', 'PARTIALLY_FILLED', '0.1')
      await venue.market('9960')
      await fills(venue, 'a', ['0.1', '9990'], ['0.1', '9970'])
      await ends(venue, 'a', 'FILLED', '0.2')
    },
  },
  {
    rule: '7.4 modify: a quantity not above the executed one cancels the order',
    source: 'section 7.4',
    certain: true,
    async run(venue) {
      await rest(venue, buyLimit('a', '0.3', '9990'))
      await venue.trade('9980', '0.2', 'SELL')
      await accepts(venue.amend('a', { price: '9990', quantity: '0.2' }))
      await ends(venue, 'a', 'CANCELED', '0.2')
      await holds(venue, '0.2')
    },
  },
  {
    rule: '7.4 modify: a post-only order that would cross is cancelled',
    source: 'section 7.4',
    certain: true,
    async run(venue) {
      await rest(venue, { ...buyLimit('a', '0.1', '9900'), timeInForce: 'GTX' })
      await accepts(venue.amend('a', { price: '10010', quantity: '0.1' }))
      await venue.settle()
      await ends(venue, 'a', 'CANCELED', '0')
      await holds(venue, '0')
    },
  },
  {
    rule: '7.4 modify: an order that crosses now takes',
    source: 'section 7.4',
    certain: true,
    async run(venue) {
      await rest(venue, buyLimit('a', '0.1', '9900'))
      await accepts(venue.amend('a', { price: '10010', quantity: '0.1' }))
      await venue.settle()
      await fills(venue, 'a', ['0.1', '10000'])
      expect((await venue.order('a')).executions[0].isMaker).toBe(false)
    },
  },
  {
    rule: '7.4 modify: its place in the queue is lost',
    source: 'section 7.4',
    certain: true,
    async run(venue) {
      await rest(venue, buyLimit('a', '0.1', '9990'), buyLimit('b', '0.1', '9990'))
      await accepts(venue.amend('a', { price: '9990', quantity: '0.2' }))
      await venue.settle()
      await venue.trade('9980', '0.1', 'SELL')
      await ends(venue, 'b', 'FILLED', '0.1')
      await ends(venue, 'a', 'NEW', '0')
    },
  },
  {
    rule: '7.4 modify: more than 10000 times -5026',
    source: 'section 7.4',
    certain: true,
    async run(venue) {
      await rest(venue, buyLimit('a', '0.1', '9000'))
      for (let i = 0; i < 10_000; i++) await venue.amend('a', { price: i % 2 === 0 ? '9001' : '9000', quantity: '0.1' })
      await refuses(venue.amend('a', { price: '9002', quantity: '0.1' }), -5026, 'Exceed maximum modify order limit.')
      expect(await venue.openOrders()).toEqual(['a'])
    },
  },
  {
    rule: '7.4 modify: a reduce-only order is exempt from the minimum notional',
    source: 'section 7.4',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('in', '0.01'))
      await rest(venue, { ...sellLimit('a', '0.01', '10100'), reduceOnly: true })
      await accepts(venue.amend('a', { price: '10100', quantity: '0.001' }))
    },
  },
]
