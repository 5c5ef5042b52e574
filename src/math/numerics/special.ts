/**
 * Special functions and distributions, accurate in their tails too: a thin skin over the Cephes library, with the questions it
 * does not ask. Tails come from complements, never from `1 - cdf`.
 *
 * Pure: numbers in, numbers out. Source: S. L. Moshier, Methods and Programs for Mathematical Functions (1989); Cephes 2.9.
 */
import * as cephes from 'cephes'
import { MathError } from '../error.ts'
import { finiteOr, refuseUnless, requireInteger, requireNumber, requirePositive, requireShare } from '../guard.ts'

await cephes.compiled // ambient-ok: the library is WebAssembly, made ready once, before anything is computed

/** Whether a probability is that of the values below, or of those above. */
export type Tail = 'lower' | 'upper'

const SQRT_2PI = Math.sqrt(2 * Math.PI)

/** The library throws errors of its own. What is too small to be a double is zero; all else is one of ours. */
function trouble(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error)
  if (message.includes('underflow')) return 0
  const reason = message.includes('domain') ? 'out-of-domain' : message.includes('overflow') ? 'overflow' : 'no-convergence'
  throw new MathError(reason, message)
}

function one(f: (x: number) => number): (x: number) => number {
  return (x) => {
    try {
      return f(x)
    } catch (error) {
      return trouble(error)
    }
  }
}

function two(f: (a: number, x: number) => number): (a: number, x: number) => number {
  return (a, x) => {
    try {
      return f(a, x)
    } catch (error) {
      return trouble(error)
    }
  }
}

const [ndtri, lgam, psi] = [one(cephes.ndtri), one(cephes.lgam), one(cephes.psi)]
const [libraryIgam, libraryIgamc] = [two(cephes.igam), two(cephes.igamc)]
// Each takes the other's complement on its own here, because what is too small inside would end the call.
const igam = (a: number, x: number): number => (x > 1 && x > a ? 1 - libraryIgamc(a, x) : libraryIgam(a, x))
const igamc = (a: number, x: number): number => (x < 1 || x < a ? 1 - libraryIgam(a, x) : libraryIgamc(a, x))

/** Beyond these the library warns of what is a plain 0, 1 or 2. */
const errorFunction = (x: number): number => (x > 6 ? 1 : x < -6 ? -1 : cephes.erf(x))
const errorComplement = (x: number): number => (x > 26.6 ? 0 : x < -6 ? 2 : cephes.erfc(x))
/** The library's own loses its way below -26. */
const ndtr = (x: number): number => (x < -5 ? 0.5 * errorComplement(-x * Math.SQRT1_2) : x > 9 ? 1 : cephes.ndtr(x))

/** I_x(a, b), `other` = 1 - x given apart so that neither end loses digits. */
function incbet(a: number, b: number, x: number, other = 1 - x): number {
  if (x <= 0) return 0
  if (other <= 0) return 1
  if (Math.max(a, b) > 100) return largeBeta(a, b, x, other)
  if (x > a / (a + b)) return 1 - small(b, a, other)
  return small(a, b, x)
}

function small(a: number, b: number, x: number): number {
  try {
    return cephes.incbet(a, b, x)
  } catch (error) {
    return trouble(error)
  }
}

/** The continued fraction of the incomplete beta by Lentz's method, on the side of the mean where it converges fast. */
function largeBeta(a: number, b: number, x: number, other: number): number {
  if (x > (a + 1) / (a + b + 2)) return 1 - largeBeta(b, a, other, x)
  const logX = x < 0.5 ? Math.log(x) : Math.log1p(-other)
  const logOther = x < 0.5 ? Math.log1p(-x) : Math.log(other)
  const front = Math.exp(a * logX + b * logOther - lnBeta(a, b)) / a
  if (front === 0) return 0
  const tiny = 1e-300
  let c = 1
  let d = 1 - ((a + b) * x) / (a + 1)
  d = 1 / (Math.abs(d) < tiny ? tiny : d)
  let fraction = d
  for (let m = 1; m < 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 + even * d
    c = 1 + even / c
    d = 1 / (Math.abs(d) < tiny ? tiny : d)
    if (Math.abs(c) < tiny) c = tiny
    fraction *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 + odd * d
    c = 1 + odd / c
    d = 1 / (Math.abs(d) < tiny ? tiny : d)
    if (Math.abs(c) < tiny) c = tiny
    const change = d * c
    fraction *= change
    if (Math.abs(change - 1) < 1e-15) return Math.min(1, front * fraction)
  }
  throw new MathError('no-convergence', 'the continued fraction of the incomplete beta did not settle')
}

