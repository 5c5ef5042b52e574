/**
 * The rules beyond plain orders on bars, one small story each: prices are whole quote units with tick 1, quantities whole base units.
 */
import { describe, expect, it } from 'vitest'
import { rateOf, unitsOf } from '../../../src/core/exact.ts'
import type { Money, Price, Qty, Rate } from '../../../src/core/exact.ts'
import { MINUTE, parseTime } from '../../../src/core/time.ts'
import type { Duration, Micros } from '../../../src/core/time.ts'
import { Instrument } from '../../../src/domain/instrument.ts'
import { PLAIN_TERMS } from '../../../src/domain/order.ts'
import type { OrderRequest, OrderTerms } from '../../../src/domain/order.ts'
import { runNaiveVenue } from './naive-venue.ts'
import type { ScriptBar, ScriptCommand, ScriptSettings, ScriptSwitches, ScriptTrade, VenueOutcome } from './script.ts'

const START = parseTime('2024-01-01T00:00Z')
const ONE = 100_000_000
const money = (text: string): Money => unitsOf(text, 8) as Money
const at = (minute: number, ms = 0): Micros => (START + minute * MINUTE + ms * 1_000) as Micros
const asset = { name: 'USDT', scale: 8 }

const INSTRUMENT = new Instrument(
  {
    venue: 'binance',
    kind: 'perp',
    symbol: 'AUSDT',
    base: { name: 'A', scale: 8 },
    quote: asset,
    settle: asset,
    priceScale: 0,
    rules: [
      {
        from: 0 as Micros,
        tick: 1 as Price,
        step: (ONE / 10) as Qty,
        binding: true,
        minQty: ONE as Qty,
        minNotional: money('50'),
      },
    ],
    brackets: [
      { floor: money('0'), cap: money('1000'), maxLeverage: 50, rate: rateOf('0.01'), cum: money('0') },
      { floor: money('1000'), cap: money('100000'), maxLeverage: 10, rate: rateOf('0.1'), cum: money('90') },
    ],
    liquidationFee: rateOf('0.01'),
  },
  0,
)

const bar = (minute: number, [open, high, low, close]: readonly number[], volume = 1_000): ScriptBar => ({
  openTime: at(minute),
  length: MINUTE,
  open: open as Price,
  high: high as Price,
  low: low as Price,
  close: close as Price,
  volume,
})
const flat = (minute: number, price = 100): ScriptBar => bar(minute, [price, price, price, price])
const trade = (minute: number, price: number, qty: number, taker: 'sold' | 'bought'): ScriptTrade => ({
  time: at(minute),
  price: price as Price,
  qty: (qty * ONE) as Qty,
  buyerIsMaker: taker === 'sold',
})

type Wish = Partial<Omit<OrderRequest, 'qty' | 'closes' | 'price' | 'trigger' | 'terms'>> & {
  readonly qty?: number
  readonly closes?: number
  readonly price?: number
  readonly trigger?: number
  readonly terms?: Partial<OrderTerms>
}
function order(sentAt: Micros, clientOrderId: string, side: 'buy' | 'sell', wish: Wish = {}): ScriptCommand {
  const { qty = 1, closes = wish.reduceOnly === true ? qty : 0, price, trigger, terms = {}, ...over } = wish
  return {
    what: 'order',
    sentAt,
    order: {
      clientOrderId,
      account: 0,
      instrument: 0,
      side,
      positionSide: 'both',
      type: price === undefined ? (trigger === undefined ? 'market' : 'stop-market') : 'limit',
      timeInForce: 'GTC',
      qty: (qty * ONE) as Qty,
      closes: (closes * ONE) as Qty,
      price: price as Price | undefined,
      trigger: trigger as Price | undefined,
      workingType: 'last',
      reduceOnly: false,
      terms: { ...PLAIN_TERMS, ...terms },
      attached: undefined,
      shares: [],
      reason: 'signal',
      decisionPrice: 100 as Price,
      decidedAt: sentAt,
      ...over,
    },
  }
}
const on = { account: 0, instrument: 0 } as const

interface Scene {
  readonly bars?: readonly ScriptBar[]
  readonly trades?: readonly ScriptTrade[]
  readonly commands: readonly ScriptCommand[]
  readonly capital?: string
  readonly settings?: Partial<ScriptSettings>
  readonly switches?: Partial<ScriptSwitches>
}

