/**
 * From fills to trades: a trade is a position from flat to flat, or to the fill that turns it over, per account and
 * instrument.
 *
 * All sums are exact: what the trades made, together with what the open ones have realised, is what the wallet changed by.
 */
import { formatUnits, notional, pow10Big, share, ZERO } from '../core/exact.ts'
import type { Money, Price, Qty } from '../core/exact.ts'
import type { Micros } from '../core/time.ts'
import type { AccountReport } from '../domain/event.ts'
import { sideSign } from '../domain/order.ts'
import type { Fill } from '../domain/order.ts'
import { Position } from '../domain/position.ts'

/** A trade as it grows; complete when `exitReason` is given. */
export interface Trade {
  readonly account: number
  readonly instrument: number
  readonly side: 'long' | 'short'
  readonly entryTime: Micros
  exitTime: Micros
  /** Everything that was ever entered, and its sum of price x quantity. */
  entered: number
  enteredFor: bigint
  exited: number
  exitedFor: bigint
  gross: bigint
  /** Paid = positive; liquidation fees included. */
  fees: bigint
  /** Received = positive. */
  funding: bigint
  /** Of its fills against their decision prices, paid = positive; inside the fill prices already. */
  slippage: bigint
  /** Trigger of the protective stop that came with the order which opened it. */
  readonly stop: Price | undefined
  /** Of spot: a spot exchange realises nothing, so the cost is kept here. */
  readonly held: Position | undefined
  exitReason: string | undefined
}

/** What a fill alone does not tell. */
export interface FillContext {
  /** Trigger of the stop attached to its order. */
  readonly stop: Price | undefined
  /** The price its order was decided at; forced executions have none. */
  readonly decided: Price | undefined
}

const NO_CONTEXT: FillContext = { stop: undefined, decided: undefined }

/** How much worse a fill of this quantity was than its decision, paid = positive; 0 without a decision. */
export const slippageOf = ({ price, side }: Pick<Fill, 'price' | 'side'>, qty: number, decided: Price | undefined): bigint =>
  decided === undefined || decided === price ? ZERO : notional((price - decided) as Price, (sideSign(side) * qty) as Qty)

export const netOf = ({ gross, fees, funding }: Pick<Trade, 'gross' | 'fees' | 'funding'>): bigint => gross - fees + funding

export class TradeRecorder {
  readonly #open = new Map<number, Trade>()
  /** What is charged after the fill that ended a trade (a liquidation fee) still belongs to it. */
  readonly #last = new Map<number, Trade>()
  readonly #closed: Trade[] = []
  readonly #isSpot: (instrument: number) => boolean

  constructor(isSpot: (instrument: number) => boolean = () => false) {
    this.#isSpot = isSpot
  }

  /** Fills in the order in which they happened. */
  onFill(fill: Fill, context: FillContext = NO_CONTEXT): void {
    const open = this.#open.get(keyOf(fill))
    if (open === undefined) {
      this.#enter(this.#start(fill, context), fill, fill.qty, fill.fee, context)
      return
    }
    if (isEntry(open, fill)) {
      this.#enter(open, fill, fill.qty, fill.fee, context)
      return
    }
    const held = (open.entered - open.exited) as Qty
    if (fill.qty <= held) {
      this.#exit(open, fill, fill.qty, fill.fee, context)
      if (fill.qty === held) this.#close(open, fill, fill.reason)
      return
    }
    // One fill ends one trade and begins another: its fee is split by quantity, the odd unit goes to the new trade.
    const closingFee = share(fill.fee, held, fill.qty)
    this.#exit(open, fill, held, closingFee, context)
    this.#close(open, fill, 'reversal')
    this.#enter(this.#start(fill, context), fill, fill.qty - held, (fill.fee - closingFee) as Money, context)
  }

