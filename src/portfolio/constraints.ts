/**
 * What weights must keep, in the terms of perpetual futures: weights are signed notionals over equity, at full conviction.
 * The same rows bind the optimiser, cut raw weights down to size, and are told to people.
 *
 * Pure.
 */

/** sum of rate_i |w_i| over the members is at most the limit. Cutting any weight keeps it. */
export interface SizeRow {
  readonly name: string
  /** 0 for who is no member. */
  readonly rates: readonly number[]
  readonly limit: number
}

export interface WeightLimits {
  /** Largest |w| of each. */
  readonly largest: readonly number[]
  /** Gross, groups, margin, stress. */
  readonly rows: readonly SizeRow[]
  /** Largest |sum w|. */
  readonly net: number
}

/** A weight this near to its limit, relative to it, is bound by it. */
const NEAR = 1e-6

export const usedOf = ({ rates }: SizeRow, weights: ArrayLike<number>): number => {
  let used = 0
  for (let i = 0; i < rates.length; i++) used += rates[i] * Math.abs(weights[i])
  return used
}

export const netOf = (weights: ArrayLike<number>): number => {
  let net = 0
  for (let i = 0; i < weights.length; i++) net += weights[i]
  return net
}

/**
 * The weights made smaller until every limit is kept exactly as computed in floating point: first each alone, then the
 * members of each row in proportion, then the side that is too much.
 */
export function cutToLimits(weights: ArrayLike<number>, limits: WeightLimits): Float64Array {
  const cut = Float64Array.from(weights, (each, i) => Math.max(-limits.largest[i], Math.min(limits.largest[i], each)))
  for (const row of limits.rows) cutRow(cut, row)
  cutNet(cut, limits.net)
  return cut
}

function cutRow(weights: Float64Array, row: SizeRow): void {
  for (let used = usedOf(row, weights), less = 0; used > row.limit; used = usedOf(row, weights), less += 1) {
    // Rounding may leave a last digit too much.
    const factor = (row.limit / used) * (1 - less * 2 ** -52)
    for (let i = 0; i < weights.length; i++) if (row.rates[i] > 0) weights[i] *= factor
  }
}

function cutNet(weights: Float64Array, limit: number): void {
  for (let net = netOf(weights), less = 1; Math.abs(net) > limit; net = netOf(weights), less *= 2) {
    let side = 0
    for (let i = 0; i < weights.length; i++) if (weights[i] * net > 0) side += Math.abs(weights[i])
    const factor = Math.max(0, 1 - (Math.abs(net) - limit) / side - less * 2 ** -52)
    for (let i = 0; i < weights.length; i++) if (weights[i] * net > 0) weights[i] *= factor
  }
}

/** The names of the limits that the weights reach. */
export function bindingOf(weights: ArrayLike<number>, limits: WeightLimits, nameOf: (i: number) => string): readonly string[] {
  const names: string[] = []
  for (let i = 0; i < weights.length; i++)
    if (weights[i] !== 0 && Math.abs(weights[i]) >= limits.largest[i] * (1 - NEAR)) names.push(`largest ${nameOf(i)}`)
  for (const row of limits.rows)
    if (usedOf(row, weights) >= row.limit * (1 - NEAR) && usedOf(row, weights) > 0) names.push(row.name)
  const net = Math.abs(netOf(weights))
  if (net > 0 && net >= limits.net * (1 - NEAR)) names.push('net')
  return names
}
