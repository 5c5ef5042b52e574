/** Venues with one fault each, made from one without: what cards have to notice. */
import type { NewOrder, VenueUnderTest } from './venue-under-test.ts'

export interface Sabotage {
  /** Completes: a venue that ... */
  readonly what: string
  breaks(venue: VenueUnderTest): VenueUnderTest
  /** Rules of cards that fail, at least. */
  readonly noticed: readonly string[]
}

/** The venue with some of its answers replaced. */
const altered = (venue: VenueUnderTest, changes: (venue: VenueUnderTest) => Partial<VenueUnderTest>): VenueUnderTest => {
  const changed = changes(venue)
  return new Proxy(venue, {
    get: (target, name) => {
      const own = Reflect.get(changed, name) as unknown
      if (own !== undefined) return own
      const value = Reflect.get(target, name, target) as unknown
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

/** Alters every order on its way in. */
const sending =
  (change: (order: NewOrder) => NewOrder) =>
  (venue: VenueUnderTest): VenueUnderTest =>
    altered(venue, ({ place }) => ({ place: (order) => place.call(venue, change(order)) }))

export const SABOTAGES: readonly Sabotage[] = [
  {
    what: 'ignores reduceOnly',
    breaks: sending((order) => ({ ...order, reduceOnly: false })),
    noticed: [
      '7.3 reduceOnly: -2022 when flat',
      '7.3 reduceOnly: -2022 on the side of the position',
      '7.3 reduceOnly: the quantity may exceed the position; fills are clamped, the rest expires',
      '7.3 reduceOnly: a limit is clamped, too',
      '7.3 reduceOnly: never needs margin',
      '5 MIN_NOTIONAL: reduce-only and closePosition are exempt',
    ],
  },
  {
    what: 'takes every time in force for GTC',
    breaks: sending((order) => ({ ...order, timeInForce: 'GTC' })),
    noticed: [
      '7.2 GTX that would take -5022, nothing filled',
      '7.2 FOK that finds less than it wants -5021, nothing filled',
      '7.2 IOC fills what it can, the rest EXPIRED',
      '7.1 goodTillDate: mandatory with GTD, later than now + 600 s, else -5040',
      '8 STOP: its time in force holds for the child',
    ],
  },
  {
    what: 'looks at trades where the mark was meant',
    breaks: sending((order) => ({ ...order, workingType: 'CONTRACT_PRICE' })),
    noticed: [
      '8 workingType MARK_PRICE looks at the mark and not at trades',
      '8 a condition that holds at entry, by the mark -2021',
      '8 closePosition: fires by the mark where it looks at that',
    ],
  },
  {
    what: 'forgets price protection',
    breaks: sending((order) => ({ ...order, priceProtect: false })),
    noticed: ['8 priceProtect: does not fire while mark and last price are further apart than triggerProtect'],
  },
  {
    what: 'arms trailing orders at once',
    breaks: sending(({ activatePrice, ...order }) => (activatePrice === undefined ? order : { ...order })),
    noticed: [
      '8 trailing: it does not follow before its activation price',
      '8 trailing: activation price on the wrong side -2021',
    ],
  },
  {
    what: 'prevents no self-trade',
    breaks: sending((order) => ({ ...order, selfTradePreventionMode: 'NONE' })),
    noticed: ['13 STP: EXPIRE_MAKER', '13 STP: EXPIRE_TAKER', '13 STP: EXPIRE_BOTH', '13 STP: EXPIRE_MAKER by default'],
  },
  {
    what: 'says yes to a cancel and does nothing',
    breaks: (venue) => altered(venue, () => ({ cancel: () => Promise.resolve(undefined) })),
    noticed: [
      '7.5 cancel: an open order is CANCELED and does nothing any more',
      '7.5 cancel: unknown or closed -2011',
      '7.2 CANCELED by its owner, what was executed stays',
      '8 closePosition: a second one of the same kind and direction -4130',
    ],
  },
  {
    what: 'says yes to a modification and does nothing',
    breaks: (venue) => altered(venue, () => ({ amend: () => Promise.resolve(undefined) })),
    noticed: [
      '7.4 modify: price and quantity change, the id stays',
      '7.4 modify: unchanged -5027',
      '7.4 modify: a quantity not above the executed one cancels the order',
      '7.4 modify: its place in the queue is lost',
      '7.4 modify: more than 10000 times -5026',
    ],
  },
  {
    what: 'modifies by cancelling and placing anew',
    breaks: (venue) =>
      altered(venue, () => ({
        amend: async (id, { price, quantity }) => {
          await venue.cancel(id)
          return venue.place({ id, side: 'BUY', type: 'LIMIT', price, quantity })
        },
      })),
    noticed: [
      '7.4 modify: breaking a filter refuses and leaves the order alone',
      '7.4 modify: the new quantity is the total, what is executed included',
      '7.4 modify: margin and bracket are asked for the new order, the old one not counted',
    ],
  },
  {
    what: 'has no countdown',
    breaks: (venue) => altered(venue, () => ({ countdown: () => Promise.resolve() })),
    noticed: [
      '7.5 countdown: cancels the orders of its symbol when it runs out',
      '7.5 countdown: repeating it replaces the timer',
    ],
  },
  {
    what: 'adds up countdowns instead of replacing them',
    breaks: (venue) => {
      let ends = 0
      let now = 0
      return altered(venue, () => ({
        countdown: (ms, symbol) => {
          if (ms > 0 && ends <= now) ends = now + ms
          return venue.countdown(Math.max(0, ends - now), symbol)
        },
        pass: (ms) => {
          now += ms
          return venue.pass(ms)
        },
      }))
    },
    noticed: ['7.5 countdown: repeating it replaces the timer', '7.5 countdown: 0 stops it'],
  },
  {
    what: 'pays funding the wrong way round',
    breaks: (venue) =>
      altered(venue, () => ({
        funding: (rate, symbol) => venue.funding(rate.startsWith('-') ? rate.slice(1) : `-${rate}`, symbol),
      })),
    noticed: [
      '13 funding: amount x mark x rate; a positive rate is paid by longs',
      '13 funding: a positive rate is received by shorts',
      '13 funding: isolated positions are charged on the isolated wallet',
    ],
  },
  {
    what: 'settles funding of every symbol at once',
    breaks: (venue) =>
      altered(venue, () => ({
        funding: async (rate) => {
          await venue.funding(rate, 'BTCUSDT')
          await venue.funding(rate, 'ETHUSDT')
        },
      })),
    noticed: ['13 funding: of its own symbol only'],
  },
  {
    what: 'leaves all margin crossed',
    breaks: (venue) => altered(venue, () => ({ setMarginType: () => Promise.resolve(undefined) })),
    noticed: [
      '13 isolated: opening moves the initial margin out of the cross wallet; the fee is paid from the isolated one',
      '13 isolated: what is missing is never taken from the cross wallet',
      '13 isolated: a rich cross wallet does not save it',
      '13 isolated: liquidated by itself, its symbol’s orders go, others stay',
      '9 leverage: not lowered while an isolated position is open -4161; raised it may be',
      '9 marginType: unchanged -4046, open orders -4047, position -4048',
    ],
  },
  {
    what: 'keeps its leverage',
    breaks: (venue) => altered(venue, () => ({ setLeverage: () => Promise.resolve(undefined) })),
    noticed: [
      '9 leverage: initial margins follow it',
      '13 bracket: a notional above what the leverage allows -2027, position and open orders of the side included',
      '9 leverage: 1 to the maximum of the first bracket, else -4028',
    ],
  },
  {
    what: 'judges margin by the last price',
    breaks: (venue) => altered(venue, () => ({ mark: (at, symbol) => venue.market(at, symbol) })),
    noticed: [
      '13 liquidation: judged by the mark price, not by trades',
      '8 workingType CONTRACT_PRICE looks at trades and not at the mark',
    ],
  },
  {
    what: 'never moves its mark',
    breaks: (venue) => altered(venue, () => ({ mark: () => Promise.resolve() })),
    noticed: [
      '13 liquidation: when margin balance = maintenance margin, not a tick before',
      '13 liquidation: of a short, too',
      '13 liquidation: all open orders of the account are cancelled first',
      '13 margin: available = cross wallet + unrealised profit - initial margins, at least 0',
    ],
  },
  {
    what: 'forgets to drop what is below 1e-8 of a fee',
    breaks: (venue) =>
      altered(venue, () => ({
        account: async () => {
          const account = await venue.account()
          return { ...account, wallet: account.wallet.replace(/1919$/, '19185') }
        },
      })),
    noticed: ['13 fee: price x quantity x rate, the part below 1e-8 dropped'],
  },
]
