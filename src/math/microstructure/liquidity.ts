/**
 * How far the price moves for a trade: Kyle's lambda, Hasbrouck's, Amihud's illiquidity, and Roll's spread from the bounce of prices.
 *
 * Pure. Sources: A. S. Kyle, Econometrica 53 (1985); J. Hasbrouck, Journal of Finance 64 (2009); Y. Amihud, Journal of Financial Markets
 * 5 (2002); R. Roll, Journal of Finance 39 (1984).
 */
import { MathError } from '../error.ts'
import {
  finiteOr,
  refuseUnless,
  requireInteger,
  requireNumber,
  requirePositive,
  requireSameLength,
  requireVector,
  type Vector,
} from '../guard.ts'
import { fitLine, type Line } from '../numerics/line.ts'
import { covariance } from '../numerics/statistics.ts'
import { sum } from '../sum.ts'

/**
 * 2 takerBuyVolume - volume: buys less sells of each bar.
 * @throws MathError `empty`, `not-finite`, `shape`, `overflow`
 */
export function signedVolume(takerBuyVolumes: Vector, volumes: Vector): Float64Array {
  requireVector('takerBuyVolumes', takerBuyVolumes)
  requireVector('volumes', volumes)
  requireSameLength('takerBuyVolumes', takerBuyVolumes, 'volumes', volumes)
  return Float64Array.from(volumes, (volume, i) => finiteOr('overflow', 2 * takerBuyVolumes[i] - volume, 'a signed volume'))
}

/**
 * The mean of signed volume over volume: the average imbalance of the bars, in [-1, 1].
 * @throws MathError as `signedVolume`; `no-denominator` when a bar has no volume
 */
export function meanImbalance(takerBuyVolumes: Vector, volumes: Vector): number {
  const signed = signedVolume(takerBuyVolumes, volumes)
  const ratios = signed.map((each, i) => {
    refuseUnless(volumes[i] > 0, 'no-denominator', () => `bar ${i} has no volume`)
    return finiteOr('overflow', each / volumes[i], 'an imbalance')
  })
  return sum(ratios) / ratios.length
}

/** Price impact of signed volume. */
export interface KyleLambda {
  /** Price per unit of signed volume. */
  readonly lambda: number
  readonly intercept: number
  readonly standardError: number
  /** Not defined when the prices follow the volume without a residual. */
  readonly t: number | undefined
  readonly rSquared: number
  /** sum dP v / sum v^2. */
  readonly lambdaWithoutIntercept: number
  readonly count: number
}

/**
 * Kyle's lambda: the slope of dP_i = a + lambda v_i by least squares, dP the change of the close and v the signed volume of the same bar.
 * @param closes n bars
 * @param signedVolumes n bars; the first has no change and is not used
 * @throws MathError `too-short` below four bars, `shape`, `no-variance` when the changes or the volumes are all the same, `not-finite`, `overflow`
 */
export function kyleLambda(closes: Vector, signedVolumes: Vector): KyleLambda {
  requireVector('closes', closes, 4)
  requireVector('signedVolumes', signedVolumes)
  requireSameLength('closes', closes, 'signedVolumes', signedVolumes)
  const n = closes.length - 1
  const changes = Float64Array.from({ length: n }, (_, i) => finiteOr('overflow', closes[i + 1] - closes[i], 'a change'))
  const volumes = Float64Array.from({ length: n }, (_, i) => signedVolumes[i + 1])
  return lambdaOf(changes, volumes)
}

function lambdaOf(changes: Vector, volumes: Vector): KyleLambda {
  const line = fitLine('the signed volume', volumes, 'the price change', changes)
  let [vv, vp] = [0, 0]
  for (let i = 0; i < volumes.length; i++) {
    vv += volumes[i] * volumes[i]
    vp += volumes[i] * changes[i]
  }
  return {
    lambda: line.slope,
    intercept: line.intercept,
    standardError: line.slopeError,
    t: line.t,
    rSquared: line.rSquared,
    lambdaWithoutIntercept: finiteOr('overflow', vp / vv, 'lambda'),
    count: line.count,
  }
}

/**
 * Hasbrouck's lambda: the slope of ln(P_i / P_(i-1)) = a + lambda sgn(v_i) sqrt(|v_i| P_i), v the signed volume.
 * @throws MathError as `kyleLambda`; `out-of-domain` when a close is not above zero
 */
export function hasbrouckLambda(closes: Vector, signedVolumes: Vector): Line {
  requireVector('signedVolumes', signedVolumes)
  requireSameLength('closes', closes, 'signedVolumes', signedVolumes)
  const returns = logReturns(closes, 4)
  const roots = returns.map((_, i) => {
    const v = signedVolumes[i + 1]
    return Math.sign(v) * finiteOr('overflow', Math.sqrt(Math.abs(v) * closes[i + 1]), 'the root of the money traded')
  })
  return fitLine('the signed root of the money', roots, 'the return', returns)
}

