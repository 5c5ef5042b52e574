/** Each limit exactly at its bound and one step beyond, switched on and off; and what the unknown means to it. */
import { describe, expect, it } from 'vitest'
import type { Price, Qty } from '../../core/exact.ts'
import { HOUR } from '../../core/time.ts'
import type { Duration } from '../../core/time.ts'
import type { OrderRequest } from '../../domain/order.ts'
import type { View } from '../../domain/view.ts'
import { instrument, order } from '../../../test/kernel/fixtures.ts'
import { check, passes, refuses } from '../../../test/risk/check.ts'

const TWO = [instrument(), instrument({ symbol: 'ETHUSDT' }, 1)]
/** Signed positions by account and instrument; nothing in flight but the order. */
const held = (positions: readonly (readonly number[])[], given: Partial<View> = {}): Partial<View> => ({
  instruments: TWO,
  accounts: positions.length,
  netQty: (account, i) => positions[account][i] as Qty,
  netQtyFilled: (account, i, extra) => positions[account][i] + extra,
  worstQty: (account, i, extra) => Math.abs(positions[account][i] + extra),
  ...given,
})
const rich = (equity: number, given: Partial<View> = {}): Partial<View> => ({
  equity: () => equity,
  totalEquity: () => equity,
  ...given,
})
const buy = order()
const sell = order({ side: 'sell' })
/** A reversal that closes 6 and opens 4. */
const turn = order({ closes: 6 })

interface Case {
  readonly name: string
  readonly values: Readonly<Record<string, number>>
  readonly order?: OrderRequest
  readonly kept: Partial<View>
  readonly broken: Partial<View>
  readonly says: string
}

