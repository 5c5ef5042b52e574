/** Exponential moving average. */
import type { IndicatorDefinition, Seed } from './indicator.ts'
import { checkValue } from './parts/check.ts'
import { Recursion } from './parts/recursion.ts'

/** `e += 2/(n+1) * (x - e)`, seeded with the first value or with the mean of the first n. */
export class Ema extends Recursion {
  constructor(length: number, seed: Seed = 'mean') {
    super(length, 2 / (length + 1), seed)
  }

  override update(x: number): number {
    checkValue('x', x)
    return super.update(x)
  }
}

/** @param seed how the recursion begins; libraries differ here and nowhere else. */
export const ema = (length: number, seed: Seed = 'mean'): Ema => new Ema(length, seed)

export const emaDefinition: IndicatorDefinition = {
  name: 'ema',
  summary: 'exponential moving average: `e += 2/(n+1) (x - e)`',
  call: "ema(length, seed = 'mean' | 'first')",
  takes: 'x',
  source: 'J. M. Hurst 1970; recursion e += 2/(n+1) (x - e)',
  example: () => {
    const indicator = ema(20)
    return { indicator, feed: ({ close }) => void indicator.update(close), outputs: () => ({ value: indicator.value }) }
  },
}
