import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePlain, encodePlain } from '../core/plain.ts'
import type { Micros } from '../core/time.ts'
import type { OrderReport } from '../domain/event.ts'
import { sideSign } from '../domain/order.ts'
import type { OrderRequest } from '../domain/order.ts'
import { fill, filled, MONDAY, order, report } from '../../test/kernel/fixtures.ts'
import { OrderManager } from './order-manager.ts'
import type { OrderManagerState } from './order-manager.ts'

const fillOf = (of: OrderRequest, tradeId: number, qty: number, remaining: number): OrderReport =>
  filled(
    fill({ tradeId, clientOrderId: of.clientOrderId, account: of.account, instrument: of.instrument, side: of.side, qty }),
    remaining,
  )

/** What the manager says of one account, instrument and book. */
const picture = (orders: OrderManager, strategy = 0, account = 0, instrument = 0) => ({
  inFlight: orders.inFlight(strategy, instrument),
  worst: [-3, 0, 3].map((extra) => orders.worstQty(account, instrument, 5, extra)),
  filled: [-3, 3].map((extra) => orders.filledQty(account, instrument, 5, extra)),
  stops: [...orders.stopsOf(strategy, instrument)],
  open: orders.openCount,
})

const copyOf = (orders: OrderManager): OrderManager => {
  const copy = new OrderManager()
  copy.restore(decodePlain(encodePlain(orders.snapshot())) as OrderManagerState)
  return copy
}

/** The same from all orders that are open, each time anew. */
class NaiveOrders {
  readonly orders: { readonly request: OrderRequest; filled: number; open: boolean }[] = []
  remaining(account: number, instrument: number, side: 'buy' | 'sell'): number {
    return this.orders
      .filter(
        (each) =>
          each.open && each.request.account === account && each.request.instrument === instrument && each.request.side === side,
      )
      .reduce((sum, { request, filled: done }) => sum + request.qty - done, 0)
  }
  inFlight(strategy: number, instrument: number): number {
    return this.orders
      .filter((each) => each.open && each.request.instrument === instrument && each.request.shares[0].strategy === strategy)
      .reduce((sum, { request, filled: done }) => sum + sideSign(request.side) * (request.qty - done), 0)
  }
}

interface Step {
  readonly kind: 'new' | 'fill' | 'cancel' | 'reject' | 'accept' | 'repeat' | 'restore'
  readonly which: number
  readonly qty: number
  readonly side: 'buy' | 'sell'
  readonly place: number
}
const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom('new', 'new', 'new', 'fill', 'fill', 'fill', 'cancel', 'reject', 'accept', 'repeat', 'restore'),
    which: fc.nat(30),
    qty: fc.integer({ min: 1, max: 100 }),
    side: fc.constantFrom('buy', 'sell'),
    place: fc.nat(7),
  }),
  { maxLength: 60 },
)

