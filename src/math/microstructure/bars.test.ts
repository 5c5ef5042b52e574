/** Laws of bars: volume, sides and extremes are kept, every bar is full, and events are those of the plain filter. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cusumEvents, dollarBars, tickBars, timeBars, type TradeBars, type Trades, volumeBars } from './bars.ts'

const trades = fc
  .array(
    fc.record({
      wait: fc.double({ min: 0, max: 5, noNaN: true }),
      price: fc.integer({ min: 90, max: 110 }),
      size: fc.integer({ min: 1, max: 20 }),
      side: fc.constantFrom(1, -1, 0),
    }),
    { minLength: 1, maxLength: 80 },
  )
  .map((rows): Trades => {
    let time = 0
    return {
      time: rows.map(({ wait }) => (time += wait)),
      price: rows.map(({ price }) => price),
      size: rows.map(({ size }) => size),
      side: rows.map(({ side }) => side),
    }
  })

/** Each bar from its trades, the plain way. */
function follows(bars: TradeBars, { price, size, side }: Trades): void {
  let from = 0
  bars.lastTrade.forEach((last, b) => {
    const rows = Array.from({ length: last + 1 - from }, (_, i) => from + i)
    const prices = rows.map((i) => price[i])
    const volumeOf = (wanted: number): number => rows.reduce((total, i) => total + (side[i] === wanted ? size[i] : 0), 0)
    expect([bars.open[b], bars.close[b]]).toEqual([prices[0], prices.at(-1)])
    expect([bars.high[b], bars.low[b]]).toEqual([Math.max(...prices), Math.min(...prices)])
    expect([bars.takerBuyVolume[b], bars.takerSellVolume[b]]).toEqual([volumeOf(1), volumeOf(-1)])
    expect(bars.volume[b]).toBe(volumeOf(1) + volumeOf(-1) + volumeOf(0))
    expect(bars.money[b]).toBe(rows.reduce((total, i) => total + price[i] * size[i], 0))
    from = last + 1
  })
}

describe('bars', () => {
  it('of time keep every trade, in its own slot', () => {
    fc.assert(
      fc.property(trades, fc.integer({ min: 1, max: 20 }), (own, width) => {
        const bars = timeBars(own, width)
        follows(bars, own)
        expect(bars.lastTrade.at(-1)).toBe(own.time.length - 1)
        let from = 0
        bars.lastTrade.forEach((last, b) => {
          for (; from <= last; from++) expect(Math.floor(own.time[from] / width) * width).toBe(bars.start[b])
          expect(b === 0 || bars.start[b] > bars.start[b - 1]).toBe(true)
        })
      }),
    )
  })

  it('of count, volume and money are full, and only the last trade made them so', () => {
    fc.assert(
      fc.property(trades, fc.integer({ min: 1, max: 60 }), (own, threshold) => {
        const byCount = tickBars(own, threshold)
        follows(byCount, own)
        expect(byCount.close.length).toBe(Math.floor(own.time.length / threshold))
        const byVolume = volumeBars(own, threshold)
        follows(byVolume, own)
        byVolume.volume.forEach((volume, b) => {
          expect(volume).toBeGreaterThanOrEqual(threshold)
          expect(volume - own.size[byVolume.lastTrade[b]]).toBeLessThan(threshold)
        })
        const byMoney = dollarBars(own, 100 * threshold)
        follows(byMoney, own)
        byMoney.money.forEach((money, b) => {
          const last = byMoney.lastTrade[b]
          expect(money).toBeGreaterThanOrEqual(100 * threshold)
          expect(money - own.price[last] * own.size[last]).toBeLessThan(100 * threshold)
        })
      }),
    )
  })

  it('and CUSUM events do not look ahead: those of a prefix are those of the whole up to there', () => {
    fc.assert(
      fc.property(trades, fc.double({ min: 0.005, max: 0.3, noNaN: true }), (own, threshold) => {
        const all = cusumEvents(own.price, threshold)
        for (let n = 1; n <= own.price.length; n++)
          expect(cusumEvents(Array.from(own.price).slice(0, n), threshold)).toEqual(all.filter((i) => i < n))
      }),
    )
  })
})
