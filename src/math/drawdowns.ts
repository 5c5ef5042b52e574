/**
 * All falls of an equity curve below its highest value so far, each from peak to recovery.
 *
 * Pure: numbers in, numbers out. `performance.ts` has the deepest alone.
 */
import { assert } from '../core/errors.ts'
import { NO_DRAWDOWN } from './performance.ts'

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
  let peak = start.equity
  let peakTime = start.time
  let deepest = 0
  let troughTime = start.time
  const end = (time: number, recovered: boolean): void => {
    if (deepest > 0)
      found.push({ peakTime, troughTime, recoveryTime: recovered ? time : undefined, length: time - peakTime, depth: deepest })
    deepest = 0
  }
  for (let i = 0; i < times.length; i++) {
    const depth = 1 - equity[i] / peak
    if (depth >= NO_DRAWDOWN) {
      if (depth > deepest) [deepest, troughTime] = [depth, times[i]]
      continue
    }
    end(times[i], true)
    peak = Math.max(peak, equity[i])
    peakTime = times[i]
  }
  if (times.length > 0) end(times[times.length - 1], false)
  return found
}
