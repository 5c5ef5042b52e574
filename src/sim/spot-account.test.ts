/** Spot accounts at the simulated venue: rules S1 to S8 of docs/venue.md, and what must hold whatever happens. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rateOf, unitsOf } from '../core/exact.ts'
import type { Money, Price, Qty, Rate } from '../core/exact.ts'
import { decodePlain, encodePlain } from '../core/plain.ts'
import { HOUR, MINUTE, parseTime } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import type { ReportEvent } from '../domain/event.ts'
import { Instrument } from '../domain/instrument.ts'
import { PLAIN_TERMS } from '../domain/order.ts'
import type { OrderRequest } from '../domain/order.ts'
import type { AccountKind } from '../domain/view.ts'
import { PositionManager } from '../kernel/position-manager.ts'
import { SimVenue } from './sim-venue.ts'
import type { SimVenueState } from './sim-venue.ts'
import type { SpotTerms } from './spot-terms.ts'
import type { VenueBars } from './venue-bars.ts'

/** Only the doors of risk approve orders of the program; a test has no door. */
const approve = <T>(given: T): never => given as never

const START = parseTime('2024-01-01T00:00Z')
/** Quantity units of a base unit: prices have 2 decimals, money 8. */
const ONE = 1_000_000
const money = (text: string): Money => unitsOf(text, 8) as Money
const at = (minute: number): Micros => (START + minute * MINUTE) as Micros

function instrument(kind: 'perp' | 'spot', base: string, index: number, liquidationFee = '0'): Instrument {
  const asset = { name: 'USDT', scale: 8 }
  return new Instrument(
    {
      venue: 'binance',
      kind,
      symbol: `${base}USDT`,
      base: { name: base, scale: 8 },
      quote: asset,
      settle: asset,
      priceScale: 2,
      rules: [{ from: 0 as Micros, tick: 1 as Price, step: 1_000 as Qty, binding: true }],
      brackets:
        kind === 'spot'
          ? []
          : [{ floor: money('0'), cap: money('1000000'), maxLeverage: 100, rate: rateOf('0.01'), cum: money('0') }],
      liquidationFee: rateOf(liquidationFee),
    },
    index,
  )
}

type Row = readonly [open: number, high: number, low: number, close: number]
const flat = (price: number): Row => [price, price, price, price]

/** A row a minute, whole quote units. */
function columns(rows: readonly Row[]): VenueBars {
  const column = (place: number): Float64Array => Float64Array.from(rows, (row) => Math.round(row[place] * 100))
  return {
    length: rows.length,
    openTime: Float64Array.from(rows, (_, i) => at(i)),
    duration: Float64Array.from(rows, () => MINUTE),
    mark: undefined,
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: Float64Array.from(rows, () => 1_000),
  }
}

interface Wish {
  readonly account?: number
  readonly instrument?: number
  readonly qty?: number
  readonly closes?: number
  readonly limit?: number
  readonly stop?: number
}

function request(id: string, side: 'buy' | 'sell', wish: Wish = {}): OrderRequest {
  const { account = 1, qty = 1, closes = 0, limit, stop } = wish
  return {
    clientOrderId: id,
    account,
    instrument: wish.instrument ?? 1,
    side,
    positionSide: 'both',
    type: limit !== undefined ? 'limit' : stop !== undefined ? 'stop-market' : 'market',
    timeInForce: 'GTC',
    qty: Math.round(qty * ONE) as Qty,
    closes: Math.round(closes * ONE) as Qty,
    price: limit === undefined ? undefined : ((limit * 100) as Price),
    trigger: stop === undefined ? undefined : ((stop * 100) as Price),
    workingType: 'last',
    reduceOnly: closes > 0 && closes === qty,
    terms: PLAIN_TERMS,
    attached: undefined,
    shares: [{ strategy: 0, qty: Math.round(qty * ONE) as Qty }],
    reason: 'signal',
    decisionPrice: 100 as Price,
    decidedAt: at(0),
  }
}

