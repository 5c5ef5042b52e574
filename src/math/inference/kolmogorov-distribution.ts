/**
 * Distributions of the Kolmogorov-Smirnov statistics, one- and two-sided, for finite and for long samples.
 *
 * Pure: numbers in, numbers out. Source: see `kolmogorov-smirnov.ts`; which method where: R. Simard, P. L'Ecuyer (2011).
 */
import { logGamma } from '../numerics/special.ts'

/** Beyond this length Smirnov's sum is its limit to more digits than the sum keeps. */
const LONG = 100_000

/**
 * P(D+_n >= d), Smirnov's sum of positive terms: d sum_v C(n, v) (d + v/n)^(v-1) (1 - d - v/n)^(n-v); for long samples
 * exp(-(6 n d + 1)^2/(18 n)) (Maag and Dicaire 1971).
 */
export function smirnovTail(n: number, d: number): number {
  if (d <= 0) return 1
  if (d >= 1) return 0
  if (n > LONG) return Math.exp(-((6 * n * d + 1) ** 2) / (18 * n))
  const last = Math.floor(n * (1 - d))
  const whole = logGamma(n + 1)
  let total = 0
  for (let v = 0; v <= last; v++) {
    const rest = 1 - d - v / n
    if (rest <= 0) {
      if (v === n) total += Math.exp((v - 1) * Math.log(d + v / n))
      continue
    }
    total += Math.exp(whole - logGamma(v + 1) - logGamma(n - v + 1) + (v - 1) * Math.log(d + v / n) + (n - v) * Math.log(rest))
  }
  return Math.min(1, d * total)
}

/** P(D_n >= d), or for n = Infinity P(sqrt(n) D_n >= d) in the limit. */
export function kolmogorovTail(n: number, d: number): number {
  if (d <= 0) return 1
  if (n === Infinity) return limitTail(d)
  if (d >= 1) return 0
  const scaled = n * d
  if (scaled <= 0.5) return 1
  const squared = scaled * d
  // Both sides at once are as good as impossible there.
  if (d >= 0.5 || squared >= (n <= 140 ? 4 : 2.2)) return squared >= 370 ? 0 : Math.min(1, 2 * smirnovTail(n, d))
  if (n <= 140 || (n <= 100_000 && n * d ** 1.5 <= 1.4)) return 1 - durbin(n, d)
  return 1 - pelzGood(n, d)
}

/** 2 sum (-1)^(k-1) exp(-2 k^2 z^2), or by Jacobi's identity for small z. */
function limitTail(z: number): number {
  if (z < 0.04) return 1
  if (z < 1) {
    let total = 0
    for (let k = 1; k <= 20; k++) total += Math.exp(-((2 * k - 1) ** 2 * Math.PI ** 2) / (8 * z * z))
    return 1 - (Math.sqrt(2 * Math.PI) / z) * total
  }
  let total = 0
  for (let k = 1; k <= 20; k++) total += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * z * z)
  return Math.max(0, total)
}

/** P(D_n <= d) by the n-th power of Durbin's matrix (Marsaglia, Tsang and Wang 2003). */
function durbin(n: number, d: number): number {
  const k = Math.ceil(n * d)
  const h = k - n * d
  const m = 2 * k - 1
  const inverseFactorial = new Float64Array(m + 1)
  inverseFactorial[0] = 1
  for (let i = 1; i <= m; i++) inverseFactorial[i] = inverseFactorial[i - 1] / i
  let base = new Float64Array(m * m)
  for (let i = 0; i < m; i++)
    for (let j = 0; j < m; j++) {
      if (i - j + 1 < 0) continue
      let entry = 1
      if (j === 0) entry -= h ** (i + 1)
      if (i === m - 1) entry -= h ** (m - j)
      if (i === m - 1 && j === 0 && 2 * h - 1 > 0) entry += (2 * h - 1) ** m
      base[i * m + j] = entry * inverseFactorial[i - j + 1]
    }
  let power = new Float64Array(m * m)
  for (let i = 0; i < m; i++) power[i * m + i] = 1
  let [exponent, baseExponent] = [0, 0]
  const middle = (k - 1) * m + (k - 1)
  for (let left = n; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) {
      power = product(power, base, m)
      exponent += baseExponent
      if (power[middle] > 1e140) {
        for (let i = 0; i < power.length; i++) power[i] *= 1e-140
        exponent += 140
      }
    }
    base = product(base, base, m)
    baseExponent *= 2
    if (base[middle] > 1e140) {
      for (let i = 0; i < base.length; i++) base[i] *= 1e-140
      baseExponent += 140
    }
  }
  let probability = power[middle]
  for (let i = 1; i <= n; i++) {
    probability *= i / n
    if (probability < 1e-140) {
      probability *= 1e140
      exponent -= 140
    }
  }
  return Math.min(1, Math.max(0, probability * 10 ** exponent))
}

function product(a: Float64Array, b: Float64Array, m: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(m * m)
  for (let i = 0; i < m; i++)
    for (let k = 0; k < m; k++) {
      const factor = a[i * m + k]
      if (factor === 0) continue
      for (let j = 0; j < m; j++) out[i * m + j] += factor * b[k * m + j]
    }
  return out
}

/** P(D_n <= d) by the expansion K0 + K1/sqrt(n) + K2/n + K3/n^1.5 of Pelz and Good (1976), terms for small z. */
function pelzGood(n: number, d: number): number {
  const z = Math.sqrt(n) * d
  const pi2 = Math.PI ** 2
  const [z2, z4, z6] = [z ** 2, z ** 4, z ** 6]
  if (pi2 / (8 * z2) > 700) return 0
  let [k0, k1, k2, k3, extra2, extra3] = [0, 0, 0, 0, 0, 0]
  const terms = Math.ceil((16 * z) / Math.PI) + 2
  for (let k = 1; k <= terms; k++) {
    const odd = 2 * k - 1
    const m2 = odd * odd
    const weight = Math.exp((-pi2 * m2) / (8 * z2))
    k0 += weight
    k1 += weight * ((pi2 / 4) * m2 - z2)
    k2 += weight * (6 * z6 + 2 * z4 + ((2 * z4 - 5 * z2) * pi2 * m2) / 4 + (pi2 ** 2 * (1 - 2 * z2) * m2 ** 2) / 16)
    k3 +=
      weight *
      (-30 * z6 -
        90 * z ** 8 +
        (pi2 * (135 * z4 - 96 * z6) * m2) / 4 +
        (pi2 ** 2 * (212 * z4 - 60 * z2) * m2 ** 2) / 16 +
        (pi2 ** 3 * (5 - 30 * z2) * m2 ** 3) / 64)
    const even = k * k
    const evenWeight = Math.exp((-pi2 * even) / (2 * z2))
    extra2 += even * evenWeight
    extra3 += (3 * z2 - pi2 * even) * even * evenWeight
  }
  const root = Math.sqrt(2 * Math.PI)
  const first = (root / z) * k0
  const second = (root / (6 * z4)) * k1
  const third = (root / (72 * z ** 7)) * k2 - ((pi2 * root) / (36 * z ** 3)) * extra2
  const fourth = (root / (6480 * z ** 10)) * k3 + ((pi2 * root) / (216 * z6)) * extra3
  return Math.min(1, Math.max(0, first + second / Math.sqrt(n) + third / n + fourth / n ** 1.5))
}
