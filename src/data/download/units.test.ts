/** How a period is cut into files, and what they are called. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addMonths, DAY, intervalOf, parseTime, startOfDay, startOfMonth } from '../../core/time.ts'
import type { Micros } from '../../core/time.ts'
import { readFileName } from '../../storage/market-data/symbol-and-interval.ts'
import { KINDS, kindOf } from './kinds.ts'
import { archivePath, archiveFile, firstOpen, hasDays, restFile, stemOf, unitsOf } from './units.ts'
import type { Series } from './units.ts'

const series = (kind: string, interval?: string, symbol = 'BTCUSDT'): Series => ({
  symbol,
  kind: kindOf(kind),
  interval: interval === undefined ? undefined : intervalOf(interval),
})
const stems = (of: Series, from: string, to: string, now = '2024-06-12T10:30Z'): readonly string[] =>
  unitsOf(of, parseTime(from), parseTime(to), parseTime(now)).map(stemOf)

describe('unitsOf', () => {
  it('takes months that are asked for entirely and are over, and days for the rest', () => {
    expect(stems(series('klines', '1h'), '2024-03-30', '2024-06-03')).toEqual([
      'BTCUSDT-1h-2024-03-30',
      'BTCUSDT-1h-2024-03-31',
      'BTCUSDT-1h-2024-04',
      'BTCUSDT-1h-2024-05',
      'BTCUSDT-1h-2024-06-01',
      'BTCUSDT-1h-2024-06-02',
    ])
    expect(stems(series('mark', '1m'), '2024-06-11T23:00Z', '2025-01-01')).toEqual([
      'BTCUSDT-1m-2024-06-11',
      'BTCUSDT-1m-2024-06-12',
    ])
    expect(stems(series('klines', '1h'), '2024-06-13', '2025-01-01')).toEqual([])
  })

  it('takes whole months where there are no days, and days where there are no months', () => {
    expect(stems(series('funding'), '2024-05-31T20:00Z', '2024-06-02')).toEqual([
      'BTCUSDT-fundingRate-2024-05',
      'BTCUSDT-fundingRate-2024-06',
    ])
    expect(stems(series('klines', '1w'), '2024-05-31', '2024-06-02')).toEqual(['BTCUSDT-1w-2024-05', 'BTCUSDT-1w-2024-06'])
    expect(stems(series('klines', '1M'), '2024-05-31', '2024-06-01')).toEqual(['BTCUSDT-1mo-2024-05'])
    expect(stems(series('metrics'), '2024-02-01', '2024-03-01')).toHaveLength(29)
  })

  it('covers the period once, as far as it is past', () => {
    const day = fc.integer({ min: 0, max: 900 }).map((days) => (parseTime('2023-01-01') + days * DAY) as Micros)
    const moment = fc.tuple(day, fc.integer({ min: 0, max: DAY - 1 })).map(([start, rest]) => (start + rest) as Micros)
    const some = fc.constantFrom(...KINDS).map((kind) => series(kind.name, kind.perInterval ? '1h' : undefined))
    fc.assert(
      fc.property(some, fc.uniqueArray(moment, { minLength: 3, maxLength: 3 }), (of, moments) => {
        const [from, ...others] = moments.toSorted((a, b) => a - b)
        for (const [to, now] of [others, others.toReversed()]) {
          const units = unitsOf(of, from, to, now)
          const end = Math.min(to, now) as Micros
          for (let i = 1; i < units.length; i += 1) expect(units[i].from).toBe(units[i - 1].to)
          const last = units.at(-1)
          expect(units[0].from).toBe(hasDays(of) ? startOfDay(from) : startOfMonth(from))
          expect(last?.to).toBeGreaterThanOrEqual(end)
          expect((last?.to ?? 0) - end).toBeLessThanOrEqual(hasDays(of) ? DAY : 31 * DAY)
          for (const unit of units) expect(unit.to).toBe(unit.span === 'month' ? addMonths(unit.from, 1) : unit.from + DAY)
        }
      }),
    )
  })
})

describe('names', () => {
  it('are those of the archive', () => {
    const [month] = unitsOf(series('klines', '1M'), parseTime('2024-05-01'), parseTime('2024-06-01'), parseTime('2025-01-01'))
    expect(archivePath(month)).toBe('data/futures/um/monthly/klines/BTCUSDT/1mo/BTCUSDT-1mo-2024-05.zip')
    const [day] = unitsOf(series('metrics'), parseTime('2024-05-01'), parseTime('2024-05-02'), parseTime('2025-01-01'))
    expect(archivePath(day)).toBe('data/futures/um/daily/metrics/BTCUSDT/BTCUSDT-metrics-2024-05-01.zip')
    const [other] = unitsOf(
      series('aggTrades', undefined, '币安人生USDT'),
      parseTime('2024-05-01'),
      parseTime('2024-05-02'),
      parseTime('2025-01-01'),
    )
    expect(decodeURIComponent(archivePath(other))).toBe(
      'data/futures/um/daily/aggTrades/币安人生USDT/币安人生USDT-aggTrades-2024-05-01.zip',
    )
    expect(archivePath(other)).not.toMatch(/[^ -~]/)
  })

  it('tell a reader of market data symbol and interval', () => {
    const [unit] = unitsOf(series('klines', '15m'), parseTime('2024-05-01'), parseTime('2024-05-02'), parseTime('2025-01-01'))
    for (const path of [archiveFile(unit), restFile(unit)])
      expect(readFileName(path.split('/')[1])).toMatchObject({ symbol: 'BTCUSDT', interval: intervalOf('15m') })
  })
})

it('firstOpen is the first bar at or after a moment', () => {
  expect(firstOpen(parseTime('2024-06-01'), intervalOf('1h'))).toBe(parseTime('2024-06-01'))
  expect(firstOpen(parseTime('2024-06-01'), intervalOf('1w'))).toBe(parseTime('2024-06-03'))
  expect(firstOpen(parseTime('2024-06-01T00:01Z'), intervalOf('1M'))).toBe(parseTime('2024-07-01'))
})