// An order of 10 at 10,000 is a notional of 100,000 money units; money is written in units of 1e8.
const cases: readonly Case[] = [
  {
    name: 'openOrders',
    values: { max: 3 },
    kept: { openOrders: () => 2 },
    broken: { openOrders: () => 3 },
    says: '3 orders are open already',
  },
  {
    name: 'tradable',
    values: {},
    kept: {},
    broken: { isTraded: () => false },
    says: 'BTCUSDT has no price, or is traded no more',
  },
  {
    name: 'tradable',
    values: {},
    kept: { lastPrice: () => 1 as Price },
    broken: { lastPrice: () => 0 as Price },
    says: 'BTCUSDT has no price, or is traded no more',
  },
  { name: 'equityFloor', values: {}, kept: rich(1), broken: rich(0), says: 'equity is 0; at 0 nothing is opened' },
  {
    name: 'equityFloor',
    values: { amount: 2 },
    kept: rich(2e8 + 1),
    broken: rich(2e8),
    says: 'equity is 2; at 2 nothing is opened',
  },
  {
    name: 'minimumFreeEquity',
    values: {},
    kept: rich(5_000),
    broken: rich(4_999),
    says: 'of equity 0 0 would be tied up as margin; 0 must stay free',
  },
  {
    name: 'minimumFreeEquity',
    values: { amount: 1 },
    kept: rich(1e8 + 5_000),
    broken: rich(1e8 + 4_999),
    says: 'of equity 1 0 would be tied up as margin; 1 must stay free',
  },
  {
    name: 'minimumFreeEquity',
    values: {},
    kept: rich(100_000, { accountKind: () => 'spot' }),
    broken: rich(99_999, { accountKind: () => 'spot' }),
    says: 'of equity 0 0 would be tied up as margin; 0 must stay free',
  },
  {
    name: 'marginUse',
    values: { max: 0.5 },
    kept: rich(10_000),
    broken: rich(9_999),
    says: 'margin would be 0 with equity 0; allowed is 0.5 x equity',
  },
  {
    name: 'marginUse',
    values: { max: 1 },
    kept: rich(100_000, { leverageSetting: () => 1 }),
    broken: rich(99_999, { leverageSetting: () => Number.NaN }),
    says: 'margin would be 0 with equity 0; allowed is 1 x equity',
  },
  {
    name: 'orderNotional',
    values: { max: 2 },
    kept: rich(50_000),
    broken: rich(49_999),
    says: 'the order would open 0 with equity 0; allowed is 2 x equity',
  },
  {
    name: 'orderNotional',
    values: { max: 2 },
    order: turn,
    kept: rich(20_000),
    broken: rich(19_999),
    says: 'the order would open 0 with equity 0; allowed is 2 x equity',
  },
  {
    name: 'dayVolume',
    values: { max: 0.5 },
    kept: { dayVolume: () => 20 },
    broken: { dayVolume: () => 19 },
    says: "the order would open 52.63 % of the last day's volume of BTCUSDT; allowed are 50.00 %",
  },
  {
    name: 'dayVolume',
    values: { max: 0.5 },
    order: turn,
    kept: { dayVolume: () => 8 },
    broken: { dayVolume: () => 7 },
    says: "the order would open 57.14 % of the last day's volume of BTCUSDT; allowed are 50.00 %",
  },
  {
    name: 'priceCollar',
    values: { max: 0.25 },
    kept: { lastPrice: () => 8_000 as Price },
    broken: { lastPrice: () => 7_999 as Price },
    says: 'the price is 25.02 % from the last one; allowed are 25.00 %',
  },
  {
    name: 'priceCollar',
    values: { max: 0.5 },
    kept: { lastPrice: () => 20_000 as Price },
    broken: { lastPrice: () => 20_001 as Price },
    says: 'the price is 50.00 % from the last one; allowed are 50.00 %',
  },
  {
    name: 'longExposure',
    values: { max: 2 },
    kept: held([[5, 5]], rich(100_000)),
    broken: held([[5, 5]], rich(99_999)),
    says: 'long exposure would be 0 with equity 0; allowed is 2 x equity',
  },
  {
    name: 'shortExposure',
    values: { max: 2 },
    order: sell,
    kept: held([[-5, -5]], rich(100_000)),
    broken: held([[-5, -5]], rich(99_999)),
    says: 'short exposure would be 0 with equity 0; allowed is 2 x equity',
  },
  {
    name: 'grossExposure',
    values: { max: 2 },
    kept: held(
      [
        [5, 0],
        [0, -5],
      ],
      rich(100_000),
    ),
    broken: held(
      [
        [5, 0],
        [0, -5],
      ],
      rich(99_999),
    ),
    says: 'gross exposure of all accounts would be 0 with equity 0; allowed is 2 x equity',
  },
  {
    name: 'netExposure',
    values: { max: 2 },
    kept: held(
      [
        [5, 0],
        [0, -5],
      ],
      rich(50_000),
    ),
    broken: held(
      [
        [5, 0],
        [0, -5],
      ],
      rich(49_999),
    ),
    says: 'net exposure would be 0 with equity 0; allowed is 2 x equity',
  },
  {
    name: 'netExposure',
    values: { max: 2 },
    order: sell,
    kept: held(
      [
        [-5, 0],
        [0, 5],
      ],
      rich(50_000),
    ),
    broken: held(
      [
        [-5, 0],
        [0, 5],
      ],
      rich(49_999),
    ),
    says: 'net exposure would be 0 with equity 0; allowed is 2 x equity',
  },
  {
    name: 'positions',
    values: { max: 2 },
    kept: held([[0, 5]]),
    broken: held([[0, 5]], {
      instruments: [...TWO, instrument({ symbol: 'X' }, 2)],
      netQtyFilled: (_account, i, extra) => (i === 0 ? extra : 5 + extra),
    }),
    says: 'there would be 3 positions; allowed are 2',
  },
  {
    name: 'dailyTurnover',
    values: { max: 3 },
    kept: rich(50_000, { turnoverToday: () => 50_000 }),
    broken: rich(50_000, { turnoverToday: () => 50_001 }),
    says: '0 would be traded today with equity 0; allowed is 3 x equity',
  },
  {
    name: 'dailyTurnover',
    values: { max: 1 },
    order: turn,
    kept: rich(50_000, { turnoverToday: () => 10_000 }),
    broken: rich(50_000, { turnoverToday: () => 10_001 }),
    says: '0 would be traded today with equity 0; allowed is 1 x equity',
  },
  {
    name: 'fundingCost',
    values: { max: 0.5 },
    kept: rich(60_000, { fundingRate: () => 0.1 }),
    broken: rich(59_999, { fundingRate: () => 0.1 }),
    says: 'funding would cost 50.00 % of equity a day; allowed are 50.00 %',
  },
  {
    name: 'fundingCost',
    values: { max: 0.5 },
    kept: rich(120_000, { fundingRate: () => 0.1, fundingInterval: () => (4 * HOUR) as Duration }),
    broken: rich(119_999, { fundingRate: () => 0.1, fundingInterval: () => (4 * HOUR) as Duration }),
    says: 'funding would cost 50.00 % of equity a day; allowed are 50.00 %',
  },
  {
    name: 'fundingCost',
    values: { max: 0.5 },
    order: sell,
    kept: rich(60_000, { fundingRate: () => -0.1 }),
    broken: rich(59_999, { fundingRate: () => -0.1 }),
    says: 'funding would cost 50.00 % of equity a day; allowed are 50.00 %',
  },
  // 100,000 x 0.5 and a maintenance of 5 % of 50,000, respectively of 150,000: what is left must exceed it.
  {
    name: 'liquidation',
    values: { stress: 0.5 },
    kept: rich(52_501, { maintenanceMargin: (_i, qty, price) => qty * price * 0.05 }),
    broken: rich(52_500, { maintenanceMargin: (_i, qty, price) => qty * price * 0.05 }),
    says: 'an adverse move of 50.00 % would need 0 of equity, and there are 0: the account would be liquidated',
  },
  {
    name: 'liquidation',
    values: { stress: 0.5 },
    order: sell,
    kept: rich(57_501, { maintenanceMargin: (_i, qty, price) => qty * price * 0.05 }),
    broken: rich(57_500, { maintenanceMargin: (_i, qty, price) => qty * price * 0.05 }),
    says: 'an adverse move of 50.00 % would need 0 of equity, and there are 0: the account would be liquidated',
  },
]