/** What happens at a minute, before its bar opens. */
type Deed = (venue: SimVenue, time: Micros) => void
const order =
  (id: string, side: 'buy' | 'sell', wish?: Wish): Deed =>
  (venue, time) =>
    venue.submit(approve(request(id, side, wish)), time)
const move =
  (from: number, to: number, asset: string, amount: string): Deed =>
  (venue, time) =>
    venue.move(approve({ from, to, asset, amount: money(amount), reason: 'rebalance' }), time)

interface Scene {
  /** Of spot A; the perpetual follows it, spot B stays at 10. */
  readonly rows: readonly Row[]
  readonly deeds: readonly (readonly [minute: number, deed: Deed])[]
  readonly terms?: Partial<SpotTerms>
  readonly capital?: string
  readonly slippageBps?: number
  readonly liquidationFee?: string
}

const KINDS: readonly AccountKind[] = ['margin', 'spot', 'spot']
const FREE = { takerFee: 0 as Rate, makerFee: 0 as Rate } as const

function build({ rows, terms = FREE, slippageBps = 0, liquidationFee }: Scene, reports: ReportEvent[]): SimVenue {
  return new SimVenue({
    instruments: [
      instrument('perp', 'A', 0),
      instrument('spot', 'A', 1, liquidationFee),
      instrument('spot', 'B', 2, liquidationFee),
    ],
    bars: [columns(rows), columns(rows), columns(rows.map(() => flat(10)))],
    accounts: KINDS,
    fills: { takerFee: 0 as Rate, makerFee: 0 as Rate, slippageBps, participation: undefined, touch: false },
    spot: terms,
    report: (report) => reports.push(report),
  })
}

/** One minute: what is due by itself, the deeds, the opens, the ranges. */
function minute(venue: SimVenue, scene: Scene, i: number): void {
  while (venue.wakeAt <= at(i)) venue.wake(venue.wakeAt as Micros)
  for (const [when, deed] of scene.deeds) if (when === i) deed(venue, at(i))
  for (const each of [0, 1, 2]) venue.openBar(each, i)
  for (const each of [0, 1, 2]) venue.endBar(each)
}

function run(scene: Scene): { readonly venue: SimVenue; readonly story: string[]; readonly reports: ReportEvent[] } {
  const reports: ReportEvent[] = []
  const venue = build(scene, reports)
  venue.transfer(1, 'deposit', money(scene.capital ?? '1000'), START)
  reports.length = 0
  for (let i = 0; i < scene.rows.length; i++) minute(venue, scene, i)
  return { venue, reports, story: reports.map(line).filter((each) => !each.endsWith('accepted')) }
}

function line(report: ReportEvent): string {
  const minutes = Math.floor((report.exchangeTime - START) / MINUTE)
  if (report.kind === 'account') return `${minutes} ${report.entry} ${report.asset} ${Number(report.amount) / 1e8}`
  const { fill, clientOrderId, kind, reason } = report
  if (fill === undefined) return `${minutes} ${clientOrderId} ${kind.slice('order-'.length)}${reason === '' ? '' : ` ${reason}`}`
  return `${minutes} ${clientOrderId} ${fill.side} ${fill.qty / ONE} at ${fill.price / 100}`
}
const balances = (venue: SimVenue, account = 1): number[] =>
  ['USDT', 'A', 'B'].map((asset) => Number(venue.account(account).ledger.wallet(asset)) / 1e8)
const POOR = '-2010 Account has insufficient balance for requested action.'

