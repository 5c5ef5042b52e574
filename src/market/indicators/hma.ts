/** Hull moving average. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkValue, requireLength } from './parts/check.ts'
import { RollingWeightedSum } from './parts/rolling-weighted-sum.ts'
import { packed, unpack } from './parts/state.ts'

const weights = (length: number): number => (length * (length + 1)) / 2

/** WMA over sqrt(n) of `2 WMA(n/2) - WMA(n)`, both lengths rounded down. */
export class Hma implements Indicator {
  value = Number.NaN
  readonly #half: RollingWeightedSum
  readonly #whole: RollingWeightedSum
  readonly #root: RollingWeightedSum
  readonly #lengths: { readonly half: number; readonly whole: number; readonly root: number }

  constructor(length: number) {
    requireLength('length', length, 2)
    this.#lengths = { half: Math.floor(length / 2), whole: length, root: Math.floor(Math.sqrt(length)) }
    this.#half = new RollingWeightedSum(this.#lengths.half)
    this.#whole = new RollingWeightedSum(length)
    this.#root = new RollingWeightedSum(this.#lengths.root)
  }

  get ready(): boolean {
    return this.#root.ready
  }

  update(x: number): number {
    checkValue('x', x)
    const { half, whole, root } = this.#lengths
    const fast = this.#half.update(x) / weights(half)
    const slow = this.#whole.update(x) / weights(whole)
    if (this.#whole.ready) this.value = this.#root.update(2 * fast - slow) / weights(root)
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value], this.#half, this.#whole, this.#root)
  }

  restore(state: readonly number[]): void {
    unpack(state, 1, this.#half, this.#whole, this.#root)
    this.value = state[0]
  }
}

export const hma = (length: number): Hma => new Hma(length)

export const hmaDefinition: IndicatorDefinition = {
  name: 'hma',
  summary: 'Hull moving average: WMA over sqrt(n) of `2 WMA(n/2) - WMA(n)`',
  call: 'hma(length)',
  takes: 'x',
  source: 'A. Hull, 2005',
  example: () => {
    const indicator = hma(16)
    return { indicator, feed: ({ close }) => void indicator.update(close), outputs: () => ({ value: indicator.value }) }
  },
}