function play({ bars = [], trades = [], commands, capital = '100000', settings = {}, switches = {} }: Scene): VenueOutcome {
  const zero = 0 as Duration
  return runNaiveVenue({
    instruments: [INSTRUMENT],
    settings: {
      takerFee: 0 as Rate,
      makerFee: 0 as Rate,
      tiers: [],
      slippageBps: 0,
      participation: undefined,
      touch: false,
      queue: 10,
      orderLatency: zero,
      reportLatency: zero,
      dataLatency: zero,
      ...settings,
    },
    switches: {
      bands: false,
      immediateTrigger: 'reject',
      reduceOnlyCovered: false,
      reduceOnlyTrim: false,
      liquidation: 'partial',
      ...switches,
    },
    capital: [money(capital)],
    bars: [bars],
    trades: [trades],
    marks: [[]],
    funding: [],
    delistings: [],
    commands,
  })
}

const story = (scene: Scene): string[] =>
  play(scene)
    .reports.filter(({ kind }) => kind !== 'order-accepted')
    .map((each) => {
      if (each.kind === 'account') return `${each.entry} ${Number(each.amount) / ONE}`
      if (each.kind === 'answer') return `${each.clientOrderId} ${(each.reason ?? '') === '' ? 'done' : each.reason?.slice(0, 5)}`
      if (each.kind === 'order-filled')
        return `${each.clientOrderId} ${each.side} ${Number(each.qty) / ONE} at ${each.price} ${each.liquidity}`
      const why = each.reason?.startsWith('-') === true ? each.reason.slice(0, 5) : each.reason
      return `${each.clientOrderId} ${each.kind.slice('order-'.length)} ${why}`.trim()
    })

