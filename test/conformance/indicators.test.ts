/** What every indicator of the list has to keep, and that the suite notices one that does not. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePlain, encodePlain } from '../../src/core/plain.ts'
import type { Indicator, IndicatorDefinition } from '../../src/market/indicators/indicator.ts'
import { INDICATORS } from '../../src/market/indicators/list.ts'

interface Row {
  readonly high: number
  readonly low: number
  readonly close: number
}
const price = fc.double({ min: 0.01, max: 1e6, noNaN: true })
const row = fc.tuple(price, price, price).map((p): Row => {
  const [low, close, high] = p.sort((a, b) => a - b)
  return { high, low, close }
})
const rows = fc.array(row, { minLength: 1, maxLength: 120 })

type Example = ReturnType<IndicatorDefinition['example']>
function feed({ indicator, feed: take, value }: Example, list: readonly Row[]): { value: number; ready: boolean }[] {
  return list.map(({ high, low, close }) => {
    take(high, low, close)
    return { value: value(), ready: indicator.ready }
  })
}

/** Each throws when the indicator does not keep it. */
const CHECKS: Readonly<Record<string, (definition: IndicatorDefinition) => void>> = {
  'goes on identically from a snapshot anywhere, which may have been text': (definition) => {
    fc.assert(
      fc.property(rows, fc.nat(), (list, place) => {
        const cut = place % (list.length + 1)
        const whole = feed(definition.example(), list)
        const first = definition.example()
        feed(first, list.slice(0, cut))
        const second = definition.example()
        second.indicator.restore(decodePlain(encodePlain(first.indicator.snapshot())) as readonly number[])
        expect(second.indicator.snapshot()).toEqual(first.indicator.snapshot())
        expect(feed(second, list.slice(cut))).toEqual(whole.slice(cut))
      }),
      { numRuns: 50 },
    )
  },
  'can be brought back into an instance that was in use': (definition) => {
    fc.assert(
      fc.property(rows, rows, (used, list) => {
        const kept = definition.example()
        feed(kept, list)
        const other = definition.example()
        feed(other, used)
        other.indicator.restore(kept.indicator.snapshot())
        expect(feed(other, list)).toEqual(feed(kept, list))
      }),
      { numRuns: 30 },
    )
  },
  'a snapshot is numbers and stays as it was': (definition) => {
    const example = definition.example()
    feed(example, fc.sample(row, { numRuns: 40, seed: 1 }))
    const taken = example.indicator.snapshot()
    const copy = [...taken]
    expect(taken.every((value) => typeof value === 'number')).toBe(true)
    feed(example, fc.sample(row, { numRuns: 40, seed: 2 }))
    expect(taken).toEqual(copy)
  },
  'is ready after finitely many bars, stays so, and has a value exactly then': (definition) => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 300, maxLength: 300 }), (list) => {
        const example = definition.example()
        expect(example.indicator.ready).toBe(false)
        const states = feed(example, list)
        const from = states.findIndex(({ ready }) => ready)
        expect(from).toBeGreaterThanOrEqual(0)
        states.forEach(({ ready, value }, i) => {
          expect(ready).toBe(i >= from)
          expect(Number.isFinite(value)).toBe(ready)
        })
      }),
      { numRuns: 10 },
    )
  },
  'depends on nothing but what it was fed': (definition) => {
    fc.assert(
      fc.property(rows, rows, (list, others) => {
        const alone = feed(definition.example(), list)
        const [one, two] = [definition.example(), definition.example()]
        const beside = list.map((each, i) => {
          if (i < others.length) feed(two, [others[i]])
          return feed(one, [each])[0]
        })
        expect(beside).toEqual(alone)
      }),
      { numRuns: 30 },
    )
  },
}

it('every indicator has a name of its own and a source', () => {
  expect(new Set(INDICATORS.map(({ name }) => name)).size).toBe(INDICATORS.length)
  for (const { name, source } of INDICATORS) {
    expect(name).toMatch(/^[a-z][a-z0-9-]*$/)
    expect(source.length).toBeGreaterThan(10)
  }
})

describe.each(INDICATORS.map((definition) => [definition.name, definition] as const))('%s', (_, definition) => {
  it.each(Object.keys(CHECKS))('%s', (check) => CHECKS[check](definition))
})

/** A moving average that can be made to do wrong in one way each. */
function flawed(flaw: 'forgets' | 'shares' | 'aliases' | 'early' | 'clings'): IndicatorDefinition {
  let shared = 0
  return {
    name: flaw,
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
          kept[0] = state[0]
          if (flaw !== 'clings') kept[1] = state[1]
          else kept[1] = kept[1] === 0 ? state[1] : kept[1]
        },
      }
      return {
        indicator,
        feed: (_high, _low, close) => {
          kept[0] += 1
          kept[1] += close
          hidden += close
          shared += close
        },
        value: () => (kept[0] < 3 ? Number.NaN : (flaw === 'forgets' ? hidden : flaw === 'shares' ? shared : kept[1]) / kept[0]),
      }
    },
  }
}

describe('the suite notices an indicator', () => {
  it.each([
    ['forgets', 'goes on identically from a snapshot anywhere, which may have been text'],
    ['clings', 'can be brought back into an instance that was in use'],
    ['aliases', 'a snapshot is numbers and stays as it was'],
    ['early', 'is ready after finitely many bars, stays so, and has a value exactly then'],
    ['shares', 'depends on nothing but what it was fed'],
  ] as const)('that %s', (flaw, check) => {
    expect(() => CHECKS[check](flawed(flaw))).toThrow(/./)
  })
})
