/**
 * Autoregressive moving averages: their polynomials, stationarity, autocovariances, and the Kalman filter that gives their exact
 * likelihood. phi are the autoregressive coefficients (y_t = phi_1 y_{t-1} + ... + e_t), theta those of the moving average
 * (+ theta_1 e_{t-1} + ...), neither with its leading one.
 *
 * Pure. Source: A. C. Harvey, Forecasting, Structural Time Series Models and the Kalman Filter (1989), section 3.3; P. J. Brockwell,
 * R. A. Davis, Time Series: Theory and Methods, 2nd ed. (1991), chapter 3; G. Gardner, A. C. Harvey, G. D. A. Phillips, Applied
 * Statistics 29 (1980); O. Barndorff-Nielsen, G. Schou, Journal of Multivariate Analysis 3 (1973).
 */
import { refuseUnless, requireInteger, requireVector, type Vector } from '../guard.ts'
import { solve } from '../numerics/index.ts'

const LONGEST = 1000

function requireCoefficients(name: string, values: Vector): void {
  requireVector(name, values, 0)
  refuseUnless(values.length <= LONGEST, 'out-of-domain', () => `${name} has ${values.length} coefficients`)
  for (let i = 0; i < values.length; i++)
    refuseUnless(Math.abs(values[i]) <= 1e6, 'out-of-domain', () => `${name}[${i}] is ${values[i]}`)
}

/**
 * Autoregressive coefficients with given partial autocorrelations, by the Durbin-Levinson recursion; they are stationary.
 * @throws MathError `not-finite`, `out-of-domain` when one is not between -1 and 1
 */
export function arOfPartials(partials: Vector): Float64Array {
  requireCoefficients('partials', partials)
  for (let i = 0; i < partials.length; i++)
    refuseUnless(Math.abs(partials[i]) <= 1, 'out-of-domain', () => `partials[${i}] is ${partials[i]}`)
  return stationary(partials)
}

/** `arOfPartials` without questions. */
export function stationary(partials: Vector): Float64Array {
  const p = partials.length
  const phi = new Float64Array(p)
  const before = new Float64Array(p)
  for (let k = 0; k < p; k++) {
    const r = partials[k]
    before.set(phi)
    for (let j = 0; j < k; j++) phi[j] = before[j] - r * before[k - 1 - j]
    phi[k] = r
  }
  return phi
}

/**
 * Partial autocorrelations of autoregressive coefficients, the inverse of `arOfPartials`.
 * @throws MathError `not-finite`, `out-of-domain` when the coefficients are not stationary
 */
export function partialsOfAr(phi: Vector): Float64Array {
  requireCoefficients('phi', phi)
  const partials = tryPartials(phi)
  refuseUnless(partials !== undefined, 'out-of-domain', 'the coefficients are not stationary')
  return partials
}

/** `partialsOfAr`, or `undefined` where the coefficients are not stationary. */
export function tryPartials(phi: Vector): Float64Array | undefined {
  const p = phi.length
  const now = Float64Array.from(phi)
  const out = new Float64Array(p)
  for (let k = p - 1; k >= 0; k--) {
    const r = now[k]
    if (!(Math.abs(r) < 1)) return undefined
    out[k] = r
    const before = now.slice(0, k)
    for (let j = 0; j < k; j++) now[j] = (before[j] + r * before[k - 1 - j]) / (1 - r * r)
  }
  return out
}

/**
 * Whether all roots of 1 - phi_1 B - ... - phi_p B^p lie outside of the unit circle.
 *
 * A moving average theta is invertible when -theta passes. No coefficients: true.
 * @throws MathError `not-finite`, `out-of-domain`
 */
export function isStationary(phi: Vector): boolean {
  requireCoefficients('phi', phi)
  return tryPartials(phi) !== undefined
}

/**
 * psi_0 = 1 to psi_{count-1}: the weights of past shocks, psi_j = theta_j + sum_i phi_i psi_{j-i}.
 * @throws MathError `not-finite`, `out-of-domain`, `overflow`
 */
export function psiWeights(phi: Vector, theta: Vector, count: number): Float64Array {
  requireCoefficients('phi', phi)
  requireCoefficients('theta', theta)
  requireInteger('count', count, 1, 1e6)
  const psi = weights(phi, theta, count)
  refuseUnless(psi.every(Number.isFinite), 'overflow', 'the weights leave the range of a double')
  return psi
}

