/**
 * Fewer points of a curve, chosen so that charts show what was there: the last point of each stretch of time, and where
 * asked for its lowest and highest.
 *
 * Pure: indices out of columns.
 */
import { DAY, HOUR, MINUTE } from '../core/time.ts'

/** Spacings that are tried in this order; beyond the last each is twice the one before. */
const SPACINGS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 8 * HOUR, DAY] as const

/** Indices of the last point in each stretch, by the smallest spacing that leaves at most `most`. */
export function thinned(times: Float64Array, most: number): Uint32Array {
  if (times.length <= most) return Uint32Array.from(times, (_, i) => i)
  let at = 0
  let spacing: number = SPACINGS[0]
  while (stretches(times, spacing) > most) {
    at += 1
    spacing = at < SPACINGS.length ? SPACINGS[at] : spacing * 2
  }
  const kept = new Uint32Array(stretches(times, spacing))
  let count = 0
  for (let i = 0; i < times.length; i++)
    if (i === times.length - 1 || Math.floor(times[i] / spacing) !== Math.floor(times[i + 1] / spacing)) kept[count++] = i
  return kept
}

function stretches(times: Float64Array, spacing: number): number {
  let count = times.length > 0 ? 1 : 0
  for (let i = 1; i < times.length; i++) if (Math.floor(times[i] / spacing) !== Math.floor(times[i - 1] / spacing)) count += 1
  return count
}

/** Of each stretch its last point, its lowest and its highest (the first of equal ones), ascending; at most `most`, no less than 3. */
export function thinnedWithExtremes(times: Float64Array, values: Float64Array, most: number): Uint32Array {
  if (times.length <= most) return thinned(times, most)
  const ends = thinned(times, Math.floor(most / 3))
  const kept: number[] = []
  let from = 0
  for (const end of ends) {
    let [low, high] = [from, from]
    for (let i = from; i <= end; i++) {
      if (values[i] < values[low]) low = i
      if (values[i] > values[high]) high = i
    }
    const [first, second] = low < high ? [low, high] : [high, low]
    kept.push(first)
    if (second !== first) kept.push(second)
    if (second !== end) kept.push(end)
    from = end + 1
  }
  return Uint32Array.from(kept)
}
