/** Section 13: funding. */
import { expect } from 'vitest'
import { accepts, buyLimit, buyMarket, rest, sellMarket, take } from './checks.ts'
import type { Card } from './venue-under-test.ts'

export const FUNDING_CARDS: readonly Card[] = [
  {
    rule: '13 funding: amount x mark x rate; a positive rate is paid by longs',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('a', '1'))
      await venue.mark('10100')
      await venue.funding('0.0001')
      expect((await venue.account()).wallet).toBe('9993.99')
      await venue.funding('-0.0002')
      expect((await venue.account()).wallet).toBe('9996.01')
    },
  },
  {
    rule: '13 funding: a positive rate is received by shorts',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await take(venue, sellMarket('a', '1'))
      await venue.funding('0.0001')
      expect((await venue.account()).wallet).toBe('9996')
    },
  },
  {
    rule: '13 funding: the part below 1e-8 is dropped',
    source: 'amounts of section 13 have eight decimals; direction of rounding is a choice',
    certain: false,
    async run(venue) {
      await venue.market('9999.90')
      await take(venue, buyMarket('a', '0.007'))
      const { wallet } = await venue.account()
      await venue.funding('0.00012345')
      // 69.9993 x 0.00012345 = 0.008641413585
      expect(Number(wallet) - Number((await venue.account()).wallet)).toBeCloseTo(0.00864141, 9)
    },
  },
  {
    rule: '13 funding: only positions, open at the instant',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await rest(venue, buyLimit('o', '1', '9000'))
      await venue.funding('0.01')
      expect((await venue.account()).wallet).toBe('10000')
      await take(venue, buyMarket('a', '1'), sellMarket('b', '1'))
      await venue.funding('0.01')
      expect((await venue.account()).wallet).toBe('9990')
    },
  },
  {
    rule: '13 funding: of its own symbol only',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('a', '1'))
      await venue.funding('0.01', 'ETHUSDT')
      expect((await venue.account()).wallet).toBe('9995')
    },
  },
  {
    rule: '13 funding: isolated positions are charged on the isolated wallet',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await accepts(venue.setMarginType('ISOLATED'))
      await take(venue, buyMarket('a', '1'))
      await venue.funding('0.0001')
      expect((await venue.position()).isolatedWallet).toBe('494')
      expect(await venue.account()).toMatchObject({ wallet: '9994', crossWallet: '9500' })
    },
  },
  {
    rule: '13 funding: both sides of a hedge, which cancel out where they are equal',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await accepts(venue.setPositionMode('HEDGE'))
      await take(venue, { ...buyMarket('a', '1'), positionSide: 'LONG' }, { ...sellMarket('b', '1'), positionSide: 'SHORT' })
      await venue.funding('0.001')
      expect((await venue.account()).wallet).toBe('9990')
    },
  },
]
