/** The simulated venue on bars made by hand; the rules' numbers are those of docs/backtest-assumptions.md. */
import { describe, expect, it } from 'vitest'
import { rateOf, unitsOf } from '../core/exact.ts'
import type { Money, Price, Qty, Rate } from '../core/exact.ts'
import { MILLISECOND, MINUTE, parseTime } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import type { ReportEvent } from '../domain/event.ts'
import { Instrument } from '../domain/instrument.ts'
import { opposite, PLAIN_TERMS } from '../domain/order.ts'
import type { OrderRequest, OrderTerms } from '../domain/order.ts'
import type { FillModel } from './fill-model.ts'
import type { VenueSwitches } from './venue-switches.ts'
import { SimVenue } from './sim-venue.ts'
import type { MarkColumns, VenueBars } from './venue-bars.ts'

/** Only the doors of risk approve orders of the program; a test has no door. */
const approve = <T>(order: T): never => order as never

// Prices are whole quote units with tick 1, quantities whole base units, bars a minute long.
const START = parseTime('2024-01-01T00:00Z')
const ONE = 100_000_000
const money = (text: string): Money => unitsOf(text, 8) as Money
const at = (minute: number, ms = 0): Micros => (START + minute * MINUTE + ms * MILLISECOND) as Micros

type Row = readonly [open: number, high: number, low: number, close: number, volume?: number]
const FLAT: Row = [100, 100, 100, 100]

function instrument(index: number, liquidationFee: string): Instrument {
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
      rules: [{ from: 0 as Micros, tick: 1 as Price, step: 1 as Qty, binding: false }],
      brackets: [{ floor: money('0'), cap: money('1000000'), maxLeverage: 100, rate: rateOf('0.01'), cum: money('0') }],
      liquidationFee: rateOf(liquidationFee),
    },
    index,
  )
}

const column = (rows: readonly Row[], place: number, scale = 1): Float64Array =>
  Float64Array.from(rows, (row) => Math.round((row[place] ?? 1_000) * scale))

function columns(rows: readonly Row[], marks: readonly Row[] | undefined): VenueBars {
  const mark: MarkColumns | undefined = marks && {
    open: column(marks, 0, ONE),
    high: column(marks, 1, ONE),
    low: column(marks, 2, ONE),
    close: column(marks, 3, ONE),
  }
  return {
    length: rows.length,
    openTime: Float64Array.from(rows, (_, i) => at(i)),
    duration: Float64Array.from(rows, () => MINUTE),
    mark,
    open: column(rows, 0),
    high: column(rows, 1),
    low: column(rows, 2),
    close: column(rows, 3),
    volume: column(rows, 4),
  }
}

