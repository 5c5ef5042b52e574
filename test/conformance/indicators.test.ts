/** What every indicator of the list has to keep, and that the suite notices one that does not. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePlain, encodePlain } from '../../src/core/plain.ts'
import type { BarValues, Indicator, IndicatorDefinition, IndicatorExample } from '../../src/market/indicators/indicator.ts'
import { INDICATORS } from '../../src/market/indicators/list.ts'
import { MathError } from '../../src/math/error.ts'
import { CHARACTERS, flatBars, randomBars } from '../twins/random-bars.ts'

const price = fc.double({ min: 0.01, max: 1e6, noNaN: true })
const bar = fc.tuple(price, price, price, price, price).map(([a, b, c, d, volume]): Omit<BarValues, 'time'> => {
  const [low, open, close, high] = [a, b, c, d].sort((x, y) => x - y)
  return { open, high, low, close, volume }
})
const rows = (minLength: number, maxLength: number): fc.Arbitrary<readonly BarValues[]> =>
  fc.array(bar, { minLength, maxLength }).map((bars) => bars.map((each, i) => ({ time: i * 3_600_000_000, ...each })))

/** All results after each bar, and whether it was ready: numbers behind one another. */
function feed(example: IndicatorExample, bars: readonly BarValues[]): readonly number[] {
  return bars.flatMap((each) => {
    example.feed(each)
    return [example.indicator.ready ? 1 : 0, ...Object.values(example.outputs())]
  })
}

/** To the last bit, and NaN is NaN. */
function expectSame(got: readonly number[], want: readonly number[]): void {
  expect(got.length).toBe(want.length)
  const at = want.findIndex((value, i) => !Object.is(value, got[i]))
  if (at >= 0) expect.fail(`[${at}] is ${got[at]} instead of ${want[at]}`)
}

const throughText = (state: readonly number[]): readonly number[] => decodePlain(encodePlain(state)) as readonly number[]

/** Each throws when the indicator does not keep it. */
const CHECKS: Readonly<Record<string, (definition: IndicatorDefinition) => void>> = {
  'goes on identically from a snapshot anywhere, which may have been text': (definition) => {
    const bars = randomBars(150, CHARACTERS['flats'], 5)
    const whole = definition.example()
    const expected = bars.map((each) => feed(whole, [each]))
    const first = definition.example()
    for (let cut = 0; cut < bars.length; cut++) {
      const second = definition.example()
      second.indicator.restore(throughText(first.indicator.snapshot()))
      expectSame(second.indicator.snapshot(), first.indicator.snapshot())
      expectSame(feed(second, bars.slice(cut, cut + 5)), expected.slice(cut, cut + 5).flat())
      feed(first, [bars[cut]])
    }
  },
  'goes on identically from a snapshot to the end, whatever the prices': (definition) => {
    fc.assert(
      fc.property(rows(1, 120), fc.nat(), (list, place) => {
        const cut = place % (list.length + 1)
        const whole = feed(definition.example(), list)
        const first = definition.example()
        const begun = feed(first, list.slice(0, cut))
        const second = definition.example()
        second.indicator.restore(first.indicator.snapshot())
        expectSame([...begun, ...feed(second, list.slice(cut))], whole)
      }),
      { numRuns: 10 },
    )
  },
  'can be brought back into an instance that was in use': (definition) => {
    const [used, list, more] = [11, 12, 13].map((seed) => randomBars(130, CHARACTERS['gaps'], seed))
    for (const length of [0, 1, 5, 130]) {
      const kept = definition.example()
      feed(kept, list.slice(0, length))
      const other = definition.example()
      feed(other, used)
      other.indicator.restore(kept.indicator.snapshot())
      expectSame(feed(other, more), feed(kept, more))
    }
  },
  'refuses a state of another size': (definition) => {
    const { indicator } = definition.example()
    const state = indicator.snapshot()
    for (const wrong of [[], [...state, 0], state.slice(1)])
      expect(() => indicator.restore(wrong)).toThrow(expect.objectContaining({ reason: 'shape' }))
    expect(indicator.snapshot()).toEqual(state)
  },
  'a snapshot is numbers and stays as it was': (definition) => {
    const example = definition.example()
    feed(example, randomBars(40, CHARACTERS['walk'], 1))
    const taken = example.indicator.snapshot()
    const copy = [...taken]
    expect(taken.every((value) => typeof value === 'number')).toBe(true)
    feed(example, randomBars(40, CHARACTERS['walk'], 2))
    expect(taken).toEqual(copy)
  },
  'is ready after finitely many bars, stays so, and has all values exactly then': (definition) => {
    const made = Object.values(CHARACTERS).map((character) => randomBars(300, character, 8))
    for (const bars of [...made, ...fc.sample(rows(300, 300), { numRuns: 3, seed: 9 })]) {
      const example = definition.example()
      expect(example.indicator.ready).toBe(false)
      let ready = false
      const defined = new Set<string>()
      const wrong: string[] = []
      bars.forEach((each, i) => {
        example.feed(each)
        const outputs = Object.entries(example.outputs())
        for (const [name, value] of outputs) {
          if (Number.isFinite(value)) defined.add(name)
          else if (defined.has(name) || !Number.isNaN(value)) wrong.push(`${name}[${i}] is ${value}`)
        }
        if (ready && !example.indicator.ready) wrong.push(`[${i}] is no longer ready`)
        ready = example.indicator.ready
        if ((defined.size === outputs.length) !== ready) wrong.push(`[${i}]: ${defined.size} defined, ready ${ready}`)
      })
      expect(wrong).toEqual([])
      expect(ready).toBe(true)
    }
  },
  'says nothing infinite and no NaN where nothing moves': (definition) => {
    for (const [price, volume] of [
      [0.1, 3],
      [7.77, 0],
      [1e12, 1e9],
      [1e-9, 0],
    ]) {
      const example = definition.example()
      for (const each of flatBars(200, price, volume)) {
        example.feed(each)
        if (example.indicator.ready && !Object.values(example.outputs()).every(Number.isFinite))
          expect.fail(`with all prices ${price}: ${JSON.stringify(example.outputs())}`)
      }
    }
  },
  'refuses what is no finite number before anything changes': (definition) => {
    const bars = randomBars(60, CHARACTERS['walk'], 4)
    let refused = 0
    for (const length of [0, 1, 59])
      for (const field of ['time', 'open', 'high', 'low', 'close', 'volume'] as const)
        for (const value of [Number.NaN, Infinity, -Infinity]) {
          const [example, unspoilt] = [definition.example(), definition.example()]
          for (const each of [example, unspoilt]) feed(each, bars.slice(0, length))
          try {
            example.feed({ ...bars[length], [field]: value })
            unspoilt.feed(bars[length])
          } catch (error) {
            if (!(error instanceof MathError)) throw error
            expect(error.reason).toBe('not-finite')
            refused += 1
          }
          expectSame(example.indicator.snapshot(), unspoilt.indicator.snapshot())
        }
    expect(refused).toBeGreaterThanOrEqual(9)
  },
  'depends on nothing but what it was fed': (definition) => {
    const [list, others] = [randomBars(130, CHARACTERS['walk'], 21), randomBars(90, CHARACTERS['gaps'], 22)]
    const alone = feed(definition.example(), list)
    const [one, two] = [definition.example(), definition.example()]
    const beside = list.flatMap((each, i) => {
      if (i < others.length) feed(two, [others[i]])
      return feed(one, [each])
    })
    expectSame(beside, alone)
  },
}

