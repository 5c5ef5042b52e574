/**
 * The engine of `quadratic-program.ts`: the dual active-set method for a strictly convex program whose rows have unit length.
 * It starts at the unconstrained minimum and adds one violated constraint after another, dropping those that would push instead
 * of hold; bounds of single variables are constraints whose normals are never written out.
 *
 * Pure: typed arrays in, typed arrays out. Source: D. Goldfarb, A. Idnani, Mathematical Programming 27 (1983).
 */
import { MathError } from '../error.ts'

/** min 1/2 x'Hx - linear'x, rows x >= right (the first `equalities` of them with equality), lower <= x <= upper. */
export interface ScaledProgram {
  readonly variables: number
  /** Rows of unit length, one after another. */
  readonly rows: Float64Array
  readonly right: Float64Array
  readonly equalities: number
  /** Minus infinity where there is none. */
  readonly lower: Float64Array
  /** Infinity where there is none. */
  readonly upper: Float64Array
}

/** The active set and its factors: J'HJ = I, the first columns of J span the active normals: J'N = [R; 0]. */
export interface ActiveSet {
  readonly x: Float64Array
  /** Constraints held, in the order they were added: rows first, then lower bounds, then upper bounds. */
  readonly active: Int32Array
  /** One for each that is held, of `sign` times the constraint. */
  readonly multipliers: Float64Array
  /** One a row: -1 for an equality that was approached from above, so that its other side was added. */
  readonly signs: Float64Array
  count: number
  /** By columns. */
  readonly j: Float64Array
  /** Upper triangle, by columns. */
  readonly r: Float64Array
  iterations: number
}

/** Relative size below which a normal counts as a combination of those that are held. */
const DEPENDENT = 1e-10
/** Relative violation below which a constraint counts as kept. */
const KEPT = 1e-13
/** Relative gap below which constraints that depend on one another count as consistent. */
const CONSISTENT = 1e-10

/**
 * `inverse` is J of the unconstrained problem by columns: the inverse of the transposed Cholesky factor of H.
 * Answers `undefined` when no point keeps all constraints.
 */
