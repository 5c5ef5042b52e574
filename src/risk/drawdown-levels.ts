/**
 * The level of the drawdown, from the equity of all accounts against its peak.
 *
 * A level begins when the fall reaches its threshold. MILD and MODERATE end when the fall has become smaller than a share of it,
 * so that equity on a threshold does not switch back and forth. SEVERE ends by a person's word only.
 *
 * That word also forgives the fall so far: from then on the peak is the highest equity since. Without it an account that holds
 * nothing could never trade again.
 */
import type { DrawdownLevel } from '../domain/decision.ts'
import type { View } from '../domain/view.ts'

/** From the lightest. */
export const DRAWDOWN_LEVELS: readonly DrawdownLevel[] = ['NONE', 'MILD', 'MODERATE', 'SEVERE']

export interface DrawdownState {
  readonly level: number
  readonly gap: number
  readonly forgiven: number
}

/** The settings of `risk.drawdown`. */
export interface DrawdownValues {
  readonly enabled: boolean
  readonly mild: number
  readonly mildScale: number
  readonly moderate: number
  readonly severe: number
  readonly recovery: number
}

/** Share of `mark` that is lost; where there was nothing, nothing can be lost. Written so that a loss of exactly a tenth is 0.1. */
export const fallFrom = (mark: number, equity: number): number => (mark > 0 ? (mark - equity) / mark : 0)

export class DrawdownLevels {
  readonly #values: DrawdownValues
  /** Where each level begins and ends, by its number; the unreachable where there is none. */
  readonly #begins: readonly number[]
  readonly #ends: readonly number[]
  #level = 0
  /** Money between peak and equity when last looked at. */
  #gap = 0
  /** How much of it a person forgave. */
  #forgiven = 0

  constructor(values: DrawdownValues) {
    this.#values = values
    const { mild, moderate, severe, recovery } = this.#values
    this.#begins = [-Infinity, mild, moderate, severe, Infinity]
    this.#ends = [-Infinity, mild * recovery, moderate * recovery, -Infinity]
  }

  get level(): DrawdownLevel {
    return DRAWDOWN_LEVELS[this.#level]
  }

  /** What remains of sizes. */
  get scale(): number {
    return this.#level === 0 ? 1 : this.#values.mildScale
  }

  /** The fall as of now, after what was forgiven; does not move the level. */
  fall(view: View): number {
    const peak = view.totalPeakEquity()
    const equity = view.totalEquity()
    this.#gap = peak - equity
    if (this.#gap < this.#forgiven) this.#forgiven = this.#gap
    return fallFrom(peak - this.#forgiven, equity)
  }

  /** Looks at equity; whether the level is another than before. */
  update(view: View): boolean {
    if (!this.#values.enabled) return false
    const fall = this.fall(view)
    const before = this.#level
    if (fall >= this.#begins[before + 1]) {
      while (fall >= this.#begins[this.#level + 1]) this.#level += 1
    } else if (fall < this.#ends[before]) {
      while (fall < this.#ends[this.#level]) this.#level -= 1
    }
    return this.#level !== before
  }

  /** A person goes on in spite of what was lost. */
  forgive(): void {
    if (this.#level < 2) return
    this.#forgiven = this.#gap
    this.#level = 0
  }

  snapshot(): DrawdownState {
    return { level: this.#level, gap: this.#gap, forgiven: this.#forgiven }
  }

  restore({ level, gap, forgiven }: DrawdownState): void {
    this.#level = level
    this.#gap = gap
    this.#forgiven = forgiven
  }
}
