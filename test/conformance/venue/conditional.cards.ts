/** Section 8: conditional orders. */
import { expect } from 'vitest'
import { accepts, buyLimit, buyMarket, ends, fills, holds, refuses, rest, sellMarket, take } from './checks.ts'
import type { Card, NewOrder, Side, Type } from './venue-under-test.ts'

const TRIGGER = 'Order would immediately trigger.'

const conditional = (id: string, side: Side, type: Type, triggerPrice: string, more: Partial<NewOrder> = {}): NewOrder => ({
  id,
  side,
  type,
  quantity: '0.1',
  triggerPrice,
  ...more,
})

/** Waits at a price that does not reach the trigger, then fires at it. */
const firing = (type: Type, side: Side, before: string, at: string): Card => ({
  rule: `8 trigger: ${side} ${type} fires at its trigger, not before`,
  source: 'section 8',
  certain: true,
  async run(venue) {
    await rest(venue, conditional('a', side, type, at))
    await venue.market(before)
    await ends(venue, 'a', 'NEW')
    await venue.market(at)
    await venue.settle()
    await fills(venue, 'a', ['0.1', at])
    await holds(venue, side === 'BUY' ? '0.1' : '-0.1')
  },
})

const trailing = (id: string, side: Side, more: Partial<NewOrder>): NewOrder => ({
  id,
  side,
  type: 'TRAILING_STOP_MARKET',
  quantity: '0.1',
  callbackRate: '1',
  ...more,
})

