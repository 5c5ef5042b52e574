/**
 * Whether the exchange accepts a request: the rules V1, V3 and V4 of docs/venue.md, in their order, with the exchange's codes.
 */
import { notional, timesRate } from '../core/exact.ts'
import type { Money, Price, Qty } from '../core/exact.ts'
import { SECOND } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import type { TradingRules } from '../domain/instrument.ts'
import type { AmendRequest, OrderRequest } from '../domain/order.ts'
import { refusalText } from '../domain/venue-error.ts'
import { reaches } from './fill-model.ts'
import type { MarginAccount } from './margin-account.ts'
import type { OrderMargin } from './order-margin.ts'
import { firesLike, hasLimit, isConditional, onlyCloses } from './sim-order.ts'
import type { SimOrder } from './sim-order.ts'
import { SpotAccount } from './spot-account.ts'
import type { SpotFunds } from './spot-funds.ts'
import type { Book } from './venue-book.ts'
import type { VenueSwitches } from './venue-switches.ts'

/** V1.4: as shares of the price. */
const CALLBACK = { min: 10_000_000, max: 2_000_000_000 } as const
/** V1.10 */
const GOOD_TILL_AHEAD = 600 * SECOND
/** V1.14 */
const CONDITIONAL_MAX = 200
/** V3 */
const AMENDMENTS_MAX = 10_000

export class OrderChecks {
  readonly #books: readonly Book[]
  readonly #accounts: readonly MarginAccount[]
  /** By account. */
  readonly #open: readonly ReadonlyMap<string, SimOrder>[]
  readonly #margin: OrderMargin
  readonly #funds: SpotFunds
  readonly #switches: VenueSwitches

  constructor(
    books: readonly Book[],
    accounts: readonly MarginAccount[],
    open: readonly ReadonlyMap<string, SimOrder>[],
    margin: OrderMargin,
    funds: SpotFunds,
    switches: VenueSwitches,
  ) {
    this.#books = books
    this.#accounts = accounts
    this.#open = open
    this.#margin = margin
    this.#funds = funds
    this.#switches = switches
  }

