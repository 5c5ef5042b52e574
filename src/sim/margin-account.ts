/**
 * One account at the simulated venue: wallet, positions, cross margin.
 *
 * Margin is not recomputed per bar. A change of position or wallet computes for each instrument a price that is safe:
 * while every price stays inside its bound the account cannot reach its maintenance margin. Only a price beyond its
 * bound leads to the exact question.
 */
import type { Money, Price } from '../core/exact.ts'
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
/** Rounding of the slack itself, as a share of the amounts it is the small difference of. */
const FLOAT_ERROR = 1e-14

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

  /**
   * Margin balance less maintenance margin, exact and not rounded: its sign is what counts, its unit is the money unit
   * divided by `SLACK_SCALE`. One instrument may be valued at a mark of its own.
   */
  slack(markOf: MarkOf, instrument = -1, mark = 0): bigint {
    let slack = this.wallet * SLACK_SCALE
    for (let i = 0; i < this.positions.length; i++) {
      const { qty, cost } = this.positions[i]
      if (qty === 0) continue
      const perPrice = this.#markPerPrice[i]
      const unit = SLACK_SCALE / perPrice
      const value = BigInt(qty) * BigInt(i === instrument ? mark : markOf(i))
      slack += value * unit - cost * SLACK_SCALE - this.#maintenance(i, value < 0n ? -value : value, perPrice) * (unit / RATE_ONE)
    }
    return slack
  }

  /** L2 of a notional in money units times `perPrice`; the result is finer by another 1e10. */
  #maintenance(i: number, size: bigint, perPrice: bigint): bigint {
    const { brackets } = this.#instruments[i]
    if (brackets.length === 0) return 0n
    let bracket = brackets[0]
    for (const other of brackets) if (size > other.floor * perPrice) bracket = other
    return size * BigInt(bracket.rate) - bracket.cum * perPrice * RATE_ONE
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
      // Without slack no price is safe: how far it must move to give some depends on the bracket.
      if (qty > 0) this.lowBound[i] = budget > 0 ? markOf(i) - budget / perMark : Infinity
      else this.highBound[i] = budget > 0 ? markOf(i) + budget / (perMark * (1 + this.#steepest[i])) : -Infinity
    }
  }

  /** `slack` in floats, for the bounds; never more than the exact one. */
  #roughSlack(markOf: MarkOf): number {
    let slack = Number(this.wallet)
    let gross = Math.abs(slack)
    for (let i = 0; i < this.positions.length; i++) {
      const { qty, cost } = this.positions[i]
      if (qty === 0) continue
      const value = (qty * markOf(i)) / this.#marksPerPrice[i]
      slack += value - Number(cost)
      gross += Math.abs(value) + Math.abs(Number(cost))
      const size = Math.abs(value)
      let maintenance = 0
      for (const { floor, rate, cum } of this.#roughBrackets[i]) if (size > floor) maintenance = size * rate - cum
      slack -= maintenance
    }
    return slack - gross * FLOAT_ERROR
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
      return ((bisect(1, this.#beyond(i, tick), (ticks) => !due(ticks)) - 1) * tick) as Price
    }
    return (bisect(0, this.#beyond(i, tick), due) * tick) as Price
  }

  /** A number of ticks beyond any price at which this position could be liquidated. */
  #beyond(i: number, tick: Price): number {
    const { qty, cost } = this.positions[i]
    const size =
      Math.abs(Number(this.wallet)) +
      Math.abs(Number(cost)) +
      this.positions.reduce((sum, p) => sum + Math.abs(Number(p.cost)), 0)
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
/** Fine enough for a mark unit times a rate unit: exact without a fraction. */
const SLACK_SCALE = RATE_ONE * 10n ** 8n

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
