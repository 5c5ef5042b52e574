import { describe, expect, it } from 'vitest'
import { decodePlain, encodePlain } from '../core/plain.ts'
import { rateOf } from '../core/exact.ts'
import type { Money, Price, Qty } from '../core/exact.ts'
import { HOUR, intervalOf } from '../core/time.ts'
import type { Duration, Micros } from '../core/time.ts'
import type { Event } from '../domain/event.ts'
import type { Observer } from '../kernel/ports.ts'
import type { VenueBars } from '../sim/venue-bars.ts'
import { integer } from '../strategy/parameters.ts'
import { defineStrategy } from '../strategy/strategy.ts'
import type { StrategyDefinition } from '../strategy/strategy.ts'
import { Recorder } from './recorder.ts'
import { World } from './world.ts'
import type { WorldState } from './world.ts'

const USDT = { name: 'USDT', scale: 8 }
const START = 1_700_006_400_000_000

/** Hourly bars of prices that rise by one a bar. */
function risingBars(rows: number): VenueBars {
  const column = (of: (row: number) => number): Float64Array => Float64Array.from({ length: rows }, (_, row) => of(row))
  return {
    length: rows,
    openTime: column((row) => START + row * HOUR),
    duration: column(() => HOUR),
    open: column((row) => 1_000 + row),
    high: column((row) => 1_002 + row),
    low: column((row) => 999 + row),
    close: column((row) => 1_001 + row),
    volume: column(() => 1e6),
    mark: undefined,
  }
}

function worldOf(
  definition: StrategyDefinition,
  {
    expiresAt,
    seen = [],
    capital = 10n ** 12n,
    recorders = [],
  }: { expiresAt?: number; seen?: Event[]; capital?: bigint; recorders?: Recorder[] } = {},
): World {
  const watch: Observer = { name: 'watch', observe: (event) => void (event.kind !== 'bar' && seen.push({ ...event } as Event)) }
  return new World({
    runId: 'aaaaaaaa',
    seed: 1,
    markets: [
      {
        spec: {
          venue: 'binance',
          kind: 'dated',
          symbol: 'BTCUSDT_231229',
          base: { name: 'BTC', scale: 8 },
          quote: USDT,
          settle: USDT,
          priceScale: 1,
          rules: [{ from: 0 as Micros, tick: 1 as Price, step: 1 as Qty, binding: false }],
          brackets: [{ floor: 0n as Money, cap: (10n ** 17n) as Money, maxLeverage: 20, rate: rateOf('0.01'), cum: 0n as Money }],
          liquidationFee: rateOf('0.0125'),
          ...(expiresAt === undefined ? {} : { expiresAt: expiresAt as Micros }),
        },
        bars: risingBars(40),
        funding: undefined,
      },
    ],
    strategies: [{ definition, params: { delayHours: 3 }, interval: intervalOf('1h'), account: 0 }],
    capital: capital as Money,
    fills: { takerFee: rateOf('0.0005'), makerFee: rateOf('0.0002'), slippageBps: 0, participation: undefined, touch: false },
    latency: { order: 0 as Duration, report: 0 as Duration, data: 0 as Duration },
    risk: {},
    allocation: { fraction: 0.5 },
    observers: (kernel) => {
      const recorder = new Recorder(kernel)
      recorders.push(recorder)
      return [watch, recorder]
    },
  })
}

/** Asks at its fifth bar how far to go, and buys on the first bar after the answer. */
const asking = defineStrategy({
  name: 'asking',
  description: 'asks slow mathematics',
  parameters: { delayHours: integer(3, 'how long the answer takes') },
  warmUp: () => 0,
  memory: () => 5,
  models: { double: (inputs) => ({ answer: 2 * (inputs as { bars: number }).bars }) },
  create({ compute, qty }, { delayHours }) {
    const state = { bars: 0, answer: 0, answeredAt: 0, bought: false }
    return {
      state,
      onBar(bar) {
        state.bars += 1
        if (state.bars === 5) compute('double', { bars: state.bars }, delayHours * HOUR)
        if (state.answer === 0 || state.bought) return undefined
        state.bought = true
        return { direction: 1, qty: qty('0.5'), reason: `answer ${state.answer} at ${bar.close}` }
      },
      onAnswer(answer, view) {
        state.answer = (answer as { answer: number }).answer
        state.answeredAt = view.time
      },
    }
  },
}) as unknown as StrategyDefinition

describe('slow mathematics in a backtest', () => {
  it('is asked by an effect and answered by an event after the declared delay', () => {
    const seen: Event[] = []
    worldOf(asking, { seen }).run()
    const answer = seen.find(({ kind }) => kind === 'model-answer')
    expect(answer).toMatchObject({ kind: 'model-answer', strategy: 0, answer: { answer: 10 }, late: false })
    // Asked at the end of bar 4, which is START + 5h.
    expect(answer?.time).toBe(START + (5 + 3) * HOUR)
    const fill = seen.find(({ kind }) => kind === 'order-filled')
    // The answer comes after the bar that closes at that moment, so the next one buys; it fills at the open after that.
    expect(fill).toMatchObject({ exchangeTime: START + 9 * HOUR, fill: { price: 1_009, qty: 5_000_000 } })
  })

  it('is not lost by a snapshot between question and answer', () => {
    const straight: Event[] = []
    worldOf(asking, { seen: straight }).run()
    const first: Event[] = []
    const world = worldOf(asking, { seen: first })
    world.run(7)
    const rest: Event[] = []
    const restored = worldOf(asking, { seen: rest })
    restored.restore(decodePlain(encodePlain(world.snapshot())) as WorldState)
    restored.run()
    expect([...first, ...rest]).toEqual(straight)
  })
})

describe('a contract that ceases to trade', () => {
  it('is settled at the last mark without fee, its orders go, and nothing is traded afterwards', () => {
    const seen: Event[] = []
    const world = worldOf(asking, { seen, expiresAt: START + 20 * HOUR })
    world.run()
    const fills = seen.flatMap((event) => (event.kind === 'order-filled' ? [event.fill] : []))
    expect(fills).toHaveLength(2)
    expect(fills[1]).toMatchObject({ reason: 'delisting', side: 'sell', qty: 5_000_000, fee: 0n, price: 1_020 })
    expect(seen.at(-1)).toMatchObject({ kind: 'delisted', instrument: 0 })
    expect(world.kernel.positions.netQty(0, 0)).toBe(0)
    expect(world.timeline.now).toBe(START + 20 * HOUR)
    expect(world.kernel.positions.wallet(0, 'USDT')).toBe(world.venue.account(0).wallet)
  })
})

describe('equity that is larger than a number can count exactly', () => {
  it('is recorded as exact money', () => {
    const recorders: Recorder[] = []
    const capital = 9_876_543_210_912_345_679n
    const world = worldOf(asking, { capital, recorders })
    world.run()
    const [recorder] = recorders
    const { times } = recorder.equity
    expect(recorder.equityAt(0)).toBe(capital)
    expect(recorder.equityAt(times.length - 1)).toBe(world.kernel.positions.exactEquity(0))
    expect(world.kernel.positions.exactEquity(0)).not.toBe(capital)
  })
})