describe('orders in flight', () => {
  it('add up as if counted anew each time, whatever happens to them', () => {
    fc.assert(
      fc.property(steps, (list) => {
        let orders = new OrderManager()
        const naive = new NaiveOrders()
        const fills: OrderReport[] = []
        for (const { kind, which, qty, side, place } of list) {
          const live = naive.orders.filter(({ open }) => open)
          const known = live[which % Math.max(1, live.length)]
          if (kind === 'new') {
            const request = order({
              clientOrderId: `o${naive.orders.length}`,
              account: place & 1,
              instrument: (place >> 1) & 1,
              side,
              qty,
              shares: [{ strategy: place >> 2, qty }],
            })
            orders.record(request, MONDAY)
            naive.orders.push({ request, filled: 0, open: true })
          } else if (kind === 'restore') orders = copyOf(orders)
          else if (kind === 'repeat') {
            if (fills.length > 0) expect(orders.apply(fills[which % fills.length])).toBe('repeated')
          } else if (known !== undefined) {
            const { request } = known
            const of = { clientOrderId: request.clientOrderId, account: request.account, instrument: request.instrument }
            if (kind === 'accept') orders.apply(report('order-accepted', { ...of, remaining: request.qty }))
            else if (kind === 'cancel') {
              orders.apply(report('order-canceled', of))
              known.open = false
            } else if (kind === 'reject') {
              // Only what the venue has not taken yet can be rejected; else it is a late cancel that was.
              const wasSent = orders.get(request.clientOrderId)?.status === 'sent'
              orders.apply(report('order-rejected', of))
              if (wasSent) known.open = false
            } else {
              const part = Math.min(qty, request.qty - known.filled)
              known.filled += part
              known.open = known.filled < request.qty
              const done = fillOf(request, fills.length + 1, part, request.qty - known.filled)
              fills.push(done)
              expect(orders.apply(done)).toMatchObject({
                request: { clientOrderId: request.clientOrderId },
                filled: known.filled,
              })
            }
          }
          expect(orders.openCount).toBe(naive.orders.filter(({ open }) => open).length)
          for (const a of [0, 1])
            for (const i of [0, 1]) {
              const [buys, sells] = [naive.remaining(a, i, 'buy'), naive.remaining(a, i, 'sell')]
              for (const net of [-50, 0, 50])
                for (const extra of [-7, 0, 7]) {
                  // Whatever subset of the open orders fills, it gets no worse than this, and this bad it can get.
                  const ends = [net + buys + Math.max(0, extra), net - sells + Math.min(0, extra)]
                  expect(orders.worstQty(a, i, net, extra)).toBe(Math.max(...ends.map(Math.abs)))
                  if (extra !== 0) expect(orders.filledQty(a, i, net, extra)).toBe(net + extra + (extra > 0 ? buys : -sells))
                }
              expect(orders.inFlight(a, i)).toBe(naive.inFlight(a, i))
            }
        }
      }),
      { numRuns: 60 },
    )
  })

  it('are counted exactly once when reports are repeated and in another order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 }).chain((parts) => {
          const places = parts.map((_, i) => i)
          return fc.record({
            parts: fc.constant(parts),
            arrivals: fc.tuple(
              fc.shuffledSubarray(places, { minLength: parts.length }),
              fc.array(fc.constantFrom(...places), { maxLength: 8 }),
            ),
          })
        }),
        ({ parts, arrivals: [shuffled, repeated] }) => {
          const qty = parts.reduce((a, b) => a + b, 0)
          const request = order({ qty })
          const orders = new OrderManager()
          orders.record(request, MONDAY)
          const reports = parts.map((part, i) =>
            fillOf(request, i + 1, part, qty - parts.slice(0, i + 1).reduce((a, b) => a + b, 0)),
          )
          let booked = 0
          const seen = new Set<number>()
          for (const i of [...shuffled.flatMap((place, at) => (at % 2 === 0 ? [place, place] : [place])), ...repeated]) {
            const answer = orders.apply(reports[i])
            // Each of the first arrivals is known as a fill of this order, even when the last one came before it.
            expect(answer === 'repeated').toBe(seen.has(i))
            if (answer !== 'repeated') {
              expect(answer).toMatchObject({ request })
              booked += parts[i]
            }
            seen.add(i)
            expect(orders.inFlight(0, 0)).toBe(qty - booked)
          }
          expect(booked).toBe(qty)
          expect(orders.openCount).toBe(0)
          expect(orders.get('o1')).toBeUndefined()
        },
      ),
    )
  })

  it('of several owners come out whole when all is filled', () => {
    const request = order({
      qty: 10,
      shares: [
        { strategy: 0, qty: 7 },
        { strategy: 1, qty: 3 },
      ],
    })
    const orders = new OrderManager()
    orders.record(request, MONDAY)
    expect([orders.inFlight(0, 0), orders.inFlight(1, 0)]).toEqual([7, 3])
    orders.apply(fillOf(request, 1, 10, 0))
    expect([orders.inFlight(0, 0), orders.inFlight(1, 0)]).toEqual([0, 0])
  })
})

const entry = (id: string, stop: string, cancels: readonly string[] = []): OrderRequest =>
  order({
    clientOrderId: id,
    attached: { cancels, stop: { clientOrderId: stop, side: 'sell', trigger: 9_000, qty: 10, workingType: 'last' } },
  })

