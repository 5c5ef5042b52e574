/**
 * What every streaming indicator is: it takes one value at a time, keeps a few numbers, and can be put away and
 * brought back. A strategy makes its indicators through its context, so that the kernel can snapshot them.
 */
export interface Indicator {
  /** Enough values have been seen. */
  readonly ready: boolean
  /** The whole state as plain numbers. */
  snapshot(): readonly number[]
  restore(state: readonly number[]): void
}

/** How a recursion begins: with the first value, or with the simple mean of the first n. */
export type Seed = 'first' | 'mean'

/** For the list that the conformance suite walks. */
export interface IndicatorDefinition {
  readonly name: string
  readonly source: string
  /** An instance with ordinary parameters, and how to feed it one bar. */
  example(): { readonly indicator: Indicator; feed(high: number, low: number, close: number): void; value(): number }
}
