/** `what-if`: by hand, against the simulated venue, and as a command. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rateOf } from '../../core/exact.ts'
import type { Money, Price, Qty, Rate } from '../../core/exact.ts'
import { MILLISECOND, MINUTE } from '../../core/time.ts'
import type { Micros } from '../../core/time.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { formatRatio } from '../../domain/margin.ts'
import { whatIf } from '../../risk/what-if.ts'
import type { WhatIfQuestion } from '../../risk/what-if.ts'
import { SimVenue } from '../../sim/sim-venue.ts'
import { instrument, MONDAY, order, rules } from '../../../test/kernel/fixtures.ts'
import { runCommand } from '../../../test/setup/command-line.ts'

const units = (coins: number): Qty => Math.round(coins * 1e6) as Qty
const dollars = (amount: number): Price => Math.round(amount * 100) as Price
const money = (amount: number): Money => BigInt(Math.round(amount * 1e8)) as Money

/** Two brackets: 0.5 % to 50,000, then 1 % less 250. */
const contract = (): Instrument =>
  instrument({
    rules: [rules({ tick: 1, step: 1 })],
    brackets: [
      { floor: money(0), cap: money(50_000), maxLeverage: 100, rate: rateOf('0.005'), cum: money(0) },
      { floor: money(50_000), cap: money(1e9), maxLeverage: 50, rate: rateOf('0.01'), cum: money(250) },
    ],
  })

const question = (given: Partial<WhatIfQuestion> = {}): WhatIfQuestion => ({
  instrument: contract(),
  equity: money(10_000),
  position: { qty: 0, cost: 0n },
  side: 'buy',
  qty: units(0.5),
  price: dollars(60_000),
  type: 'market',
  leverage: 10,
  fees: { maker: rateOf('0.0002'), taker: rateOf('0.0005') },
  fundingRate: rateOf('0.0001'),
  settlements: 9,
  dayVolume: undefined,
  volatility: undefined,
  limits: {},
  ...given,
})

describe('what if, by hand', () => {
  it('opens: fee, margins, liquidation, funding', () => {
    const found = whatIf(question())
    expect(found).toMatchObject({
      position: { qty: units(0.5), cost: money(30_000) },
      notional: money(30_000),
      realised: 0n,
      fee: money(15),
      wallet: money(9_985),
      equity: money(9_985),
      initialMargin: money(3_000),
      maintenanceMargin: money(150),
      free: money(6_985),
      marginRatio: 150 / 9_985,
      funding: money(-27),
      impact: undefined,
    })
    // (30,000 - 9,985) / (0.5 x 0.995)
    expect(found.liquidationPrice && formatRatio(found.liquidationPrice, 2, 4)).toBe('40231.1557')
    expect(found.survives).toBeCloseTo(1 - 40_231.1557 / 60_000, 8)
    expect(found.averagePrice && formatRatio(found.averagePrice, 2)).toBe('60000')
  })

  it('turns a short position: what it realises is in the wallet, and only the rest is new', () => {
    const found = whatIf(question({ position: { qty: -units(0.2), cost: -money(11_600) }, type: 'limit' }))
    expect(found).toMatchObject({
      position: { qty: units(0.3), cost: money(18_000) },
      realised: money(-400),
      fee: money(6),
      wallet: money(9_994),
      equity: money(9_994),
    })
  })

  it('sells: the short side is liquidated above and receives a positive rate', () => {
    const found = whatIf(question({ side: 'sell' }))
    // (9,985 + 30,000) / (0.5 x 1.005) is above 50,000 of notional only from 100,000 on: first bracket.
    expect(found.liquidationPrice && formatRatio(found.liquidationPrice, 2, 4)).toBe('79572.1393')
    expect(found.survives).toBeCloseTo(79_572.1393 / 60_000 - 1, 8)
    expect(found.funding).toBe(money(27))
  })

  it('closes: nothing is held, nothing can be liquidated, nothing is paid', () => {
    const found = whatIf(question({ side: 'sell', position: { qty: units(0.5), cost: money(29_000) } }))
    expect(found).toMatchObject({ position: { qty: 0, cost: 0n }, realised: money(1_000), marginRatio: 0, initialMargin: 0n })
    expect([found.liquidationPrice, found.survives, found.averagePrice]).toEqual([undefined, undefined, undefined])
    expect(found.equity).toBe(money(9_985))
    expect(found.funding).toBe(0n)
    expect(found.refusals).toEqual([])
  })

  it('knows the impact by the square-root law, and no funding without a rate', () => {
    const found = whatIf(question({ dayVolume: units(50), volatility: 0.03, fundingRate: undefined }))
    expect(found.impact).toBeCloseTo(0.003, 12)
    expect(found.funding).toBeUndefined()
    expect(whatIf(question({ dayVolume: 1 })).impact).toBeUndefined()
    expect(whatIf(question({ volatility: 1 })).impact).toBeUndefined()
  })

  it('names every limit that refuses', () => {
    const rulesOf = (values: WhatIfQuestion['limits']): readonly string[] =>
      whatIf(question({ limits: values })).refusals.map(({ rule }) => rule)
    expect(rulesOf({ leverage: { max: 1 }, concentration: { max: 1 } })).toEqual(
      expect.arrayContaining(['leverage', 'concentration']),
    )
    expect(rulesOf({ leverage: { max: 4 } })).not.toContain('leverage')
  })
})

