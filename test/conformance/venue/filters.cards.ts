/** Section 5: filters. */
import { accepts, buyLimit, buyMarket, refuses, sellLimit, sellMarket, take } from './checks.ts'
import type { Card, NewOrder } from './venue-under-test.ts'

const RICH = { wallet: '100000000' }
const stopLimit = (id: string, side: 'BUY' | 'SELL', triggerPrice: string, price: string): NewOrder => ({
  id,
  side,
  type: 'STOP',
  quantity: '0.1',
  triggerPrice,
  price,
})

export const FILTER_CARDS: readonly Card[] = [
  {
    rule: '5 PRICE_FILTER: below minPrice -4013',
    source: 'section 5',
    certain: true,
    world: { switches: { bands: false } },
    async run(venue) {
      await refuses(venue.place(buyLimit('a', '1', '556.70')), -4013, 'Price less than min price.')
      await accepts(venue.place(buyLimit('b', '1', '556.80')))
    },
  },
  {
    rule: '5 PRICE_FILTER: above maxPrice -4002',
    source: 'section 5',
    certain: true,
    async run(venue) {
      await refuses(venue.place(sellLimit('a', '0.001', '4529764.10')), -4002, 'Price greater than max price.')
      await accepts(venue.place(sellLimit('b', '0.001', '4529764')))
    },
  },
  {
    rule: '5 PRICE_FILTER: off the tick -4014',
    source: 'section 5',
    certain: true,
    async run(venue) {
      await refuses(venue.place(buyLimit('a', '0.1', '9999.95')), -4014, 'Price not increased by tick size.')
      await accepts(venue.place(buyLimit('b', '0.1', '9999.90')))
    },
  },
  {
    rule: '5 PRICE_FILTER: the limit price of a conditional order is held to it, too',
    source: 'section 5',
    certain: true,
    async run(venue) {
      await refuses(venue.place(stopLimit('a', 'BUY', '10100', '10100.05')), -4014, 'Price not increased by tick size.')
    },
  },
  {
    rule: '5 trigger prices off the tick are accepted',
    source: 'section 5, precision note; section 17.12',
    certain: false,
    async run(venue) {
      await accepts(venue.place({ id: 'a', side: 'BUY', type: 'STOP_MARKET', quantity: '0.1', triggerPrice: '10100.05' }))
    },
  },
  {
    rule: '5 LOT_SIZE: not above 0 -4003',
    source: 'section 5',
    certain: true,
    async run(venue) {
      await refuses(venue.place(buyLimit('a', '0', '9999')), -4003, 'Quantity less than zero.')
      await refuses(venue.place(buyMarket('b', '-1')), -4003, 'Quantity less than zero.')
    },
  },
  {
    rule: '5 LOT_SIZE: below minQty -4004',
    source: 'section 5',
    certain: true,
    async run(venue) {
      await refuses(venue.place(buyLimit('a', '0.0005', '9999')), -4004, 'Quantity less than min quantity.')
      await refuses(venue.place(buyMarket('b', '0.0005')), -4004, 'Quantity less than min quantity.')
    },
  },
  {
    rule: '5 LOT_SIZE: above maxQty -4005',
    source: 'section 5',
    certain: true,
    world: RICH,
    async run(venue) {
      await refuses(venue.place(buyLimit('a', '1000.001', '9999')), -4005, 'Quantity greater than max quantity.')
      await accepts(venue.place(buyLimit('b', '1000', '9999')))
    },
  },
  {
    rule: '5 LOT_SIZE: off the step -4023',
    source: 'section 5',
    certain: true,
    async run(venue) {
      await refuses(venue.place(buyLimit('a', '0.1005', '9999')), -4023, 'Qty not increased by step size.')
      await refuses(venue.place(buyMarket('b', '0.1005')), -4023, 'Qty not increased by step size.')
    },
  },
  {
    rule: '5 MARKET_LOT_SIZE: market orders have a maximum of their own',
    source: 'section 5',
    certain: true,
    world: RICH,
    async run(venue) {
      await refuses(venue.place(buyMarket('a', '120.001')), -4005, 'Quantity greater than max quantity.')
      await accepts(venue.place(buyLimit('b', '120.001', '9999')))
      await accepts(venue.place(buyMarket('c', '120')))
    },
  },
  {
    rule: '5 MIN_NOTIONAL: price x quantity below it -4164',
    source: 'section 5',
    certain: true,
    async run(venue) {
      await refuses(
        venue.place(buyLimit('a', '0.005', '9999.90')),
        -4164,
        "Order's notional must be no smaller than 50 (unless you choose reduce only).",
      )
      await accepts(venue.place(buyLimit('b', '0.005', '10000')))
    },
  },
  {
    rule: '5 MIN_NOTIONAL: market orders by the mark price',
    source: 'section 5',
    certain: true,
    async run(venue) {
      await venue.mark('9999.9')
      const msg = "Order's notional must be no smaller than 50 (unless you choose reduce only)."
      await refuses(venue.place(buyMarket('a', '0.005')), -4164, msg)
      await venue.mark('10000')
      await accepts(venue.place(buyMarket('b', '0.005')))
    },
  },
  {
    rule: '5 MIN_NOTIONAL: reduce-only and closePosition are exempt',
    source: 'section 5',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('in', '0.01'))
      await accepts(venue.place({ ...sellLimit('a', '0.001', '10100'), reduceOnly: true }))
      await accepts(venue.place({ id: 'b', side: 'SELL', type: 'STOP_MARKET', closePosition: true, triggerPrice: '9900' }))
    },
  },
  {
    rule: '5 MIN_NOTIONAL: closing sides of hedge mode are exempt',
    source: 'section 5 (uncertain)',
    certain: false,
    async run(venue) {
      await accepts(venue.setPositionMode('HEDGE'))
      await take(venue, { ...buyMarket('in', '0.01'), positionSide: 'LONG' })
      await accepts(venue.place({ ...sellLimit('a', '0.001', '10100'), positionSide: 'LONG' }))
    },
  },
  {
    rule: '5 MIN_NOTIONAL: an order that closes without being reduce-only is not exempt',
    source: 'section 5',
    certain: true,
    async run(venue) {
      await take(venue, buyMarket('in', '0.01'))
      await refuses(
        venue.place(sellLimit('a', '0.001', '10100')),
        -4164,
        "Order's notional must be no smaller than 50 (unless you choose reduce only).",
      )
    },
  },
  {
    rule: '5 PERCENT_PRICE: a buy limit above mark x 1.05 -4016',
    source: 'section 5',
    certain: true,
    switch: 'bands',
    world: { switches: { bands: true } },
    async run(venue) {
      await refuses(venue.place(buyLimit('a', '0.1', '10500.10')), -4016, "Limit price can't be higher than 10500.")
      await accepts(venue.place(buyLimit('b', '0.1', '10500')))
    },
  },
  {
    rule: '5 PERCENT_PRICE: a sell limit below mark x 0.95 -4024',
    source: 'section 5',
    certain: true,
    switch: 'bands',
    world: { switches: { bands: true } },
    async run(venue) {
      await refuses(venue.place(sellLimit('a', '0.1', '9499.90')), -4024, "Limit price can't be lower than 9500.")
      await accepts(venue.place(sellLimit('b', '0.1', '9500')))
    },
  },
  {
    rule: '5 PERCENT_PRICE: no bound on the other side',
    source: 'section 5',
    certain: true,
    switch: 'bands',
    world: { switches: { bands: true } },
    async run(venue) {
      await accepts(venue.place(buyLimit('a', '0.1', '5000')))
      await accepts(venue.place(sellLimit('b', '0.1', '20000')))
    },
  },
  {
    rule: '5 PERCENT_PRICE: the mark counts, not the last price',
    source: 'section 5',
    certain: true,
    switch: 'bands',
    world: { switches: { bands: true } },
    async run(venue) {
      await venue.mark('9000')
      await refuses(venue.place(buyLimit('a', '0.1', '9450.10')), -4016, "Limit price can't be higher than 9450.")
    },
  },
  {
    rule: '5 PERCENT_PRICE: limit prices of conditional orders are held to the trigger, -4183 and -4184',
    source: 'section 5',
    certain: true,
    switch: 'bands',
    world: { switches: { bands: true } },
    async run(venue) {
      await refuses(venue.place(stopLimit('a', 'BUY', '11000', '11550.10')), -4183, "Limit price can't be higher than 11550.")
      await accepts(venue.place(stopLimit('b', 'BUY', '11000', '11550')))
      await refuses(venue.place(stopLimit('c', 'SELL', '9000', '8549.90')), -4184, "Limit price can't be lower than 8550.")
      await accepts(venue.place(stopLimit('d', 'SELL', '9000', '8550')))
    },
  },
  {
    rule: '5 MAX_NUM_ORDERS: the 201st open order of a symbol -2025; conditional ones count',
    source: 'section 5',
    certain: true,
    async run(venue) {
      for (let i = 0; i < 150; i++) await accepts(venue.place(buyLimit(`l${i}`, '0.01', '8000')))
      for (let i = 0; i < 50; i++)
        await accepts(venue.place({ id: `s${i}`, side: 'BUY', type: 'STOP_MARKET', quantity: '0.01', triggerPrice: '12000' }))
      await refuses(venue.place(buyLimit('x', '0.01', '8000')), -2025, 'Reach max open order limit.')
      await accepts(venue.place({ ...buyLimit('e', '0.1', '400'), symbol: 'ETHUSDT' }))
      await accepts(venue.cancel('l0'))
      await accepts(venue.place(buyLimit('x', '0.01', '8000')))
    },
  },
  {
    rule: '5 conditional orders: 200 open ones in the account, the next -4045',
    source: 'section 5',
    certain: true,
    async run(venue) {
      const stop = (id: string, symbol: 'BTCUSDT' | 'ETHUSDT'): NewOrder => ({
        id,
        symbol,
        side: 'BUY',
        type: 'STOP_MARKET',
        quantity: '0.1',
        triggerPrice: '12000',
      })
      for (let i = 0; i < 120; i++) await accepts(venue.place(stop(`b${i}`, 'BTCUSDT')))
      for (let i = 0; i < 80; i++) await accepts(venue.place(stop(`e${i}`, 'ETHUSDT')))
      await refuses(venue.place(stop('x', 'ETHUSDT')), -4045, 'Reach max stop order limit.')
      await accepts(venue.place({ ...buyLimit('y', '0.1', '400'), symbol: 'ETHUSDT' }))
    },
  },
  {
    rule: '5 status: a symbol that has ceased to trade -4141',
    source: 'section 5, section 14',
    certain: true,
    async run(venue) {
      await venue.delist('BTCUSDT')
      await refuses(venue.place(buyLimit('a', '0.1', '9999')), -4141, 'Symbol is closed.')
      await accepts(venue.place({ ...buyLimit('b', '0.1', '499'), symbol: 'ETHUSDT' }))
    },
  },
  {
    rule: '5 symbol: one that does not exist -1121',
    source: 'section 14',
    certain: true,
    async run(venue) {
      await refuses(venue.place({ ...sellMarket('a', '1'), symbol: 'NOSUCHUSDT' }), -1121, 'Invalid symbol.')
    },
  },
  {
    rule: '14 checking order: filters before order count, reduce-only, bracket and margin',
    source: 'section 14 (uncertain, sensible default)',
    certain: false,
    async run(venue) {
      await refuses(
        venue.place({ ...sellLimit('a', '900', '10000.05'), reduceOnly: true }),
        -4014,
        'Price not increased by tick size.',
      )
      await refuses(venue.place({ ...sellLimit('b', '900', '10000'), reduceOnly: true }), -2022, 'ReduceOnly Order is rejected.')
      await refuses(venue.place(sellLimit('c', '900', '10000')), -2019, 'Margin is insufficient.')
      await accepts(venue.setLeverage(50))
      await refuses(
        venue.place(sellLimit('d', '1000', '10100')),
        -2027,
        'Exceeded the maximum allowable position at current leverage.',
      )
    },
  },
]
