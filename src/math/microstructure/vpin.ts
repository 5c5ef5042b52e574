/**
 * Volume buckets and VPIN, the volume-synchronised probability of informed trading, in one go and trade by trade. Where buckets end is
 * read from the cumulative volume, so that the splitting of bars accumulates no error.
 *
 * Pure. Source: D. Easley, M. Lopez de Prado, M. O'Hara, Review of Financial Studies 25 (2012). T. G. Andersen, O. Bondarenko (Journal
 * of Financial Markets 17, 2014) dispute that it predicts: a filter of risk, not a signal.
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

/** Columns, one value a full bucket. */
export interface VolumeBuckets {
  readonly buy: Float64Array
  readonly sell: Float64Array
}

/**
 * The size of each trade whose aggressor bought, nothing of those that sold, half of those where it is not known: buy volumes from the exchange's own flag.
 * @param sizes not below zero
 * @param sides 1, -1 or 0; a maker that bought means the aggressor sold
 * @throws MathError `empty`, `shape`, `not-finite`, `out-of-domain`
 */
export function aggressorBuyVolume(sizes: Vector, sides: Vector): Float64Array {
  requireVector('sizes', sizes)
  requireVector('sides', sides)
  requireSameLength('sizes', sizes, 'sides', sides)
  return Float64Array.from(sizes, (size, i) => {
    requireNumber(`sizes[${i}]`, size, 0)
    return sides[i] > 0 ? size : sides[i] < 0 ? 0 : size / 2
  })
}

/** One bar or trade cannot fill more than this; a bucket that small is a mistake. */
const MOST_BUCKETS = 10_000_000

/** A bucket is full when only rounding is missing. */
const ENOUGH = 1 + 1e-12

/**
 * Buckets of equal volume: bars (or trades) are split pro rata at every multiple of the bucket's volume on the cumulative volume; the unfinished last bucket is dropped.
 * @param buys volume of buyers, a value a bar
 * @param volumes of both sides
 * @param bucketVolume above zero; 1/50 of a day's volume is usual
 * @throws MathError `empty`, `shape`, `not-finite`, `out-of-domain` when a buy volume is not between 0 and the volume or there would be more than ten million buckets, `overflow`
 */
export function volumeBuckets(buys: Vector, volumes: Vector, bucketVolume: number): VolumeBuckets {
  requireVector('volumes', volumes)
  requireVector('buys', buys)
  requireSameLength('volumes', volumes, 'buys', buys)
  const filler = new BucketFiller(bucketVolume)
  const buy: number[] = []
  for (let i = 0; i < volumes.length; i++) filler.add(buys[i], volumes[i], (bought) => void buy.push(bought))
  return { buy: Float64Array.from(buy), sell: Float64Array.from(buy, (bought) => bucketVolume - bought) }
}

/** Cumulative volume of buyers and of all, and where the next bucket ends. */
class BucketFiller {
  readonly bucketVolume: number
  total = 0
  bought = 0
  /** Buckets filled. */
  filled = 0
  /** Cumulative buy volume at the end of the last full bucket. */
  boughtAtEnd = 0

  constructor(bucketVolume: number) {
    requirePositive('bucketVolume', bucketVolume)
    this.bucketVolume = bucketVolume
  }

  add(buy: number, volume: number, full: (bought: number) => void): void {
    requireNumber('volume', volume, 0)
    requireNumber('the buy volume', buy, 0)
    refuseUnless(buy <= volume * ENOUGH, 'out-of-domain', () => `the buy volume ${buy} is above the volume ${volume}`)
    const total = finiteOr('overflow', this.total + volume, 'the cumulative volume')
    const bought = this.bought + Math.min(buy, volume)
    refuseUnless(
      (total - this.filled * this.bucketVolume) / this.bucketVolume < MOST_BUCKETS && total / this.bucketVolume < 2 ** 52,
      'out-of-domain',
      () => `a volume of ${volume} would fill too many buckets of ${this.bucketVolume}`,
    )
    for (;;) {
      const end = (this.filled + 1) * this.bucketVolume
      if (total * ENOUGH < end) break
      const part = volume > 0 ? Math.min(1, Math.max(0, (end - this.total) / volume)) : 1
      const boughtHere = this.bought + part * (bought - this.bought)
      // Differences of cumulative volumes: rounding may carry them past the ends.
      full(Math.min(this.bucketVolume, Math.max(0, boughtHere - this.boughtAtEnd)))
      this.boughtAtEnd = boughtHere
      this.filled += 1
    }
    this.total = total
    this.bought = bought
  }
}

/**
 * VPIN_k = sum over the last n buckets of |V_buy - V_sell| / (n V), in [0, 1]: the average imbalance of order flow.
 * A value a bucket; `undefined` for the first n - 1.
 * @param buckets of equal volume
 * @param window n, 50 is usual
 * @throws MathError `shape`, `out-of-domain`, `no-denominator` when a window has no volume
 */
