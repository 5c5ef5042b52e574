/**
 * One instrument at the simulated venue: its present price and mark, its orders, and the prices between which nothing happens.
 */
import { POW10 } from '../core/exact.ts'
import type { Price } from '../core/exact.ts'
import type { Instrument } from '../domain/instrument.ts'
import { firesLike, isStop, trailingLevel } from './sim-order.ts'
import type { SimOrder } from './sim-order.ts'
import { markScaleOf } from './venue-bars.ts'
import type { VenueBars, VenueTrades } from './venue-bars.ts'

export class Book {
  readonly instrument: Instrument
  readonly bars: VenueBars
  /** Set when trades drive it and not bars. */
  readonly trades: VenueTrades | undefined
  readonly unitsPerBase: number
  /** Mark units per price unit. */
  readonly markPerPrice: number
  row = -1
  /** The row's open has been, its range has not. */
  inside = false
  /** What orders may still take of the row `budgetRow`, or of the present trade: an open at which nothing can happen does not compute it. */
  budget = 0
  budgetRow = -1
  orders: SimOrder[] = []
  /** Something must be looked at whatever the price: new orders, market orders, trailing ones. */
  pending = false
  lowTrigger = -Infinity
  highTrigger = Infinity
  lowMark = -Infinity
  highMark = Infinity
  /** It has ceased to trade. */
  closed = false
  /** Of the last trades, in price units; 0 before the first. Only where trades drive it. */
  tradePrice = 0
  bid = 0
  ask = 0
  /** R2, in quantity units. */
  meanQty = Number.NaN
  /** Of a mark series beside trades, in mark units; 0 where the traded price stands in. */
  markNow = 0

  constructor(instrument: Instrument, bars: VenueBars, trades: VenueTrades | undefined) {
    this.instrument = instrument
    this.bars = bars
    this.trades = trades
    this.unitsPerBase = POW10[instrument.qtyScale]
    this.markPerPrice = POW10[markScaleOf(instrument.priceScale) - instrument.priceScale]
  }

  /** Newest mark in mark units: of the row the open while it is inside, the close afterwards. 0 before the first. */
  mark(): number {
    if (this.trades !== undefined) return this.markNow > 0 ? this.markNow : this.tradePrice * this.markPerPrice
    const { row, bars } = this
    if (row < 0) return 0
    if (bars.mark !== undefined) return this.inside ? bars.mark.open[row] : bars.mark.close[row]
    return (this.inside ? bars.open[row] : bars.close[row]) * this.markPerPrice
  }

  markLow(): number {
    return this.bars.mark === undefined ? this.bars.low[this.row] * this.markPerPrice : this.bars.mark.low[this.row]
  }

  markHigh(): number {
    return this.bars.mark === undefined ? this.bars.high[this.row] * this.markPerPrice : this.bars.mark.high[this.row]
  }

  /** Whether the present row has a mark of its own. */
  rowHasMark(): boolean {
    const { mark } = this.bars
    return mark !== undefined && (mark.covered === undefined || mark.covered[this.row] === 1)
  }

  /** Newest traded price; 0 before the first. */
  last(): Price {
    if (this.trades !== undefined) return this.tradePrice as Price
    const { row, bars } = this
    return (row < 0 ? 0 : this.inside ? bars.open[row] : bars.close[row]) as Price
  }

  get hasOwnMark(): boolean {
    return this.trades === undefined ? this.bars.mark !== undefined : this.markNow > 0
  }

  /** Where a conditional order fires, in price units; undefined while a trailing one has no level. */
  levelOf(order: SimOrder, tick: Price): Price | undefined {
    if (order.type !== 'trailing-stop-market') return order.request.trigger
    if (!order.armed || order.watermark !== order.watermark) return undefined
    return trailingLevel(order, order.request.workingType === 'mark' ? this.markPerPrice : 1, tick)
  }

  /** Computes anew the traded prices between which no order can do anything. */
  watch(): void {
    this.pending = false
    this.lowTrigger = -Infinity
    this.highTrigger = Infinity
    for (const order of this.orders) {
      // A trailing order follows every price, and one that looks at the mark is looked at with every price.
      if (order.type === 'market' || order.type === 'trailing-stop-market' || !order.rested) this.pending = true
      else if (order.type === 'limit') this.#bound(order.request.price as number, order.request.side === 'buy')
      // What is protected is measured against each open, whether it fires or not.
      else if (order.request.workingType === 'mark' || order.request.terms.priceProtect) this.pending = true
      else {
        const trigger = order.request.trigger as number
        const below = firesLike(order.type, order.request.side) === 'sell'
        // What a limit attached that filled away from the open can be due without the range reaching it.
        if (isStop(order.type) && order.reference > 0 && (below ? order.reference <= trigger : order.reference >= trigger))
          this.pending = true
        this.#bound(trigger, below)
      }
    }
  }

  #bound(level: number, below: boolean): void {
    if (below && level > this.lowTrigger) this.lowTrigger = level
    if (!below && level < this.highTrigger) this.highTrigger = level
  }
}
