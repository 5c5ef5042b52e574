/** The kernel's own implementation of `View`: reads the managers, changes nothing. */
import { POW10 } from '../core/exact.ts'
import type { Price, Qty } from '../core/exact.ts'
import type { Duration, Micros } from '../core/time.ts'
import { maintenanceMargin } from '../domain/margin.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { RegimeState } from '../domain/regime.ts'
import type { AccountKind, BookStatistics, View } from '../domain/view.ts'
import type { MarketStatistics } from '../market/statistics.ts'
import type { BookResults } from './book-results.ts'
import type { MarketWatch } from './market-watch.ts'
import type { OrderManager } from './order-manager.ts'
import type { AccountSpec, PositionManager } from './position-manager.ts'
import type { RegimeDesk } from './regime-desk.ts'

/** What the venue sets for a new account. */
const VENUE_LEVERAGE = 20

export interface KernelViewParts {
  readonly instruments: readonly Instrument[]
  readonly accounts: readonly AccountSpec[]
  readonly positions: PositionManager
  readonly orders: OrderManager
  readonly watch: MarketWatch
  readonly results: BookResults
  readonly statistics: MarketStatistics
  readonly regimes: RegimeDesk | undefined
}

export class KernelView implements View {
  time = 0 as Micros
  readonly instruments: readonly Instrument[]
  readonly #accounts: readonly AccountSpec[]
  readonly #positions: PositionManager
  readonly #orders: OrderManager
  readonly #watch: MarketWatch
  readonly #results: BookResults
  readonly #statistics: MarketStatistics
  readonly #regimes: RegimeDesk | undefined

  constructor({ instruments, accounts, positions, orders, watch, results, statistics, regimes }: KernelViewParts) {
    this.instruments = instruments
    this.#accounts = accounts
    this.#positions = positions
    this.#orders = orders
    this.#watch = watch
    this.#results = results
    this.#statistics = statistics
    this.#regimes = regimes
  }

  // ---- markets

  lastPrice(instrument: number): Price {
    return this.#positions.lastPrice(instrument)
  }
  lastBarEnd(instrument: number): Micros {
    return this.#watch.lastBarEnd(instrument)
  }
  isTraded(instrument: number): boolean {
    return this.#watch.isTraded(instrument)
  }
  /** It has not been delisted, whether it has had a price or not. */
  isTradable(instrument: number): boolean {
    return !this.#watch.isDelisted(instrument)
  }
  get tradedInstruments(): number {
    return this.#watch.traded
  }
  volatility(instrument: number): number {
    return this.#statistics.volatility(instrument)
  }
  correlation(one: number, other: number): number {
    return this.#statistics.correlation(one, other)
  }
  dayVolume(instrument: number): number {
    return this.#statistics.dayVolume(instrument) * POW10[this.instruments[instrument].qtyScale]
  }
  spread(instrument: number): number {
    return this.#watch.spread(instrument)
  }
  fundingRate(instrument: number): number {
    return this.#watch.fundingRate(instrument)
  }
  fundingInterval(instrument: number): Duration {
    return this.#watch.fundingInterval(instrument)
  }
  regime(instrument: number): RegimeState | undefined {
    return this.#regimes?.state(instrument)
  }

  // ---- accounts

  get accounts(): number {
    return this.#positions.accounts
  }
  accountKind(account: number): AccountKind {
    return this.#accounts[account].kind ?? 'margin'
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
  totalEquity(): number {
    return this.#positions.totalEquity()
  }
  totalPeakEquity(): number {
    return this.#positions.totalPeak()
  }
  totalAtDayStart(): number {
    return this.#positions.totalDayStart()
  }
  totalAtWeekStart(): number {
    return this.#positions.totalWeekStart()
  }
  leverageSetting(account: number, instrument: number): number {
    const { leverage = VENUE_LEVERAGE } = this.#accounts[account]
    return Math.min(leverage, this.instruments[instrument].brackets[0]?.maxLeverage ?? leverage)
  }
  maintenanceMargin(instrument: number, qty: number, price: number): number {
    return Number(maintenanceMargin(this.instruments[instrument].brackets, BigInt(Math.round(Math.abs(qty) * price))))
  }

  // ---- positions and orders

  netQty(account: number, instrument: number): Qty {
    return this.#positions.netQty(account, instrument)
  }
  worstQty(account: number, instrument: number, extra: Qty | number): number {
    return this.#orders.worstQty(account, instrument, this.#positions.netQty(account, instrument), extra)
  }
  netQtyFilled(account: number, instrument: number, extra: number): number {
    return this.#orders.filledQty(account, instrument, this.#positions.netQty(account, instrument), extra)
  }
  ordersSince(_account: number, span: number): number {
    return this.#orders.approvalsSince(this.time - span)
  }
  openOrders(_account: number): number {
    return this.#orders.openCount
  }
  entriesToday(account: number): number {
    return this.#results.entriesToday(account, this.time)
  }
  turnoverToday(account: number): number {
    return this.#results.turnoverToday(account, this.time)
  }

  // ---- books

  bookQty(strategy: number, instrument: number): Qty {
    return this.#positions.bookQty(strategy, instrument)
  }
  bookQtyInFlight(strategy: number, instrument: number): Qty {
    return (this.#positions.bookQty(strategy, instrument) + this.#orders.inFlight(strategy, instrument)) as Qty
  }
  bookStatistics(strategy: number): BookStatistics {
    return this.#results.of(strategy)
  }
}
