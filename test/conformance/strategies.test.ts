/** Every strategy of the house keeps what a strategy has to keep, and the suite notices one that does not. */
import { describe, expect, it } from 'vitest'
import type { MarketInput } from '../../src/backtest/world.ts'
import { ema } from '../../src/market/indicators/ema.ts'
import { STRATEGIES } from '../../src/strategy/list.ts'
import { integer, readParameters } from '../../src/strategy/parameters.ts'
import { defineStrategy } from '../../src/strategy/strategy.ts'
import type { Opinion, StrategyDefinition, StrategyInstance } from '../../src/strategy/strategy.ts'
import { decisionsOf, parameterSets, STRATEGY_CHECKS, strategyConformance } from './strategy-conformance.ts'
import type { Case } from './strategy-conformance.ts'

const RESTART = 'survives a restart at any event'
const TWICE = 'decides alike twice in one process'
const FUTURE = 'decides nothing by what comes later'
const WARM = 'is silent before its warm-up, and warm after it'
const MEMORY = 'decides alike from its declared memory on'
const PLAIN = 'keeps its state as plain data in one object'

for (const definition of STRATEGIES) strategyConformance(definition)

it.each(STRATEGIES.map((definition) => [definition.name, definition] as const))(
  '%s decides often enough for the suite to mean something',
  (_, definition) => {
    for (const params of parameterSets(definition, 2)) expect(decisionsOf({ definition, params })).toBeGreaterThan(3)
  },
)

it('ema-cross declares a memory that also covers a long average true range', () => {
  const definition = STRATEGIES.find(({ name }) => name === 'ema-cross')!
  const params = readParameters(definition.name, definition.parameters, { fast: '3', slow: '9', atr: '120' })
  STRATEGY_CHECKS[MEMORY]({ definition, params })
})

// ---- The suite notices ------------------------------------------------------------------------------------------

const opinion = (direction: number): Opinion => ({ direction, reason: 'test' })

/** A strategy that turns every few bars, written as `create` says. */
const strategy = (create: StrategyDefinition['create'], given: Partial<StrategyDefinition> = {}): Case => {
  const definition = {
    name: 'made-up',
    description: 'for this test',
    parameters: {},
    warmUp: () => 20,
    memory: () => 40,
    create,
    ...given,
  }
  return { definition: defineStrategy(definition), params: {} }
}
/** Above or below its mean. */
const side = (x: number, mean: number): number => (x > mean ? 1 : -1)

/** An honest one: fails nothing. */
const honest = strategy(
  ({ use }) => {
    const average = use(ema(5, 'first'))
    const state = { side: 0 }
    return {
      state,
      onBar({ close }) {
        const before = state.side
        state.side = side(close, average.update(close))
        return before !== state.side ? opinion(state.side) : undefined
      },
    }
  },
  { memory: () => 200 },
)

const hiddenCount = strategy(() => {
  let count = 0
  return { state: {}, onBar: () => ((count += 1), count % 7 === 0 ? opinion(count % 2 === 0 ? 1 : -1) : undefined) }
})

const unregisteredIndicator = strategy(() => {
  const average = ema(20, 'first')
  return { state: {}, onBar: ({ close }) => opinion(side(close, average.update(close))) }
})

function sharedCount(): Case {
  let count = 0
  return strategy(() => ({
    state: {},
    onBar: () => ((count += 1), count % 9 === 0 ? opinion(count % 2 === 0 ? 1 : -1) : undefined),
  }))
}

/** Somebody told it where the file is. */
function clairvoyant(): Case {
  let markets: readonly MarketInput[] = []
  const sees = strategy(({ instrument }) => ({
    state: {},
    onBar({ endTime, close }) {
      const { bars, spec } = markets[instrument.index]
      const next = bars.openTime.indexOf(endTime)
      return next < 0 ? undefined : opinion(side(bars.close[next] / 10 ** spec.priceScale, close))
    },
  }))
  return { ...sees, announce: (announced) => void (markets = announced) }
}

