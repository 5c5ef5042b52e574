/**
 * The indicators that TA-Lib does not have, against the package `trading-signals`, which others wrote: from the first bar on where
 * both begin alike, else after the beginning is forgotten.
 */
import { BollingerBands, CMF, DonchianChannels, HMA, IchimokuCloud, LinearRegression, SuperTrend, VWMA } from 'trading-signals'
import { describe, expect, it } from 'vitest'
import { bollinger, cmf, donchian, hma, ichimoku, linearRegression, superTrend, vwap } from '../../src/index.ts'
import type { BarValues } from '../../src/market/indicators/indicator.ts'
import { CHARACTERS, randomBars } from './random-bars.ts'

const bars = randomBars(400, CHARACTERS['walk'], 17)

/** What both say after each bar, from the first where both say something. */
function expectSame(
  ours: (bar: BarValues) => readonly number[],
  theirs: (bar: BarValues) => readonly (number | undefined)[] | undefined,
  forgotten = 0,
): void {
  const wrong: string[] = []
  let compared = 0
  bars.forEach((bar, i) => {
    const got = ours(bar)
    const want = theirs(bar)
    if (want === undefined || got.some(Number.isNaN) || i < forgotten) return
    compared += 1
    got.forEach((value, k) => {
      const other = want[k] ?? Number.NaN
      if (!(Math.abs(value - other) <= 1e-8 * Math.max(1, Math.abs(other)))) wrong.push(`[${i}][${k}] ${value} is ${other}`)
    })
  })
  expect(wrong.slice(0, 3)).toEqual([])
  expect(compared).toBeGreaterThan(100)
}

describe.each([5, 10, 23])('with length %d', (n) => {
  it('Bollinger bands', () => {
    const [ours, theirs] = [bollinger(n, { factor: 1.5 }), new BollingerBands(n, 1.5)]
    expectSame(
      ({ close }) => {
        ours.update(close)
        return [ours.upper, ours.middle, ours.lower]
      },
      ({ close }) => {
        const bands = theirs.add(close)
        return bands === null ? undefined : [bands.upper, bands.middle, bands.lower]
      },
    )
  })

  it('Donchian channel', () => {
    const [ours, theirs] = [donchian(n), new DonchianChannels(n)]
    expectSame(
      ({ high, low }) => {
        ours.update(high, low)
        return [ours.upper, ours.lower]
      },
      (bar) => {
        const bands = theirs.add({ ...bar })
        return bands === null ? undefined : [bands.upper, bands.lower]
      },
    )
  })

  it('straight line', () => {
    const [ours, theirs] = [linearRegression(n), new LinearRegression(n)]
    expectSame(
      ({ close }) => {
        ours.update(close)
        return [ours.slope, ours.intercept]
      },
      ({ close }) => {
        const line = theirs.add(close)
        return line === null ? undefined : [line.slope, line.intercept]
      },
    )
  })

  it('SuperTrend', () => {
    const [ours, theirs] = [superTrend(n, 2), new SuperTrend({ interval: n, multiplier: 2 })]
    expectSame(
      ({ high, low, close }) => [ours.update(high, low, close)],
      (bar) => [theirs.add({ ...bar })?.supertrend],
      250,
    )
  })

  it('money flow and average price by volume', () => {
    const [flow, theirFlow, price, theirPrice] = [cmf(n), new CMF(n), vwap(n), new VWMA(n)]
    expectSame(
      ({ high, low, close, volume }) => [flow.update(high, low, close, volume), price.update(close, volume)],
      (bar) => [theirFlow.add({ ...bar }) ?? undefined, theirPrice.add({ ...bar }) ?? undefined],
    )
  })

  it('Ichimoku', () => {
    const ours = ichimoku({ conversion: n, base: 2 * n, span: 3 * n })
    const theirs = new IchimokuCloud({ conversionInterval: n, baseInterval: 2 * n, spanBInterval: 3 * n })
    expectSame(
      ({ high, low }) => {
        ours.update(high, low)
        return [ours.conversion, ours.base, ours.spanA, ours.spanB]
      },
      (bar) => {
        const cloud = theirs.add({ ...bar })
        return cloud === null ? undefined : [cloud.conversion, cloud.base, cloud.spanA, cloud.spanB]
      },
    )
  })
})

// They round both lengths to the nearest number, the definition rounds down: lengths for which that is the same.
it.each([4, 10, 16])('Hull average of length %d', (n) => {
  const [ours, theirs] = [hma(n), new HMA(n)]
  expectSame(
    ({ close }) => [ours.update(close)],
    ({ close }) => [theirs.add(close) ?? undefined],
  )
})