/** ln Gamma(x) less Stirling's formula, for x >= 10. */
function stirling(x: number): number {
  const w = 1 / (x * x)
  return (1 / 12 + w * (-1 / 360 + w * (1 / 1260 + w * (-1 / 1680 + w * (1 / 1188 - w * (691 / 360_360)))))) / x
}

/** ln B(a, b) without the cancellation of large logarithms. */
function lnBeta(first: number, second: number): number {
  const [a, b] = first <= second ? [first, second] : [second, first]
  if (b < 10) return lgam(a) + lgam(b) - lgam(a + b)
  // ln Gamma(b) - ln Gamma(a + b).
  const difference = -(a + b - 0.5) * Math.log1p(a / b) - a * Math.log(b) + a + stirling(b) - stirling(a + b)
  if (a < 10) return lgam(a) + difference
  return (
    stirling(a) +
    stirling(b) -
    stirling(a + b) -
    0.5 * Math.log(b) +
    0.5 * Math.log(2 * Math.PI) +
    (a - 0.5) * Math.log(a / (a + b)) -
    b * Math.log1p(a / b)
  )
}

/**
 * The standard normal density exp(-x^2/2)/sqrt(2 pi).
 * @throws MathError `not-finite`
 */
export function normalPdf(x: number): number {
  requireNumber('x', x)
  return Math.exp(-0.5 * x * x) / SQRT_2PI
}

/**
 * P(Z <= x) of a standard normal Z. Infinite x gives 0 or 1.
 * @throws MathError `not-finite`
 */
export function normalCdf(x: number): number {
  refuseUnless(!Number.isNaN(x), 'not-finite', 'x is NaN')
  return ndtr(x)
}

/**
 * P(Z > x) of a standard normal Z, without cancellation.
 * @throws MathError `not-finite`
 */
export function normalTail(x: number): number {
  return normalCdf(-x)
}

/**
 * The z with P(Z <= z) = p, for 0 < p < 1.
 * @throws MathError `not-finite`, `out-of-domain`
 */
export function normalQuantile(p: number): number {
  requireShare('p', p, true)
  return ndtri(p)
}

/**
 * ln P(Z <= x) of a standard normal Z, where the probability itself would be zero too.
 * @throws MathError `not-finite`, `overflow`
 */
export function normalLogCdf(x: number): number {
  requireNumber('x', x)
  if (x > 0) return Math.log1p(-ndtr(-x))
  if (x > -30) return Math.log(ndtr(x))
  // Asymptotic series of Mills' ratio: 1 - 1/x^2 + 3/x^4 - 15/x^6 + 105/x^8.
  const w = 1 / (x * x)
  const series = w * (-1 + w * (3 + w * (-15 + w * 105)))
  return finiteOr('overflow', -0.5 * x * x - Math.log(-x) - Math.log(SQRT_2PI) + Math.log1p(series), 'the logarithm')
}

/**
 * Error function 2/sqrt(pi) * integral from 0 to x of exp(-t^2).
 * @throws MathError `not-finite`
 */
export function erf(x: number): number {
  requireNumber('x', x)
  return errorFunction(x)
}

/**
 * Error function complement 2/sqrt(pi) * integral from x of exp(-t^2).
 * @throws MathError `not-finite`
 */
export function erfc(x: number): number {
  requireNumber('x', x)
  return errorComplement(x)
}

/**
 * The logarithm of the gamma function, for x > 0.
 * @throws MathError `not-finite`, `out-of-domain`, `overflow`
 */
export function logGamma(x: number): number {
  requirePositive('x', x)
  return finiteOr('overflow', lgam(x), 'the logarithm of the gamma function')
}

/**
 * The derivative of the logarithm of the gamma function, for x > 0.
 * @throws MathError `not-finite`, `out-of-domain`, `overflow`
 */
export function digamma(x: number): number {
  requirePositive('x', x)
  return finiteOr('overflow', psi(x), 'the digamma function')
}

/**
 * Regularised lower incomplete gamma P(a, x), for a > 0, x >= 0.
 * @throws MathError `not-finite`, `out-of-domain`
 */
