/** Sections 9 and 13: isolated margin. */
import { expect } from 'vitest'
import { accepts, buyLimit, buyMarket, ends, holds, refuses, rest, sellLimit, sellMarket, take } from './checks.ts'
import type { Card, VenueUnderTest } from './venue-under-test.ts'

async function isolated(venue: VenueUnderTest): Promise<void> {
  await accepts(venue.setMarginType('ISOLATED'))
}

async function wallets(venue: VenueUnderTest, wallet: string, crossWallet: string, isolatedWallet: string): Promise<void> {
  const account = await venue.account()
  const position = await venue.position()
  expect([account.wallet, account.crossWallet, position.isolatedWallet]).toEqual([wallet, crossWallet, isolatedWallet])
}

export const ISOLATED_CARDS: readonly Card[] = [
  {
    rule: '13 isolated: opening moves the initial margin out of the cross wallet; the fee is paid from the isolated one',
    source: 'recorded session of 2022-03-01: 0.04 at 403.99 at leverage 2 leaves 8.07333616 and 1.9202 of 10',
    certain: true,
    async run(venue) {
      await isolated(venue)
      await take(venue, buyMarket('a', '1'))
      await wallets(venue, '9995', '9500', '495')
      expect((await venue.account()).available).toBe('9500')
      await take(venue, buyMarket('b', '1'))
      await wallets(venue, '9990', '9000', '990')
    },
  },
  {
    rule: '13 isolated: a position that turns gives its wallet back and begins anew, the fee split by quantity',
    source: 'recorded session of 2022-03-01: 0.08 sold at 404 leaves 8.076768 and 1.91070416',
    certain: true,
    async run(venue) {
      await isolated(venue)
      await take(venue, buyMarket('a', '1'))
      await venue.market('10100')
      await take(venue, sellMarket('b', '2'))
      // 9995 + 100 - 10.1 in all; 505 - 5.05 of it isolated.
      await wallets(venue, '10084.9', '9584.95', '499.95')
      await holds(venue, '-1')
    },
  },
  {
    rule: '13 isolated: closing a part gives back its share',
    source: 'section 13; the share is a choice',
    certain: false,
    async run(venue) {
      await isolated(venue)
      await take(venue, buyMarket('a', '1'))
      await venue.market('10100')
      await take(venue, sellMarket('b', '0.5'))
      await wallets(venue, '10042.475', '9794.975', '247.5')
    },
  },
  {
    rule: '13 isolated: closing all gives everything back',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await isolated(venue)
      await take(venue, buyMarket('a', '1'), sellMarket('b', '1'))
      await wallets(venue, '9990', '9990', '0')
    },
  },
  {
    rule: '13 isolated: its profit is not available to others',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await isolated(venue)
      await take(venue, buyMarket('a', '1'))
      await venue.mark('12000')
      expect((await venue.account()).available).toBe('9500')
      await venue.mark('9600')
      expect((await venue.account()).available).toBe('9500')
    },
  },
  {
    rule: '9 positionMargin: adding and taking out',
    source: 'section 9',
    certain: true,
    async run(venue) {
      await isolated(venue)
      await take(venue, buyMarket('a', '1'))
      await accepts(venue.moveMargin('ADD', '100'))
      await wallets(venue, '9995', '9400', '595')
      await accepts(venue.moveMargin('REDUCE', '50'))
      await wallets(venue, '9995', '9450', '545')
    },
  },
  {
    rule: '9 positionMargin: more than the account has available -4050',
    source: 'section 9, section 14',
    certain: false,
    async run(venue) {
      await isolated(venue)
      await take(venue, buyMarket('a', '1'))
      await refuses(venue.moveMargin('ADD', '9500.00000001'), -4050, 'Cross balance insufficient.')
      await accepts(venue.moveMargin('ADD', '9500'))
      await wallets(venue, '9995', '0', '9995')
    },
  },
  {
    rule: '9 positionMargin: more than the position can spare -4051',
    source: 'section 9, section 14',
    certain: true,
    async run(venue) {
      await isolated(venue)
      await take(venue, buyMarket('a', '1'))
      await accepts(venue.moveMargin('ADD', '100'))
      await refuses(venue.moveMargin('REDUCE', '95.00000001'), -4051, 'Isolated balance insufficient.')
      await accepts(venue.moveMargin('REDUCE', '95'))
      await wallets(venue, '9995', '9495', '500')
    },
  },
  {
    rule: '9 positionMargin: of a cross position -4049',
    source: 'section 9',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('a', '1'))
      await refuses(venue.moveMargin('ADD', '1'), -4049, 'Add margin only support for isolated position.')
    },
  },
  {
    rule: '9 positionMargin: without a position -4054',
    source: 'section 9',
    certain: true,
    async run(venue) {
      await isolated(venue)
      await refuses(venue.moveMargin('ADD', '1'), -4054, 'Cannot add position margin: position is 0.')
    },
  },
  {
    rule: '9 positionMargin: an amount of 0 -4055',
    source: 'section 9',
    certain: true,
    async run(venue) {
      await isolated(venue)
      await take(venue, buyMarket('a', '1'))
      await refuses(venue.moveMargin('ADD', '0'), -4055, 'Amount must be positive.')
    },
  },
  {
    rule: '9 leverage: not lowered while an isolated position is open -4161; raised it may be',
    source: 'section 9',
    certain: true,
    async run(venue) {
      await isolated(venue)
      await take(venue, buyMarket('a', '1'))
      await refuses(
        venue.setLeverage(19),
        -4161,
        'Leverage reduction is not supported in Isolated Margin Mode with open positions',
      )
      await accepts(venue.setLeverage(25))
      await accepts(venue.setLeverage(10, 'ETHUSDT'))
    },
  },
  {
    rule: '13 isolated: the liquidation price is that of its own wallet',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await isolated(venue)
      await take(venue, buyMarket('a', '1'), { ...buyMarket('b', '10'), symbol: 'ETHUSDT' })
      // (495 - 10000) / (0.004 - 1)
      expect((await venue.position()).liquidationPrice).toBe('9543.17269076')
    },
  },
  {
    rule: '13 isolated: liquidated by itself, its symbol’s orders go, others stay',
    source: 'section 13',
    certain: true,
    async run(venue) {
      await isolated(venue)
      await take(venue, buyMarket('a', '1'), { ...buyMarket('b', '10'), symbol: 'ETHUSDT' })
      await rest(venue, sellLimit('c', '1', '11000'), { ...buyLimit('d', '10', '400'), symbol: 'ETHUSDT' })
      await venue.mark('9543.20')
      await holds(venue, '1')
      await venue.mark('9543.10')
      await holds(venue, '0')
      await ends(venue, 'c', 'CANCELED')
      await ends(venue, 'd', 'NEW')
      await holds(venue, '10', 'BOTH', 'ETHUSDT')
    },
  },
  {
    rule: '13 isolated: what is missing is never taken from the cross wallet',
    source: 'section 13: negative balances are reset by the fund',
    certain: true,
    async run(venue) {
      await isolated(venue)
      await take(venue, buyMarket('a', '1'))
      await venue.mark('5000')
      await holds(venue, '0')
      await wallets(venue, '9500', '9500', '0')
    },
  },
  {
    rule: '13 isolated: a losing position that turns takes no more from the cross wallet than there is',
    source: 'section 13: too little margin for what is opened is -2019; a wallet is never negative',
    certain: false,
    world: { wallet: '510' },
    async run(venue) {
      await isolated(venue)
      await take(venue, sellMarket('a', '1'))
      await wallets(venue, '505', '10', '495')
      await venue.market('10300')
      // It would give back 495 - 300 - 5.15 and want 515.
      await venue.place(buyMarket('b', '2'))
      await venue.settle()
      expect(Number((await venue.account()).crossWallet)).toBeGreaterThanOrEqual(0)
    },
  },
  {
    rule: '13 isolated: a rich cross wallet does not save it',
    source: 'section 13',
    certain: true,
    world: { wallet: '1000000' },
    async run(venue) {
      await isolated(venue)
      await take(venue, sellMarket('a', '1'))
      await venue.mark('10500')
      await holds(venue, '0')
    },
  },
]
