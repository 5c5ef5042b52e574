/** Two legs of bars become one decision. */
import { describe, expect, it } from 'vitest'
import { decodePlain, encodePlain } from '../core/plain.ts'
import { intervalOf } from '../core/time.ts'
import type { Duration } from '../core/time.ts'
import type { Qty } from '../core/exact.ts'
import { Bar } from '../market/bar.ts'
import { sma } from '../market/indicators/sma.ts'
import { hours, instrument, rules, view } from '../../test/kernel/fixtures.ts'
import type { PairContext, PairDefinition, PairInstance, PairOpinion, PairSignal } from './pair.ts'
import { PairRunner } from './pair-runner.ts'
import type { PairRunnerState } from './pair-runner.ts'

const HOUR = intervalOf('1h')
const PERP = instrument({ rules: [rules({ tick: 50 })] }, 1)
const SPOT = instrument({ kind: 'spot', priceScale: 3 }, 0)
/** The one bar of each leg, used again as the kernel does. */
const BARS = [new Bar(0, HOUR), new Bar(1, HOUR)]

function bar(leg: 'first' | 'second', hour: number, close = 100): Bar {
  const end = hours(hour)
  return Object.assign(BARS[leg === 'first' ? 1 : 0], {
    openTime: hours(hour - 1),
    endTime: end,
    open: close,
    high: close,
    low: close,
    close,
    volume: 1,
  })
}

function runnerOf(create: (context: PairContext) => PairInstance, warmUp = 0, first = PERP, second = SPOT): PairRunner {
  const definition = {
    legs: 2,
    name: 'test',
    description: '',
    kind: 'carry',
    parameters: {},
    warmUp: () => warmUp,
    memory: () => 0,
    legRisk: () => ({ maxDelta: 1, maxNaked: 1 as Duration }),
    create,
  } as PairDefinition
  return new PairRunner(3, { definition, params: {}, first, second, firstAccount: 0, secondAccount: 1, interval: HOUR, seed: 1 })
}
const both = (runner: PairRunner, hour: number, one = 100, other = 100): PairSignal | undefined =>
  runner.onBar(bar('second', hour, other), view()) ?? runner.onBar(bar('first', hour, one), view())
const signalOf = (opinion: Partial<PairOpinion>): PairSignal | undefined =>
  both(
    runnerOf(() => ({ state: {}, onBars: () => ({ direction: -1, reason: 'x', ...opinion }) })),
    1,
  )

