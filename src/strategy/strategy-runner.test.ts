import { describe, expect, it } from 'vitest'
import { decodePlain, encodePlain } from '../core/plain.ts'
import { intervalOf } from '../core/time.ts'
import type { Qty } from '../core/exact.ts'
import type { Signal } from '../domain/decision.ts'
import { Bar } from '../market/bar.ts'
import { sma } from '../market/indicators/sma.ts'
import { instrument, rules, view } from '../../test/kernel/fixtures.ts'
import { StrategyRunner } from './strategy-runner.ts'
import type { RunnerState } from './strategy-runner.ts'
import { STRATEGIES } from './list.ts'
import type { Opinion, StrategyContext, StrategyDefinition, StrategyInstance } from './strategy.ts'

const HOUR = intervalOf('1h')
const CONTRACT = instrument({ rules: [rules({ tick: 50 })] })
const bar = (close = 100, interval = HOUR): Bar =>
  Object.assign(new Bar(0, interval), { open: close, high: close, low: close, close, volume: 1 })

function runnerOf(
  create: (context: StrategyContext) => StrategyInstance,
  given: Partial<StrategyDefinition> = {},
  seed = 1,
): StrategyRunner {
  const definition = {
    name: 'test',
    description: '',
    parameters: {},
    warmUp: () => 0,
    memory: () => 0,
    create,
    ...given,
  } as unknown as StrategyDefinition
  return new StrategyRunner(2, { definition, params: {}, instrument: CONTRACT, interval: HOUR, seed })
}
const saying = (opinion: Opinion, warmUp = 0): StrategyRunner =>
  runnerOf(() => ({ state: {}, onBar: () => opinion }), { warmUp: () => warmUp })
const signalOf = (opinion: Partial<Opinion>): Signal | undefined =>
  saying({ direction: 1, reason: 'x', ...opinion }).onBar(bar(), view())

