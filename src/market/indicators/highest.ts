/** Rolling maximum. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkValue } from './parts/check.ts'
import { Extreme } from './parts/extreme.ts'

/** Highest of the last n values, and how many updates ago it was (the latest of equals). */
export class Highest implements Indicator {
  readonly #extreme: Extreme

  constructor(length: number) {
    this.#extreme = new Extreme(length, 'highest')
  }

  get value(): number {
    return this.#extreme.value
  }

  get age(): number {
    return this.ready ? this.#extreme.age : Number.NaN
  }

  get ready(): boolean {
    return this.#extreme.ready
  }

  update(x: number): number {
    checkValue('x', x)
    this.#extreme.update(x)
    return this.#extreme.value
  }

  snapshot(): readonly number[] {
    return this.#extreme.snapshot()
  }

  restore(state: readonly number[]): void {
    this.#extreme.restore(state)
  }
}

export const highest = (length: number): Highest => new Highest(length)

export const highestDefinition: IndicatorDefinition = {
  name: 'highest',
  summary: 'highest of the last n values, and its age in updates',
  call: 'highest(length)',
  takes: 'x',
  source: 'rolling maximum by a monotonic queue',
  example: () => {
    const indicator = highest(20)
    return {
      indicator,
      feed: ({ high }) => void indicator.update(high),
      outputs: () => ({ value: indicator.value, age: indicator.age }),
    }
  },
}
