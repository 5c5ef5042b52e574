import { describe, expect, it } from 'vitest'
import { rateOf, unitsOf } from '../../../src/core/exact.ts'
import type { Money, Price, Qty, Rate } from '../../../src/core/exact.ts'
import { MINUTE, parseTime } from '../../../src/core/time.ts'
import type { Duration, Micros } from '../../../src/core/time.ts'
import { Instrument } from '../../../src/domain/instrument.ts'
import { opposite, PLAIN_TERMS } from '../../../src/domain/order.ts'
import type { OrderRequest, OrderTerms } from '../../../src/domain/order.ts'
import { runNaiveVenue } from './naive-venue.ts'
import type {
  OutcomeReport,
  ScriptBar,
  ScriptCommand,
  ScriptMark,
  ScriptSettings,
  ScriptSwitches,
  VenueOutcome,
  VenueScript,
} from './script.ts'

// ---- scenarios by hand: prices are whole quote units with tick 1, quantities whole base units, bars one minute long

const START = parseTime('2024-01-01T00:00Z')
const ONE = 100_000_000
const money = (text: string): Money => unitsOf(text, 8) as Money

function instrument(index = 0, over: { tick?: number; liquidationFee?: string } = {}): Instrument {
  const asset = { name: 'USDT', scale: 8 }
  return new Instrument(
    {
      venue: 'binance',
      kind: 'perp',
      symbol: `${'ABC'[index]}USDT`,
      base: { name: 'ABC'[index], scale: 8 },
      quote: asset,
      settle: asset,
      priceScale: 0,
      rules: [{ from: 0 as Micros, tick: (over.tick ?? 1) as Price, step: 1 as Qty, binding: false }],
      brackets: [
        { floor: money('0'), cap: money('1000'), maxLeverage: 100, rate: rateOf('0.01'), cum: money('0') },
        { floor: money('1000'), cap: money('1000000'), maxLeverage: 50, rate: rateOf('0.02'), cum: money('10') },
      ],
      liquidationFee: rateOf(over.liquidationFee ?? '0.0125'),
    },
    index,
  )
}

/** Bar number `minute`: [open, high, low, close] and its volume. */
function bar(minute: number, [open, high, low, close]: readonly number[], volume = 1_000): ScriptBar {
  return {
    openTime: at(minute),
    length: MINUTE,
    open: open as Price,
    high: high as Price,
    low: low as Price,
    close: close as Price,
    volume,
  }
}
function mark(minute: number, [open, high, low, close]: readonly number[]): ScriptMark {
  return { openTime: at(minute), length: MINUTE, open: eight(open), high: eight(high), low: eight(low), close: eight(close) }
}
const eight = (price: number): number => Math.round(price * ONE)
const at = (minute: number, ms = 0): Micros => (START + minute * MINUTE + ms * 1_000) as Micros

type Wish = Partial<Omit<OrderRequest, 'qty' | 'closes' | 'price' | 'trigger' | 'attached'>> & {
  readonly qty?: number
  /** All of it if reduce-only, else nothing. */
  readonly closes?: number
  /** Of the attached stop; the opposite of the order's. */
  readonly stopSide?: 'buy' | 'sell'
  readonly limit?: number
  readonly stop?: number
  /** Attached stop: id, trigger, quantity, and what it replaces. */
  readonly attach?: readonly [id: string, trigger: number, qty: number, ...replaces: string[]]
}

/** Two orders of one account may meet. */
const LOOSE: OrderTerms = { ...PLAIN_TERMS, selfTrade: 'none' }

function order(sentAt: Micros, clientOrderId: string, side: 'buy' | 'sell', wish: Wish = {}): ScriptCommand {
  const { qty = 1, closes = wish.reduceOnly === true ? qty : 0, limit, stop, attach, stopSide = opposite(side), ...over } = wish
  return {
    sentAt,
    what: 'order',
    order: {
      clientOrderId,
      account: 0,
      instrument: 0,
      side,
      positionSide: 'both',
      timeInForce: 'GTC',
      workingType: 'last',
      reduceOnly: false,
      terms: PLAIN_TERMS,
      type: limit !== undefined ? 'limit' : stop !== undefined ? 'stop-market' : 'market',
      qty: Math.round(qty * ONE) as Qty,
      closes: Math.round(closes * ONE) as Qty,
      price: limit as Price | undefined,
      trigger: stop as Price | undefined,
      attached: attach && {
        cancels: attach.slice(3) as string[],
        stop: {
          clientOrderId: attach[0],
          side: stopSide,
          trigger: attach[1] as Price,
          qty: Math.round(attach[2] * ONE) as Qty,
          workingType: 'last',
        },
      },
      shares: [],
      reason: 'signal',
      decisionPrice: 100 as Price,
      decidedAt: sentAt,
      ...over,
    },
  }
}
const cancel = (sentAt: Micros, clientOrderId: string): ScriptCommand => ({
  sentAt,
  what: 'cancel',
  account: 0,
  instrument: 0,
  clientOrderId,
})

interface Scene {
  readonly bars?: readonly ScriptBar[]
  readonly more?: Partial<Omit<VenueScript, 'settings'>>
  readonly settings?: Partial<Omit<ScriptSettings, 'participation'>> & { readonly participation?: number }
  readonly commands?: readonly ScriptCommand[]
  readonly capital?: string
}

interface Scenery extends VenueOutcome {
  readonly wallet: Money
  /** Of one-way mode. */
  readonly positions: readonly { readonly instrument: number; readonly qty: Qty; readonly cost: Money }[]
}

function run(scene: Scene): Scenery {
  const outcome = play(scene)
  const [{ wallet, positions }] = outcome.accounts
  const both = positions.filter((each) => each.side === 'both')
  return { ...outcome, wallet, positions: both.map(({ instrument: index, qty, cost }) => ({ instrument: index, qty, cost })) }
}

function play({ bars = [], more = {}, settings = {}, commands = [], capital = '1000000' }: Scene): VenueOutcome {
  const zero = 0 as Duration
  return runNaiveVenue({
    instruments: [instrument()],
    settings: {
      takerFee: 0 as Rate,
      makerFee: 0 as Rate,
      slippageBps: 0,
      participation: undefined,
      touch: false,
      queue: 10,
      tiers: [],
      orderLatency: zero,
      reportLatency: zero,
      dataLatency: zero,
      ...settings,
    },
    switches: SWITCHES,
    capital: [money(capital)],
    bars: [bars],
    trades: [[]],
    marks: [[]],
    funding: [],
    delistings: [],
    commands,
    ...more,
  })
}

