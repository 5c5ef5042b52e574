/**
 * Sums and means of long series. Neumaier's compensated summation: the error does not grow with the length.
 *
 * Pure; imports nothing.
 */

/** The sum, 0 for an empty series. Source: A. Neumaier, ZAMM 54 (1974). */
export function sum(values: ArrayLike<number>): number {
  let total = 0
  let lost = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    const next = total + value
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total
    total = next
  }
  return total + lost
}

/** `undefined` for an empty series. */
export function mean(values: ArrayLike<number>): number | undefined {
  return values.length === 0 ? undefined : sum(values) / values.length
}
