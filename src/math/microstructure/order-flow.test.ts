/** Laws of order flow: mirrored books have opposite flow, one side's queue is its changes, the stream is the sum over its window. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type BestQuotes,
  microPrice,
  midPrice,
  orderFlowEvents,
  orderFlowImpact,
  OrderFlowStream,
  orderFlowWindows,
  queueImbalance,
} from './order-flow.ts'

const quotes = fc
  .array(
    fc.record({
      bid: fc.integer({ min: 95, max: 100 }),
      spread: fc.integer({ min: 0, max: 3 }),
      bidSize: fc.integer({ min: 0, max: 20 }),
      askSize: fc.integer({ min: 0, max: 20 }),
      wait: fc.integer({ min: 0, max: 4 }),
    }),
    { minLength: 1, maxLength: 80 },
  )
  .map((rows) => {
    let time = 0
    return {
      time: rows.map(({ wait }) => (time += wait)),
      bid: rows.map(({ bid }) => bid),
      bidSize: rows.map(({ bidSize }) => bidSize),
      ask: rows.map(({ bid, spread }) => bid + spread),
      askSize: rows.map(({ askSize }) => askSize),
    }
  })

const mirrored = ({ bid, bidSize, ask, askSize }: BestQuotes): BestQuotes => ({
  bid: Array.from(ask, (price) => -price),
  bidSize: askSize,
  ask: Array.from(bid, (price) => -price),
  askSize: bidSize,
})

describe('order flow', () => {
  it('of a book turned upside down is the opposite', () => {
    fc.assert(
      fc.property(quotes, (own) => {
        expect(Array.from(orderFlowEvents(mirrored(own)), (event) => -event + 0)).toEqual(
          Array.from(orderFlowEvents(own), (event) => event + 0),
        )
      }),
    )
  })

  it('at prices that stay is the change of the sizes', () => {
    fc.assert(
      fc.property(quotes, (own) => {
        const still = { ...own, bid: own.bid.map(() => 99), ask: own.bid.map(() => 101) }
        const total = orderFlowEvents(still).reduce((a, b) => a + b, 0)
        const at = (i: number): number => own.bidSize[i] - own.askSize[i]
        expect(total).toBe(at(own.bid.length - 1) - at(0))
      }),
    )
  })

  it('adds up over windows, and so does the mid', () => {
    fc.assert(
      fc.property(quotes, fc.integer({ min: 1, max: 10 }), (own, block) => {
        const { imbalance, midChange } = orderFlowWindows(own, block)
        const used = imbalance.length * block
        expect(imbalance.length).toBe(Math.floor(own.bid.length / block))
        expect(imbalance.reduce((a, b) => a + b, 0)).toBe(
          orderFlowEvents(own)
            .slice(0, used)
            .reduce((a, b) => a + b, 0),
        )
        if (used > 0)
          expect(midChange.reduce((a, b) => a + b, 0)).toBe(
            midPrice(own.bid[used - 1], own.ask[used - 1]) - midPrice(own.bid[0], own.ask[0]),
          )
        const whole = orderFlowWindows(own, block, { unfinished: 'keep' })
        expect(whole.imbalance.slice(0, imbalance.length)).toEqual(imbalance)
        expect(whole.imbalance.length).toBe(Math.ceil(own.bid.length / block))
        expect(whole.imbalance.reduce((a, b) => a + b, 0)).toBe(orderFlowEvents(own).reduce((a, b) => a + b, 0))
        expect(whole.midChange.reduce((a, b) => a + b, 0)).toBe(
          midPrice(own.bid[own.bid.length - 1], own.ask[own.bid.length - 1]) - midPrice(own.bid[0], own.ask[0]),
        )
      }),
    )
  })

  it('streams to the sum of the events of its window, through snapshots', () => {
    fc.assert(
      fc.property(quotes, fc.integer({ min: 1, max: 12 }), (own, span) => {
        const events = orderFlowEvents(own)
        let stream = new OrderFlowStream(span)
        own.time.forEach((now, i) => {
          const event = stream.update(now, { bid: own.bid[i], bidSize: own.bidSize[i], ask: own.ask[i], askSize: own.askSize[i] })
          expect(event).toBe(events[i])
          let total = 0
          for (let j = 0; j <= i; j++) if (own.time[j] > now - span) total += events[j]
          expect(stream.value).toBe(total)
          const state = JSON.parse(JSON.stringify(stream.snapshot())) as ReturnType<OrderFlowStream['snapshot']>
          stream = new OrderFlowStream(span)
          stream.restore(state)
        })
      }),
    )
  })

  it('finds the depth of a book that moves by whole queues: a tick for twice the size of a level', () => {
    const steps = fc.array(fc.constantFrom(-1, 0, 1), { minLength: 60, maxLength: 60 })
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 50 }), (moves, size) => {
        let price = 1000
        const bid = moves.map((move) => (price += move))
        const own = { bid, bidSize: bid.map(() => size), ask: bid.map((each) => each + 1), askSize: bid.map(() => size) }
        if (new Set(orderFlowWindows(own, 4).imbalance).size < 2) return
        const { slope, intercept, rSquared } = orderFlowImpact(own, 4)
        expect(slope).toBeCloseTo(1 / (2 * size), 9)
        expect(intercept).toBeCloseTo(0, 9)
        expect(rSquared).toBeCloseTo(1, 9)
      }),
    )
  })

  it('is refused where the mid stays', () => {
    const bidSize = Array.from({ length: 41 }, (_, i) => 10 + 5 * Math.sin(i * i))
    const bid = bidSize.map(() => 99)
    const own = { bid, bidSize, ask: bid.map(() => 101), askSize: bid.map(() => 5) }
    expect(() => orderFlowImpact(own, 2)).toThrow('does not vary')
  })
})

describe('the best level', () => {
  it('has its micro-price between bid and ask, drawn away from the longer queue', () => {
    const size = fc.double({ min: 0.01, max: 100, noNaN: true })
    fc.assert(
      fc.property(size, size, fc.integer({ min: 1, max: 100 }), (bidSize, askSize, width) => {
        const micro = microPrice({ bid: 100, bidSize, ask: 100 + width, askSize })
        expect(micro).toBeGreaterThanOrEqual(100)
        expect(micro).toBeLessThanOrEqual(100 + width)
        const imbalance = queueImbalance(bidSize, askSize)
        expect(micro - midPrice(100, 100 + width)).toBeCloseTo((imbalance * width) / 2, 9)
        expect(queueImbalance(askSize, bidSize) + imbalance).toBe(0)
      }),
    )
  })
})
