/**
 * One spot account at the simulated venue: what it owns and owes of each asset, and the margin level that debts must keep.
 * Rules S1, S5 and S7 of docs/venue.md.
 *
 * A position is what the account has of the base asset; negative is borrowed. Its cost is bookkeeping and decides nothing.
 */
import { POW10 } from '../core/exact.ts'
import type { Instrument } from '../domain/instrument.ts'
import { MarginAccount } from './margin-account.ts'
import type { MarginUnit, MarkOf } from './margin-account.ts'
import { markScaleOf } from './venue-bars.ts'

const RATE_ONE = 10n ** 10n
/** Marks are at most this many decimals finer than prices: the common unit of values. */
const FINEST = 8
/** As in a margin account: part of the slack that bounds may use, and the rounding of floats. */
const SAFE_SHARE = 1 - 1e-6
const FLOAT_ERROR = 1e-13

export class SpotAccount extends MarginAccount {
  readonly #instruments: readonly Instrument[]
  /** S7, as an integer of 1e-10. */
  readonly #level: bigint
  readonly #marksPerPrice: readonly number[]
  /** Units of `FINEST` per mark unit. */
  readonly #fine: readonly bigint[]

  constructor(index: number, instruments: readonly Instrument[], asset: string, liquidationLevel: number) {
    super(index, instruments, asset)
    this.#instruments = instruments
    this.#level = BigInt(liquidationLevel)
    const decimals = instruments.map(({ priceScale }) => markScaleOf(priceScale) - priceScale)
    this.#marksPerPrice = decimals.map((scale) => POW10[scale])
    this.#fine = decimals.map((scale) => 10n ** BigInt(FINEST - scale))
  }

  /** What it has of a base asset, in quantity units; negative is borrowed. */
  holding(instrument: number): number {
    return this.position(instrument, 'both').qty
  }

  /** Something is borrowed, or interest could not be paid. */
  get owes(): boolean {
    if (this.wallet < 0n) return true
    for (let i = 0; i < this.#instruments.length; i++) if (this.holding(i) < 0) return true
    return false
  }

  /** S7: above 0 while assets are above the liquidation level times the debts; exact, and only its sign means something. */
  override slack(_unit: MarginUnit, markOf: MarkOf, instrument = -1, mark = 0): bigint {
    const one = 10n ** BigInt(FINEST)
    let assets = this.wallet > 0n ? this.wallet * one : 0n
    let debts = this.wallet < 0n ? -this.wallet * one : 0n
    for (let i = 0; i < this.#instruments.length; i++) {
      const qty = this.holding(i)
      if (qty === 0) continue
      const value = BigInt(qty) * BigInt(i === instrument ? mark : markOf(i)) * this.#fine[i]
      if (qty > 0) assets += value
      else debts -= value
    }
    return debts === 0n ? 1n : assets * RATE_ONE - debts * this.#level
  }

  /** Bounds only where there are debts: what the account owns outright nobody takes. */
  override rebound(markOf: MarkOf): void {
    this.lowBound.fill(-Infinity)
    this.highBound.fill(Infinity)
    if (!this.owes) return
    const level = Number(this.#level) / Number(RATE_ONE)
    const quote = Number(this.wallet)
    let slack = quote > 0 ? quote : quote * level
    let gross = Math.abs(quote) * level
    let held = 0
    for (let i = 0; i < this.#instruments.length; i++) {
      const qty = this.holding(i)
      if (qty === 0) continue
      const value = (qty * markOf(i)) / this.#marksPerPrice[i]
      slack += value > 0 ? value : value * level
      gross += Math.abs(value) * level
      held += 1
    }
    const budget = held === 0 ? 0 : ((slack - gross * FLOAT_ERROR) * SAFE_SHARE) / held
    for (let i = 0; i < this.#instruments.length; i++) {
      const qty = this.holding(i)
      const perMark = Math.abs(qty) / this.#marksPerPrice[i]
      if (qty > 0) this.lowBound[i] = budget > 0 ? markOf(i) - budget / perMark : Infinity
      if (qty < 0) this.highBound[i] = budget > 0 ? markOf(i) + budget / (perMark * level) : -Infinity
    }
  }
}
