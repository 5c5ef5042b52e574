/** The trades of a minute give its bar, whatever the minute. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseTime } from '../../core/time.ts'
import { tradeStatistics } from '../../math/market-statistics.ts'
import { SymbolMarket } from './market.ts'
import { TradeMaker } from './trades.ts'

const origin = parseTime('2024-01-01')
const maker = new TradeMaker()

describe('the trades of a minute', () => {
  it('add up to its bar exactly', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom('SYNAUSDT', 'SYNCUSDT', 'AUSDT', 'BUSDT', 'CUSDT'), (seed, symbol) => {
        const market = new SymbolMarket({ seed, symbol, origin })
        for (let i = 0; i < 5; i++) {
          market.step()
          const { minutes } = market
          const { count, price, quantity, time, buys, orders, first, length, order } = maker.draw(
            minutes,
            market.chance.fork(`${i}`),
          )
          const prices = [...price.subarray(0, count)]
          const sizes = [...quantity.subarray(0, count)]
          expect(count).toBe(minutes.trades)
          expect([prices[0], Math.max(...prices), Math.min(...prices), prices.at(-1)]).toEqual([
            minutes.open,
            minutes.high,
            minutes.low,
            minutes.close,
          ])
          expect(sizes.every((size) => Number.isSafeInteger(size) && size > 0)).toBe(true)
          expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(minutes.volume)
          expect(sizes.reduce((sum, size, k) => sum + size * buys[k], 0)).toBe(minutes.takerBuy)
          expect(length.subarray(0, orders).reduce((sum, value) => sum + value, 0)).toBe(count)
          expect(time[0]).toBeGreaterThanOrEqual(0)
          expect(time[count - 1]).toBeLessThan(60_000)
          // An order is one taker's: one side, one moment, prices that only get worse.
          const wrong = prices.flatMap((_, k) => {
            if (k === 0 || (order[k] !== order[k - 1] && first[order[k]] === k && time[k] >= time[k - 1])) return []
            const worse = buys[k] === 1 ? price[k] - price[k - 1] : price[k - 1] - price[k]
            return order[k] === order[k - 1] && buys[k] === buys[k - 1] && time[k] === time[k - 1] && worse >= 0 ? [] : [k]
          })
          expect(wrong).toEqual([])
        }
      }),
      { numRuns: 15 },
    )
  })

  it('come in clusters, jump between bid and ask, and have sizes with a heavy tail and round numbers', () => {
    const market = new SymbolMarket({ seed: 3, symbol: 'SYNAUSDT', origin })
    const columns = { price: [] as number[], quantity: [] as number[], time: [] as number[], takerBuys: [] as number[] }
    for (let i = 0; i < 60; i++) {
      market.step()
      const { count, price, quantity, time, buys } = maker.draw(market.minutes, market.chance.fork(`${i}`))
      columns.price.push(...price.subarray(0, count))
      columns.quantity.push(...quantity.subarray(0, count))
      columns.time.push(...time.subarray(0, count).map((at) => at + i * 60_000))
      columns.takerBuys.push(...buys.subarray(0, count))
    }
    const statistics = tradeStatistics({
      price: Float64Array.from(columns.price),
      quantity: Float64Array.from(columns.quantity),
      time: Float64Array.from(columns.time),
      takerBuys: Uint8Array.from(columns.takerBuys),
    })
    // The three recorded files with every trade: 0.64 to 0.79, 0.70 to 0.81, 1.4 to 1.8, 0.79 to 0.86, 4 to 11, 1.3 to 2.8, 0.19 to 0.75.
    const bands: readonly [keyof typeof statistics, number, number][] = [
      ['samePriceShare', 0.55, 0.88],
      ['sameTimeShare', 0.6, 0.88],
      ['waitingVariation', 1.25, 2.3],
      ['sideAutocorrelation', 0.65, 0.92],
      ['meanOverMedianSize', 3, 14],
      ['sizeTailIndex', 1.1, 3],
      ['commonSizesShare', 0.15, 0.8],
    ]
    for (const [name, least, most] of bands) {
      expect(statistics[name], name).toBeGreaterThan(least)
      expect(statistics[name], name).toBeLessThan(most)
    }
  })
})