describe('attached stops', () => {
  it('wait for their parent, count as open when the venue has them, and never as exposure', () => {
    const orders = new OrderManager()
    orders.record(entry('e', 's'), MONDAY)
    expect(picture(orders)).toMatchObject({ inFlight: 10, stops: ['s'], open: 1 })
    expect(orders.get('s')).toMatchObject({
      status: 'attached',
      request: { side: 'sell', reduceOnly: true, type: 'stop-market', trigger: 9_000, reason: 'stop' },
    })
    orders.apply(report('order-accepted', { clientOrderId: 'e' }))
    orders.apply(fillOf(entry('e', 's'), 1, 10, 0))
    expect(picture(orders)).toMatchObject({ inFlight: 0, stops: ['s'], open: 0 })
    orders.apply(report('order-accepted', { clientOrderId: 's' }))
    orders.apply(report('order-accepted', { clientOrderId: 's' }))
    expect(picture(orders)).toMatchObject({ inFlight: 0, worst: [5, 5, 8], stops: ['s'], open: 1 })
    orders.apply(report('order-canceled', { clientOrderId: 's' }))
    expect(picture(orders)).toMatchObject({ stops: [], open: 0 })
  })

  it.each(['order-canceled', 'order-expired', 'order-rejected'] as const)(
    'never stand when their parent ends by %s without a fill',
    (kind) => {
      const orders = new OrderManager()
      orders.record(entry('e', 's'), MONDAY)
      orders.apply(report(kind, { clientOrderId: 'e' }))
      expect(picture(orders)).toMatchObject({ inFlight: 0, stops: [], open: 0 })
      expect(orders.get('s')).toBeUndefined()
    },
  )

  it('stay when their parent ends after the venue has placed them', () => {
    const orders = new OrderManager()
    orders.record(entry('e', 's'), MONDAY)
    orders.apply(fillOf(entry('e', 's'), 1, 4, 6))
    orders.apply(report('order-accepted', { clientOrderId: 's' }))
    orders.apply(report('order-canceled', { clientOrderId: 'e' }))
    expect(picture(orders)).toMatchObject({ inFlight: 0, stops: ['s'], open: 1 })
  })

  it('are listed oldest first, also after a restart', () => {
    const orders = new OrderManager()
    orders.record(entry('e1', 's1'), MONDAY)
    orders.record(entry('e2', 's2', ['s1']), MONDAY)
    expect(orders.stopsOf(0, 0)).toEqual(['s1', 's2'])
    expect(picture(copyOf(orders))).toEqual(picture(orders))
  })

  it('are not the market order of a book that was stopped out: that one counts as in flight', () => {
    const orders = new OrderManager()
    const exit = order({ clientOrderId: 'x', side: 'sell', closes: 6, reason: 'stop' })
    orders.record(exit, MONDAY)
    for (const each of [orders, copyOf(orders)]) {
      expect(picture(each)).toMatchObject({ inFlight: -10, worst: [8, 5, 8], filled: [-8, 8], stops: [], open: 1 })
      expect(each.entriesOf(0, 0).map(({ request }) => request.clientOrderId)).toEqual(['x'])
    }
    orders.apply(fillOf(exit, 1, 10, 0))
    expect(picture(orders)).toMatchObject({ inFlight: 0, stops: [], open: 0 })
  })

  it('that fill before their acceptance is heard of leave nothing behind', () => {
    const orders = new OrderManager()
    const parent = entry('e', 's')
    orders.record(parent, MONDAY)
    orders.apply(fillOf(parent, 1, 10, 0))
    orders.apply(fillOf(orders.get('s')!.request, 2, 10, 0))
    expect(orders.apply(report('order-accepted', { clientOrderId: 's' }))).toBe('foreign')
    expect(picture(orders)).toMatchObject({ inFlight: 0, stops: [], open: 0 })
  })
})

describe('the order manager', () => {
  it('stops at an id that is used twice', () => {
    const orders = new OrderManager()
    orders.record(order(), MONDAY)
    expect(() => orders.record(order(), MONDAY)).toThrow(/o1 was used twice/)
  })

  it('calls foreign what it did not send, and counts even its fills once', () => {
    const orders = new OrderManager()
    const theirs = order({ clientOrderId: 'autoclose-1' })
    expect(orders.apply(fillOf(theirs, 1, 3, 0))).toBe('foreign')
    expect(orders.apply(fillOf(theirs, 1, 3, 0))).toBe('repeated')
    // Trade ids are the instrument's own.
    expect(orders.apply(fillOf(order({ clientOrderId: 'x', instrument: 1 }), 1, 3, 0))).toBe('foreign')
  })

  it('counts the two sides of one trade between two accounts', () => {
    const orders = new OrderManager()
    const [buy, sell] = [
      order({ clientOrderId: 'a' }),
      order({ clientOrderId: 'b', account: 1, side: 'sell', shares: [{ strategy: 1, qty: 10 }] }),
    ]
    orders.record(buy, MONDAY)
    orders.record(sell, MONDAY)
    expect(orders.apply(fillOf(buy, 7, 10, 0))).toMatchObject({ request: buy, filled: 10 })
    expect(orders.apply(fillOf(sell, 7, 10, 0))).toMatchObject({ request: sell, filled: 10 })
    expect(orders.apply(fillOf(sell, 7, 10, 0))).toBe('repeated')
    expect(orders.openCount).toBe(0)
  })

  it('ends a reduce-only order that the venue has cut', () => {
    const orders = new OrderManager()
    const close = order({ reduceOnly: true, reason: 'flatten', shares: [] })
    orders.record(close, MONDAY)
    orders.apply(fillOf(close, 1, 6, 0))
    expect(picture(orders)).toMatchObject({ worst: [5, 5, 8], open: 0 })
  })

  it('does not take the rejection of a late cancel for the end of the order', () => {
    const orders = new OrderManager()
    orders.record(order(), MONDAY)
    orders.apply(report('order-accepted'))
    orders.apply(report('order-rejected', { reason: '-2011 Unknown order sent.' }))
    expect(picture(orders)).toMatchObject({ inFlight: 10, open: 1 })
  })

  it('counts approvals in a span that is open at its old end, also after a restart', () => {
    const orders = new OrderManager()
    for (let i = 0; i < 5_000; i++) orders.record(order({ clientOrderId: `o${i}` }), (MONDAY + i) as Micros)
    for (const each of [orders, copyOf(orders)]) {
      expect(each.approvalsSince(MONDAY + 4_990)).toBe(9)
      expect(each.approvalsSince(MONDAY + 4_999)).toBe(0)
      expect(each.approvalsSince(0)).toBe(4_096)
    }
  })
})
