/**
 * The accounts as they would be: every position with all that is in flight on the side where it hurts, and with the order that
 * asks. One pass for all limits; the figures are overwritten by the next.
 *
 * Of the order's own instrument the side counts to which it pushes. The other side was judged when its orders were approved, and
 * what this order closes is no longer there.
 */
import { sideSign } from '../domain/order.ts'
import type { OrderRequest } from '../domain/order.ts'
import type { View } from '../domain/view.ts'

/** A position that is held or could be. */
export interface Exposure {
  account: number
  instrument: number
  price: number
  /** Signed quantity when everything that buys has filled, respectively everything that sells. */
  up: number
  down: number
}

export class Exposures {
  /** Equity of the order's account, and of all. */
  equity = 0
  totalEquity = 0
  /** Notional of the order's own instrument in its account. */
  own = 0
  /** Which side the order pushes its position to: 1 long, -1 short. */
  ownSide = 0
  /** Initial margin of the order's account at the leverage set at the venue; what is bought on a spot account is paid in full. */
  margin = 0
  /** Of the order's account: largest absolute notionals, and the same for each side alone. */
  gross = 0
  long = 0
  short = 0
  /** Over all accounts: largest absolute notionals, and signed sums at the top and at the bottom. */
  totalGross = 0
  totalUp = 0
  totalDown = 0
  /** Fall of all equity from its peak as the levels count it: see `DrawdownLevels`. */
  drawdown = 0
  /** How many of `list` are valid. */
  count = 0
  readonly list: Exposure[] = []

  measure({ account, instrument, side, qty, decisionPrice }: OrderRequest, view: View): void {
    this.#clear(account, view)
    const pushed = view.netQtyFilled(account, instrument, sideSign(side) * qty)
    this.own = Math.abs(pushed) * decisionPrice
    this.ownSide = Math.sign(pushed)
    for (let a = 0; a < view.accounts; a++) {
      for (let i = 0; i < view.instruments.length; i++) {
        if (a === account && i === instrument) this.#add(a, i, decisionPrice, pushed, pushed)
        else this.#addInFlight(a, i, view)
      }
    }
    this.#sum(account, view)
  }

  /** The same for an account of which nothing more is asked. */
  measureAccount(account: number, view: View): void {
    this.#clear(account, view)
    for (let a = 0; a < view.accounts; a++) for (let i = 0; i < view.instruments.length; i++) this.#addInFlight(a, i, view)
    this.#sum(account, view)
  }

  #clear(account: number, view: View): void {
    this.equity = view.equity(account)
    this.totalEquity = view.totalEquity()
    this.own = 0
    this.ownSide = 0
    this.gross = 0
    this.long = 0
    this.short = 0
    this.margin = 0
    this.totalGross = 0
    this.totalUp = 0
    this.totalDown = 0
    this.count = 0
  }

  #addInFlight(account: number, instrument: number, view: View): void {
    // One unit more and less: asks for the side alone.
    const up = view.netQtyFilled(account, instrument, 1) - 1
    const down = view.netQtyFilled(account, instrument, -1) + 1
    this.#add(account, instrument, view.lastPrice(instrument), up, down)
  }

  #add(account: number, instrument: number, price: number, up: number, down: number): void {
    if (up === 0 && down === 0) return
    if (this.count === this.list.length) this.list.push({ account, instrument, price, up, down })
    else {
      const slot = this.list[this.count]
      slot.account = account
      slot.instrument = instrument
      slot.price = price
      slot.up = up
      slot.down = down
    }
    this.count += 1
  }

  #sum(account: number, view: View): void {
    const isSpot = view.accountKind(account) === 'spot'
    for (let k = 0; k < this.count; k++) {
      const { account: of, instrument, price, up, down } = this.list[k]
      const worst = Math.max(Math.abs(up), Math.abs(down)) * price
      this.totalGross += worst
      this.totalUp += up * price
      this.totalDown += down * price
      if (of !== account) continue
      this.gross += worst
      this.long += Math.max(0, up) * price
      this.short += Math.max(0, -down) * price
      const setting = isSpot ? 1 : view.leverageSetting(account, instrument)
      // A setting that is not known ties up everything.
      this.margin += setting >= 1 ? worst / setting : worst
    }
  }
}
