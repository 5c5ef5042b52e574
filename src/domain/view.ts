/**
 * The read-only picture that every decision gets. The kernel implements it; nobody below can reach the state itself.
 */
import type { Price, Qty } from '../core/exact.ts'
import type { Micros } from '../core/time.ts'
import type { Instrument } from './instrument.ts'

export interface View {
  readonly time: Micros
  readonly instruments: readonly Instrument[]
  /** Newest price of an instrument; 0 before the first. */
  lastPrice(instrument: number): Price
  /** Wallet plus unrealised profit of an account in money units; exact below 2^53 units. */
  equity(account: number): number
  /** Highest equity so far, deposits and withdrawals taken out. */
  peakEquity(account: number): number
  /** Equity at the last UTC midnight, respectively Monday. */
  equityAtDayStart(account: number): number
  equityAtWeekStart(account: number): number
  /** Net position of the account. */
  netQty(account: number, instrument: number): Qty
  /**
   * The largest absolute position that could result: open orders that increase it counted as filled, those that
   * reduce it as not.
   */
  worstQty(account: number, instrument: number, extra: number): number
  /** The signed net position when all open orders on the side of `extra` (signed) are filled, and `extra` too. */
  netQtyFilled(account: number, instrument: number, extra: number): number
  /** The virtual position of one strategy instance. */
  bookQty(strategy: number, instrument: number): Qty
  /** The same with what is in flight for it. */
  bookQtyInFlight(strategy: number, instrument: number): Qty
  /** Orders approved in the last `span` before now. */
  ordersSince(account: number, span: number): number
  openOrders(account: number): number
}