export function gammaLower(a: number, x: number): number {
  requirePositive('a', a)
  requireNumber('x', x, 0)
  return igam(a, x)
}

/**
 * Regularised upper incomplete gamma Q(a, x) = 1 - P(a, x), without cancellation.
 * @throws MathError `not-finite`, `out-of-domain`
 */
export function gammaUpper(a: number, x: number): number {
  requirePositive('a', a)
  requireNumber('x', x, 0)
  return igamc(a, x)
}

/**
 * The x with P(a, x) = p, or with Q(a, x) = p for the upper tail: the quantile of the gamma distribution of shape a and scale 1.
 * @throws MathError `overflow` when it is below the smallest double (tiny shapes)
 */
export function gammaQuantile(p: number, a: number, tail: Tail = 'lower'): number {
  requireShare('p', p, true)
  requirePositive('a', a)
  // On the logarithm of x and of the smaller tail, where both are nearly straight.
  const lower = tail === 'lower' ? p <= 0.5 : p > 0.5
  const aim = Math.log(p <= 0.5 ? p : 1 - p)
  const constant = lgam(a)
  const y = findIncreasing(
    (at) => {
      const x = Math.exp(at)
      const share = lower ? igam(a, x) : igamc(a, x)
      const density = a * at - x - constant
      // Where the share is no double any more, its logarithm by the series, or by the first convergent, still shows the way.
      const log = share > 0 ? Math.log(share) : lower ? density + logSeries(a, x) : density - Math.log(Math.max(1, x - a + 1))
      const slope = Math.exp(density - log)
      return lower ? { value: log - aim, slope } : { value: aim - log, slope }
    },
    lower ? Math.min(Math.log(a), (aim + lgam(a + 1)) / a) : Math.log(a - aim),
  )
  const x = Math.exp(y)
  refuseUnless(x > 0 && Number.isFinite(x), 'overflow', 'the quantile is outside of the range of a double')
  return x
}

/** ln of the sum of x^k / (a (a + 1) ... (a + k)): P(a, x) without its front factor. */
function logSeries(a: number, x: number): number {
  let term = 1 / a
  let total = term
  for (let k = 1; k < 100_000 && term > 1e-17 * total; k++) {
    term *= x / (a + k)
    total += term
  }
  return Math.log(total)
}

/**
 * Regularised incomplete beta I_x(a, b), for a, b > 0, 0 <= x <= 1.
 * @throws MathError `not-finite`, `out-of-domain`
 */
export function betaIncomplete(a: number, b: number, x: number): number {
  requirePositive('a', a)
  requirePositive('b', b)
  requireShare('x', x)
  return incbet(a, b, x)
}

/**
 * ln B(a, b) = ln Gamma(a) + ln Gamma(b) - ln Gamma(a + b), for a, b > 0.
 * @throws MathError `not-finite`, `out-of-domain`, `overflow`
 */
export function logBeta(a: number, b: number): number {
  requirePositive('a', a)
  requirePositive('b', b)
  return finiteOr('overflow', lnBeta(a, b), 'the logarithm of the beta function')
}

/**
 * The x with I_x(a, b) = p: the quantile of the beta distribution.
 * @throws MathError `not-finite`, `out-of-domain`, `overflow`
 */
export function betaQuantile(p: number, a: number, b: number): number {
  requireShare('p', p, true)
  requirePositive('a', a)
  requirePositive('b', b)
  const odds = betaLogOdds(p, a, b)
  const x = 1 / (1 + Math.exp(-odds))
  refuseUnless(x > 0, 'overflow', 'the quantile is below the smallest double')
  return x
}

/** ln(x / (1 - x)) of the quantile of the beta distribution, exact at both ends. */
function betaLogOdds(p: number, a: number, b: number): number {
  const lower = p <= 0.5
  const aim = Math.log(lower ? p : 1 - p)
  const constant = lnBeta(a, b)
  const [front, other] = lower ? [a, b] : [b, a]
  const shape = (at: number): { readonly value: number; readonly slope: number } => {
    // In the variable whose lower tail is asked for: x, or 1 - x.
    const [x, rest] = [1 / (1 + Math.exp(-at)), 1 / (1 + Math.exp(at))]
    const share = incbet(front, other, x, rest)
    const logX = at < -700 ? at : -Math.log1p(Math.exp(-at))
    const logRest = at > 700 ? -at : -Math.log1p(Math.exp(at))
    // Where the share is no double any more, the first convergent of its fraction still shows the way.
    const convergent = Math.max(((front + other) * rest + 1 - other) / (front + 1), 1 / (front + 1))
    const log = share > 0 ? Math.log(share) : front * logX + other * logRest - constant - Math.log(front * convergent)
    return { value: log - aim, slope: Math.exp(front * logX + other * logRest - constant - log) }
  }
  const guess = Math.min(Math.log(a / b) * (lower ? 1 : -1), (aim + Math.log(front) + constant) / front)
  const odds = findIncreasing(shape, guess)
  return lower ? odds : -odds
}

