/**
 * Distances, and the nearest of many by a list of them without sorting them all: for neighbours of every row of a large sample.
 *
 * Pure: numbers in, numbers out. Source: textbook (partial insertion sort).
 */
import type { Vector } from '../guard.ts'

/** Sum of squared differences of two rows of one length. */
export function squaredDistance(a: Vector, b: Vector): number {
  let total = 0
  for (let j = 0; j < a.length; j++) total += (a[j] - b[j]) * (a[j] - b[j])
  return total
}

/** Indices of the `count` smallest distances, ascending, of equal ones the first; `except` is left out. */
export function nearestOf(distances: Float64Array, count: number, except = -1): Int32Array {
  const kept = new Float64Array(count)
  const indices = new Int32Array(count)
  let size = 0
  for (let i = 0; i < distances.length; i++) {
    const distance = distances[i]
    if (i === except || (size === count && !(distance < kept[size - 1]))) continue
    // After all that are no further: whoever came first stays first.
    let [low, high] = [0, size]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (kept[middle] <= distance) low = middle + 1
      else high = middle
    }
    const end = Math.min(size, count - 1)
    kept.copyWithin(low + 1, low, end)
    indices.copyWithin(low + 1, low, end)
    kept[low] = distance
    indices[low] = i
    size = end + 1
  }
  return indices.subarray(0, size)
}