describe('a runner of a pair', () => {
  it('asks when both legs have closed a bar of the same end, in whichever order, once', () => {
    const seen: unknown[] = []
    const runner = runnerOf(() => ({
      state: {},
      onBars: (one, other) => void seen.push([one.endTime, one.close, other.endTime, other.close]),
    }))
    runner.onBar(bar('second', 1, 9), view())
    expect(seen).toEqual([])
    runner.onBar(bar('first', 1, 10), view())
    runner.onBar(bar('first', 2, 11), view())
    runner.onBar(bar('second', 2, 12), view())
    // The second leg has no bar of hour 3; the first repeats one of hour 4.
    runner.onBar(bar('first', 3, 13), view())
    runner.onBar(bar('second', 4, 14), view())
    runner.onBar(bar('first', 4, 15), view())
    runner.onBar(bar('first', 4, 16), view())
    expect(seen).toEqual([
      [hours(1), 10, hours(1), 9],
      [hours(2), 11, hours(2), 12],
      [hours(4), 15, hours(4), 14],
    ])
  })

  it('hears no opinion before the warm-up is over, and leaves other intervals alone', () => {
    const runner = runnerOf(() => ({ state: {}, onBars: () => ({ direction: 1, reason: 'x' }) }), 2)
    const day = Object.assign(new Bar(0, intervalOf('1d')), { endTime: hours(24) })
    expect(runner.onBar(day, view())).toBeUndefined()
    expect([1, 2, 3].map((hour) => both(runner, hour) !== undefined)).toEqual([false, false, true])
  })

  it('turns an opinion into a signal of its index and instruments', () => {
    expect(signalOf({ qty: 5 as Qty, stop: 130.2 })).toEqual({
      strategy: 3,
      first: 1,
      second: 0,
      direction: -1,
      qty: -5,
      stop: 13_050,
      reason: 'x',
      time: view().time,
    })
    expect(signalOf({ direction: 1, stop: 69.9 })?.stop).toBe(6_950)
    expect(signalOf({ direction: 1, stop: 0.1 })?.stop).toBeUndefined()
    expect(signalOf({ direction: 0, qty: 5 as Qty, stop: 3 })).toMatchObject({ qty: 0, stop: undefined })
    expect(signalOf({})).toMatchObject({ qty: undefined, stop: undefined })
  })

  it.each<[string, Partial<PairOpinion>, RegExp]>([
    ['too strong', { direction: -1.01 }, /opinion of -1.01/],
    ['without size', { qty: 0 as Qty }, /quantity of 0/],
    ['of broken size', { qty: 1.5 as Qty }, /quantity of 1.5/],
    ['with a stop that is no number', { stop: Number.NaN }, /stop at NaN/],
  ])('refuses an opinion %s', (_, opinion, message) => expect(() => signalOf(opinion)).toThrow(message))

  it('shows both books, rates and accounts of its legs', () => {
    let seen: unknown
    const runner = runnerOf(() => ({
      state: {},
      onBars: (_, __, v) => {
        seen = [
          [v.time, v.firstPosition, v.secondPosition],
          [v.fundingRate('first'), v.fundingRate('second'), v.fundingInterval('first'), v.fundingInterval('second')],
          [v.equity('first'), v.equity('second')],
        ]
        return undefined
      },
    }))
    const at = view({
      bookQty: (strategy, of) => (strategy === 3 ? [5_00000, -2_000_000][of] : 99) as Qty,
      fundingRate: (of) => [Number.NaN, 0.001][of],
      fundingInterval: (of) => [0, 8][of] as Duration,
      equity: (account) => [3e8, 4e8][account],
    })
    runner.onBar(bar('second', 1), at)
    runner.onBar(bar('first', 1), at)
    expect(seen).toEqual([
      [at.time, -2, 5],
      [0.001, Number.NaN, 8, 0],
      [3, 4],
    ])
  })

  it('takes no bar of another instrument, and no pair of one instrument', () => {
    const runner = runnerOf(() => ({ state: {}, onBars: () => undefined }))
    expect(() => runner.onBar(new Bar(7, HOUR), view())).toThrow(/no leg/)
    expect(() => runnerOf(() => ({ state: {}, onBars: () => undefined }), 0, PERP, PERP)).toThrow(/against itself/)
  })

  it('goes on from a snapshot anywhere, also between the legs', () => {
    const make = (): PairRunner =>
      runnerOf(({ use, prng }) => {
        const average = use(sma(3))
        const { float } = prng
        const state: { sum: number } = { sum: 0 }
        return {
          state,
          onBars: (one, other) => {
            state.sum += average.update(one.close - other.close)
            return { direction: float() * 2 - 1, reason: String(state.sum) }
          },
        }
      }, 2)
    const steps = Array.from(
      { length: 12 },
      (_, i) => [i % 2 === 0 ? 'second' : 'first', 1 + Math.floor(i / 2), 100 + i] as const,
    )
    const run = (runner: PairRunner, of: typeof steps): unknown[] => of.map((step) => runner.onBar(bar(...step), view()))
    const whole = run(make(), steps)
    expect(whole.filter((signal) => signal !== undefined)).toHaveLength(4)
    for (let cut = 0; cut <= steps.length; cut++) {
      const one = make()
      run(one, steps.slice(0, cut))
      const text = encodePlain(one.snapshot())
      const two = make()
      two.restore(decodePlain(text) as PairRunnerState)
      expect(run(two, steps.slice(cut))).toEqual(whole.slice(cut))
    }
    expect(() => runnerOf(() => ({ state: {}, onBars: () => undefined })).restore(make().snapshot())).toThrow(/1 indicators/)
  })
})
