import { describe, expect, it } from 'vitest'
import type { Effect } from '../domain/decision.ts'
import type { Event } from '../domain/event.ts'
import { intervalOf } from '../core/time.ts'
import { BAR, MARKET_KINDS, SLOT, SLOT_WORDS } from '../domain/market-slot.ts'
import type { StrategyDefinition } from '../strategy/strategy.ts'
import { accountReport, hours, spec } from '../../test/kernel/fixtures.ts'
import { Engine } from './engine.ts'
import { EventBus } from './event-bus.ts'
import { Kernel } from './kernel.ts'
import type { Observer } from './ports.ts'

/** Wants one unit at every bar. */
const always = {
  name: 'always',
  description: '',
  parameters: {},
  warmUp: () => 0,
  memory: () => 0,
  create: ({ qty }) => ({ state: {}, onBar: () => ({ direction: 1, qty: qty('0.000001'), reason: 'always' }) }),
} satisfies StrategyDefinition as StrategyDefinition

function world(observers: readonly Observer[] = [], onObserverFailure?: (observer: Observer, cause: unknown) => void) {
  const told: string[] = []
  const bus = new EventBus()
  const kernel = new Kernel({
    runId: 'aaaaaaaa',
    seed: 1,
    accounts: [{ venue: 'sim', name: 'main', settle: 'USDT' }],
    instruments: [spec()],
    strategies: [{ definition: always, params: {}, interval: intervalOf('1h'), account: 0 }],
    risk: {},
    allocation: { fraction: 1 },
  })
  const engine = new Engine({
    bus,
    kernel,
    venue: { carry: (effect: Effect) => void told.push(`venue ${effect.kind}`) },
    journal: {
      append: (event: Event) => void told.push(`append ${event.seq} ${event.kind}`),
      flush: () => void told.push('flush'),
    },
    observers: [
      { name: 'first', observe: (event, { effects }) => void told.push(`observe ${event.seq} ${effects.length}`) },
      ...observers,
    ],
    ...(onObserverFailure === undefined ? {} : { onObserverFailure }),
  })
  const bar = (hour: number): void => {
    const at = bus.reserveMarket(MARKET_KINDS.indexOf('bar'), 0)
    const { marketWords: words } = bus
    words.fill(100, at, at + SLOT_WORDS)
    words[at] = MARKET_KINDS.indexOf('bar')
    words[at + SLOT.instrument] = 0
    words[at + SLOT.time] = words[at + SLOT.exchangeTime] = hours(hour + 1)
    words[at + BAR.openTime] = hours(hour)
    words[at + BAR.length] = intervalOf('1h').length
  }
  bus.publishCritical(accountReport('deposit', 10n ** 12n))
  return { told, bus, engine, bar }
}

describe('the engine', () => {
  it('journals an event before it is handled, and flushes before effects leave; observers come last', () => {
    const { told, engine, bar } = world()
    bar(0)
    bar(1)
    expect(engine.pump()).toBe(3)
    expect(told).toEqual([
      'append 1 account',
      'observe 1 0',
      'append 2 bar',
      'flush',
      'venue submit',
      'observe 2 1',
      'append 3 bar', // the unit is in flight: nothing more is wanted
      'observe 3 0',
    ])
  })

  it('handles at most as many as it is told', () => {
    const { engine, bar } = world()
    bar(0)
    expect([engine.pump(1), engine.pump(5), engine.pump()]).toEqual([1, 1, 0])
  })

  it('leaves an observer that failed alone, tells of it once, and goes on with the others', () => {
    let calls = 0
    const failures: string[] = []
    const broken: Observer = {
      name: 'broken',
      observe: () => {
        calls += 1
        throw new Error('no disk')
      },
    }
    const last: string[] = []
    const { engine, bar } = world(
      [broken, { name: 'last', observe: ({ seq }) => void last.push(String(seq)) }],
      ({ name }, cause) => failures.push(`${name}: ${(cause as Error).message}`),
    )
    bar(0)
    engine.pump()
    expect([calls, failures]).toEqual([1, ['broken: no disk']])
    expect(last.at(-1)).toBe('2')
  })

  it('stops at a failure that nobody wants to hear of', () => {
    const { engine } = world([{ name: 'broken', observe: () => expect.fail('no disk') }])
    expect(() => engine.pump()).toThrow(/no disk/)
  })
})