export const CONDITIONAL_CARDS: readonly Card[] = [
  firing('STOP_MARKET', 'BUY', '10099.90', '10100'),
  firing('STOP_MARKET', 'SELL', '9900.10', '9900'),
  firing('TAKE_PROFIT_MARKET', 'BUY', '9900.10', '9900'),
  firing('TAKE_PROFIT_MARKET', 'SELL', '10099.90', '10100'),
  {
    rule: '8 trigger: a conditional order needs its trigger -1102',
    source: 'section 8',
    certain: true,
    async run(venue) {
      await refuses(
        venue.place({ id: 'a', side: 'BUY', type: 'STOP_MARKET', quantity: '0.1' }),
        -1102,
        "Mandatory parameter 'triggerPrice' was not sent, was empty/null, or malformed.",
      )
      await refuses(
        venue.place({ id: 'b', side: 'BUY', type: 'STOP', quantity: '0.1', triggerPrice: '10100' }),
        -1102,
        "Mandatory parameter 'price' was not sent, was empty/null, or malformed.",
      )
    },
  },
  {
    rule: '8 trigger: not above 0 -4006',
    source: 'section 14',
    certain: true,
    async run(venue) {
      await refuses(venue.place(conditional('a', 'SELL', 'STOP_MARKET', '0')), -4006, 'Stop price less than zero.')
    },
  },
  {
    rule: '8 STOP becomes a limit order at its price, which may rest, be cancelled and be modified like any other',
    source: 'section 8',
    certain: true,
    async run(venue) {
      await rest(venue, conditional('a', 'BUY', 'STOP', '10100', { price: '10050' }))
      await venue.market('10100')
      await venue.settle()
      await ends(venue, 'a', 'NEW')
      await accepts(venue.amend('a', { price: '10060', quantity: '0.1' }))
      await venue.settle()
      await venue.market('10050')
      await fills(venue, 'a', ['0.1', '10060'])
    },
  },
  {
    rule: '8 STOP that is marketable when it fires takes at the price it finds',
    source: 'section 8',
    certain: true,
    async run(venue) {
      await rest(venue, conditional('a', 'BUY', 'STOP', '10100', { price: '10150' }))
      await venue.market('10100')
      await venue.settle()
      await fills(venue, 'a', ['0.1', '10100'])
    },
  },
  {
    rule: '8 TAKE_PROFIT becomes a limit order at its price',
    source: 'section 8',
    certain: true,
    async run(venue) {
      await rest(venue, conditional('a', 'SELL', 'TAKE_PROFIT', '10100', { price: '10200' }))
      await venue.market('10100')
      await venue.settle()
      await ends(venue, 'a', 'NEW')
      await venue.market('10210')
      await fills(venue, 'a', ['0.1', '10200'])
    },
  },
  {
    rule: '8 STOP: its time in force holds for the child',
    source: 'section 8',
    certain: true,
    async run(venue) {
      await rest(venue, conditional('a', 'BUY', 'STOP', '10100', { price: '10050', timeInForce: 'IOC' }))
      await venue.market('10100')
      await venue.settle()
      await ends(venue, 'a', 'EXPIRED', '0', 'ioc')
    },
  },
  {
    rule: '8 workingType MARK_PRICE looks at the mark and not at trades',
    source: 'section 8',
    certain: true,
    async run(venue) {
      await venue.mark('10000')
      await rest(venue, conditional('a', 'SELL', 'STOP_MARKET', '9900', { workingType: 'MARK_PRICE' }))
      await venue.market('9800')
      await ends(venue, 'a', 'NEW')
      await venue.mark('9900')
      await venue.settle()
      await fills(venue, 'a', ['0.1', '9800'])
    },
  },
  {
    rule: '8 workingType CONTRACT_PRICE looks at trades and not at the mark',
    source: 'section 8',
    certain: true,
    async run(venue) {
      await rest(venue, conditional('a', 'SELL', 'STOP_MARKET', '9900'))
      await venue.mark('9800')
      await venue.settle()
      await ends(venue, 'a', 'NEW')
    },
  },
  {
    rule: '8 a condition that holds at entry -2021',
    source: 'section 8',
    certain: true,
    async run(venue) {
      await refuses(venue.place(conditional('a', 'BUY', 'STOP_MARKET', '10000')), -2021, TRIGGER)
      await refuses(venue.place(conditional('b', 'SELL', 'STOP_MARKET', '10000')), -2021, TRIGGER)
      await refuses(venue.place(conditional('c', 'BUY', 'TAKE_PROFIT_MARKET', '10000')), -2021, TRIGGER)
      await refuses(venue.place(conditional('d', 'SELL', 'TAKE_PROFIT_MARKET', '10000')), -2021, TRIGGER)
      await refuses(venue.place(conditional('e', 'SELL', 'STOP', '10100', { price: '10050' })), -2021, TRIGGER)
      await accepts(venue.place(conditional('f', 'BUY', 'STOP_MARKET', '10000.10')))
    },
  },
  {
    rule: '8 a condition that holds at entry, by the mark -2021',
    source: 'section 8',
    certain: true,
    async run(venue) {
      await venue.mark('9900')
      await refuses(venue.place(conditional('a', 'SELL', 'STOP_MARKET', '9950', { workingType: 'MARK_PRICE' })), -2021, TRIGGER)
      await accepts(venue.place(conditional('b', 'BUY', 'STOP_MARKET', '9950', { workingType: 'MARK_PRICE' })))
      await accepts(venue.place(conditional('c', 'SELL', 'STOP_MARKET', '9950')))
    },
  },
  {
    rule: '8 a condition that holds at entry fires at once',
    source: 'section 8; what a program wants that must protect a position',
    certain: false,
    switch: 'immediateTrigger',
    world: { switches: { immediateTrigger: 'fire' } },
    async run(venue) {
      await take(venue, buyMarket('in', '0.1'))
      await take(venue, conditional('a', 'SELL', 'STOP_MARKET', '10100', { reduceOnly: true }))
      await venue.settle()
      await fills(venue, 'a', ['0.1', '10000'])
      await holds(venue, '0')
    },
  },
  {
    rule: '8 trailing: SELL fires at high x (1 - rate)',
    source: 'section 8',
    certain: true,
    async run(venue) {
      await rest(venue, trailing('a', 'SELL', {}))
      await venue.market('10200')
      await venue.market('10098.10')
      await ends(venue, 'a', 'NEW')
      await venue.market('10098')
      await venue.settle()
      await fills(venue, 'a', ['0.1', '10098'])
    },
  },
  {
    rule: '8 trailing: BUY fires at low x (1 + rate)',
    source: 'section 8',
    certain: true,
    async run(venue) {
      await rest(venue, trailing('a', 'BUY', {}))
      await venue.market('9800')
      await venue.market('9897.90')
      await ends(venue, 'a', 'NEW')
      await venue.market('9898')
      await venue.settle()
      await fills(venue, 'a', ['0.1', '9898'])
    },
  },
  {
    rule: '8 trailing: it does not follow before its activation price',
    source: 'section 8',
    certain: true,
    async run(venue) {
      await rest(venue, trailing('a', 'SELL', { activatePrice: '10500' }))
      await venue.market('10400')
      await venue.market('10200')
      await ends(venue, 'a', 'NEW')
      await venue.market('10500')
      await venue.market('10395.10')
      await ends(venue, 'a', 'NEW')
      await venue.market('10395')
      await venue.settle()
      await fills(venue, 'a', ['0.1', '10395'])
    },
  },
  {
    rule: '8 trailing: activation price on the wrong side -2021',
    source: 'section 8',
    certain: true,
    async run(venue) {
      await refuses(venue.place(trailing('a', 'BUY', { activatePrice: '10000' })), -2021, TRIGGER)
      await refuses(venue.place(trailing('b', 'SELL', { activatePrice: '10000' })), -2021, TRIGGER)
      await accepts(venue.place(trailing('c', 'BUY', { activatePrice: '9999.90' })))
      await accepts(venue.place(trailing('d', 'SELL', { activatePrice: '10000.10' })))
    },
  },
  {
    rule: '8 trailing: callback rate 0.1 to 20 percent, else -2007',
    source: 'section 8',
    certain: true,
    async run(venue) {
      await refuses(venue.place(trailing('a', 'SELL', { callbackRate: '0.09' })), -2007, 'Invalid callBack rate.')
      await refuses(venue.place(trailing('b', 'SELL', { callbackRate: '20.1' })), -2007, 'Invalid callBack rate.')
      await accepts(venue.place(trailing('c', 'SELL', { callbackRate: '0.1' })))
      await accepts(venue.place(trailing('d', 'SELL', { callbackRate: '20' })))
    },
  },
  {
    rule: '8 priceProtect: does not fire while mark and last price are further apart than triggerProtect',
    source: 'section 8 (what becomes of the order: uncertain)',
    certain: false,
    async run(venue) {
      await venue.mark('10000')
      await rest(venue, conditional('a', 'SELL', 'STOP_MARKET', '9600', { priceProtect: true }))
      await rest(venue, conditional('b', 'SELL', 'STOP_MARKET', '9600'))
      await venue.market('9499.90')
      await venue.settle()
      await ends(venue, 'a', 'NEW')
      await ends(venue, 'b', 'FILLED', '0.1')
      await venue.market('9500')
      await venue.settle()
      await ends(venue, 'a', 'FILLED', '0.1')
    },
  },
  {
    rule: '8 no margin check until the trigger, then -2019',
    source: 'section 8, after migration',
    certain: true,
    async run(venue) {
      await rest(venue, conditional('a', 'BUY', 'STOP_MARKET', '10100', { quantity: '100' }))
      await ends(venue, 'a', 'NEW')
      await venue.market('10100')
      await venue.settle()
      await ends(venue, 'a', 'EXPIRED', '0', '-2019 Margin is insufficient.')
      await holds(venue, '0')
    },
  },
  {
    rule: '8 no bracket check until the trigger, then -2027',
    source: 'section 8, after migration',
    certain: true,
    world: { wallet: '10000000' },
    async run(venue) {
      await accepts(venue.setLeverage(125))
      await rest(venue, conditional('a', 'BUY', 'STOP_MARKET', '10100', { quantity: '5' }))
      await venue.market('10100')
      await venue.settle()
      await ends(venue, 'a', 'EXPIRED', '0', '-2027 Exceeded the maximum allowable position at current leverage.')
    },
  },
  {
    rule: '8 waiting conditional orders tie up no margin',
    source: 'section 8, after migration',
    certain: true,
    async run(venue) {
      const before = await venue.account()
      await rest(venue, conditional('a', 'BUY', 'STOP_MARKET', '10100', { quantity: '10' }))
      expect(await venue.account()).toEqual(before)
    },
  },
  {
    rule: '8 reduceOnly with a quantity: several may stand, and one that fires without a position is refused -2022',
    source: 'section 8 (several allowed: uncertain)',
    certain: false,
    async run(venue) {
      await take(venue, buyMarket('in', '0.1'))
      const stop = (id: string): NewOrder => conditional(id, 'SELL', 'STOP_MARKET', '9900', { reduceOnly: true })
      await rest(venue, stop('a'), stop('b'))
      expect(await venue.openOrders()).toEqual(['a', 'b'])
      await take(venue, sellMarket('out', '0.1'))
      await venue.market('9900')
      await venue.settle()
      for (const id of ['a', 'b']) await ends(venue, id, 'EXPIRED', '0', '-2022 ReduceOnly Order is rejected.')
      await holds(venue, '0')
    },
  },
  {
    rule: '8 a conditional order of its own client id is cancelled like any other, and -2011 afterwards',
    source: 'section 8, section 7.5',
    certain: true,
    async run(venue) {
      await rest(venue, conditional('a', 'BUY', 'STOP_MARKET', '10100'), buyLimit('b', '0.1', '9000'))
      await accepts(venue.cancel('a'))
      await refuses(venue.cancel('a'), -2011, 'Unknown order sent.')
      await venue.market('10100')
      await ends(venue, 'a', 'CANCELED')
    },
  },
  {
    rule: '8 the child of one that has fired is cancelled by its client id',
    source: 'section 8 (id of the child: question 2 of section 17)',
    certain: false,
    async run(venue) {
      await rest(venue, conditional('a', 'BUY', 'STOP', '10100', { price: '10050' }))
      await venue.market('10100')
      await venue.settle()
      await accepts(venue.cancel('a'))
      await venue.market('10000')
      await ends(venue, 'a', 'CANCELED')
    },
  },
  {
    rule: '8 a child that only waited ties up margin once it rests',
    source: 'section 8, after migration; section 13',
    certain: true,
    async run(venue) {
      await rest(venue, conditional('a', 'BUY', 'STOP', '10100', { quantity: '1', price: '10000' }))
      expect((await venue.account()).available).toBe('10000')
      await venue.market('10100')
      await venue.settle()
      expect((await venue.account()).available).toBe('9500')
    },
  },
  {
    rule: '8 timeInForce of market children: GTC only',
    source: 'section 7.1, section 8',
    certain: false,
    async run(venue) {
      for (const timeInForce of ['IOC', 'FOK', 'GTX'] as const) {
        const refusal = await venue.place(conditional('a', 'BUY', 'STOP_MARKET', '10100', { timeInForce }))
        expect([-1106, -1114, -1115]).toContain(refusal?.code)
      }
    },
  },
]
