/** The deviation of a day's result of all positions together, in money units. */
import type { Exposures } from './exposures.ts'
import type { View } from '../domain/view.ts'

/** Setting of whoever asks: what stands in for a volatility that is not known yet. */
export const UNKNOWN_VOLATILITY = {
  default: 0.1,
  min: 0.001,
  max: 2,
  unit: 'share a day',
  description: 'deviation of daily returns where it is not known yet',
} as const

/**
 * Square root of the sum over all pairs of their covariance. What may be in flight is taken as it is worst for each pair, and an
 * unknown correlation as the one that makes both lose together: so it is never less than the deviation of what can come about.
 */
export function portfolioDeviation({ list, count }: Exposures, view: View, unknownVolatility: number): number {
  let variance = 0
  for (let k = 0; k < count; k++) {
    const one = list[k]
    const deviation = volatilityOf(one.instrument, view, unknownVolatility) * one.price
    const largest = Math.max(Math.abs(one.up), Math.abs(one.down)) * deviation
    variance += largest * largest
    for (let l = 0; l < k; l++) {
      const other = list[l]
      const correlation = view.correlation(one.instrument, other.instrument)
      const product = Number.isNaN(correlation)
        ? Math.max(Math.abs(one.up), Math.abs(one.down)) * Math.max(Math.abs(other.up), Math.abs(other.down))
        : Math.abs(correlation) * worstProduct(one, other, correlation > 0 ? 1 : -1)
      variance += 2 * product * deviation * volatilityOf(other.instrument, view, unknownVolatility) * other.price
    }
  }
  return Math.sqrt(Math.max(0, variance))
}

interface Range {
  readonly up: number
  readonly down: number
}

/** The largest product of two positions, times the sign of their correlation. */
function worstProduct(one: Range, other: Range, sign: 1 | -1): number {
  return Math.max(sign * one.up * other.up, sign * one.up * other.down, sign * one.down * other.up, sign * one.down * other.down)
}

function volatilityOf(instrument: number, view: View, unknown: number): number {
  const known = view.volatility(instrument)
  return Number.isNaN(known) ? unknown : known
}
