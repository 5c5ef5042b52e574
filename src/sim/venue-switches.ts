/**
 * What the exchange does not publish, or publishes in two ways: each a switch of the simulated venue (docs/venue.md).
 */

export interface VenueSwitches {
  /** V1.13: price bands around the mark hold. Off on bars, where the mark's moment is not known. */
  readonly bands: boolean
  /** V1.16: a conditional order whose condition holds already is refused, or fires at once. */
  readonly immediateTrigger: 'reject' | 'fire'
  /** V1.17: reduce-only limits that earlier ones cover are refused. */
  readonly reduceOnlyCovered: boolean
  /** V6: reduce-only limits beyond a shrinking position expire. */
  readonly reduceOnlyTrim: boolean
  /** L6: a liquidation takes what is needed, or everything. */
  readonly liquidation: 'partial' | 'whole'
}

export const DEFAULT_SWITCHES: VenueSwitches = Object.freeze({
  bands: false,
  immediateTrigger: 'reject',
  reduceOnlyCovered: false,
  reduceOnlyTrim: false,
  liquidation: 'partial',
})