const SWITCHES: ScriptSwitches = {
  bands: false,
  immediateTrigger: 'fire',
  reduceOnlyCovered: false,
  reduceOnlyTrim: false,
  liquidation: 'whole',
}
const FLAT = [100, 100, 100, 100]
/** Milliseconds from the start, id, and what happened. */
function line(report: OutcomeReport): string {
  const ms = (report.exchangeTime - START) / 1_000
  if (report.kind === 'account') return `${ms} ${report.entry} ${Number(report.amount) / ONE}`
  const what = report.kind.slice('order-'.length)
  if (report.kind !== 'order-filled')
    return `${ms} ${report.clientOrderId} ${what}${report.reason === '' ? '' : ` ${report.reason}`}`
  return `${ms} ${report.clientOrderId} ${report.side} ${Number(report.qty) / ONE} at ${report.price} ${report.liquidity}`
}
const story = (scene: Scene): string[] => run(scene).reports.map(line)
/** The story without acceptances. */
const deeds = (scene: Scene): string[] => story(scene).filter((each) => !each.endsWith('accepted'))

describe('time', () => {
  it('T2, O8: a bar acts at its start and one millisecond before its end', () => {
    const bars = [bar(0, FLAT), bar(1, [100, 101, 97, 98])]
    const commands = [order(at(0, 5), 'm', 'buy', { qty: 2 }), order(at(0, 6), 's', 'sell', { stop: 98 })]
    expect(deeds({ bars, commands })).toEqual(['59999 m buy 2 at 100 taker', '119999 s sell 1 at 98 taker'])
  })

  it('T3: an order arrives after the order latency; the other two latencies change nothing at the exchange', () => {
    const settings = { orderLatency: (7 * MINUTE) as Duration, reportLatency: MINUTE, dataLatency: MINUTE }
    const bars = [0, 6, 7, 8].map((i) => bar(i, [100 + i, 100 + i, 100 + i, 100 + i]))
    expect(story({ bars, settings, commands: [order(at(0), 'm', 'buy')] })).toEqual([
      '420000 m accepted',
      '420000 m buy 1 at 107 taker',
    ])
  })

  it('T4: funding, then orders, then opens; so what arrives at an open takes part in it but is not charged', () => {
    const bars = [bar(0, FLAT), bar(1, FLAT)]
    const funding = [{ instrument: 0, time: at(1), rate: rateOf('0.01'), mark: undefined }]
    expect(story({ bars, commands: [order(at(1), 'm', 'buy')], more: { funding } })).toEqual([
      '60000 m accepted',
      '60000 m buy 1 at 100 taker',
    ])
    expect(
      story({ bars, commands: [order(at(0), 'held', 'buy', { qty: 2 }), order(at(1), 'm', 'buy')], more: { funding } }).slice(2),
    ).toEqual(['60000 funding -2', '60000 m accepted', '60000 m buy 1 at 100 taker'])
  })

  it('T4: at one moment orders as they were sent, opens by instrument id', () => {
    const more = {
      instruments: [instrument(0), instrument(1)],
      bars: [[bar(0, FLAT)], [bar(0, FLAT)]],
      marks: [[], []],
      trades: [[], []],
    }
    const commands = [order(at(0), 'b', 'buy', { instrument: 1 }), order(at(0), 'z', 'buy'), order(at(0), 'a', 'buy')]
    expect(story({ commands, more })).toEqual([
      '0 b accepted',
      '0 z accepted',
      '0 a accepted',
      '0 z buy 1 at 100 taker',
      '0 a buy 1 at 100 taker',
      '0 b buy 1 at 100 taker',
    ])
  })

  it('T4: ranges come after the opens and arrivals of their moment', () => {
    // Arrives in the very millisecond of the range: inside the bar, with nearly all of it elapsed.
    expect(deeds({ bars: [bar(0, [100, 109, 91, 100])], commands: [order(at(0, 59_999), 'm', 'buy')] })).toEqual([
      '59999 m buy 1 at 109 taker',
    ])
  })

  it('T5: where rows are missing orders wait for the next row', () => {
    const bars = [bar(0, FLAT), bar(5, [105, 105, 105, 105])]
    expect(deeds({ bars, commands: [order(at(1), 'm', 'buy')] })).toEqual(['300000 m buy 1 at 105 taker'])
  })
})

describe('orders at the open', () => {
  it('O1: what arrives after the range, in the last millisecond, takes part in the next open', () => {
    const bars = [bar(0, [100, 120, 80, 100]), bar(1, [103, 103, 103, 103])]
    expect(deeds({ bars, commands: [order((at(1) - 500) as Micros, 'm', 'buy')] })).toEqual(['60000 m buy 1 at 103 taker'])
  })

  it('O2, O3.1: market orders, then limits; stops that the open has reached wait for the range and act there at the open; each in order of arrival', () => {
    const commands = [
      order(at(0), 'limit', 'buy', { limit: 101 }),
      order(at(0), 'late-stop', 'sell', { stop: 100 }),
      order(at(0), 'far-stop', 'sell', { stop: 97 }),
      order(at(0), 'buy-stop', 'buy', { stop: 90 }),
      order(at(0), 'market', 'buy'),
      order(at(0, 1), 'inside', 'buy'),
    ]
    expect(deeds({ bars: [bar(0, [100, 102, 98, 100])], commands })).toEqual([
      '0 market buy 1 at 100 taker',
      '0 limit buy 1 at 100 taker',
      '59999 late-stop sell 1 at 100 taker',
      '59999 buy-stop buy 1 at 100 taker',
      '59999 inside buy 1 at 101 taker',
    ])
  })

  it('O3.1: a stop through which the bar opens leaves the open to what closes the position there', () => {
    const commands = [order(at(0), 'in', 'buy', { attach: ['s', 95, 1] }), order(at(1), 'out', 'sell')]
    expect(deeds({ bars: [bar(0, FLAT), bar(1, [90, 91, 89, 90])], commands })).toEqual([
      '0 in buy 1 at 100 taker',
      '60000 out sell 1 at 90 taker',
      '60000 s expired position-closed',
    ])
  })

  it('O2: a limit is taker in its first open only; resting it needs a trade through by a tick, at its own price', () => {
    const bars = [bar(0, [105, 106, 101, 105]), bar(1, [100, 106, 100, 105]), bar(2, [99, 106, 99, 105])]
    expect(deeds({ bars, commands: [order(at(0), 'l', 'buy', { limit: 100 })] })).toEqual(['120000 l buy 1 at 100 maker'])
    expect(deeds({ bars, commands: [order(at(0), 'l', 'buy', { limit: 100 })], settings: { touch: true } })).toEqual([
      '60000 l buy 1 at 100 maker',
    ])
    expect(deeds({ bars, commands: [order(at(0, 59_999.5), 'l', 'buy', { limit: 100 })] })).toEqual([
      '60000 l buy 1 at 100 taker',
    ])
  })
})

