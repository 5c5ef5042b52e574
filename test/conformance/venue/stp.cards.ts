/** Section 13, matching: self-trade prevention, by the taker's mode. */
import { buyMarket, ends, rest, sellLimit, take } from './checks.ts'
import type { Card, NewOrder, OrderState, VenueUnderTest } from './venue-under-test.ts'

type Mode = NonNullable<NewOrder['selfTradePreventionMode']>

/** A sell that rests at 10000, of which a quarter is executed, meets a buy of the same account. */
async function meet(venue: VenueUnderTest, selfTradePreventionMode: Mode | undefined): Promise<void> {
  await venue.market('9990')
  await rest(venue, sellLimit('maker', '0.2', '10000'))
  await venue.trade('10000', '0.05', 'BUY')
  await ends(venue, 'maker', 'PARTIALLY_FILLED', '0.05')
  await take(venue, {
    ...buyMarket('taker', '0.1'),
    ...(selfTradePreventionMode === undefined ? {} : { selfTradePreventionMode }),
  })
}

const card = (mode: Mode, maker: OrderState['status'], taker: OrderState['status']): Card => ({
  rule: `13 STP: ${mode}`,
  source: 'section 7.1, matching of section 13 (whose mode counts: uncertain)',
  certain: false,
  async run(venue) {
    await meet(venue, mode)
    await ends(venue, 'maker', maker, maker === 'FILLED' ? '0.2' : '0.05')
    await ends(venue, 'taker', taker, taker === 'FILLED' ? '0.1' : '0')
  },
})

export const STP_CARDS: readonly Card[] = [
  card('EXPIRE_MAKER', 'EXPIRED_IN_MATCH', 'FILLED'),
  card('EXPIRE_TAKER', 'FILLED', 'EXPIRED_IN_MATCH'),
  card('EXPIRE_BOTH', 'EXPIRED_IN_MATCH', 'EXPIRED_IN_MATCH'),
  card('NONE', 'FILLED', 'FILLED'),
  {
    rule: '13 STP: EXPIRE_MAKER by default',
    source: 'section 7.1 (all live replies)',
    certain: true,
    async run(venue) {
      await meet(venue, undefined)
      await ends(venue, 'maker', 'EXPIRED_IN_MATCH', '0.05')
      await ends(venue, 'taker', 'FILLED', '0.1')
    },
  },
]
