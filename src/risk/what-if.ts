/**
 * What an order would do to an account that holds at most one position, in cross margin and one-way mode: as if it filled whole
 * at one price, which is also the mark. Exact as the venue books it (`domain/margin.ts`); nothing is sent.
 */
import { notional, timesRate } from '../core/exact.ts'
import type { Money, Price, Qty, Rate } from '../core/exact.ts'
import type { Refusal } from '../domain/decision.ts'
import type { Instrument } from '../domain/instrument.ts'
import { entryPrice, initialMargin, liquidationPrice, maintenanceMargin, marginRatio } from '../domain/margin.ts'
import type { Ratio } from '../domain/margin.ts'
import { PLAIN_TERMS, sideSign } from '../domain/order.ts'
import type { OrderRequest, OrderSide } from '../domain/order.ts'
import { Position } from '../domain/position.ts'
import type { PositionState } from '../domain/position.ts'
import { squareRootImpact } from '../math/execution/impact.ts'
import { RiskController } from './risk-controller.ts'
import type { LimitValues } from './risk-controller.ts'
import { WHAT_IF_TIME, whatIfView } from './what-if-view.ts'

export interface WhatIfQuestion {
  /** Slot 0. */
  readonly instrument: Instrument
  /** Wallet plus unrealised profit at `price`, before the order. */
  readonly equity: Money
  readonly position: PositionState
  readonly side: OrderSide
  /** Positive. */
  readonly qty: Qty
  readonly price: Price
  /** A market order pays the taker's fee, a limit order the maker's. */
  readonly type: 'market' | 'limit'
  /** Set at the venue; a whole number. */
  readonly leverage: number
  readonly fees: { readonly maker: Rate; readonly taker: Rate }
  /** Of one settlement; undefined when not known. */
  readonly fundingRate: Rate | undefined
  readonly settlements: number
  /** In quantity units, and the standard deviation of a day's return; undefined when not known. */
  readonly dayVolume: number | undefined
  readonly volatility: number | undefined
  readonly limits: LimitValues
}

export interface WhatIfAnswer {
  readonly position: PositionState
  /** In price units; undefined when flat. */
  readonly averagePrice: Ratio | undefined
  readonly notional: Money
  /** Profit that the order realises, and its fee (negative is a rebate). */
  readonly realised: Money
  readonly fee: Money
  readonly wallet: Money
  readonly equity: Money
  readonly initialMargin: Money
  readonly maintenanceMargin: Money
  /** Equity less initial margin; below 0 the venue refuses an order that opens. */
  readonly free: Money
  /** Maintenance margin over equity: liquidation at 1. */
  readonly marginRatio: number
  /** In price units; undefined where no price above 0 liquidates. */
  readonly liquidationPrice: Ratio | undefined
  /**
   * The move against the position that ends at the liquidation price, as a share of the price: every smaller one is survived, at 0
   * and below it is liquidated at once. Undefined without a liquidation price.
   */
  readonly survives: number | undefined
  /** Over all settlements at today's price and rate; negative is paid. Undefined without a rate. */
  readonly funding: Money | undefined
  /** How much worse than the price the order fills by the square-root law, a share of the price; undefined when not known. */
  readonly impact: number | undefined
  /** Of every limit that refuses the order. */
  readonly refusals: readonly Refusal[]
}

export function whatIf(question: WhatIfQuestion): WhatIfAnswer {
  const { instrument, side, qty, price, leverage, fees, type, fundingRate, settlements } = question
  const position = new Position()
  position.restore(question.position)
  const before = question.equity - position.unrealised(price)
  const realised = position.apply(price, (sideSign(side) * qty) as Qty)
  const fee = timesRate(notional(price, qty), type === 'market' ? fees.taker : fees.maker)
  const wallet = (before + realised - fee) as Money
  const equity = (wallet + position.unrealised(price)) as Money
  const after = position.snapshot()
  const size = notional(price, position.qty)
  const { brackets } = instrument
  const initial = initialMargin(size, leverage)
  const maintenance = maintenanceMargin(brackets, size)
  const liquidation = liquidationPrice({
    walletBalance: wallet,
    otherMaintenance: 0n,
    otherUnrealised: 0n,
    positions: [after],
    brackets,
  })
  return {
    position: after,
    averagePrice: entryPrice(after),
    notional: size,
    realised,
    fee,
    wallet,
    equity,
    initialMargin: initial,
    maintenanceMargin: maintenance,
    free: (equity - initial) as Money,
    marginRatio: marginRatio(maintenance, equity),
    liquidationPrice: liquidation,
    survives:
      liquidation && (Math.sign(after.qty) * (price - Number(liquidation.numerator) / Number(liquidation.denominator))) / price,
    funding: fundingRate === undefined ? undefined : ((-timesRate(size, fundingRate) * BigInt(settlements)) as Money),
    impact: impactOf(question),
    refusals: refusalsOf(question),
  }
}

function impactOf({ qty, dayVolume, volatility }: WhatIfQuestion): number | undefined {
  return dayVolume === undefined || volatility === undefined ? undefined : squareRootImpact(qty, dayVolume, volatility)
}

/** The controller names one limit at a time: that one is switched off, and it is asked again. */
function refusalsOf(question: WhatIfQuestion): readonly Refusal[] {
  const view = whatIfView(question)
  const order = orderOf(question)
  const found: Refusal[] = []
  let values = question.limits
  for (;;) {
    const { refusal } = new RiskController(values).approve(order, view)
    if (refusal === undefined || found.some(({ rule }) => rule === refusal.rule)) break
    found.push(refusal)
    values = { ...values, [refusal.rule]: { ...values[refusal.rule], enabled: false } }
  }
  return found
}

function orderOf({ side, qty, price, type, position }: WhatIfQuestion): OrderRequest {
  const against = position.qty * sideSign(side) < 0
  const closes = (against ? Math.min(qty, Math.abs(position.qty)) : 0) as Qty
  return {
    clientOrderId: 'what-if',
    account: 0,
    instrument: 0,
    side,
    positionSide: 'both',
    type,
    timeInForce: 'GTC',
    qty,
    closes,
    price: type === 'limit' ? price : undefined,
    trigger: undefined,
    workingType: 'last',
    reduceOnly: false,
    terms: PLAIN_TERMS,
    attached: undefined,
    shares: [{ strategy: 0, qty }],
    reason: 'what-if',
    decisionPrice: price,
    decidedAt: WHAT_IF_TIME,
  }
}