describe('orders in the range', () => {
  const wide = [bar(0, [100, 110, 95, 105])]

  it('O3.2: the adverse price is the open and the rounded-up root of the elapsed share, within the bar', () => {
    // A quarter of the bar: 0.5 x 15 = 7.5, so 8 ticks; below the open the low ends it.
    const commands = [order(at(0, 15_000), 'b', 'buy'), order(at(0, 15_000), 's', 'sell')]
    expect(deeds({ bars: wide, commands })).toEqual(['59999 b buy 1 at 108 taker', '59999 s sell 1 at 95 taker'])
  })

  it('O3.2: an exact root is not rounded up', () => {
    expect(deeds({ bars: [bar(0, [100, 110, 94, 105])], commands: [order(at(0, 15_000), 'b', 'buy')] })).toEqual([
      '59999 b buy 1 at 108 taker',
    ])
  })

  it('O3.2: with a tick of 5 the root is rounded up to a multiple of it', () => {
    const more = { instruments: [instrument(0, { tick: 5 })] }
    expect(deeds({ bars: [bar(0, [100, 120, 90, 105])], more, commands: [order(at(0, 15_000), 'b', 'buy')] })).toEqual([
      '59999 b buy 1 at 115 taker',
    ])
    expect(deeds({ bars: [bar(0, [100, 120, 90, 105])], more, commands: [order(at(0, 600), 'b', 'buy')] })).toEqual([
      '59999 b buy 1 at 105 taker',
    ])
  })

  it('O3.2: a limit marketable against the adverse price takes it, another rests from the end of this bar on', () => {
    const commands = [order(at(0, 15_000), 'taker', 'buy', { limit: 108 }), order(at(0, 15_000), 'rests', 'buy', { limit: 107 })]
    const bars = [...wide, bar(1, [106, 108, 106, 107]), bar(2, [107, 108, 106, 107])]
    expect(deeds({ bars, commands })).toEqual(['59999 taker buy 1 at 108 taker', '60000 rests buy 1 at 107 maker'])
  })

  it('O3.2: a stop fires at the adverse price that has reached it, else it takes part in step 3', () => {
    const commands = [
      order(at(0, 15_000), 'there', 'buy', { stop: 107 }),
      order(at(0, 15_000), 'step-3', 'buy', { stop: 109 }),
      order(at(0, 1), 'no', 'buy', { stop: 111 }),
    ]
    expect(deeds({ bars: wide, commands })).toEqual(['59999 there buy 1 at 108 taker', '59999 step-3 buy 1 at 109 taker'])
  })

  it('O3.3: stops that reduce first, then the nearest to the open, then the oldest', () => {
    const commands = [
      order(at(0), 'position', 'buy', { qty: 5 }),
      order(at(0), 'far', 'sell', { stop: 96 }),
      order(at(0), 'up', 'buy', { stop: 101 }),
      order(at(0), 'near', 'sell', { stop: 98 }),
      order(at(0), 'near-too', 'sell', { stop: 98 }),
      order(at(0), 'not', 'sell', { stop: 94 }),
    ]
    expect(deeds({ bars: wide, commands }).slice(1)).toEqual([
      '59999 near sell 1 at 98 taker',
      '59999 near-too sell 1 at 98 taker',
      '59999 far sell 1 at 96 taker',
      '59999 up buy 1 at 101 taker',
    ])
  })

  it('O3.3: a stop that turns the position changes which of the others reduce', () => {
    const commands = [
      order(at(0), 'position', 'buy'),
      order(at(0), 'turn', 'sell', { stop: 98, qty: 2 }),
      order(at(0), 'down', 'sell', { stop: 97 }),
      order(at(0), 'up', 'buy', { stop: 109 }),
    ]
    expect(
      deeds({ bars: wide, commands })
        .slice(1)
        .map((each) => each.split(' ')[1]),
    ).toEqual(['turn', 'up', 'down'])
  })

  it('O3.5: a resting limit fills at its limit when the range trades through it by a tick', () => {
    const commands = [
      order(at(0), 'at-low', 'buy', { limit: 95 }),
      order(at(0), 'through', 'buy', { limit: 96 }),
      order(at(0), 'high', 'sell', { limit: 109 }),
    ]
    expect(deeds({ bars: wide, commands })).toEqual(['59999 through buy 1 at 96 maker', '59999 high sell 1 at 109 maker'])
    expect(deeds({ bars: wide, commands, settings: { touch: true } })).toContain('59999 at-low buy 1 at 95 maker')
  })

  it('O3.5 after O3.3: the stop comes before the take-profit', () => {
    const commands = [
      order(at(0), 'm', 'buy'),
      order(at(0), 'profit', 'sell', { limit: 105, reduceOnly: true }),
      order(at(0), 'stop', 'sell', { stop: 96, reduceOnly: true }),
    ]
    expect(deeds({ bars: wide, commands })).toEqual([
      '0 m buy 1 at 100 taker',
      '59999 stop sell 1 at 96 taker',
      '59999 profit expired reduce-only',
    ])
  })

  it('O3.6: a stop that step 5 attached acts in the same bar', () => {
    const commands = [order(at(0), 'l', 'buy', { limit: 98, attach: ['s', 96, 1] })]
    expect(story({ bars: wide, commands })).toEqual([
      '0 l accepted',
      '59999 l buy 1 at 98 maker',
      '59999 s accepted',
      '59999 s sell 1 at 96 taker',
    ])
  })
})

