/** The single-instrument strategies on made-up prices: stops on the right side, memory that survives a cut, and their exits. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePlain, encodePlain } from '../../core/plain.ts'
import { createPrng } from '../../core/random.ts'
import type { Qty } from '../../core/exact.ts'
import { intervalOf } from '../../core/time.ts'
import type { Micros } from '../../core/time.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { Bar } from '../../market/bar.ts'
import type { Indicator } from '../../market/indicators/indicator.ts'
import { readParameters } from '../parameters.ts'
import type { Opinion, StrategyDefinition, StrategyInstance, StrategyView } from '../strategy.ts'
import { meanReversion } from './mean-reversion.ts'
import { rangeTrading } from './range-trading.ts'
import { trendFollowing } from './trend-following.ts'

interface Made {
  readonly instance: StrategyInstance
  readonly indicators: Indicator[]
}

const HOURS = intervalOf('1h')
const INSTRUMENT = { index: 0 } as Instrument

function made(definition: StrategyDefinition, given: Readonly<Record<string, string>>): Made {
  const indicators: Indicator[] = []
  const instance = definition.create(
    {
      instrument: INSTRUMENT,
      interval: '1h',
      use: (indicator) => (indicators.push(indicator), indicator),
      qty: () => 1 as Qty,
      prng: createPrng(1),
      compute: () => undefined,
    },
    readParameters(definition.name, definition.parameters, given),
  )
  return { instance, indicators }
}

/** A book that holds what was last asked for; a stop that the bar reaches takes it out. */
interface Book {
  direction: number
  stop: number
}

const viewOf = ({ direction }: Book): StrategyView => ({
  time: 0 as Micros,
  isLong: direction > 0,
  isShort: direction < 0,
  position: direction,
})

function step({ instance }: Made, book: Book, before: number, close: number): Opinion | undefined {
  const bar = new Bar(0, HOURS)
  bar.open = before
  bar.close = close
  bar.high = Math.max(before, close) + 0.2
  bar.low = Math.min(before, close) - 0.2
  bar.volume = 1
  if (book.direction * ((book.direction > 0 ? bar.low : bar.high) - book.stop) < 0) book.direction = 0
  const opinion = instance.onBar(bar, viewOf(book))
  if (opinion === undefined) return undefined
  book.direction = opinion.direction
  book.stop = opinion.stop ?? Number.NaN
  return opinion
}

function copyOf(definition: StrategyDefinition, given: Readonly<Record<string, string>>, from: Made): Made {
  const other = made(definition, given)
  const { state } = other.instance
  for (const name of Object.keys(state)) delete state[name]
  Object.assign(state, decodePlain(encodePlain(from.instance.state)))
  other.indicators.forEach((indicator, i) => indicator.restore(from.indicators[i].snapshot()))
  return other
}

/** A walk that is drawn towards 100, so that there are bands, ranges and cross-overs. */
function walk(seed: number, bars: number): number[] {
  const prng = createPrng(seed)
  const prices = [100]
  while (prices.length < bars) {
    const last = prices[prices.length - 1]
    prices.push(last + (prng.float() - 0.5) * 2 + (100 - last) * 0.03)
  }
  return prices
}

const short = { atr: '5', edge: '0', hold: '20' }
const CASES: readonly (readonly [string, StrategyDefinition, Readonly<Record<string, string>>])[] = [
  ['trend-following', trendFollowing, { fast: '3', slow: '9', atr: '5' }],
  ['trend-following that trails', trendFollowing, { fast: '3', slow: '9', atr: '5', trail: '1' }],
  ['mean-reversion', meanReversion, { ...short, length: '10', rsi: '5' }],
  ['mean-reversion at once', meanReversion, { ...short, length: '10', rsi: '5', reenter: 'false', short: 'false' }],
  ['range-trading', rangeTrading, { ...short, length: '20', adx: '10' }],
]

