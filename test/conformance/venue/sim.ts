/**
 * The simulated venue as a venue under test, driven by trades or by bars of one price each.
 *
 * The venue does not follow the fees of what is open: the break-even price is that of the fills it reported.
 */
import { formatUnits, rateOf, unitsOf } from '../../../src/core/exact.ts'
import type { Money, Price, Qty, Rate } from '../../../src/core/exact.ts'
import { fromMs, SECOND } from '../../../src/core/time.ts'
import type { Duration, Micros } from '../../../src/core/time.ts'
import type { Approved } from '../../../src/domain/decision.ts'
import type { ReportEvent } from '../../../src/domain/event.ts'
import { Instrument } from '../../../src/domain/instrument.ts'
import type { MarginBracket, TradingRules } from '../../../src/domain/instrument.ts'
import { PLAIN_TERMS } from '../../../src/domain/order.ts'
import type { OrderRequest, OrderType, PositionSide as DomainSide, SelfTradePrevention } from '../../../src/domain/order.ts'
import { breakEvenPrice, formatRatio } from '../../../src/domain/margin.ts'
import type { Ratio } from '../../../src/domain/margin.ts'
import { SimVenue } from '../../../src/sim/sim-venue.ts'
import type { VenueBars, VenueTrades } from '../../../src/sim/venue-bars.ts'
import type {
  AccountState,
  Answer,
  Execution,
  NewOrder,
  OrderState,
  PositionSide,
  PositionState,
  Refusal,
  Side,
  SymbolName,
  VenueUnderTest,
  World,
} from './venue-under-test.ts'

export type Driver = 'trades' | 'bars'

const ACCOUNT = 0
const ROWS = 2_000
/** In base units: more than any card wants. */
const PLENTY = 1_000_000
const START = fromMs(1_700_000_000_000)
const USDT = { name: 'USDT', scale: 8 }
const PRICE_SCALE = 2
const QTY_SCALE = 6
const PER_PRICE = 10n ** 6n
const SYMBOLS: readonly SymbolName[] = ['BTCUSDT', 'ETHUSDT']
const NO_INSTRUMENT = 99

const money = (text: string): Money => unitsOf(text, USDT.scale) as Money
const shown = (amount: bigint): string => formatUnits(amount, USDT.scale)
const price = (text: string): Price => Number(unitsOf(text, PRICE_SCALE)) as Price
const qty = (text: string): Qty => Number(unitsOf(text, QTY_SCALE)) as Qty
const markOf = (text: string): number => Number(unitsOf(text, 8))

const BRACKETS: readonly MarginBracket[] = (
  [
    ['0', '50000', 125, '0.004', '0'],
    ['50000', '500000', 100, '0.005', '50'],
    ['500000', '10000000', 50, '0.01', '2550'],
    ['10000000', '100000000', 20, '0.05', '402550'],
  ] as const
).map(([floor, cap, maxLeverage, rate, cum]) => ({
  floor: money(floor),
  cap: money(cap),
  maxLeverage,
  rate: rateOf(rate),
  cum: money(cum),
}))

const rules = (of: Partial<TradingRules> & Pick<TradingRules, 'tick'>): TradingRules => ({
  from: 0 as Micros,
  step: qty('0.001'),
  binding: true,
  minQty: qty('0.001'),
  priceUp: rateOf('1.05'),
  priceDown: rateOf('0.95'),
  triggerProtect: rateOf('0.05'),
  maxOrders: 200,
  ...of,
})

const RULES: Readonly<Record<SymbolName, TradingRules>> = {
  BTCUSDT: rules({
    tick: price('0.1'),
    minPrice: price('556.8'),
    maxPrice: price('4529764'),
    maxQty: qty('1000'),
    marketMaxQty: qty('120'),
    minNotional: money('50'),
  }),
  ETHUSDT: rules({
    tick: price('0.01'),
    minPrice: price('39.86'),
    maxPrice: price('306177'),
    maxQty: qty('10000'),
    marketMaxQty: qty('2000'),
    minNotional: money('20'),
  }),
}