describe('a runner', () => {
  it('hears no opinion before the warm-up is over, and feeds all the same', () => {
    let fed = 0
    const runner = runnerOf(() => ({ state: {}, onBar: () => ((fed += 1), { direction: 1, reason: 'x' }) }), { warmUp: () => 3 })
    expect([1, 2, 3, 4].map(() => runner.onBar(bar(), view()) !== undefined)).toEqual([false, false, false, true])
    expect(fed).toBe(4)
  })

  it("counts only bars of the run's own interval for the warm-up", () => {
    const runner = saying({ direction: 1, reason: 'x' }, 1)
    const day = intervalOf('1d')
    expect(runner.onBar(bar(1, day), view())).toBeUndefined()
    expect(runner.onBar(bar(), view())).toBeUndefined()
    expect(runner.onBar(bar(1, day), view())).toBeUndefined()
    expect(runner.onBar(bar(), view())).toBeDefined()
  })

  it('turns an opinion into a signal of its own index', () => {
    expect(signalOf({ direction: -0.5 })).toMatchObject({
      strategy: 2,
      instrument: 0,
      direction: -0.5,
      qty: undefined,
      stop: undefined,
      reason: 'x',
      time: view().time,
    })
    expect(signalOf({ direction: -1, qty: 5 as Qty })?.qty).toBe(-5)
    expect(signalOf({ direction: 0, qty: 5 as Qty })?.qty).toBe(0)
    expect(signalOf({ direction: 0 })?.qty).toBe(0)
  })

  it('rounds a stop to the tick away from the position', () => {
    expect(signalOf({ direction: 1, stop: 100.7 })?.stop).toBe(10_050)
    expect(signalOf({ direction: -1, stop: 100.7 })?.stop).toBe(10_100)
    expect(signalOf({ direction: 1, stop: 100.5 })?.stop).toBe(10_050)
    expect(signalOf({ direction: -1, stop: 100.5 + 1e-12 })?.stop).toBe(10_050)
  })

  it('has no stop at or below 0, and none without a position', () => {
    expect(signalOf({ direction: 1, stop: 0.3 })?.stop).toBeUndefined()
    expect(signalOf({ direction: 1, stop: -3 })?.stop).toBeUndefined()
    expect(signalOf({ direction: -1, stop: 0.3 })?.stop).toBe(50)
    expect(signalOf({ direction: 0, stop: 100 })?.stop).toBeUndefined()
  })

  it.each<[string, Partial<Opinion>, RegExp]>([
    ['too strong', { direction: 1.01 }, /opinion of 1.01/],
    ['not a number', { direction: Number.NaN }, /opinion of NaN/],
    ['without size', { qty: 0 as Qty }, /quantity of 0/],
    ['of negative size', { qty: -1 as Qty }, /quantity of -1/],
    ['of broken size', { qty: 1.5 as Qty }, /quantity of 1.5/],
    ['with a stop that is no number', { stop: Number.NaN }, /stop at NaN/],
    ['with a stop at infinity', { stop: Infinity }, /stop at Infinity/],
  ])('refuses an opinion %s', (_, opinion, message) => expect(() => signalOf(opinion)).toThrow(message))

  it("shows a strategy its own book and nothing else's", () => {
    const seen: unknown[] = []
    const runner = runnerOf(() => ({
      state: {},
      onBar: (_, { isLong, isShort, position, time }) => void seen.push([isLong, isShort, position, time]),
    }))
    const book = (qty: number) => view({ bookQty: (strategy, of) => (strategy === 2 && of === 0 ? qty : 999) as Qty })
    for (const qty of [0, 1_500_000, -1]) runner.onBar(bar(), book(qty))
    expect(seen).toEqual([
      [false, false, 0, view().time],
      [true, false, 1.5, view().time],
      [false, true, -0.000001, view().time],
    ])
  })

  it('collects what was asked of slow mathematics, once', () => {
    const runner = runnerOf(({ compute }) => ({ state: {}, onBar: () => (compute('hmm', { n: 1 }, 5), undefined) }))
    expect(runner.takeRequests()).toEqual([])
    runner.onBar(bar(), view())
    expect(runner.takeRequests()).toEqual([{ model: 'hmm', inputs: { n: 1 }, delay: 5 }])
    expect(runner.takeRequests()).toEqual([])
  })

  /** Uses everything that a snapshot holds. */
  const busy = (seed = 1): StrategyRunner =>
    runnerOf(
      ({ use, prng }) => {
        const average = use(sma(3))
        const state: { list: number[]; answer: unknown } = { list: [], answer: 0 }
        return {
          state,
          onBar: ({ close }) => {
            state.list.push(average.update(close))
            return { direction: prng.float() * 2 - 1, reason: JSON.stringify(state) }
          },
          onAnswer: (answer) => void (state.answer = answer),
        }
      },
      { warmUp: () => 2 },
      seed,
    )

  it('goes on from a snapshot anywhere', () => {
    const run = (runner: StrategyRunner, from: number, to: number): (Signal | undefined)[] =>
      Array.from({ length: to - from }, (_, i) => {
        if (from + i === 4) runner.onAnswer({ regime: 2 }, view())
        return runner.onBar(bar(100 + from + i), view())
      })
    const whole = run(busy(), 0, 10)
    for (let cut = 0; cut <= 10; cut++) {
      const one = busy()
      run(one, 0, cut)
      const saved = one.snapshot()
      const text = encodePlain(saved)
      run(one, cut, 10) // what goes on after it must not reach into the snapshot
      expect(encodePlain(saved)).toBe(text)
      const two = busy()
      two.restore(decodePlain(text) as RunnerState)
      expect(run(two, cut, 10)).toEqual(whole.slice(cut))
    }
  })

  it('has chance of its own, from the seed', () => {
    const draws = (seed: number): unknown[] => {
      const runner = busy(seed)
      return Array.from({ length: 5 }, () => runner.onBar(bar(), view())?.direction)
    }
    expect(draws(1)).toEqual(draws(1))
    expect(draws(1)).not.toEqual(draws(2))
  })

  it('goes on with its chance after a restore, also where `create` took a function of it', () => {
    const make = (): StrategyRunner =>
      runnerOf(({ prng }) => {
        const { float } = prng
        return { state: {}, onBar: () => ({ direction: float() * 2 - 1, reason: 'chance' }) }
      })
    const draw = (runner: StrategyRunner): unknown => runner.onBar(bar(), view())?.direction
    const [one, two] = [make(), make()]
    for (let i = 0; i < 3; i++) draw(one)
    two.restore(decodePlain(encodePlain(one.snapshot())) as RunnerState)
    expect([draw(two), draw(two)]).toEqual([draw(one), draw(one)])
  })

  it('refuses the snapshot of another shape', () => {
    const saved = busy().snapshot()
    expect(() => saying({ direction: 0, reason: '' }).restore(saved)).toThrow(/had 1 indicators when it was saved and has 0 now/)
  })
})

it('the strategies of the house have names of their own and words', () => {
  expect(new Set(STRATEGIES.map(({ name }) => name)).size).toBe(STRATEGIES.length)
  for (const { name, description } of STRATEGIES) {
    expect(name).toMatch(/^[a-z][a-z0-9-]*$/)
    expect(description.length).toBeGreaterThan(20)
  }
})