describe('requests', () => {
  it('V1: the first broken rule is the answer', () => {
    const late = at(1)
    const commands = [
      order(late, 'a', 'buy', { qty: 0 }),
      order(late, 'b', 'buy', { type: 'limit' }),
      order(late, 'c', 'buy', { positionSide: 'long' }),
      order(late, 'd', 'buy', { qty: 0.5 }),
      order(late, 'e', 'buy', { qty: 1.05 }),
      order(late, 'f', 'buy', { price: 40 }),
      order(late, 'g', 'buy', { trigger: 100 }),
      order(late, 'h', 'sell', { reduceOnly: true }),
      order(late, 'i', 'buy', { qty: 30 }),
      order(late, 'j', 'buy', { timeInForce: 'IOC' }),
      order(late, 'k', 'buy', { price: 100, timeInForce: 'GTD', terms: { goodTill: at(11) } }),
      order(late, 'l', 'buy', { closes: 2 }),
    ]
    expect(story({ bars: [flat(0)], commands })).toEqual([
      'a rejected -4003',
      'b rejected -1102',
      'c rejected -4061',
      'd rejected -4004',
      'e rejected -4023',
      'f rejected -4164',
      'g rejected -2021',
      'h rejected -2022',
      'i rejected -2027',
      'j rejected -1106',
      'k rejected -5040',
      'l rejected -1128',
    ])
  })

  it('V1.19: what an order costs must be available, and an open order binds its margin', () => {
    const commands = [order(at(1), 'a', 'buy', { price: 90, qty: 2 }), order(at(1), 'b', 'buy', { price: 90, qty: 2 })]
    // 180 / 20 = 9 each.
    expect(story({ bars: [flat(0)], commands, capital: '18' })).toEqual([])
    expect(story({ bars: [flat(0)], commands, capital: '17.99' })).toEqual(['b rejected -2019'])
  })

  it('V3: an amended order arrives anew; by no more than what has filled it ends', () => {
    const amend = (price: number, qty: number): ScriptCommand => ({
      what: 'amend',
      sentAt: at(1),
      amend: { ...on, clientOrderId: 'a', price: price as Price, qty: (qty * ONE) as Qty },
    })
    const scene = (command: ScriptCommand): Scene => ({
      bars: [bar(0, [100, 100, 94, 100], 20), flat(1)],
      settings: { participation: 0.1 },
      commands: [order(at(0), 'a', 'buy', { price: 95, qty: 3 }), command],
    })
    expect(story(scene(amend(100, 4)))).toEqual(['a buy 2 at 95 maker', 'a amended', 'a buy 2 at 100 taker'])
    expect(story(scene(amend(95, 2)))).toEqual(['a buy 2 at 95 maker', 'a canceled amended-away'])
    expect(story(scene(amend(95, 3)))).toEqual(['a buy 2 at 95 maker', 'a rejected -5027'])
  })

  it('V4, V5: a closing stop closes what there is, and goes when nothing is left', () => {
    const stop = order(at(0), 's', 'sell', { trigger: 95, qty: 0, terms: { closePosition: true } })
    const commands = [order(at(0), 'a', 'buy', { qty: 3 }), stop]
    expect(story({ bars: [bar(0, [100, 100, 94, 94])], commands })).toEqual(['a buy 3 at 100 taker', 's sell 3 at 95 taker'])
    expect(story({ bars: [flat(0), flat(1)], commands: [...commands, order(at(1), 'b', 'sell', { qty: 3 })] }).slice(1)).toEqual([
      'b sell 3 at 100 taker',
      's expired position-closed',
    ])
  })

  it('V6: with the switch a shrinking position ends the worst of the limits beyond it', () => {
    const limit = (id: string, price: number): ScriptCommand => order(at(1), id, 'sell', { price, reduceOnly: true })
    const commands = [
      order(at(0), 'a', 'buy', { qty: 2 }),
      limit('near', 110),
      limit('far', 120),
      order(at(2), 'b', 'sell', { terms: { selfTrade: 'none' } }),
    ]
    const bars = [flat(0), flat(1), flat(2)]
    expect(story({ bars, commands }).slice(1)).toEqual(['b sell 1 at 100 taker'])
    expect(story({ bars, commands, switches: { reduceOnlyTrim: true } }).slice(1)).toEqual([
      'b sell 1 at 100 taker',
      'far expired reduce-only',
    ])
  })

  it.each([
    ['none', ['b sell 1 at 100 taker']],
    ['expire-taker', ['b expired self-trade']],
    ['expire-maker', ['a expired self-trade', 'b sell 1 at 100 taker']],
    ['expire-both', ['a expired self-trade', 'b expired self-trade']],
  ] as const)('V7: %s', (selfTrade, expected) => {
    const commands = [order(at(0), 'a', 'buy', { price: 100 }), order(at(1), 'b', 'sell', { terms: { selfTrade } })]
    expect(story({ bars: [flat(0, 105), flat(1)], commands })).toEqual(expected)
  })

  it('V8: good-till-date and countdown end by the clock', () => {
    const gtd = order(at(0), 'a', 'buy', { price: 60, timeInForce: 'GTD', terms: { goodTill: at(11) } })
    const commands: ScriptCommand[] = [
      gtd,
      order(at(0), 'b', 'buy', { price: 60 }),
      { what: 'countdown', sentAt: at(1), ...on, duration: (2 * MINUTE) as Duration },
      order(at(4), 'c', 'buy', { price: 60 }),
    ]
    const bars = [flat(0), flat(20)]
    expect(story({ bars, commands })).toEqual(['a canceled countdown', 'b canceled countdown'])
    expect(story({ bars, commands: [gtd] })).toEqual(['a expired gtd'])
  })

  it('O10: time in force at the first turn', () => {
    const of = (timeInForce: 'GTX' | 'IOC' | 'FOK'): string[] =>
      story({
        bars: [bar(0, [100, 100, 100, 100], 20)],
        settings: { participation: 0.1 },
        commands: [order(at(0), 'a', 'buy', { price: 100, qty: 3, timeInForce })],
      })
    expect(of('GTX')).toEqual(['a expired post-only'])
    expect(of('IOC')).toEqual(['a buy 2 at 100 taker', 'a expired ioc'])
    expect(of('FOK')).toEqual(['a expired fok'])
  })

  it('O12: a trailing order fires by the level so far, then by the other extreme of the same bar', () => {
    const trailing = order(at(0), 't', 'sell', { type: 'trailing-stop-market', terms: { callback: rateOf('0.05') } })
    const enter = order(at(0), 'a', 'buy')
    // The open of 100 gives a level of 95, the high of 110 one of 104.
    expect(story({ bars: [bar(0, [100, 110, 94, 100])], commands: [enter, trailing] })[1]).toBe('t sell 1 at 95 taker')
    expect(story({ bars: [bar(0, [100, 110, 100, 105])], commands: [enter, trailing] })[1]).toBe('t sell 1 at 104 taker')
  })
})

