/**
 * How fast the past is forgotten by exponential weights.
 *
 * Pure.
 */
import { refuseUnless, requireNumber, requireShare } from '../guard.ts'

/** One of the two. */
export interface Memory {
  /** Weight of an observation relative to the one after it, in (0, 1): RiskMetrics takes 0.94 for days. */
  readonly decay?: number
  /** decay = 1 - 2 / (span + 1), span above 1. */
  readonly span?: number
}

/** The decay of `decay` or `span`, of which exactly one is given. */
export function decayOf({ decay, span }: Memory): number {
  refuseUnless(decay === undefined || span === undefined, 'out-of-domain', 'give decay or span, not both')
  if (decay !== undefined) {
    requireShare('decay', decay, true)
    return decay
  }
  refuseUnless(span !== undefined, 'out-of-domain', 'give decay or span')
  requireNumber('span', span)
  refuseUnless(span > 1, 'out-of-domain', () => `span is ${span}; it is above 1`)
  return 1 - 2 / (span + 1)
}
