/** Two series of one symbol become one: no moment twice, none lost, contradictions told. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputError } from '../core/errors.ts'
import { barEnd, barStart, fromMs, HOUR, intervalOf, MINUTE, parseTime } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import type { VenueBars } from '../sim/venue-bars.ts'
import type { KlineTable } from '../storage/market-data/kline-table.ts'
import { divides, mergeIntervals } from './merge-intervals.ts'
import type { Series } from './merge-intervals.ts'

const START = parseTime('2024-01-01T00:00Z')

/** [open time, open, high, low, close, volume] */
type Row = readonly [number, number, number, number, number, number]

function series(interval: string, rows: readonly Row[], over: Partial<KlineTable> = {}): Series {
  const column = (at: number): Float64Array => Float64Array.from(rows, (row) => row[at])
  const table: KlineTable = {
    symbol: 'XUSDT',
    interval: intervalOf(interval),
    kind: 'klines',
    market: 'perp',
    length: rows.length,
    openTime: column(0),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
    quoteVolume: undefined,
    trades: undefined,
    takerBuyBase: undefined,
    decimals: 1,
    sources: [],
    ...over,
  }
  return { table, interval: intervalOf(interval) }
}

const merge = (coarse: Series | undefined, fine: Series | undefined, priceScale = 1) =>
  mergeIntervals({ symbol: 'XUSDT', priceScale, coarse, fine })
const flat = (time: number, price: number): Row => [time, price, price, price, price, 1]
const hour = (i: number): Micros => (START + i * HOUR) as Micros
const quarter = (i: number): Micros => (START + i * 15 * MINUTE) as Micros
/** `minute+length price` of each row. */
const shown = ({ length, openTime, duration, close }: VenueBars): string[] =>
  Array.from({ length }, (_, row) => `${(openTime[row] - START) / MINUTE}+${duration[row] / MINUTE} ${close[row]}`)

