/**
 * What is played to a simulated exchange, and what comes of it: the same for the slow one and for the engine's.
 */
import type { Money, Price, Qty, Rate } from '../../../src/core/exact.ts'
import type { Duration, Micros } from '../../../src/core/time.ts'
import type { OrderReportKind } from '../../../src/domain/event.ts'
import type { Instrument } from '../../../src/domain/instrument.ts'
import type { LedgerKind } from '../../../src/domain/ledger.ts'
import type { AmendRequest, OrderRequest, OrderSide, PositionSide } from '../../../src/domain/order.ts'

export interface ScriptBar {
  readonly openTime: Micros
  readonly length: Duration
  readonly open: Price
  readonly high: Price
  readonly low: Price
  readonly close: Price
  /** In whole base units. */
  readonly volume: number
}

/** Prices are integers of 1e-8 of the quote asset, finer than the instrument's price unit. */
export interface ScriptMark {
  readonly openTime: Micros
  readonly length: Duration
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
}

export interface ScriptTrade {
  readonly time: Micros
  readonly price: Price
  readonly qty: Qty
  /** Then the taker sold. */
  readonly buyerIsMaker: boolean
}

export interface ScriptFunding {
  readonly instrument: number
  readonly time: Micros
  readonly rate: Rate
  /** Integer of 1e-8. */
  readonly mark: number | undefined
}

export interface ScriptDelisting {
  readonly instrument: number
  readonly time: Micros
}

type Command =
  | { readonly what: 'order'; readonly order: OrderRequest }
  | { readonly what: 'cancel'; readonly account: number; readonly instrument: number; readonly clientOrderId: string }
  | { readonly what: 'amend'; readonly amend: AmendRequest }
  | {
      readonly what: 'transfer'
      readonly account: number
      readonly entry: 'deposit' | 'withdrawal'
      /** Signed: a withdrawal is negative. */
      readonly amount: Money
    }
  | { readonly what: 'leverage'; readonly account: number; readonly instrument: number; readonly leverage: number }
  | { readonly what: 'margin-type'; readonly account: number; readonly instrument: number; readonly type: MarginType }
  | { readonly what: 'position-mode'; readonly account: number; readonly mode: PositionMode }
  | {
      readonly what: 'move-margin'
      readonly account: number
      readonly instrument: number
      readonly side: PositionSide
      /** Signed: positive adds to the isolated wallet. */
      readonly amount: Money
    }
  | { readonly what: 'countdown'; readonly account: number; readonly instrument: number; readonly duration: Duration }
  | {
      readonly what: 'deleverage'
      readonly account: number
      readonly instrument: number
      readonly side: PositionSide
      readonly qty: Qty
      readonly price: Price
    }

/** When we send it; it arrives one order latency later. */
export type ScriptCommand = Command & { readonly sentAt: Micros }

export type MarginType = 'cross' | 'isolated'
export type PositionMode = 'one-way' | 'hedge'

export interface ScriptTier {
  readonly volume: Money
  readonly maker: Rate
  readonly taker: Rate
}

export interface ScriptSettings {
  readonly takerFee: Rate
  readonly makerFee: Rate
  /** V13, ascending, the first from 0; without any the two fees hold always. */
  readonly tiers: readonly ScriptTier[]
  /** Basis points; decimals allowed. */
  readonly slippageBps: number
  /** Share of a bar's or a trade's volume; undefined = no cap. */
  readonly participation: number | undefined
  readonly touch: boolean
  /** R2, in mean quantities. */
  readonly queue: number
  readonly orderLatency: Duration
  readonly reportLatency: Duration
  readonly dataLatency: Duration
}

/** What the exchange does not publish, by its rule on the page. */
export interface ScriptSwitches {
  /** V1.13 */
  readonly bands: boolean
  /** V1.16 */
  readonly immediateTrigger: 'reject' | 'fire'
  /** V1.17 */
  readonly reduceOnlyCovered: boolean
  /** V6 */
  readonly reduceOnlyTrim: boolean
  /** L6 */
  readonly liquidation: 'partial' | 'whole'
}

export interface VenueScript {
  readonly instruments: readonly Instrument[]
  readonly settings: ScriptSettings
  readonly switches: ScriptSwitches
  /** Per account: deposited before the first moment, in the settlement asset of instrument 0. */
  readonly capital: readonly Money[]
  /** Per instrument, ascending; empty where trades drive it. */
  readonly bars: readonly (readonly ScriptBar[])[]
  /** Per instrument, in order; empty where bars drive it. */
  readonly trades: readonly (readonly ScriptTrade[])[]
  /** Per instrument, may be empty. */
  readonly marks: readonly (readonly ScriptMark[])[]
  readonly funding: readonly ScriptFunding[]
  /** No row of an instrument comes after its delisting. */
  readonly delistings: readonly ScriptDelisting[]
  readonly commands: readonly ScriptCommand[]
}

export interface OutcomeReport {
  /** `answer`: to a command that is no order. */
  readonly kind: OrderReportKind | 'account' | 'answer'
  readonly exchangeTime: Micros
  readonly account: number
  readonly instrument: number
  /** Empty for account entries; the command's name for answers. */
  readonly clientOrderId: string
  readonly side?: OrderSide
  readonly positionSide?: PositionSide
  readonly price?: Price
  readonly qty?: Qty
  readonly fee?: Money
  readonly realised?: Money
  readonly liquidity?: 'maker' | 'taker'
  /** Of a fill: the order's reason. Of an answer: the refusal, or nothing. */
  readonly reason?: string
  /** Quantity still working after this report; 0 when the order is done without having filled. */
  readonly remaining?: Qty
  readonly entry?: LedgerKind
  readonly amount?: Money
}

export interface OutcomePosition {
  readonly instrument: number
  readonly side: PositionSide
  /** Negative for a short, like the cost. */
  readonly qty: Qty
  readonly cost: Money
  readonly isolatedWallet: Money
}

export interface OutcomeAccount {
  readonly wallet: Money
  /** Three rows per instrument (both, long, short), also when flat. */
  readonly positions: readonly OutcomePosition[]
}

export interface VenueOutcome {
  /** In order of happening at the exchange. Account entries: all but the first deposits. */
  readonly reports: readonly OutcomeReport[]
  readonly accounts: readonly OutcomeAccount[]
  /** Starts at zero; negative when it has covered more than it was paid. */
  readonly insuranceFund: Money
  readonly feePool: Money
  readonly openOrders: number
  /** How often each rule acted, by its name on the page: what a generator of scripts must reach. */
  readonly rules: Readonly<Record<string, number>>
}