describe('buying and selling (S1 to S4)', () => {
  it('exchanges assets, with the fee in the quote asset on both sides, and realises nothing', () => {
    const terms = { takerFee: rateOf('0.001'), makerFee: rateOf('0.0005') }
    const scene = {
      rows: [flat(100), flat(100), flat(120), flat(130)],
      deeds: [
        [1, order('in', 'buy', { qty: 2 })],
        [2, order('out', 'sell', { qty: 1, closes: 1 })],
      ],
      terms,
    } as const
    const { venue, reports } = run(scene)
    expect(balances(venue)).toEqual([1000 - 200 - 0.2 + 120 - 0.12, 1, 0])
    expect(reports.flatMap((report) => (report.kind === 'order-filled' ? [report.fill?.realised] : []))).toEqual([0n, 0n])
    const { ledger } = venue.account(1)
    expect([ledger.total('exchange', 'USDT'), ledger.total('exchange', 'A'), ledger.total('commission', 'USDT')]).toEqual([
      money('-80'),
      money('1'),
      money('-0.32'),
    ])
    expect(venue.feePool).toBe(money('0.32'))
  })

  it('refuses what is not owned, and instruments of the other kind of account', () => {
    const { story } = run({
      rows: [flat(100), flat(100)],
      deeds: [
        [1, order('naked', 'sell')],
        [1, order('dear', 'buy', { qty: 10.001 })],
        [1, order('perp', 'buy', { instrument: 0 })],
        [1, order('spot', 'buy', { account: 0 })],
        [1, order('all', 'buy', { qty: 10 })],
      ],
    })
    expect(story).toEqual([
      `1 naked rejected ${POOR}`,
      `1 dear rejected ${POOR}`,
      '1 perp rejected -1121 Invalid symbol.',
      '1 spot rejected -1121 Invalid symbol.',
      '1 all buy 10 at 100',
    ])
  })

  it('counts the fee, and what open orders tie up', () => {
    const { story } = run({
      rows: [flat(100), flat(100), flat(100)],
      terms: { takerFee: rateOf('0.001'), makerFee: rateOf('0.0005') },
      deeds: [
        [1, order('rests', 'buy', { qty: 5, limit: 90 })],
        [1, order('dear', 'buy', { qty: 5.491 })],
        [1, order('fits', 'buy', { qty: 5.49 })],
        [2, order('half', 'sell', { qty: 3, limit: 110 })],
        [2, order('much', 'sell', { qty: 2.491 })],
        [2, order('rest', 'sell', { qty: 2.49 })],
      ],
    })
    // 1000 - 450 x 1.001 leaves 549.55, and 5.49 x 100 x 1.001 is 549.549.
    expect(story).toEqual([
      `1 dear rejected ${POOR}`,
      '1 fits buy 5.49 at 100',
      `2 much rejected ${POOR}`,
      '2 rest sell 2.49 at 100',
    ])
  })

  it('fills a market order as far as the money goes when the price has run away, and ends the rest', () => {
    const { story, venue } = run({
      rows: [flat(100), flat(125)],
      terms: { takerFee: rateOf('0.001'), makerFee: 0 as Rate },
      deeds: [[1, order('m', 'buy', { qty: 9 })]],
    })
    expect(story).toEqual(['1 m buy 7.992 at 125', `1 m expired ${POOR}`])
    expect(balances(venue)).toEqual([0.001, 7.992, 0])
  })

  it('never sells more than there is, however many orders wait for it', () => {
    const { story, venue } = run({
      rows: [flat(100), flat(100), [100, 100, 90, 90]],
      deeds: [
        [1, order('in', 'buy', { qty: 2 })],
        [2, order('s', 'sell', { qty: 2, stop: 95 })],
        [2, order('t', 'sell', { qty: 2, stop: 94 })],
      ],
    })
    expect(story).toEqual(['1 in buy 2 at 100', '2 s sell 2 at 95', `2 t expired ${POOR}`])
    expect(balances(venue)[1]).toBe(0)
  })

  it('fills of a closing part only what is held', () => {
    const { story } = run({
      rows: [flat(100), flat(100), flat(100)],
      deeds: [
        [1, order('in', 'buy', { qty: 2 })],
        [2, order('out', 'sell', { qty: 3, closes: 3 })],
      ],
    })
    expect(story).toEqual(['1 in buy 2 at 100', '2 out sell 2 at 100', '2 out expired reduce-only'])
  })
})

const LENT: Partial<SpotTerms> = { ...FREE, borrow: true, borrowRate: rateOf('0.024') }

