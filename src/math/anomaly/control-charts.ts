/**
 * Control charts: a change of the mean, seen value by value. Batch, and as filters that take one value at a time.
 *
 * Pure. Sources: E. S. Page, Biometrika 41 (1954) (CUSUM); S. W. Roberts, Technometrics 1 (1959) (EWMA).
 */
import { refuseUnless, requireNumber, requireShare, requireVector, type Vector } from '../guard.ts'

export interface CusumOptions {
  /** Slack: half of the shift to be found, in standard deviations. */
  readonly slack?: number
  /** Alarm above this sum, in standard deviations. */
  readonly threshold?: number
  /** Both sums begin again at zero after an alarm. */
  readonly reset?: boolean
}

/**
 * The tabular CUSUM of standardised values, one at a time: S+ = max(0, S+ + z - k), S- = max(0, S- - z - k), alarm above h.
 */
export class Cusum {
  up = 0
  down = 0
  readonly #slack: number
  readonly #threshold: number
  readonly #reset: boolean

  /** Throws MathError `not-finite` or `out-of-domain` for negative options. */
  constructor({ slack = 0.5, threshold = 5, reset = false }: CusumOptions = {}) {
    requireNumber('slack', slack, 0)
    requireNumber('threshold', threshold, 0)
    this.#slack = slack
    this.#threshold = threshold
    this.#reset = reset
  }

  /** Whether this value raises the alarm. Throws MathError `not-finite`, before anything changes. */
  update(z: number): boolean {
    requireNumber('z', z)
    this.up = Math.min(Number.MAX_VALUE, Math.max(0, this.up + z - this.#slack))
    this.down = Math.min(Number.MAX_VALUE, Math.max(0, this.down - z - this.#slack))
    const alarm = this.up > this.#threshold || this.down > this.#threshold
    if (alarm && this.#reset) {
      this.up = 0
      this.down = 0
    }
    return alarm
  }

  snapshot(): readonly number[] {
    return [this.up, this.down]
  }

  restore([up, down]: readonly number[]): void {
    this.up = up
    this.down = down
  }
}

export interface CusumChart {
  readonly up: Float64Array
  readonly down: Float64Array
  /** Indices of alarms, ascending. */
  readonly alarms: number[]
}

/**
 * Tabular CUSUM over a whole series of standardised values.
 * @throws MathError `empty`, `not-finite`, `out-of-domain`
 */
export function cusumChart(z: Vector, options: CusumOptions = {}): CusumChart {
  requireVector('z', z)
  const filter = new Cusum(options)
  const up = new Float64Array(z.length)
  const down = new Float64Array(z.length)
  const alarms: number[] = []
  for (let i = 0; i < z.length; i++) {
    if (filter.update(z[i])) alarms.push(i)
    up[i] = filter.up
    down[i] = filter.down
  }
  return { up, down, alarms }
}

export interface EwmaChart {
  readonly average: Float64Array
  /** Half-width of the band at each value; it widens towards L sqrt(lambda/(2 - lambda)). */
  readonly limit: Float64Array
  /** Indices outside of the band, ascending. */
  readonly alarms: number[]
}

/**
 * EWMA chart of standardised values: e_t = lambda z_t + (1 - lambda) e_(t-1) from 0, limits L sqrt(lambda/(2 - lambda)
 * (1 - (1 - lambda)^(2t))), exact also for the first values.
 *
 * @param lambda weight of the newest value, above 0, at most 1
 * @param width L, in standard deviations
 * @throws MathError `empty`, `not-finite`, `out-of-domain`
 */
export function ewmaChart(z: Vector, lambda = 0.2, width = 3): EwmaChart {
  requireVector('z', z)
  requireShare('lambda', lambda)
  refuseUnless(lambda > 0, 'out-of-domain', 'lambda is 0; it is above zero')
  requireNumber('width', width, 0)
  const average = new Float64Array(z.length)
  const limit = new Float64Array(z.length)
  const alarms: number[] = []
  let value = 0
  for (let i = 0; i < z.length; i++) {
    value = lambda * z[i] + (1 - lambda) * value
    average[i] = value
    limit[i] = width * Math.sqrt((lambda / (2 - lambda)) * -Math.expm1(2 * (i + 1) * Math.log1p(-lambda)))
    if (Math.abs(value) > limit[i]) alarms.push(i)
  }
  return { average, limit, alarms }
}
