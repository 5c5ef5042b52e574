/** Section 8: orders that close whatever there is. */
import { expect } from 'vitest'
import { accepts, buyMarket, ends, fills, holds, refuses, rest, sellMarket, take } from './checks.ts'
import type { Card, NewOrder, Side } from './venue-under-test.ts'

const TWIN = 'An open stop or take profit order with GTE and closePosition in the direction is existing.'

const closing = (id: string, side: Side, type: 'STOP_MARKET' | 'TAKE_PROFIT_MARKET', triggerPrice: string): NewOrder => ({
  id,
  side,
  type,
  triggerPrice,
  closePosition: true,
})

export const CLOSE_POSITION_CARDS: readonly Card[] = [
  {
    rule: '8 closePosition closes whatever exists at the trigger',
    source: 'section 8',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('in', '0.1'))
      await rest(venue, closing('a', 'SELL', 'STOP_MARKET', '9900'))
      await take(venue, buyMarket('more', '0.25'))
      await venue.market('9900')
      await venue.settle()
      await fills(venue, 'a', ['0.35', '9900'])
      await holds(venue, '0')
    },
  },
  {
    rule: '8 closePosition: STOP_MARKET and TAKE_PROFIT_MARKET only -4136',
    source: 'section 8',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('in', '0.1'))
      await refuses(
        venue.place({ id: 'a', side: 'SELL', type: 'MARKET', closePosition: true }),
        -4136,
        'Target strategy invalid for orderType MARKET,closePosition true',
      )
      await refuses(
        venue.place({ id: 'b', side: 'SELL', type: 'STOP', closePosition: true, triggerPrice: '9900', price: '9890' }),
        -4136,
        'Target strategy invalid for orderType STOP,closePosition true',
      )
    },
  },
  {
    rule: '8 closePosition: no quantity -4137',
    source: 'section 8',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('in', '0.1'))
      await refuses(
        venue.place({ ...closing('a', 'SELL', 'STOP_MARKET', '9900'), quantity: '0.1' }),
        -4137,
        'Quantity must be zero with closePosition equals true',
      )
    },
  },
  {
    rule: '8 closePosition: hedge mode knows no BUY of LONG and no SELL of SHORT',
    source: 'section 8',
    certain: true,
    async run(venue) {
      await accepts(venue.setPositionMode('HEDGE'))
      await take(venue, { ...buyMarket('in', '0.1'), positionSide: 'LONG' })
      expect(await venue.place({ ...closing('a', 'BUY', 'STOP_MARKET', '10100'), positionSide: 'LONG' })).toBeDefined()
      expect(await venue.place({ ...closing('b', 'SELL', 'STOP_MARKET', '9900'), positionSide: 'SHORT' })).toBeDefined()
      await accepts(venue.place({ ...closing('c', 'SELL', 'STOP_MARKET', '9900'), positionSide: 'LONG' }))
    },
  },
  {
    rule: '8 closePosition: a second one of the same kind and direction -4130',
    source: 'section 8 (live)',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('in', '0.1'))
      await rest(venue, closing('a', 'SELL', 'STOP_MARKET', '9900'))
      await refuses(venue.place(closing('b', 'SELL', 'STOP_MARKET', '9950')), -4130, TWIN)
      await accepts(venue.cancel('a'))
      await accepts(venue.place(closing('b', 'SELL', 'STOP_MARKET', '9950')))
    },
  },
  {
    rule: '8 closePosition: a stop and a take-profit may coexist, so may two directions and two symbols',
    source: 'section 8 (live)',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('in', '0.1'), { ...buyMarket('in2', '1'), symbol: 'ETHUSDT' })
      await accepts(venue.place(closing('a', 'SELL', 'STOP_MARKET', '9900')))
      await accepts(venue.place(closing('b', 'SELL', 'TAKE_PROFIT_MARKET', '10100')))
      await accepts(venue.place(closing('c', 'BUY', 'STOP_MARKET', '10200')))
      await accepts(venue.place({ ...closing('d', 'SELL', 'STOP_MARKET', '490'), symbol: 'ETHUSDT' }))
    },
  },
  {
    rule: '8 closePosition: tied to the position, EXPIRED when that is gone (GTE)',
    source: 'section 8',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('in', '0.1'))
      await rest(venue, closing('a', 'SELL', 'STOP_MARKET', '9900'), closing('b', 'SELL', 'TAKE_PROFIT_MARKET', '10100'))
      await take(venue, sellMarket('part', '0.05'))
      await ends(venue, 'a', 'NEW')
      await take(venue, sellMarket('out', '0.05'))
      await ends(venue, 'a', 'EXPIRED', '0', 'position-closed')
      await ends(venue, 'b', 'EXPIRED', '0', 'position-closed')
    },
  },
  {
    rule: '8 closePosition: when one fires the other of the pair goes',
    source: 'section 8 (GTE)',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('in', '0.1'))
      await rest(venue, closing('a', 'SELL', 'STOP_MARKET', '9900'), closing('b', 'SELL', 'TAKE_PROFIT_MARKET', '10100'))
      await venue.market('10100')
      await venue.settle()
      await ends(venue, 'b', 'FILLED', '0.1')
      await ends(venue, 'a', 'EXPIRED', '0', 'position-closed')
    },
  },
  {
    rule: '8 closePosition: fires by the mark where it looks at that',
    source: 'section 8',
    certain: true,
    async run(venue) {
      await venue.mark('10000')
      await take(venue, sellMarket('in', '0.1'))
      await rest(venue, { ...closing('a', 'BUY', 'STOP_MARKET', '10100'), workingType: 'MARK_PRICE' })
      await venue.market('10200')
      await ends(venue, 'a', 'NEW')
      await venue.mark('10100')
      await venue.settle()
      await fills(venue, 'a', ['0.1', '10200'])
    },
  },
  {
    rule: '8 closePosition in hedge mode closes its own side only',
    source: 'section 8',
    certain: true,
    async run(venue) {
      await accepts(venue.setPositionMode('HEDGE'))
      await take(
        venue,
        { ...buyMarket('in', '0.1'), positionSide: 'LONG' },
        { ...sellMarket('in2', '0.3'), positionSide: 'SHORT' },
      )
      await rest(venue, { ...closing('a', 'SELL', 'STOP_MARKET', '9900'), positionSide: 'LONG' })
      await venue.market('9900')
      await venue.settle()
      await fills(venue, 'a', ['0.1', '9900'])
      await holds(venue, '0', 'LONG')
      await holds(venue, '-0.3', 'SHORT')
    },
  },
]
