/** What the log of decisions keeps: everything that was decided, and whether it may follow what only that moment brought. */
import { expect, it } from 'vitest'
import type { Booking, Decision } from '../../domain/decision.ts'
import type { Event } from '../../domain/event.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import { DecisionLog, firstDifference } from './decision-log.ts'

const NOTHING: Decision = { effects: [], targets: [], refusals: [], bookings: [], regimes: [], actions: [], notes: [] }
const logOf = (...seen: readonly (readonly [Partial<Event>, Partial<Decision>])[]): DecisionLog => {
  const log = new DecisionLog({ instruments: [] } as unknown as Kernel)
  for (const [event, decision] of seen) log.observe(event as Event, { ...NOTHING, ...decision })
  return log
}
const cross: Booking = {
  kind: 'cross',
  strategy: 1,
  account: 0,
  instrument: 2,
  qty: 5 as Booking['qty'],
  price: 7 as Booking['price'],
  amount: 0n as Booking['amount'],
  slippage: 0n as Booking['slippage'],
}
const bar = (time: number): Partial<Event> => ({ kind: 'bar', time, exchangeTime: time }) as Partial<Event>
const accepted = (time: number, exchangeTime: number): Partial<Event> =>
  ({ kind: 'order-accepted', time, exchangeTime }) as Partial<Event>
const asks = (inputs: unknown, request = '1'): Partial<Decision> => ({
  effects: [{ kind: 'compute', request, strategy: -1, model: 'regime-fit', inputs, delay: 0 }],
})

it('counts regimes that change, books that trade with each other, transfers and questions of the kernel as decisions', () => {
  const { decisions } = logOf(
    [bar(1), {}],
    [bar(2), { regimes: [3] }],
    [bar(3), { bookings: [cross] }],
    [bar(4), { bookings: [{ ...cross, kind: 'fill' }] }],
    [bar(5), asks(Float64Array.of(1))],
    [bar(6), { effects: [{ kind: 'transfer', transfer: { amount: 1n } }] as unknown as Decision['effects'] }],
  )
  expect([...decisions.columns().time]).toEqual([2, 3, 5, 6])
  expect(decisions.columns().instrument[0]).toBe(3)
  const same = (a: DecisionLog, b: DecisionLog): boolean =>
    firstDifference(a.decisions.columns(), b.decisions.columns(), Number.POSITIVE_INFINITY) === undefined
  expect(same(logOf([bar(1), { regimes: [1] }]), logOf([bar(1), { regimes: [2] }]))).toBe(false)
  const dearer = { ...cross, price: 8 as Booking['price'] }
  expect(same(logOf([bar(1), { bookings: [cross] }]), logOf([bar(1), { bookings: [dearer] }]))).toBe(false)
  // The number of a question only counts; what is asked is the decision.
  expect(same(logOf([bar(1), asks(Float64Array.of(1))]), logOf([bar(1), asks(Float64Array.of(1), '2')]))).toBe(true)
  expect(same(logOf([bar(1), asks(Float64Array.of(1))]), logOf([bar(1), asks(Float64Array.of(2))]))).toBe(false)
})

it('tells what follows a report of the very moment', () => {
  const decided = { regimes: [0] }
  const { decisions } = logOf(
    [bar(10), decided],
    [accepted(10, 9), decided],
    [accepted(10, 10), decided],
    [bar(10), decided],
    [bar(11), decided],
  )
  expect([...decisions.columns().late]).toEqual([0, 0, 1, 1, 0])
})
