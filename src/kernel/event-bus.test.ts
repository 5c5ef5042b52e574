import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePlain, encodePlain } from '../core/plain.ts'
import type { Event } from '../domain/event.ts'
import { MARKET_KINDS, SLOT } from '../domain/market-slot.ts'
import type { MarketKind } from '../domain/market-slot.ts'
import { EVENTS_QUEUED_MAX, EventBus } from './event-bus.ts'
import type { BusState, PlainEvent } from './event-bus.ts'

const plain = (name: string, time = 0): PlainEvent => ({ kind: 'timer', seq: 0, time, timer: name }) as unknown as PlainEvent

/** Publishes a market fact; false when there was no room. `tag` stands in the first word of its own. */
function publish(bus: EventBus, kind: MarketKind, instrument: number, tag: number, time = tag): boolean {
  const code = MARKET_KINDS.indexOf(kind)
  const at = bus.reserveMarket(code, instrument)
  if (at < 0) return false
  const words = bus.marketWords
  words[at] = code
  words[at + SLOT.time] = time
  words[at + SLOT.exchangeTime] = time
  words[at + SLOT.instrument] = instrument
  words[at + 5] = tag
  return true
}

/** An event in a few words, without its number. */
function say(event: Event): string {
  switch (event.kind) {
    case 'timer':
      return event.timer
    case 'gap':
      return `gap ${event.instrument} lost ${event.lost}`
    case 'bar':
    case 'trade':
    case 'quote':
    case 'mark':
    case 'depth':
      return `${event.kind} ${event.instrument} #${event.words[event.at + 5]}`
    default:
      return event.kind
  }
}

function drain(bus: EventBus, most?: number): string[] {
  const said: string[] = []
  const count = bus.drain((event) => said.push(say(event)), most)
  expect(count).toBe(said.length)
  return said
}

/** The obvious bus: arrays that are searched. */
class NaiveBus {
  critical: string[] = []
  market: { kind: MarketKind; instrument: number; tag: number }[] = []
  low: string[] = []
  gaps: { instrument: number; lost: number }[] = []

  get waiting(): number {
    return this.critical.length + this.market.length + this.low.length
  }
  #lose(instrument: number): void {
    const gap = this.gaps.find((each) => each.instrument === instrument)
    if (gap === undefined) this.gaps.push({ instrument, lost: 1 })
    else gap.lost += 1
  }
  publishCritical(name: string): void {
    if (this.waiting === EVENTS_QUEUED_MAX) {
      const oldest = this.market.shift()
      if (oldest !== undefined) this.#lose(oldest.instrument)
      else this.low.shift()
    }
    this.critical.push(name)
  }
  publishLow(name: string): void {
    if (this.waiting === EVENTS_QUEUED_MAX && this.low.shift() === undefined) return
    this.low.push(name)
  }
  publishMarket(kind: MarketKind, instrument: number, tag: number): void {
    const waits = this.market.find((each) => each.kind === kind && each.instrument === instrument)
    if ((kind === 'quote' || kind === 'mark') && waits !== undefined) {
      waits.tag = tag
      return
    }
    if (this.waiting === EVENTS_QUEUED_MAX) {
      const oldest = this.market.shift()
      this.#lose(oldest?.instrument ?? instrument)
      if (oldest === undefined) return
    }
    this.market.push({ kind, instrument, tag })
  }
  drain(most = Infinity): string[] {
    const said: string[] = []
    while (this.waiting > 0 && said.length < most) {
      if (this.critical.length > 0) said.push(this.critical.shift()!)
      else if (this.market.length > 0 && this.gaps.length > 0) {
        const { instrument, lost } = this.gaps.shift()!
        said.push(`gap ${instrument} lost ${lost}`)
      } else if (this.market.length > 0) {
        const { kind, instrument, tag } = this.market.shift()!
        said.push(`${kind} ${instrument} #${tag}`)
      } else said.push(this.low.shift()!)
    }
    return said
  }
}

type Step =
  | { readonly do: 'critical' | 'low' }
  | { readonly do: 'market'; readonly kind: MarketKind; readonly instrument: number }
  | { readonly do: 'drain'; readonly most: number }
  | { readonly do: 'restore' }

const market = fc.record({
  do: fc.constant('market' as const),
  kind: fc.constantFrom<MarketKind>('bar', 'trade', 'quote', 'mark'),
  instrument: fc.nat(3),
})
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: market },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('critical' as const, 'low' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('drain' as const), most: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'restore' } as const) },
)

