/**
 * The state of a market as a regime: which of eight it is and how sure that is. What the regimes mean and who decides is in
 * `strategy/regimes`; everybody above the domain reads it through the `View`.
 *
 * Types and names only.
 */
import type { Micros } from '../core/time.ts'

export type RegimeId = 'R1' | 'R2' | 'R3' | 'R4' | 'R5' | 'R6' | 'R7' | 'R8'

/** The order in which lists of probabilities stand. */
export const REGIME_IDS: readonly RegimeId[] = ['R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8']

/** Of one instrument, from bars that have closed. A new object whenever anything in it changes that a decision may rest on. */
export interface RegimeState {
  readonly label: RegimeId
  /** In the order of `REGIME_IDS`; they add up to 1. Filtered: from the past only. */
  readonly probabilities: readonly number[]
  /** End of the bar since which the label holds. */
  readonly since: Micros
  /** Whether new risk may be taken at all. */
  readonly newRisk: boolean
  /** In words with numbers. */
  readonly reasons: readonly string[]
}
