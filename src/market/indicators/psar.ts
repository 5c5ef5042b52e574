/** Parabolic stop and reverse. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkValue, requireChoice, requireFactor } from './parts/check.ts'
import { requireSize } from './parts/state.ts'
import { refuseUnless, requireNumber } from '../../math/guard.ts'

export interface PsarOptions {
  /** By how much the acceleration grows with each new extreme; 0.02. */
  readonly step?: number
  /** 0.2 */
  readonly maximum?: number
  /**
   * With 'wilder' (as TA-Lib) the stop was fixed with the bar before and is compared with this bar; it begins with the second bar,
   * short if the low fell further than the high rose. With 'ttr' (R package TTR) the stop given with a bar has already been moved by
   * it; it begins with the first bar, long, and the acceleration ends its growth only when it equals the maximum to the last digit,
   * which rounding may pass over.
   */
  readonly variant?: 'wilder' | 'ttr'
  /** Of the first stop from the first low, for 'ttr'; 0. */
  readonly gap?: number
}

/**
 * A stop that moves towards the extreme of the trade by a growing share of its distance, never into the last two bars, and turns the
 * trade around when it is touched.
 */
export class Psar implements Indicator {
  /** The stop. */
  value = Number.NaN
  /** 1: long, the stop is below; -1: short. */
  direction = Number.NaN
  readonly #step: number
  readonly #maximum: number
  readonly #early: boolean
  readonly #gap: number
  /** Of the bar before. */
  #high = Number.NaN
  #low = Number.NaN
  /** Of the trade. */
  #extreme = Number.NaN
  #acceleration = Number.NaN
  /** For the coming bar. */
  #stop = Number.NaN

  constructor({ step = 0.02, maximum = 0.2, variant = 'wilder', gap = 0 }: PsarOptions = {}) {
    requireFactor('step', step)
    requireFactor('maximum', maximum)
    refuseUnless(maximum < 2, 'out-of-domain', () => `maximum is ${maximum}; it is below 2`)
    requireChoice('variant', variant, ['wilder', 'ttr'])
    requireNumber('gap', gap)
    this.#step = Math.min(step, maximum)
    this.#maximum = maximum
    this.#early = variant === 'ttr'
    this.#gap = gap
  }

  get ready(): boolean {
    return !Number.isNaN(this.value)
  }

  update(high: number, low: number): number {
    checkValue('high', high)
    checkValue('low', low)
    if (Number.isNaN(this.#high)) {
      if (this.#early) this.#begin(1, high, low - this.#gap)
    } else if (this.#early) this.#moveEarly(high, low)
    else {
      if (Number.isNaN(this.direction)) {
        const fall = this.#low - low
        if (fall > 0 && fall > high - this.#high) this.#begin(-1, low, this.#high)
        else this.#begin(1, high, this.#low)
        // The first stop is held off the first bar only, as if that had been both of the last two.
        this.#high = high
        this.#low = low
      }
      this.#move(high, low)
    }
    this.#high = high
    this.#low = low
    return this.value
  }

  #begin(direction: 1 | -1, extreme: number, stop: number): void {
    this.direction = direction
    this.#extreme = extreme
    this.#acceleration = this.#step
    this.#stop = stop
    if (this.#early) this.value = stop
  }

  #move(high: number, low: number): void {
    const long = this.direction > 0
    const highest = Math.max(this.#high, high)
    const lowest = Math.min(this.#low, low)
    const extended = long ? high > this.#extreme : low < this.#extreme
    if (long ? low <= this.#stop : high >= this.#stop) {
      this.direction = long ? -1 : 1
      this.value = long ? Math.max(this.#extreme, highest) : Math.min(this.#extreme, lowest)
      this.#acceleration = this.#step
      this.#extreme = long ? low : high
    } else {
      this.value = this.#stop
      if (extended) {
        this.#extreme = long ? high : low
        this.#acceleration = Math.min(this.#acceleration + this.#step, this.#maximum)
      }
    }
    const next = this.value + this.#acceleration * (this.#extreme - this.value)
    this.#stop = this.direction > 0 ? Math.min(next, lowest) : Math.max(next, highest)
  }

  #moveEarly(high: number, low: number): void {
    const long = this.direction > 0
    const before = this.#extreme
    const highest = Math.max(this.#high, high)
    const lowest = Math.min(this.#low, low)
    this.#extreme = long ? Math.max(before, highest) : Math.min(before, lowest)
    if (long ? low <= this.value : high >= this.value) {
      this.direction = long ? -1 : 1
      this.#acceleration = this.#step
      this.value = this.#extreme
      return
    }
    const moved = this.value + (before - this.value) * this.#acceleration
    if (this.#extreme !== before && this.#acceleration !== this.#maximum) this.#acceleration += this.#step
    this.value = long ? Math.min(moved, lowest) : Math.max(moved, highest)
  }

  snapshot(): readonly number[] {
    return [this.value, this.direction, this.#high, this.#low, this.#extreme, this.#acceleration, this.#stop]
  }

  restore(state: readonly number[]): void {
    requireSize(state, 7)
    this.value = state[0]
    this.direction = state[1]
    this.#high = state[2]
    this.#low = state[3]
    this.#extreme = state[4]
    this.#acceleration = state[5]
    this.#stop = state[6]
  }
}

export const psar = (options: PsarOptions = {}): Psar => new Psar(options)

export const psarDefinition: IndicatorDefinition = {
  name: 'psar',
  summary:
    'parabolic stop and reverse: a stop that speeds up towards the extreme of the trade, and its direction (1 long, -1 short)',
  call: "psar({ step = 0.02, maximum = 0.2, variant = 'wilder' | 'ttr', gap = 0 })",
  takes: 'high, low',
  source: 'J. W. Wilder, New Concepts in Technical Trading Systems, 1978',
  example: () => {
    const indicator = psar()
    return {
      indicator,
      feed: ({ high, low }) => void indicator.update(high, low),
      outputs: () => ({ value: indicator.value, direction: indicator.direction }),
    }
  },
}
