/**
 * Spot prices where there are none: the perpetual's mark price less a basis that reverts to its mean.
 *
 * The basis is an Ornstein-Uhlenbeck process in the logarithm of mark over spot, sampled exactly at the moments at which
 * bars open and close. A bar's prices come from marks and chance up to its own end: cutting the series off later changes
 * nothing earlier. What such a series can tell of a hedge is the fee, the funding and this basis, and no more.
 *
 * Source: Uhlenbeck and Ornstein (1930); the exact discretisation x' = m + (x - m) k + s sqrt(1 - k^2) z with k = 2^(-dt / half-life).
 *
 * Pure: chance is given by the seed.
 */
import { POW10 } from '../../core/exact.ts'
import { createPrng } from '../../core/random.ts'
import type { Prng } from '../../core/random.ts'
import { HOUR } from '../../core/time.ts'
import type { InstrumentSpec } from '../../domain/instrument.ts'
import { markScaleOf } from '../venue-bars.ts'
import type { VenueBars } from '../venue-bars.ts'
import { exponentialOf } from './exponential.ts'

export interface BasisTerms {
  /** Of the run; every symbol draws its own chance from it. */
  readonly seed: number
  /** Basis points by which the mark stands above spot on average. */
  readonly meanBps?: number
  /** Standard deviation of the basis in the long run, in basis points. */
  readonly sdBps?: number
  /** Micros until half of a deviation is gone. */
  readonly halfLife?: number
}

type BasisShape = Required<Omit<BasisTerms, 'seed'>>

export const DEFAULT_BASIS: BasisShape = Object.freeze({ meanBps: 3, sdBps: 5, halfLife: 8 * HOUR })

const BPS = 1e-4
/** A constant of the language, the same on every machine. */
const { LN2 } = Math

/** Bars of the spot pair in the price units of the contract, whose rows and marks they follow; the volume is the contract's. */
export function syntheticSpot(
  spec: Pick<InstrumentSpec, 'symbol' | 'priceScale' | 'rules'>,
  bars: VenueBars,
  terms: BasisTerms,
): VenueBars {
  const { length, openTime, duration, mark } = bars
  const perPrice = mark === undefined ? 1 : POW10[markScaleOf(spec.priceScale) - spec.priceScale]
  const of = mark ?? bars
  const { tick } = spec.rules[0]
  const basis = new Basis(createPrng(terms.seed).fork('spot-basis').fork(spec.symbol), { ...DEFAULT_BASIS, ...terms })
  const column = (): Float64Array => new Float64Array(length)
  const spot = { open: column(), high: column(), low: column(), close: column() }
  for (let row = 0; row < length; row++) {
    const atOpen = basis.at(openTime[row])
    const atClose = basis.at(openTime[row] + duration[row])
    const open = onTick(of.open[row] / perPrice / atOpen, tick)
    const close = onTick(of.close[row] / perPrice / atClose, tick)
    // The extremes with the basis that makes each of them less extreme, and never inside of open and close.
    const high = onTick(of.high[row] / perPrice / Math.max(atOpen, atClose), tick)
    const low = onTick(of.low[row] / perPrice / Math.min(atOpen, atClose), tick)
    spot.open[row] = open
    spot.close[row] = close
    spot.high[row] = Math.max(high, open, close)
    spot.low[row] = Math.min(low, open, close)
  }
  return { length, openTime, duration, ...spot, volume: bars.volume, mark: undefined }
}

/** What every report about such a run has to say. */
export function syntheticSpotWarning(symbol: string, terms: BasisTerms, marked: boolean): string {
  const { meanBps, sdBps, halfLife } = { ...DEFAULT_BASIS, ...terms }
  return (
    `There are no spot prices for ${symbol}: the spot leg trades at the ${marked ? 'mark' : 'last'} price less a seeded basis of ` +
    `${meanBps} bps on average with a standard deviation of ${sdBps} bps and a half-life of ${halfLife / HOUR} h, and with the contract's volume.`
  )
}

/** Mark over spot, as a factor. */
class Basis {
  readonly #chance: Prng
  readonly #mean: number
  readonly #deviation: number
  readonly #halfLife: number
  #time = Number.NaN
  #value = 0

  constructor(chance: Prng, { meanBps, sdBps, halfLife }: BasisShape) {
    this.#chance = chance
    this.#mean = meanBps * BPS
    this.#deviation = sdBps * BPS
    this.#halfLife = halfLife
  }

  /** At a moment not before the last one asked for. */
  at(time: number): number {
    if (time !== this.#time) this.#value = this.#next(time)
    this.#time = time
    return exponentialOf(this.#value)
  }

  #next(time: number): number {
    const noise = this.#deviation * this.#chance.normal()
    // Begins anywhere in its long run.
    if (Number.isNaN(this.#time)) return this.#mean + noise
    const keep = exponentialOf((-LN2 * (time - this.#time)) / this.#halfLife)
    return this.#mean + (this.#value - this.#mean) * keep + noise * Math.sqrt(1 - keep * keep)
  }
}

/** The nearest tick, at least one. */
const onTick = (price: number, tick: number): number => Math.max(1, Math.round(price / tick)) * tick
