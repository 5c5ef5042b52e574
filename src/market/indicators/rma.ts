/** Wilder's moving average. */
import type { IndicatorDefinition, Seed } from './indicator.ts'
import { checkValue } from './parts/check.ts'
import { Recursion } from './parts/recursion.ts'

/** `a += (x - a)/n`, seeded with the first value or with the mean of the first n. */
export class Rma extends Recursion {
  constructor(length: number, seed: Seed = 'mean') {
    super(length, 1 / length, seed)
  }

  override update(x: number): number {
    checkValue('x', x)
    return super.update(x)
  }
}

export const rma = (length: number, seed: Seed = 'mean'): Rma => new Rma(length, seed)

export const rmaDefinition: IndicatorDefinition = {
  name: 'rma',
  summary: "Wilder's moving average: `a += (x - a)/n`",
  call: "rma(length, seed = 'mean' | 'first')",
  takes: 'x',
  source: 'J. W. Wilder, New Concepts in Technical Trading Systems, 1978',
  example: () => {
    const indicator = rma(14)
    return { indicator, feed: ({ close }) => void indicator.update(close), outputs: () => ({ value: indicator.value }) }
  },
}
