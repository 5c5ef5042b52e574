/**
 * What the exchange refuses: V1 in its order, V3, and what V4 asks when an order fires.
 */
import { SECOND } from '../../../src/core/time.ts'
import type { Money } from '../../../src/core/exact.ts'
import type { AmendRequest, OrderRequest } from '../../../src/domain/order.ts'
import { refusalText } from '../../../src/domain/venue-error.ts'
import { abs, max, sum } from './arithmetic.ts'
import { becomesLimit, isConditional, isForUs, isTrailing } from './conditional.ts'
import { allowedNotional, availableOf, costOf, EIGHT, exposureWith, isReversalTooDear, valueOf } from './figures.ts'
import type { Opening } from './figures.ts'
import {
  asMark,
  filledOf,
  isAttachedStop,
  isHedged,
  lastAsMark,
  leverageOf,
  ordersOf,
  RATE_ONE,
  reducible,
  remainingOf,
  rulesOf,
  slotNameOf,
  slotOf,
} from './state.ts'
import type { SlotName, State, WorkingOrder } from './state.ts'

const GOOD_TILL_AT_LEAST = 600 * SECOND
const MAX_CONDITIONAL = 200
const MAX_AMENDMENTS = 10_000
/** 0.1 % and 20 % */
const LEAST_CALLBACK = 10_000_000
const MOST_CALLBACK = 2_000_000_000

/** V1, the first rule that the request breaks. */
export function refusalOf(state: State, request: OrderRequest, time: number): string | undefined {
  return formalRefusal(state, request, time) ?? filterRefusal(state, request, time) ?? tradingRefusal(state, request, time)
}

/** V1.1 to V1.10: what the request alone tells. */
function formalRefusal(state: State, request: OrderRequest, time: number): string | undefined {
  const { account, instrument, type, terms, qty, closes, reduceOnly, positionSide, timeInForce } = request
  if (state.working.some((each) => each.account === account && each.id === request.clientOrderId)) return refusalText(4116)
  if (state.script.instruments[instrument] === undefined) return refusalText(1121)
  if (state.ceased.has(instrument)) return refusalText(4141)

  const needsLimit = type === 'limit' || becomesLimit(request)
  const needsTrigger = isConditional(request) && !isTrailing(request)
  if (needsLimit && request.price === undefined) return refusalText(1102, 'price')
  if (needsTrigger && request.trigger === undefined) return refusalText(1102, 'stopPrice')
  if (needsLimit && (request.price ?? 0) <= 0) return refusalText(4001)
  if (needsTrigger && (request.trigger ?? 0) <= 0) return refusalText(4006)
  if (isTrailing(request) && terms.activation !== undefined && terms.activation <= 0) return refusalText(4006)
  if (isTrailing(request) && (terms.callback < LEAST_CALLBACK || terms.callback > MOST_CALLBACK)) return refusalText(2007)
  if (terms.closePosition ? qty !== 0 : qty <= 0) return refusalText(terms.closePosition ? 4137 : 4003)
  if (terms.closePosition && type !== 'stop-market' && type !== 'take-profit-market')
    return refusalText(4136, type.toUpperCase().replaceAll('-', '_'))

  const hedged = isHedged(state, account)
  if (hedged === (positionSide === 'both')) return refusalText(4061)
  if (hedged && reduceOnly) return refusalText(1106, 'reduceonly')
  const mayClose = hedged ? (isClosingSide(request) ? closes === qty : closes === 0) : closes >= 0 && closes <= qty
  const isAstray = hedged && terms.closePosition && !isClosingSide(request)
  if (!mayClose || isAstray || (reduceOnly && closes !== qty)) return refusalText(1128)
  if (timeInForce === 'GTD' && (terms.goodTill === undefined || terms.goodTill <= time + GOOD_TILL_AT_LEAST))
    return refusalText(5040)
  if (!needsLimit && timeInForce !== 'GTC') return refusalText(1106, 'timeinforce')
  return undefined
}

