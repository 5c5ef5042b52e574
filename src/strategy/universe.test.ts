/** The universe: chosen from the past alone, with reasons, without flapping, and the same after a restart. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodePlain, encodePlain } from '../core/plain.ts'
import { defaultsOf } from '../core/setting.ts'
import { DAY, HOUR } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import { UNIVERSE_SETTINGS, UniverseSelector } from './universe.ts'
import type { MembershipChange, UniverseState, UniverseValues } from './universe.ts'

interface Row {
  readonly instrument: number
  /** Eighths of days since the beginning. */
  readonly at: number
  readonly close: number
  readonly volume: number
}

const BEGIN = 20_000 * DAY
const values = (given: Partial<UniverseValues> = {}): UniverseValues => ({
  ...defaultsOf(UNIVERSE_SETTINGS),
  enabled: true,
  days: 3,
  ...given,
})

function feed(selector: UniverseSelector, rows: readonly Row[]): MembershipChange[] {
  return rows.flatMap(({ instrument, at, close, volume }) => {
    const endTime = (BEGIN + at * 3 * HOUR) as Micros
    const changes = selector.onTime(endTime)
    selector.onBar(instrument, { openTime: (endTime - 3 * HOUR) as Micros, endTime, close, volume })
    return changes
  })
}

/** A bar a day of each instrument, with its traded value at a price of 1, and one just after the last midnight. */
const daily = (volumes: readonly (readonly number[])[]): Row[] =>
  volumes
    .flatMap((day, d) => day.map((volume, instrument) => ({ instrument, at: 8 * (d + 1), close: 1, volume })))
    .concat({ instrument: 0, at: 8 * volumes.length + 1, close: 1, volume: 0 })

const inWords = (changes: readonly MembershipChange[]): string[] =>
  changes.map(({ instrument, change, reason }) => `${instrument} ${change}: ${reason}`)

const rows = fc
  .array(
    fc.record({
      instrument: fc.nat(4),
      at: fc.integer({ min: 1, max: 120 }),
      close: fc.integer({ min: 1, max: 20 }),
      volume: fc.nat(100),
    }),
    { minLength: 1, maxLength: 120 },
  )
  .map((list) => list.toSorted((a, b) => a.at - b.at || a.instrument - b.instrument))
const given = fc.record({
  top: fc.nat(3),
  minVolume: fc.nat(200),
  minAge: fc.nat(3),
  minPrice: fc.nat(5),
  maxVolatility: fc.constantFrom(0.5, 10),
  hysteresis: fc.constantFrom(0, 0.2, 0.5),
})

it('membership at a moment does not depend on bars after it', () => {
  fc.assert(
    fc.property(rows, rows, given, fc.nat(120), (past, other, settings, cut) => {
      const before = past.filter(({ at }) => at <= cut)
      const later = other.filter(({ at }) => at > cut)
      const upTo = (list: readonly Row[]): MembershipChange[] =>
        feed(new UniverseSelector(values(settings)), list).filter(({ time }) => time <= BEGIN + cut * 3 * HOUR)
      expect(upTo([...before, ...later])).toEqual(upTo(before))
    }),
  )
})

it('goes on alike after being put away anywhere', () => {
  fc.assert(
    fc.property(rows, given, fc.nat(), (list, settings, at) => {
      const cut = at % list.length
      const whole = new UniverseSelector(values(settings))
      const expected = feed(whole, list)
      const first = new UniverseSelector(values(settings))
      const changes = feed(first, list.slice(0, cut))
      const second = new UniverseSelector(values(settings))
      second.restore(decodePlain(encodePlain(first.snapshot())) as UniverseState)
      changes.push(...feed(second, list.slice(cut)))
      expect(changes).toEqual(expected)
      expect(second.snapshot()).toEqual(whole.snapshot())
    }),
  )
})