describe('borrowing (S5 to S7)', () => {
  it('pays for every hour that begins, at the newest price, from the sale on', () => {
    const rows = Array.from({ length: 150 }, (_, i) => flat(i < 90 ? 100 : 50))
    const { story, venue } = run({
      rows,
      terms: LENT,
      deeds: [
        [30, order('short', 'sell', { qty: 4 })],
        [61, order('half', 'buy', { qty: 2, closes: 2 })],
        [130, order('flat', 'buy', { qty: 2, closes: 2 })],
      ],
    })
    expect(story).toEqual([
      '30 short sell 4 at 100',
      '30 borrow-interest USDT -0.4',
      '60 borrow-interest USDT -0.4',
      '61 half buy 2 at 100',
      '120 borrow-interest USDT -0.1',
      '130 flat buy 2 at 50',
    ])
    expect(venue.lenders).toBe(money('0.9'))
    expect(balances(venue)).toEqual([1000 + 400 - 200 - 100 - 0.9, 0, 0])
  })

  it('borrows only what is missing, and has its own rate for an asset', () => {
    const { story } = run({
      rows: [flat(100), flat(100), flat(100)],
      terms: { ...LENT, borrowRates: { A: rateOf('0.24') } },
      deeds: [
        [1, order('in', 'buy', { qty: 3 })],
        [2, order('turn', 'sell', { qty: 4, closes: 3 })],
      ],
    })
    expect(story.slice(1)).toEqual(['2 turn sell 4 at 100', '2 borrow-interest USDT -1'])
  })

  it('refuses debts above the limit, other open sales counted as filled', () => {
    const { story } = run({
      rows: [flat(100), flat(100)],
      terms: LENT,
      deeds: [
        [1, order('rests', 'sell', { qty: 15, limit: 200 })],
        [1, order('much', 'sell', { qty: 5.001 })],
        [1, order('fits', 'sell', { qty: 5 })],
      ],
    })
    expect(story[0]).toBe('1 much rejected -3006 Your borrow amount has exceed maximum borrow amount.')
    expect(story[1]).toBe('1 fits sell 5 at 100')
  })

  it('buys everything back when assets are not above the level, at the price at which that is so', () => {
    // 1000 + 1900 = 1.1 x 19 x p: at 138.755; the tick above is the first at which it is due.
    const { story, venue } = run({
      rows: [flat(100), flat(100), [100, 150, 100, 150]],
      terms: { ...LENT, borrowRate: 0 as Rate },
      deeds: [[1, order('short', 'sell', { qty: 19 })]],
    })
    expect(story).toEqual(['1 short sell 19 at 100', '2 autoclose-1-1 buy 19 at 138.76'])
    expect(balances(venue)).toEqual([1000 + 1900 - 19 * 138.76, 0, 0].map((each) => Math.round(each * 1e8) / 1e8))
  })

  it('covers from the insurance fund what a gap leaves below nothing', () => {
    const { story, venue } = run({
      rows: [flat(100), flat(100), flat(200)],
      terms: { ...LENT, borrowRate: 0 as Rate },
      liquidationFee: '0.01',
      deeds: [[1, order('short', 'sell', { qty: 19 })]],
    })
    expect(story).toEqual([
      '1 short sell 19 at 100',
      '2 autoclose-1-1 buy 19 at 200',
      '2 liquidation-fee USDT -38',
      '2 insurance-cover USDT 938',
    ])
    expect(balances(venue)).toEqual([0, 0, 0])
    expect(venue.insuranceFund).toBe(money('-900'))
  })
})

