/** The kernel's own implementation of `View`: reads the managers, changes nothing. */
import type { Price, Qty } from '../core/exact.ts'
import type { Micros } from '../core/time.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { View } from '../domain/view.ts'
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