/** In hedge mode: sells of a long position, buys of a short one. */
const isClosingSide = ({ side, positionSide }: Pick<OrderRequest, 'side' | 'positionSide'>): boolean =>
  (side === 'sell' && positionSide === 'long') || (side === 'buy' && positionSide === 'short')

/** What is asked of price and quantity. */
interface Asked {
  readonly instrument: number
  readonly price: number | undefined
  readonly qty: number
  readonly isSized: boolean
}

const askedOf = (request: OrderRequest): Asked => ({
  instrument: request.instrument,
  price: request.type === 'limit' || becomesLimit(request) ? request.price : undefined,
  qty: request.qty,
  isSized: !request.terms.closePosition,
})

/** V1.11 */
function lotRefusal(state: State, { instrument, price, qty, isSized }: Asked, time: number): string | undefined {
  const rules = rulesOf(state, instrument, time)
  if (!rules.binding) return undefined
  if (price !== undefined) {
    if (rules.minPrice !== undefined && price < rules.minPrice) return refusalText(4013)
    if (rules.maxPrice !== undefined && price > rules.maxPrice) return refusalText(4002)
    if (price % rules.tick !== 0) return refusalText(4014)
  }
  if (!isSized) return undefined
  const maxQty = price === undefined ? (rules.marketMaxQty ?? rules.maxQty) : rules.maxQty
  if (rules.minQty !== undefined && qty < rules.minQty) return refusalText(4004)
  if (maxQty !== undefined && qty > maxQty) return refusalText(4005)
  if (qty % rules.step !== 0) return refusalText(4023)
  return undefined
}

/** V1.12, before the first price nothing. */
function isTooSmall(state: State, instrument: number, price: bigint | undefined, opens: bigint, time: number): boolean {
  const { binding, minNotional } = rulesOf(state, instrument, time)
  const known = state.mark[instrument] ?? lastAsMark(state, instrument)
  if (!binding || minNotional === undefined || known === undefined) return false
  const at = price === undefined ? known : asMark(state, instrument, price)
  return valueOf(state, instrument, opens, at) / EIGHT < minNotional
}

/** V1.13: a limit order's price against the mark, that of the others against their trigger. */
function bandRefusal(
  state: State,
  of: { readonly instrument: number; readonly side: string; readonly type: string; readonly trigger: bigint | undefined },
  price: bigint,
  time: number,
): string | undefined {
  const { instrument, side, type, trigger } = of
  const mark = state.mark[instrument]
  const at = asMark(state, instrument, price)
  if (type === 'limit' && mark === undefined) return undefined
  if (type === 'limit') return beyondBand(state, instrument, side, at, mark ?? 0n, [4016, 4024], time)
  return beyondBand(state, instrument, side, at, asMark(state, instrument, trigger ?? 0n), [4183, 4184], time)
}

function beyondBand(
  state: State,
  instrument: number,
  side: string,
  price: bigint,
  around: bigint,
  [tooHigh, tooLow]: readonly [4016 | 4183, 4024 | 4184],
  time: number,
): string | undefined {
  const { binding, priceUp, priceDown } = rulesOf(state, instrument, time)
  if (!binding || !state.script.switches.bands) return undefined
  if (side === 'buy' && priceUp !== undefined && price * RATE_ONE > around * BigInt(priceUp)) return refusalText(tooHigh, 'it')
  if (side === 'sell' && priceDown !== undefined && price * RATE_ONE < around * BigInt(priceDown))
    return refusalText(tooLow, 'it')
  return undefined
}

/** V1.11 to V1.13. */
function filterRefusal(state: State, request: OrderRequest, time: number): string | undefined {
  const { instrument, side, terms } = request
  const asked = askedOf(request)
  const lot = lotRefusal(state, asked, time)
  if (lot !== undefined) return lot
  const price = asked.price === undefined ? undefined : BigInt(asked.price)
  const opens = BigInt(request.qty - request.closes)
  const onlyCloses = request.reduceOnly || (request.positionSide !== 'both' && isClosingSide(request))
  if (!terms.closePosition && !onlyCloses && isTooSmall(state, instrument, price, opens, time))
    return tooSmall(state, 4164, request.instrument, time)
  if (price === undefined) return undefined
  const trigger = request.trigger === undefined ? undefined : BigInt(request.trigger)
  return bandRefusal(state, { instrument, side, type: request.type, trigger }, price, time)
}

