/**
 * Weights of samples whose labels overlap in time: how many labels a bar carries, how much of a label is its own, and a bootstrap that
 * prefers samples that overlap little with those drawn already.
 *
 * Pure; chance comes from the caller's generator. Source: M. López de Prado, Advances in Financial Machine Learning (2018), ch. 4.
 */
import type { Prng } from '../../core/random.ts'
import { finiteOr, refuseUnless, requireInteger, requireNumber, requireSameLength, requireVector, type Vector } from '../guard.ts'
import { sum } from '../sum.ts'

/** Labels reach no further than this many bars. */
const MOST_BARS = 50_000_000

function requireLabels(starts: Vector, ends: Vector): number {
  requireVector('the starts', starts)
  requireVector('the ends', ends)
  requireSameLength('the starts', starts, 'the ends', ends)
  let last = 0
  for (let i = 0; i < starts.length; i++) {
    requireInteger(`start ${i}`, starts[i], 0, MOST_BARS)
    requireInteger(`end ${i}`, ends[i], starts[i], MOST_BARS)
    last = Math.max(last, ends[i])
  }
  return last + 1
}

/** Labels alive at every bar. */
function countAlive(starts: Vector, ends: Vector, bars: number): Uint32Array {
  const changes = new Int32Array(bars + 1)
  for (let i = 0; i < starts.length; i++) {
    changes[starts[i]] += 1
    changes[ends[i] + 1] -= 1
  }
  const counts = new Uint32Array(bars)
  let alive = 0
  for (let t = 0; t < bars; t++) {
    alive += changes[t]
    counts[t] = alive
  }
  return counts
}

/**
 * Number of labels alive at every bar, c_t = #{i: start_i <= t <= end_i}, from bar 0 to the last end (or `bars` of them).
 * @param starts first bar of every label
 * @param ends last bar of every label, included
 * @throws MathError `out-of-domain` for bars that are not whole, negative, or end before they start; `shape`
 */
export function labelConcurrency(starts: Vector, ends: Vector, bars?: number): Uint32Array {
  const needed = requireLabels(starts, ends)
  if (bars === undefined) return countAlive(starts, ends, needed)
  requireInteger('the number of bars', bars, needed, MOST_BARS)
  return countAlive(starts, ends, bars)
}

/**
 * Average uniqueness of every label, the mean of 1/c_t over its bars, c_t the number of labels alive at bar t: 1 for a label that shares
 * time with no other.
 * @throws MathError `out-of-domain` for bars that are not whole, negative, or end before they start; `shape`
 */
export function averageUniqueness(starts: Vector, ends: Vector): Float64Array {
  const counts = countAlive(starts, ends, requireLabels(starts, ends))
  const before = new Float64Array(counts.length + 1)
  for (let t = 0; t < counts.length; t++) before[t + 1] = before[t] + (counts[t] > 0 ? 1 / counts[t] : 0)
  return Float64Array.from(starts, (start, i) => (before[ends[i] + 1] - before[start]) / (ends[i] - start + 1))
}

/**
 * Weights by attributed return, w_i proportional to |sum over its bars of r_t/c_t| and n in total: a label counts for the return that is
 * its own.
 * @param returns log returns of the bars, at least up to the last end
 * @throws MathError `too-short` when the returns end before the labels, `no-denominator` when all weights are zero, `out-of-domain`
 */
export function returnAttributionWeights(starts: Vector, ends: Vector, returns: Vector): Float64Array {
  const needed = requireLabels(starts, ends)
  requireVector('the returns', returns, needed)
  const counts = countAlive(starts, ends, needed)
  const weights = Float64Array.from(starts, (start, i) => {
    let total = 0
    for (let t = start; t <= ends[i]; t++) total += returns[t] / counts[t]
    return Math.abs(total)
  })
  const total = finiteOr('overflow', sum(weights), 'the sum of the weights')
  refuseUnless(total > 0, 'no-denominator', 'no label has a return')
  const scale = finiteOr('overflow', starts.length / total, 'the scale of the weights')
  return weights.map((weight) => weight * scale)
}

/**
 * Weights that fade with age: linear in the cumulated uniqueness, 1 for the newest label and `oldest` for one before the first; a negative
 * `oldest` gives the oldest labels no weight at all.
 * @param uniqueness of the labels in order of time, for instance `averageUniqueness`
 * @param oldest above -1, at most 1 (no decay)
 * @throws MathError `out-of-domain`, `no-denominator` when the uniqueness sums to zero
 */
export function timeDecayWeights(uniqueness: Vector, oldest: number): Float64Array {
  requireVector('the uniqueness', uniqueness)
  requireNumber('the weight of the oldest', oldest, -1, 1)
  refuseUnless(oldest > -1, 'out-of-domain', 'a weight of -1 for the oldest leaves nothing')
  let largest = 0
  for (let i = 0; i < uniqueness.length; i++) {
    requireNumber(`uniqueness ${i}`, uniqueness[i], 0)
    largest = Math.max(largest, uniqueness[i])
  }
  refuseUnless(largest > 0, 'no-denominator', 'no label has any uniqueness')
  const cumulated = Float64Array.from(uniqueness, (each) => each / largest)
  for (let i = 1; i < cumulated.length; i++) cumulated[i] += cumulated[i - 1]
  const all = cumulated[cumulated.length - 1]
  const slope = oldest >= 0 ? (1 - oldest) / all : 1 / ((oldest + 1) * all)
  return cumulated.map((each) => Math.max(0, 1 + slope * (each - all)))
}

/** Draws times samples of the sequential bootstrap. */
const MOST_STEPS = 200_000_000

/**
 * Sequential bootstrap: indices drawn one after another, each sample with probability proportional to its average uniqueness among those
 * drawn so far, u_i = mean over its bars of 1/(1 + how many drawn labels are alive there).
 * @param draws as many as there are samples by default
 * @throws MathError `out-of-domain` for bars that are not whole, negative, or end before they start, or for more work than can be done
 */
export function sequentialBootstrap(starts: Vector, ends: Vector, prng: Prng, draws?: number): Uint32Array {
  const bars = requireLabels(starts, ends)
  const n = starts.length
  const count = draws ?? n
  requireInteger('the number of draws', count, 1)
  let span = 0
  for (let i = 0; i < n; i++) span += ends[i] - starts[i] + 1
  refuseUnless(
    count * span <= MOST_STEPS,
    'out-of-domain',
    () => `${count} draws from ${n} labels of ${span} bars in all take too long; draw from fewer or shorter labels`,
  )
  const alive = new Uint32Array(bars)
  const drawn = new Uint32Array(count)
  const weights = new Float64Array(n)
  for (let draw = 0; draw < count; draw++) {
    let total = 0
    for (let i = 0; i < n; i++) {
      let unique = 0
      for (let t = starts[i]; t <= ends[i]; t++) unique += 1 / (1 + alive[t])
      weights[i] = unique / (ends[i] - starts[i] + 1)
      total += weights[i]
    }
    let left = prng.float() * total
    let chosen = 0
    while (chosen < n - 1 && left >= weights[chosen]) {
      left -= weights[chosen]
      chosen += 1
    }
    drawn[draw] = chosen
    for (let t = starts[chosen]; t <= ends[chosen]; t++) alive[t] += 1
  }
  return drawn
}