it('the changes lead to the members, there are never more than asked for, and nobody is in before his first bar', () => {
  fc.assert(
    fc.property(rows, given, (list, settings) => {
      const selector = new UniverseSelector(values(settings))
      const members = new Set<number>()
      const seen = new Set<number>()
      for (const row of list) {
        for (const { instrument, change } of feed(selector, [row])) {
          expect(members.has(instrument)).toBe(change === 'left')
          if (change === 'entered') members.add(instrument)
          else members.delete(instrument)
        }
        expect(selector.members).toEqual([...members].toSorted((a, b) => a - b))
        expect([...members].every((instrument) => seen.has(instrument))).toBe(true)
        if (settings.top > 0) expect(members.size).toBeLessThanOrEqual(settings.top)
        seen.add(row.instrument)
      }
    }),
  )
})

it('says why', () => {
  const selector = new UniverseSelector(values({ top: 1, minVolume: 50 }))
  expect(inWords(feed(selector, daily([[10, 100, 60]])))).toEqual(['1 entered: rank 1 of 2 by volume, 100 a day'])
  expect([selector.isMember(0), selector.isMember(1), selector.isMember(99)]).toEqual([false, true, false])
  const gone = { instrument: 2, at: 17, close: 1, volume: 200 }
  expect(inWords(feed(selector, [gone]))).toEqual(['1 left: no bars in the last day'])
})

it('a member keeps its place within the hysteresis and loses it beyond', () => {
  const last = (volumes: readonly number[], hysteresis: number): readonly number[] => {
    const selector = new UniverseSelector(values({ days: 2, minVolume: 100, hysteresis }))
    feed(selector, daily(volumes.map((volume) => [volume])))
    return selector.members
  }
  expect(last([100, 60], 0.2)).toEqual([0])
  expect(last([100, 59], 0.2)).toEqual([])
  expect(last([100, 99], 0)).toEqual([])
  expect(last([99], 0.2)).toEqual([])
  const ranks = new UniverseSelector(values({ days: 2, top: 2, hysteresis: 0.5 }))
  feed(
    ranks,
    daily([
      [30, 20, 10],
      [30, 20, 31],
    ]),
  )
  expect(ranks.members).toEqual([0, 1])
  const strict = new UniverseSelector(values({ days: 2, top: 2, hysteresis: 0 }))
  feed(
    strict,
    daily([
      [30, 20, 10],
      [30, 20, 31],
    ]),
  )
  expect(strict.members).toEqual([0, 2])
})

it('asks for age, price, spread and volatility', () => {
  const members = (settings: Partial<UniverseValues>, spread = Number.NaN): readonly number[] => {
    const selector = new UniverseSelector(values({ days: 5, hysteresis: 0, ...settings }))
    const list = [10, 11, 10, 11].map((close, d) => ({ instrument: 0, at: 8 * (d + 1), close, volume: 1 }))
    feed(selector, list)
    selector.onSpread(0, spread)
    feed(selector, [{ instrument: 0, at: 33, close: 11, volume: 1 }])
    return selector.members
  }
  const [yes, no] = [[0], []]
  expect(members({ minPrice: 11, hysteresis: 0 })).toEqual(yes)
  expect(members({ minPrice: 12, hysteresis: 0 })).toEqual(no)
  expect(members({ minAge: 3 })).toEqual(yes)
  expect(members({ minAge: 5 })).toEqual(no)
  expect(members({ maxSpread: 0.01 })).toEqual(no)
  expect(members({ maxSpread: 0.01 }, 0.01)).toEqual(yes)
  expect(members({ maxSpread: 0.01 }, 0.011)).toEqual(no)
  expect(members({ minVolatility: 0.1 })).toEqual(yes)
  expect(members({ minVolatility: 0.12 })).toEqual(no)
  expect(members({ maxVolatility: 0.1 })).toEqual(no)
})

it('is everything while it is off', () => {
  const selector = new UniverseSelector(defaultsOf(UNIVERSE_SETTINGS))
  expect(feed(selector, daily([[1], [1]]))).toEqual([])
  expect(selector.isMember(5)).toBe(true)
})