const tooSmall = (state: State, code: 4164 | 5029, instrument: number, time: number): string =>
  refusalText(
    code,
    state.script.instruments[instrument].formatMoney(rulesOf(state, instrument, time).minNotional ?? (0n as Money)),
  )

/** V1.14 to V1.19. */
function tradingRefusal(state: State, request: OrderRequest, time: number): string | undefined {
  const { account, instrument, side, positionSide, type, terms } = request
  const mine = state.working.filter((each) => each.account === account)
  const here = mine.filter((each) => each.instrument === instrument)
  const waiting = mine.filter((each) => each.stage === 'waiting')
  const rules = rulesOf(state, instrument, time)
  if (rules.binding && rules.maxOrders !== undefined && here.length >= rules.maxOrders) return refusalText(2025)
  if (isConditional(request) && waiting.length >= MAX_CONDITIONAL) return refusalText(4045)
  const same = waiting.some(
    (each) =>
      each.terms.closePosition &&
      each.instrument === instrument &&
      each.type === type &&
      each.side === side &&
      each.positionSide === positionSide,
  )
  if (terms.closePosition && same) return refusalText(4130)

  const last = lastAsMark(state, instrument)
  const newest = request.workingType === 'mark' ? state.mark[instrument] : last
  const isJudged = newest !== undefined && state.script.switches.immediateTrigger === 'reject'
  if (isJudged && wouldTrigger(state, request, newest)) return refusalText(2021)
  if (last === undefined) return undefined

  const slot: SlotName = { instrument, side: positionSide }
  if (!terms.closePosition) {
    const closes = closingRefusal(
      state,
      { account, slot, side, qty: BigInt(request.qty), reduceOnly: request.reduceOnly, isLimit: type === 'limit' },
      undefined,
    )
    if (closes !== undefined) return closes
  }
  if (isConditional(request)) return undefined
  const limit = type === 'limit' ? BigInt(request.price ?? 0) : undefined
  const qty = BigInt(request.qty)
  return openingRefusal(state, { account, slot, side, qty, opens: qty - BigInt(request.closes), limit }, time, undefined)
}

/** V1.16 */
function wouldTrigger(state: State, request: OrderRequest, newest: bigint): boolean {
  if (!isConditional(request)) return false
  const { side, terms, trigger } = request
  if (isTrailing(request)) {
    if (terms.activation === undefined) return false
    const at = asMark(state, request.instrument, BigInt(terms.activation))
    return side === 'buy' ? at >= newest : at <= newest
  }
  const at = asMark(state, request.instrument, BigInt(trigger ?? 0))
  return (side === 'buy') === isForUs(request) ? newest <= at : newest >= at
}

interface Closing {
  readonly account: number
  readonly slot: SlotName
  readonly side: WorkingOrder['side']
  readonly qty: bigint
  readonly reduceOnly: boolean
  /** Whether it is one, or becomes one now. */
  readonly isLimit: boolean
}

/** V1.17 */
function closingRefusal(state: State, closing: Closing, self: WorkingOrder | undefined): string | undefined {
  const { account, slot, side, qty, reduceOnly, isLimit } = closing
  const there = reducible(state, account, slot, side)
  const others = ordersOf(state, account, slot.instrument).filter(
    (each) => each !== self && each.stage !== 'waiting' && each.side === side && each.positionSide === slot.side,
  )
  if (reduceOnly) {
    if (there === 0n) return refusalText(2022)
    const earlier = others.filter((each) => each.reduceOnly)
    const isCovered = sum(earlier.map(remainingOf)) >= there
    return state.script.switches.reduceOnlyCovered && isLimit && isCovered ? refusalText(2022) : undefined
  }
  if (slot.side === 'both' || !isClosingSide({ side, positionSide: slot.side })) return undefined
  return there - sum(others.map(remainingOf)) < qty ? refusalText(2022) : undefined
}