describe('limits', () => {
  it.each(cases.map((each, i) => [`${i} ${each.name}`, each] as const))(
    '%s',
    (_, { name, values, order: of = buy, kept, broken, says }) => {
      passes(name, values, of, kept)
      refuses(says, name, values, of, broken)
      passes(name, { ...values, enabled: false }, of, broken)
    },
  )
})

describe('what is not known', () => {
  it('of volume and funding forbids nothing', () => {
    passes('dayVolume', { max: 0.5 }, buy, { dayVolume: () => Number.NaN })
    passes('dayVolume', { max: 0.5 }, buy, { dayVolume: () => 0 })
    passes('fundingCost', { max: 0.5 }, buy, rich(1))
    passes('fundingCost', { max: 0.5 }, sell, rich(1, { fundingRate: () => 0.1 }))
  })
  it('of equity and price does not pass', () => {
    for (const name of [
      'equityFloor',
      'minimumFreeEquity',
      'marginUse',
      'orderNotional',
      'leverage',
      'concentration',
      'longExposure',
      'grossExposure',
      'netExposure',
      'liquidation',
      'valueAtRisk',
      'correlatedExposure',
    ])
      expect(check(name, {}, buy, rich(Number.NaN)), name).toMatch(name === 'netExposure' ? /unknown/ : /unknown|equity/)
    refuses(/from the last one/, 'priceCollar', {}, buy, { lastPrice: () => 0 as Price })
  })
})

describe('priceCollar', () => {
  const at = (price: number, side: string): OrderRequest => order({ type: 'limit', price, side })
  it('holds the limit price on the side that pays more, and lets a patient one be', () => {
    passes('priceCollar', { max: 0.1 }, at(11_000, 'buy'))
    refuses(/10.01 % from/, 'priceCollar', { max: 0.1 }, at(11_001, 'buy'))
    passes('priceCollar', { max: 0.1 }, at(9_000, 'sell'))
    refuses(/10.01 % from/, 'priceCollar', { max: 0.1 }, at(8_999, 'sell'))
    passes('priceCollar', { max: 0.1 }, at(1, 'buy'))
    passes('priceCollar', { max: 0.1 }, at(90_000, 'sell'))
  })
})

describe('long and short exposure', () => {
  it('are asked of their own side only', () => {
    passes('longExposure', { max: 0.1 }, sell, held([[5, 50]], rich(1)))
    passes('shortExposure', { max: 0.1 }, buy, held([[-5, -50]], rich(1)))
  })
  it('count their own side only, in their own account', () => {
    passes(
      'longExposure',
      { max: 1 },
      buy,
      held(
        [
          [0, -50],
          [50, 50],
        ],
        rich(100_000),
      ),
    )
    passes(
      'shortExposure',
      { max: 1 },
      sell,
      held(
        [
          [0, 50],
          [-50, -50],
        ],
        rich(100_000),
      ),
    )
  })
})

describe('limits of one account', () => {
  const other = held(
    [
      [0, 0],
      [50, 50],
    ],
    rich(100_000),
  )
  it.each(['leverage', 'marginUse', 'liquidation', 'positions', 'fundingCost'])('%s does not count another account', (name) =>
    passes(name, name === 'positions' ? { max: 1 } : {}, buy, { ...other, fundingRate: () => 0.001 }),
  )
  it('liquidation and funding count all positions of it', () => {
    const both = (equity: number): Partial<View> =>
      held([[0, -10]], rich(equity, { fundingRate: (i) => (i === 0 ? 0.1 : -0.1), maintenanceMargin: () => 0 }))
    passes('liquidation', { stress: 0.5 }, buy, both(100_001))
    refuses(/liquidated/, 'liquidation', { stress: 0.5 }, buy, both(100_000))
    passes('fundingCost', { max: 1 }, buy, both(60_000))
    refuses(/funding/, 'fundingCost', { max: 1 }, buy, both(59_999))
  })
  it('liquidation survives at once the equity, whatever the side, by default', () => {
    for (const of of [buy, sell]) passes('liquidation', {}, of, rich(100_000))
    refuses(/65.00 %/, 'liquidation', {}, buy, rich(60_000))
  })
})

