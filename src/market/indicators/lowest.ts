/** Rolling minimum. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkValue } from './parts/check.ts'
import { Extreme } from './parts/extreme.ts'

/** Lowest of the last n values, and how many updates ago it was (the latest of equals). */
export class Lowest implements Indicator {
  readonly #extreme: Extreme

  constructor(length: number) {
    this.#extreme = new Extreme(length, 'lowest')
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

export const lowest = (length: number): Lowest => new Lowest(length)

export const lowestDefinition: IndicatorDefinition = {
  name: 'lowest',
  summary: 'lowest of the last n values, and its age in updates',
  call: 'lowest(length)',
  takes: 'x',
  source: 'rolling minimum by a monotonic queue',
  example: () => {
    const indicator = lowest(20)
    return {
      indicator,
      feed: ({ low }) => void indicator.update(low),
      outputs: () => ({ value: indicator.value, age: indicator.age }),
    }
  },
}