function logReturns(closes: Vector, atLeast: number): Float64Array {
  requireVector('closes', closes, atLeast)
  for (let i = 0; i < closes.length; i++) requirePositive(`closes[${i}]`, closes[i])
  return Float64Array.from({ length: closes.length - 1 }, (_, i) => Math.log(closes[i + 1]) - Math.log(closes[i]))
}

/**
 * Amihud's illiquidity: the mean of |ln(P_i / P_(i-1))| / (P_i volume_i), return per unit of money; bars without volume are left out.
 * @param scale 1 unless given; 1e6 says it per million
 * @throws MathError `too-short`, `shape`, `out-of-domain` for a close that is not above zero or a volume below zero, `no-denominator` when no bar has a volume
 */
export function amihud(closes: Vector, volumes: Vector, scale = 1): number {
  requireVector('volumes', volumes)
  requireSameLength('closes', closes, 'volumes', volumes)
  requirePositive('scale', scale)
  const returns = logReturns(closes, 2)
  const ratios: number[] = []
  for (let i = 0; i < returns.length; i++) {
    requireNumber(`volumes[${i + 1}]`, volumes[i + 1], 0)
    if (volumes[i + 1] === 0) continue
    const money = finiteOr('overflow', volumes[i + 1] * closes[i + 1], 'the money of a bar')
    ratios.push(finiteOr('overflow', Math.abs(returns[i]) / money, 'a ratio'))
  }
  refuseUnless(ratios.length > 0, 'no-denominator', 'no bar has a volume')
  return finiteOr('overflow', (sum(ratios) / ratios.length) * scale, 'the illiquidity')
}

/**
 * cov(dp_t, dp_(t-1)), divided by one less than the number of pairs: below zero where prices bounce between bid and ask.
 * @throws MathError `too-short` below four prices, `not-finite`, `overflow`
 */
export function changeAutocovariance(prices: Vector): number {
  requireVector('prices', prices, 4)
  const changes = Float64Array.from({ length: prices.length - 1 }, (_, i) =>
    finiteOr('overflow', prices[i + 1] - prices[i], 'a change of price'),
  )
  return finiteOr('overflow', covariance(changes.subarray(1), changes.subarray(0, -1)), 'the autocovariance')
}

/**
 * Roll's spread 2 sqrt(-cov(dp_t, dp_(t-1))), in units of the price.
 * @throws MathError as `changeAutocovariance`; `out-of-domain` when the covariance is not below zero: then there is no such spread
 */
export function rollSpread(prices: Vector): number {
  const autocovariance = changeAutocovariance(prices)
  if (!(autocovariance < 0))
    throw new MathError('out-of-domain', `the autocovariance is ${autocovariance}; the spread is defined below zero`)
  return 2 * Math.sqrt(-autocovariance)
}

export interface KyleState {
  readonly last: number | undefined
  /** Oldest first. */
  readonly changes: readonly number[]
  readonly volumes: readonly number[]
}

/**
 * Kyle's lambda over the last `window` bars, bar by bar; equal to `kyleLambda` of those bars.
 */
export class KyleStream {
  readonly #window: number
  #last: number | undefined
  #changes: number[] = []
  #volumes: number[] = []

  /** @param window price changes it looks at, at least three; @throws MathError `out-of-domain` */
  constructor(window: number) {
    requireInteger('window', window, 3, 10_000_000)
    this.#window = window
  }

  /** @throws MathError `not-finite`, `overflow` */
  update(close: number, volume: number): void {
    requireNumber('close', close)
    requireNumber('the signed volume', volume)
    if (this.#last !== undefined) {
      this.#changes.push(finiteOr('overflow', close - this.#last, 'a change'))
      this.#volumes.push(volume)
      if (this.#changes.length > this.#window) {
        this.#changes.shift()
        this.#volumes.shift()
      }
    }
    this.#last = close
  }

  /** Computed when it is asked for; `undefined` until the window is full, and while prices or volumes do not vary in it. */
  get value(): KyleLambda | undefined {
    if (this.#changes.length < this.#window) return undefined
    try {
      return lambdaOf(this.#changes, this.#volumes)
    } catch (error) {
      if (error instanceof MathError && error.reason === 'no-variance') return undefined
      throw error
    }
  }

  snapshot(): KyleState {
    return { last: this.#last, changes: [...this.#changes], volumes: [...this.#volumes] }
  }

  /** @throws MathError `shape`, `not-finite` */
  restore({ last, changes, volumes }: KyleState): void {
    requireVector('changes', changes, 0)
    requireVector('volumes', volumes, 0)
    requireSameLength('changes', changes, 'volumes', volumes)
    refuseUnless(changes.length <= this.#window, 'shape', () => `${changes.length} changes for a window of ${this.#window}`)
    if (last !== undefined) requireNumber('last', last)
    this.#last = last
    this.#changes = [...changes]
    this.#volumes = [...volumes]
  }
}
