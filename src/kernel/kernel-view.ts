/** The kernel's own implementation of `View`: reads the managers, changes nothing. */
import type { Price, Qty } from '../core/exact.ts'
import type { Duration, Micros } from '../core/time.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { RegimeState } from '../domain/regime.ts'
import type { AccountKind, BookStatistics, View } from '../domain/view.ts'
import type { OrderManager } from './order-manager.ts'
import type { PositionManager } from './position-manager.ts'

export class KernelView implements View {
  time = 0 as Micros
  readonly instruments: readonly Instrument[]
  readonly #positions: PositionManager
  readonly #orders: OrderManager

  constructor(instruments: readonly Instrument[], positions: PositionManager, orders: OrderManager) {
    this.instruments = instruments
    this.#positions = positions
    this.#orders = orders
  }

  lastBarEnd(instrument: number): Micros {
    return this.#positions.lastBarEnd(instrument)
  }
  isTraded(instrument: number): boolean {
    return this.#positions.lastPrice(instrument) > 0
  }
  get tradedInstruments(): number {
    return this.instruments.length
  }
  volatility(_instrument: number): number {
    return Number.NaN
  }
  correlation(one: number, other: number): number {
    return one === other ? 1 : Number.NaN
  }
  dayVolume(_instrument: number): number {
    return Number.NaN
  }
  spread(_instrument: number): number {
    return Number.NaN
  }
  fundingRate(_instrument: number): number {
    return Number.NaN
  }
  fundingInterval(_instrument: number): Duration {
    return 0 as Duration
  }
  regime(_instrument: number): RegimeState | undefined {
    return undefined
  }
  get accounts(): number {
    return this.#positions.accounts
  }
  accountKind(_account: number): AccountKind {
    return 'margin'
  }
  totalEquity(): number {
    return this.#positions.equity(0)
  }
  totalPeakEquity(): number {
    return this.#positions.peak(0)
  }
  totalAtDayStart(): number {
    return this.#positions.dayStart(0)
  }
  totalAtWeekStart(): number {
    return this.#positions.weekStart(0)
  }
  leverageSetting(_account: number, _instrument: number): number {
    return 1
  }
  maintenanceMargin(_instrument: number, _qty: number, _price: number): number {
    return 0
  }
  entriesToday(_account: number): number {
    return 0
  }
  turnoverToday(_account: number): number {
    return 0
  }
  bookStatistics(_strategy: number): BookStatistics {
    return NO_TRADES
  }
  lastPrice(instrument: number): Price {
    return this.#positions.lastPrice(instrument)
  }
  equity(account: number): number {
    return this.#positions.equity(account)
  }
  peakEquity(account: number): number {
    return this.#positions.peak(account)
  }
  equityAtDayStart(account: number): number {
    return this.#positions.dayStart(account)
  }
  equityAtWeekStart(account: number): number {
    return this.#positions.weekStart(account)
  }
  netQty(account: number, instrument: number): Qty {
    return this.#positions.netQty(account, instrument)
  }
  worstQty(account: number, instrument: number, extra: Qty | number): number {
    return this.#orders.worstQty(account, instrument, this.#positions.netQty(account, instrument), extra)
  }
  netQtyFilled(account: number, instrument: number, extra: number): number {
    return this.#orders.filledQty(account, instrument, this.#positions.netQty(account, instrument), extra)
  }
  bookQty(strategy: number, instrument: number): Qty {
    return this.#positions.bookQty(strategy, instrument)
  }
  bookQtyInFlight(strategy: number, instrument: number): Qty {
    return (this.#positions.bookQty(strategy, instrument) + this.#orders.inFlight(strategy, instrument)) as Qty
  }
  ordersSince(_account: number, span: number): number {
    return this.#orders.approvalsSince(this.time - span)
  }
  openOrders(_account: number): number {
    return this.#orders.openCount
  }
}

const NO_TRADES: BookStatistics = Object.freeze({
  trades: 0,
  wins: 0,
  lossesInRow: 0,
  sum: 0,
  sumOfSquares: 0,
  lastExit: 0 as Micros,
  lastExitReason: '',
})