const instrument = (symbol: SymbolName, index: number): Instrument => {
  const base = symbol.replace('USDT', '')
  const [asset, liquidationFee] = [{ name: base, scale: QTY_SCALE }, rateOf('0.0125')]
  const spec = {
    venue: 'binance',
    kind: 'perp',
    symbol,
    base: asset,
    quote: USDT,
    settle: USDT,
    priceScale: PRICE_SCALE,
  } as const
  return new Instrument({ ...spec, rules: [RULES[symbol]], brackets: BRACKETS, liquidationFee }, index)
}

/** One symbol's market: rows are written just before the venue is told of them. */
class Market {
  readonly bars: VenueBars
  readonly trades: VenueTrades
  last = 0 as Price
  /** In mark units; 0 while it moves with the price. */
  mark = 0
  rows = 0

  constructor() {
    const column = (): Float64Array => new Float64Array(ROWS)
    const mark = { open: column(), high: column(), low: column(), close: column() }
    this.bars = {
      length: ROWS,
      openTime: column(),
      duration: column().fill(SECOND),
      open: column(),
      high: column(),
      low: column(),
      close: column(),
      volume: column(),
      mark,
    }
    this.trades = { length: ROWS, time: column(), price: column(), qty: column(), buyerIsMaker: new Uint8Array(ROWS) }
  }
}

const SIDES: Readonly<Record<PositionSide, DomainSide>> = { BOTH: 'both', LONG: 'long', SHORT: 'short' }

interface Followed {
  status: OrderState['status']
  executed: number
  reason: string
  readonly executions: Execution[]
}

export class SimVenueUnderTest implements VenueUnderTest {
  readonly #venue: SimVenue
  readonly #driver: Driver
  readonly #instruments = SYMBOLS.map(instrument)
  readonly #markets = SYMBOLS.map(() => new Market())
  readonly #orders = new Map<string, Followed>()
  readonly #open: string[] = []
  readonly #fees: World
  /** By instrument and side: fees of what is open, before truncation, in money units times 1e10. */
  readonly #openFees = new Map<string, bigint>()
  #time = START
  #refusal: Refusal | undefined

  constructor(world: World, driver: Driver) {
    this.#driver = driver
    this.#fees = world
    this.#venue = new SimVenue({
      instruments: this.#instruments,
      bars: this.#markets.map((market) => market.bars),
      ...(driver === 'trades' ? { trades: this.#markets.map((market) => market.trades) } : {}),
      accounts: 1,
      fills: {
        takerFee: rateOf(world.takerFee),
        makerFee: rateOf(world.makerFee),
        slippageBps: 0,
        participation: 1,
        touch: true,
        queue: 0,
        tiers: [],
      },
      switches: world.switches,
      report: (report) => this.#take(report),
    })
    this.#venue.transfer(ACCOUNT, 'deposit', money(world.wallet), this.#time)
    this.#trades('BTCUSDT', price('10000'))
    this.#trades('ETHUSDT', price('500'))
  }

  // ---- what the venue says -----------------------------------------------------------------------------------------------

