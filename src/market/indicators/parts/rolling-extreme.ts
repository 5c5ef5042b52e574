/** Highest or lowest of the last n values as an indicator: it refuses what is no number, and knows no age before it is ready. Pure. */
import type { Indicator } from '../indicator.ts'
import { checkValue } from './check.ts'
import { Extreme, type Side } from './extreme.ts'

export class RollingExtreme implements Indicator {
  readonly #extreme: Extreme

  constructor(length: number, side: Side) {
    this.#extreme = new Extreme(length, side)
  }

  get value(): number {
    return this.#extreme.value
  }

  /** How many updates ago the extreme was, the latest of equals. */
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