/** Knows how many rows there will be. */
function knowsTheEnd(): Case {
  let rows = 0
  const sees = strategy(() => {
    const state = { count: 0 }
    return { state, onBar: () => ((state.count += 1), opinion((state.count + rows) % 2 === 0 ? 1 : -1)) }
  })
  return { ...sees, announce: ([{ bars }]) => void (rows = bars.length) }
}

const coldIndicator = strategy(
  ({ use }) => {
    const average = use(ema(100))
    return { state: {}, onBar: ({ close }) => opinion(side(close, average.update(close))) }
  },
  { warmUp: () => 20 },
)

const endlessMemory = strategy(() => {
  const state = { count: 0 }
  return {
    state,
    onBar: () => ((state.count += 1), state.count % 10 === 0 ? opinion(state.count % 20 === 0 ? 1 : -1) : undefined),
  }
})

const shortMemory = strategy(
  ({ use }) => {
    const slow = use(ema(500, 'first'))
    return { state: {}, onBar: ({ close }) => ({ ...opinion(1), stop: slow.update(close) * 0.5 }) }
  },
  { memory: () => 40 },
)

class Counter {
  count = 0
  next(): number {
    return (this.count += 1)
  }
}
const instanceInState = strategy((): StrategyInstance => {
  const state = { counter: new Counter() }
  return { state, onBar: () => (state.counter.next() % 7 === 0 ? opinion(1) : undefined) }
})

const functionInState = strategy((): StrategyInstance => {
  const state: Record<string, unknown> = {}
  return { state, onBar: ({ close }) => void (state['later'] = () => close) }
})

const replacedState = strategy((): StrategyInstance => {
  let current: Record<string, unknown> = { count: 0 }
  return {
    get state() {
      return current
    },
    onBar: () => void (current = { count: Number(current['count']) + 1 }),
  }
})

describe('the suite', () => {
  it.each(Object.keys(STRATEGY_CHECKS))('has nothing against an honest strategy: %s', (name) => STRATEGY_CHECKS[name](honest))

  it.each<[string, string, () => Case]>([
    ['a count outside of its state', RESTART, () => hiddenCount],
    ['an indicator that it did not register', RESTART, () => unregisteredIndicator],
    ['a count that all instances share', TWICE, sharedCount],
    ['the next row', FUTURE, clairvoyant],
    ['the number of rows', FUTURE, knowsTheEnd],
    ['an indicator that is not ready after the warm-up', WARM, () => coldIndicator],
    ['a warm-up that is no number', WARM, () => ({ ...honest, definition: { ...honest.definition, warmUp: () => Number.NaN } })],
    ['a memory without end', MEMORY, () => endlessMemory],
    ['a longer memory than it says', MEMORY, () => shortMemory],
    ['a memory shorter than its warm-up', MEMORY, () => ({ ...honest, definition: { ...honest.definition, memory: () => 19 } })],
    ['an instance of a class in its state', PLAIN, () => instanceInState],
    ['a function in its state', PLAIN, () => functionInState],
    ['another state object with every bar', PLAIN, () => replacedState],
  ])('notices %s', (_, check, make) => {
    expect(() => STRATEGY_CHECKS[check](make())).toThrow(/./)
  })

  it('makes sets of parameters that the strategy accepts, different from each other', () => {
    const picky = defineStrategy({
      ...honest.definition,
      parameters: { a: integer(10, 'a', { min: 1, max: 20 }), b: integer(10, 'b', { min: 1, max: 20 }) },
      check: ({ a, b }: { readonly a: number; readonly b: number }) => (a <= b ? undefined : 'a must not be above b'),
    })
    const sets = parameterSets(picky, 5)
    expect(sets.length).toBe(6)
    expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBeGreaterThan(3)
    expect(sets.every((set) => picky.check?.(set) === undefined)).toBe(true)
  })
})