describe('attached stops and reduce-only', () => {
  it('O4, O3.1: the stop stands from the fill on; one already beyond what its parent filled at acts there in the range', () => {
    const commands = [
      order(at(0), 'a', 'buy', { attach: ['low', 95, 1] }),
      order(at(0), 'b', 'buy', { attach: ['beyond', 100, 1] }),
    ]
    expect(story({ bars: [bar(0, [100, 101, 96, 100]), bar(1, [96, 97, 94, 95])], commands })).toEqual([
      '0 a accepted',
      '0 b accepted',
      '0 a buy 1 at 100 taker',
      '0 low accepted',
      '0 b buy 1 at 100 taker',
      '0 beyond accepted',
      '59999 beyond sell 1 at 100 taker',
      '119999 low sell 1 at 95 taker',
    ])
  })

  it("O3.1: the reference of an attached stop is its parent's price before slippage; in later bars it is the open", () => {
    const commands = [order(at(0), 'rest', 'buy', { limit: 98, attach: ['s', 96, 1] })]
    const bars = (open: number): readonly ScriptBar[] => [bar(0, [99, 99, 98, 99]), bar(1, [open, 99, 93, 95])]
    // The bar opens at 94, through the limit and beyond the stop, but the parent filled at 98: the range reaches the stop at its trigger.
    expect(deeds({ bars: bars(94), commands })).toEqual(['60000 rest buy 1 at 98 maker', '119999 s sell 1 at 96 taker'])
    const slipping = [order(at(0), 'in', 'buy', { attach: ['t', 100, 1] })]
    expect(deeds({ bars: [bar(0, FLAT)], commands: slipping, settings: { slippageBps: 100 } })).toEqual([
      '0 in buy 1 at 101 taker',
      '59999 t sell 1 at 99 taker',
    ])
    const later = [order(at(0), 'in', 'buy', { attach: ['u', 97, 1] })]
    expect(deeds({ bars: bars(94), commands: later })[1]).toBe('119999 u sell 1 at 94 taker')
  })

  it('O3.3: what step 2 attached beyond its reference acts at it, before the stops of the range', () => {
    const commands = [order(at(0), 'old', 'sell', { stop: 99 }), order(at(0, 15_000), 'in', 'buy', { attach: ['s', 108, 1] })]
    expect(deeds({ bars: [bar(0, [100, 110, 95, 105])], commands })).toEqual([
      '59999 in buy 1 at 108 taker',
      '59999 s sell 1 at 108 taker',
      '59999 old sell 1 at 99 taker',
    ])
  })

  it('O4: a reversal removes the old stop before a gap through it can act', () => {
    const commands = [
      order(at(0), 'in', 'buy', { attach: ['s1', 95, 1] }),
      order(at(1), 'turn', 'sell', { qty: 2, closes: 1, attach: ['s2', 99, 1, 's1'] }),
    ]
    expect(story({ bars: [bar(0, FLAT), bar(1, [90, 90, 90, 90])], commands }).slice(4)).toEqual([
      '60000 s1 canceled replaced',
      '60000 turn sell 2 at 90 taker',
      '60000 s2 accepted',
    ])
  })

  it('O4: a stop that fires ends what is left of its parent', () => {
    const bars = [bar(0, FLAT, 15), bar(1, [100, 100, 94, 95], 1_000), bar(2, FLAT)]
    const commands = [order(at(0), 'in', 'buy', { qty: 3, limit: 100, attach: ['s', 95, 3] })]
    expect(deeds({ bars, commands, settings: { participation: 0.1 } })).toEqual([
      '0 in buy 1.5 at 100 taker',
      '119999 in canceled stop-fired',
      '119999 s sell 1.5 at 95 taker',
      '119999 s expired position-closed',
    ])
  })

  it('O4, O6: what is left of a stop that acted goes on as a market order, what is left of its parent is gone', () => {
    const bars = [bar(0, FLAT, 15), bar(1, [110, 110, 110, 110], 10), bar(2, [120, 120, 120, 120], 10)]
    const commands = [order(at(0), 'in', 'buy', { qty: 2, attach: ['s', 100, 2] })]
    expect(deeds({ bars, commands, settings: { participation: 0.1 } })).toEqual([
      '0 in buy 1.5 at 100 taker',
      '59999 in canceled stop-fired',
      '60000 s sell 1 at 110 taker',
      '120000 s sell 0.5 at 120 taker',
      '120000 s expired position-closed',
    ])
  })

  it('O4, O6: by parts: old stops go just before the closing part is filled, the new one stands beyond it', () => {
    // Volume 10, a share of 0.1: one unit a bar. The order closes 2 and opens 1; the old stop of 2 is out of reach.
    const commands = [
      order(at(0), 'in', 'buy', { qty: 2, attach: ['s1', 50, 2] }),
      order(at(2), 'turn', 'sell', { qty: 3, closes: 2, attach: ['s2', 150, 1, 's1'] }),
    ]
    const bars = [0, 1, 2, 3, 4].map((i) => bar(i, FLAT, 10))
    expect(deeds({ bars, commands, settings: { participation: 0.1 } })).toEqual([
      '0 in buy 1 at 100 taker',
      '60000 in buy 1 at 100 taker',
      '120000 turn sell 1 at 100 taker',
      '180000 s1 canceled replaced',
      '180000 turn sell 1 at 100 taker',
      '240000 turn sell 1 at 100 taker',
    ])
    expect(story({ bars, commands, settings: { participation: 0.1 } }).at(-1)).toBe('240000 s2 accepted')
  })

  it('O4, O5: a stop that comes to stand while the position is just flat expires, and does not stand again', () => {
    const commands = [order(at(0), 'short', 'sell'), order(at(1), 'turn', 'buy', { qty: 3, closes: 0.5, attach: ['s', 50, 2.5] })]
    const bars = [0, 1, 2, 3].map((i) => bar(i, FLAT, 10))
    expect(story({ bars, commands, settings: { participation: 0.1 } }).slice(2)).toEqual([
      '60000 turn accepted',
      '60000 turn buy 1 at 100 taker',
      '60000 s accepted',
      '60000 s expired position-closed',
      '120000 turn buy 1 at 100 taker',
      '180000 turn buy 1 at 100 taker',
    ])
  })

  it('O4: the attached stop of an order that is cancelled vanishes without a word', () => {
    const commands = [order(at(0), 'l', 'buy', { limit: 90, attach: ['s', 80, 1] }), cancel(at(1), 'l'), cancel(at(1), 's')]
    expect(story({ bars: [bar(0, FLAT), bar(1, FLAT)], commands })).toEqual([
      '0 l accepted',
      '60000 l canceled requested',
      '60000 s rejected -2011 Unknown order sent.',
    ])
  })

  it('O4: a stop whose id is still open is rejected, and does not stand later either', () => {
    const commands = [
      order(at(0), 's', 'buy', { limit: 90 }),
      order(at(0), 'in', 'buy', { qty: 2, attach: ['s', 95, 2] }),
      cancel(at(1), 's'),
      // One that replaces the stop of its own id finds the id free.
      order(at(2), 'more', 'buy', { attach: ['t', 50, 3] }),
      order(at(3), 'again', 'buy', { attach: ['t', 60, 4, 't'] }),
    ]
    expect(
      story({ bars: [0, 1, 2, 3].map((i) => bar(i, FLAT, 10)), commands, settings: { participation: 0.1 } }).slice(2),
    ).toEqual([
      '0 in buy 1 at 100 taker',
      '0 s rejected -4116 ClientOrderId is duplicated.',
      '60000 s canceled requested',
      '60000 in buy 1 at 100 taker',
      '120000 more accepted',
      '120000 more buy 1 at 100 taker',
      '120000 t accepted',
      '180000 again accepted',
      '180000 t canceled replaced',
      '180000 again buy 1 at 100 taker',
      '180000 t accepted',
    ])
  })

  it('O5: reduce-only is clamped to the position, its rest and what has nothing to reduce expire', () => {
    const commands = [
      order(at(0), 'in', 'buy', { qty: 2 }),
      order(at(0), 'wrong', 'buy', { reduceOnly: true }),
      order(at(0), 'out', 'sell', { qty: 5, reduceOnly: true }),
      order(at(0), 'none', 'sell', { reduceOnly: true }),
    ]
    expect(deeds({ bars: [bar(0, FLAT)], commands })).toEqual([
      '0 in buy 2 at 100 taker',
      '0 wrong expired reduce-only',
      '0 out sell 2 at 100 taker',
      '0 out expired reduce-only',
      '0 none expired reduce-only',
    ])
  })

  it('O5: what the position lacks of a closing part is not filled, now or later; the rest opens, and the order is done', () => {
    const bars = [0, 1, 2].map((i) => bar(i, FLAT))
    const turn = [
      order(at(0), 'in', 'buy'),
      order(at(1), 'turn', 'sell', { qty: 5, closes: 3, attach: ['s', 110, 2] }),
      order(at(2), 'again', 'buy', { qty: 4 }),
    ]
    expect(story({ bars, commands: turn }).slice(3)).toEqual([
      '60000 turn sell 3 at 100 taker',
      '60000 s accepted',
      '60000 turn expired reduce-only',
      '120000 again accepted',
      '120000 again buy 4 at 100 taker',
    ])
    const out = [
      order(at(0), 'in', 'buy', { attach: ['s', 95, 1] }),
      order(at(1), 'out', 'sell', { closes: 1, attach: ['t', 95, 1, 's'] }),
    ]
    expect(deeds({ bars: [bar(0, [100, 100, 95, 95]), ...bars.slice(1)], commands: out }).slice(1)).toEqual([
      '59999 s sell 1 at 95 taker',
      '60000 out expired reduce-only',
    ])
  })

  it('O5, O6: the closing part is asked anew at every turn', () => {
    // The order closes 3 and opens 1. Of a long of 2 it closes 1 in its first bar; the second belongs to another order, which adds 1 or does not.
    const scene = (more: readonly ScriptCommand[]): Scene => ({
      bars: [bar(0, FLAT, 20), bar(1, FLAT, 10), bar(2, FLAT, 10), bar(3, [101, 101, 101, 101], 100)],
      settings: { participation: 0.1 },
      commands: [order(at(0), 'in', 'buy', { qty: 2 }), order(at(1), 'turn', 'sell', { qty: 4, closes: 3, limit: 100 }), ...more],
    })
    expect(deeds(scene([])).slice(1)).toEqual([
      '60000 turn sell 1 at 100 taker',
      '180000 turn sell 2 at 100 maker',
      '180000 turn expired reduce-only',
    ])
    expect(deeds(scene([order(at(2), 'more', 'buy', { terms: LOOSE })])).slice(1)).toEqual([
      '60000 turn sell 1 at 100 taker',
      '120000 more buy 1 at 100 taker',
      '180000 turn sell 3 at 100 maker',
    ])
  })

  it('O4: the stop of a partial reduction sells as its parent does, stands when that is done, and replaces the old one at its last fill', () => {
    const commands = [
      order(at(0), 'in', 'buy', { qty: 3, attach: ['s', 90, 3] }),
      order(at(1), 'less', 'sell', { qty: 2, closes: 2, stopSide: 'sell', attach: ['t', 95, 1, 's'] }),
    ]
    const bars = [bar(0, FLAT, 100), bar(1, FLAT, 10), bar(2, FLAT, 10), bar(3, [100, 100, 80, 80], 100)]
    expect(story({ bars, commands, settings: { participation: 0.1 } }).slice(3)).toEqual([
      '60000 less accepted',
      '60000 less sell 1 at 100 taker',
      '120000 s canceled replaced',
      '120000 less sell 1 at 100 taker',
      '120000 t accepted',
      '239999 t sell 1 at 95 taker',
    ])
  })

  it('O4: an order that is cancelled, or expires without a fill, leaves the old stop and brings none', () => {
    const commands = [
      order(at(0), 'in', 'buy', { qty: 3, attach: ['s', 90, 3] }),
      order(at(1), 'less', 'sell', { qty: 2, closes: 2, stopSide: 'sell', attach: ['t', 95, 1, 's'] }),
      cancel(at(2), 'less'),
      order(at(2), 'wrong', 'buy', { closes: 1, attach: ['u', 95, 1, 's'] }),
    ]
    const bars = [bar(0, FLAT, 100), bar(1, FLAT, 10), bar(2, [100, 100, 80, 80], 100)]
    expect(deeds({ bars, commands, settings: { participation: 0.1 } }).slice(1)).toEqual([
      '60000 less sell 1 at 100 taker',
      '120000 less canceled requested',
      '120000 wrong expired reduce-only',
      '179999 s sell 2 at 90 taker',
      '179999 s expired position-closed',
    ])
  })

  it('O5: attached stops expire when the position is flat', () => {
    const commands = [order(at(0), 'in', 'buy', { attach: ['s', 90, 1] }), order(at(1), 'out', 'sell')]
    expect(deeds({ bars: [bar(0, FLAT), bar(1, FLAT)], commands })).toEqual([
      '0 in buy 1 at 100 taker',
      '60000 out sell 1 at 100 taker',
      '60000 s expired position-closed',
    ])
  })
})