describe('accounts', () => {
  const isolated: ScriptCommand = { what: 'margin-type', sentAt: at(0), ...on, type: 'isolated' }

  it('V9: modes change only when nothing is there', () => {
    const mode = (sentAt: Micros, to: 'hedge' | 'one-way'): ScriptCommand => ({
      what: 'position-mode',
      sentAt,
      account: 0,
      mode: to,
    })
    const commands = [
      mode(at(0), 'one-way'),
      mode(at(0), 'hedge'),
      mode(at(0), 'one-way'),
      order(at(0), 'a', 'buy'),
      mode(at(1), 'hedge'),
    ]
    expect(story({ bars: [flat(0), flat(1)], commands })).toEqual([
      'position-mode -4059',
      'position-mode done',
      'position-mode done',
      'a buy 1 at 100 taker',
      'position-mode -4068',
    ])
  })

  it('V10: an isolated position has a wallet of its own, released by shares', () => {
    const commands = [isolated, order(at(0), 'a', 'buy', { qty: 4 }), order(at(1), 'b', 'sell', { qty: 1 })]
    const wallet = (count: number): bigint =>
      play({ bars: [flat(0), flat(1)], commands: commands.slice(0, count) }).accounts[0].positions[0].isolatedWallet
    expect(wallet(2)).toBe(money('20'))
    expect(wallet(3)).toBe(money('15'))
  })

  it("L, V10: an isolated position dies alone, and its debt is the insurance fund's", () => {
    const commands = [isolated, order(at(0), 'a', 'buy', { qty: 4 })]
    const outcome = play({ bars: [flat(0), flat(1, 90)], commands })
    // 20 - 40 - 3.60 of liquidation fee
    expect(outcome.accounts[0].wallet).toBe(money('99980'))
    expect(outcome.insuranceFund).toBe(money('-20'))
  })

  it('L6: as few steps as it takes, and all of it with the switch', () => {
    const scene = (liquidation: 'partial' | 'whole'): Scene => ({
      bars: [flat(0), flat(1, 95)],
      capital: '190',
      switches: { liquidation },
      commands: [{ what: 'leverage', sentAt: at(0), ...on, leverage: 10 }, order(at(0), 'a', 'buy', { qty: 15 })],
    })
    // 115 against 142.5 - 90 is enough; at 190 - 75.
    expect(story(scene('partial'))).toEqual(['leverage done', 'a buy 15 at 100 taker'])
    const poor = (liquidation: 'partial' | 'whole'): string => story({ ...scene(liquidation), capital: '120' })[2]
    // 45 against 52.5: each tenth less frees 0.95 and costs 0.095, so 0.9 of them are needed: 9 x 0.855 > 7.5
    expect(poor('partial')).toBe('autoclose-0-1 sell 0.9 at 95 taker')
    expect(poor('whole')).toBe('autoclose-0-1 sell 15 at 95 taker')
  })

  it('V13: the tier of a day is that of the thirty days before it', () => {
    const tiers = [
      { volume: money('0'), maker: 0 as Rate, taker: rateOf('0.001') },
      { volume: money('100'), maker: 0 as Rate, taker: rateOf('0.0005') },
    ]
    const commands = [0, 1, 1440].map((minute, i) => order(at(minute), `o${i}`, 'buy'))
    const { reports } = play({ bars: [flat(0), flat(1), flat(1440)], commands, settings: { tiers } })
    const fees = reports.filter(({ kind }) => kind === 'order-filled').map((each) => each.fee)
    expect(fees).toEqual([money('0.1'), money('0.1'), money('0.05')])
  })
})

describe('orders on trades', () => {
  it('R1: a market order takes the worse of the trade and the other side of the book', () => {
    const trades = [trade(0, 102, 5, 'bought'), trade(1, 100, 5, 'sold'), trade(2, 100, 5, 'sold')]
    expect(story({ trades, commands: [order(at(1, 1), 'a', 'buy'), order(at(1, 1), 'b', 'sell')] })).toEqual([
      'a buy 1 at 102 taker',
      'b sell 1 at 100 taker',
    ])
  })

  it('R2: at the limit the queue goes first, through it nothing does', () => {
    const trades = [trade(0, 102, 2, 'sold'), trade(1, 102, 2, 'sold'), trade(2, 100, 3, 'sold'), trade(3, 100, 2, 'sold')]
    const commands = [order(at(0, 1), 'a', 'buy', { price: 100, qty: 4 })]
    // Two mean trades of 2 are ahead.
    expect(story({ trades, commands, settings: { queue: 2 } })).toEqual(['a buy 1 at 100 maker'])
    const through = [...trades.slice(0, 2), trade(2, 99, 3, 'sold')]
    expect(story({ trades: through, commands, settings: { queue: 2 } })).toEqual(['a buy 3 at 100 maker'])
  })

  it('R1, R4: what fires takes part from the next trade on', () => {
    const trades = [trade(0, 100, 5, 'sold'), trade(1, 95, 5, 'sold'), trade(2, 93, 5, 'sold')]
    const commands = [order(at(0), 'a', 'buy'), order(at(0, 1), 's', 'sell', { trigger: 95 })]
    expect(story({ trades, commands })).toEqual(['a buy 1 at 100 taker', 's sell 1 at 93 taker'])
  })
})
