/**
 * Support and resistance: prices at which the market turned, gathered into levels.
 *
 * Pure: numbers in, levels out.
 */
import { requireInteger, requireNumber, requireVector, type Vector } from '../../math/guard.ts'

export interface PriceLevel {
  /** Mean of its prices. */
  readonly price: number
  readonly lowest: number
  readonly highest: number
  /** How many prices it is made of. */
  readonly touches: number
}

export interface PriceLevelsOptions {
  /** Prices of a level lie within so much of its lowest, as a share of that; 0.005. */
  readonly tolerance?: number
  /** Levels of fewer prices are left out; 2. */
  readonly minimumTouches?: number
}

/**
 * Levels of support and resistance: prices in ascending order are gathered while each lies within `tolerance` of the lowest of its
 * level. Most touched first, of equals the lower one. The order of the prices does not matter.
 *
 * @throws MathError empty, not-finite, out-of-domain
 * Source: complete scan in order; for levels of turning points see A. Osler, FRBNY Economic Policy Review 6 (2000).
 */
export function priceLevels(
  prices: Vector,
  { tolerance = 0.005, minimumTouches = 2 }: PriceLevelsOptions = {},
): readonly PriceLevel[] {
  requireVector('prices', prices)
  requireNumber('tolerance', tolerance, 0, 1)
  requireInteger('minimumTouches', minimumTouches, 1)
  const sorted = Float64Array.from(prices).sort()
  const levels: PriceLevel[] = []
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    const lowest = sorted[from]
    const limit = lowest + tolerance * Math.abs(lowest)
    let sum = 0
    // Distances from the lowest, so that prices near the end of the range of a double add up.
    for (to = from; to < sorted.length && (to === from || sorted[to] <= limit); to++) sum += sorted[to] - lowest
    const touches = to - from
    if (touches >= minimumTouches) levels.push({ price: lowest + sum / touches, lowest, highest: sorted[to - 1], touches })
  }
  return levels.sort((a, b) => b.touches - a.touches || a.price - b.price)
}
