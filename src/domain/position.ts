/**
 * A net quantity with its exact cost: the arithmetic that the venue, the kernel and every virtual book share.
 *
 * The cost is kept, the average is derived: sums of profits are exact to the last unit whatever the order of fills.
 */
import { notional, share, ZERO } from '../core/exact.ts'
import type { Money, Price, Qty } from '../core/exact.ts'

export class Position {
  /** Signed: positive is long. */
  qty = 0 as Qty
  /** Sum of price x qty of what is open, signed like `qty`. */
  cost: Money = ZERO

  get isFlat(): boolean {
    return this.qty === 0
  }

  /**
   * Applies an execution of signed quantity and returns the profit that it realised. Increasing adds to the cost;
   * reducing takes the cost pro rata, truncated toward zero, so that the remainder stays with what is open; crossing
   * zero realises all and restarts at the fill's price.
   */
  apply(price: Price, signedQty: Qty): Money {
    const before = this.qty
    const after = (before + signedQty) as Qty
    if (before === 0 || before > 0 === signedQty > 0) {
      this.qty = after
      this.cost = (this.cost + notional(price, signedQty)) as Money
      return ZERO
    }
    if (after === 0 || after > 0 !== before > 0) {
      const realised = this.unrealised(price)
      this.qty = after
      this.cost = after === 0 ? ZERO : notional(price, after)
      return realised
    }
    const released = share(this.cost, -signedQty as Qty, before)
    this.qty = after
    this.cost = (this.cost - released) as Money
    return (-notional(price, signedQty) - released) as Money
  }

  /** Profit not yet realised at a price. */
  unrealised(price: Price): Money {
    return (notional(price, this.qty) - this.cost) as Money
  }

  /** Average entry price in price units, as a float: a view, never booked. */
  averagePrice(): number {
    return this.qty === 0 ? 0 : Number(this.cost) / this.qty
  }

  snapshot(): PositionState {
    return { qty: this.qty, cost: this.cost }
  }

  restore(state: PositionState): void {
    this.qty = state.qty as Qty
    this.cost = state.cost as Money
  }
}

export interface PositionState {
  readonly qty: number
  readonly cost: bigint
}