export function dualActiveSet(program: ScaledProgram, inverse: Float64Array, linear: Float64Array): ActiveSet | undefined {
  const { variables: n, rows, right, equalities, lower, upper } = program
  const m = right.length
  const j = Float64Array.from(inverse)
  const r = new Float64Array(n * n)
  const x = new Float64Array(n)
  const active = new Int32Array(n)
  const multipliers = new Float64Array(n)
  const signs = new Float64Array(m).fill(1)
  const set: ActiveSet = { x, active, multipliers, signs, count: 0, j, r, iterations: 0 }
  const held = new Uint8Array(m + 2 * n)
  /** Depends on what is held and agrees with it: nothing to do until the set changes. */
  const implied = new Uint8Array(m + 2 * n)
  const d = new Float64Array(n)
  const z = new Float64Array(n)
  const back = new Float64Array(n)
  /** J' linear. */
  const pull = new Float64Array(n)
  for (let c = 0; c < n; c++) {
    let total = 0
    for (let i = 0, at = c * n; i < n; i++, at++) total += j[at] * linear[i]
    pull[c] = total
  }
  const y = new Float64Array(n)
  const limit = 1000 + 50 * (n + m)

  const boundOf = (p: number): number => (p < m ? signs[p] * right[p] : p < m + n ? lower[p - m] : -upper[p - m - n])

  const slackOf = (p: number): number => {
    if (p >= m + n) return upper[p - m - n] - x[p - m - n]
    if (p >= m) return x[p - m] - lower[p - m]
    let total = -right[p]
    for (let i = 0, at = p * n; i < n; i++, at++) total += rows[at] * x[i]
    return signs[p] * total
  }

  /** The point and the multipliers of the active set from the factors alone, so that no error is carried along. */
  const refresh = (): void => {
    const q = set.count
    for (let k = 0; k < q; k++) {
      let rest = boundOf(active[k])
      for (let i = 0; i < k; i++) rest -= r[k * n + i] * y[i]
      y[k] = rest / r[k * n + k]
    }
    for (let k = q; k < n; k++) y[k] = pull[k]
    x.fill(0)
    for (let c = 0; c < n; c++) {
      const by = y[c]
      for (let i = 0, at = c * n; i < n; i++, at++) x[i] += j[at] * by
    }
    for (let k = q - 1; k >= 0; k--) {
      let rest = y[k] - pull[k]
      for (let c = k + 1; c < q; c++) rest -= r[c * n + k] * multipliers[c]
      multipliers[k] = rest / r[k * n + k]
    }
    for (let k = 0; k < q; k++) if (active[k] >= equalities && multipliers[k] < 0) multipliers[k] = 0
  }

  /** d = J' normal, r = R^-1 of its first part; answers the squared length of its second part, or 0 when that is rounding. */
  const project = (p: number): number => {
    const q = set.count
    if (p < m)
      for (let c = 0; c < n; c++) {
        let total = 0
        for (let i = 0, at = c * n, row = p * n; i < n; i++, at++, row++) total += j[at] * rows[row]
        d[c] = signs[p] * total
      }
    else {
      const sign = p < m + n ? 1 : -1
      for (let c = 0, at = p < m + n ? p - m : p - m - n; c < n; c++, at += n) d[c] = sign * j[at]
    }
    let head = 0
    for (let k = 0; k < q; k++) head += d[k] * d[k]
    let rest = 0
    for (let k = q; k < n; k++) rest += d[k] * d[k]
    for (let k = q - 1; k >= 0; k--) {
      let value = d[k]
      for (let c = k + 1; c < q; c++) value -= r[c * n + k] * back[c]
      back[k] = value / r[k * n + k]
    }
    return rest > DEPENDENT * DEPENDENT * (head + rest) ? rest : 0
  }

  /** Takes the constraint of `d` into the set: a reflection of the free columns of J. */
  const add = (p: number, multiplier: number, squared: number): void => {
    const q = set.count
    const length = Math.sqrt(squared)
    const corner = d[q] > 0 ? -length : length
    const first = d[q] - corner
    const norm = squared - d[q] * d[q] + first * first
    if (norm > 0) {
      d[q] = first
      z.fill(0)
      let dot = 0
      for (let c = q; c < n; c++) {
        const by = d[c]
        dot += by * pull[c]
        for (let i = 0, at = c * n; i < n; i++, at++) z[i] += j[at] * by
      }
      const factor = 2 / norm
      for (let c = q; c < n; c++) {
        const by = factor * d[c]
        pull[c] -= by * dot
        for (let i = 0, at = c * n; i < n; i++, at++) j[at] -= by * z[i]
      }
    }
    for (let k = 0; k < q; k++) r[q * n + k] = d[k]
    r[q * n + q] = corner
    active[q] = p
    multipliers[q] = multiplier
    held[p] = 1
    set.count = q + 1
    implied.fill(0)
  }

  /** Lets the constraint at this place of the set go: rotations bring R back to a triangle. */
  const drop = (place: number): void => {
    const q = set.count
    held[active[place]] = 0
    for (let k = place; k < q - 1; k++) {
      active[k] = active[k + 1]
      multipliers[k] = multipliers[k + 1]
      for (let i = 0; i <= k + 1; i++) r[k * n + i] = r[(k + 1) * n + i]
    }
    set.count = q - 1
    for (let k = place; k < q - 1; k++) {
      const [a, b] = [r[k * n + k], r[k * n + k + 1]]
      const length = Math.sqrt(a * a + b * b)
      const [cosine, sine] = length === 0 ? [1, 0] : [a / length, b / length]
      r[k * n + k] = length
      r[k * n + k + 1] = 0
      for (let c = k + 1; c < q - 1; c++) {
        const [up, down] = [r[c * n + k], r[c * n + k + 1]]
        r[c * n + k] = cosine * up + sine * down
        r[c * n + k + 1] = cosine * down - sine * up
      }
      for (let i = 0, at = k * n, next = (k + 1) * n; i < n; i++, at++, next++) {
        const [left, beside] = [j[at], j[next]]
        j[at] = cosine * left + sine * beside
        j[next] = cosine * beside - sine * left
      }
      const [left, beside] = [pull[k], pull[k + 1]]
      pull[k] = cosine * left + sine * beside
      pull[k + 1] = cosine * beside - sine * left
    }
    implied.fill(0)
  }

  /** By how much a constraint that depends on those held contradicts them; 0 within rounding. */
  const contradiction = (p: number): number => {
    let gap = boundOf(p)
    let scale = Math.abs(gap)
    for (let k = 0; k < set.count; k++) {
      const bound = boundOf(active[k])
      gap -= back[k] * bound
      // Coefficients that should be zero are rounding noise, and so is what they are multiplied with.
      scale += (Math.abs(back[k]) + 0.01) * Math.abs(bound)
    }
    return Math.abs(gap) <= CONSISTENT * scale ? 0 : gap
  }

  refresh()
  for (;;) {
    // The constraint that is violated most.
    let size = 0
    for (let i = 0; i < n; i++) size = Math.max(size, Math.abs(x[i]))
    if (!Number.isFinite(size)) throw new MathError('overflow', 'the solution exceeds the range of a double')
    let worst = -1
    let depth = 0
    for (let p = 0; p < m; p++) {
      if (held[p] !== 0 || implied[p] !== 0) continue
      let slack = slackOf(p)
      if (p < equalities && slack > 0) {
        signs[p] = -signs[p]
        slack = -slack
      }
      if (slack < depth && slack < -KEPT * (Math.abs(right[p]) + size)) {
        depth = slack
        worst = p
      }
    }
    for (let i = 0; i < n; i++) {
      const below = x[i] - lower[i]
      if (below < depth && held[m + i] === 0 && implied[m + i] === 0 && below < -KEPT * (Math.abs(lower[i]) + size)) {
        depth = below
        worst = m + i
      }
      const above = upper[i] - x[i]
      if (above < depth && held[m + n + i] === 0 && implied[m + n + i] === 0 && above < -KEPT * (Math.abs(upper[i]) + size)) {
        depth = above
        worst = m + n + i
      }
    }
    if (worst < 0) return set

    let pressure = 0
    for (let settled = false; !settled;) {
      set.iterations += 1
      if (set.iterations > limit) throw new MathError('no-convergence', `no solution within ${limit} steps`)
      const squared = project(worst)
      const q = set.count
      let largest = 1
      for (let k = 0; k < q; k++) largest = Math.max(largest, Math.abs(back[k]))
      // How far the multipliers of what is held stay above zero.
      let dualStep = Infinity
      let place = -1
      for (let k = 0; k < q; k++) {
        if (active[k] < equalities || back[k] <= 1e-12 * largest) continue
        const step = multipliers[k] / back[k]
        if (step < dualStep) {
          dualStep = step
          place = k
        }
      }
      if (squared === 0) {
        const gap = contradiction(worst)
        if (gap <= 0) {
          implied[worst] = 1
          // What has been pressed on is settled again by the others.
          refresh()
          settled = true
          continue
        }
        if (place < 0) return undefined
      }
      const full = squared === 0 ? Infinity : Math.max(0, -slackOf(worst) / squared)
      const step = Math.min(dualStep, full)
      if (!Number.isFinite(step)) throw new MathError('overflow', 'a step exceeds the range of a double')
      if (squared > 0) {
        z.fill(0)
        for (let c = q; c < n; c++) {
          const by = step * d[c]
          for (let i = 0, at = c * n; i < n; i++, at++) z[i] += j[at] * by
        }
        for (let i = 0; i < n; i++) x[i] += z[i]
      }
      for (let k = 0; k < q; k++) {
        multipliers[k] -= step * back[k]
        if (active[k] >= equalities && multipliers[k] < 0) multipliers[k] = 0
      }
      pressure += step
      if (full <= dualStep) {
        add(worst, pressure, squared)
        refresh()
        settled = true
      } else drop(place)
    }
  }
}