describe('volume and slippage', () => {
  it('O6: a share of the volume for all orders together; markets and fired stops go on at the next open, limits rest', () => {
    const commands = [
      order(at(0), 'm', 'buy', { qty: 1.5, terms: LOOSE }),
      order(at(0), 'n', 'buy', { terms: LOOSE }),
      order(at(0), 'l', 'sell', { limit: 100 }),
      order(at(0), 's', 'sell', { stop: 98 }),
    ]
    const bars = [bar(0, FLAT, 10), bar(1, [100, 100, 97, 97], 5), bar(2, [90, 90, 90, 90], 100)]
    expect(deeds({ bars, commands, settings: { participation: 0.1 } })).toEqual([
      '0 m buy 1 at 100 taker',
      '60000 m buy 0.5 at 100 taker',
      '120000 n buy 1 at 90 taker',
      '120000 s sell 1 at 90 taker',
    ])
  })

  it('O6: the share is rounded down to the quantity unit on exact decimals', () => {
    const bars = [bar(0, FLAT, 0.7), bar(1, FLAT, 0.00000019)]
    expect(deeds({ bars, commands: [order(at(0), 'm', 'buy')], settings: { participation: 0.1 } })).toEqual([
      '0 m buy 0.07 at 100 taker',
      '60000 m buy 1e-8 at 100 taker',
    ])
  })

  it('O6: a bar without volume fills nothing, unless participation is none', () => {
    const scene = { bars: [bar(0, FLAT, 0), bar(1, [101, 101, 101, 101])], commands: [order(at(0), 'm', 'buy')] }
    expect(deeds({ ...scene, settings: { participation: 0.5 } })).toEqual(['60000 m buy 1 at 101 taker'])
    expect(deeds(scene)).toEqual(['0 m buy 1 at 100 taker'])
  })

  it('O7: taker fills move against us by whole ticks, a limit never beyond its limit, a maker not at all', () => {
    const commands = [
      order(at(0), 'b', 'buy'),
      order(at(0), 's', 'sell'),
      order(at(0), 'l', 'buy', { limit: 1000 }),
      order(at(0), 'm', 'buy', { limit: 900 }),
    ]
    expect(deeds({ bars: [bar(0, [1000, 1000, 899, 1000])], commands, settings: { slippageBps: 7.5 } })).toEqual([
      '0 b buy 1 at 1001 taker',
      '0 s sell 1 at 999 taker',
      '0 l buy 1 at 1000 taker',
      '59999 m buy 1 at 900 maker',
    ])
    expect(
      deeds({ bars: [bar(0, [10_000, 10_000, 9_000, 10_000])], commands: commands.slice(0, 2), settings: { slippageBps: 7 } }),
    ).toEqual(['0 b buy 1 at 10007 taker', '0 s sell 1 at 9993 taker'])
  })
})