describe('transfers (S8)', () => {
  it('move what is free between kinds of accounts, and what is owned between spot accounts', () => {
    const { story, venue } = run({
      rows: [flat(100), flat(100), flat(100)],
      deeds: [
        [1, order('in', 'buy', { qty: 4 })],
        [1, order('rests', 'buy', { qty: 1, limit: 50 })],
        [2, order('offer', 'sell', { qty: 1, limit: 150 })],
        [2, move(1, 0, 'USDT', '800')],
        [2, move(0, 1, 'USDT', '50')],
        [2, move(1, 2, 'A', '5')],
      ],
    })
    expect(story.slice(1)).toEqual([
      '2 transfer USDT -550',
      '2 transfer USDT 550',
      '2 transfer USDT -50',
      '2 transfer USDT 50',
      '2 transfer A -3',
      '2 transfer A 3',
    ])
    expect(balances(venue)).toEqual([100, 1, 0])
    expect(balances(venue, 2)).toEqual([0, 3, 0])
    expect(venue.available(0)).toBe(money('500'))
  })

  it('leave enough that debts stay within the limit', () => {
    const { story } = run({
      rows: [flat(100), flat(100), flat(100)],
      terms: { ...LENT, borrowRate: 0 as Rate },
      deeds: [
        [1, order('short', 'sell', { qty: 10 })],
        [2, move(1, 0, 'USDT', '900')],
      ],
    })
    expect(story[1]).toBe('2 transfer USDT -500')
  })
})

// ---- whatever happens ----------------------------------------------------------------------------------------------------

type Act =
  | {
      readonly do: 'order'
      readonly account: 1 | 2
      readonly instrument: 1 | 2
      readonly side: 'buy' | 'sell'
      readonly thousandths: number
      readonly closes: number
      readonly kind: 'market' | 'limit' | 'stop'
      readonly off: number
    }
  | { readonly do: 'cancel'; readonly which: number }
  | {
      readonly do: 'move'
      readonly from: number
      readonly to: number
      readonly asset: 'USDT' | 'A' | 'B'
      readonly amount: number
    }

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('order' as const),
      account: fc.constantFrom(1 as const, 2 as const),
      instrument: fc.constantFrom(1 as const, 2 as const),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      thousandths: fc.integer({ min: 1, max: 12_000 }),
      closes: fc.constantFrom(0, 0, 0.5, 1),
      kind: fc.constantFrom('market' as const, 'limit' as const, 'stop' as const),
      off: fc.integer({ min: -8, max: 8 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), which: fc.nat(40) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('move' as const),
      from: fc.nat(2),
      to: fc.nat(2),
      asset: fc.constantFrom('USDT' as const, 'A' as const, 'B' as const),
      amount: fc.integer({ min: 1, max: 500 }),
    }),
  },
)

interface Random {
  readonly prices: readonly number[]
  readonly acts: readonly (readonly [number, Act])[]
  readonly borrow: boolean
  readonly slippageBps: number
}
const random: fc.Arbitrary<Random> = fc.record({
  prices: fc.array(fc.integer({ min: 60, max: 170 }), { minLength: 70, maxLength: 130 }),
  acts: fc.array(fc.tuple(fc.nat(129), act), { minLength: 20, maxLength: 60 }),
  borrow: fc.boolean(),
  slippageBps: fc.constantFrom(0, 7),
})

function sceneOf({ prices, acts, borrow, slippageBps }: Random): Scene {
  const rows = prices.map((open, i): Row => {
    const close = prices[i + 1] ?? open
    return [open, Math.max(open, close) + 1, Math.min(open, close) - 1, close]
  })
  const deeds = acts.flatMap(([when, each], n): readonly (readonly [number, Deed])[] => {
    if (each.do === 'cancel')
      return [1, 2].flatMap((account) =>
        [1, 2].map(
          (of) => [when, (venue: SimVenue, time: Micros) => cancel(venue, account, of, `o${each.which}`, time)] as const,
        ),
      )
    if (each.do === 'move') {
      // A margin account holds no base asset.
      if (each.from === each.to || (each.asset !== 'USDT' && (each.from === 0 || each.to === 0))) return []
      return [[when, move(each.from, each.to, each.asset, String(each.amount / 10))]]
    }
    const qty = each.thousandths / 1_000
    const price = (each.instrument === 1 ? prices[Math.min(when, prices.length - 1)] : 10) + each.off
    return [
      [
        when,
        order(`o${n}`, each.side, {
          account: each.account,
          instrument: each.instrument,
          qty,
          closes: Math.round(qty * each.closes * 1_000) / 1_000,
          ...(each.kind === 'limit' ? { limit: price } : each.kind === 'stop' ? { stop: price } : {}),
        }),
      ],
    ]
  })
  const terms = { takerFee: rateOf('0.001'), makerFee: rateOf('0.0007'), borrow, borrowRate: rateOf('0.0123456789') }
  return { rows, deeds, terms, slippageBps, liquidationFee: '0.005' }
}

