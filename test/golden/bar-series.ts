/** Feeds the bars of a golden case to an indicator and collects what it says with each; not yet defined is null. No mathematics. */
import type { Indicator } from '../../src/market/indicators/indicator.ts'
import type { Inputs } from './harness.ts'
import { vector } from './inputs.ts'

export type Series = readonly (number | null)[]
type Column = 'open' | 'high' | 'low' | 'close' | 'volume'

export class Bars {
  readonly #inputs: Inputs
  readonly #columns = new Map<Column, readonly number[]>()

  constructor(inputs: Inputs) {
    this.#inputs = inputs
  }

  #column(name: Column): readonly number[] {
    const known = this.#columns.get(name) ?? vector(this.#inputs, name)
    this.#columns.set(name, known)
    return known
  }

  /** high - low of each bar. */
  rangesOfBars(): readonly number[] {
    const low = this.#column('low')
    return this.#column('high').map((high, i) => high - low[i])
  }

  /** `columns` of each bar go to the indicator's `update`, in this order; then each of `results` is read. */
  read<I extends Indicator, Name extends string>(
    indicator: I & { update(...values: number[]): unknown },
    columns: readonly Column[],
    results: Readonly<Record<Name, (indicator: I) => number>>,
  ): Record<Name, Series> {
    const taken = columns.map((name) => this.#column(name))
    const names = Object.keys(results) as Name[]
    const series = Object.fromEntries(names.map((name) => [name, [] as (number | null)[]])) as Record<Name, (number | null)[]>
    for (let i = 0; i < taken[0].length; i++) {
      indicator.update(...taken.map((column) => column[i]))
      for (const name of names) {
        const value = results[name](indicator)
        series[name].push(Number.isNaN(value) ? null : value)
      }
    }
    return series
  }

  /** Of an indicator with one result. */
  of(
    indicator: Indicator & { readonly value: number; update(...values: number[]): unknown },
    ...columns: readonly Column[]
  ): Series {
    return this.read(indicator, columns, { value: (each) => each.value }).value
  }
}
