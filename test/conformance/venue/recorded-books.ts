/** Accounts that live through recorded sessions: by arithmetic alone, and through the simulated venue. */
import { assert } from '../../../src/core/errors.ts'
import { formatUnits, notional, rateOf, timesRate, unitsOf } from '../../../src/core/exact.ts'
import type { Money, Price, Qty } from '../../../src/core/exact.ts'
import type { Micros } from '../../../src/core/time.ts'
import type { Approved } from '../../../src/domain/decision.ts'
import { Instrument } from '../../../src/domain/instrument.ts'
import { PLAIN_TERMS } from '../../../src/domain/order.ts'
import type { Fill, OrderRequest } from '../../../src/domain/order.ts'
import { Position } from '../../../src/domain/position.ts'
import type { PositionState } from '../../../src/domain/position.ts'
import { isolatedWalletAfter } from '../../../src/domain/margin.ts'
import { SimVenue } from '../../../src/sim/sim-venue.ts'
import type { RecordedOrder } from './recorded.ts'

export const PRICE_SCALE = 2
export const money = (text: string): Money => unitsOf(text, 8) as Money
export const shown = (amount: bigint): string => formatUnits(amount, 8)
export const priceOf = (text: string, scale = PRICE_SCALE): Price => Number(unitsOf(text, scale)) as Price
export const qtyOf = (text: string, scale = PRICE_SCALE): Qty => Number(unitsOf(text, 8 - scale)) as Qty
export const plain = (text: string): string => shown(money(text))

const RATES = { maker: rateOf('0.0002'), taker: rateOf('0.0004') }

/** An account that lives through a recorded session. */
export interface Books {
  /** `first` is its first fill, if there is one. */
  place(order: RecordedOrder, first?: RecordedOrder): void
  cancel(order: RecordedOrder): void
  /** Returns what the fill cost and realised. */
  fill(order: RecordedOrder): { readonly fee: bigint; readonly realised: bigint }
  readonly wallet: bigint
  readonly isolatedWallet: bigint
  readonly position: PositionState
}

export interface Session {
  readonly wallet: Money
  readonly isIsolated: boolean
  readonly leverage: number
}

/** By arithmetic alone. */
export class ArithmeticBooks implements Books {
  wallet: bigint
  isolatedWallet = 0n
  readonly position = new Position()
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
    this.wallet = session.wallet
  }

  // Only fills move figures.
  place(): void {}
  cancel(): void {}

  fill(order: RecordedOrder): { readonly fee: Money; readonly realised: Money } {
    const [price, qty] = [priceOf(order.filledPrice), qtyOf(order.filled)]
    const signed = (order.side === 'buy' ? qty : -qty) as Qty
    const before = this.position.qty
    const closed = (before !== 0 && before > 0 !== signed > 0 ? Math.min(Math.abs(before), qty) : 0) as Qty
    const fee = timesRate(notional(price, qty), order.isMaker ? RATES.maker : RATES.taker)
    const realised = this.position.apply(price, signed)
    this.wallet += realised - fee
    if (this.#session.isIsolated) {
      const [opened, held] = [(qty - closed) as Qty, Math.abs(before) as Qty]
      const { leverage } = this.#session
      this.isolatedWallet = isolatedWalletAfter(this.isolatedWallet, { held, closed, opened, price, leverage, fee })
    }
    return { fee, realised }
  }
}

const TICK = 1 as Price
const BNB = (() => {
  const asset = { name: 'USDT', scale: 8 }
  const brackets = [{ floor: money('0'), cap: money('50000'), maxLeverage: 75, rate: rateOf('0.0065'), cum: money('0') }]
  const rules = [
    { from: 0 as Micros, tick: TICK, step: 10_000 as Qty, binding: true, minQty: 10_000 as Qty, minNotional: money('5') },
  ]
  const base = { name: 'BNB', scale: 8 }
  const names = { venue: 'binance', kind: 'perp', symbol: 'BNBUSDT' } as const
  const spec = {
    ...names,
    base,
    quote: asset,
    settle: asset,
    priceScale: PRICE_SCALE,
    rules,
    brackets,
    liquidationFee: rateOf('0.0125'),
  }
  return new Instrument(spec, 0)
})()

