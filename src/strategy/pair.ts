/**
 * The interface of a strategy that holds two instruments against each other: a perpetual against spot, or one contract
 * against another. One instance for each pair; it has one opinion about both legs, and `execution` keeps them together.
 */
import type { Price, Qty } from '../core/exact.ts'
import type { Prng } from '../core/random.ts'
import type { Duration, Micros } from '../core/time.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { Bar } from '../market/bar.ts'
import type { Indicator } from '../market/indicators/indicator.ts'
import type { Parameters, ParametersOf } from './parameters.ts'
import type { StrategyKind } from './regimes/regimes.ts'
import type { StrategyDefinition } from './strategy.ts'

export interface PairDefinition<P extends Parameters = Parameters> {
  readonly legs: 2
  /** Lower case with hyphens; unique. */
  readonly name: string
  readonly description: string
  readonly kind: StrategyKind
  readonly parameters: P
  /** Bars, counted where both legs have one, that only feed the memory: opinions before that are not heard. */
  warmUp(params: ParametersOf<P>): number
  /** Bars after which two runs with different beginnings decide alike. */
  memory(params: ParametersOf<P>): number
  /** A complaint about parameters that do not fit together. */
  check?(params: ParametersOf<P>): string | undefined
  /** How far the legs may be apart, and for how long. */
  legRisk(params: ParametersOf<P>): LegRisk
  create(context: PairContext, params: ParametersOf<P>): PairInstance
}

/** The bounds within which the two legs are kept together. */
export interface LegRisk {
  /**
   * Largest |first + second| in notional over the equity of the first leg's account, at the price and equity of the moment in which
   * the orders were sent, everything in flight at its worst: entries and exits go in slices of it. Never less than the smallest
   * order that both markets take (twice that where it is more than a step), and what is too small to be traded comes on
   * top. It bounds orders: what a stop, a liquidation or a delisting takes from a leg is as large as that leg.
   */
  readonly maxDelta: number
  /**
   * A leg that stands alone is completed, or what is too much of the other taken back, within this time: as far as the market of
   * that leg trades enough to take it, and the venue answers.
   */
  readonly maxNaked: Duration
}

export interface PairInstance {
  /** Everything the instance remembers besides its indicators, as plain data. Its fields change, the object stays. */
  readonly state: Record<string, unknown>
  /** A bar of the same time has closed in both legs. Answer with an opinion, or with nothing to leave things as they are. */
  onBars(first: Bar, second: Bar, view: PairView): PairOpinion | undefined
}

export interface PairContext {
  readonly first: Instrument
  readonly second: Instrument
  readonly interval: string
  use<I extends Indicator>(indicator: I): I
  readonly prng: Prng
}

/** What a pair may know besides bars. */
export interface PairView {
  readonly time: Micros
  /** Signed positions of this instance in base units. */
  readonly firstPosition: number
  readonly secondPosition: number
  /** Newest settled rate of a leg as a share; NaN where there is none: spot, or before the first. */
  fundingRate(leg: 'first' | 'second'): number
  /** Between settlements; 0 before it is known. */
  fundingInterval(leg: 'first' | 'second'): Duration
  /** Equity of the account of a leg in quote units, a float. */
  equity(leg: 'first' | 'second'): number
}

export interface PairOpinion {
  /** 1: long the first leg, short the second; -1 the other way round; 0 out; between them less. */
  readonly direction: number
  /** Exact size of each leg in the first leg's units, positive. Without it the sizer decides. */
  readonly qty?: Qty
  /** Protective stop of the first leg as a price; when it acts the second leg is unwound. */
  readonly stop?: number
  readonly reason: string
}

/** An opinion of a pair's instance with its instruments: what `execution` is told to reach. */
export interface PairSignal {
  /** Index of the strategy instance: the owner of the virtual book in both instruments. */
  readonly strategy: number
  readonly first: number
  readonly second: number
  /** -1 .. 1 as in the opinion. */
  readonly direction: number
  /** Exact signed target of the first leg in its units; the second leg is the opposite. Undefined: the sizer decides. */
  readonly qty: Qty | undefined
  /** Protective stop of the first leg, rounded to the tick away from the position; undefined is none. */
  readonly stop: Price | undefined
  readonly reason: string
  readonly time: Micros
}

/** Checks the shape and freezes it; its use lets TypeScript infer the parameters. */
export function definePair<const P extends Parameters>(definition: PairDefinition<P>): PairDefinition<P> {
  return Object.freeze(definition)
}

export type AnyStrategy = StrategyDefinition | PairDefinition
export const isPair = (definition: AnyStrategy): definition is PairDefinition => 'legs' in definition
