/** Section 13: hedge mode. */
import { expect } from 'vitest'
import { accepts, buyLimit, buyMarket, holds, rest, sellLimit, sellMarket, take } from './checks.ts'
import type { Card, NewOrder } from './venue-under-test.ts'

const long = (order: NewOrder): NewOrder => ({ ...order, positionSide: 'LONG' })
const short = (order: NewOrder): NewOrder => ({ ...order, positionSide: 'SHORT' })

export const HEDGE_CARDS: readonly Card[] = [
  {
    rule: '13 hedge: LONG and SHORT are independent',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await accepts(venue.setPositionMode('HEDGE'))
      await take(venue, long(buyMarket('a', '1')))
      await venue.market('10200')
      await take(venue, short(sellMarket('b', '0.5')))
      expect(await venue.position('LONG')).toMatchObject({ amount: '1', entryPrice: '10000', unrealizedProfit: '200' })
      expect(await venue.position('SHORT')).toMatchObject({ amount: '-0.5', entryPrice: '10200', unrealizedProfit: '0' })
      expect((await venue.order('b')).executions[0].realized).toBe('0')
    },
  },
  {
    rule: '13 hedge: initial margins of both sides are added',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await accepts(venue.setPositionMode('HEDGE'))
      await take(venue, long(buyMarket('a', '1')), short(sellMarket('b', '1')))
      expect(await venue.account()).toEqual({ wallet: '9990', crossWallet: '9990', available: '8990' })
    },
  },
  {
    rule: '13 hedge: open orders of each side separately',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await accepts(venue.setPositionMode('HEDGE'))
      await take(venue, long(buyMarket('a', '1')))
      await rest(venue, long(buyLimit('b', '1', '9900')), short(sellLimit('c', '1', '10100')), long(sellLimit('d', '1', '10200')))
      // 9995 - 500 - 495 - 505; what closes ties up nothing.
      expect((await venue.account()).available).toBe('8495')
    },
  },
  {
    rule: '13 hedge: one liquidation price for both sides on cross margin',
    source: 'section 13',
    certain: true,
    world: { wallet: '1500' },
    async run(venue) {
      await accepts(venue.setPositionMode('HEDGE'))
      await take(venue, long(buyMarket('a', '2')), short(sellMarket('b', '1')))
      // (1485 - 20000 + 10000) / (0.008 + 0.004 - 2 + 1)
      expect((await venue.position('LONG')).liquidationPrice).toBe('8618.42105263')
      expect((await venue.position('SHORT')).liquidationPrice).toBe('8618.42105263')
    },
  },
  {
    rule: '13 hedge: isolated sides have their own wallets and liquidation prices',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await accepts(venue.setPositionMode('HEDGE'))
      await accepts(venue.setMarginType('ISOLATED'))
      await take(venue, long(buyMarket('a', '1')), short(sellMarket('b', '1')))
      expect(await venue.position('LONG')).toMatchObject({ isolatedWallet: '495', liquidationPrice: '9543.17269076' })
      expect(await venue.position('SHORT')).toMatchObject({ isolatedWallet: '495', liquidationPrice: '10453.18725099' })
      await accepts(venue.moveMargin('ADD', '100', 'LONG'))
      expect((await venue.position('LONG')).isolatedWallet).toBe('595')
      expect((await venue.position('SHORT')).isolatedWallet).toBe('495')
      await venue.mark('10500')
      await holds(venue, '1', 'LONG')
      await holds(venue, '0', 'SHORT')
    },
  },
  {
    rule: '13 hedge: increasing one side leaves the other',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await accepts(venue.setPositionMode('HEDGE'))
      await take(venue, long(buyMarket('a', '1')), short(sellMarket('b', '1')), short(sellMarket('c', '1')))
      await holds(venue, '1', 'LONG')
      await holds(venue, '-2', 'SHORT')
    },
  },
]
