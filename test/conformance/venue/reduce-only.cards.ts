/** Section 7.3: reduce-only. */
import { expect } from 'vitest'
import { accepts, buyLimit, buyMarket, ends, fills, holds, refuses, rest, sellLimit, sellMarket, take } from './checks.ts'
import type { Card, NewOrder } from './venue-under-test.ts'

const WORDS = 'ReduceOnly Order is rejected.'
const reducing = (order: NewOrder): NewOrder => ({ ...order, reduceOnly: true })

export const REDUCE_ONLY_CARDS: readonly Card[] = [
  {
    rule: '7.3 reduceOnly: -2022 when flat',
    source: 'section 7.3',
    certain: true,
    async run(venue) {
      await refuses(venue.place(reducing(sellMarket('a', '0.1'))), -2022, WORDS)
      await refuses(venue.place(reducing(buyLimit('b', '0.1', '9000'))), -2022, WORDS)
    },
  },
  {
    rule: '7.3 reduceOnly: -2022 on the side of the position',
    source: 'section 7.3',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('in', '0.1'))
      await refuses(venue.place(reducing(buyMarket('a', '0.1'))), -2022, WORDS)
      await accepts(venue.place(reducing(sellLimit('b', '0.1', '10100'))))
    },
  },
  {
    rule: '7.3 reduceOnly: -2022 when open reduce-only orders cover the position already',
    source: 'section 7.3, question 1 of section 17',
    certain: false,
    switch: 'reduceOnlyCovered',
    world: { switches: { reduceOnlyCovered: true } },
    async run(venue) {
      await take(venue, buyMarket('in', '0.3'))
      await rest(venue, reducing(sellLimit('a', '0.2', '10100')), reducing(sellLimit('b', '0.1', '10200')))
      await refuses(venue.place(reducing(sellLimit('c', '0.1', '10300'))), -2022, WORDS)
      await accepts(venue.cancel('b'))
      await accepts(venue.place(reducing(sellLimit('c', '0.1', '10300'))))
    },
  },
  {
    rule: '7.3 reduceOnly: several may stand although they cover the position more than once',
    source: 'section 7.3, question 1 of section 17',
    certain: false,
    switch: 'reduceOnlyCovered',
    world: { switches: { reduceOnlyCovered: false } },
    async run(venue) {
      await take(venue, buyMarket('in', '0.1'))
      await rest(venue, reducing(sellLimit('a', '0.1', '10100')), reducing(sellLimit('b', '0.1', '10200')))
      expect(await venue.openOrders()).toEqual(['a', 'b'])
    },
  },
  {
    rule: '7.3 reduceOnly: the quantity may exceed the position; fills are clamped, the rest expires',
    source: 'section 7.3',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('in', '0.1'))
      await take(venue, reducing(sellMarket('a', '0.3')))
      await fills(venue, 'a', ['0.1', '10000'])
      await ends(venue, 'a', 'EXPIRED', '0.1', 'reduce-only')
      await holds(venue, '0')
    },
  },
  {
    rule: '7.3 reduceOnly: a limit is clamped, too',
    source: 'section 7.3',
    certain: true,
    async run(venue) {
      await take(venue, sellMarket('in', '0.1'))
      await rest(venue, reducing(buyLimit('a', '0.3', '9900')))
      await venue.market('9890')
      await fills(venue, 'a', ['0.1', '9900'])
      await holds(venue, '0')
      expect(await venue.openOrders()).toEqual([])
    },
  },
  {
    rule: '7.3 reduceOnly: when the position shrinks, the worst price goes first',
    source: 'section 7.3 (priority uncertain)',
    certain: false,
    switch: 'reduceOnlyTrim',
    world: { switches: { reduceOnlyTrim: true } },
    async run(venue) {
      await take(venue, buyMarket('in', '0.3'))
      await rest(venue, reducing(sellLimit('far', '0.1', '10300')), reducing(sellLimit('near', '0.2', '10100')))
      await take(venue, sellMarket('out', '0.1'))
      await ends(venue, 'far', 'EXPIRED', '0', 'reduce-only')
      await ends(venue, 'near', 'NEW')
    },
  },
  {
    rule: '7.3 reduceOnly: a limit goes when a reduce-only market order takes the whole position',
    source: 'recorded session of 2022-03-08: SELL LIMIT 2.61 reduce-only EXPIRED in the moment of SELL MARKET 2.61 reduce-only',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('in', '0.3'))
      await rest(venue, reducing(sellLimit('a', '0.3', '10300')))
      await take(venue, reducing(sellMarket('b', '0.3')))
      await ends(venue, 'b', 'FILLED', '0.3')
      await ends(venue, 'a', 'EXPIRED', '0', 'reduce-only')
    },
  },
  {
    rule: '7.3 reduceOnly: one whose turn comes when nothing is left never opens anything',
    source: 'section 7.3',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('in', '0.1'))
      await rest(venue, reducing(sellLimit('a', '0.1', '10100')))
      await take(venue, sellMarket('out', '0.1'))
      await venue.market('10200')
      await holds(venue, '0')
      await ends(venue, 'a', 'EXPIRED', '0', 'reduce-only')
    },
  },
  {
    rule: '7.3 reduceOnly: never needs margin',
    source: 'section 7.3',
    certain: true,
    world: { wallet: '520' },
    async run(venue) {
      await take(venue, buyMarket('in', '1'))
      await refuses(venue.place(buyLimit('more', '0.1', '9900')), -2019, 'Margin is insufficient.')
      await accepts(venue.place(reducing(sellLimit('a', '1', '10100'))))
      await accepts(venue.place(reducing(sellLimit('b', '2', '10200'))))
    },
  },
  {
    rule: '7.3 hedge: the closing side is reduce-only by itself; above the position -2022',
    source: 'section 7.3',
    certain: true,
    async run(venue) {
      await accepts(venue.setPositionMode('HEDGE'))
      await refuses(venue.place({ ...sellMarket('a', '0.1'), positionSide: 'LONG' }), -2022, WORDS)
      await take(
        venue,
        { ...buyMarket('in', '0.1'), positionSide: 'LONG' },
        { ...sellMarket('in2', '0.2'), positionSide: 'SHORT' },
      )
      await refuses(venue.place({ ...sellMarket('b', '0.101'), positionSide: 'LONG' }), -2022, WORDS)
      await refuses(venue.place({ ...buyLimit('c', '0.201', '9900'), positionSide: 'SHORT' }), -2022, WORDS)
      await take(venue, { ...sellMarket('d', '0.1'), positionSide: 'LONG' }, { ...buyMarket('e', '0.2'), positionSide: 'SHORT' })
      await holds(venue, '0', 'LONG')
      await holds(venue, '0', 'SHORT')
    },
  },
  {
    rule: '7.3 hedge: what other open orders of the closing side close counts',
    source: 'section 7.3',
    certain: false,
    async run(venue) {
      await accepts(venue.setPositionMode('HEDGE'))
      await take(venue, { ...buyMarket('in', '0.2'), positionSide: 'LONG' })
      await rest(venue, { ...sellLimit('a', '0.15', '10100'), positionSide: 'LONG' })
      await refuses(venue.place({ ...sellLimit('b', '0.1', '10200'), positionSide: 'LONG' }), -2022, WORDS)
      await accepts(venue.place({ ...sellLimit('c', '0.05', '10200'), positionSide: 'LONG' }))
    },
  },
]
