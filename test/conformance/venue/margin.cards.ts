/** Sections 9 and 13: margin, leverage, profit on cross margin in one-way mode. */
import { expect } from 'vitest'
import { accepts, buyLimit, buyMarket, ends, fills, holds, refuses, rest, sellLimit, sellMarket, take } from './checks.ts'
import type { Card } from './venue-under-test.ts'

const MARGIN = 'Margin is insufficient.'
const BRACKET = 'Exceeded the maximum allowable position at current leverage.'

export const MARGIN_CARDS: readonly Card[] = [
  {
    rule: '13 margin: notional, initial and maintenance margin of a position at the mark',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('in', '1'))
      await venue.mark('10100')
      const { notional, initialMargin, maintMargin, unrealizedProfit } = await venue.position()
      expect({ notional, initialMargin, maintMargin, unrealizedProfit }).toEqual({
        notional: '10100',
        initialMargin: '505',
        maintMargin: '40.4',
        unrealizedProfit: '100',
      })
    },
  },
  {
    rule: '13 margin: maintenance by the bracket of the notional, less its cum',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await take(venue, sellMarket('in', '5'))
      expect((await venue.position()).maintMargin).toBe('200')
      await take(venue, sellMarket('in', '1'))
      expect((await venue.position()).maintMargin).toBe('250')
      await take(venue, sellMarket('in', '3'))
      expect((await venue.position()).maintMargin).toBe('400')
    },
  },
  {
    rule: '13 margin: available = cross wallet + unrealised profit - initial margins, at least 0',
    source: 'section 13',
    certain: true,
    world: { wallet: '1000' },
    async run(venue) {
      await take(venue, buyMarket('in', '1'))
      expect(await venue.account()).toEqual({ wallet: '995', crossWallet: '995', available: '495' })
      await venue.mark('10100')
      expect((await venue.account()).available).toBe('590')
      await venue.mark('9400')
      expect((await venue.account()).available).toBe('0')
    },
  },
  {
    rule: '13 margin: open orders of both sides are not added up in one-way mode',
    source: 'section 13 (uncertain in detail)',
    certain: false,
    async run(venue) {
      await rest(venue, buyLimit('a', '1', '9900'))
      expect((await venue.account()).available).toBe('9505')
      await rest(venue, sellLimit('b', '1', '10100'))
      expect((await venue.account()).available).toBe('9495')
    },
  },
  {
    rule: '13 margin: orders that would close tie up nothing, those beyond the position the excess',
    source: 'section 13 (uncertain in detail)',
    certain: false,
    async run(venue) {
      await take(venue, buyMarket('in', '1'))
      await rest(venue, sellLimit('a', '1', '10100'))
      expect((await venue.account()).available).toBe('9495')
      await rest(venue, sellLimit('b', '2', '10100'))
      // |10000 - 30300| - 10000 = 10300 at 20.
      expect((await venue.account()).available).toBe('8980')
    },
  },
  {
    rule: '13 margin: an order that costs more than is available -2019',
    source: 'section 13',
    certain: true,
    world: { wallet: '495' },
    async run(venue) {
      await refuses(venue.place(buyLimit('a', '1.001', '9900')), -2019, MARGIN)
      await accepts(venue.place(buyLimit('b', '1', '9900')))
      await refuses(venue.place(buyLimit('c', '0.01', '9900')), -2019, MARGIN)
      await accepts(venue.cancel('b'))
      await accepts(venue.place(buyLimit('c', '0.01', '9900')))
    },
  },
  {
    rule: '13 margin: cost = assumed price x quantity / leverage + open loss',
    source: 'section 13',
    certain: true,
    world: { wallet: '605' },
    async run(venue) {
      await refuses(venue.place(buyLimit('a', '1.001', '10100')), -2019, MARGIN)
      await accepts(venue.place(buyLimit('b', '1', '10100')))
    },
  },
  {
    rule: '13 margin: a sell limit is reckoned at the mark if that is higher',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await accepts(venue.place(sellLimit('a', '1', '9900')))
      // At 9900 it would tie up 495.
      expect((await venue.account()).available).toBe('9500')
    },
  },
  {
    rule: '13 margin: the open loss of a sell limit below the mark counts',
    source: 'section 13: open loss is that of the order price against the mark',
    certain: true,
    world: { wallet: '600' },
    async run(venue) {
      await refuses(venue.place(sellLimit('a', '1.001', '9900')), -2019, MARGIN)
      // 500 + 100
      await accepts(venue.place(sellLimit('b', '1', '9900')))
    },
  },
  {
    rule: '13 margin: a market order is reckoned at the newest price',
    source: 'section 13 (assumed price uncertain)',
    certain: false,
    world: { wallet: '500' },
    async run(venue) {
      await refuses(venue.place(buyMarket('a', '1.001')), -2019, MARGIN)
      await accepts(venue.place(buyMarket('b', '1')))
    },
  },
  {
    rule: '13 margin: what only closes needs none, also without reduceOnly',
    source: 'section 13',
    certain: true,
    world: { wallet: '520' },
    async run(venue) {
      await take(venue, buyMarket('in', '1'))
      await venue.mark('9600')
      expect((await venue.account()).available).toBe('0')
      await take(venue, sellMarket('out', '1'))
      await holds(venue, '0')
    },
  },
  {
    rule: '13 bracket: a notional above what the leverage allows -2027, position and open orders of the side included',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await accepts(venue.setLeverage(125))
      await refuses(venue.place(buyMarket('a', '5.001')), -2027, BRACKET)
      await take(venue, buyMarket('b', '3'))
      await rest(venue, buyLimit('c', '1', '9900'))
      await refuses(venue.place(buyLimit('d', '1.1', '9900')), -2027, BRACKET)
      await accepts(venue.place(buyLimit('e', '1', '9900')))
      await accepts(venue.place({ ...sellLimit('f', '3', '10100'), reduceOnly: true }))
    },
  },
  {
    rule: '9 leverage: 1 to the maximum of the first bracket, else -4028',
    source: 'section 9',
    certain: true,
    async run(venue) {
      await refuses(venue.setLeverage(126), -4028, 'Leverage 126 is not valid')
      await refuses(venue.setLeverage(0), -4028, 'Leverage 0 is not valid')
      await accepts(venue.setLeverage(125))
      await accepts(venue.setLeverage(1))
    },
  },
  {
    rule: '9 leverage: initial margins follow it',
    source: 'section 9, section 13',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('in', '1'))
      await accepts(venue.setLeverage(50))
      expect((await venue.position()).initialMargin).toBe('200')
      expect((await venue.account()).available).toBe('9795')
    },
  },
  {
    rule: '9 leverage: a position above what the new one allows -2027',
    source: 'section 14',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('in', '6'))
      await refuses(venue.setLeverage(125), -2027, BRACKET)
      await accepts(venue.setLeverage(100))
    },
  },
  {
    rule: '9 leverage: too little margin for the new one -2028',
    source: 'section 9',
    certain: true,
    world: { wallet: '600' },
    async run(venue) {
      await take(venue, buyMarket('in', '1'))
      await refuses(venue.setLeverage(10), -2028, 'Leverage is smaller than permitted: insufficient margin balance.')
      await accepts(venue.setLeverage(18))
      expect((await venue.position()).initialMargin).toBe('555.55555555')
    },
  },
  {
    rule: '13 modes: cross and 20 by default, per symbol',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await accepts(venue.setLeverage(10, 'ETHUSDT'))
      await take(venue, buyMarket('a', '1'), { ...buyMarket('b', '1'), symbol: 'ETHUSDT' })
      expect((await venue.position()).initialMargin).toBe('500')
      expect((await venue.position('BOTH', 'ETHUSDT')).initialMargin).toBe('50')
    },
  },
  {
    rule: '9 marginType: unchanged -4046, open orders -4047, position -4048',
    source: 'section 9',
    certain: true,
    async run(venue) {
      await refuses(venue.setMarginType('CROSSED'), -4046, 'No need to change margin type.')
      await rest(venue, buyLimit('a', '0.1', '9900'))
      await refuses(venue.setMarginType('ISOLATED'), -4047, 'Margin type cannot be changed if there exists open orders.')
      await accepts(venue.setMarginType('ISOLATED', 'ETHUSDT'))
      await accepts(venue.cancel('a'))
      await take(venue, buyMarket('b', '0.1'))
      await refuses(venue.setMarginType('ISOLATED'), -4048, 'Margin type cannot be changed if there exists position.')
    },
  },
  {
    rule: '9 position mode: unchanged -4059, open orders -4067, position -4068',
    source: 'section 9',
    certain: true,
    async run(venue) {
      await refuses(venue.setPositionMode('ONE_WAY'), -4059, 'No need to change position side.')
      await rest(venue, { ...buyLimit('a', '0.1', '400'), symbol: 'ETHUSDT' })
      await refuses(venue.setPositionMode('HEDGE'), -4067, 'Position side cannot be changed if there exists open orders.')
      await accepts(venue.cancel('a', 'ETHUSDT'))
      await take(venue, buyMarket('b', '0.1'))
      await refuses(venue.setPositionMode('HEDGE'), -4068, 'Position side cannot be changed if there exists position.')
      await take(venue, sellMarket('c', '0.1'))
      await accepts(venue.setPositionMode('HEDGE'))
      await refuses(venue.setPositionMode('HEDGE'), -4059, 'No need to change position side.')
    },
  },
  {
    rule: '13 entry: increasing averages it',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('a', '1'))
      await venue.market('10200')
      await take(venue, buyMarket('b', '1'))
      expect(await venue.position()).toMatchObject({ amount: '2', entryPrice: '10100', unrealizedProfit: '200' })
    },
  },
  {
    rule: '13 entry: reducing realises (price - entry) x quantity and leaves it',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await take(venue, sellMarket('a', '2'))
      await venue.market('9700')
      await take(venue, buyMarket('b', '0.5'))
      expect((await venue.order('b')).executions[0].realized).toBe('150')
      expect(await venue.position()).toMatchObject({ amount: '-1.5', entryPrice: '10000' })
    },
  },
  {
    rule: '13 entry: crossing zero realises all and restarts at the fill price',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('a', '1'))
      await venue.market('10300')
      await take(venue, sellMarket('b', '3'))
      expect((await venue.order('b')).executions[0].realized).toBe('300')
      expect(await venue.position()).toMatchObject({ amount: '-2', entryPrice: '10300', unrealizedProfit: '0' })
    },
  },
  {
    rule: '13 wallet: realised profit and fee hit it at the fill, unrealised profit does not',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('a', '1'))
      expect((await venue.account()).wallet).toBe('9995')
      await venue.market('10300')
      expect((await venue.account()).wallet).toBe('9995')
      await take(venue, sellMarket('b', '1'))
      expect((await venue.account()).wallet).toBe('10289.85')
    },
  },
  {
    rule: '13 fee: price x quantity x rate, the part below 1e-8 dropped',
    source: 'section 13 (live)',
    certain: true,
    world: { takerFee: '0.00045' },
    async run(venue) {
      await venue.market('77290.70')
      await take(venue, buyMarket('a', '0.001'))
      // 77.2907 x 0.00045 = 0.034780815
      expect((await venue.order('a')).executions[0].commission).toBe('0.03478081')
      expect((await venue.account()).wallet).toBe('9999.96521919')
    },
  },
  {
    rule: '13 fee: makers pay the maker rate, takers the taker rate',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await rest(venue, buyLimit('a', '1', '9900'))
      await venue.market('9890')
      await take(venue, sellMarket('b', '1'))
      expect((await venue.order('a')).executions[0].commission).toBe('1.98')
      expect((await venue.order('b')).executions[0].commission).toBe('4.945')
    },
  },
  {
    rule: '13 break-even price of a fresh position = entry x (1 + fee rate), of a short x (1 - fee rate)',
    source: 'section 13 (live)',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('a', '0.7'), { ...sellMarket('b', '1'), symbol: 'ETHUSDT' })
      expect((await venue.position()).breakEvenPrice).toBe('10005')
      expect((await venue.position('BOTH', 'ETHUSDT')).breakEvenPrice).toBe('499.75')
    },
  },
  {
    rule: '13 break-even price: the fee counts as it was before truncation',
    source: 'section 13 (live): 0.0007 at 77290.7 and 0.04 % gives 77321.61628 although the fee was 0.02164139',
    certain: true,
    world: { takerFee: '0.00045' },
    async run(venue) {
      await venue.market('77290.70')
      await take(venue, buyMarket('a', '0.001'))
      expect((await venue.position()).breakEvenPrice).toBe('77325.480815')
    },
  },
  {
    rule: '13 liquidation price: long and short, one-way, cross',
    source: 'section 13',
    certain: true,
    world: { wallet: '1000' },
    async run(venue) {
      await take(venue, buyMarket('a', '1'))
      // (995 - 10000) / (0.004 - 1)
      expect((await venue.position()).liquidationPrice).toBe('9041.16465863')
      await take(venue, sellMarket('b', '2'))
      // (985 + 10000) / 1.004
      expect((await venue.position()).liquidationPrice).toBe('10941.23505976')
    },
  },
  {
    rule: '13 liquidation price: 0 where there is none above 0',
    source: 'section 13',
    certain: true,
    world: { wallet: '20000' },
    async run(venue) {
      await take(venue, buyMarket('a', '1'))
      expect((await venue.position()).liquidationPrice).toBe('0')
    },
  },
  {
    rule: '13 liquidation price: the bracket is that of the notional there',
    source: 'section 13: iterate',
    certain: true,
    world: { wallet: '5000' },
    async run(venue) {
      await take(venue, sellMarket('a', '4.9'))
      // 49000 now, 53667 there: (4975.5 + 50 + 49000) / (4.9 x 1.005)
      expect((await venue.position()).liquidationPrice).toBe('10970.75845263')
    },
  },
  {
    rule: '13 liquidation price: other cross positions count with profit and maintenance',
    source: 'section 13',
    certain: true,
    world: { wallet: '1000' },
    async run(venue) {
      await take(venue, buyMarket('a', '1'), { ...buyMarket('b', '2'), symbol: 'ETHUSDT' })
      await venue.mark('550', 'ETHUSDT')
      // (994.5 - 4.4 + 100 - 10000) / (0.004 - 1)
      expect((await venue.position()).liquidationPrice).toBe('8945.68273092')
    },
  },
  {
    rule: '13 positions of two symbols share the cross wallet',
    source: 'section 13',
    certain: true,
    world: { wallet: '1000' },
    async run(venue) {
      await take(venue, buyMarket('a', '1'))
      await refuses(venue.place({ ...buyMarket('b', '20'), symbol: 'ETHUSDT' }), -2019, MARGIN)
      await take(venue, { ...buyMarket('c', '19'), symbol: 'ETHUSDT' })
      await ends(venue, 'c', 'FILLED', '19')
      await fills(venue, 'c', ['19', '500'])
    },
  },
]
