/**
 * How long something is on its way: always the same, drawn from a distribution, or one of the delays that somebody measured.
 *
 * Pure: chance comes from the generator that is given.
 */
import { assert } from '../core/errors.ts'
import { restorePrng } from '../core/random.ts'
import type { Prng, PrngState } from '../core/random.ts'
import type { Duration } from '../core/time.ts'

/** Delays in micros. */
export type LatencyModel =
  /** Points (share, delay), both ascending: half of all delays are below that of 0.5. Linear between them, the first holds below the first share, the last above the last. */
  | { readonly kind: 'quantiles'; readonly points: readonly (readonly [share: number, delay: number])[] }
  /** Each as likely as the others. */
  | { readonly kind: 'measured'; readonly delays: readonly number[] }

/** A constant delay, or a model. */
export type Delay = Duration | LatencyModel

export class Latency {
  /** NaN when it is drawn. */
  readonly constant: number
  readonly #model: LatencyModel | undefined
  #prng: Prng | undefined

  constructor(delay: Delay, prng: Prng | undefined) {
    this.constant = typeof delay === 'number' ? delay : Number.NaN
    this.#model = typeof delay === 'number' ? undefined : delay
    this.#prng = this.#model === undefined ? undefined : prng
    assert(this.#model === undefined || prng !== undefined, 'a latency model draws from a generator')
  }

  /** The next delay, whole micros. */
  next(): number {
    if (this.#model === undefined || this.#prng === undefined) return this.constant
    if (this.#model.kind === 'quantiles') return Math.round(quantile(this.#model.points, this.#prng.float()))
    const { delays } = this.#model
    return Math.round(delays[this.#prng.int(0, delays.length - 1)])
  }

  snapshot(): PrngState | undefined {
    return this.#prng?.state()
  }

  restore(state: PrngState | undefined): void {
    if (state !== undefined) this.#prng = restorePrng(state)
  }
}

function quantile(points: readonly (readonly [number, number])[], share: number): number {
  const at = points.findIndex(([upTo]) => share <= upTo)
  if (at === 0) return points[0][1]
  if (at < 0) return points[points.length - 1][1]
  const [[fromShare, from], [toShare, to]] = [points[at - 1], points[at]]
  return toShare === fromShare ? to : from + ((to - from) * (share - fromShare)) / (toShare - fromShare)
}

/** The delay that is named in messages: the constant, or the middle of a model. */
export function typicalDelay(delay: Delay): number {
  if (typeof delay === 'number') return delay
  if (delay.kind === 'quantiles') return quantile(delay.points, 0.5)
  return [...delay.delays].sort((a, b) => a - b)[Math.floor(delay.delays.length / 2)]
}
