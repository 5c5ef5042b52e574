/** What the minutes of a synthetic market promise: the same bits everywhere, symbols that do not disturb one another, clean bars. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOUR, intervalOf, MINUTE, parseTime } from '../../core/time.ts'
import { MinuteBars } from './bars.ts'
import { SymbolMarket } from './market.ts'
import type { SymbolRequest } from './market.ts'

const origin = parseTime('2024-01-05T22:30')
const market = (over: Partial<SymbolRequest> = {}): SymbolMarket =>
  new SymbolMarket({ seed: 7, symbol: 'SYNAUSDT', origin, ...over })

/** All numbers of the next minutes. */
function numbersOf(own: SymbolMarket, minutes: number): number[] {
  return Array.from({ length: minutes }, () => {
    own.step()
    const { minutes: m, settlement } = own
    const { premium } = m
    return [
      ...[m.open, m.high, m.low, m.close, m.volume, m.takerBuy, m.quoteVolume, m.trades, m.spread, m.tradesBefore],
      ...[premium.open, premium.high, premium.low, premium.close, premium.index, settlement?.rate ?? 0],
    ]
  }).flat()
}

describe('a synthetic market', () => {
  it('is the same to the last bit on every machine', () => {
    const sums = ['SYNAUSDT', 'SYNCUSDT', 'OTHERUSDT'].map((symbol) =>
      createHash('sha256')
        .update(Float64Array.from(numbersOf(market({ symbol }), 3_000)))
        .digest('hex')
        .slice(0, 16),
    )
    expect(sums).toEqual(GOLDEN)
  })

  it('is another one for another seed, and another for another symbol', () => {
    const own = numbersOf(market(), 10)
    expect(numbersOf(market({ seed: 8 }), 10)).not.toEqual(own)
    expect(numbersOf(market({ symbol: 'SYNBUSDT' }), 10)).not.toEqual(own)
    expect(numbersOf(market(), 10)).toEqual(own)
  })

  it('keeps minutes on the grid and consistent, for any symbol and seed', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom('SYNBUSDT', 'SYNCUSDT', 'AUSDT', 'BUSDT', 'CUSDT', 'DUSDT'), (seed, symbol) => {
        const own = market({ seed, symbol })
        const wrong: string[] = []
        for (let i = 0; i < 200; i++) {
          own.step()
          const { minutes: m } = own
          const check = (holds: boolean, what: string): void => void (holds || wrong.push(`${what} in minute ${i}`))
          for (const value of [m.open, m.high, m.low, m.close, m.volume, m.takerBuy, m.trades, m.quoteVolume])
            check(Number.isSafeInteger(value) && value > 0, 'a whole number')
          for (const { open, high, low, close } of [m, m.premium])
            check(high >= Math.max(open, close) && low <= Math.min(open, close) && low > 0, 'high and low around open and close')
          check(m.high - m.low >= m.spread, 'the spread within the range')
          check(m.takerBuy < m.volume, 'both sides take')
          const mean = ((m.quoteVolume / 1e4) * m.perTick * m.perStep) / m.volume
          check(mean >= m.low * 0.9999 && mean <= m.high * 1.0001, 'the mean price within the range')
          check(Math.abs(m.premium.close / 1e8 / (m.close / m.perTick) - 1) < 0.02, 'the mark near the price')
        }
        expect(wrong).toEqual([])
      }),
      { numRuns: 12 },
    )
  })

  it('settles funding on the hours of its schedule, within its cap', () => {
    const own = market({ fundingHours: 4 })
    const times: number[] = []
    for (let i = 0; i < 3 * 1_440; i++) {
      own.step()
      if (own.settlement === undefined) continue
      times.push(own.settlement.time)
      expect(own.settlement.time).toBe(own.weather.time)
      expect(Math.abs(own.settlement.rate)).toBeLessThanOrEqual(0.003 * 1e8)
    }
    expect(times.length).toBeGreaterThanOrEqual(18)
    expect(times.every((time) => time % HOUR === 0)).toBe(true)
  })

  it('joins minutes to the bars of any interval', () => {
    const own = market()
    const bars = new MinuteBars(intervalOf('5m'))
    let rows: { open: number; high: number; low: number; close: number; volume: number }[] = []
    for (let i = 0; i < 30; i++) {
      own.step()
      const { open, high, low, close, volume } = own.minutes
      rows.push({ open, high, low, close, volume })
      if (!bars.add(own)) continue
      expect(rows).toHaveLength(5)
      expect(bars).toMatchObject({
        openTime: own.weather.time - 4 * MINUTE,
        open: rows[0].open,
        high: Math.max(...rows.map((row) => row.high)),
        low: Math.min(...rows.map((row) => row.low)),
        close: rows[4].close,
        volume: rows.reduce((sum, row) => sum + row.volume, 0),
      })
      rows = []
    }
    expect(rows).toEqual([])
  })
})

const GOLDEN: readonly string[] = ['af0236dbf00c9347', 'c4b562f8fa1b71ca', '0ff983ae66694bba']