/** Through the simulated venue: its orders, and the trades that filled them. */
export class VenueBooks implements Books {
  readonly #venue: SimVenue
  readonly #trades = {
    length: 100,
    time: new Float64Array(100),
    price: new Float64Array(100),
    qty: new Float64Array(100),
    buyerIsMaker: new Uint8Array(100),
  }
  readonly #fills: Fill[] = []
  readonly #refusals: string[] = []
  #rows = 0

  constructor({ wallet, isIsolated, leverage }: Session) {
    this.#venue = new SimVenue({
      instruments: [BNB],
      bars: [],
      trades: [this.#trades],
      accounts: 1,
      fills: { takerFee: RATES.taker, makerFee: RATES.maker, slippageBps: 0, participation: 1, touch: true, queue: 0, tiers: [] },
      report: (report) => {
        if (report.kind === 'order-rejected') this.#refusals.push(report.reason)
        if (report.kind === 'order-filled' && report.fill !== undefined) this.#fills.push(report.fill)
      },
    })
    this.#venue.transfer(0, 'deposit', wallet, this.#now)
    const refusals = [
      this.#venue.setLeverage(0, 0, leverage, this.#now),
      isIsolated ? this.#venue.setMarginType(0, 0, 'isolated', this.#now) : undefined,
    ]
    assert(
      refusals.every((refusal) => refusal === undefined),
      refusals.join(),
    )
  }

  get #now(): Micros {
    return (this.#rows + 1) as Micros
  }

  #trade(price: number, qty: number, taker: 'buy' | 'sell'): void {
    const row = this.#rows++
    this.#trades.time[row] = this.#now
    this.#trades.price[row] = price
    this.#trades.qty[row] = qty
    this.#trades.buyerIsMaker[row] = taker === 'sell' ? 1 : 0
    this.#venue.trade(0, row)
  }

  /** Where the market was: at the price that a taker found, or just beyond a limit that rests. */
  place(order: RecordedOrder, first?: RecordedOrder): void {
    const away = order.side === 'buy' ? TICK : -TICK
    const at = first !== undefined && !first.isMaker ? priceOf(first.filledPrice) : priceOf(order.price) + away
    for (const taker of ['sell', 'buy'] as const) this.#trade(at, 1, taker)
    const qty = qtyOf(order.qty)
    const request: OrderRequest = {
      clientOrderId: order.id,
      account: 0,
      instrument: 0,
      side: order.side,
      positionSide: 'both',
      type: order.type,
      timeInForce: 'GTC',
      qty,
      closes: order.reduceOnly ? qty : (0 as Qty),
      price: order.type === 'limit' ? priceOf(order.price) : undefined,
      trigger: undefined,
      workingType: 'last',
      reduceOnly: order.reduceOnly,
      terms: PLAIN_TERMS,
      attached: undefined,
      shares: [],
      reason: 'signal',
      decisionPrice: 0 as Price,
      decidedAt: this.#now,
    }
    this.#venue.submit(request as Approved<OrderRequest>, this.#now)
    // One that rests has had its turn before anything reaches it.
    if (first?.isMaker !== false && order.type === 'limit') this.#trade(at, 1, order.side)
    assert(this.#refusals.length === 0, `${order.name}: ${this.#refusals.join()}`)
  }

  cancel(order: RecordedOrder): void {
    const request = { clientOrderId: order.id, account: 0, instrument: 0, reason: 'requested' }
    this.#venue.cancel(request as Approved<typeof request>, this.#now)
  }

  fill(order: RecordedOrder): { readonly fee: bigint; readonly realised: bigint } {
    const other = order.side === 'buy' ? 'sell' : 'buy'
    this.#trade(priceOf(order.filledPrice), qtyOf(order.filled), order.isMaker ? other : order.side)
    const fill = this.#fills[this.#fills.length - 1]
    const got = [fill.clientOrderId, BNB.formatQty(fill.qty), BNB.formatPrice(fill.price), fill.liquidity].join(' ')
    const recorded = [order.id, plain(order.filled), plain(order.filledPrice), order.isMaker ? 'maker' : 'taker'].join(' ')
    assert(got === recorded, `${order.name}: ${recorded}, ours ${got}`)
    return fill
  }

  get wallet(): bigint {
    return this.#venue.account(0).wallet
  }
  get isolatedWallet(): bigint {
    return this.#venue.account(0).isolatedWallet(0, 'both')
  }
  get position(): PositionState {
    return this.#venue.account(0).position(0, 'both')
  }
}
