/**
 * Where to look next: what a guess with an uncertainty promises. All for minimisation; turn the signs to maximise.
 *
 * Pure. Source: D. R. Jones, M. Schonlau, W. J. Welch, J. Global Optimization 13 (1998), 455-492; the logarithm after
 * S. Ament et al., NeurIPS 36 (2023).
 */
import { refuseUnless, requireNumber, requireSameLength, requireVector, type Vector } from '../guard.ts'
import { normalCdf, normalPdf } from '../numerics/special.ts'

/** A guess: posterior means and standard deviations, one a candidate. */
export interface Guess {
  readonly mean: Vector
  /** Zero where the value is known. */
  readonly deviation: Vector
}

function requireGuess({ mean, deviation }: Guess): void {
  requireVector('mean', mean)
  requireVector('deviation', deviation)
  requireSameLength('mean', mean, 'deviation', deviation)
  for (let i = 0; i < deviation.length; i++)
    refuseUnless(deviation[i] >= 0, 'out-of-domain', () => `deviation[${i}] is ${deviation[i]}; it is not below zero`)
}

/** Keeps squares and quotients in range; further out the answers are 0 and 1 anyway. */
const standardised = (gap: number, deviation: number): number => Math.max(-1e8, Math.min(1e8, gap / deviation))

/**
 * Expected improvement (best - xi - mu) Phi(z) + sigma phi(z), z = (best - xi - mu)/sigma; 0 where sigma is 0.
 * @param best the lowest value so far
 * @param xi how much better it has to be to count
 * @throws MathError `not-finite`, `shape`, `out-of-domain` for a negative deviation, `empty`
 */
export function expectedImprovement(guess: Guess, best: number, xi = 0): Float64Array {
  requireGuess(guess)
  requireNumber('best', best)
  requireNumber('xi', xi)
  return Float64Array.from(guess.mean, (mean, i) => {
    const sigma = guess.deviation[i]
    if (sigma === 0) return 0
    const gap = best - xi - mean
    const z = standardised(gap, sigma)
    // Below zero only by rounding.
    return Math.max(0, gap * normalCdf(z) + sigma * normalPdf(z))
  })
}

/**
 * The logarithm of the expected improvement, also where that underflows: ln sigma + ln(phi(z) + z Phi(z)), by its asymptotic series
 * for z < -6. Lowest double where sigma is 0, so that candidates can still be ordered.
 * @throws MathError `not-finite`, `shape`, `out-of-domain`, `empty`
 */
export function logExpectedImprovement(guess: Guess, best: number, xi = 0): Float64Array {
  requireGuess(guess)
  requireNumber('best', best)
  requireNumber('xi', xi)
  return Float64Array.from(guess.mean, (mean, i) => {
    const sigma = guess.deviation[i]
    if (sigma === 0) return -Number.MAX_VALUE
    const z = standardised(best - xi - mean, sigma)
    if (z >= -6) return Math.log(sigma) + Math.log(normalPdf(z) + z * normalCdf(z))
    const w = 1 / (z * z)
    // phi(z)/z^2 (1 - 3/z^2 + 15/z^4 - 105/z^6): Mills' ratio, two terms cancelled.
    const series = 1 - w * (3 - w * (15 - 105 * w))
    return Math.log(sigma) - 0.5 * z * z - 0.5 * Math.log(2 * Math.PI) + Math.log(w) + Math.log(series)
  })
}

/** Probability of improvement Phi((best - xi - mu)/sigma); 0 where sigma is 0. Throws MathError as `expectedImprovement`. */
export function probabilityOfImprovement(guess: Guess, best: number, xi = 0): Float64Array {
  requireGuess(guess)
  requireNumber('best', best)
  requireNumber('xi', xi)
  return Float64Array.from(guess.mean, (mean, i) =>
    guess.deviation[i] === 0 ? 0 : normalCdf(standardised(best - xi - mean, guess.deviation[i])),
  )
}

/** Lower confidence bound mu - kappa sigma: what a minimiser hopes for. Throws MathError as `expectedImprovement`. */
export function lowerConfidenceBound(guess: Guess, kappa = 1.96): Float64Array {
  requireGuess(guess)
  requireNumber('kappa', kappa, 0)
  return bounded(Float64Array.from(guess.mean, (mean, i) => mean - kappa * guess.deviation[i]))
}

/** Upper confidence bound mu + kappa sigma (GP-UCB): what a maximiser hopes for. Throws MathError as `expectedImprovement`. */
export function upperConfidenceBound(guess: Guess, kappa = 1.96): Float64Array {
  requireGuess(guess)
  requireNumber('kappa', kappa, 0)
  return bounded(Float64Array.from(guess.mean, (mean, i) => mean + kappa * guess.deviation[i]))
}

function bounded(values: Float64Array): Float64Array {
  refuseUnless(values.every(Number.isFinite), 'overflow', 'a confidence bound exceeds the range of a double')
  return values
}