/** V1.18, V1.19 */
function openingRefusal(state: State, opening: Opening, time: number, except: WorkingOrder | undefined): string | undefined {
  const { account, slot, opens } = opening
  if (opens === 0n) return undefined
  const allowed = allowedNotional(state, slot.instrument, leverageOf(state, account, slot.instrument), time)
  if (allowed !== undefined && exposureWith(state, opening, except) > allowed * EIGHT) return refusalText(2027)
  const isShort = costOf(state, opening, except) > availableOf(state, account, except)
  return isShort || isReversalTooDear(state, opening, except) ? refusalText(2019) : undefined
}

/** V4: what is asked of an order that has fired, its quantity being known. */
export function firingRefusal(state: State, order: WorkingOrder, time: number): string | undefined {
  const { account, side } = order
  // It is part of its parent, and clamped to what it finds.
  if (isAttachedStop(order)) return undefined
  const slot = slotNameOf(order)
  const onlyCloses = order.reduceOnly || order.terms.closePosition || (order.positionSide !== 'both' && isClosingSide(order))
  if (onlyCloses && reducible(state, account, slot, side) === 0n) return refusalText(2022)
  if (state.last[order.instrument] === undefined) return undefined
  return openingRefusal(
    state,
    { account, slot, side, qty: order.qty, opens: order.qty - order.closes, limit: order.limit },
    time,
    order,
  )
}

/** What an amendment makes of an order: its new closing part, and what of it still opens. */
export interface Amended {
  readonly qty: bigint
  readonly closes: bigint
}

/** What is taken off is taken off the opening part first; an order that only closes still does. */
export function amendedTo(order: WorkingOrder, newQty: bigint): Amended {
  if (order.closes === order.qty) return { qty: newQty, closes: newQty }
  const opensStill = max(order.qty - order.closes - order.opened + newQty - order.qty, 0n)
  return { qty: newQty, closes: newQty - order.opened - opensStill }
}

/** V3 */
export function amendRefusal(state: State, request: AmendRequest, time: number): string | undefined {
  const order = ordersOf(state, request.account, request.instrument).find((each) => each.id === request.clientOrderId)
  if (order === undefined) return refusalText(2013)
  if (order.stage !== 'limit') return refusalText(5025)
  const { account, instrument, side } = order
  if (state.ceased.has(instrument)) return refusalText(5024)
  const price = BigInt(request.price)
  const qty = BigInt(request.qty)
  if (price === order.limit && qty === order.qty) return refusalText(5027)
  if (order.amendments >= MAX_AMENDMENTS) return refusalText(5026)
  const lot = lotRefusal(state, { instrument, price: request.price, qty: request.qty, isSized: true }, time)
  if (lot !== undefined) return lot
  const band = bandRefusal(state, order, price, time)
  if (band !== undefined) return band
  const amended = amendedTo(order, qty)
  const opens = amended.qty - amended.closes
  const onlyCloses = order.reduceOnly || (order.positionSide !== 'both' && isClosingSide(order))
  if (!onlyCloses && isTooSmall(state, instrument, price, opens, time)) return tooSmall(state, 5029, instrument, time)
  if (state.last[instrument] === undefined || qty <= filledOf(order)) return undefined
  const opening = {
    account,
    slot: slotNameOf(order),
    side,
    qty: qty - filledOf(order),
    opens: max(opens - order.opened, 0n),
    limit: price,
  }
  return openingRefusal(state, opening, time, order)
}

/** V9: whether a leverage allows what is held, at the mark. */
export function exceedsLeverage(state: State, account: number, instrument: number, leverage: bigint, time: number): boolean {
  const allowed = allowedNotional(state, instrument, leverage, time)
  const mark = state.mark[instrument]
  if (allowed === undefined || mark === undefined) return false
  return (['both', 'long', 'short'] as const).some((side) => {
    const { qty } = slotOf(state, account, { instrument, side })
    return abs(valueOf(state, instrument, qty, mark)) > allowed * EIGHT
  })
}
