/** Parameters out of domain, and the options that change a convention. */
import { describe, expect, it } from 'vitest'
import * as offered from '../../src/index.ts'
import { MathError } from '../../src/math/error.ts'
import { atr } from '../../src/market/indicators/atr.ts'
import { donchian } from '../../src/market/indicators/donchian.ts'
import { aroon } from '../../src/market/indicators/aroon.ts'
import { adx } from '../../src/market/indicators/adx.ts'
import { bollinger } from '../../src/market/indicators/bollinger.ts'
import { closeVolatility } from '../../src/market/indicators/close-volatility.ts'
import { deviation } from '../../src/market/indicators/deviation.ts'
import { ema } from '../../src/market/indicators/ema.ts'
import { garmanKlass } from '../../src/market/indicators/garman-klass.ts'
import type { Indicator } from '../../src/market/indicators/indicator.ts'
import { INDICATORS } from '../../src/market/indicators/list.ts'
import { macd } from '../../src/market/indicators/macd.ts'
import { obv } from '../../src/market/indicators/obv.ts'
import { percentRank } from '../../src/market/indicators/percent-rank.ts'
import { psar } from '../../src/market/indicators/psar.ts'
import { roc } from '../../src/market/indicators/roc.ts'
import { rsi } from '../../src/market/indicators/rsi.ts'
import { stochastic } from '../../src/market/indicators/stochastic.ts'
import { trueRange } from '../../src/market/indicators/true-range.ts'
import { trendScore } from '../../src/market/indicators/trend-score.ts'
import { vwap } from '../../src/market/indicators/vwap.ts'

const WITHOUT_LENGTH = new Set(['accumulation', 'anchoredVwap', 'obv', 'pivotPoints', 'psar', 'sessionVwap', 'trueRange'])
const factories = Object.entries(offered as Record<string, unknown>).filter(([name]) =>
  INDICATORS.some(({ call }) => call.startsWith(`${name}(`)),
) as [string, (first?: unknown) => Indicator][]

it('every indicator of the list is offered, and its call says so', () => {
  expect(factories.length).toBe(INDICATORS.length)
})