function refusal(work: () => unknown): InputError {
  try {
    work()
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

/** Fine rows of the given quarters, and the hours that they make where all four are there. */
const quarters = fc
  .uniqueArray(fc.integer({ min: 0, max: 39 }), { maxLength: 40 })
  .chain((present) =>
    fc.record({
      present: fc.constant(present.toSorted((a, b) => a - b)),
      prices: fc.array(fc.integer({ min: 10, max: 999 }), { minLength: 160, maxLength: 160 }),
    }),
  )
  .map(({ present, prices }) =>
    present.map((at): Row => {
      const [open, close, a, b] = prices.slice(4 * at, 4 * at + 4).map((price) => price / 10)
      return [quarter(at), open, Math.max(open, close, a), Math.min(open, close, b), close, at / 3]
    }),
  )
const hours = fc
  .uniqueArray(fc.integer({ min: 0, max: 9 }), { maxLength: 10 })
  .map((present) => present.toSorted((a, b) => a - b))

/** The true bar of an hour if its quarters are complete. */
function built(rows: readonly Row[], at: number): Row | undefined {
  const own = rows.filter(([time]) => time >= hour(at) && time < hour(at + 1))
  if (own.length < 4) return undefined
  return [
    hour(at),
    own[0][1],
    Math.max(...own.map((row) => row[2])),
    Math.min(...own.map((row) => row[3])),
    own[3][4],
    own.reduce((sum, row) => sum + row[5], 0),
  ]
}

describe('the driving rows', () => {
  it('are finer bars where they cover a decision bar entirely, and that bar elsewhere', () => {
    const coarse = series('1h', [flat(hour(0), 1), flat(hour(1), 2), flat(hour(2), 3)])
    const fine = series(
      '15m',
      [6, 7, 8, 9, 10, 11].map((i) => flat(quarter(i), 3)),
    )
    expect(shown(merge(coarse, fine).bars)).toEqual(['0+60 10', '60+60 20', '120+15 30', '135+15 30', '150+15 30', '165+15 30'])
  })

  it('are finer bars as they are where there is no decision bar: before, between and after', () => {
    const coarse = series('1h', [flat(hour(1), 2), flat(hour(3), 4)])
    const fine = series(
      '15m',
      [1, 9, 20].map((i) => flat(quarter(i), 1)),
    )
    expect(shown(merge(coarse, fine).bars)).toEqual(['15+15 10', '60+60 20', '135+15 10', '180+60 40', '300+15 10'])
    expect(shown(merge(undefined, fine).bars)).toEqual(['15+15 10', '135+15 10', '300+15 10'])
    expect(shown(merge(coarse, undefined).bars)).toEqual(['60+60 20', '180+60 40'])
  })

  it('have the true length of months', () => {
    const months = series(
      '1M',
      ['2024-01-01', '2024-02-01', '2024-03-01'].map((day) => flat(parseTime(day), 1)),
    )
    const days = series(
      '1d',
      Array.from({ length: 29 }, (_, i) => flat(parseTime('2024-02-01') + i * 24 * HOUR, 1)),
    )
    expect([...merge(months, undefined).bars.duration].map((length) => length / HOUR / 24)).toEqual([31, 29, 31])
    const both = merge(months, days)
    expect([...both.bars.duration].map((length) => length / HOUR / 24)).toEqual([31, ...Array.from({ length: 29 }, () => 1), 31])
    expect(both.warnings).toEqual([
      expect.stringMatching(/1 of 1 bars of 1M differ from those built from 1d bars.*\(volume 1, built 29\)/),
    ])
  })

  it('never overlap, keep every moment that a series covers, and are the file’s rows', () => {
    fc.assert(
      fc.property(quarters, hours, (fineRows, coarseHours) => {
        const coarseRows = coarseHours.map((at) => flat(hour(at), 7))
        if (fineRows.length === 0 || coarseRows.length === 0) return
        const { bars } = merge(series('1h', coarseRows), series('15m', fineRows))
        for (let row = 1; row < bars.length; row++)
          expect(bars.openTime[row]).toBeGreaterThanOrEqual(bars.openTime[row - 1] + bars.duration[row - 1])
        const covers = (time: number): boolean =>
          bars.openTime.some((start, row) => time >= start && time < start + bars.duration[row])
        for (let at = 0; at < 40; at++) {
          const expected = coarseHours.includes(Math.floor(at / 4)) || fineRows.some(([time]) => time === quarter(at))
          expect(covers(quarter(at))).toBe(expected)
        }
        const all = [...fineRows, ...coarseRows]
        for (let row = 0; row < bars.length; row++)
          expect(
            all.some(
              ([time, open, high, low, close, volume]) =>
                time === bars.openTime[row] &&
                [open, high, low, close].every(
                  (price, i) => Math.round(price * 10) === [bars.open, bars.high, bars.low, bars.close][i][row],
                ) &&
                volume === bars.volume[row],
            ),
          ).toBe(true)
      }),
    )
  })
})

describe('the comparison', () => {
  it('finds nothing when the decision bars are what the finer ones make', () => {
    fc.assert(
      fc.property(quarters, (fineRows) => {
        const consistent = Array.from({ length: 10 }, (_, at) => built(fineRows, at)).filter((row) => row !== undefined)
        if (consistent.length === 0) return
        expect(merge(series('1h', consistent), series('15m', fineRows)).warnings).toEqual([])
      }),
    )
  })

  it('tells how many differ, and of the first when, what and both values', () => {
    const fine = series(
      '15m',
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((i) => flat(quarter(i), 100)),
    )
    const coarse = series('1h', [
      [hour(0), 100, 100, 100, 100, 4],
      [hour(1), 100, 100.5, 100, 100, 4],
      [hour(2), 99.9, 100, 99.9, 100, 4],
    ])
    expect(merge(coarse, fine).warnings).toEqual([
      'XUSDT: 2 of 3 bars of 1h differ from those built from 15m bars, the first at 2024-01-01T01:00:00.000Z (high 100.5, built 100). The finer bars are used.',
    ])
  })

  it('lets the rounding of summed volumes pass, and no more', () => {
    const fine = series(
      '15m',
      [0, 1, 2, 3].map((i): Row => [quarter(i), 100, 100, 100, 100, 0.1]),
    )
    const hourOf = (volume: number): Series => series('1h', [[hour(0), 100, 100, 100, 100, volume]])
    expect(merge(hourOf(0.4), fine).warnings).toEqual([])
    expect(merge(hourOf(0.4000001), fine).warnings).toEqual([])
    expect(merge(hourOf(0.40001), fine).warnings[0]).toContain('(volume 0.40001, built 0.4)')
  })

  it('says when the finer bars cover nothing', () => {
    expect(merge(series('1h', [flat(hour(0), 1)]), series('15m', [flat(quarter(1), 1)])).warnings).toEqual([
      expect.stringContaining('cover no bar of 1h entirely'),
    ])
  })
})

describe('what is refused', () => {
  it.each([
    ['3d', '1w'],
    ['1w', '1M'],
    ['8h', '12h'],
    ['1h', '15m'],
    ['1h', '1h'],
    ['3d', '1M'],
  ])('building from %s bars of %s', (fine, coarse) => {
    expect(divides(intervalOf(fine), intervalOf(coarse))).toBe(false)
  })
  it.each([
    ['1m', '3m'],
    ['1d', '1w'],
    ['1d', '1M'],
    ['12h', '1M'],
    ['1d', '3d'],
    ['5m', '1h'],
  ])('not building from %s bars of %s', (fine, coarse) => {
    expect(divides(intervalOf(fine), intervalOf(coarse))).toBe(true)
    const interval = intervalOf(coarse)
    const start = barStart(fromMs(1_700_000_000_000), interval)
    expect(barStart(start, intervalOf(fine))).toBe(start)
    expect((barEnd(start, interval) - start) % intervalOf(fine).length).toBe(0)
  })

  it('intervals that do not divide', () => {
    expect(refusal(() => merge(series('12h', [flat(hour(0), 1)]), series('8h', [flat(hour(0), 1)])))).toMatchObject({
      code: 'interval-does-not-divide',
      where: { interval: '12h', finer: '8h' },
    })
  })

  it('series without volume, wholly or in part', () => {
    expect(refusal(() => merge(series('1h', [flat(hour(0), 1)], { volume: undefined }), undefined)).message).toContain(
      'a series without volume (mark) is never traded',
    )
    expect(refusal(() => merge(series('1h', [flat(hour(0), 1)], { kind: 'mark' }), undefined)).code).toBe('no-volume')
    const holed = series('1h', [flat(hour(0), 1), [hour(1), 1, 1, 1, 1, Number.NaN]])
    expect(refusal(() => merge(holed, undefined))).toMatchObject({
      code: 'volume-missing',
      where: { time: '2024-01-01T01:00:00.000Z', field: 'volume' },
    })
  })

  it('prices that the scale does not hold', () => {
    const odd = series('1h', [[hour(0), 1, 1.25, 1, 1, 1]])
    expect(refusal(() => merge(odd, undefined))).toMatchObject({ code: 'price-not-exact', where: { field: 'high', value: 1.25 } })
    expect([...merge(odd, undefined, 2).bars.high]).toEqual([125])
    expect(refusal(() => merge(series('1h', [flat(hour(0), 0)]), undefined)).code).toBe('price-not-exact')
    expect(refusal(() => merge(series('1h', [flat(hour(0), 50_000.1)]), undefined, 12)).code).toBe('price-not-exact')
  })
})
