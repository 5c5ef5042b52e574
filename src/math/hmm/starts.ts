/**
 * Where a fit begins: clusters of the observations (k-means), or the whole sample with random scales.
 *
 * Pure; chance by the generator that is passed in. Source: D. Arthur, S. Vassilvitskii, k-means++ (2007); S. Lloyd (1982).
 */
import type { Prng } from '../../core/random.ts'
import type { FlatObservations, GaussianHmm } from './model.ts'

/** Mean and variance of each feature over all observations. */
export interface Overall {
  readonly means: Float64Array
  readonly variances: Float64Array
}

export function overallOf({ flat, count, features }: FlatObservations): Overall {
  const means = new Float64Array(features)
  const variances = new Float64Array(features)
  for (let i = 0; i < flat.length; i++) means[i % features] += flat[i] / count
  for (let i = 0; i < flat.length; i++) {
    const distance = flat[i] - means[i % features]
    variances[i % features] += (distance * distance) / count
  }
  return { means, variances }
}

/** Expected stay in a state before anything is known: twenty bars. */
const STAY = 0.95

export function startOf(
  kind: 'clusters' | 'scales',
  data: FlatObservations,
  overall: Overall,
  states: number,
  full: boolean,
  prng: Prng,
): GaussianHmm {
  const { features } = data
  const { means, variances } = kind === 'clusters' ? clusters(data, overall, states, prng) : scales(overall, states, prng)
  const off = states === 1 ? 0 : (1 - STAY) / (states - 1)
  return {
    start: new Float64Array(states).fill(1 / states),
    transition: Array.from({ length: states }, (_, i) =>
      Float64Array.from({ length: states }, (__, j) => (i === j ? 1 - off * (states - 1) : off)),
    ),
    means,
    ...(full
      ? {
          covariances: variances.map((row) =>
            Array.from({ length: features }, (_, i) =>
              Float64Array.from({ length: features }, (__, j) => (i === j ? row[i] : 0)),
            ),
          ),
        }
      : { variances }),
  }
}

interface Emissions {
  readonly means: Float64Array[]
  readonly variances: Float64Array[]
}

/** States that differ in their scale, up to threefold deviations, around the common mean. */
function scales({ means, variances }: Overall, states: number, prng: Prng): Emissions {
  const factors = Array.from({ length: states }, (_, k) =>
    Math.exp(2.2 * ((states === 1 ? 0 : (2 * k) / (states - 1) - 1) + 0.3 * prng.normal())),
  )
  return {
    means: factors.map(() => means.map((mean, j) => mean + 0.2 * Math.sqrt(variances[j]) * prng.normal())),
    variances: factors.map((factor) => variances.map((variance) => variance * factor)),
  }
}

/** k-means over features at unit deviation, from k-means++ centres; at most ten rounds. */
function clusters({ flat, count, features }: FlatObservations, overall: Overall, states: number, prng: Prng): Emissions {
  const weights = overall.variances.map((variance) => 1 / variance)
  const distance = (t: number, centre: Float64Array): number => {
    let total = 0
    for (let j = 0; j < features; j++) {
      const each = flat[t * features + j] - centre[j]
      total += each * each * weights[j]
    }
    return total
  }
  const rowAt = (t: number): Float64Array => flat.slice(t * features, (t + 1) * features)
  const centres = [rowAt(prng.int(0, count - 1))]
  const nearest = Float64Array.from({ length: count }, (_, t) => distance(t, centres[0]))
  while (centres.length < states) {
    const total = nearest.reduce((a, b) => a + b, 0)
    let [left, chosen] = [prng.float() * total, count - 1]
    for (let t = 0; t < count; t++) {
      left -= nearest[t]
      if (left < 0) {
        chosen = t
        break
      }
    }
    const centre = rowAt(chosen)
    centres.push(centre)
    for (let t = 0; t < count; t++) nearest[t] = Math.min(nearest[t], distance(t, centre))
  }
  const labels = new Uint8Array(count)
  for (let round = 0; round < 10; round++) {
    let moved = round === 0
    for (let t = 0; t < count; t++) {
      let [best, least] = [0, Infinity]
      for (let k = 0; k < states; k++) {
        const each = distance(t, centres[k])
        if (each < least) {
          best = k
          least = each
        }
      }
      moved ||= best !== labels[t]
      labels[t] = best
    }
    if (!moved) break
    const sizes = new Float64Array(states)
    const sums = centres.map(() => new Float64Array(features))
    for (let t = 0; t < count; t++) {
      sizes[labels[t]] += 1
      for (let j = 0; j < features; j++) sums[labels[t]][j] += flat[t * features + j]
    }
    for (let k = 0; k < states; k++) if (sizes[k] > 0) centres[k] = sums[k].map((total) => total / sizes[k])
  }
  const sizes = new Float64Array(states)
  const spreads = centres.map(() => new Float64Array(features))
  for (let t = 0; t < count; t++) {
    sizes[labels[t]] += 1
    for (let j = 0; j < features; j++) {
      const each = flat[t * features + j] - centres[labels[t]][j]
      spreads[labels[t]][j] += each * each
    }
  }
  return {
    means: centres,
    // A cluster is narrower than the state it begins: a tenth of the whole variance at least.
    variances: spreads.map((row, k) =>
      row.map((total, j) => Math.max(total / Math.max(1, sizes[k]), 0.1 * overall.variances[j])),
    ),
  }
}