/** `psiWeights` without questions. */
export function weights(phi: Vector, theta: Vector, count: number): Float64Array {
  const psi = new Float64Array(count)
  for (let j = 0; j < count; j++) {
    let value = j === 0 ? 1 : j <= theta.length ? theta[j - 1] : 0
    for (let i = 1; i <= Math.min(j, phi.length); i++) value += phi[i - 1] * psi[j - i]
    psi[j] = value
  }
  return psi
}

/**
 * Autocovariances gamma_0 to gamma_lags of a stationary ARMA process with shocks of variance one.
 * @throws MathError `not-finite`, `out-of-domain` (not stationary), `singular` (at the edge of stationarity), `overflow`
 */
export function armaAutocovariances(phi: Vector, theta: Vector, lags: number): Float64Array {
  requireCoefficients('phi', phi)
  requireCoefficients('theta', theta)
  requireInteger('lags', lags, 0, 100_000)
  refuseUnless(tryPartials(phi) !== undefined, 'out-of-domain', 'the coefficients are not stationary')
  const out = autocovariances(phi, theta, lags)
  refuseUnless(out.every(Number.isFinite), 'overflow', 'the autocovariances leave the range of a double')
  return out
}

/** `armaAutocovariances` without questions. */
export function autocovariances(phi: Vector, theta: Vector, lags: number): Float64Array {
  const [p, q] = [phi.length, theta.length]
  const psi = weights(phi, theta, q + 1)
  // What the moving average adds at lag k: sum over j >= k of theta_j psi_{j-k}.
  const added = (k: number): number => {
    let total = 0
    for (let j = k; j <= q; j++) total += (j === 0 ? 1 : theta[j - 1]) * psi[j - k]
    return total
  }
  const rows = Array.from({ length: p + 1 }, (_, k) => {
    const row = new Float64Array(p + 1)
    row[k] += 1
    for (let i = 1; i <= p; i++) row[Math.abs(k - i)] -= phi[i - 1]
    return row
  })
  const first = solve(
    rows,
    Float64Array.from(rows, (_, k) => added(k)),
  )
  const out = new Float64Array(lags + 1)
  for (let k = 0; k <= lags; k++) {
    if (k <= p) {
      out[k] = first[k]
      continue
    }
    let value = added(k)
    for (let i = 1; i <= p; i++) value += phi[i - 1] * out[k - i]
    out[k] = value
  }
  return out
}

/**
 * The Kalman filter of an ARMA process with mean zero and shocks of variance one, in Harvey's form: state i holds what is known now
 * of the value i steps on. Because observations are exact, the covariance of the state needs no product with the transition: it is
 * the rank-one update, moved up by one place, plus theta theta'.
 *
 * Several columns (a series and its regressors) may go through the same gains.
 */
export class ArmaFilter {
  readonly size: number
  readonly #phi: Float64Array
  readonly #theta: Float64Array
  /** Covariance of the predicted state, by rows, its lower triangle. */
  readonly #covariance: Float64Array
  readonly #first: Float64Array
  readonly #states: readonly Float64Array[]
  #variance = 1
  #steady = false

  /** @throws MathError `singular` at the edge of stationarity */
  constructor(phi: Vector, theta: Vector, columns = 1) {
    const size = Math.max(phi.length, theta.length + 1)
    this.size = size
    this.#phi = new Float64Array(size)
    this.#theta = new Float64Array(size)
    for (let i = 0; i < phi.length; i++) this.#phi[i] = phi[i]
    this.#theta[0] = 1
    for (let i = 0; i < theta.length; i++) this.#theta[i + 1] = theta[i]
    this.#covariance = stationaryCovariance(this.#phi, this.#theta, phi, theta)
    this.#first = new Float64Array(size)
    this.#states = Array.from({ length: columns }, () => new Float64Array(size + 1))
    this.#rest()
  }

  /** Variance of the next value, given all before, in units of the variance of the shocks. */
  get variance(): number {
    return this.#variance
  }

  /** What is expected of the next value of a column. */
  predicted(column = 0): number {
    return this.#states[column][0]
  }

  /** Takes the next value of a column in; answers what was not expected of it. `move` follows once all columns had theirs. */
  observe(value: number, column = 0): number {
    const state = this.#states[column]
    const phi = this.#phi
    const first = this.#first
    const error = value - state[0]
    const scaled = error / this.#variance
    const last = this.size - 1
    for (let i = 0; i < last; i++) state[i] = phi[i] * value + state[i + 1] + first[i + 1] * scaled
    state[last] = phi[last] * value
    return error
  }

