/**
 * The read-only picture that every decision gets. The kernel implements it; nobody below can reach the state itself.
 *
 * What is not known is NaN (numbers), `undefined` (objects) or 0 (moments): whoever asks says what that means for him.
 */
import type { Price, Qty } from '../core/exact.ts'
import type { Duration, Micros } from '../core/time.ts'
import type { Instrument } from './instrument.ts'
import type { RegimeState } from './regime.ts'

/** `margin`: futures on margin; `spot`: assets that are bought, sold and borrowed. */
export type AccountKind = 'margin' | 'spot'

/** The closed trades of one book, from flat to flat, results after fees. */
export interface BookStatistics {
  readonly trades: number
  readonly wins: number
  /** Losing trades in a row until now. */
  readonly lossesInRow: number
  /** Of the results as shares of the largest notional held: their sum and the sum of their squares. */
  readonly sum: number
  readonly sumOfSquares: number
  /** When the last trade ended, and why (`stop`, `signal`, ...); 0 and '' before the first. */
  readonly lastExit: Micros
  readonly lastExitReason: string
}

export interface View {
  readonly time: Micros
  readonly instruments: readonly Instrument[]

  // ---- markets -------------------------------------------------------------------------------------------------

  /** Newest price of an instrument; 0 before the first. */
  lastPrice(instrument: number): Price
  /** End of the newest bar; 0 before the first. */
  lastBarEnd(instrument: number): Micros
  /** It has had a price and has not been delisted. */
  isTraded(instrument: number): boolean
  /** How many are. */
  readonly tradedInstruments: number
  /** Standard deviation of a day's return, as a share (0.03 is 3 %); NaN before it is known. */
  volatility(instrument: number): number
  /** Of daily returns; NaN where there are too few common days. */
  correlation(one: number, other: number): number
  /** Traded in the last 24 hours, in quantity units, a float; NaN before a day is known. */
  dayVolume(instrument: number): number
  /** (ask - bid) / mid; NaN without quotes. */
  spread(instrument: number): number
  /** The newest settled funding rate as a share; NaN before the first. */
  fundingRate(instrument: number): number
  /** Between the last two settlements; 0 before there were two. */
  fundingInterval(instrument: number): Duration
  regime(instrument: number): RegimeState | undefined

  // ---- accounts ------------------------------------------------------------------------------------------------

  readonly accounts: number
  accountKind(account: number): AccountKind
  /** Wallet plus unrealised profit of an account in money units; exact below 2^53 units. */
  equity(account: number): number
  /** Highest equity so far, deposits and withdrawals taken out. */
  peakEquity(account: number): number
  /** Equity at the last UTC midnight, respectively Monday. */
  equityAtDayStart(account: number): number
  equityAtWeekStart(account: number): number
  /** The same over all accounts together: a hedge's two sides are one result. */
  totalEquity(): number
  totalPeakEquity(): number
  totalAtDayStart(): number
  totalAtWeekStart(): number
  /** The leverage set at the venue: initial margin is notional over it. */
  leverageSetting(account: number, instrument: number): number
  /** Maintenance margin of a position of `qty` at `price` in money units, by the tables in force. */
  maintenanceMargin(instrument: number, qty: number, price: number): number

  // ---- positions and orders -------------------------------------------------------------------------------------

  /** Net position of the account. */
  netQty(account: number, instrument: number): Qty
  /**
   * The largest absolute position that could result: open orders that increase it counted as filled, those that
   * reduce it as not.
   */
  worstQty(account: number, instrument: number, extra: number): number
  /** The signed net position when all open orders on the side of `extra` (signed) are filled, and `extra` too. */
  netQtyFilled(account: number, instrument: number, extra: number): number
  /** Orders approved in the last `span` before now, over all accounts. */
  ordersSince(account: number, span: number): number
  openOrders(account: number): number
  /** Orders that open something, approved since UTC midnight. */
  entriesToday(account: number): number
  /** Notional executed since UTC midnight in money units. */
  turnoverToday(account: number): number

  // ---- books: the virtual positions of the strategies ------------------------------------------------------------

  /** The virtual position of one strategy instance. */
  bookQty(strategy: number, instrument: number): Qty
  /** The same with what is in flight for it. */
  bookQtyInFlight(strategy: number, instrument: number): Qty
  bookStatistics(strategy: number): BookStatistics
}
