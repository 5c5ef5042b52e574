/**
 * What every streaming indicator is: it takes one value at a time, keeps a few numbers, and can be put away and
 * brought back. A strategy makes its indicators through its context, so that the kernel can snapshot them.
 *
 * A value that is no finite number, or lies outside of what the indicator is defined for, is refused with a `MathError` before
 * anything changes. A result is NaN until it is defined, and never afterwards.
 */
export interface Indicator {
  /** Enough values have been seen: all results are defined. */
  readonly ready: boolean
  /** The whole state as plain numbers. */
  snapshot(): readonly number[]
  restore(state: readonly number[]): void
}

/** How a recursion begins: with the first value, or with the simple mean of the first n. */
export type Seed = 'first' | 'mean'

/** Standard deviations divide by n (population) or by n - 1 (sample). */
export type DeviationKind = 'population' | 'sample'

/** What an indicator may be fed from; time is the opening in micros. */
export interface BarValues {
  readonly time: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

export interface IndicatorExample {
  readonly indicator: Indicator
  feed(bar: BarValues): void
  /** Every result by its name, NaN where not yet defined. */
  outputs(): Readonly<Record<string, number>>
}

/** For the list that the conformance suite and the page of all indicators walk. */
export interface IndicatorDefinition {
  readonly name: string
  /** What it is: one line with its formula. */
  readonly summary: string
  /** The call of its factory with all parameters and their defaults. */
  readonly call: string
  /** The arguments of `update`. */
  readonly takes: string
  readonly source: string
  /** An instance with ordinary parameters, how to feed it one bar, and what it then says. */
  example(): IndicatorExample
}