  /** What is expected of the next `horizon` values of a column. */
  expected(horizon: number, column = 0): Float64Array {
    const { size } = this
    const state = Float64Array.from(this.#states[column])
    return Float64Array.from({ length: horizon }, () => {
      const value = state[0]
      for (let i = 0; i < size; i++) state[i] = this.#phi[i] * value + state[i + 1]
      return value
    })
  }

  /** The covariance goes on by one step. */
  move(): void {
    if (this.#steady) return
    const { size } = this
    const theta = this.#theta
    const first = this.#first
    const p = this.#covariance
    const last = size - 1
    // In place: row i of the new covariance needs rows from i + 1 on of the old one. Only the lower triangle is kept.
    for (let i = 0; i < last; i++) {
      const own = theta[i]
      const gain = first[i + 1] / this.#variance
      const into = i * size
      const from = into + size + 1
      for (let j = 0; j <= i; j++) p[into + j] = own * theta[j] + p[from + j] - gain * first[j + 1]
    }
    for (let j = 0; j <= last; j++) p[last * size + j] = theta[last] * theta[j]
    this.#rest()
  }

  /** After `move`: the covariance of the predicted state that comes from shocks which happened but are not known exactly. */
  unknown(): Float64Array[] {
    const { size } = this
    return Array.from({ length: size }, (_, i) =>
      Float64Array.from(
        { length: size },
        (_each, j) => this.#covariance[Math.max(i, j) * size + Math.min(i, j)] - this.#theta[i] * this.#theta[j],
      ),
    )
  }

  #rest(): void {
    const { size } = this
    const theta = this.#theta
    const first = this.#first
    const p = this.#covariance
    let left = 0
    for (let i = 0; i < size; i++) {
      first[i] = p[i * size]
      left += p[i * size + i] - theta[i] * theta[i]
    }
    // All that is left of the uncertain beginning is rounding: from here on nothing changes.
    this.#steady = left < 1e-13
    if (this.#steady) first.set(theta)
    this.#variance = first[0]
  }
}

/** Covariance of the state before anything was seen: its first row from autocovariances, the others along the diagonals. */
function stationaryCovariance(phi: Float64Array, theta: Float64Array, ar: Vector, ma: Vector): Float64Array {
  const size = phi.length
  const gamma = autocovariances(ar, ma, size)
  const psi = weights(ar, ma, size)
  const out = new Float64Array(size * size)
  const first = new Float64Array(size + 1)
  for (let j = 0; j < size; j++) {
    let value = 0
    if (j === 0) value = gamma[0]
    else for (let k = 0; k + j < size; k++) value += phi[j + k] * gamma[k + 1] + theta[j + k] * psi[k]
    first[j] = value
  }
  for (let i = size - 1; i >= 0; i--)
    for (let j = size - 1; j >= 0; j--) {
      if (i === 0 || j === 0) {
        out[i * size + j] = first[i + j]
        continue
      }
      const along = i + 1 < size && j + 1 < size ? out[(i + 1) * size + j + 1] : 0
      out[i * size + j] = phi[i] * phi[j] * first[0] + phi[i] * first[j + 1] + phi[j] * first[i + 1] + along + theta[i] * theta[j]
    }
  return out
}

/** (1 - a_1 B - ...)(1 - b_1 B^period - ...) as coefficients of the same sign convention. */
export function productOfAr(ar: Vector, seasonal: Vector, period: number): Float64Array {
  const out = new Float64Array(ar.length + seasonal.length * period)
  for (let i = 0; i < ar.length; i++) out[i] += ar[i]
  for (let j = 0; j < seasonal.length; j++) {
    out[(j + 1) * period - 1] += seasonal[j]
    for (let i = 0; i < ar.length; i++) out[(j + 1) * period + i] -= seasonal[j] * ar[i]
  }
  return out
}

/** (1 + a_1 B + ...)(1 + b_1 B^period + ...). */
export function productOfMa(ma: Vector, seasonal: Vector, period: number): Float64Array {
  const out = new Float64Array(ma.length + seasonal.length * period)
  for (let i = 0; i < ma.length; i++) out[i] += ma[i]
  for (let j = 0; j < seasonal.length; j++) {
    out[(j + 1) * period - 1] += seasonal[j]
    for (let i = 0; i < ma.length; i++) out[(j + 1) * period + i] += seasonal[j] * ma[i]
  }
  return out
}