export function vpin(buckets: VolumeBuckets, window: number): (number | undefined)[] {
  const { buy, sell } = buckets
  requireVector('buy', buy, 0)
  requireVector('sell', sell, 0)
  requireSameLength('buy', buy, 'sell', sell)
  requireInteger('window', window, 1)
  return Array.from(buy, (_, k) => {
    requireNumber(`buy[${k}]`, buy[k], 0)
    requireNumber(`sell[${k}]`, sell[k], 0)
    if (k + 1 < window) return undefined
    let [imbalance, total] = [0, 0]
    for (let j = k + 1 - window; j <= k; j++) {
      imbalance += Math.abs(buy[j] - sell[j])
      total += buy[j] + sell[j]
    }
    finiteOr('overflow', total, 'the volume of a window')
    refuseUnless(total > 0, 'no-denominator', 'the buckets have no volume')
    return Math.min(1, imbalance / total)
  })
}

/**
 * The share of values at or below x: the empirical distribution function, which turns a VPIN into how unusual it is.
 * @throws MathError `empty`, `not-finite`
 */
export function empiricalCdf(values: Vector, x: number): number {
  requireVector('values', values)
  requireNumber('x', x)
  let below = 0
  for (let i = 0; i < values.length; i++) if (values[i] <= x) below += 1
  return below / values.length
}

export interface VpinOptions {
  readonly bucketVolume: number
  /** Buckets a VPIN looks back: 50 unless given. */
  readonly window?: number
  /** VPINs that the distribution remembers: 1500 unless given, 30 days of 50 buckets. */
  readonly history?: number
}

export interface VpinState {
  readonly total: number
  readonly bought: number
  readonly filled: number
  readonly boughtAtEnd: number
  /** The last buckets' buy volumes, oldest first. */
  readonly buckets: readonly number[]
  /** The last VPINs, oldest first. */
  readonly values: readonly number[]
}

/**
 * VPIN trade by trade or bar by bar; at every moment equal to `vpin(volumeBuckets(...))` of what came so far.
 */
export class VpinStream {
  readonly #filler: BucketFiller
  readonly #window: number
  readonly #history: number
  #buckets: number[] = []
  #values: number[] = []

  /** @throws MathError `not-finite`, `out-of-domain` */
  constructor({ bucketVolume, window = 50, history = 1500 }: VpinOptions) {
    requireInteger('window', window, 1, 10_000_000)
    requireInteger('history', history, 1, 10_000_000)
    this.#filler = new BucketFiller(bucketVolume)
    this.#window = window
    this.#history = history
  }

  /** Full buckets so far. */
  get filled(): number {
    return this.#filler.filled
  }

  /** The last VPIN; `undefined` until a window of buckets is full. */
  get value(): number | undefined {
    return this.#values.length === 0 ? undefined : this.#values[this.#values.length - 1]
  }

  /** The share of remembered VPINs at or below the last; above 0.9 the flow is called toxic. */
  get cdf(): number | undefined {
    const { value } = this
    return value === undefined ? undefined : empiricalCdf(this.#values, value)
  }

  /**
   * Takes a bar, or a trade: `buy` is all or nothing of its volume.
   * @returns how many buckets it filled
   * @throws MathError `not-finite`, `out-of-domain`, as `volumeBuckets`
   */
  update(buy: number, volume: number): number {
    const before = this.#filler.filled
    this.#filler.add(buy, volume, (bought) => this.#close(bought))
    return this.#filler.filled - before
  }

  #close(bought: number): void {
    const buckets = this.#buckets
    const { bucketVolume } = this.#filler
    buckets.push(bought)
    if (buckets.length < this.#window) return
    if (buckets.length > this.#window) buckets.shift()
    let [imbalance, total] = [0, 0]
    for (const buy of buckets) {
      const sell = bucketVolume - buy
      imbalance += Math.abs(buy - sell)
      total += buy + sell
    }
    this.#values.push(Math.min(1, imbalance / finiteOr('overflow', total, 'the volume of a window')))
    if (this.#values.length > this.#history) this.#values.shift()
  }

  snapshot(): VpinState {
    const { total, bought, filled, boughtAtEnd } = this.#filler
    return { total, bought, filled, boughtAtEnd, buckets: [...this.#buckets], values: [...this.#values] }
  }

  /** @throws MathError `shape` when the state is of another window or history, `not-finite` */
  restore({ total, bought, filled, boughtAtEnd, buckets, values }: VpinState): void {
    requireVector('buckets', buckets, 0)
    requireVector('values', values, 0)
    requireNumber('total', total, 0)
    requireNumber('bought', bought, 0)
    requireNumber('boughtAtEnd', boughtAtEnd, 0)
    requireInteger('filled', filled, 0)
    refuseUnless(buckets.length <= this.#window, 'shape', () => `${buckets.length} buckets for a window of ${this.#window}`)
    refuseUnless(values.length <= this.#history, 'shape', () => `${values.length} values for a history of ${this.#history}`)
    Object.assign(this.#filler, { total, bought, filled, boughtAtEnd })
    this.#buckets = [...buckets]
    this.#values = [...values]
  }
}
