/** Swing highs and lows. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkValue, requireLength } from './parts/check.ts'
import { Extreme } from './parts/extreme.ts'
import { packed, unpack } from './parts/state.ts'

/**
 * A swing high is above the highs of `left` bars before it and not below those of `right` bars after it; a swing low likewise. It is
 * known `right` bars later, and said then: nothing is drawn into the past.
 */
export class SwingPivots implements Indicator {
  /** Price of the last swing high. */
  high = Number.NaN
  /** Bars since it. */
  highAge = Number.NaN
  low = Number.NaN
  lowAge = Number.NaN
  readonly #right: number
  readonly #highest: Extreme
  readonly #lowest: Extreme

  constructor(left = 5, right = left) {
    requireLength('left', left)
    requireLength('right', right)
    this.#right = right
    this.#highest = new Extreme(left + right + 1, 'highest', 'earliest')
    this.#lowest = new Extreme(left + right + 1, 'lowest', 'earliest')
  }

  /** This bar has made a swing high known. */
  get isNewHigh(): boolean {
    return this.highAge === this.#right
  }

  /** This bar has made a swing low known. */
  get isNewLow(): boolean {
    return this.lowAge === this.#right
  }

  /** The last swing high. */
  get value(): number {
    return this.high
  }

  get ready(): boolean {
    return !Number.isNaN(this.high) && !Number.isNaN(this.low)
  }

  update(high: number, low: number): number {
    checkValue('high', high)
    checkValue('low', low)
    this.#highest.update(high)
    this.#lowest.update(low)
    this.highAge += 1
    this.lowAge += 1
    if (this.#highest.ready && this.#highest.age === this.#right) {
      this.high = this.#highest.value
      this.highAge = this.#right
    }
    if (this.#lowest.ready && this.#lowest.age === this.#right) {
      this.low = this.#lowest.value
      this.lowAge = this.#right
    }
    return this.high
  }

  snapshot(): readonly number[] {
    return packed([this.high, this.highAge, this.low, this.lowAge], this.#highest, this.#lowest)
  }

  restore(state: readonly number[]): void {
    unpack(state, 4, this.#highest, this.#lowest)
    this.high = state[0]
    this.highAge = state[1]
    this.low = state[2]
    this.lowAge = state[3]
  }
}

export const swingPivots = (left = 5, right = left): SwingPivots => new SwingPivots(left, right)

export const swingPivotsDefinition: IndicatorDefinition = {
  name: 'swing-pivots',
  summary: 'last swing high and swing low, each the extreme of `left` bars before and `right` bars after it, and their ages',
  call: 'swingPivots(left = 5, right = left)',
  takes: 'high, low',
  source: 'fractals of B. Williams, Trading Chaos, 1995, with any number of bars',
  example: () => {
    const indicator = swingPivots(3)
    return {
      indicator,
      feed: ({ high, low }) => void indicator.update(high, low),
      outputs: () => ({ high: indicator.high, highAge: indicator.highAge, low: indicator.low, lowAge: indicator.lowAge }),
    }
  },
}
