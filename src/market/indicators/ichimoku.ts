/** Ichimoku. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkValue, requireLength } from './parts/check.ts'
import { Extreme } from './parts/extreme.ts'
import { Lag } from './parts/lag.ts'
import { packed, unpack } from './parts/state.ts'

export interface IchimokuOptions {
  /** Bars of the conversion line; 9. */
  readonly conversion?: number
  /** Bars of the base line; 26. */
  readonly base?: number
  /** Bars of leading span B; 52. */
  readonly span?: number
  /** Bars by which the spans are drawn ahead; 26. */
  readonly displacement?: number
}

/**
 * Lines are middles of the highest high and the lowest low: conversion of 9 bars, base of 26, span B of 52; span A is the middle of
 * conversion and base. The cloud in force at a bar is made of the spans of 26 bars before. (The lagging span, a close drawn into the
 * past, would look ahead and is left to charts.)
 */
export class Ichimoku implements Indicator {
  conversion = Number.NaN
  base = Number.NaN
  spanA = Number.NaN
  spanB = Number.NaN
  readonly #highs: readonly [Extreme, Extreme, Extreme]
  readonly #lows: readonly [Extreme, Extreme, Extreme]
  readonly #cloudA: Lag
  readonly #cloudB: Lag

  constructor({ conversion = 9, base = 26, span = 52, displacement = 26 }: IchimokuOptions = {}) {
    requireLength('displacement', displacement)
    this.#highs = [new Extreme(conversion, 'highest'), new Extreme(base, 'highest'), new Extreme(span, 'highest')]
    this.#lows = [new Extreme(conversion, 'lowest'), new Extreme(base, 'lowest'), new Extreme(span, 'lowest')]
    this.#cloudA = new Lag(displacement)
    this.#cloudB = new Lag(displacement)
  }

  /** The conversion line. */
  get value(): number {
    return this.conversion
  }

  get cloudA(): number {
    return this.#cloudA.value
  }

  get cloudB(): number {
    return this.#cloudB.value
  }

  get ready(): boolean {
    return this.#cloudA.ready && this.#cloudB.ready
  }

  update(high: number, low: number): number {
    checkValue('high', high)
    checkValue('low', low)
    this.conversion = this.#middle(0, high, low)
    this.base = this.#middle(1, high, low)
    this.spanA = (this.conversion + this.base) / 2
    this.spanB = this.#middle(2, high, low)
    this.#cloudA.update(this.spanA)
    this.#cloudB.update(this.spanB)
    return this.conversion
  }

  #middle(i: 0 | 1 | 2, high: number, low: number): number {
    const highest = this.#highs[i]
    const lowest = this.#lows[i]
    highest.update(high)
    lowest.update(low)
    return (highest.value + lowest.value) / 2
  }

  snapshot(): readonly number[] {
    const own = [this.conversion, this.base, this.spanA, this.spanB]
    return packed(own, ...this.#highs, ...this.#lows, this.#cloudA, this.#cloudB)
  }

  restore(state: readonly number[]): void {
    unpack(state, 4, ...this.#highs, ...this.#lows, this.#cloudA, this.#cloudB)
    this.conversion = state[0]
    this.base = state[1]
    this.spanA = state[2]
    this.spanB = state[3]
  }
}

export const ichimoku = (options: IchimokuOptions = {}): Ichimoku => new Ichimoku(options)

export const ichimokuDefinition: IndicatorDefinition = {
  name: 'ichimoku',
  summary:
    'Ichimoku: conversion and base line, leading spans A and B as computed now, and the cloud in force (spans of 26 bars before)',
  call: 'ichimoku({ conversion = 9, base = 26, span = 52, displacement = 26 })',
  takes: 'high, low',
  source: 'G. Hosoda, Ichimoku Kinko Hyo, 1969',
  example: () => {
    const indicator = ichimoku()
    return {
      indicator,
      feed: ({ high, low }) => void indicator.update(high, low),
      outputs: () => {
        const { conversion, base, spanA, spanB, cloudA, cloudB } = indicator
        return { conversion, base, spanA, spanB, cloudA, cloudB }
      },
    }
  },
}
