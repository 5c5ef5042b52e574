import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { barEnd, barStart, DAY, HOUR, intervalOf, MINUTE } from '../core/time.ts'
import type { Interval, Micros } from '../core/time.ts'
import { barSlot, instrument, MONDAY } from '../../test/kernel/fixtures.ts'
import type { BarRow } from '../../test/kernel/fixtures.ts'
import { BarBuilder } from './bar.ts'
import type { BarBuilderState } from './bar.ts'

type Row = Required<Omit<BarRow, 'instrument'>>
type Built = Omit<Row, 'length'> & { readonly endTime: number }

function feed(builder: BarBuilder, rows: readonly Row[]): Built[] {
  const built: Built[] = []
  const take = (): void => {
    const { openTime, endTime, open, high, low, close, volume } = builder.bar
    built.push({ openTime, endTime, open, high, low, close, volume })
  }
  for (const row of rows) {
    const slot = barSlot(row)
    if (builder.closeBefore(slot)) take()
    if (builder.add(slot)) take()
  }
  return built
}

const build = (rows: readonly Row[], interval: Interval): Built[] => feed(new BarBuilder(instrument(), interval), rows)

/** The same from all rows at once: a bucket that is known to be over, unless data began inside it. */
function resample(rows: readonly Row[], interval: Interval): Built[] {
  const buckets = new Map<number, Row[]>()
  for (const row of rows) {
    const start = barStart(row.openTime as Micros, interval)
    buckets.set(start, [...(buckets.get(start) ?? []), row])
  }
  const last = rows[rows.length - 1]
  return [...buckets].flatMap(([start, inside]) => {
    const end = barEnd(start as Micros, interval)
    const covered = rows[0] !== inside[0] || inside[0].openTime === start
    const over = inside.at(-1) !== last || last.openTime + last.length >= end
    if (!covered || !over) return []
    const openTime = start
    return [
      {
        openTime,
        endTime: end,
        open: inside[0].open / 100,
        high: Math.max(...inside.map(({ high }) => high)) / 100,
        low: Math.min(...inside.map(({ low }) => low)) / 100,
        close: inside.at(-1)!.close / 100,
        volume: inside.reduce((sum, { volume }) => sum + volume, 0),
      },
    ]
  })
}

/** Rows of the given lengths, each at a multiple of its own, with gaps; never overlapping. */
const rowsOf = (lengths: readonly number[], start: number): fc.Arbitrary<Row[]> =>
  fc
    .array(
      fc.record({
        length: fc.constantFrom(...lengths),
        gap: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 90 }) }),
        prices: fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 4, maxLength: 4 }),
        volume: fc.integer({ min: 0, max: 1_000 }),
      }),
      { minLength: 1, maxLength: 120 },
    )
    .map((list) => {
      let time = start
      return list.map(({ length, gap, prices, volume }) => {
        const openTime = Math.ceil((time + gap * length) / length) * length
        time = openTime + length
        const [open, close] = prices
        return { openTime, length, open, high: Math.max(...prices), low: Math.min(...prices), close, volume }
      })
    })

const cases: readonly (readonly [string, readonly number[]])[] = [
  ['5m', [MINUTE]],
  ['1h', [MINUTE, 5 * MINUTE, 15 * MINUTE]],
  ['1h', [HOUR]],
  ['1h', [15 * MINUTE, HOUR]],
  ['4h', [HOUR]],
  ['1d', [HOUR, 4 * HOUR]],
  ['3d', [DAY]],
  ['1w', [DAY, 12 * HOUR]],
  ['1M', [DAY]],
  ['1M', [DAY, 12 * HOUR]],
]

describe('a bar builder', () => {
  it.each(cases)('builds %s bars as a resampling of all rows would (rows of %j)', (name, lengths) => {
    const interval = intervalOf(name)
    // From a Monday, and from somewhere inside a day, a week and a month.
    fc.assert(
      fc.property(
        fc.constantFrom(MONDAY, MONDAY + 17 * DAY + 5 * HOUR + 7 * MINUTE).chain((start) => rowsOf(lengths, start)),
        (rows) => {
          expect(build(rows, interval)).toEqual(resample(rows, interval))
        },
      ),
      { numRuns: 60 },
    )
  })

  it.each(cases)('goes on from a snapshot anywhere (%s, rows of %j)', (name, lengths) => {
    const interval = intervalOf(name)
    fc.assert(
      fc.property(rowsOf(lengths, MONDAY + 17 * DAY + 5 * HOUR), fc.nat(), (rows, place) => {
        const cut = place % (rows.length + 1)
        const one = new BarBuilder(instrument(), interval)
        const before = feed(one, rows.slice(0, cut))
        const two = new BarBuilder(instrument(), interval)
        two.restore(JSON.parse(JSON.stringify(one.snapshot())) as BarBuilderState)
        expect([...before, ...feed(two, rows.slice(cut))]).toEqual(build(rows, interval))
      }),
      { numRuns: 30 },
    )
  })

  const row = (openTime: number, length: number, close = 100): Row => ({
    openTime,
    length,
    open: close,
    high: close,
    low: close,
    close,
    volume: 1,
  })
  const minutes = (from: number, to: number): Row[] =>
    Array.from({ length: to - from }, (_, i) => row(MONDAY + (from + i) * MINUTE, MINUTE, 100 + from + i))

  it('gives no first bar when its beginning is not covered', () => {
    expect(build(minutes(0, 60), intervalOf('1h')).map(({ openTime }) => openTime)).toEqual([MONDAY])
    expect(build(minutes(1, 120), intervalOf('1h')).map(({ openTime }) => openTime)).toEqual([MONDAY + HOUR])
    expect(build([...minutes(1, 60), ...minutes(70, 120)], intervalOf('1h')).map(({ openTime }) => openTime)).toEqual([
      MONDAY + HOUR,
    ])
  })

  it('gives a bar as soon as its last row is there, and one with missing last rows when the next row comes', () => {
    const builder = new BarBuilder(instrument(), intervalOf('1h'))
    expect(feed(builder, minutes(0, 59))).toEqual([])
    expect(feed(builder, minutes(61, 62))).toMatchObject([{ openTime: MONDAY, endTime: MONDAY + HOUR, close: 1.58 }])
  })

  it('opens weeks on Monday and months on the first', () => {
    const days = Array.from({ length: 70 }, (_, i) => row(MONDAY + i * DAY, DAY))
    expect(build(days, intervalOf('1w')).every(({ openTime }) => (openTime - MONDAY) % (7 * DAY) === 0)).toBe(true)
    // January 2024 has 31 days, February 29.
    expect(build(days, intervalOf('1M')).map(({ openTime, endTime }) => (endTime - openTime) / DAY)).toEqual([31, 29])
  })
})