/** A zero of an increasing function of a logarithm: Newton between bounds that close in, halving where it would leave them. */
function findIncreasing(f: (y: number) => { readonly value: number; readonly slope: number }, start: number): number {
  let [low, high] = [-1e5, 1e5]
  let y = Math.min(1e4, Math.max(-1e4, start))
  for (let i = 0; i < 200; i++) {
    const { value, slope } = f(y)
    if (value === 0) return y
    if (value < 0) low = y
    else high = y
    const step = value / slope
    const next = y - step
    if (Math.abs(step) <= 4e-16 * Math.max(1, Math.abs(y))) return next
    const before = y
    y =
      next > low && next < high && Number.isFinite(next)
        ? next
        : low > -1e5 && high < 1e5
          ? 0.5 * (low + high)
          : y + (value < 0 ? 1 : -1) * 2 ** Math.min(i, 16)
    if (y === before) return y
  }
  return y
}

/**
 * P(T > x) of Student's t with `freedom` > 0 degrees of freedom (need not be whole).
 * @throws MathError `not-finite`, `out-of-domain`, `overflow`
 */
export function studentTail(x: number, freedom: number): number {
  requireNumber('x', x)
  requirePositive('freedom', freedom)
  const ratio = (x / freedom) * x
  const half =
    ratio < 1e300
      ? 0.5 * incbet(freedom / 2, 0.5, 1 / (1 + ratio), ratio / (1 + ratio))
      : Math.exp(freedom * (0.5 * Math.log(freedom) - Math.log(Math.abs(x))) - Math.log(freedom) - lnBeta(freedom / 2, 0.5))
  refuseUnless(Number.isFinite(half), 'overflow', () => `the tail at ${x} with ${freedom} degrees of freedom is beyond reach`)
  return x >= 0 ? half : 1 - half
}

/**
 * P(T <= x) of Student's t.
 * @throws MathError `not-finite`
 */
export function studentCdf(x: number, freedom: number): number {
  return studentTail(-x, freedom)
}

/**
 * Density of Student's t (not scaled to unit variance).
 * @throws MathError `not-finite`, `out-of-domain`, `overflow`
 */
export function studentPdf(x: number, freedom: number): number {
  requireNumber('x', x)
  requirePositive('freedom', freedom)
  const scale = -lnBeta(freedom / 2, 0.5) - 0.5 * Math.log(freedom)
  const density = Math.exp(scale - ((freedom + 1) / 2) * Math.log1p((x / freedom) * x))
  return finiteOr('overflow', density, 'the density')
}

/**
 * The x with P(T <= x) = p, for 0 < p < 1.
 * @throws MathError `not-finite`, `out-of-domain`, `overflow`
 */
export function studentQuantile(p: number, freedom: number): number {
  requireShare('p', p, true)
  requirePositive('freedom', freedom)
  if (p === 0.5) return 0
  const tail = Math.min(p, 1 - p)
  // x^2 = freedom (1 - z) / z with z from the beta distribution.
  let x = Math.sqrt(freedom) * Math.exp(-0.5 * betaLogOdds(2 * tail, freedom / 2, 0.5))
  refuseUnless(Number.isFinite(x), 'overflow', 'the quantile exceeds the range of a double')
  // Newton on the logarithm of the tail takes it to the last digits.
  const rounds = tail < 0.4 ? 3 : 0
  for (let i = 0; i < rounds; i++) {
    const now = studentTail(x, freedom)
    const density = studentPdf(x, freedom)
    if (!(now > 0) || !(density > 0)) break
    x += (now * Math.log(now / tail)) / density
  }
  refuseUnless(Number.isFinite(x), 'overflow', 'the quantile exceeds the range of a double')
  return p < 0.5 ? -x : x
}