describe.each(factories.filter(([name]) => !WITHOUT_LENGTH.has(name)))('%s', (_, factory) => {
  const named = ['fast', 'slow', 'signal', 'short', 'medium', 'long', 'conversion', 'base', 'span', 'displacement']
  it.each([0, -1, 1.5, Number.NaN, Infinity, 1e9])('refuses the length %d', (length) => {
    const byName = /^\w+\(\{/.test(
      INDICATORS.find(({ call }) => factories.some(([name, f]) => f === factory && call.startsWith(`${name}(`)))?.call ?? '',
    )
    const calls = byName ? named.map((name) => () => factory({ [name]: length })) : [() => factory(length)]
    const thrown = calls.filter((call) => {
      try {
        call()
      } catch (error) {
        expect(error).toBeInstanceOf(MathError)
        return true
      }
      return false
    })
    expect(thrown.length).toBeGreaterThan(0)
    if (!byName) expect(thrown.length).toBe(calls.length)
  })
})

const unknown = (word: string): never => word as never

describe('other parameters', () => {
  it.each<[string, () => unknown]>([
    ['an unknown seed', () => ema(5, unknown('last'))],
    ['an unknown first range', () => trueRange(unknown('none'))],
    ['an unknown scale', () => roc(5, { scale: unknown('promille') })],
    ['an unknown alignment', () => macd({ align: unknown('left') })],
    ['a slow average that is faster', () => macd({ fast: 30, slow: 20 })],
    ['no width', () => bollinger(20, { factor: 0 })],
    ['a deviation of one value', () => deviation(1)],
    ['ties beyond all', () => percentRank(20, 1.5)],
    ['as many lags as bars', () => trendScore(10, 9)],
    ['no acceleration', () => psar({ step: 0 })],
    ['a year without bars', () => closeVolatility(20, { periodsPerYear: 0 })],
  ])('%s', (_, make) => expect(make).toThrow(MathError))

  it('prices of logarithms and ratios are above zero, volumes not below', () => {
    expect(() => roc(2).update(0)).toThrow(expect.objectContaining({ reason: 'out-of-domain' }))
    expect(() => closeVolatility(2).update(-1)).toThrow(expect.objectContaining({ reason: 'out-of-domain' }))
    expect(() => obv().update(1, -1)).toThrow(expect.objectContaining({ reason: 'out-of-domain' }))
  })
})

/** The value after each of these closes; a bar reaches one above and one below. */
const values = (
  indicator: { readonly value: number; update(...x: number[]): unknown },
  closes: readonly number[],
): readonly number[] =>
  closes.map((close) => {
    indicator.update(close + 1, close - 1, close)
    return indicator.value
  })

describe('conventions', () => {
  it('the first true range counts or not', () => {
    expect(values(trueRange('high-low'), [5, 9])).toEqual([2, 5])
    expect(values(trueRange(), [5, 9])).toEqual([Number.NaN, 5])
    expect(values(atr(2), [5, 9])).toEqual([Number.NaN, 3.5])
    expect(values(atr(2, { firstRange: 'skip' }), [5, 9, 9])).toEqual([Number.NaN, Number.NaN, 3.5])
    expect(values(atr(2, 'first'), [5, 9])).toEqual([2, 3.5])
  })

  it('a channel of the bars before does not know this one', () => {
    const channel = donchian(2, { bars: 'previous' })
    const rows = [5, 6, 9, 1].map((x) => {
      channel.update(x, x - 1)
      return [channel.upper, channel.lower, channel.ready]
    })
    expect(rows).toEqual([
      [Number.NaN, Number.NaN, false],
      [Number.NaN, Number.NaN, false],
      [6, 4, true],
      [9, 5, true],
    ])
  })

  it('an Aroon can begin one bar early', () => {
    expect(values(aroon(2, { start: 'partial' }), [1, 2, 3])).toEqual([Number.NaN, 50, 100])
    expect(values(aroon(2), [1, 2, 3])).toEqual([Number.NaN, Number.NaN, 100])
  })

  it('directional sums begin with n - 1 bars and a step, or with n', () => {
    const rise = [1, 2, 4, 4, 4]
    expect(values(adx(2), rise).at(-1)).toBe(100)
    const [short, mean] = [adx(2), adx(2, { start: 'mean' })]
    values(short, rise.slice(0, 3))
    values(mean, rise.slice(0, 3))
    // Ranges 2 and 3 with movements 1 and 2: halved once, or not.
    expect(short.plusDi).toBeCloseTo((100 * (0.5 + 2)) / (1 + 3), 12)
    expect(mean.plusDi).toBeCloseTo((100 * (1 + 2)) / (2 + 3), 12)
  })

  it('both averages of a MACD can begin together', () => {
    const of = (align: 'own' | 'slow'): readonly number[] => {
      const indicator = macd({ fast: 2, slow: 4, signal: 1, align })
      return [1, 2, 4, 8, 9].map((x) => indicator.update(x))
    }
    // Slow: mean of 1, 2, 4, 8; fast: 1.5, then steps of 2/3, or the mean of 4 and 8.
    expect(of('own')[3]).toBeCloseTo(1.5 + (2 / 3) * 2.5 + (2 / 3) * (8 - 1.5 - (2 / 3) * 2.5) - 3.75, 12)
    expect(of('slow')[3]).toBeCloseTo(6 - 3.75, 12)
    const percent = macd({ fast: 1, slow: 2, signal: 1, scale: 'percent' })
    percent.update(2)
    expect(percent.update(4)).toBeCloseTo(100 * (4 / 3 - 1), 12)
  })

  it('what a flat market gives', () => {
    const flat = [3, 3, 3, 3]
    const of = (indicator: { readonly value: number; update(...x: number[]): unknown }): number | undefined =>
      flat
        .map((x) => {
          indicator.update(x, x, x, 1)
          return indicator.value
        })
        .at(-1)
    expect(of(rsi(2))).toBe(50)
    expect(of(rsi(2, { flat: 0 }))).toBe(0)
    expect(of(stochastic(2, { smoothK: 1, smoothD: 1 }))).toBe(50)
    expect(of(stochastic(2, { smoothK: 1, smoothD: 1, flat: 0 }))).toBe(0)
    expect(of(adx(2))).toBe(0)
  })

  it('returns are simple or logarithmic, percent or fractions', () => {
    const of = (options: Parameters<typeof roc>[1]): number => {
      const indicator = roc(1, options)
      indicator.update(2)
      return indicator.update(3)
    }
    expect(of({})).toBe(50)
    expect(of({ scale: 'fraction' })).toBe(0.5)
    expect(of({ kind: 'log', scale: 'fraction' })).toBeCloseTo(Math.log(1.5), 15)
  })

  it('the balance of volume begins with the first volume or with nothing', () => {
    expect([obv().update(1, 7), obv({ start: 'zero' }).update(1, 7)]).toEqual([7, 0])
  })

  it('volatility is taken around the mean or around zero, with or without the gap', () => {
    const of = (indicator: { update(x: number): number }): number | undefined =>
      [1, Math.E, Math.E ** 2].map((x) => indicator.update(x)).at(-1)
    expect(of(closeVolatility(2))).toBeCloseTo(0, 12)
    expect(of(closeVolatility(2, { mean: 'zero', periodsPerYear: 4 }))).toBeCloseTo(2 * Math.SQRT2, 12)
    const jump = garmanKlass(1, { gap: 'open' })
    jump.update(1, 1, 1, 1)
    expect(jump.update(Math.E, Math.E, Math.E, Math.E)).toBeCloseTo(1, 12)
  })

  it('without volume an average price is the price', () => {
    const indicator = vwap(2)
    indicator.update(5, 0)
    expect(indicator.update(6, 0)).toBe(6)
    expect(indicator.update(8, 2)).toBe(8)
  })

  it('a parabolic stop of TTR begins with the first bar', () => {
    const indicator = psar({ variant: 'ttr', gap: 0.5 })
    expect(indicator.update(10, 9)).toBe(8.5)
    expect(indicator.update(11, 10)).toBeCloseTo(8.5 + 0.02 * 1.5, 12)
    expect(indicator.update(10, 8)).toBe(11)
    expect(indicator.direction).toBe(-1)
  })
})
