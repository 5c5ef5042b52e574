/**
 * What a strategy instance remembers and the kernel puts away: its plain state, the indicators it made through the context,
 * and its chance. Of instances of one instrument and of two alike.
 */
import { assert } from '../core/errors.ts'
import { restorePrng } from '../core/random.ts'
import type { Prng, PrngState } from '../core/random.ts'
import type { Indicator } from '../market/indicators/indicator.ts'

export interface InstanceMemoryState {
  readonly state: unknown
  readonly indicators: readonly (readonly number[])[]
  readonly prng: PrngState
}

export class InstanceMemory {
  readonly #label: string
  readonly #indicators: Indicator[] = []
  #current: Prng
  /** What an instance gets; it may keep the object or single functions of it, and they go on with what is restored. */
  readonly prng: Prng

  constructor(label: string, prng: Prng) {
    this.#label = label
    this.#current = prng
    const names = Object.keys(prng) as (keyof Prng)[]
    this.prng = Object.fromEntries(
      names.map((name) => [name, (...args: never[]) => (this.#current[name] as (...args: never[]) => unknown)(...args)]),
    ) as unknown as Prng
  }

  readonly use = <I extends Indicator>(indicator: I): I => {
    this.#indicators.push(indicator)
    return indicator
  }

  snapshot({ state }: { readonly state: Record<string, unknown> }): InstanceMemoryState {
    return {
      state: structuredClone(state),
      indicators: this.#indicators.map((indicator) => indicator.snapshot()),
      prng: this.#current.state(),
    }
  }

  restore({ state }: { readonly state: Record<string, unknown> }, saved: InstanceMemoryState): void {
    assert(
      saved.indicators.length === this.#indicators.length,
      () => `${this.#label} had ${saved.indicators.length} indicators when it was saved and has ${this.#indicators.length} now`,
    )
    for (const name of Object.keys(state)) delete state[name]
    Object.assign(state, structuredClone(saved.state))
    this.#indicators.forEach((indicator, i) => indicator.restore(saved.indicators[i]))
    this.#current = restorePrng(saved.prng)
  }
}