function cancel(venue: SimVenue, account: number, of: number, clientOrderId: string, time: Micros): void {
  venue.cancel(approve({ clientOrderId, account, instrument: of, reason: 'requested' }), time)
}

/** Balances from the reports alone: every fill exchanges, every account report adds. */
function recomputed(reports: readonly ReportEvent[]): ReadonlyMap<string, bigint> {
  const wallets = new Map<string, bigint>()
  const add = (account: number, asset: string, amount: bigint): void =>
    void wallets.set(`${account} ${asset}`, (wallets.get(`${account} ${asset}`) ?? 0n) + amount)
  for (const report of reports) {
    if (report.kind === 'account') add(report.account, report.asset, report.amount)
    else if (report.fill !== undefined) {
      const { account, instrument: of, side, price, qty, fee } = report.fill
      const sign = side === 'buy' ? 1n : -1n
      add(account, of === 2 ? 'B' : 'A', sign * BigInt(qty) * 100n)
      add(account, 'USDT', -sign * BigInt(price) * BigInt(qty) - fee)
    }
  }
  return wallets
}

/** S6 anew: what every debt owes, from fills and the prices of the rows. */
function interestOwed(reports: readonly ReportEvent[], scene: Scene, end: number): bigint {
  const rate = BigInt(scene.terms?.borrowRate ?? 0)
  const priceOf = (of: number, minutes: number): bigint => BigInt(of === 2 ? 1_000 : Math.round(scene.rows[minutes][3] * 100))
  let owed = 0n
  const held = new Map<string, number>()
  let hour = 60
  const hours = (until: number): void => {
    for (; hour <= until; hour += 60)
      for (const [key, qty] of held)
        if (qty < 0) owed += (priceOf(Number(key.split(' ')[1]), hour - 1) * BigInt(-qty) * rate) / (24n * 10n ** 10n)
  }
  for (const report of reports) {
    const time = (report.exchangeTime - START) / MINUTE
    if (report.kind === 'account') {
      if (report.instrument < 1 || report.asset === 'USDT') continue
      const key = `${report.account} ${report.instrument}`
      held.set(key, (held.get(key) ?? 0) + Number(report.amount) / 100)
      continue
    }
    if (report.fill === undefined) continue
    hours(Math.floor(time))
    const { account, instrument: of, side, qty } = report.fill
    const key = `${account} ${of}`
    const before = held.get(key) ?? 0
    const after = before + (side === 'buy' ? qty : -qty)
    held.set(key, after)
    const borrowed = Math.max(0, -after) - Math.max(0, -before)
    // At an open the price is the open, in the range that of the open as well: the row is not over.
    const row = scene.rows[Math.floor(time + 1e-9)]
    const now = of === 2 ? 1_000n : BigInt(Math.round(row[0] * 100))
    if (borrowed > 0) owed += (now * BigInt(borrowed) * rate) / (24n * 10n ** 10n)
  }
  hours(end)
  return owed
}

const ASSETS = [
  [1, 'A'],
  [2, 'B'],
] as const