  /** V1: the refusal, or undefined. */
  entry(request: OrderRequest, time: Micros): string | undefined {
    if (this.#open[request.account].has(request.clientOrderId)) return refusalText(4116)
    const book: Book | undefined = this.#books[request.instrument]
    if (book === undefined || (book.instrument.kind === 'spot') !== this.#accounts[request.account] instanceof SpotAccount)
      return refusalText(1121)
    if (book.closed) return refusalText(4141)
    return (
      this.#fields(request, time) ??
      (book.instrument.rulesAt(time).binding ? this.#filters(book, request, time) : undefined) ??
      this.#counts(book, request, time) ??
      this.#trigger(book, request) ??
      (request.terms.closePosition ? undefined : this.#closing(book, request)) ??
      (isConditional(request.type) ? undefined : this.#room(book, request))
    )
  }

  /** V4: what is asked when a conditional order fires; `order` itself is not among the open ones then. */
  firing(book: Book, order: SimOrder): string | undefined {
    const { request } = order
    return this.#nothingToClose(book, request) ?? this.#room(book, request, order)
  }

  /** V3 */
  amend(order: SimOrder | undefined, { account, instrument, price, qty }: AmendRequest, time: Micros): string | undefined {
    if (order === undefined || order.request.account !== account || order.request.instrument !== instrument)
      return refusalText(2013)
    const { request } = order
    const book = this.#books[instrument]
    if (order.type !== 'limit') return refusalText(5025)
    if (book.closed) return refusalText(5024)
    if (price === request.price && qty === request.qty) return refusalText(5027)
    if (order.amendments >= AMENDMENTS_MAX) return refusalText(5026)
    if (!(price > 0)) return refusalText(4001)
    if (!(qty > 0)) return refusalText(4003)
    const changed = amended(order, price, qty)
    const rules = book.instrument.rulesAt(time)
    const refusal = rules.binding
      ? (priceFilter(rules, changed) ??
        lotFilter(rules, changed) ??
        this.#band(book, rules, changed) ??
        this.#minNotional(book, rules, changed, 5029))
      : undefined
    return refusal ?? this.#room(book, changed, order)
  }

  // ---- V1.3 to V1.10 -------------------------------------------------------------------------------------------

  #fields(request: OrderRequest, time: Micros): string | undefined {
    const { type, qty, price, trigger, terms, positionSide, reduceOnly } = request
    const isTrailing = type === 'trailing-stop-market'
    if (hasLimit(type) && price === undefined) return refusalText(1102, 'price')
    if (isConditional(type) && !isTrailing && trigger === undefined) return refusalText(1102, 'triggerPrice')
    if (hasLimit(type) && !((price as number) > 0)) return refusalText(4001)
    if (isConditional(type) && !isTrailing && !((trigger as number) > 0)) return refusalText(4006)
    if (isTrailing && terms.activation !== undefined && !(terms.activation > 0)) return refusalText(4006)
    if (isTrailing && !(terms.callback >= CALLBACK.min && terms.callback <= CALLBACK.max)) return refusalText(2007)
    if (terms.closePosition ? (qty as number) !== 0 : !(qty > 0)) return refusalText(terms.closePosition ? 4137 : 4003)
    if (terms.closePosition && type !== 'stop-market' && type !== 'take-profit-market') return refusalText(4136, wireName(type))
    const { hedge } = this.#accounts[request.account]
    if ((positionSide !== 'both') !== hedge) return refusalText(4061)
    if (hedge && reduceOnly) return refusalText(1106, 'reduceonly')
    if (!closingPartFits(request, hedge)) return refusalText(1128)
    if (hedge && terms.closePosition && !onlyCloses({ ...request, terms: { ...terms, closePosition: false } }))
      return refusalText(1128)
    return timeInForceOf(request, time)
  }

  // ---- V1.11 to V1.13 ------------------------------------------------------------------------------------------

  #filters(book: Book, request: OrderRequest, time: Micros): string | undefined {
    const rules = book.instrument.rulesAt(time)
    return (
      priceFilter(rules, request) ??
      (request.terms.closePosition ? undefined : lotFilter(rules, request)) ??
      this.#minNotional(book, rules, request, 4164) ??
      this.#band(book, rules, request)
    )
  }

  #minNotional(book: Book, { minNotional }: TradingRules, request: OrderRequest, code: 4164 | 5029): string | undefined {
    const mark = book.mark()
    if (minNotional === undefined || mark === 0 || onlyCloses(request)) return undefined
    const opens = (request.qty - request.closes) as Qty
    const value =
      request.price === undefined || !hasLimit(request.type)
        ? (BigInt(opens) * BigInt(mark)) / BigInt(book.markPerPrice)
        : notional(request.price, opens)
    return value < minNotional ? refusalText(code, book.instrument.formatMoney(minNotional)) : undefined
  }

  #band(book: Book, { priceUp, priceDown }: TradingRules, { type, side, price, trigger }: OrderRequest): string | undefined {
    if (!this.#switches.bands || !hasLimit(type) || price === undefined) return undefined
    const isChild = isConditional(type)
    const perPrice = BigInt(book.markPerPrice)
    const mark = isChild ? BigInt(trigger as number) * perPrice : BigInt(book.mark())
    const rate = side === 'buy' ? priceUp : priceDown
    if (mark === 0n || rate === undefined) return undefined
    const bound = timesRate(mark as Money, rate)
    const at = BigInt(price) * perPrice
    if (side === 'buy' ? at <= bound : at >= bound) return undefined
    const shown = book.instrument.formatPrice(Number(bound / perPrice) as Price)
    return side === 'buy' ? refusalText(isChild ? 4183 : 4016, shown) : refusalText(isChild ? 4184 : 4024, shown)
  }

  // ---- V1.14 to V1.19 ------------------------------------------------------------------------------------------

  #counts(book: Book, request: OrderRequest, time: Micros): string | undefined {
    const { account, type, terms, side, positionSide } = request
    const { maxOrders, binding } = book.instrument.rulesAt(time)
    if (binding && maxOrders !== undefined && count(book.orders, account) >= maxOrders) return refusalText(2025)
    if (!isConditional(type)) return undefined
    let conditional = 0
    for (const { orders } of this.#books)
      for (const order of orders) if (order.request.account === account && isConditional(order.type)) conditional += 1
    if (conditional >= CONDITIONAL_MAX) return refusalText(4045)
    if (!terms.closePosition) return undefined
    const twin = book.orders.find(
      ({ request: other, type: now }) =>
        now === type &&
        other.account === account &&
        other.terms.closePosition &&
        other.side === side &&
        other.positionSide === positionSide,
    )
    return twin === undefined ? undefined : refusalText(4130)
  }

  #trigger(book: Book, { type, side, trigger, workingType, terms }: OrderRequest): string | undefined {
    if (!isConditional(type) || this.#switches.immediateTrigger === 'fire') return undefined
    const ofMark = workingType === 'mark'
    const now = ofMark ? book.mark() : book.last()
    if (now === 0) return undefined
    const per = ofMark ? book.markPerPrice : 1
    if (type !== 'trailing-stop-market')
      return reaches(now, (trigger as number) * per, firesLike(type, side)) ? refusalText(2021) : undefined
    if (terms.activation === undefined) return undefined
    const isRight = side === 'buy' ? terms.activation * per < now : terms.activation * per > now
    return isRight ? undefined : refusalText(2021)
  }

  /** V1.17 */
  #closing(book: Book, request: OrderRequest): string | undefined {
    if (!onlyCloses(request) || book.last() === 0) return undefined
    const refusal = this.#nothingToClose(book, request)
    if (refusal !== undefined) return refusal
    const { account, positionSide, qty } = request
    const held = Math.abs(this.#accounts[account].position(book.instrument.index, positionSide).qty)
    if (positionSide === 'both') return this.#isCovered(book, request, held) ? refusalText(2022) : undefined
    return qty > held - this.#closingAlready(book, request) ? refusalText(2022) : undefined
  }

  /** V1.17, V4: no position, or one on the same side. */
  #nothingToClose(book: Book, request: OrderRequest): string | undefined {
    if (!onlyCloses(request)) return undefined
    const held = this.#accounts[request.account].position(book.instrument.index, request.positionSide).qty
    return held === 0 || held > 0 === (request.side === 'buy') ? refusalText(2022) : undefined
  }

  #isCovered(book: Book, request: OrderRequest, held: number): boolean {
    return this.#switches.reduceOnlyCovered && request.type === 'limit' && this.#closingAlready(book, request) >= held
  }

  /** What other open orders of the account, conditional ones not among them, close of a position side. */
  #closingAlready(book: Book, { account, side, positionSide }: OrderRequest): number {
    let closing = 0
    for (const order of book.orders) {
      const { request, type, filled } = order
      if (isConditional(type) || request.account !== account || request.side !== side) continue
      const closes = positionSide === 'both' ? request.reduceOnly : onlyCloses(request)
      if (request.positionSide === positionSide && closes) closing += request.qty - filled
    }
    return closing
  }