it('every indicator has a name of its own, a source and a line that says what it is', () => {
  expect(new Set(INDICATORS.map(({ name }) => name)).size).toBe(INDICATORS.length)
  for (const { name, source, summary, call, takes } of INDICATORS) {
    expect(name).toMatch(/^[a-z][a-z0-9-]*$/)
    expect(source.length).toBeGreaterThan(10)
    expect(summary.length).toBeGreaterThan(10)
    expect(call).toMatch(/^[a-zA-Z]+\(.*\)$/)
    expect(takes).toMatch(/^[a-z]+(, [a-z]+)*$/)
  }
})

describe.each(INDICATORS.map((definition) => [definition.name, definition] as const))('%s', (_, definition) => {
  it.each(Object.keys(CHECKS))('%s', (check) => CHECKS[check](definition))
})

/** A mean of all closes that can be made to do wrong in one way each. */
function flawed(
  flaw: 'forgets' | 'shares' | 'aliases' | 'early' | 'clings' | 'swallows' | 'careless' | 'flickers',
): IndicatorDefinition {
  let shared = 0
  return {
    name: flaw,
    summary: 'made up for the suite',
    call: 'flawed()',
    takes: 'close',
    source: 'made up',
    example: () => {
      const kept = [0, 0]
      let hidden = 0
      const indicator: Indicator = {
        get ready() {
          return flaw === 'early' ? true : kept[0] >= 3
        },
        snapshot: () => (flaw === 'aliases' ? kept : [...kept]),
        restore(state) {
          if (state.length !== 2 && flaw !== 'careless') throw new MathError('shape', 'two numbers')
          kept[0] = state[0]
          if (flaw !== 'clings') kept[1] = state[1]
          else kept[1] = kept[1] === 0 ? state[1] : kept[1]
        },
      }
      return {
        indicator,
        feed: ({ close }) => {
          if (flaw !== 'swallows' && !Number.isFinite(close)) throw new MathError('not-finite', 'close')
          kept[0] += 1
          kept[1] += close
          hidden += close
          shared += close
        },
        outputs: () => {
          const sum = flaw === 'forgets' ? hidden : flaw === 'shares' ? shared : kept[1]
          return { value: kept[0] < 3 || (flaw === 'flickers' && kept[0] === 5) ? Number.NaN : sum / kept[0] }
        },
      }
    },
  }
}

describe('the suite notices an indicator', () => {
  it.each([
    ['forgets', 'goes on identically from a snapshot anywhere, which may have been text'],
    ['forgets', 'goes on identically from a snapshot to the end, whatever the prices'],
    ['clings', 'can be brought back into an instance that was in use'],
    ['aliases', 'a snapshot is numbers and stays as it was'],
    ['early', 'is ready after finitely many bars, stays so, and has all values exactly then'],
    ['flickers', 'is ready after finitely many bars, stays so, and has all values exactly then'],
    ['flickers', 'says nothing infinite and no NaN where nothing moves'],
    ['swallows', 'refuses what is no finite number before anything changes'],
    ['careless', 'refuses a state of another size'],
    ['shares', 'depends on nothing but what it was fed'],
  ] as const)('that %s', (flaw, check) => {
    expect(() => CHECKS[check](flawed(flaw))).toThrow(/./)
  })
})
