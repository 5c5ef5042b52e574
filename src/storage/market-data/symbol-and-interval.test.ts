/** What names and spacings tell. */
import { describe, expect, test } from 'vitest'
import { InputError } from '../../core/errors.ts'
import { DAY, HOUR, intervalOf, MINUTE, parseTime } from '../../core/time.ts'
import { firstOffGrid, intervalOfSpacing, isOtherData, readFileName, settleInterval } from './symbol-and-interval.ts'

describe('file names', () => {
  test.each([
    ['BTCUSDT-1h.csv.gz', 'perp', 'BTCUSDT', '1h'],
    ['BTCUSDT-1m-2024-05.zip', 'perp', 'BTCUSDT', '1m'],
    ['BTCUSDT-1mo-2024-05.zip', 'perp', 'BTCUSDT', '1M'],
    ['BTCUSDT-1m-20230718-20230817.csv.gz', 'perp', 'BTCUSDT', '1m'],
    ['BTCUSDT-5m-2019.csv.gz', 'perp', 'BTCUSDT', '5m'],
    ['BTCUSDT_250328-1h.csv', 'perp', 'BTCUSDT_250328', '1h'],
    ['SPOT-BTCUSDT-1m.CSV', 'spot', 'BTCUSDT', '1m'],
    ['1000SHIBUSDT-1h.csv.gz', 'perp', '1000SHIBUSDT', '1h'],
    ['币安人生USDT-1h.csv', 'perp', '币安人生USDT', '1h'],
    ['BTCUSDT.csv', 'perp', 'BTCUSDT', undefined],
    ['universe-1d.csv.gz', 'perp', undefined, '1d'],
    ['prices.csv', 'perp', undefined, undefined],
    ['report-1h.csv', 'perp', undefined, undefined],
  ])('%s', (name, market, symbol, interval) => {
    const read = readFileName(name)
    expect([read.market, read.symbol, read.interval?.name, read.coinMargined]).toEqual([market, symbol, interval, undefined])
    expect(read.format).toBeDefined()
  })

  test.each(['COINM-BTCUSD_PERP-1h.csv.gz', 'BTCUSD_PERP-1h.csv', 'BTCUSD_250328-1h.zip', 'COINM-ETHUSD-1h.csv'])(
    '%s is coin-margined',
    (name) => {
      expect(readFileName(name).coinMargined).toContain('COIN-M')
    },
  )

  test('series that are no bars', () => {
    expect(readFileName('BTCUSDT-aggTrades-2024-05.zip').kind).toBe('trades')
    expect(readFileName('BTCUSDT-fundingRate-2024-05.zip').kind).toBe('funding')
    expect(readFileName('BTCUSDT-raw-2024-08-08.csv').kind).toBe('depth')
    expect(readFileName('BTCUSDT-constructor-x.csv').kind).toBeUndefined()
  })

  test('formats that are data but not read', () => {
    expect(['a.csv.zst', 'a.feather', 'a.tar', 'a.jsonl.xz'].map(isOtherData)).toEqual([true, true, true, true])
    const read = ['a.csv', 'a.csv.gz', 'a.zip', 'a.parquet', 'a.json', 'a.json.gz', 'a.jsonl', 'a.jsonl.gz', 'README.md']
    expect(read.filter(isOtherData)).toEqual([])
    expect(isOtherData('README.md')).toBe(false)
  })
})

const times = (...steps: number[]): Float64Array => Float64Array.from(steps, (step) => parseTime('2024-01-01') + step)

describe('intervals', () => {
  test('of spacings', () => {
    expect([MINUTE, HOUR, 3 * DAY, 29 * DAY, 31 * DAY, 7 * MINUTE].map((spacing) => intervalOfSpacing(spacing)?.name)).toEqual([
      '1m',
      '1h',
      '3d',
      '1M',
      '1M',
      undefined,
    ])
  })

  test('what the name says holds through gaps, and not against the rows', () => {
    const hour = intervalOf('1h')
    expect(settleInterval('f', hour, times(0, HOUR, 5 * HOUR)).interval).toBe(hour)
    expect(settleInterval('f', hour, times(0, 2 * HOUR, 4 * HOUR, 5 * HOUR)).interval).toBe(hour)
    expect(settleInterval('f', hour, times(0, 9 * HOUR)).interval).toBe(hour)
    expect(() => settleInterval('f', hour, times(0, MINUTE))).toThrow(InputError)
    expect(() => settleInterval('f', hour, times(0, 4 * HOUR, 8 * HOUR))).toThrow(/4h/)
  })

  test('what nobody says is told by the rows', () => {
    expect(settleInterval('f', undefined, times(0, HOUR, 2 * HOUR, 5 * HOUR))).toEqual({
      interval: intervalOf('1h'),
      inferred: true,
    })
    expect(settleInterval('f', undefined, times(0))).toEqual({ interval: undefined, inferred: false })
    expect(() => settleInterval('f', undefined, times(0, 7 * MINUTE, 14 * MINUTE))).toThrow(/7m/)
  })

  test('grids: hours from the epoch, weeks from Monday, months from the first', () => {
    expect(firstOffGrid(times(0, HOUR, 2 * HOUR + 1), intervalOf('1h'))).toBe(2)
    expect(firstOffGrid(times(HOUR / 2, HOUR + HOUR / 2), intervalOf('1h'))).toBe(0)
    expect(firstOffGrid(times(0, 7 * DAY), intervalOf('1w'))).toBe(-1)
    expect(firstOffGrid(times(DAY), intervalOf('1w'))).toBe(0)
    expect(firstOffGrid(times(0, 31 * DAY, 60 * DAY), intervalOf('1M'))).toBe(-1)
    expect(firstOffGrid(times(0, 30 * DAY), intervalOf('1M'))).toBe(1)
  })
})
