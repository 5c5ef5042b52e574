/**
 * All falls of an equity curve below its highest value so far, each from peak to recovery.
 *
 * Pure: numbers in, numbers out. `performance.ts` has the deepest alone; the walk is `metrics/drawdown-scan.ts`.
 */
import { assert } from '../core/errors.ts'
import { scanFalls } from './metrics/drawdown-scan.ts'

/** Times are in the unit of the curve's. */
export interface DrawdownEpisode {
  /** The last moment at the peak. */
  readonly peakTime: number
  /** The first moment at the lowest value. */
  readonly troughTime: number
  /** The first moment at or above the peak again; `undefined` when the curve ended below it. */
  readonly recoveryTime: number | undefined
  /** From the peak to the recovery, or to the last point. */
  readonly length: number
  /** Positive share of the peak. */
  readonly depth: number
}

/**
 * In the order of time.
 *
 * @param times ascending
 * @param equity one value a time
 * @param start the capital before the first point, the first peak
 * @throws ImpossibleError when the start is not positive: a fraction of it would mean nothing
 */
export function drawdownEpisodes(
  times: ArrayLike<number>,
  equity: ArrayLike<number>,
  start: { readonly time: number; readonly equity: number },
): DrawdownEpisode[] {
  assert(times.length === equity.length, `${times.length} times with ${equity.length} equities`)
  assert(start.equity > 0, `the capital ${start.equity} must be positive`)
  const found: DrawdownEpisode[] = []
  scanFalls(equity, start.equity, ({ peak, trough, recovery, depth }) => {
    const peakTime = peak < 0 ? start.time : times[peak]
    found.push({
      peakTime,
      troughTime: times[trough],
      recoveryTime: recovery === undefined ? undefined : times[recovery],
      length: times[recovery ?? times.length - 1] - peakTime,
      depth,
    })
  })
  return found
}
