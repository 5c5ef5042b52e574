/** What cards check, and the few steps that many of them begin with. */
import { expect } from 'vitest'
import type { Answer, NewOrder, OrderState, VenueUnderTest } from './venue-under-test.ts'

export const refuses = async (answer: Answer, code: number, msg: string): Promise<void> => {
  expect(await answer).toEqual({ code, msg })
}

export const accepts = async (answer: Answer): Promise<void> => {
  expect(await answer).toBeUndefined()
}

export const buyMarket = (id: string, quantity: string): NewOrder => ({ id, side: 'BUY', type: 'MARKET', quantity })
export const sellMarket = (id: string, quantity: string): NewOrder => ({ id, side: 'SELL', type: 'MARKET', quantity })
export const buyLimit = (id: string, quantity: string, price: string): NewOrder => ({
  id,
  side: 'BUY',
  type: 'LIMIT',
  quantity,
  price,
})
export const sellLimit = (id: string, quantity: string, price: string): NewOrder => ({
  id,
  side: 'SELL',
  type: 'LIMIT',
  quantity,
  price,
})

/** Places orders that act at once where the market is. */
export async function take(venue: VenueUnderTest, ...orders: readonly NewOrder[]): Promise<void> {
  for (const order of orders) await accepts(venue.place(order))
  await venue.settle()
}

/** Places orders that rest from then on. */
export const rest = async (venue: VenueUnderTest, ...orders: readonly NewOrder[]): Promise<void> => {
  await take(venue, ...orders)
}

export async function ends(
  venue: VenueUnderTest,
  id: string,
  status: OrderState['status'],
  executed = '0',
  reason?: string,
): Promise<void> {
  const order = await venue.order(id)
  expect({ id, status: order.status, executed: order.executed }).toEqual({ id, status, executed })
  if (reason !== undefined) expect(order.reason).toBe(reason)
}

export async function fills(
  venue: VenueUnderTest,
  id: string,
  ...executions: readonly (readonly [quantity: string, price: string])[]
): Promise<void> {
  const order = await venue.order(id)
  expect({ id, fills: order.executions.map(({ quantity, price }) => [quantity, price]) }).toEqual({ id, fills: executions })
}

export async function holds(
  venue: VenueUnderTest,
  amount: string,
  ...rest: Parameters<VenueUnderTest['position']>
): Promise<void> {
  expect((await venue.position(...rest)).amount).toBe(amount)
}

/** Not open, never filled, and the exchange said so with this code when it was placed or by an expiry for that reason. */
export async function neverTakes(
  venue: VenueUnderTest,
  order: NewOrder,
  code: number,
  msg: string,
  reason: string,
): Promise<void> {
  const refusal = await venue.place(order)
  await venue.settle()
  if (refusal !== undefined) expect(refusal).toEqual({ code, msg })
  else await ends(venue, order.id, 'EXPIRED', '0', reason)
  expect(await venue.openOrders()).not.toContain(order.id)
}
