/** W4: events through the bus to three subscribers, beside the plainest rings that could do it. */
import type { Micros } from '../src/core/time.ts'
import type { TimerEvent, Event } from '../src/domain/event.ts'
import { MARKET_KINDS, SLOT, TRADE } from '../src/domain/market-slot.ts'
import { EventBus, EVENTS_QUEUED_MAX } from '../src/kernel/event-bus.ts'
import type { Bench, Result } from './bench.ts'
import { inTurn } from './in-turn.ts'

export const bench: Bench = {
  name: 'w4',
  title: 'W4: 5,000,000 events, bounded 10,000, three priorities, three subscribers',
  goal: '1.5x',
  floor: '3x',
  run: ({ short }) => measure(short ? 500_000 : 5_000_000, short ? 3 : 7),
}

/** So many wait at once; of a hundred events five are critical and one is low, the others trades of ten instruments. */
const BURST = 1_000
const CRITICAL = 0
const MARKET = 1
const LOW = 2
const PRIORITIES = Uint8Array.from({ length: BURST }, (_, i) => (i % 20 === 7 ? CRITICAL : i % 100 === 50 ? LOW : MARKET))
const INSTRUMENTS = 10
// Constants of this file are folded into the machine code; imported ones are read through a cell each time.
const { time: TIME, exchangeTime: EXCHANGE_TIME, instrument: INSTRUMENT } = SLOT
const { id: ID, price: PRICE, qty: QTY, buyerIsMaker: BUYER_IS_MAKER } = TRADE
const TRADE_KIND = MARKET_KINDS.indexOf('trade')

function measure(events: number, rounds: number): readonly Result[] {
  const sums = new Map<string, string>()
  const medians = inTurn(
    [
      { name: 'twin', work: () => void sums.set('twin', throughRings(events)) },
      { name: 'bus', work: () => void sums.set('bus', throughBus(events)) },
    ],
    { rounds, warmUp: 2 },
  )
  if (sums.get('twin') !== sums.get('bus'))
    throw new Error(`bus and twin delivered differently: ${sums.get('bus')}, ${sums.get('twin')}`)
  const [twinMs, busMs] = ['twin', 'bus'].map((name) => medians.get(name) ?? Number.NaN)
  const perSecond = (ms: number): number => (events / ms) * 1_000
  return [
    { name: 'three rings of object slots', medianMs: twinMs, unit: 'events', perSecond: perSecond(twinMs) },
    {
      name: 'event bus',
      medianMs: busMs,
      unit: 'events',
      perSecond: perSecond(busMs),
      ratioToTwin: busMs / twinMs,
      twin: 'three rings of object slots',
      note: `delivered ${sums.get('bus') ?? ''}`,
    },
  ]
}

// ---- the bus -------------------------------------------------------------------------------------------------------------

function throughBus(events: number): string {
  const bus = new EventBus()
  // Whoever reports makes an object; that is not the bus's cost, so a burst's worth of them is made once.
  const timers = Array.from({ length: BURST }, (): TimerEvent => ({ kind: 'timer', seq: 0, time: 0 as Micros, timer: 'w4' }))
  let volume = 0
  let order = 0
  let others = 0
  const sumUp = (event: Event): void => {
    if (event.kind === 'trade') volume += event.words[event.at + PRICE] * event.words[event.at + QTY]
  }
  const follow = (event: Event): void => {
    order = (Math.imul(order, 31) + event.seq) | 0
  }
  const count = (event: Event): void => {
    if (event.kind === 'timer') others += 1
  }
  const handler = (event: Event): void => {
    sumUp(event)
    follow(event)
    count(event)
  }
  for (let done = 0; done < events; done += BURST) {
    for (let i = 0; i < BURST; i++) {
      const priority = PRIORITIES[i]
      if (priority === MARKET) publishTrade(bus, done + i)
      else if (priority === CRITICAL) bus.publishCritical(timers[i])
      else bus.publishLow(timers[i])
    }
    bus.drain(handler)
  }
  return `${volume} ${order} ${others}`
}

function publishTrade(bus: EventBus, i: number): void {
  const instrument = i % INSTRUMENTS
  const at = bus.reserveMarket(TRADE_KIND, instrument)
  const words = bus.marketWords
  words[at] = TRADE_KIND
  words[at + TIME] = i
  words[at + EXCHANGE_TIME] = i
  words[at + INSTRUMENT] = instrument
  words[at + ID] = i
  words[at + PRICE] = 50_000 + (i & 1_023)
  words[at + QTY] = i & 63
  words[at + BUYER_IS_MAKER] = i & 1
}

// ---- the twin ------------------------------------------------------------------------------------------------------------

interface Slot {
  kind: number
  seq: number
  time: number
  exchangeTime: number
  instrument: number
  id: number
  price: number
  qty: number
  buyerIsMaker: number
}

const SLOTS = 16_384
const MASK = SLOTS - 1
const TIMER_KIND = 9

class Ring {
  readonly slots = Array.from({ length: SLOTS }, (): Slot => ({
    kind: 0,
    seq: 0,
    time: 0,
    exchangeTime: 0,
    instrument: 0,
    id: 0,
    price: 0,
    qty: 0,
    buyerIsMaker: 0,
  }))
  head = 0
  tail = 0
}

/** Bounded and in order of priority; no gaps, no replacing, one shape for everything. */
function throughRings(events: number): string {
  const rings = [new Ring(), new Ring(), new Ring()]
  let waiting = 0
  let seq = 1
  let volume = 0
  let order = 0
  let others = 0
  const sumUp = (slot: Slot): void => {
    if (slot.kind === TRADE_KIND) volume += slot.price * slot.qty
  }
  const follow = (slot: Slot): void => {
    order = (Math.imul(order, 31) + slot.seq) | 0
  }
  const count = (slot: Slot): void => {
    if (slot.kind === TIMER_KIND) others += 1
  }
  const publish = (i: number, priority: number): void => {
    if (waiting === EVENTS_QUEUED_MAX) throw new Error('the rings are full')
    const ring = rings[priority]
    const slot = ring.slots[ring.tail & MASK]
    ring.tail += 1
    waiting += 1
    slot.kind = priority === MARKET ? TRADE_KIND : TIMER_KIND
    slot.time = i
    slot.exchangeTime = i
    slot.instrument = i % INSTRUMENTS
    slot.id = i
    slot.price = 50_000 + (i & 1_023)
    slot.qty = i & 63
    slot.buyerIsMaker = i & 1
  }
  const drain = (): void => {
    while (waiting > 0) {
      const ring = rings[0].head < rings[0].tail ? rings[0] : rings[1].head < rings[1].tail ? rings[1] : rings[2]
      const slot = ring.slots[ring.head & MASK]
      ring.head += 1
      waiting -= 1
      slot.seq = seq
      seq += 1
      sumUp(slot)
      follow(slot)
      count(slot)
    }
  }
  for (let done = 0; done < events; done += BURST) {
    for (let i = 0; i < BURST; i++) publish(done + i, PRIORITIES[i])
    drain()
  }
  return `${volume} ${order} ${others}`
}