describe('the desk', () => {
  it('refuses an id that is still open and a cancel of what it does not know; a finished id may come again', () => {
    const commands = [
      order(at(0), 'l', 'buy', { limit: 90 }),
      order(at(0), 'l', 'buy'),
      cancel(at(0), 'x'),
      order(at(0), 'm', 'buy'),
      cancel(at(1), 'm'),
      cancel(at(1), 'l'),
      order(at(1), 'm', 'sell'),
    ]
    expect(story({ bars: [bar(0, FLAT), bar(1, FLAT)], commands })).toEqual([
      '0 l accepted',
      '0 l rejected -4116 ClientOrderId is duplicated.',
      '0 x rejected -2011 Unknown order sent.',
      '0 m accepted',
      '0 m buy 1 at 100 taker',
      '60000 m rejected -2011 Unknown order sent.',
      '60000 l canceled requested',
      '60000 m accepted',
      '60000 m sell 1 at 100 taker',
    ])
  })
})

describe('money', () => {
  it('M2: fees are truncated to the money unit; taker at once, maker when it rested', () => {
    const commands = [order(at(0), 't', 'buy', { qty: 0.00000003 }), order(at(0), 'm', 'buy', { limit: 98 })]
    const { reports, feePool, wallet } = run({
      bars: [bar(0, [100, 100, 97, 100])],
      commands,
      settings: { takerFee: rateOf('0.0123'), makerFee: rateOf('-0.0001') },
    })
    // 300 units x 0.0123 = 3.69; 98 x -0.0001 = -0.0098
    expect(reports.filter((each) => each.kind === 'order-filled').map((each) => each.fee)).toEqual([3n, -980_000n])
    expect(feePool).toBe(-979_997n)
    expect(wallet).toBe(money('1000000') + 979_997n)
  })

  it('M3: reducing releases cost pro rata, truncated; crossing zero restarts at the price of the fill', () => {
    const bars = [bar(0, FLAT), bar(1, [101, 101, 101, 101]), bar(2, [103, 103, 103, 103])]
    const commands = [
      order(at(0), 'a', 'buy', { qty: 0.00000002 }),
      order(at(1), 'b', 'buy', { qty: 0.00000001 }),
      order(at(2), 'c', 'sell', { qty: 0.00000001 }),
      order(at(2), 'd', 'sell', { qty: 0.00000005 }),
    ]
    const { reports, positions } = run({ bars, commands })
    // Cost 301; a third of it is 100.33, truncated 100; the remaining 201 go with the crossing.
    expect(reports.filter((each) => each.kind === 'order-filled').map((each) => each.realised)).toEqual([0n, 0n, 3n, 5n])
    expect(positions).toEqual([{ instrument: 0, qty: -3, cost: -309n }])
  })

  it('M3: a short earns when the price falls', () => {
    const bars = [bar(0, FLAT), bar(1, [90, 90, 90, 90])]
    const { wallet } = run({ bars, commands: [order(at(0), 'a', 'sell', { qty: 2 }), order(at(1), 'b', 'buy', { qty: 2 })] })
    expect(wallet).toBe(money('1000020'))
  })

  it('M4: funding by the mark of the file, else of the mark bar that starts there, else by the last open', () => {
    const rate = rateOf('0.01')
    const more = {
      marks: [[mark(2, [120, 130, 110, 120])]],
      funding: [
        { instrument: 0, time: at(1, 17_000), rate, mark: eight(110.00000001) },
        { instrument: 0, time: at(2), rate, mark: undefined },
        { instrument: 0, time: at(3), rate: rateOf('-0.01'), mark: undefined },
        { instrument: 0, time: at(4), rate, mark: undefined },
      ],
    }
    const bars = [bar(0, FLAT), bar(1, FLAT), bar(2, FLAT), bar(3, [90, 90, 90, 90])]
    expect(deeds({ bars, more, commands: [order(at(0), 'm', 'buy')] }).slice(1)).toEqual([
      '60000 funding -1.1',
      '120000 funding -1.2',
      '180000 funding 0.9',
      '240000 funding -0.9',
    ])
  })

  it('M4: shorts receive what longs pay', () => {
    const funding = [{ instrument: 0, time: at(1), rate: rateOf('0.01'), mark: undefined }]
    expect(deeds({ bars: [bar(0, FLAT), bar(1, FLAT)], more: { funding }, commands: [order(at(0), 'm', 'sell')] })[1]).toBe(
      '60000 funding 1',
    )
  })
})

