/** Orders whose outcome can be checked by head: 10 at 10,000 is a notional of 100,000. */
import { expect, it } from 'vitest'
import { rateOf } from '../core/exact.ts'
import type { Money, Price, Qty } from '../core/exact.ts'
import { Position } from '../domain/position.ts'
import type { PositionState } from '../domain/position.ts'
import { instrument } from '../../test/kernel/fixtures.ts'
import { whatIf } from './what-if.ts'
import type { WhatIfAnswer, WhatIfQuestion } from './what-if.ts'
import { whatIfView } from './what-if-view.ts'

function held(qty: number, price: number): PositionState {
  const position = new Position()
  if (qty !== 0) position.apply(price as Price, qty as Qty)
  return position.snapshot()
}

const QUESTION: WhatIfQuestion = {
  instrument: instrument(),
  equity: 1_000_000n as Money,
  position: held(0, 0),
  side: 'buy',
  qty: 10 as Qty,
  price: 10_000 as Price,
  type: 'market',
  leverage: 5,
  fees: { maker: rateOf('0.0002'), taker: rateOf('0.001') },
  fundingRate: rateOf('0.0001'),
  settlements: 3,
  dayVolume: 1_000,
  volatility: 0.03,
  limits: {},
}
const ask = (given: Partial<WhatIfQuestion> = {}): WhatIfAnswer => whatIf({ ...QUESTION, ...given })
const rulesOf = ({ refusals }: WhatIfAnswer): readonly string[] => refusals.map(({ rule }) => rule)
const priceOf = ({ liquidationPrice }: WhatIfAnswer): number =>
  liquidationPrice === undefined ? Number.NaN : Number(liquidationPrice.numerator) / Number(liquidationPrice.denominator)

it('opens: fee, margins, funding and impact', () => {
  const answer = ask()
  expect(answer).toMatchObject({
    notional: 100_000n,
    realised: 0n,
    fee: 100n,
    wallet: 999_900n,
    equity: 999_900n,
    initialMargin: 20_000n,
    maintenanceMargin: 500n,
    free: 979_900n,
    funding: -30n,
    liquidationPrice: undefined,
    survives: undefined,
    refusals: [],
  })
  expect(answer.position.qty).toBe(10)
  expect(answer.marginRatio).toBeCloseTo(500 / 999_900, 15)
  expect(answer.impact).toBeCloseTo(0.03 * Math.sqrt(0.01), 12)
  expect(ask({ type: 'limit' }).fee).toBe(20n)
})

it('is liquidated where equity is the maintenance margin, on either side', () => {
  // 29,900 + 10 (p - 10,000) = 0.005 x 10 p, respectively 29,900 - 10 (p - 10,000) = 0.005 x 10 p.
  const long = ask({ equity: 30_000n as Money })
  expect(priceOf(long)).toBeCloseTo(70_100 / 9.95, 6)
  expect(long.survives).toBeCloseTo(1 - 7.01 / 9.95, 9)
  const short = ask({ equity: 30_000n as Money, side: 'sell' })
  expect(priceOf(short)).toBeCloseTo(129_900 / 10.05, 6)
  expect(short.survives).toBeCloseTo(12.99 / 10.05 - 1, 9)
  expect([short.position.qty, short.funding]).toEqual([-10, 30n])
})

it('closes and reverses: profit is realised, what is unrealised stays in equity', () => {
  const closed = ask({ position: held(-10, 11_000) })
  expect(closed).toMatchObject({ realised: 10_000n, notional: 0n, wallet: 999_900n, equity: 999_900n, averagePrice: undefined })
  const half = ask({ position: held(20, 9_000), side: 'sell' })
  expect(half).toMatchObject({ realised: 10_000n, wallet: 989_900n, equity: 999_900n, notional: 100_000n })
  const turned = ask({ position: held(-4, 11_000) })
  expect(turned).toMatchObject({ realised: 4_000n, notional: 60_000n, equity: 999_900n })
})

it('says nothing of what is not known', () => {
  expect(ask({ fundingRate: undefined }).funding).toBeUndefined()
  expect(ask({ dayVolume: undefined }).impact).toBeUndefined()
  expect(ask({ volatility: undefined }).impact).toBeUndefined()
})

it('names every limit that refuses, one after the other, and none for what only closes', () => {
  expect(rulesOf(ask({ equity: 60_000n as Money }))).toEqual(['leverage', 'liquidation'])
  expect(rulesOf(ask({ equity: 60_000n as Money, limits: { leverage: { max: 2 } } }))).toEqual(['liquidation'])
  expect(rulesOf(ask({ equity: 15_000n as Money, limits: { leverage: { enabled: false } } }))).toContain('marginUse')
  expect(rulesOf(ask({ dayVolume: 19 }))).toEqual(['dayVolume'])
  expect(rulesOf(ask({ volatility: 0.6 }))).toEqual(['volatilityHalt'])
  expect(rulesOf(ask({ equity: 60_000n as Money, position: held(-10, 10_000) }))).toEqual([])
  expect(rulesOf(ask({ equity: 60_000n as Money, position: held(10, 10_000), side: 'sell' }))).toEqual([])
  // A reversal is judged by what it opens: 4 of these 10.
  expect(rulesOf(ask({ position: held(-6, 10_000), limits: { orderNotional: { max: 0.04 } } }))).toEqual([])
  expect(rulesOf(ask({ position: held(-6, 10_000), limits: { orderNotional: { max: 0.0399 } } }))).toEqual(['orderNotional'])
})

it('sees one position of one account, and nothing else', () => {
  const seen = whatIfView({ ...QUESTION, position: held(-7, 10_000) })
  expect([seen.netQty(0, 0), seen.bookQty(0, 0), seen.bookQtyInFlight(0, 0)]).toEqual([-7, -7, -7])
  expect([seen.netQtyFilled(0, 0, 3), seen.worstQty(0, 0, 3), seen.worstQty(0, 0, -3)]).toEqual([-4, 7, 10])
  expect([seen.equity(0), seen.totalEquity(), seen.totalPeakEquity(), seen.totalAtDayStart(), seen.totalAtWeekStart()]).toEqual(
    Array.from({ length: 5 }, () => 1_000_000),
  )
  expect([seen.peakEquity(0), seen.equityAtDayStart(0), seen.equityAtWeekStart(0)]).toEqual([1_000_000, 1_000_000, 1_000_000])
  expect([seen.ordersSince(0, 1), seen.openOrders(0), seen.entriesToday(0), seen.turnoverToday(0)]).toEqual([0, 0, 0, 0])
  expect([seen.spread(0), seen.fundingRate(0), seen.fundingInterval(0)]).toEqual([Number.NaN, Number.NaN, 0])
  expect([seen.lastPrice(0), seen.isTraded(0), seen.accountKind(0), seen.leverageSetting(0, 0)]).toEqual([
    10_000,
    true,
    'margin',
    5,
  ])
  expect([seen.volatility(0), seen.dayVolume(0), seen.correlation(0, 0)]).toEqual([0.03, 1_000, 1])
  expect(seen.maintenanceMargin(0, -7, 10_000)).toBe(350)
  expect(seen.bookStatistics(0)).toEqual({
    trades: 0,
    wins: 0,
    lossesInRow: 0,
    sum: 0,
    sumOfSquares: 0,
    lastExit: 0,
    lastExitReason: '',
  })
  expect(seen.regime(0)).toBeUndefined()
})