  /** V1.18, V1.19; of a spot account S2 and S5. */
  #room(book: Book, request: OrderRequest, without?: SimOrder): string | undefined {
    const account = this.#accounts[request.account]
    if (account instanceof SpotAccount)
      return book.last() === 0 ? undefined : this.#funds.refusal(account, request.account, book, request, without)
    const opens = request.qty - request.closes
    if (onlyCloses(request) || opens <= 0 || book.last() === 0) return undefined
    const qty = request.qty - (without?.filled ?? 0)
    const opensStill = opens - (without === undefined ? 0 : without.filled - without.closed)
    if (this.#margin.isAboveBracket(book, request, qty, without)) return refusalText(2027)
    return this.#margin.isTooDear(book, request, qty, Math.max(0, opensStill), without) ? refusalText(2019) : undefined
  }
}

/** V3: an order with another price and total quantity. What is taken off is taken off the opening part first; what closes with all of it still does. */
export function amended({ request, filled, closed }: SimOrder, price: Price, qty: Qty): OrderRequest {
  if (request.closes === request.qty) return { ...request, price, qty, closes: qty }
  const opened = filled - closed
  const opensStill = Math.max(0, qty - request.closes - opened)
  return { ...request, price, qty, closes: (qty - opened - opensStill) as Qty }
}

const count = (orders: readonly SimOrder[], account: number): number =>
  orders.reduce((sum, { request }) => sum + (request.account === account ? 1 : 0), 0)

/** As the exchange writes it: `STOP_MARKET`. */
const wireName = (type: OrderRequest['type']): string => type.toUpperCase().replaceAll('-', '_')

/** V1.9 */
function closingPartFits(request: OrderRequest, hedge: boolean): boolean {
  const { qty, closes, reduceOnly, terms } = request
  if (!(closes >= 0 && closes <= qty)) return false
  if (terms.closePosition) return true
  if (hedge) return closes === (onlyCloses(request) ? qty : 0)
  return !reduceOnly || closes === qty
}

function priceFilter({ minPrice, maxPrice, tick }: TradingRules, { type, price }: OrderRequest): string | undefined {
  if (!hasLimit(type) || price === undefined) return undefined
  if (minPrice !== undefined && price < minPrice) return refusalText(4013)
  if (maxPrice !== undefined && price > maxPrice) return refusalText(4002)
  return (price - (minPrice ?? 0)) % tick === 0 ? undefined : refusalText(4014)
}

function lotFilter(rules: TradingRules, { type, qty }: OrderRequest): string | undefined {
  if (rules.minQty !== undefined && qty < rules.minQty) return refusalText(4004)
  const most = hasLimit(type) ? rules.maxQty : (rules.marketMaxQty ?? rules.maxQty)
  if (most !== undefined && qty > most) return refusalText(4005)
  return qty % rules.step === 0 ? undefined : refusalText(4023)
}

/** V1.10 */
function timeInForceOf({ timeInForce, terms, type }: OrderRequest, time: Micros): string | undefined {
  if (timeInForce === 'GTC') return undefined
  const isGood = timeInForce !== 'GTD' || (terms.goodTill !== undefined && terms.goodTill > time + GOOD_TILL_AHEAD)
  if (!isGood) return refusalText(5040)
  return hasLimit(type) ? undefined : refusalText(1106, 'timeinforce')
}