/** The correction of a point and its multipliers that removes a stationarity residual and the slacks of what is held. */
export function correction(
  set: ActiveSet,
  stationarity: Float64Array,
  missing: Float64Array,
): { readonly x: Float64Array; readonly multipliers: Float64Array } {
  const n = set.x.length
  const { count: q, j, r } = set
  const y = new Float64Array(n)
  const pull = new Float64Array(n)
  for (let c = 0; c < n; c++) {
    let total = 0
    for (let i = 0, at = c * n; i < n; i++, at++) total += j[at] * stationarity[i]
    pull[c] = total
  }
  for (let k = 0; k < q; k++) {
    let rest = missing[k]
    for (let i = 0; i < k; i++) rest -= r[k * n + i] * y[i]
    y[k] = rest / r[k * n + k]
  }
  for (let k = q; k < n; k++) y[k] = pull[k]
  const x = new Float64Array(n)
  for (let c = 0; c < n; c++) for (let i = 0, at = c * n; i < n; i++, at++) x[i] += j[at] * y[c]
  const multipliers = new Float64Array(q)
  for (let k = q - 1; k >= 0; k--) {
    let rest = y[k] - pull[k]
    for (let c = k + 1; c < q; c++) rest -= r[c * n + k] * multipliers[c]
    multipliers[k] = rest / r[k * n + k]
  }
  return { x, multipliers }
}
