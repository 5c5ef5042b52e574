/** Every indicator of the list against its formula over the whole history, at every bar, and against a library that others wrote. */
import { describe, expect, it } from 'vitest'
import type { BarValues } from '../../src/market/indicators/indicator.ts'
import { INDICATORS } from '../../src/market/indicators/list.ts'
import { NAIVE_INDICATORS } from './naive-indicators.ts'
import { CHARACTERS, flatBars, randomBars } from './random-bars.ts'

type Series = readonly number[]

function streamed(name: string, bars: readonly BarValues[]): Readonly<Record<string, Series>> {
  const example = INDICATORS.find((each) => each.name === name)?.example()
  if (example === undefined) throw new Error(`no indicator ${name}`)
  const series: Record<string, number[]> = Object.fromEntries(Object.keys(example.outputs()).map((output) => [output, []]))
  for (const bar of bars) {
    example.feed(bar)
    for (const [output, value] of Object.entries(example.outputs())) series[output].push(value)
  }
  return series
}

/** Where the two differ by more than a billionth of the largest value of the series. */
function differences(got: Series, want: Series): readonly string[] {
  const scale = Math.max(...want.filter((value) => !Number.isNaN(value)).map(Math.abs), 0)
  return want.flatMap((value, i) => {
    const fits = Number.isNaN(value) ? Number.isNaN(got[i]) : Math.abs(got[i] - value) <= 1e-9 * scale
    return fits ? [] : [`[${i}] is ${got[i]}, the formula says ${value}`]
  })
}

/** @param known bars from which the formula is computed, @param compared from which the two are compared */
function expectNaive(name: string, bars: readonly BarValues[], known = 0, compared = 0): void {
  const got = streamed(name, bars)
  const want = NAIVE_INDICATORS[name](bars.slice(known))
  expect(Object.keys(got).sort()).toEqual(Object.keys(want).sort())
  const wrong = Object.keys(want).flatMap((output) =>
    differences(got[output].slice(compared), want[output].slice(compared - known)).map((each) => `${output}${each}`),
  )
  expect(wrong.slice(0, 3)).toEqual([])
}

/** What never forgets how it began, or slowly. */
const REMEMBERS = new Set(['accumulation', 'anchored-vwap', 'kama', 'obv'])

const long = randomBars(5_000, CHARACTERS['walk'], 3)

it('every indicator has its formula', () => {
  expect(INDICATORS.map(({ name }) => name).sort()).toEqual(Object.keys(NAIVE_INDICATORS).sort())
})

describe.each(INDICATORS.map(({ name }) => name))('%s', (name) => {
  it.each(Object.entries(CHARACTERS))('is its formula at every bar: %s', (_, character) => {
    expectNaive(name, randomBars(170, character, 1))
  })

  it('is its formula without any move', () => {
    expectNaive(name, flatBars(130, 0.1, 7))
    expectNaive(name, flatBars(130, 12_345.6, 0))
  })

  it('has not drifted after 5,000 bars', () => {
    expectNaive(name, long, REMEMBERS.has(name) ? 0 : 170 * 24, 4_900)
  })
})
