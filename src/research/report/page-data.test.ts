/** What the page is given: equal steps of time, no lost trough, candles that come out as they went in. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reportSample } from '../../../test/e2e/report-sample.ts'
import { packEquity, pageJson } from './page-data.ts'

const running = (steps: readonly number[]): number[] => {
  let total = 0
  return steps.map((step) => (total += step))
}

describe('packEquity', () => {
  it('keeps the last equity and the deepest drawdown (property)', () => {
    const points = fc.array(fc.tuple(fc.integer({ min: 1_000, max: 10_000_000 }), fc.integer({ min: 1, max: 100_000 })), {
      minLength: 1,
      maxLength: 80,
    })
    fc.assert(
      fc.property(points, (list) => {
        let time = 0
        const curve = list.map(([step, value]) => [(time += step), value] as const)
        const packed = packEquity(curve, 50_000)
        const values = running(packed.cents)
        let peak = 50_000
        const deepest = Math.max(0, ...list.map(([, value]) => 1 - value / (peak = Math.max(peak, value))))
        expect(values[values.length - 1]).toBe(list[list.length - 1][1] * 100)
        expect(Math.max(...packed.depths) / 10_000).toBeCloseTo(deepest, 3)
        expect(packed.depths).toHaveLength(packed.cents.length)
        expect(packed.stepS).toBeGreaterThanOrEqual(1)
      }),
    )
  })
  it('keeps evenly spaced points as they are', () => {
    expect(
      packEquity(
        [
          [0, 10],
          [60_000, 12],
          [120_000, 9],
        ],
        10,
      ),
    ).toEqual({ startS: 0, stepS: 60, cents: [1000, 200, -300], depths: [0, 0, 2500] })
  })
  it('copes with nothing, and with one moment', () => {
    expect(packEquity([], 10).cents).toEqual([])
    expect(
      packEquity(
        [
          [5_000, 10],
          [5_000, 8],
        ],
        10,
      ),
    ).toMatchObject({ cents: [800], depths: [2000] })
  })
})

describe('pageJson', () => {
  const { doc, series } = reportSample({ bars: 300, trades: 12, symbols: ['BTCUSDT', '</script><script>alert(1)'] })
  const json = pageJson(doc, series)
  const data = JSON.parse(json)

  it('cannot end the script element that holds it', () => {
    expect(json).not.toContain('<')
    expect(data.symbols[1]).toBe('</script><script>alert(1)')
  })

  it('packs candles without loss', () => {
    const [{ rows, decimals, startS, stepS, joined, interval }] = data.candles
    const [source] = series.symbols
    expect([joined, interval, decimals, stepS]).toEqual([false, '1h', 1, 3_600])
    let [time, close] = [startS, 0]
    for (let i = 0; i < source.openTimeMs.length; i++) {
      const [step, open, high, low, change] = rows.slice(i * 5, i * 5 + 5)
      time += step * stepS
      const opened = close + open
      close = opened + change
      const bar = [opened, Math.max(opened, close) + high, Math.min(opened, close) - low, close].map(
        (units) => units / 10 ** decimals,
      )
      expect([time * 1_000, ...bar]).toEqual([
        source.openTimeMs[i],
        source.open[i],
        source.high[i],
        source.low[i],
        source.close[i],
      ])
    }
  })

  it('says when candles were joined', () => {
    const many = reportSample({ bars: 6_000, trades: 4, symbols: ['BTCUSDT'] })
    const [packed] = JSON.parse(pageJson(many.doc, many.series)).candles
    expect([packed.joined, packed.interval, packed.rows.length]).toEqual([true, '2h', 15_000])
  })
})
