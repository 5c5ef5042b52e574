import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { atr } from './atr.ts'
import { ema } from './ema.ts'
import { sma } from './sma.ts'

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
const price = fc.double({ min: 0.01, max: 1e6, noNaN: true })
const prices = fc.array(price, { minLength: 1, maxLength: 80 })
const bars = fc.array(
  fc
    .tuple(price, price, price)
    .map((p) => p.sort((a, b) => a - b))
    .map(([low, close, high]) => ({ high, low, close })),
  { minLength: 1, maxLength: 80 },
)
const length = fc.integer({ min: 1, max: 20 })
/** Floats summed in another order. */
const near = (value: number, expected: number): void =>
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected), 1e6))

/** The last value of a recursion over x with gain g, from a seed. */
const recursion = (x: readonly number[], gain: number, seed: number): number =>
  x.reduce((value, each) => value + gain * (each - value), seed)

describe('against formulas over the whole history', () => {
  it('sma is the mean of the last n', () => {
    fc.assert(
      fc.property(prices, length, (x, n) => {
        const indicator = sma(n)
        x.forEach((value, i) => {
          indicator.update(value)
          expect(indicator.ready).toBe(i + 1 >= n)
          if (indicator.ready) near(indicator.value, mean(x.slice(i + 1 - n, i + 1)))
          else expect(indicator.value).toBeNaN()
        })
      }),
    )
  })

  it('ema is its recursion from the first value', () => {
    fc.assert(
      fc.property(prices, length, (x, n) => {
        const indicator = ema(n, 'first')
        expect(indicator.ready).toBe(false)
        x.forEach((value, i) => {
          expect(indicator.update(value)).toBe(indicator.value)
          expect(indicator.ready).toBe(true)
          near(indicator.value, recursion(x.slice(1, i + 1), 2 / (n + 1), x[0]))
        })
      }),
    )
  })

  it('ema is its recursion from the mean of the first n', () => {
    fc.assert(
      fc.property(prices, length, (x, n) => {
        const indicator = ema(n)
        x.forEach((value, i) => {
          indicator.update(value)
          expect(indicator.ready).toBe(i + 1 >= n)
          if (indicator.ready) near(indicator.value, recursion(x.slice(n, i + 1), 2 / (n + 1), mean(x.slice(0, n))))
          else expect(indicator.value).toBeNaN()
        })
      }),
    )
  })

  it.each(['first', 'mean'] as const)("atr is Wilder's smoothing of true ranges, seeded by %s", (seed) => {
    fc.assert(
      fc.property(bars, length, (rows, n) => {
        const ranges = rows.map(({ high, low }, i) =>
          i === 0 ? high - low : Math.max(high, rows[i - 1].close) - Math.min(low, rows[i - 1].close),
        )
        const indicator = atr(n, seed)
        const begin = seed === 'first' ? 1 : n
        rows.forEach(({ high, low, close }, i) => {
          indicator.update(high, low, close)
          expect(indicator.ready).toBe(i + 1 >= begin)
          if (indicator.ready) near(indicator.value, recursion(ranges.slice(begin, i + 1), 1 / n, mean(ranges.slice(0, begin))))
          else expect(indicator.value).toBeNaN()
        })
      }),
    )
  })

  it('sma does not pile up rounding: after large values the small ones come out exactly again', () => {
    const indicator = sma(4)
    for (const value of [1e17, 1e17, 1e17, 1e17, 0.1, 0.2, 0.3, 0.4]) indicator.update(value)
    expect(indicator.value).toBe((0.1 + 0.2 + 0.3 + 0.4) / 4)
  })
})
