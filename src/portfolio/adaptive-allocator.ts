/**
 * Shares of the strategies by their own results: slow, with a floor and a cap around what is configured, and shrunk towards it
 * as long as there are few days. What the regime leaves of a strategy is the strategy manager's; a strategy that a regime
 * stops has days without result, and keeps its share.
 *
 * Pure.
 */
import type { PortfolioValues } from './settings.ts'

export interface AdaptiveState {
  readonly days: readonly number[]
  readonly means: readonly number[]
  readonly squares: readonly number[]
  readonly shares: readonly number[]
}

/** Days a year, for the ratio that results are judged by. */
const YEAR = 365

export class AdaptiveAllocator {
  readonly #values: PortfolioValues
  readonly #configured: readonly number[]
  /** The weight of the past after a day. */
  readonly #decay: number
  #days: number[]
  #means: number[]
  #squares: number[]
  #shares: number[]

  /** The configured shares, one a strategy; what they add up to stays. */
  constructor(values: PortfolioValues, configured: readonly number[]) {
    this.#values = values
    this.#configured = configured
    this.#decay = halving(values.adaptiveHalfLife)
    this.#days = configured.map(() => 0)
    this.#means = configured.map(() => 0)
    this.#squares = configured.map(() => 0)
    this.#shares = [...configured]
  }

  share(strategy: number): number {
    return this.#shares[strategy]
  }

  /** A day is over: what each strategy made in money units, and the equity it began with. A strategy that held nothing made 0. True when shares have changed. */
  onDay(results: readonly number[], equity: number): boolean {
    if (!(equity > 0)) return false
    for (let i = 0; i < this.#configured.length; i++) this.#learn(i, results[i] / equity)
    return this.#values.adaptive && this.#step(this.#target())
  }

  #learn(i: number, result: number): void {
    if (result === 0) return
    this.#days[i] = this.#days[i] * this.#decay + 1
    const weight = 1 / this.#days[i]
    this.#means[i] += weight * (result - this.#means[i])
    this.#squares[i] += weight * (result * result - this.#squares[i])
  }

  /**
   * Configured share x (1 + strength x trust x s / (1 + |s|)), s the yearly Sharpe ratio and trust = days / (days + half-life),
   * within floor and cap and brought to the sum of the configured shares.
   */
  #target(): readonly number[] {
    const { adaptiveStrength, adaptiveFloor, adaptiveCap, adaptiveHalfLife } = this.#values
    const raw = this.#configured.map((share, i) => {
      const days = this.#days[i]
      const variance = this.#squares[i] - this.#means[i] * this.#means[i]
      if (!(variance > 0)) return share
      const ratio = (this.#means[i] / Math.sqrt(variance)) * Math.sqrt(YEAR)
      const trust = days / (days + adaptiveHalfLife)
      return share * (1 + adaptiveStrength * trust * (ratio / (1 + Math.abs(ratio))))
    })
    return filled(
      raw,
      this.#configured.map((share) => share * adaptiveFloor),
      this.#configured.map((share) => Math.min(1, share * adaptiveCap)),
      this.#configured.reduce((sum, share) => sum + share, 0),
    )
  }

  /** All go the same part of the way, so that the sum stays. */
  #step(target: readonly number[]): boolean {
    const farthest = target.reduce((most, each, i) => Math.max(most, Math.abs(each - this.#shares[i])), 0)
    if (farthest === 0 || this.#values.adaptiveStep === 0) return false
    const part = Math.min(1, this.#values.adaptiveStep / farthest)
    this.#shares = this.#shares.map((each, i) => each + part * (target[i] - each))
    return true
  }

  snapshot(): AdaptiveState {
    return { days: [...this.#days], means: [...this.#means], squares: [...this.#squares], shares: [...this.#shares] }
  }

  restore(state: AdaptiveState): void {
    this.#days = [...state.days]
    this.#means = [...state.means]
    this.#squares = [...state.squares]
    this.#shares = [...state.shares]
  }
}

/** The factor m for which the values times m, kept within their bounds, add up to the total: by halving. */
function filled(values: readonly number[], floors: readonly number[], caps: readonly number[], total: number): readonly number[] {
  const at = (m: number): readonly number[] => values.map((each, i) => Math.max(floors[i], Math.min(caps[i], each * m)))
  let [low, high] = [0, 1]
  const sumAt = (m: number): number => at(m).reduce((sum, each) => sum + each, 0)
  while (sumAt(high) < total && high < 1e6) high *= 2
  for (let k = 0; k < 60; k++) {
    const middle = (low + high) / 2
    if (sumAt(middle) < total) low = middle
    else high = middle
  }
  return at(high)
}

/** The n-th root of a half, by halving: exact arithmetic only. */
function halving(days: number): number {
  const n = Math.max(1, Math.round(days))
  const power = (base: number): number => {
    let product = 1
    for (let k = 0; k < n; k++) product *= base
    return product
  }
  let [low, high] = [0, 1]
  for (let k = 0; k < 60; k++) {
    const middle = (low + high) / 2
    if (power(middle) < 0.5) low = middle
    else high = middle
  }
  return high
}