  /** Funding and liquidation fees of an instrument go to its trade. */
  onAccountReport(report: AccountReport): void {
    if (report.entry !== 'funding' && report.entry !== 'liquidation-fee' && report.entry !== 'borrow-interest') return
    const key = keyOf(report)
    const trade =
      report.entry === 'funding' ? (this.#open.get(key) ?? this.#last.get(key)) : (this.#last.get(key) ?? this.#open.get(key))
    if (trade === undefined) return
    if (report.entry === 'funding') trade.funding += report.amount
    else trade.fees -= report.amount
  }

  #start(fill: Fill, { stop }: FillContext): Trade {
    const trade: Trade = {
      account: fill.account,
      instrument: fill.instrument,
      side: fill.side === 'buy' ? 'long' : 'short',
      entryTime: fill.exchangeTime,
      exitTime: fill.exchangeTime,
      entered: 0,
      enteredFor: ZERO,
      exited: 0,
      exitedFor: ZERO,
      gross: ZERO,
      fees: ZERO,
      funding: ZERO,
      slippage: ZERO,
      stop,
      exitReason: undefined,
      held: this.#isSpot(fill.instrument) ? new Position() : undefined,
    }
    this.#open.set(keyOf(fill), trade)
    return trade
  }

  #enter(trade: Trade, fill: Fill, qty: number, fee: Money, { decided }: FillContext): void {
    if (decided !== fill.price) trade.slippage += slippageOf(fill, qty, decided)
    trade.held?.apply(fill.price, (sideSign(fill.side) * qty) as Qty)
    trade.entered += qty
    trade.enteredFor += notional(fill.price, qty as Qty)
    trade.fees += fee
  }

  #exit(trade: Trade, fill: Fill, qty: number, fee: Money, { decided }: FillContext): void {
    if (decided !== fill.price) trade.slippage += slippageOf(fill, qty, decided)
    trade.exited += qty
    trade.exitedFor += notional(fill.price, qty as Qty)
    trade.gross += trade.held === undefined ? fill.realised : trade.held.apply(fill.price, (sideSign(fill.side) * qty) as Qty)
    trade.fees += fee
  }

  #close(trade: Trade, fill: Fill, reason: string): void {
    const key = keyOf(fill)
    trade.exitTime = fill.exchangeTime
    trade.exitReason = reason
    this.#closed.push(trade)
    this.#last.set(key, trade)
    this.#open.delete(key)
  }

  /** In the order of their exits. */
  get closed(): readonly Trade[] {
    return this.#closed
  }

  /** Positions that are still held, by account and instrument. */
  get open(): readonly Trade[] {
    return [...this.#open].sort(([a], [b]) => a - b).map(([, trade]) => trade)
  }

  get openCount(): number {
    return this.#open.size
  }
}

/** Room for more instruments than any venue has. */
const INSTRUMENTS_MAX = 65_536
const keyOf = ({ account, instrument }: { readonly account: number; readonly instrument: number }): number =>
  account * INSTRUMENTS_MAX + instrument
const isEntry = (trade: Trade, fill: Fill): boolean => (trade.side === 'long') === (fill.side === 'buy')

/** Digits of an average beyond the price's own. */
const AVERAGE_DIGITS = 8

/** Sum of price x quantity over the quantity as a decimal: exact when it is one price, else rounded half to even. */
export function averagePrice(sum: bigint, qty: number, priceScale: number): string {
  return formatUnits(divideHalfEven(sum * pow10Big(AVERAGE_DIGITS), BigInt(qty)), priceScale + AVERAGE_DIGITS)
}

/** The quotient rounded to the nearest integer, halves to the even one. `whole` is positive. */
export function divideHalfEven(part: bigint, whole: bigint): bigint {
  const quotient = part / whole
  const rest = part - quotient * whole
  const twice = 2n * (rest < 0n ? -rest : rest)
  if (twice < whole || (twice === whole && quotient % 2n === 0n)) return quotient
  return part < 0n ? quotient - 1n : quotient + 1n
}
