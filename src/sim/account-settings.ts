/**
 * What an account may change of itself: rules V9 and V10 of docs/venue.md, each with the exchange's refusal.
 */
import type { Money } from '../core/exact.ts'
import type { PositionSide } from '../domain/order.ts'
import { refusalText } from '../domain/venue-error.ts'
import { SIDES } from './margin-account.ts'
import { exactNotional, initialMargin, maxLeverage, maxNotional, unrealisedAt } from '../domain/margin.ts'
import type { VenueCore } from './venue-core.ts'

export type MarginType = 'cross' | 'isolated'
export type PositionMode = 'one-way' | 'hedge'

export class AccountSettings {
  readonly #core: VenueCore

  constructor(core: VenueCore) {
    this.#core = core
  }

  setLeverage(index: number, instrument: number, leverage: number): string | undefined {
    const core = this.#core
    const account = core.accounts[index]
    const before = account.leverage[instrument]
    const brackets = account.bracketsOf(instrument)
    const most = maxLeverage(brackets) ?? Infinity
    if (!Number.isInteger(leverage) || leverage < 1 || leverage > most) return refusalText(4028, String(leverage))
    if (account.isolated[instrument] && leverage < before && account.isHeld(instrument)) return refusalText(4161)
    if (this.#largest(index, instrument) > (maxNotional(brackets, leverage) ?? Infinity)) return refusalText(2027)
    if (leverage >= before) {
      account.leverage[instrument] = leverage
      return undefined
    }
    const free = core.margin.free(index)
    account.leverage[instrument] = leverage
    const after = core.margin.free(index)
    if (after >= 0n || after >= free) return undefined
    account.leverage[instrument] = before
    return refusalText(2028)
  }

  /** The largest notional of the account's positions in an instrument. */
  #largest(index: number, instrument: number): bigint {
    const book = this.#core.books[instrument]
    const account = this.#core.accounts[index]
    const sides = SIDES.map((side) => Math.abs(account.position(instrument, side).qty))
    return exactNotional(Math.max(...sides), book.mark()) / BigInt(book.markPerPrice)
  }

  setMarginType(index: number, instrument: number, type: MarginType): string | undefined {
    const account = this.#core.accounts[index]
    if (account.isolated[instrument] === (type === 'isolated')) return refusalText(4046)
    if (this.#core.books[instrument].orders.some(({ request }) => request.account === index)) return refusalText(4047)
    if (account.isHeld(instrument)) return refusalText(4048)
    account.isolated[instrument] = type === 'isolated'
    this.#core.rebound(account)
    return undefined
  }

  setPositionMode(index: number, wanted: PositionMode): string | undefined {
    const account = this.#core.accounts[index]
    if (account.hedge === (wanted === 'hedge')) return refusalText(4059)
    if (this.#core.open[index].size > 0) return refusalText(4067)
    if (!account.isFlat) return refusalText(4068)
    account.hedge = wanted === 'hedge'
    return undefined
  }

  moveMargin(index: number, instrument: number, side: PositionSide, amount: Money): string | undefined {
    const core = this.#core
    const account = core.accounts[index]
    if (!account.isolated[instrument]) return refusalText(4049)
    const { qty, cost } = account.position(instrument, side)
    if (qty === 0) return refusalText(4054)
    if (amount === 0n) return refusalText(4055)
    const wallet = account.isolatedWallet(instrument, side)
    if (amount > core.margin.available(index)) return refusalText(4050)
    if (amount < 0n) {
      const book = core.books[instrument]
      const perPrice = BigInt(book.markPerPrice)
      const balance = wallet + amount + unrealisedAt(qty, cost, book.mark(), perPrice)
      const needed = initialMargin(exactNotional(qty, book.mark()), account.leverage[instrument], perPrice)
      if (wallet + amount < 0n || balance < needed) return refusalText(4051)
    }
    account.setIsolatedWallet(instrument, side, (wallet + amount) as Money)
    core.rebound(account)
    return undefined
  }
}