  #take(report: ReportEvent): void {
    if (report.kind === 'account') return
    const { clientOrderId: id, reason } = report
    if (report.kind === 'order-rejected') {
      const [, code, msg] = /^(-\d+) (.*)$/.exec(reason) ?? []
      this.#refusal = { code: Number(code), msg }
      return
    }
    if (report.kind === 'order-accepted') {
      this.#orders.set(id, { status: 'NEW', executed: 0, executions: [], reason: '' })
      this.#open.push(id)
      return
    }
    const order = this.#orders.get(id)
    if (report.fill !== undefined) this.#book(report.fill, order)
    if (order === undefined || report.kind === 'order-amended') return
    if (report.kind === 'order-filled') order.status = report.remaining === 0 ? 'FILLED' : 'PARTIALLY_FILLED'
    else {
      order.reason = reason
      if (report.kind === 'order-canceled') order.status = 'CANCELED'
      else order.status = reason === 'self-trade' ? 'EXPIRED_IN_MATCH' : 'EXPIRED'
    }
    if (order.status !== 'PARTIALLY_FILLED') this.#open.splice(this.#open.indexOf(id), 1)
  }

  #book(fill: NonNullable<Extract<ReportEvent, { fill: unknown }>['fill']>, order: Followed | undefined): void {
    const of = this.#instruments[fill.instrument]
    this.#followFees(fill)
    if (order === undefined) return
    order.executed += fill.qty
    order.executions.push({
      price: of.formatPrice(fill.price),
      quantity: of.formatQty(fill.qty),
      commission: shown(fill.fee),
      realized: shown(fill.realised),
      isMaker: fill.liquidity === 'maker',
    })
  }

  /** What is open after a fill has paid its share: what was there keeps its own pro rata. */
  #followFees(fill: NonNullable<Extract<ReportEvent, { fill: unknown }>['fill']>): void {
    const key = `${fill.instrument} ${fill.positionSide}`
    const after = this.#venue.account(ACCOUNT).position(fill.instrument, fill.positionSide).qty
    const signed = fill.side === 'buy' ? fill.qty : -fill.qty
    const before = after - signed
    const rate = BigInt(rateOf(fill.liquidity === 'maker' ? this.#fees.makerFee : this.#fees.takerFee))
    const kept = before === 0 || before > 0 !== after > 0 ? 0 : Math.min(Math.abs(before), Math.abs(after))
    const opened = Math.abs(after) - kept
    const old = kept === 0 ? 0n : ((this.#openFees.get(key) ?? 0n) * BigInt(kept)) / BigInt(Math.abs(before))
    this.#openFees.set(key, old + BigInt(opened) * BigInt(fill.price) * rate)
  }

  #answered(): Answer {
    const refusal = this.#refusal
    this.#refusal = undefined
    return Promise.resolve(refusal)
  }

  #refused(text: string | undefined): Answer {
    if (text === undefined) return Promise.resolve(undefined)
    const [, code, msg] = /^(-\d+) (.*)$/.exec(text) ?? []
    return Promise.resolve({ code: Number(code), msg })
  }

  // ---- orders ------------------------------------------------------------------------------------------------------------

  place(order: NewOrder): Answer {
    this.#venue.submit(this.#request(order) as Approved<OrderRequest>, this.#time)
    return this.#answered()
  }

  #request(order: NewOrder): OrderRequest {
    const { reduceOnly = false, positionSide = 'BOTH', closePosition = false } = order
    const asked = qty(order.quantity ?? '0')
    const onlyCloses = reduceOnly || (positionSide !== 'BOTH' && (positionSide === 'LONG') === (order.side === 'SELL'))
    const optional = (text: string | undefined): Price | undefined => (text === undefined ? undefined : price(text))
    return {
      clientOrderId: order.id,
      account: ACCOUNT,
      instrument: this.#index(order.symbol),
      side: order.side === 'BUY' ? 'buy' : 'sell',
      positionSide: SIDES[positionSide],
      type: order.type.toLowerCase().replaceAll('_', '-') as OrderType,
      timeInForce: order.timeInForce ?? 'GTC',
      qty: asked,
      closes: onlyCloses ? asked : (0 as Qty),
      price: optional(order.price),
      trigger: optional(order.triggerPrice),
      workingType: order.workingType === 'MARK_PRICE' ? 'mark' : 'last',
      reduceOnly,
      terms: {
        ...PLAIN_TERMS,
        closePosition,
        priceProtect: order.priceProtect ?? false,
        activation: optional(order.activatePrice),
        // Percent.
        callback: Number(unitsOf(order.callbackRate ?? '0', 8)) as Rate,
        selfTrade: (order.selfTradePreventionMode ?? 'EXPIRE_MAKER').toLowerCase().replace('_', '-') as SelfTradePrevention,
        goodTill: order.goodTillIn === undefined ? undefined : ((this.#time + fromMs(order.goodTillIn)) as Micros),
      },
      attached: undefined,
      shares: [],
      reason: 'signal',
      decisionPrice: 0 as Price,
      decidedAt: this.#time,
    }
  }

  #index(symbol: NewOrder['symbol'] = 'BTCUSDT'): number {
    return symbol === 'NOSUCHUSDT' ? NO_INSTRUMENT : SYMBOLS.indexOf(symbol)
  }

  cancel(id: string, symbol?: SymbolName): Answer {
    const request = { clientOrderId: id, account: ACCOUNT, instrument: this.#index(symbol), reason: 'requested' }
    this.#venue.cancel(request as Approved<typeof request>, this.#time)
    return this.#answered()
  }

  amend(id: string, to: { readonly price: string; readonly quantity: string }, symbol?: SymbolName): Answer {
    const changed = { price: price(to.price), qty: qty(to.quantity) }
    const request = { clientOrderId: id, account: ACCOUNT, instrument: this.#index(symbol), ...changed }
    this.#venue.amend(request as Approved<typeof request>, this.#time)
    return this.#answered()
  }

  setLeverage(leverage: number, symbol?: SymbolName): Answer {
    return this.#refused(this.#venue.setLeverage(ACCOUNT, this.#index(symbol), leverage, this.#time))
  }

  setMarginType(type: 'ISOLATED' | 'CROSSED', symbol?: SymbolName): Answer {
    const wanted = type === 'ISOLATED' ? 'isolated' : 'cross'
    return this.#refused(this.#venue.setMarginType(ACCOUNT, this.#index(symbol), wanted, this.#time))
  }

  setPositionMode(mode: 'HEDGE' | 'ONE_WAY'): Answer {
    return this.#refused(this.#venue.setPositionMode(ACCOUNT, mode === 'HEDGE' ? 'hedge' : 'one-way', this.#time))
  }

  moveMargin(direction: 'ADD' | 'REDUCE', amount: string, positionSide: PositionSide = 'BOTH'): Answer {
    const signed = (direction === 'ADD' ? money(amount) : -money(amount)) as Money
    return this.#refused(this.#venue.moveMargin(ACCOUNT, 0, SIDES[positionSide], signed, this.#time))
  }

  countdown(ms: number, symbol?: SymbolName): Promise<void> {
    this.#venue.countdown(ACCOUNT, this.#index(symbol), fromMs(ms) as number as Duration, this.#time)
    return Promise.resolve()
  }

  // ---- the market --------------------------------------------------------------------------------------------------------

  #pass(duration: number): void {
    this.#time = (this.#time + duration) as Micros
    if (this.#venue.wakeAt <= this.#time) this.#venue.wake(this.#time)
  }

  /** Bid and ask are estimated from the last trades of both sides: the first of the two brings both to the new price. */
  #trades(symbol: SymbolName, at: Price): void {
    if (this.#driver === 'bars') {
      this.#bar(symbol, at, PLENTY)
      return
    }
    const takers = at < this.#markets[this.#index(symbol)].last ? (['BUY', 'SELL'] as const) : (['SELL', 'BUY'] as const)
    for (const taker of takers) this.#trade(symbol, at, PLENTY * 10 ** QTY_SCALE, taker)
  }

  #trade(symbol: SymbolName, at: Price, size: number, taker: Side): void {
    this.#pass(SECOND)
    const index = this.#index(symbol)
    const market = this.#markets[index]
    const { time, price: prices, qty: quantities, buyerIsMaker } = market.trades
    const row = market.rows++
    time[row] = this.#time
    prices[row] = at
    quantities[row] = size
    buyerIsMaker[row] = taker === 'SELL' ? 1 : 0
    market.last = at
    this.#venue.trade(index, row)
  }

  /** A second in which everything happens at one price. */
  #bar(symbol: SymbolName, at: Price, volume: number): void {
    const index = this.#index(symbol)
    const market = this.#markets[index]
    const { bars } = market
    const row = market.rows++
    market.last = at
    bars.openTime[row] = this.#time
    bars.volume[row] = volume
    for (const column of [bars.open, bars.high, bars.low, bars.close]) column[row] = at
    const mark = market.mark > 0 ? market.mark : at * Number(PER_PRICE)
    for (const column of Object.values(bars.mark ?? {}) as Float64Array[]) column[row] = mark
    this.#venue.openBar(index, row)
    this.#venue.endBar(index)
    this.#pass(SECOND)
  }

  market(at: string, symbol: SymbolName = 'BTCUSDT'): Promise<void> {
    this.#trades(symbol, price(at))
    return Promise.resolve()
  }

  settle(): Promise<void> {
    SYMBOLS.forEach((symbol, i) => this.#trades(symbol, this.#markets[i].last))
    return Promise.resolve()
  }

  trade(at: string, quantity: string, taker: Side): Promise<void> {
    if (this.#driver === 'bars') this.#bar('BTCUSDT', price(at), Number(quantity))
    else this.#trade('BTCUSDT', price(at), qty(quantity), taker)
    return Promise.resolve()
  }

  mark(at: string, symbol: SymbolName = 'BTCUSDT'): Promise<void> {
    const index = this.#index(symbol)
    const market = this.#markets[index]
    const open = markOf(at)
    market.mark = open
    if (this.#driver === 'bars') this.#bar(symbol, market.last, 0)
    else {
      for (const phase of ['open', 'end'] as const)
        this.#venue.markBar(index, { phase, open, high: open, low: open, close: open }, this.#time)
      this.#pass(SECOND)
    }
    return Promise.resolve()
  }

  #mark(index: number): number {
    const { mark, last } = this.#markets[index]
    return mark > 0 ? mark : last * Number(PER_PRICE)
  }

  funding(rate: string, symbol?: SymbolName): Promise<void> {
    const index = this.#index(symbol)
    this.#venue.settleFunding(index, rateOf(rate), this.#mark(index), this.#time)
    return Promise.resolve()
  }

  pass(ms: number): Promise<void> {
    this.#pass(fromMs(ms))
    return Promise.resolve()
  }

  delist(symbol?: SymbolName): Promise<void> {
    this.#venue.delist(this.#index(symbol), this.#time)
    return Promise.resolve()
  }

  deleverage(quantity: string, at: string, positionSide: PositionSide = 'BOTH'): Answer {
    return this.#refused(this.#venue.deleverage(ACCOUNT, 0, SIDES[positionSide], qty(quantity), price(at), this.#time))
  }

  // ---- what is to be seen ------------------------------------------------------------------------------------------------

  order(id: string): Promise<OrderState> {
    const order = this.#orders.get(id)
    if (order === undefined) return Promise.reject(new Error(`no order ${id} was ever accepted`))
    return Promise.resolve({ ...order, executed: formatUnits(order.executed, QTY_SCALE) })
  }

  openOrders(): Promise<readonly string[]> {
    return Promise.resolve([...this.#open])
  }

  position(positionSide: PositionSide = 'BOTH', symbol?: SymbolName): Promise<PositionState> {
    const index = this.#index(symbol)
    const side = SIDES[positionSide]
    const shownThere = this.#venue.position(ACCOUNT, index, side)
    const { cost } = this.#venue.account(ACCOUNT).position(index, side)
    const even = breakEvenPrice({ qty: shownThere.qty, cost }, this.#openFees.get(`${index} ${side}`) ?? 0n)
    const ratio = (value: Ratio | undefined): string => (value === undefined ? '0' : formatRatio(value, PRICE_SCALE))
    return Promise.resolve({
      amount: formatUnits(shownThere.qty, QTY_SCALE),
      entryPrice: ratio(shownThere.entryPrice),
      breakEvenPrice: ratio(even),
      unrealizedProfit: shown(shownThere.unrealised),
      liquidationPrice: ratio(shownThere.liquidationPrice),
      notional: shown(shownThere.notional),
      initialMargin: shown(shownThere.initialMargin),
      maintMargin: shown(shownThere.maintenanceMargin),
      isolatedWallet: shown(shownThere.isolatedWallet),
    })
  }

  account(): Promise<AccountState> {
    const { wallet, crossWallet } = this.#venue.account(ACCOUNT)
    return Promise.resolve({
      wallet: shown(wallet),
      crossWallet: shown(crossWallet),
      available: shown(this.#venue.available(ACCOUNT)),
    })
  }

  insuranceFund(): Promise<string> {
    return Promise.resolve(shown(this.#venue.insuranceFund))
  }
}
