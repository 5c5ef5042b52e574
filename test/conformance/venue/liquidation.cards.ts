/** Section 13: liquidation on cross margin. */
import { expect } from 'vitest'
import { buyLimit, buyMarket, ends, holds, rest, sellMarket, take } from './checks.ts'
import type { Card } from './venue-under-test.ts'

export const LIQUIDATION_CARDS: readonly Card[] = [
  {
    rule: '13 liquidation: when margin balance = maintenance margin, not a tick before',
    source: 'section 13',
    certain: true,
    world: { wallet: '1041' },
    async run(venue) {
      // 1036 + (9000 - 10000) = 36 = 0.004 x 9000
      await take(venue, buyMarket('a', '1'))
      await venue.mark('9000.10')
      await holds(venue, '1')
      await venue.mark('9000')
      await holds(venue, '0')
    },
  },
  {
    rule: '13 liquidation: of a short, too',
    source: 'section 13',
    certain: true,
    world: { wallet: '1049' },
    async run(venue) {
      // 1044 - 1000 = 44 = 0.004 x 11000
      await take(venue, sellMarket('a', '1'))
      await venue.mark('10999.90')
      await holds(venue, '-1')
      await venue.mark('11000')
      await holds(venue, '0')
    },
  },
  {
    rule: '13 liquidation: judged by the mark price, not by trades',
    source: 'section 13',
    certain: true,
    world: { wallet: '1000' },
    async run(venue) {
      await venue.mark('10000')
      await take(venue, buyMarket('a', '1'))
      await venue.market('8000')
      await holds(venue, '1')
      await venue.mark('9000')
      await holds(venue, '0')
    },
  },
  {
    rule: '13 liquidation: all open orders of the account are cancelled first',
    source: 'section 13',
    certain: true,
    world: { wallet: '1200' },
    async run(venue) {
      await take(venue, buyMarket('a', '1'))
      await rest(venue, buyLimit('b', '0.1', '8000'), { ...buyLimit('c', '1', '400'), symbol: 'ETHUSDT' })
      await rest(venue, { id: 'd', side: 'SELL', type: 'STOP_MARKET', closePosition: true, triggerPrice: '8000' })
      await venue.mark('8700')
      for (const id of ['b', 'c', 'd']) await ends(venue, id, 'CANCELED')
      expect(await venue.openOrders()).toEqual([])
    },
  },
  {
    rule: '13 liquidation: the clearance fee goes to the insurance fund',
    source: 'section 13',
    certain: true,
    world: { wallet: '10000', switches: { liquidation: 'whole' } },
    async run(venue) {
      // (9975 - 50000) / (0.02 - 5) = 8037.14...
      await take(venue, buyMarket('a', '5'))
      expect((await venue.account()).wallet).toBe('9975')
      await venue.mark('8037.20')
      await holds(venue, '5')
      await venue.mark('8037.10')
      await holds(venue, '0')
      expect((await venue.account()).wallet).toBe('0')
      // 40185.5 x 0.0125 came in, and what was missing went out: 9975 - 9814.5 - 20.09275 - 502.31875 = -361.9115.
      expect(await venue.insuranceFund()).toBe('140.40725')
    },
  },
  {
    rule: '13 liquidation: a negative wallet is reset by the fund',
    source: 'section 13',
    certain: true,
    world: { wallet: '1000' },
    async run(venue) {
      await take(venue, buyMarket('a', '1'))
      await venue.mark('5000')
      await holds(venue, '0')
      expect(await venue.account()).toEqual({ wallet: '0', crossWallet: '0', available: '0' })
      expect(Number(await venue.insuranceFund())).toBeLessThan(-3900)
    },
  },
  {
    rule: '13 liquidation: small positions are closed entirely',
    source: 'section 13',
    certain: true,
    world: { wallet: '1041' },
    async run(venue) {
      await take(venue, buyMarket('a', '1'))
      await venue.mark('8999')
      await holds(venue, '0')
    },
  },
  {
    rule: '13 liquidation: of a large position only what makes the account compliant again',
    source: 'section 13: reduce, stop if compliant again (how much: a choice)',
    certain: false,
    switch: 'liquidation',
    world: { wallet: '700000', switches: { liquidation: 'partial' } },
    async run(venue) {
      await take(venue, buyLimit('a', '1000', '10000'), buyLimit('b', '100', '10000'))
      await venue.mark('9475')
      const left = Number((await venue.position()).amount)
      expect(left).toBeGreaterThan(0)
      expect(left).toBeLessThan(1100)
      expect(Number((await venue.account()).wallet)).toBeGreaterThan(0)
    },
  },
  {
    rule: '13 liquidation: of a large position everything',
    source: 'section 13 (how much: a choice)',
    certain: false,
    switch: 'liquidation',
    world: { wallet: '700000', switches: { liquidation: 'whole' } },
    async run(venue) {
      await take(venue, buyLimit('a', '1000', '10000'), buyLimit('b', '100', '10000'))
      await venue.mark('9475')
      await holds(venue, '0')
    },
  },
  {
    rule: '13 liquidation: the whole cross account is judged: a profit elsewhere saves, a loss elsewhere ends it',
    source: 'section 13',
    certain: true,
    world: { wallet: '1041' },
    async run(venue) {
      await take(venue, buyMarket('a', '1'), { ...sellMarket('b', '10'), symbol: 'ETHUSDT' })
      await venue.mark('400', 'ETHUSDT')
      await venue.mark('9000')
      await holds(venue, '1')
      await venue.mark('520', 'ETHUSDT')
      await holds(venue, '0', 'BOTH', 'ETHUSDT')
    },
  },
]
