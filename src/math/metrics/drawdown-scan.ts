/**
 * The one walk over a curve that finds its falls: every figure of drawdowns comes from it.
 *
 * Pure.
 */
import type { Vector } from '../guard.ts'

/** A drawdown smaller than this is rounding noise; it would split one long episode into many. */
export const NO_DRAWDOWN = 1e-12

/** One fall. Indices count from the first point of the curve, -1 is the start before it. */
export interface Fall {
  /** The last point at the peak. */
  readonly peak: number
  /** The first of the lowest points. */
  readonly trough: number
  /** The first point at or above the peak again; `undefined` when the curve ended below it. */
  readonly recovery: number | undefined
  /** Positive share of the peak. */
  readonly depth: number
}

/** Calls `found` for every fall of a curve below its highest value so far (the start included), in the order of time. */
export function scanFalls(curve: Vector, start: number, found: (fall: Fall) => void): void {
  let highest = start
  let peak = -1
  let depth = 0
  let trough = -1
  for (let i = 0; i < curve.length; i++) {
    const below = 1 - curve[i] / highest
    if (below >= NO_DRAWDOWN) {
      if (below > depth) {
        depth = below
        trough = i
      }
      continue
    }
    if (depth > 0) found({ peak, trough, recovery: i, depth })
    depth = 0
    highest = Math.max(highest, curve[i])
    peak = i
  }
  if (depth > 0) found({ peak, trough, recovery: undefined, depth })
}