describe('liquidation', () => {
  // 20 of capital, a fee of 0.05: 19.95 + p - 100 - 0.01 p <= 0 from p = 80.86 down, so 80 is the level of a long of 1 at 100;
  // 19.95 + 100 - p - 0.01 p <= 0 from p = 118.76 up, so 119 is that of a short.
  const settings = { takerFee: rateOf('0.0005') }
  const long = order(at(0), 'long', 'buy')
  const short = order(at(0), 'short', 'sell')
  const rest = order(at(0), 'rest', 'buy', { limit: 10 })

  it('L3, L5, O3.4: at the level when the range reaches it', () => {
    const down = (low: number): readonly ScriptBar[] => [bar(0, FLAT), bar(1, [95, 96, low, 95])]
    expect(deeds({ bars: down(81), commands: [long], settings, capital: '20' })).toEqual(['0 long buy 1 at 100 taker'])
    const outcome = run({ bars: down(80), commands: [long, rest], settings, capital: '20' })
    // 19.95 - 20 - 0.04 = -0.09; the fee of 1 makes it -1.09, which the fund covers.
    expect(outcome.reports.slice(3).map(line)).toEqual([
      '119999 rest canceled liquidation',
      '119999 autoclose-0-1 sell 1 at 80 taker',
      '119999 liquidation-fee -1',
      '119999 insurance-cover 1.09',
    ])
    expect(outcome).toMatchObject({ wallet: 0n, insuranceFund: money('-0.09'), feePool: money('0.09') })
  })

  it('L3, L5: at the high for a short', () => {
    const up = (high: number): readonly ScriptBar[] => [bar(0, FLAT), bar(1, [105, high, 104, 105])]
    expect(deeds({ bars: up(118), commands: [short], settings, capital: '20' })).toHaveLength(1)
    expect(deeds({ bars: up(119), commands: [short], settings, capital: '20' })[1]).toBe(
      '119999 autoclose-0-1 buy 1 at 119 taker',
    )
  })

  it('L4, O2: at the open, before orders, when the open is worse than the level', () => {
    const commands = [long, order(at(1), 'late', 'sell')]
    expect(deeds({ bars: [bar(0, FLAT), bar(1, [70, 70, 70, 70])], commands, settings, capital: '20' }).slice(1)).toEqual([
      '60000 late canceled liquidation',
      '60000 autoclose-0-1 sell 1 at 70 taker',
      '60000 liquidation-fee -0.875',
      '60000 insurance-cover 10.96',
    ])
  })

  it('O3.3: a level nearer to the open than the stop comes first, a stop nearer than the level saves the account', () => {
    const bars = [bar(0, FLAT), bar(1, [95, 96, 70, 95])]
    const scene = (trigger: number): Scene => ({
      bars,
      settings,
      capital: '20',
      commands: [long, order(at(0), 'stop', 'sell', { stop: trigger })],
    })
    expect(deeds(scene(79))[2]).toBe('119999 autoclose-0-1 sell 1 at 80 taker')
    expect(deeds(scene(80))).toEqual(['0 long buy 1 at 100 taker', '119999 stop sell 1 at 80 taker'])
    expect(deeds(scene(85))).toEqual(['0 long buy 1 at 100 taker', '119999 stop sell 1 at 85 taker'])
  })

  it('O3.3: a stop on the other side of the open is not overtaken by a level nearer to it', () => {
    const commands = [long, order(at(0), 'more', 'buy', { stop: 130 })]
    // Then 2 at a cost of 230 are worth too little from 106 down: closed at the open, which is worse.
    expect(deeds({ bars: [bar(0, FLAT), bar(1, [95, 130, 80, 95])], commands, settings, capital: '20' }).slice(1, 3)).toEqual([
      '119999 more buy 1 at 130 taker',
      '119999 autoclose-0-1 sell 2 at 95 taker',
    ])
  })

  it('O3.3: an account that a fill at the open left below its maintenance is liquidated before any stop', () => {
    const commands = [order(at(0), 'big', 'buy', { qty: 30 }), order(at(0), 'stop', 'sell', { stop: 99, qty: 30 })]
    expect(deeds({ bars: [bar(0, [100, 101, 99, 100])], commands, capital: '20' }).slice(1, 3)).toEqual([
      '59999 stop canceled liquidation',
      '59999 autoclose-0-1 sell 30 at 100 taker',
    ])
  })

  it('L5: marks off the tick: judged exactly, closed at the first whole tick', () => {
    // 19.95 + p - 100 - 0.01 p <= 0 from 80.858585... down: a mark of 80.85 is low enough, the tick below it is 80.
    const bars = [bar(0, FLAT), bar(1, [95, 96, 90, 95])]
    const commands = [long]
    expect(deeds({ bars, commands, settings, capital: '20', more: { marks: [[mark(1, [95, 96, 80.86, 95])]] } })).toHaveLength(1)
    expect(deeds({ bars, commands, settings, capital: '20', more: { marks: [[mark(1, [95, 96, 80.85, 95])]] } })[1]).toBe(
      '119999 autoclose-0-1 sell 1 at 80 taker',
    )
    // A mark that opens at 75.5 closes at 75, the tick against the one who sells.
    expect(deeds({ bars, commands, settings, capital: '20', more: { marks: [[mark(1, [75.5, 96, 75, 95])]] } })[1]).toBe(
      '60000 autoclose-0-1 sell 1 at 75 taker',
    )
  })

  it('O7: a forced closing slips like any taker', () => {
    const bars = [bar(0, FLAT), bar(1, [95, 96, 70, 95])]
    // Bought at 101 (100.5 rounded up): 20 + p - 101 - 0.01 p <= 0 from 81.8 down; 81 less 50 basis points is 80.6, so 80.
    expect(deeds({ bars, commands: [long], settings: { slippageBps: 50 }, capital: '20' })[1]).toBe(
      '119999 autoclose-0-1 sell 1 at 80 taker',
    )
  })

  it('O3.4 before O3.5: liquidation before profit', () => {
    const commands = [long, order(at(0), 'profit', 'sell', { limit: 105 })]
    expect(deeds({ bars: [bar(0, FLAT), bar(1, [95, 120, 80, 95])], commands, settings, capital: '20' }).slice(1, 3)).toEqual([
      '119999 profit canceled liquidation',
      '119999 autoclose-0-1 sell 1 at 80 taker',
    ])
  })

  it('L1: the mark decides where there is one, the traded price where there is none', () => {
    const bars = [bar(0, FLAT), bar(1, [95, 96, 70, 95]), bar(2, [95, 96, 70, 95])]
    const more = { marks: [[mark(0, FLAT), mark(1, [95, 96, 81, 95])]] }
    expect(deeds({ bars, more, commands: [long], settings, capital: '20' })[1]).toBe('179999 autoclose-0-1 sell 1 at 80 taker')
  })

  it('L1: the mark of a bar is made of the mark rows inside it; longer ones are none', () => {
    const long5 = (minute: number, [open, high, low, close]: readonly number[]): ScriptBar => ({
      ...bar(minute, [open, high, low, close]),
      length: (5 * MINUTE) as Duration,
    })
    const bars = [long5(0, FLAT), long5(5, [95, 96, 94, 95])]
    const marks = [[mark(6, [95, 96, 90, 91]), mark(8, [91, 91, 80, 95]), mark(10, [60, 60, 60, 60])]]
    expect(deeds({ bars, more: { marks }, commands: [long], settings, capital: '20' })[1]).toBe(
      '599999 autoclose-0-1 sell 1 at 80 taker',
    )
    const above = [[mark(6, [95, 96, 90, 91]), mark(8, [91, 91, 81, 95])]]
    expect(deeds({ bars, more: { marks: above }, commands: [long], settings, capital: '20' })).toHaveLength(1)
    const tooLong = [[{ ...mark(0, [60, 60, 60, 60]), length: (10 * MINUTE) as Duration }]]
    expect(deeds({ bars, more: { marks: tooLong }, commands: [long], settings, capital: '20' })).toHaveLength(1)
  })

  it('L2: the bracket of the notional', () => {
    // 20 at 100: 100 + 20 p - 2000 - (0.02 x 20 p - 10) <= 0 from p = 96.43 down; 1 % throughout would have been 95.95.
    const bars = [bar(0, FLAT), bar(1, [99, 99, 96, 99])]
    expect(deeds({ bars, commands: [order(at(0), 'm', 'buy', { qty: 20 })], capital: '100' })[1]).toBe(
      '119999 autoclose-0-1 sell 20 at 96 taker',
    )
    // With 110 the level is 95 (95.92); without the maintenance amount of 10 it would be 96.
    expect(deeds({ bars, commands: [order(at(0), 'm', 'buy', { qty: 20 })], capital: '110' })).toHaveLength(1)
  })

  it('L4: the other positions follow at their newest marks when the account is still not compliant', () => {
    const more = {
      instruments: [instrument(0), instrument(1), instrument(2)],
      bars: [[bar(0, FLAT), bar(1, [60, 60, 60, 60])], [bar(0, [50, 50, 50, 48])], [bar(0, [50, 50, 50, 50])]],
      marks: [[], [], []],
      trades: [[], [], []],
    }
    const commands = [long, order(at(0), 'b', 'buy', { instrument: 1 }), order(at(0), 'c', 'sell', { instrument: 2 })]
    expect(deeds({ more, commands, capital: '20' }).slice(3)).toEqual([
      '60000 autoclose-0-1 sell 1 at 60 taker',
      '60000 liquidation-fee -0.75',
      '60000 autoclose-1-2 sell 1 at 48 taker',
      '60000 liquidation-fee -0.6',
      '60000 autoclose-2-3 buy 1 at 50 taker',
      '60000 liquidation-fee -0.625',
      '60000 insurance-cover 23.975',
    ])
  })

  it('L4: the others follow only as long as the account is not compliant', () => {
    const free = { liquidationFee: '0' }
    const more = {
      instruments: [instrument(0, free), instrument(1, free), instrument(2, free)],
      bars: [[bar(0, FLAT), bar(1, [60, 60, 60, 60])], [bar(0, [50, 50, 50, 40])], [bar(0, [50, 50, 50, 80])]],
      marks: [[], [], []],
      trades: [[], [], []],
    }
    // 20 - 40 - 10 + 30 = 0: not enough. Without a: the same against less maintenance, still nothing; without b too; c alone: 0 + 30 - 30.
    const commands = [long, order(at(0), 'b', 'buy', { instrument: 1 }), order(at(0), 'c', 'buy', { instrument: 2 })]
    expect(deeds({ more, commands, capital: '20.9' }).slice(3)).toEqual([
      '60000 autoclose-0-1 sell 1 at 60 taker',
      '60000 autoclose-1-2 sell 1 at 40 taker',
    ])
  })

  it('L4: a compliant rest of the account stays, and a wallet that its profit carries is not covered', () => {
    // Worth 2.97 - 77 + 75 = 0.97 at maintenance 0.23 + 0.75: not enough. Without the long 0.97 stands against 0.75.
    const free = { liquidationFee: '0' }
    const more = {
      instruments: [instrument(0, free), instrument(1, free)],
      bars: [[bar(0, FLAT), bar(1, [23, 23, 23, 23])], [bar(0, [50, 50, 25, 25])]],
      marks: [[], []],
      trades: [[], []],
    }
    const outcome = run({ more, commands: [long, order(at(0), 'b', 'sell', { instrument: 1, qty: 3 })], capital: '2.97' })
    expect(outcome.reports.slice(4).map(line)).toEqual(['60000 autoclose-0-1 sell 1 at 23 taker'])
    expect(outcome).toMatchObject({ wallet: money('-74.03'), insuranceFund: 0n })
    expect(outcome.positions[1]).toEqual({ instrument: 1, qty: -3 * ONE, cost: money('-150') })
  })
})