/** Opens at the first bar, then the mark stays and reaches `extreme` once; whether it was liquidated. */
function isLiquidated({ side, qty, price, equity, fees }: WhatIfQuestion, extreme: Price): boolean {
  const kinds: string[] = []
  const at = (minute: number, ms = 0): Micros => (MONDAY + minute * MINUTE + ms * MILLISECOND) as Micros
  const column = (second: number): Float64Array => Float64Array.from([price, second])
  const [low, high] = [Math.min(price, extreme), Math.max(price, extreme)]
  const [lows, highs] = [column(low), column(high)]
  const venue = new SimVenue({
    instruments: [contract()],
    bars: [
      {
        length: 2,
        openTime: Float64Array.from([at(0), at(1)]),
        duration: Float64Array.from([MINUTE, MINUTE]),
        mark: undefined,
        open: column(price),
        high: highs,
        low: lows,
        close: column(price),
        volume: Float64Array.from([1e15, 1e15]),
      },
    ],
    accounts: 1,
    fills: { takerFee: fees.taker, makerFee: 0 as Rate, slippageBps: 0, participation: undefined, touch: false },
    switches: {},
    report: (report) => {
      if (report.kind !== 'account' && report.fill !== undefined) kinds.push(report.fill.reason)
    },
  })
  venue.transfer(0, 'deposit', equity, at(0))
  venue.submit(order({ side, qty, decisionPrice: price, decidedAt: at(0), shares: [{ strategy: 0, qty }] }) as never, at(0))
  venue.openBar(0, 0)
  venue.endBar(0)
  venue.openBar(0, 1)
  venue.endBar(0)
  expect(kinds[0]).toBe('signal')
  return kinds.length > 1
}

describe('what if, against the simulated venue', () => {
  it('is liquidated at the predicted price and not a tick before', () => {
    let compared = 0
    fc.assert(
      fc.property(
        fc.constantFrom('buy', 'sell'),
        fc.integer({ min: 60, max: 180 }),
        fc.integer({ min: 1_000_000, max: 9_000_000 }),
        (side, exposure, price) => {
          const equity = money(10_000)
          const qty = Math.floor((Number(equity) * exposure) / 10 / price) as Qty
          const asked = question({ side, qty, price: price as Price, equity, leverage: 20 })
          const { liquidationPrice: ratio, free } = whatIf(asked)
          if (ratio === undefined || free < 0n) return
          const exact = Number(ratio.numerator) / Number(ratio.denominator)
          const [reached, before] =
            side === 'buy' ? [Math.floor(exact), Math.floor(exact) + 1] : [Math.ceil(exact), Math.ceil(exact) - 1]
          compared += 1
          expect(isLiquidated(asked, reached as Price)).toBe(true)
          expect(isLiquidated(asked, before as Price)).toBe(false)
        },
      ),
      { numRuns: 60 },
    )
    expect(compared).toBeGreaterThan(20)
  })
})

describe('the command', () => {
  const base = 'what-if --symbol BTCUSDT --side buy --qty 0.5 --price 60000 --equity 10000'
  const run = (line: string) => runCommand(line.split(' '), { cwd: '.' })

  it('prints a table, and ends with 1 when a limit refuses', async () => {
    const { code, stdout } = await run(`${base} --leverage 10`)
    expect(code).toBe(1)
    expect(stdout).toContain('liquidation price    40190.7630522')
    expect(stdout).toContain('leverage: gross exposure would be 30000')
    expect((await run(`${base} --set risk.maxLeverage=4`)).stdout).toContain('fee                  15 USDT')
  })

  it('writes one document', async () => {
    const { stdout } = await run(
      `${base} --position -0.2@58000 --funding-rate 0.0001 --horizon 3d --day-volume 200 --volatility 0.03 --type limit --json`,
    )
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'autotrading.what-if/1',
      symbol: 'BTCUSDT',
      order: { side: 'buy', type: 'limit', qty: '0.5', price: '60000', leverage: 20 },
      position: '0.3',
      averagePrice: '60000',
      realised: '-400',
      fee: '6',
      equity: '9994',
      settlements: 9,
      funding: '-16.2',
      impact: 0.0015,
    })
  })

  it.each([
    ['--side hold', /buy or sell/],
    ['--type stop', /market or limit/],
    ['--qty 0', /above 0/],
    ['--qty x', /no decimal/],
    ['--position 5', /such as -0.2@58000/],
    ['--position 5@-1', /above 0/],
    ['--leverage 1.5', /whole number/],
    ['--volatility 0', /above 0/],
    ['--funding-interval 0h', /above 0/],
  ])('refuses %s', async (flag, words) => {
    const { code, stderr } = await run(`${base} ${flag}`)
    expect(code).toBe(2)
    expect(stderr).toMatch(words)
  })
})