type Wish = Partial<Pick<OrderRequest, 'instrument' | 'reduceOnly' | 'terms'>> & {
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
type Deed = (venue: SimVenue) => void
type Step = readonly [time: Micros, deed: Deed]

function order(time: Micros, clientOrderId: string, side: 'buy' | 'sell', wish: Wish = {}): Step {
  const { qty = 1, closes = wish.reduceOnly === true ? qty : 0, limit, stop, attach, stopSide = opposite(side), ...over } = wish
  const request: OrderRequest = {
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
    shares: [{ strategy: 0, qty: Math.round(qty * ONE) as Qty }],
    reason: 'signal',
    decisionPrice: 100 as Price,
    decidedAt: time,
    ...over,
  }
  return [time, (venue) => venue.submit(approve(request), time)]
}
const cancel = (time: Micros, clientOrderId: string, instrument = 0): Step => [
  time,
  (venue) => venue.cancel(approve({ clientOrderId, account: 0, instrument, reason: 'requested' }), time),
]

interface Scene {
  /** Per instrument. */
  readonly bars: readonly (readonly Row[])[]
  readonly marks?: readonly (readonly Row[] | undefined)[]
  readonly steps: readonly Step[]
  readonly fills?: Partial<FillModel>
  readonly capital?: string
  readonly liquidationFee?: string
  readonly switches?: Partial<VenueSwitches>
}

const FREE: FillModel = { takerFee: 0 as Rate, makerFee: 0 as Rate, slippageBps: 0, participation: undefined, touch: false }

/** Everything in the order of T4: at one moment steps, then opens, then ranges. */
function run({ bars, marks = [], steps, fills = {}, capital = '1000000', liquidationFee = '0', switches = {} }: Scene): {
  readonly venue: SimVenue
  readonly story: string[]
} {
  const story: string[] = []
  const venue = new SimVenue({
    instruments: bars.map((_, i) => instrument(i, liquidationFee)),
    bars: bars.map((rows, i) => columns(rows, marks[i])),
    accounts: 1,
    fills: { ...FREE, ...fills },
    switches,
    report: (report) => story.push(line(report)),
  })
  venue.transfer(0, 'deposit', money(capital), START)
  story.length = 0
  const moments = steps.map(([time, deed]) => ({ time: time as number, kind: 0, deed }))
  bars.forEach((rows, i) =>
    rows.forEach((_, row) => {
      moments.push({ time: at(row), kind: 1, deed: (each) => each.openBar(i, row) })
      moments.push({ time: at(row + 1) - MILLISECOND, kind: 2, deed: (each) => each.endBar(i) })
    }),
  )
  moments.sort((a, b) => a.time - b.time || a.kind - b.kind)
  for (const { deed } of moments) deed(venue)
  return { venue, story }
}

/** Milliseconds from the start, and what happened. */
function line(report: ReportEvent): string {
  const ms = (report.exchangeTime - START) / MILLISECOND
  if (report.kind === 'account') return `${ms} ${report.entry} ${Number(report.amount) / ONE}`
  const { fill, clientOrderId, kind, reason } = report
  if (fill === undefined) return `${ms} ${clientOrderId} ${kind.slice('order-'.length)}${reason === '' ? '' : ` ${reason}`}`
  return `${ms} ${clientOrderId} ${fill.side} ${fill.qty / ONE} at ${fill.price} ${fill.liquidity}`
}
/** The story without acceptances. */
const deeds = (scene: Scene): string[] => run(scene).story.filter((each) => !each.endsWith('accepted'))

describe('the open (O2)', () => {
  it('fills market orders, then marketable limits as taker, in order of arrival', () => {
    const steps = [order(at(0), 'l', 'buy', { limit: 101 }), order(at(0), 'm', 'buy'), order(at(0), 'n', 'sell')]
    expect(deeds({ bars: [[FLAT]], steps })).toEqual([
      '0 m buy 1 at 100 taker',
      '0 n sell 1 at 100 taker',
      '0 l buy 1 at 100 taker',
    ])
  })

  it('fills a resting limit at its own price, when it is traded through by a tick', () => {
    const steps = [order(at(0), 'l', 'buy', { limit: 98 })]
    expect(deeds({ bars: [[FLAT, [98, 99, 98, 99], [90, 99, 90, 99]]], steps })).toEqual(['120000 l buy 1 at 98 maker'])
  })

  it('leaves stops to the range, where they act at the open that had reached them', () => {
    const steps = [order(at(0), 'in', 'buy'), order(at(0), 's', 'sell', { stop: 95 }), order(at(1), 'out', 'sell')]
    expect(deeds({ bars: [[FLAT, [90, 91, 89, 90]]], steps })).toEqual([
      '0 in buy 1 at 100 taker',
      '60000 out sell 1 at 90 taker',
      '119999 s sell 1 at 90 taker',
    ])
  })
})

describe('the range (O3)', () => {
  const wide: Row = [100, 110, 95, 105]

  it('gives orders that arrived inside the adverse price', () => {
    const steps = [
      order(at(0, 15_000), 'b', 'buy'),
      order(at(0, 15_000), 'l', 'buy', { limit: 107 }),
      order(at(0, 15_000), 's', 'sell', { stop: 95 }),
    ]
    expect(deeds({ bars: [[wide]], steps })).toEqual(['59999 b buy 1 at 108 taker', '59999 s sell 1 at 95 taker'])
  })

  it('fires stops that reduce first, then the nearest to the open, and resting limits after them', () => {
    const steps = [
      order(at(0), 'in', 'buy', { qty: 3 }),
      order(at(0), 'far', 'sell', { stop: 96 }),
      order(at(0), 'up', 'buy', { stop: 101 }),
      order(at(0), 'near', 'sell', { stop: 98 }),
      order(at(0), 'profit', 'sell', { limit: 108 }),
    ]
    expect(deeds({ bars: [[wide]], steps }).slice(1)).toEqual([
      '59999 near sell 1 at 98 taker',
      '59999 far sell 1 at 96 taker',
      '59999 up buy 1 at 101 taker',
      '59999 profit sell 1 at 108 maker',
    ])
  })

  it('gives a stop that a stop at its reference attached beyond it the same price, before orders that arrived inside', () => {
    const steps = [order(at(0), 'turn', 'sell', { stop: 101, attach: ['s', 99, 1] }), order(at(0, 1), 'm', 'sell')]
    expect(deeds({ bars: [[wide]], steps })).toEqual([
      '59999 turn sell 1 at 100 taker',
      '59999 s buy 1 at 100 taker',
      '59999 m sell 1 at 99 taker',
    ])
  })

  it('gives a stop that another stop attached beyond its reference that reference, before the next stop of the range', () => {
    const steps = [order(at(0), 'turn', 'sell', { stop: 98, attach: ['s', 97, 1] }), order(at(0), 'next', 'sell', { stop: 96 })]
    expect(deeds({ bars: [[wide]], steps })).toEqual([
      '59999 turn sell 1 at 98 taker',
      '59999 s buy 1 at 98 taker',
      '59999 next sell 1 at 96 taker',
    ])
  })
})

describe('participation (O6)', () => {
  const fills = { participation: 0.1 }

  it('is of the present bar, even if nothing happened at its open', () => {
    const terms: OrderTerms = { ...PLAIN_TERMS, selfTrade: 'none' }
    // The open at 100 leaves the limit alone; the bar before had no volume.
    const steps = [order(at(0), 'l', 'buy', { limit: 98, qty: 2 }), order(at(1, 15_000), 'm', 'sell', { qty: 2, terms })]
    const bars: Row[] = [
      [100, 100, 99, 100, 0],
      [100, 100, 97, 100, 30],
      [100, 100, 97, 100, 10],
    ]
    expect(deeds({ bars: [bars], steps, fills })).toEqual([
      '119999 m sell 2 at 98 taker',
      '119999 l buy 1 at 98 maker',
      '179999 l buy 1 at 98 maker',
    ])
  })

  it('is shared by the open and the range of a bar, across a snapshot between them', () => {
    const bars: Row[] = [[100, 100, 97, 100, 15]]
    const story: string[] = []
    const make = (): SimVenue =>
      new SimVenue({
        instruments: [instrument(0, '0')],
        bars: [columns(bars, undefined)],
        accounts: 1,
        fills: { ...FREE, ...fills },
        report: (report) => story.push(line(report)),
      })
    const first = make()
    first.transfer(0, 'deposit', money('1000'), at(0))
    order(at(0), 'm', 'sell')[1](first)
    order(at(0), 'l', 'buy', { limit: 98 })[1](first)
    first.openBar(0, 0)
    const second = make()
    second.restore(first.snapshot())
    second.endBar(0)
    expect(story.slice(3)).toEqual(['0 m sell 1 at 100 taker', '59999 l buy 0.5 at 98 maker'])
  })

  it('lets a fired stop go on at the next open as a market order', () => {
    const steps = [order(at(0), 's', 'buy', { stop: 101 })]
    expect(
      deeds({
        bars: [
          [
            [100, 102, 100, 100, 5],
            [90, 90, 90, 90, 100],
          ],
        ],
        steps,
        fills,
      }),
    ).toEqual(['59999 s buy 0.5 at 101 taker', '60000 s buy 0.5 at 90 taker'])
  })
})

describe('attached stops (O4)', () => {
  it('go when they are replaced, once, just before the fill that reaches the closing part', () => {
    const steps = [
      order(at(0), 'in', 'buy', { attach: ['s', 90, 1] }),
      order(at(1), 'turn', 'sell', { qty: 3, closes: 1, limit: 100, attach: ['t', 120, 2, 's'] }),
      // A stop of the replaced name that comes to stand between two fills of the one that replaced is another one.
      order(at(2), 'new', 'sell', { attach: ['s', 125, 1] }),
    ]
    const flat: Row = [100, 100, 100, 100, 10]
    const bars: Row[] = [flat, flat, flat, [101, 101, 101, 101, 10]]
    expect(deeds({ bars: [bars], steps, fills: { participation: 0.1 } })).toEqual([
      '0 in buy 1 at 100 taker',
      '60000 s canceled replaced',
      '60000 turn sell 1 at 100 taker',
      '120000 new sell 1 at 100 taker',
      '180000 turn sell 1 at 100 maker',
    ])
  })

  it('are rejected when their id is open', () => {
    const steps = [
      order(at(0), 's', 'buy', { limit: 90 }),
      order(at(0), 'in', 'buy', { attach: ['s', 95, 1] }),
      cancel(at(1), 's'),
    ]
    const { story, venue } = run({ bars: [[FLAT, [100, 100, 94, 94]]], steps })
    expect(story.slice(2)).toEqual([
      '0 in buy 1 at 100 taker',
      '0 s rejected -4116 ClientOrderId is duplicated.',
      '60000 s canceled requested',
    ])
    expect(venue.openOrders).toBe(0)
  })

  it('that fire take the rest of their parent with them, but not a later order of its id', () => {
    const rest = [order(at(0), 'in', 'buy', { qty: 2, limit: 100, attach: ['s', 95, 2] })]
    expect(
      deeds({
        bars: [
          [
            [100, 100, 100, 100, 10],
            [100, 100, 94, 94, 100],
          ],
        ],
        steps: rest,
        fills: { participation: 0.1 },
      }),
    ).toEqual([
      '0 in buy 1 at 100 taker',
      '119999 in canceled stop-fired',
      '119999 s sell 1 at 95 taker',
      '119999 s expired position-closed',
    ])
    const again = [order(at(0), 'in', 'buy', { attach: ['s', 95, 1] }), order(at(1), 'in', 'buy', { limit: 80 })]
    expect(deeds({ bars: [[FLAT, [100, 100, 94, 94]]], steps: again })).toEqual([
      '0 in buy 1 at 100 taker',
      '119999 s sell 1 at 95 taker',
    ])
    const later = [
      order(at(0), 'in', 'buy', { qty: 2, limit: 100, attach: ['s', 95, 2] }),
      order(at(2), 'in', 'buy', { limit: 80 }),
    ]
    const bars: Row[] = [
      [100, 100, 100, 100, 10],
      [100, 100, 99, 99, 100],
      [100, 100, 94, 94, 100],
    ]
    expect(deeds({ bars: [bars], steps: later, fills: { participation: 0.1 } })).toEqual([
      '0 in buy 1 at 100 taker',
      '119999 in buy 1 at 100 maker',
      '179999 s sell 2 at 95 taker',
    ])
  })

  it('of a position that is flat expire, and leave their id to the next one', () => {
    const steps = [
      order(at(0), 'in', 'buy', { attach: ['s', 90, 1] }),
      order(at(1), 'out', 'sell', { qty: 1, attach: ['s', 110, 2] }),
    ]
    expect(run({ bars: [[FLAT, FLAT]], steps }).story.slice(4)).toEqual([
      '60000 out sell 1 at 100 taker',
      '60000 s expired position-closed',
      '60000 s accepted',
      '60000 s expired position-closed',
    ])
  })
})

describe('closing parts (O5)', () => {
  const capped = { participation: 0.1 }
  const flat = (volume: number): Row => [100, 100, 100, 100, volume]

  it('of a partial reduction: the stop of the whole goes, one for the rest stands on the same side as the order, and protects', () => {
    const steps = [
      order(at(0), 'in', 'buy', { qty: 20, attach: ['s', 90, 20] }),
      order(at(1), 'less', 'sell', { qty: 10, closes: 10, stopSide: 'sell', attach: ['t', 95, 10, 's'] }),
    ]
    const { story, venue } = run({ bars: [[FLAT, FLAT, [100, 100, 80, 80]]], steps })
    expect(story.slice(3)).toEqual([
      '60000 less accepted',
      '60000 s canceled replaced',
      '60000 less sell 10 at 100 taker',
      '60000 t accepted',
      '179999 t sell 10 at 95 taker',
    ])
    expect([venue.account(0).position(0, 'both').qty, venue.openOrders]).toEqual([0, 0])
  })

  it('of a partial reduction that takes several bars: the old stop stands until the last fill, the new one from then on', () => {
    const steps = [
      order(at(0), 'in', 'buy', { qty: 20, attach: ['s', 90, 20] }),
      order(at(1), 'less', 'sell', { qty: 10, closes: 10, stopSide: 'sell', attach: ['t', 95, 10, 's'] }),
    ]
    expect(deeds({ bars: [[flat(200), flat(60), flat(60)]], steps, fills: capped }).slice(1)).toEqual([
      '60000 less sell 6 at 100 taker',
      '120000 s canceled replaced',
      '120000 less sell 4 at 100 taker',
    ])
    // The market falls between the two fills: the old stop takes all that is left, and the rest of the order opens nothing.
    const { story, venue } = run({ bars: [[flat(200), [100, 100, 80, 80, 60], flat(500)]], steps, fills: capped })
    expect(story.slice(4)).toEqual([
      '60000 less sell 6 at 100 taker',
      '120000 s sell 14 at 100 taker',
      '120000 s expired position-closed',
      '120000 less expired reduce-only',
    ])
    expect([venue.account(0).position(0, 'both').qty, venue.openOrders]).toEqual([0, 0])
  })

  it('of a limit that a gap fills beyond the range: its stop is due at the price of that fill all the same', () => {
    const steps = [
      order(at(0), 'in', 'buy', { qty: 2 }),
      order(at(0), 'less', 'sell', { limit: 105, closes: 1, stopSide: 'sell', attach: ['t', 106, 1] }),
    ]
    expect(deeds({ bars: [[FLAT, [110, 112, 108, 110]]], steps }).slice(1)).toEqual([
      '60000 less sell 1 at 105 maker',
      '119999 t sell 1 at 105 taker',
    ])
  })

  it('of a reversal whose entry was cut: only what is held is closed, then the target is opened', () => {
    const entry = order(at(0), 'in', 'buy', { qty: 20, limit: 100, attach: ['s', 90, 20] })
    const steps = [entry, cancel(at(1), 'in'), order(at(1), 'turn', 'sell', { qty: 40, closes: 20, attach: ['t', 110, 20, 's'] })]
    const { story, venue } = run({ bars: [[flat(80), flat(1_000)]], steps, fills: capped })
    expect(story.slice(1)).toEqual([
      '0 in buy 8 at 100 taker',
      '0 s accepted',
      '60000 in canceled requested',
      '60000 turn accepted',
      '60000 s canceled replaced',
      '60000 turn sell 28 at 100 taker',
      '60000 t accepted',
      '60000 turn expired reduce-only',
    ])
    expect([venue.account(0).position(0, 'both').qty, venue.openOrders]).toEqual([-20 * ONE, 1])
  })

  it('of an exit that comes after the stop: expires and opens nothing', () => {
    for (const type of [{}, { limit: 90 }]) {
      const steps = [
        order(at(0), 'in', 'buy', { qty: 20, attach: ['s', 95, 20] }),
        order(at(1), 'out', 'sell', { qty: 20, closes: 20, ...type }),
      ]
      const { story, venue } = run({ bars: [[[100, 100, 95, 95], FLAT]], steps })
      expect(story.slice(3)).toEqual(['59999 s sell 20 at 95 taker', '60000 out accepted', '60000 out expired reduce-only'])
      expect([venue.account(0).position(0, 'both').qty, venue.openOrders]).toEqual([0, 0])
    }
  })

  it('of an exit that is reduce-only and comes after the stop: is refused', () => {
    const steps = [
      order(at(0), 'in', 'buy', { qty: 20, attach: ['s', 95, 20] }),
      order(at(1), 'out', 'sell', { qty: 20, reduceOnly: true }),
    ]
    expect(deeds({ bars: [[[100, 100, 95, 95], FLAT]], steps })).toContain(
      '60000 out rejected -2022 ReduceOnly Order is rejected.',
    )
  })

  it('of an exit that fills by parts while the rest of a fired stop sells too: never short', () => {
    const steps = [
      order(at(0), 'in', 'buy', { qty: 20, attach: ['s', 95, 20] }),
      order(at(1), 'out', 'sell', { qty: 20, closes: 20 }),
    ]
    const story = (volume: number): string[] =>
      deeds({ bars: [[flat(200), [100, 100, 90, 95, 50], flat(volume), flat(1_000)]], steps, fills: capped }).slice(1)
    // The exit takes the 5 of the bar in which the stop is reached; then both sell what is left, in order of arrival: the exit came later than the stop.
    expect(story(100)).toEqual([
      '60000 out sell 5 at 100 taker',
      '120000 s sell 10 at 100 taker',
      '180000 s sell 5 at 100 taker',
      '180000 s expired position-closed',
      '180000 out expired reduce-only',
    ])
    expect(story(170)).toEqual([
      '60000 out sell 5 at 100 taker',
      '120000 s sell 15 at 100 taker',
      '120000 s expired position-closed',
      '120000 out expired reduce-only',
    ])
  })
})

describe('cancels', () => {
  it('must name the order and its instrument', () => {
    const steps = [order(at(0), 'l', 'buy', { limit: 90 }), cancel(at(0), 'x'), cancel(at(0), 'l', 1), cancel(at(0), 'l')]
    expect(deeds({ bars: [[FLAT], [FLAT]], steps })).toEqual([
      '0 x rejected -2011 Unknown order sent.',
      '0 l rejected -2011 Unknown order sent.',
      '0 l canceled requested',
    ])
  })
})

describe('liquidation (L)', () => {
  // With 20 a long of 1 at 100 dies at 80 (20 + p - 100 <= 0.01 p), a short at 119.
  const long = order(at(0), 'long', 'buy')
  const short = order(at(0), 'short', 'sell')

  it('closes at the level in the range, at the open if that is worse', () => {
    expect(deeds({ bars: [[FLAT, [95, 96, 81, 95]]], steps: [long], capital: '20' })).toHaveLength(1)
    expect(deeds({ bars: [[FLAT, [95, 96, 70, 95]]], steps: [long], capital: '20' })[1]).toBe(
      '119999 autoclose-0-1 sell 1 at 80 taker',
    )
    expect(deeds({ bars: [[FLAT, [105, 119, 104, 105]]], steps: [short], capital: '20' })[1]).toBe(
      '119999 autoclose-0-1 buy 1 at 119 taker',
    )
    const { story, venue } = run({ bars: [[FLAT, [70, 70, 70, 70]]], steps: [long], capital: '20', liquidationFee: '0.01' })
    expect(story.slice(2)).toEqual([
      '60000 autoclose-0-1 sell 1 at 70 taker',
      '60000 liquidation-fee -0.7',
      '60000 insurance-cover 10.7',
    ])
    expect([venue.account(0).wallet, venue.insuranceFund]).toEqual([0n, money('-10')])
  })

  it('of an account that is due at the open of the present bar closes there, and not at the better level', () => {
    // Without a wallet L3 holds from 101 down already.
    expect(deeds({ bars: [[[100, 101, 99, 100]]], steps: [order(at(0), 'big', 'buy', { qty: 30 })], capital: '0' })[1]).toBe(
      '59999 autoclose-0-1 sell 30 at 100 taker',
    )
  })

  it('is due at a mark between ticks, and closes at the level beyond it', () => {
    // L3 holds from 80.808 down; the tick below is 80.
    const scene = (low: number): Scene => ({
      bars: [[FLAT, FLAT]],
      marks: [[FLAT, [95, 96, low, 95]]],
      steps: [long],
      capital: '20',
    })
    expect(deeds(scene(80.81))).toHaveLength(1)
    expect(deeds(scene(80.8))[1]).toBe('119999 autoclose-0-1 sell 1 at 80 taker')
  })

  it('is not missed when an account has nothing left at the close already', () => {
    // Bought at 8500 in step 5, after the check of step 4: 1500 carry it down to 7070. The close is far below, the next open just.
    const steps = [order(at(0), 'l', 'buy', { limit: 8_500 })]
    const next = (price: number): Row => [price, price, price, price]
    const bars = (price: number): Row[] => [[10_000, 10_000, 6_000, 6_000], next(price)]
    expect(deeds({ bars: [bars(7_065)], steps, capital: '1500' })[1]).toBe('60000 autoclose-0-1 sell 1 at 7065 taker')
    expect(deeds({ bars: [bars(7_071)], steps, capital: '1500' })).toHaveLength(1)
  })

  it('comes before a stop that lies farther from the open, from a level at the open before any', () => {
    const stop = (trigger: number): Scene => ({
      bars: [[FLAT, [95, 96, 70, 95]]],
      steps: [long, order(at(0), 'stop', 'sell', { stop: trigger })],
      capital: '20',
    })
    expect(deeds(stop(79))[2]).toBe('119999 autoclose-0-1 sell 1 at 80 taker')
    expect(deeds(stop(85))[1]).toBe('119999 stop sell 1 at 85 taker')
    for (const other of [order(at(1), 'other', 'buy', { stop: 90 }), order(at(1), 'other', 'sell', { stop: 75 })])
      expect(
        deeds({
          bars: [[FLAT, [80, 96, 70, 95]]],
          marks: [[FLAT, [90, 96, 80, 95]]],
          steps: [long, other],
          capital: '20',
          switches: { immediateTrigger: 'fire' },
        }).slice(1),
      ).toEqual(['119999 other canceled liquidation', '119999 autoclose-0-1 sell 1 at 80 taker'])
  })

  it('takes the others along only as long as it must', () => {
    const steps = [long, order(at(0), 'b', 'buy', { instrument: 1 }), order(at(0), 'c', 'buy', { instrument: 2 })]
    const bars: Row[][] = [[FLAT, [60, 60, 60, 60]], [[50, 50, 50, 40]], [[50, 50, 50, 80]]]
    // 0.9 is left after a at 60; b and c at 40 and 80 need 1.2, c alone 0.8.
    expect(deeds({ bars, steps, capital: '20.9' }).slice(3)).toEqual([
      '60000 autoclose-0-1 sell 1 at 60 taker',
      '60000 autoclose-1-2 sell 1 at 40 taker',
    ])
  })
})

describe('funding (M4) and delisting', () => {
  it('books quantity x mark x rate, truncated, paid by longs at a positive rate', () => {
    const steps: Step[] = [
      order(at(0), 'm', 'buy', { qty: 2 }),
      [at(1), (venue) => venue.settleFunding(0, rateOf('0.01'), 110 * ONE + 1, at(1))],
      [at(1), (venue) => venue.settleFunding(0, rateOf('-0.01'), 110 * ONE, at(1))],
    ]
    expect(deeds({ bars: [[FLAT]], steps }).slice(1)).toEqual(['60000 funding -2.2', '60000 funding 2.2'])
  })

  it('ends orders and settles positions at the newest mark without fee', () => {
    const steps: Step[] = [
      order(at(0), 'm', 'buy'),
      order(at(0), 'l', 'buy', { limit: 50 }),
      [at(1), (venue) => venue.delist(0, at(1))],
    ]
    expect(deeds({ bars: [[[100, 105, 100, 104]]], steps, fills: { takerFee: rateOf('0.01') } }).slice(1)).toEqual([
      '60000 l expired delisting',
      '60000 settlement_autoclose-0-1 sell 1 at 104 taker',
    ])
  })
})