/**
 * P(X > x) of chi-squared with `freedom` > 0.
 * @throws MathError `not-finite`, `out-of-domain`
 */
export function chiSquaredTail(x: number, freedom: number): number {
  requireNumber('x', x, 0)
  return gammaUpper(freedom / 2, x / 2)
}

/**
 * P(X <= x) of chi-squared with `freedom` > 0.
 * @throws MathError `not-finite`, `out-of-domain`
 */
export function chiSquaredCdf(x: number, freedom: number): number {
  requireNumber('x', x, 0)
  return gammaLower(freedom / 2, x / 2)
}

/**
 * The x with P(X <= x) = p of chi-squared, for 0 < p < 1; for the upper tail the x with P(X > x) = p.
 * @throws MathError `not-finite`, `out-of-domain`, `overflow`
 */
export function chiSquaredQuantile(p: number, freedom: number, tail: Tail = 'lower'): number {
  requireShare('p', p, true)
  requirePositive('freedom', freedom)
  return finiteOr('overflow', 2 * gammaQuantile(p, freedom / 2, tail), 'the quantile')
}

/**
 * P(X > x) of the F distribution, degrees of freedom need not be whole.
 * @throws MathError `not-finite`, `out-of-domain`
 */
export function fTail(x: number, freedom1: number, freedom2: number): number {
  requireNumber('x', x, 0)
  requirePositive('freedom1', freedom1)
  requirePositive('freedom2', freedom2)
  const odds = Math.min((freedom1 / freedom2) * x, Number.MAX_VALUE)
  return incbet(freedom2 / 2, freedom1 / 2, 1 / (1 + odds), odds / (1 + odds))
}

/**
 * P(X <= x) of the F distribution.
 * @throws MathError `not-finite`, `out-of-domain`
 */
export function fCdf(x: number, freedom1: number, freedom2: number): number {
  requireNumber('x', x, 0)
  requirePositive('freedom1', freedom1)
  requirePositive('freedom2', freedom2)
  const odds = Math.min((freedom1 / freedom2) * x, Number.MAX_VALUE)
  return incbet(freedom1 / 2, freedom2 / 2, odds / (1 + odds), 1 / (1 + odds))
}

/**
 * The x with P(X <= x) = p of the F distribution, for 0 < p < 1.
 * @throws MathError `not-finite`, `out-of-domain`, `overflow`
 */
export function fQuantile(p: number, freedom1: number, freedom2: number): number {
  requireShare('p', p, true)
  requirePositive('freedom1', freedom1)
  requirePositive('freedom2', freedom2)
  const x = (freedom2 / freedom1) * Math.exp(betaLogOdds(p, freedom1 / 2, freedom2 / 2))
  refuseUnless(x > 0 && Number.isFinite(x), 'overflow', 'the quantile is outside of the range of a double')
  return x
}

/**
 * P(X <= k) of a binomial count: k or fewer successes among n trials of probability p.
 * @throws MathError `not-finite`, `out-of-domain`
 */
export function binomialCdf(k: number, n: number, p: number): number {
  requireInteger('k', k)
  requireInteger('n', n, 0)
  requireShare('p', p)
  return k < 0 ? 0 : k >= n ? 1 : betaIncomplete(n - k, k + 1, 1 - p)
}

/**
 * P(X > k) of a binomial count, without cancellation.
 * @throws MathError `not-finite`, `out-of-domain`
 */
export function binomialTail(k: number, n: number, p: number): number {
  requireInteger('k', k)
  requireInteger('n', n, 0)
  requireShare('p', p)
  return k < 0 ? 1 : k >= n ? 0 : betaIncomplete(k + 1, n - k, p)
}

/**
 * P(X <= k) of a Poisson count with this mean.
 * @throws MathError `not-finite`, `out-of-domain`
 */
export function poissonCdf(k: number, mean: number): number {
  requireInteger('k', k)
  requireNumber('mean', mean, 0)
  return k < 0 ? 0 : gammaUpper(k + 1, mean)
}

/**
 * P(X > k) of a Poisson count, without cancellation.
 * @throws MathError `not-finite`, `out-of-domain`
 */
export function poissonTail(k: number, mean: number): number {
  requireInteger('k', k)
  requireNumber('mean', mean, 0)
  return k < 0 ? 1 : gammaLower(k + 1, mean)
}
