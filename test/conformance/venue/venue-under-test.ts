/**
 * A futures exchange as its rules speak of it: what it is asked, what its market does, what it answers. In its own words and
 * decimal texts, so that a simulated venue, a paper server and the exchange itself can be judged by the same cards.
 */

export type Side = 'BUY' | 'SELL'
export type PositionSide = 'BOTH' | 'LONG' | 'SHORT'
export type Type = 'LIMIT' | 'MARKET' | 'STOP' | 'STOP_MARKET' | 'TAKE_PROFIT' | 'TAKE_PROFIT_MARKET' | 'TRAILING_STOP_MARKET'
export type SymbolName = 'BTCUSDT' | 'ETHUSDT'

export interface NewOrder {
  /** newClientOrderId or clientAlgoId. */
  readonly id: string
  /** BTCUSDT unless given. */
  readonly symbol?: SymbolName | 'NOSUCHUSDT'
  readonly side: Side
  readonly type: Type
  readonly quantity?: string
  readonly price?: string
  /** GTC unless given. */
  readonly timeInForce?: 'GTC' | 'IOC' | 'FOK' | 'GTX' | 'GTD'
  readonly reduceOnly?: boolean
  /** BOTH unless given. */
  readonly positionSide?: PositionSide
  readonly triggerPrice?: string
  readonly workingType?: 'CONTRACT_PRICE' | 'MARK_PRICE'
  readonly closePosition?: boolean
  readonly priceProtect?: boolean
  readonly activatePrice?: string
  /** Percent. */
  readonly callbackRate?: string
  readonly selfTradePreventionMode?: 'NONE' | 'EXPIRE_TAKER' | 'EXPIRE_MAKER' | 'EXPIRE_BOTH'
  /** Milliseconds from now. */
  readonly goodTillIn?: number
}

/** The body of an error. */
export interface Refusal {
  readonly code: number
  readonly msg: string
}

export type Answer = Promise<Refusal | undefined>

export interface Execution {
  readonly price: string
  readonly quantity: string
  readonly commission: string
  readonly realized: string
  readonly isMaker: boolean
}

export interface OrderState {
  /** A conditional order is NEW until what it became fills or ends. */
  readonly status: 'NEW' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'EXPIRED' | 'EXPIRED_IN_MATCH' | 'REJECTED'
  readonly executed: string
  readonly executions: readonly Execution[]
  /** Why it ended; for what was refused when it fired, code and words. */
  readonly reason: string
}

export interface PositionState {
  /** Signed. */
  readonly amount: string
  /** 0 when there is none; so are the others. */
  readonly entryPrice: string
  readonly breakEvenPrice: string
  readonly unrealizedProfit: string
  readonly liquidationPrice: string
  readonly notional: string
  readonly initialMargin: string
  readonly maintMargin: string
  readonly isolatedWallet: string
}

export interface AccountState {
  readonly wallet: string
  readonly crossWallet: string
  readonly available: string
}

export interface VenueUnderTest {
  place(order: NewOrder): Answer
  cancel(id: string, symbol?: SymbolName): Answer
  amend(id: string, to: { readonly price: string; readonly quantity: string }, symbol?: SymbolName): Answer
  setLeverage(leverage: number, symbol?: SymbolName): Answer
  setMarginType(type: 'ISOLATED' | 'CROSSED', symbol?: SymbolName): Answer
  setPositionMode(mode: 'HEDGE' | 'ONE_WAY'): Answer
  moveMargin(direction: 'ADD' | 'REDUCE', amount: string, positionSide?: PositionSide): Answer
  /** The countdown of all orders of a symbol; 0 stops it. */
  countdown(ms: number, symbol?: SymbolName): Promise<void>

  /** The market trades at this price on both sides, in any quantity. Where nobody has told a mark yet, that moves with it. */
  market(price: string, symbol?: SymbolName): Promise<void>
  /** The market trades on where it is: what has arrived acts. */
  settle(): Promise<void>
  /** One trade, of this quantity. */
  trade(price: string, quantity: string, taker: Side): Promise<void>
  mark(price: string, symbol?: SymbolName): Promise<void>
  /** A settlement at the present mark. */
  funding(rate: string, symbol?: SymbolName): Promise<void>
  pass(ms: number): Promise<void>
  delist(symbol?: SymbolName): Promise<void>
  deleverage(quantity: string, price: string, positionSide?: PositionSide): Answer

  /** The newest order of that id. */
  order(id: string): Promise<OrderState>
  /** In the order of their arrival. */
  openOrders(): Promise<readonly string[]>
  position(positionSide?: PositionSide, symbol?: SymbolName): Promise<PositionState>
  account(): Promise<AccountState>
  /** What the insurance fund has gained. */
  insuranceFund(): Promise<string>
}

/** What a card wants to find. */
export interface World {
  readonly wallet: string
  readonly makerFee: string
  readonly takerFee: string
  readonly switches: Readonly<Record<string, boolean | string>>
}

/**
 * Where every card begins: a one-way account on cross margin with leverage 20 and this wallet; BTCUSDT trades at 10000 and
 * ETHUSDT at 500, marks alike.
 *
 * | | BTCUSDT | ETHUSDT |
 * |---|---|---|
 * | tick, price | 0.10, 556.80 .. 4529764 | 0.01, 39.86 .. 306177 |
 * | step, quantity | 0.001, 0.001 .. 1000, market 120 | 0.001, 0.001 .. 10000, market 2000 |
 * | minimum notional | 50 | 20 |
 * | price band | 1.05, 0.95 of the mark | the same |
 * | triggerProtect, liquidationFee | 0.05, 0.0125 | the same |
 * | open orders | 200 | 200 |
 *
 * Brackets of both: up to 50,000 leverage 125, 0.4 %, cum 0; 500,000: 100, 0.5 %, 50; 10,000,000: 50, 1 %, 2,550; 100,000,000: 20, 5 %, 402,550.
 */
export const WORLD: World = { wallet: '10000', makerFee: '0.0002', takerFee: '0.0005', switches: {} }

/** One rule of the exchange. */
export interface Card {
  /** Section and rule. */
  readonly rule: string
  /** Of the protocol reference, or of what was recorded. */
  readonly source: string
  /** The exchange says so, or was seen to do so; else it is a choice, and a switch where there are two. */
  readonly certain: boolean
  /** The switch that decides it. */
  readonly switch?: string
  readonly world?: Partial<World>
  run(venue: VenueUnderTest): void | Promise<void>
}