describe('whatever happens', () => {
  it('balances are what the reports say, nothing is owed without borrowing, and every asset is conserved', () => {
    let [fills, forced, charged] = [0, 0, 0]
    fc.assert(
      fc.property(random, (given) => {
        const scene = sceneOf(given)
        const reports: ReportEvent[] = []
        const venue = build(scene, reports)
        venue.transfer(1, 'deposit', money('1000'), START)
        venue.transfer(2, 'deposit', money('500'), START)
        venue.transfer(2, 'deposit', money('2'), START, 'A')
        let broken = 0
        for (let i = 0; i < scene.rows.length; i++) {
          minute(venue, scene, i)
          for (const account of [1, 2])
            for (const [of, asset] of ASSETS) {
              const holder = venue.account(account)
              const wallet = holder.ledger.wallet(asset)
              if (BigInt(holder.position(of, 'both').qty) * 100n !== wallet) broken += 1
              if (!given.borrow && (wallet < 0n || holder.wallet < 0n)) broken += 1
            }
        }
        expect(broken).toBe(0)
        const wallets = recomputed(reports)
        for (const account of [0, 1, 2])
          for (const asset of ['USDT', 'A', 'B'])
            expect(venue.account(account).ledger.wallet(asset)).toBe(wallets.get(`${account} ${asset}`) ?? 0n)
        // The kernel's own books, from the reports alone, agree on everything.
        const positions = new PositionManager(
          [instrument('perp', 'A', 0), instrument('spot', 'A', 1), instrument('spot', 'B', 2)],
          KINDS.map((kind, i) => ({ venue: 'binance', name: `a${i}`, settle: 'USDT', kind })),
        )
        for (const report of reports) {
          if (report.kind === 'account') positions.applyAccountReport(report)
          else if (report.fill !== undefined) expect(positions.applyFill(report.fill, [])).toBe(report.fill.realised)
        }
        for (const account of [0, 1, 2]) {
          const holder = venue.account(account)
          expect(positions.ledger(account).snapshot().wallets).toEqual(holder.ledger.snapshot().wallets)
          for (const of of [0, 1, 2]) expect(positions.netQty(account, of)).toBe(holder.position(of, 'both').qty)
        }
        // What came from outside and was exchanged with others is here, in the pools or lent.
        for (const asset of ['USDT', 'A', 'B']) {
          const total = (kind: 'exchange' | 'deposit'): bigint =>
            [0, 1, 2].reduce((sum, account) => sum + venue.account(account).ledger.total(kind, asset), 0n)
          const held = [0, 1, 2].reduce((sum, account) => sum + venue.account(account).ledger.wallet(asset), 0n)
          const pools = asset === 'USDT' ? venue.feePool + venue.insuranceFund + venue.lenders : 0n
          expect(held + pools).toBe(total('deposit') + total('exchange'))
        }
        expect(venue.lenders).toBe(given.borrow ? interestOwed(reports, scene, scene.rows.length - 1) : 0n)
        fills += reports.filter(({ kind }) => kind === 'order-filled').length
        forced += reports.filter((report) => report.kind === 'order-filled' && report.reason === 'liquidation').length
        charged += reports.filter((report) => report.kind === 'account' && report.entry === 'borrow-interest').length
      }),
      { numRuns: 60 },
    )
    expect(fills).toBeGreaterThan(150)
    expect(forced).toBeGreaterThan(0)
    expect(charged).toBeGreaterThan(20)
  })

  it('a cut anywhere changes nothing', () => {
    fc.assert(
      fc.property(random, fc.nat(), (given, place) => {
        const scene = sceneOf(given)
        const whole: ReportEvent[] = []
        const parts: ReportEvent[] = []
        const venue = build(scene, whole)
        let other = build(scene, parts)
        for (const each of [venue, other]) each.transfer(1, 'deposit', money('1000'), START)
        for (let i = 0; i < scene.rows.length; i++) {
          minute(venue, scene, i)
          if (i % (1 + (place % 7)) === 0) {
            const state = decodePlain(encodePlain(other.snapshot())) as SimVenueState
            other = build(scene, parts)
            other.restore(state)
          }
          minute(other, scene, i)
        }
        expect(parts).toEqual(whole)
        expect(other.snapshot()).toEqual(venue.snapshot())
      }),
      { numRuns: 15 },
    )
  })

  it('interest goes on while nothing else happens', () => {
    const scene: Scene = { rows: [flat(100), flat(100)], terms: LENT, deeds: [[1, order('short', 'sell', { qty: 1 })]] }
    const { venue } = run(scene)
    expect(venue.wakeAt).toBe(START + HOUR)
    for (let hour = 1; hour <= 5; hour++) venue.wake((START + hour * HOUR) as Micros)
    expect(venue.lenders).toBe(money('0.6'))
    expect(venue.wakeAt).toBe(START + 6 * HOUR)
  })
})
