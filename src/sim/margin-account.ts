/**
 * One account at the simulated venue: wallet, positions, cross margin.
 *
 * Margin is not recomputed per bar. A change of position or wallet computes for each instrument a price that is safe:
 * while every price stays inside its bound the account cannot reach its maintenance margin. Only a price beyond its
 * bound leads to the exact question.
 */
import { ZERO } from '../core/exact.ts'
import type { Money, Price, Qty } from '../core/exact.ts'
import { bracketOf } from '../domain/instrument.ts'
import type { Instrument } from '../domain/instrument.ts'
import { Ledger } from '../domain/ledger.ts'
import type { LedgerState } from '../domain/ledger.ts'
import { Position } from '../domain/position.ts'
import type { PositionState } from '../domain/position.ts'
import { markScaleOf } from './venue-bars.ts'

export interface MarginAccountState {
  readonly ledger: LedgerState
  readonly positions: readonly PositionState[]
}

/** Newest mark of an instrument in its mark units; 0 before the first. */
export type MarkOf = (instrument: number) => number

/** Part of the slack that the bounds may use: what is left covers the rounding of floats. */
const SAFE_SHARE = 1 - 1e-6

export class MarginAccount {
  readonly ledger: Ledger
  readonly positions: readonly Position[]
  /** Marks below (for a long) or above (for a short) which the exact question must be asked. */
  readonly lowBound: Float64Array
  readonly highBound: Float64Array
  readonly #instruments: readonly Instrument[]
  readonly #asset: string
  /** Mark units per price unit. */
  readonly #markPerPrice: readonly bigint[]
  readonly #marksPerPrice: readonly number[]
  readonly #roughBrackets: readonly (readonly { readonly floor: number; readonly rate: number; readonly cum: number }[])[]
  /** The steepest maintenance rate of each instrument, as a float. */
  readonly #steepest: readonly number[]

  constructor(index: number, instruments: readonly Instrument[], asset: string) {
    this.ledger = new Ledger(index)
    this.positions = instruments.map(() => new Position())
    this.lowBound = new Float64Array(instruments.length).fill(-Infinity)
    this.highBound = new Float64Array(instruments.length).fill(Infinity)
    this.#instruments = instruments
    this.#asset = asset
    this.#markPerPrice = instruments.map(({ priceScale }) => 10n ** BigInt(markScaleOf(priceScale) - priceScale))
    this.#marksPerPrice = this.#markPerPrice.map(Number)
    this.#roughBrackets = instruments.map(({ brackets }) =>
      brackets.map(({ floor, rate, cum }) => ({ floor: Number(floor), rate: rate / 1e10, cum: Number(cum) })),
    )
    this.#steepest = instruments.map(({ brackets }) => brackets.reduce((most, { rate }) => Math.max(most, rate / 1e10), 0))
  }

  get wallet(): Money {
    return this.ledger.wallet(this.#asset)
  }

  /** Margin balance less maintenance margin, exact, one instrument valued at a mark of its own. */
  slack(markOf: MarkOf, instrument = -1, mark = 0): Money {
    let slack: bigint = this.wallet
    for (let i = 0; i < this.positions.length; i++) {
      const { qty, cost } = this.positions[i]
      if (qty === 0) continue
      const value = this.#valueAt(i, qty, i === instrument ? mark : markOf(i))
      slack += value - cost - this.#maintenance(i, value)
    }
    return slack as Money
  }

  /** |quantity| x mark x rate - cum, with the bracket of the notional (L2). */
  #maintenance(i: number, value: Money): Money {
    const size = (value < 0n ? -value : value) as Money
    const { brackets } = this.#instruments[i]
    if (brackets.length === 0) return ZERO
    const { rate, cum } = bracketOf(brackets, size)
    return ((size * BigInt(rate)) / RATE_ONE - cum) as Money
  }

  #valueAt(i: number, qty: Qty, mark: number): Money {
    return ((BigInt(qty) * BigInt(mark)) / this.#markPerPrice[i]) as Money
  }

  /** Computes the bounds anew: the slack is divided equally among the open positions. */
  rebound(markOf: MarkOf): void {
    let open = 0
    for (const { qty } of this.positions) if (qty !== 0) open += 1
    const budget = open === 0 ? 0 : (this.#roughSlack(markOf) * SAFE_SHARE) / open
    for (let i = 0; i < this.positions.length; i++) {
      const { qty } = this.positions[i]
      this.lowBound[i] = -Infinity
      this.highBound[i] = Infinity
      if (qty === 0) continue
      // What the position loses per unit of mark; a short also needs more maintenance as the price rises.
      const perMark = Math.abs(qty) / this.#marksPerPrice[i]
      if (qty > 0) this.lowBound[i] = markOf(i) - budget / perMark
      else this.highBound[i] = markOf(i) + budget / (perMark * (1 + this.#steepest[i]))
    }
  }

  /** `slack` in floats, for the bounds. */
  #roughSlack(markOf: MarkOf): number {
    let slack = Number(this.wallet)
    for (let i = 0; i < this.positions.length; i++) {
      const { qty, cost } = this.positions[i]
      if (qty === 0) continue
      const value = (qty * markOf(i)) / this.#marksPerPrice[i]
      slack += value - Number(cost)
      const size = Math.abs(value)
      let maintenance = 0
      for (const { floor, rate, cum } of this.#roughBrackets[i]) if (size > floor) maintenance = size * rate - cum
      slack -= maintenance
    }
    return slack
  }

  /**
   * L5: the first price on the adverse side, on the tick, at which the account is liquidated, others at their newest
   * mark; undefined when there is none above zero. At or beyond the present mark when it is due already.
   */
  liquidationPrice(i: number, tick: Price, markOf: MarkOf): Price | undefined {
    const { qty } = this.positions[i]
    if (qty === 0) return undefined
    const perPrice = this.#marksPerPrice[i]
    const due = (ticks: number): boolean => this.slack(markOf, i, ticks * tick * perPrice) <= 0n
    if (qty > 0) {
      // The slack grows with the price: the largest price at which it is used up.
      if (!due(1)) return undefined
      return (bisect(1, this.#beyond(i, tick), (ticks) => !due(ticks)) - 1) * tick as Price
    }
    return (bisect(0, this.#beyond(i, tick), due) * tick) as Price
  }

  /** A number of ticks beyond any price at which this position could be liquidated. */
  #beyond(i: number, tick: Price): number {
    const { qty, cost } = this.positions[i]
    const size = Math.abs(Number(this.wallet)) + Math.abs(Number(cost)) + this.positions.reduce((sum, p) => sum + Math.abs(Number(p.cost)), 0)
    return Math.min(2 ** 50, Math.ceil((4 * size) / Math.abs(qty) / tick) + 2)
  }

  get isFlat(): boolean {
    return this.positions.every((position) => position.isFlat)
  }

  snapshot(): MarginAccountState {
    return { ledger: this.ledger.snapshot(), positions: this.positions.map((position) => position.snapshot()) }
  }

  restore(state: MarginAccountState): void {
    this.ledger.restore(state.ledger)
    this.positions.forEach((position, i) => position.restore(state.positions[i]))
  }
}

const RATE_ONE = 10n ** 10n

/** The smallest integer in [low, high] for which the condition holds, which it does for all larger ones; high when for none. */
function bisect(low: number, high: number, holds: (n: number) => boolean): number {
  let from = low
  let to = high
  while (from < to) {
    const middle = Math.floor((from + to) / 2)
    if (holds(middle)) to = middle
    else from = middle + 1
  }
  return from
}
