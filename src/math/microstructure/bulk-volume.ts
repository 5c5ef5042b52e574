/**
 * Bulk volume classification: of each bar's volume the share of buyers, from how far the price went.
 *
 * Pure. Source: D. Easley, M. Lopez de Prado, M. O'Hara, Flow Toxicity and Liquidity in a High-Frequency World, Review of Financial
 * Studies 25 (2012); Student's t with a quarter of a degree of freedom by the same authors, Journal of Financial Economics 120 (2016).
 */
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
import { normalCdf, studentCdf } from '../numerics/special.ts'
import { positiveDeviation } from '../numerics/statistics.ts'

export interface BulkVolumeOptions {
  /** Degrees of freedom of Student's t; the normal distribution unless given. */
  readonly freedom?: number
}

/**
 * Z(dP / sigma) with Z the normal or Student's t distribution: the share of a bar's volume that is ascribed to buyers.
 * @param change of the close
 * @param deviation of changes, above zero
 * @throws MathError `not-finite`, `out-of-domain`, `overflow`
 */
export function buyShare(change: number, deviation: number, options: BulkVolumeOptions = {}): number {
  requireNumber('change', change)
  requirePositive('deviation', deviation)
  const z = finiteOr('overflow', change / deviation, 'dP / sigma')
  if (options.freedom === undefined) return normalCdf(z)
  requirePositive('freedom', options.freedom)
  // Beyond this z^2 leaves the range of a double; a tail of t thins out like |z|^-freedom.
  const bounded = Math.max(-1e150, Math.min(1e150, z))
  return studentCdf(bounded, options.freedom)
}

export interface BulkClassification {
  /** Sample standard deviation (n - 1) of all changes. */
  readonly deviation: number
  /** A value a change: bars 1..n-1, the first bar has none. */
  readonly shares: Float64Array
}

/**
 * The buy share Z(dP / sigma_dP) of every bar but the first, sigma the sample deviation of all changes of the close.
 * This looks at the whole sample; live, take `rollingBuyShares` or `BulkVolumeStream`.
 * @param closes n bars
 * @throws MathError `too-short` below three closes, `no-variance` when the changes are all the same, `not-finite`, `overflow`
 */
export function bulkBuyShares(closes: Vector, options: BulkVolumeOptions = {}): BulkClassification {
  requireVector('closes', closes, 3)
  const changes = Float64Array.from({ length: closes.length - 1 }, (_, i) =>
    finiteOr('overflow', closes[i + 1] - closes[i], 'a change of the close'),
  )
  const deviation = finiteOr('overflow', positiveDeviation(changes), 'the deviation of the changes')
  return { deviation, shares: changes.map((change) => buyShare(change, deviation, options)) }
}

/** Columns, one value for every bar but the first. */
export interface BulkVolumes extends BulkClassification {
  readonly volume: Float64Array
  readonly buy: Float64Array
  readonly sell: Float64Array
}

/**
 * buy = volume Z(dP / sigma_dP), sell = volume - buy, for every bar but the first: the volume of both sides by bulk classification.
 * @param volumes n bars, not below zero
 * @throws MathError as `bulkBuyShares`; `shape`, `out-of-domain`
 */
export function bulkVolumes(closes: Vector, volumes: Vector, options: BulkVolumeOptions = {}): BulkVolumes {
  requireVector('volumes', volumes)
  requireSameLength('closes', closes, 'volumes', volumes)
  const { deviation, shares } = bulkBuyShares(closes, options)
  const volume = shares.map((_, i) => {
    requireNumber(`volumes[${i + 1}]`, volumes[i + 1], 0)
    return volumes[i + 1]
  })
  const buy = volume.map((each, i) => each * shares[i])
  return { deviation, shares, volume, buy, sell: volume.map((each, i) => each - buy[i]) }
}

/**
 * Buy shares without a look ahead: sigma is the sample deviation of the last `window` changes, the bar's own included.
 * A value a bar; `undefined` until there are `window` changes and where they are all the same.
 * @throws MathError `not-finite`, `empty`, `out-of-domain` for a window below two
 */
export function rollingBuyShares(closes: Vector, window: number, options: BulkVolumeOptions = {}): (number | undefined)[] {
  requireVector('closes', closes)
  const stream = new BulkVolumeStream(window, options)
  return Array.from(closes, (close) => stream.update(close))
}

export interface BulkVolumeState {
  readonly last: number | undefined
  /** The last changes, oldest first. */
  readonly changes: readonly number[]
}

/**
 * Bulk volume classification bar by bar: Z(dP / sigma) with sigma over the last `window` changes.
 */
export class BulkVolumeStream {
  readonly #window: number
  readonly #options: BulkVolumeOptions
  #last: number | undefined
  #changes: number[] = []

  /** @throws MathError `out-of-domain` for a window below two or not whole */
  constructor(window: number, options: BulkVolumeOptions = {}) {
    requireInteger('window', window, 2, 10_000_000)
    if (options.freedom !== undefined) requirePositive('freedom', options.freedom)
    this.#window = window
    this.#options = options
  }

  /** The buy share of the bar that closed; `undefined` while there are too few changes, or none that differ. */
  update(close: number): number | undefined {
    requireNumber('close', close)
    const last = this.#last
    if (last !== undefined) {
      this.#changes.push(finiteOr('overflow', close - last, 'a change of the close'))
      if (this.#changes.length > this.#window) this.#changes.shift()
    }
    this.#last = close
    if (last === undefined || this.#changes.length < this.#window) return undefined
    const deviation = deviationOrNone(this.#changes)
    return deviation === undefined ? undefined : buyShare(close - last, deviation, this.#options)
  }

  snapshot(): BulkVolumeState {
    return { last: this.#last, changes: [...this.#changes] }
  }

  restore({ last, changes }: BulkVolumeState): void {
    requireVector('changes', changes, 0)
    refuseUnless(changes.length <= this.#window, 'shape', () => `${changes.length} changes for a window of ${this.#window}`)
    if (last !== undefined) requireNumber('last', last)
    this.#last = last
    this.#changes = [...changes]
  }
}

/** Two passes over the window, lean because they are made at every bar: a day of minutes is 1,440 changes. */
function deviationOrNone(changes: readonly number[]): number | undefined {
  const n = changes.length
  let total = 0
  for (let i = 0; i < n; i++) total += changes[i]
  const centre = total / n
  let [squares, rest] = [0, 0]
  for (let i = 0; i < n; i++) {
    const apart = changes[i] - centre
    squares += apart * apart
    rest += apart
  }
  // What rounding left of the sum of the deviations is taken off again (T. F. Chan, G. H. Golub, R. J. LeVeque, 1983).
  const variance = (squares - (rest * rest) / n) / (n - 1)
  const spread = finiteOr('overflow', Math.sqrt(Math.max(0, variance)), 'the deviation of the changes')
  return spread > 1e-14 * Math.abs(centre) && spread > 0 ? spread : undefined
}
