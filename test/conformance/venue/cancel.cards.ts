/** Section 7.5: cancelling, and the countdown. */
import { expect } from 'vitest'
import { accepts, buyLimit, buyMarket, ends, refuses, rest, take } from './checks.ts'
import type { Card } from './venue-under-test.ts'

const UNKNOWN = 'Unknown order sent.'

export const CANCEL_CARDS: readonly Card[] = [
  {
    rule: '7.5 cancel: an open order is CANCELED and does nothing any more',
    source: 'section 7.5',
    certain: true,
    async run(venue) {
      await rest(venue, buyLimit('a', '0.1', '9900'))
      await accepts(venue.cancel('a'))
      await ends(venue, 'a', 'CANCELED')
      await venue.market('9800')
      await ends(venue, 'a', 'CANCELED')
    },
  },
  {
    rule: '7.5 cancel: unknown or closed -2011',
    source: 'section 7.5',
    certain: true,
    async run(venue) {
      await refuses(venue.cancel('no'), -2011, UNKNOWN)
      await take(venue, buyMarket('a', '0.1'))
      await refuses(venue.cancel('a'), -2011, UNKNOWN)
      await rest(venue, buyLimit('b', '0.1', '9900'))
      await accepts(venue.cancel('b'))
      await refuses(venue.cancel('b'), -2011, UNKNOWN)
    },
  },
  {
    rule: '7.5 cancel: an order is known by its symbol, too',
    source: 'section 7.5',
    certain: true,
    async run(venue) {
      await rest(venue, buyLimit('a', '0.1', '9900'))
      await refuses(venue.cancel('a', 'ETHUSDT'), -2011, UNKNOWN)
      await ends(venue, 'a', 'NEW')
    },
  },
  {
    rule: '7.5 countdown: cancels the orders of its symbol when it runs out',
    source: 'section 7.5',
    certain: true,
    async run(venue) {
      await rest(venue, buyLimit('a', '0.1', '9900'), { ...buyLimit('b', '0.1', '400'), symbol: 'ETHUSDT' })
      await venue.countdown(60_000)
      await venue.pass(59_000)
      await ends(venue, 'a', 'NEW')
      await venue.pass(1_000)
      await ends(venue, 'a', 'CANCELED')
      await ends(venue, 'b', 'NEW')
    },
  },
  {
    rule: '7.5 countdown: repeating it replaces the timer',
    source: 'section 7.5',
    certain: true,
    async run(venue) {
      await rest(venue, buyLimit('a', '0.1', '9900'))
      await venue.countdown(60_000)
      await venue.pass(50_000)
      await venue.countdown(60_000)
      await venue.pass(50_000)
      await ends(venue, 'a', 'NEW')
      await venue.pass(10_000)
      await ends(venue, 'a', 'CANCELED')
    },
  },
  {
    rule: '7.5 countdown: 0 stops it',
    source: 'section 7.5',
    certain: true,
    async run(venue) {
      await rest(venue, buyLimit('a', '0.1', '9900'))
      await venue.countdown(60_000)
      await venue.countdown(0)
      await venue.pass(600_000)
      await ends(venue, 'a', 'NEW')
    },
  },
  {
    rule: '7.5 countdown: it acts once',
    source: 'section 7.5',
    certain: true,
    async run(venue) {
      await venue.countdown(60_000)
      await venue.pass(60_000)
      await rest(venue, buyLimit('a', '0.1', '9900'))
      await venue.pass(600_000)
      await ends(venue, 'a', 'NEW')
    },
  },
  {
    rule: '7.5 countdown: ordinary orders only',
    source: 'section 7.5 (uncertain for conditional orders)',
    certain: false,
    async run(venue) {
      await accepts(venue.place({ id: 's', side: 'BUY', type: 'STOP_MARKET', quantity: '0.1', triggerPrice: '10100' }))
      await venue.countdown(60_000)
      await venue.pass(60_000)
      await ends(venue, 's', 'NEW')
      expect(await venue.openOrders()).toEqual(['s'])
    },
  },
]