/** Runs both side by side; `filler` critical and low events wait from the start, so that the bound is near. */
function compare(
  steps: readonly Step[],
  filled: { readonly critical: number; readonly market: number; readonly low: number },
): void {
  let bus = new EventBus()
  const naive = new NaiveBus()
  let tag = 0
  const apply = (each: Step): void => {
    tag += 1
    switch (each.do) {
      case 'critical':
        bus.publishCritical(plain(`critical ${tag}`))
        naive.publishCritical(`critical ${tag}`)
        break
      case 'low':
        bus.publishLow(plain(`low ${tag}`))
        naive.publishLow(`low ${tag}`)
        break
      case 'market':
        publish(bus, each.kind, each.instrument, tag)
        naive.publishMarket(each.kind, each.instrument, tag)
        break
      case 'drain':
        expect(drain(bus, each.most)).toEqual(naive.drain(each.most))
        break
      case 'restore': {
        const copy = new EventBus()
        copy.restore(decodePlain(encodePlain(bus.snapshot())) as BusState)
        expect(copy.nextSeq).toBe(bus.nextSeq)
        bus = copy
        break
      }
    }
  }
  for (let i = 0; i < filled.critical; i++) apply({ do: 'critical' })
  for (let i = 0; i < filled.market; i++) apply({ do: 'market', kind: 'trade', instrument: i % 3 })
  for (let i = 0; i < filled.low; i++) apply({ do: 'low' })
  for (const each of steps) {
    apply(each)
    expect(bus.waiting).toBe(naive.waiting)
    expect(bus.waiting).toBeLessThanOrEqual(EVENTS_QUEUED_MAX)
  }
  expect(drain(bus)).toEqual(naive.drain())
}

describe('the bus beside a naive one', () => {
  it('agrees while there is room', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => compare(steps, { critical: 0, market: 0, low: 0 })),
      { numRuns: 50 },
    )
  })

  it.each([
    { critical: EVENTS_QUEUED_MAX - 10, market: 0, low: 0 },
    { critical: EVENTS_QUEUED_MAX - 20, market: 4, low: 4 },
    { critical: 5, market: EVENTS_QUEUED_MAX - 8, low: 0 },
    { critical: 0, market: 4, low: EVENTS_QUEUED_MAX - 8 },
  ])(
    'agrees when there is hardly any: %j',
    (filled) => {
      const few = fc.array(
        step.filter((each) => each.do !== 'critical' && each.do !== 'restore'),
        { maxLength: 40 },
      )
      fc.assert(
        fc.property(few, (steps) => compare(steps, filled)),
        { numRuns: 6 },
      )
    },
    60_000,
  )
})

