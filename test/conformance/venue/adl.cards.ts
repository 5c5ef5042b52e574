/** Section 13: deleveraging, on command. */
import { expect } from 'vitest'
import { accepts, buyMarket, ends, holds, rest, sellLimit, sellMarket, take } from './checks.ts'
import type { Card } from './venue-under-test.ts'

export const ADL_CARDS: readonly Card[] = [
  {
    rule: '13 ADL: a counterparty in profit is closed at the stated price',
    source: 'section 13 (no fee: a choice)',
    certain: false,
    async run(venue) {
      await take(venue, buyMarket('a', '1'))
      await venue.mark('10500')
      await accepts(venue.deleverage('0.4', '10400'))
      await holds(venue, '0.6')
      // 9995 + 0.4 x 400
      expect((await venue.account()).wallet).toBe('10155')
    },
  },
  {
    rule: '13 ADL: the open orders of who is deleveraged are cancelled',
    source: 'section 13 (scope uncertain: the symbol)',
    certain: false,
    async run(venue) {
      await take(venue, sellMarket('a', '1'))
      await rest(venue, sellLimit('b', '1', '11000'), { ...sellLimit('c', '1', '600'), symbol: 'ETHUSDT' })
      await venue.mark('9500')
      await accepts(venue.deleverage('1', '9600'))
      await holds(venue, '0')
      await ends(venue, 'b', 'CANCELED', '0', 'deleveraged')
      await ends(venue, 'c', 'NEW')
    },
  },
  {
    rule: '13 ADL: only who is in profit',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('a', '1'))
      await venue.mark('9900')
      expect(await venue.deleverage('1', '9800')).toBeDefined()
      await holds(venue, '1')
    },
  },
]