describe.each(CASES)('%s', (_, definition, given) => {
  it('has stops on the right side of the price, only with a position, and never looser than the one before', () => {
    let entries = 0
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const made1 = made(definition, given)
        const book: Book = { direction: 0, stop: Number.NaN }
        const prices = walk(seed, 250)
        for (let i = 1; i < prices.length; i++) {
          const held = { ...book }
          const opinion = step(made1, book, prices[i - 1], prices[i])
          if (opinion === undefined) continue
          const { direction, stop } = opinion
          expect(Math.abs(direction)).toBeLessThanOrEqual(1)
          expect(stop === undefined).toBe(direction === 0)
          if (stop === undefined) continue
          entries += 1
          expect(Math.sign(prices[i] - stop)).toBe(Math.sign(direction))
          if (direction === held.direction) expect(direction * (stop - held.stop)).toBeGreaterThan(0)
        }
      }),
      { numRuns: 12 },
    )
    expect(entries).toBeGreaterThan(12)
  })

  it('decides alike after being put away anywhere', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 200 }), (seed, cut) => {
        const whole = made(definition, given)
        let copy = whole
        const books = [
          { direction: 0, stop: Number.NaN },
          { direction: 0, stop: Number.NaN },
        ]
        const prices = walk(seed, 250)
        for (let i = 1; i < prices.length; i++) {
          if (i === cut) {
            copy = copyOf(definition, given, whole)
            Object.assign(books[1], books[0])
          }
          const expected = step(whole, books[0], prices[i - 1], prices[i])
          if (i >= cut) expect(step(copy, books[1], prices[i - 1], prices[i])).toEqual(expected)
        }
      }),
      { numRuns: 12 },
    )
  })

  it('has no opinion on prices that do not move', () => {
    const flat = made(definition, given)
    const bar = Object.assign(new Bar(0, HOURS), { open: 100, high: 100, low: 100, close: 100, volume: 0 })
    for (let i = 0; i < 100; i++) expect(flat.instance.onBar(bar, viewOf({ direction: 0, stop: 0 }))).toBeUndefined()
  })
})

/** Opinions on a path of closes, with the bar at which each was given. */
function opinionsOn(definition: StrategyDefinition, given: Readonly<Record<string, string>>, path: readonly number[]) {
  const strategy = made(definition, given)
  const book: Book = { direction: 0, stop: Number.NaN }
  return path.flatMap((close, i) => {
    const opinion = i === 0 ? undefined : step(strategy, book, path[i - 1], close)
    return opinion === undefined ? [] : [{ at: i, sign: Math.sign(opinion.direction), reason: opinion.reason }]
  })
}

const around = Array.from({ length: 30 }, (_, i) => 100 + (i % 2))

it('mean-reversion waits for a close inside the band, leaves at the middle, or when its time is over', () => {
  const given = { ...short, length: '10', rsi: '3', hold: '3', stop: '10' }
  const back = opinionsOn(meanReversion, given, [...around, 95, 98, 101])
  expect(back).toEqual([
    { at: 31, sign: 1, reason: 'oversold below the band' },
    { at: 32, sign: 0, reason: 'back at the middle' },
  ])
  const late = opinionsOn(meanReversion, given, [...around, 95, 98, 97.9, 97.9, 97.9])
  expect(late[1]).toEqual({ at: 34, sign: 0, reason: 'held long enough' })
  expect(opinionsOn(meanReversion, { ...given, reenter: 'false' }, [...around, 95])).toHaveLength(1)
  expect(opinionsOn(meanReversion, { ...given, edge: '0.1' }, [...around, 95, 98, 101])).toEqual([])
})

it('range-trading buys near support, leaves on the other side, and is out when the range breaks', () => {
  const wave = Array.from({ length: 60 }, (_, i) => [100, 101, 102, 103, 104, 103, 102, 101][i % 8])
  const given = { ...short, length: '20', adx: '10', trend: '100', efficiency: '1', stop: '50', short: 'false' }
  const found = opinionsOn(rangeTrading, given, wave)
  expect(found.length).toBeGreaterThan(3)
  expect(new Set(found.map(({ sign, reason }) => `${sign} ${reason}`))).toEqual(
    new Set(['1 near support', '0 near the other side']),
  )
  const cut = found.findLast(({ sign }) => sign === 1)?.at ?? 0
  const broken = opinionsOn(rangeTrading, given, [...wave.slice(0, cut + 1), 90, 91, 90])
  expect(broken.at(-1)).toEqual({ at: cut + 1, sign: 0, reason: 'the range broke' })
})

it('trend-following without its new parameters never repeats an opinion', () => {
  for (let seed = 0; seed < 10; seed++) {
    const signs = opinionsOn(trendFollowing, { fast: '3', slow: '9', atr: '5' }, walk(seed, 300)).map(({ sign }) => sign)
    expect(signs.every((sign, i) => i === 0 || sign !== signs[i - 1])).toBe(true)
  }
})