describe('the bus', () => {
  it('numbers events at the exit, once, without a hole', () => {
    const bus = new EventBus(7)
    publish(bus, 'bar', 0, 1)
    bus.publishLow(plain('low'))
    bus.publishCritical(plain('critical'))
    const numbers: [string, number][] = []
    bus.drain((event) => numbers.push([say(event), event.seq]))
    expect(numbers).toEqual([
      ['critical', 7],
      ['bar 0 #1', 8],
      ['low', 9],
    ])
    expect(bus.nextSeq).toBe(10)
  })

  it('never drops what is critical: market gives way, then low, and then it stops', () => {
    const bus = new EventBus()
    for (let i = 0; i < 5; i++) publish(bus, 'trade', i % 2, i)
    bus.publishLow(plain('low'))
    for (let i = 6; i < EVENTS_QUEUED_MAX; i++) bus.publishCritical(plain(`c${i}`))
    for (let i = 0; i < 6; i++) bus.publishCritical(plain(`last ${i}`))
    expect(bus.waiting).toBe(EVENTS_QUEUED_MAX)
    expect(bus.counters).toMatchObject({ droppedMarket: 5, droppedLow: 1 })
    expect(() => bus.publishCritical(plain('one too many'))).toThrow(/10000 critical events wait/)
    const said = drain(bus)
    expect(said.length).toBe(EVENTS_QUEUED_MAX)
    expect(said.slice(-6)).toEqual([0, 1, 2, 3, 4, 5].map((i) => `last ${i}`))
    // What was lost is told with the next market fact, at its time.
    publish(bus, 'trade', 1, 99, 12_345)
    const told: [string, number][] = []
    bus.drain((event) => told.push([say(event), event.time]))
    expect(told).toEqual([
      ['gap 0 lost 3', 12_345],
      ['gap 1 lost 2', 12_345],
      ['trade 1 #99', 12_345],
    ])
  })

  it('lets a newer quote take the place of the waiting one, and tells kinds and instruments apart', () => {
    const bus = new EventBus()
    publish(bus, 'quote', 0, 1)
    publish(bus, 'trade', 0, 2)
    publish(bus, 'quote', 1, 3)
    publish(bus, 'mark', 0, 4)
    publish(bus, 'quote', 0, 5)
    publish(bus, 'mark', 0, 6)
    expect(bus.counters.replaced).toBe(2)
    expect(drain(bus)).toEqual(['quote 0 #5', 'trade 0 #2', 'quote 1 #3', 'mark 0 #6'])
    publish(bus, 'quote', 0, 7)
    expect(drain(bus)).toEqual(['quote 0 #7'])
  })

  it('does not take a quote that found no room for one that waits', () => {
    const bus = new EventBus()
    for (let i = 0; i < EVENTS_QUEUED_MAX; i++) bus.publishCritical(plain(`c${i}`))
    expect(publish(bus, 'quote', 0, 1)).toBe(false)
    drain(bus, 2)
    expect(publish(bus, 'trade', 0, 2)).toBe(true)
    expect(publish(bus, 'quote', 0, 3)).toBe(true)
    expect(drain(bus).slice(-3)).toEqual(['gap 0 lost 1', 'trade 0 #2', 'quote 0 #3'])
  })

  it('keeps to the limit of a drain, gaps included', () => {
    const bus = new EventBus()
    for (let i = 0; i < EVENTS_QUEUED_MAX; i++) publish(bus, 'trade', i % 3, i)
    for (let i = 0; i < 3; i++) publish(bus, 'trade', 0, EVENTS_QUEUED_MAX + i)
    expect(drain(bus, 0)).toEqual([])
    expect(drain(bus, 2)).toEqual(['gap 0 lost 1', 'gap 1 lost 1'])
    bus.publishCritical(plain('critical'))
    expect(drain(bus, 3)).toEqual(['critical', 'gap 2 lost 1', 'gap 0 lost 1'])
    expect(drain(bus, 1)).toEqual(['trade 1 #4'])
  })

  it('hands out what is published from inside a handler, in its order, without moving the fact that is being read', () => {
    const bus = new EventBus()
    const said: string[] = []
    publish(bus, 'quote', 0, 1)
    publish(bus, 'bar', 0, 2)
    bus.drain((event) => {
      if (say(event) === 'quote 0 #1') {
        publish(bus, 'quote', 0, 3) // the one being read waits no more: it is not replaced
        bus.publishLow(plain('low'))
        bus.publishCritical(plain('critical'))
      }
      said.push(say(event))
    })
    expect(said).toEqual(['quote 0 #1', 'critical', 'bar 0 #2', 'quote 0 #3', 'low'])
  })

  it('goes round its ring many times', () => {
    const bus = new EventBus()
    publish(bus, 'quote', 9, -1)
    drain(bus)
    for (let round = 0; round < 60; round++) {
      for (let i = 0; i < 1_000; i++) publish(bus, 'trade', 0, round * 1_000 + i)
      publish(bus, 'quote', 9, round)
      publish(bus, 'quote', 9, round + 0.5)
      const said = drain(bus)
      expect(said.length).toBe(1_001)
      expect([said[0], said[999], said[1_000]]).toEqual([
        `trade 0 #${round * 1_000}`,
        `trade 0 #${round * 1_000 + 999}`,
        `quote 9 #${round + 0.5}`,
      ])
    }
  })

  it('keeps over a restart what was lost and not told yet', () => {
    const bus = new EventBus()
    for (let i = 0; i < EVENTS_QUEUED_MAX + 3; i++) publish(bus, 'trade', i % 2, i)
    const copy = new EventBus()
    copy.restore(decodePlain(encodePlain(bus.snapshot())) as BusState)
    expect(drain(copy, 3)).toEqual(['gap 0 lost 2', 'gap 1 lost 1', 'trade 1 #3'])
  })

  it('is restored only when fresh', () => {
    const bus = new EventBus()
    const state = bus.snapshot()
    bus.publishLow(plain('x'))
    expect(() => bus.restore(state)).toThrow(/in use/)
  })
})