describe('correlatedExposure', () => {
  const name = 'correlatedExposure'
  const at = (correlation: number, position: number): Partial<View> =>
    held([[0, position]], rich(100_000, { correlation: (one, two) => (one === two ? 1 : correlation) }))
  it.each([
    [0.7, 1, true],
    [0.69, 1, false],
    [0.7, -1, false],
    [-0.7, -1, true],
    [-0.69, -1, false],
    [-0.7, 1, false],
    [Number.NaN, 1, true],
    [Number.NaN, -1, true],
  ])('correlation %d with a position of %d moves together: %s', (correlation, position, together) => {
    if (together)
      refuses(
        /the buy would make 0 that moves together, with equity 0; allowed is 1 x equity/,
        name,
        { max: 1 },
        buy,
        at(correlation, position),
      )
    else passes(name, { max: 1 }, buy, at(correlation, position))
    passes(name, { max: 1, enabled: false }, buy, at(correlation, position))
    if (together) refuses(/the sell/, name, { max: 1 }, sell, at(correlation, -position))
    else passes(name, { max: 1 }, sell, at(correlation, -position))
  })
  it('counts the same instrument in another account as itself', () => {
    refuses(
      /together/,
      name,
      { max: 1 },
      buy,
      held(
        [
          [0, 0],
          [1, 0],
        ],
        rich(100_000),
      ),
    )
    passes(
      name,
      { max: 1 },
      buy,
      held(
        [
          [0, 0],
          [-1, 0],
        ],
        rich(100_000),
      ),
    )
  })
  it('adds up to the notional exactly', () => {
    passes(name, { max: 1 }, buy, { ...at(1, 5), ...rich(150_000) })
    refuses(/together/, name, { max: 1 }, buy, { ...at(1, 5), ...rich(149_999) })
  })
})

describe('value at risk and expected shortfall', () => {
  // The 99 % quantile of the normal distribution is 2.3263479, the mean beyond it 2.6652142 deviations.
  const quantiles = [
    ['valueAtRisk', 2.3263479],
    ['expectedShortfall', 2.6652142],
  ] as const
  const at = (loss: number, given: Partial<View>): Partial<View> => ({ ...given, ...rich(loss) })
  it.each(quantiles)('%s of one position', (name, z) => {
    const one: Partial<View> = { volatility: () => 0.02 }
    passes(name, { max: 1 }, buy, at(z * 2_000 + 0.01, one))
    refuses(/of a day would be 0 with equity 0; allowed are 100.00 %/, name, { max: 1 }, buy, at(z * 2_000 - 0.01, one))
    passes(name, { max: 1, enabled: false }, buy, at(z * 2_000 - 1, one))
    passes(name, { max: 1, unknownVolatility: 0.03 }, buy, at(z * 3_000 + 0.01, {}))
    refuses(/of a day/, name, { max: 1, unknownVolatility: 0.03 }, buy, at(z * 3_000 - 0.01, {}))
  })
  it.each(quantiles)('%s of two positions, by their correlation', (name, z) => {
    for (const [correlation, position, deviation] of [
      [0.5, 10, Math.sqrt(3) * 2_000],
      [0.5, -10, 2_000],
      [-0.5, 10, 2_000],
      [Number.NaN, -10, 4_000],
      [Number.NaN, 5, 3_000],
    ] as const) {
      const two = held([[0, position]], { volatility: () => 0.02, correlation: () => correlation })
      passes(name, { max: 1 }, buy, at(z * deviation + 0.01, two))
      refuses(/of a day/, name, { max: 1 }, buy, at(z * deviation - 0.01, two))
    }
  })
  it('takes what is in flight as it is worst', () => {
    // Instrument 1 may end at 10 or at -10: with a correlation of 1 the first adds to the order, the second would hedge it.
    const either = held([[0, 0]], {
      volatility: () => 0.02,
      correlation: () => 1,
      netQtyFilled: (_account, i, extra) => (i === 0 ? extra : extra + 10 * Math.sign(extra)),
    })
    for (const of of [buy, sell]) {
      passes('valueAtRisk', { max: 1 }, of, at(2.3263479 * 4_000 + 0.01, either))
      refuses(/value at risk/, 'valueAtRisk', { max: 1 }, of, at(2.3263479 * 4_000 - 0.01, either))
    }
  })
  it('refuses what is endless', () => {
    for (const [name] of quantiles) refuses(/unknown/, name, {}, buy, { volatility: () => Infinity })
  })
})
