/** Excursions: the convention bar by bar, and against a naive walk over everything that was traded at opens. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Money, Price, Qty } from '../core/exact.ts'
import { HOUR, MILLISECOND } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import type { Fill } from '../domain/order.ts'
import { excursionsOf } from './excursions.ts'
import type { ExcursionBars } from './excursions.ts'

type Row = readonly [open: number, high: number, low: number, close: number]

const barsOf = (rows: readonly Row[]): ExcursionBars => {
  const column = (at: 0 | 1 | 2 | 3): Float64Array => Float64Array.from(rows, (row) => row[at])
  return {
    length: rows.length,
    openTime: Float64Array.from(rows, (_, i) => i * HOUR),
    duration: new Float64Array(rows.length).fill(HOUR),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
  }
}

/** At the open of a row, or inside it just before its end. */
const fill = (side: 'buy' | 'sell', qty: number, price: number, row: number, inside = false): Fill => ({
  tradeId: 0,
  clientOrderId: 'x',
  account: 0,
  instrument: 0,
  side,
  positionSide: 'both',
  price: price as Price,
  qty: qty as Qty,
  fee: 0n as Money,
  liquidity: 'taker',
  realised: 0n as Money,
  exchangeTime: (row * HOUR + (inside ? HOUR - MILLISECOND : 0)) as Micros,
  reason: '',
})

const ROWS: readonly Row[] = [
  [100, 104, 97, 101],
  [101, 112, 99, 110],
  [110, 111, 90, 95],
  [95, 120, 80, 100],
]

describe('excursionsOf', () => {
  it('counts the bar of the entry in full, and of the bar that opens with the exit only the open', () => {
    expect(excursionsOf([fill('buy', 2, 100, 0), fill('sell', 2, 110, 2)], barsOf(ROWS))).toEqual([
      { mae: 6n, mfe: 24n, cost: 200n, qty: 2 },
    ])
    expect(excursionsOf([fill('sell', 1, 100, 0), fill('buy', 1, 95, 3)], barsOf(ROWS))).toEqual([
      { mae: 12n, mfe: 10n, cost: 100n, qty: 1 },
    ])
  })

  it('goes no further than a stop in the bar of the stop, and takes nothing for the trade from that bar', () => {
    expect(excursionsOf([fill('buy', 1, 110, 2), fill('sell', 1, 92, 3, true)], barsOf(ROWS))).toEqual([
      { mae: 20n, mfe: 1n, cost: 110n, qty: 1 },
    ])
    expect(excursionsOf([fill('buy', 1, 95, 3), fill('sell', 1, 85, 3, true)], barsOf(ROWS))).toEqual([
      { mae: 10n, mfe: 0n, cost: 95n, qty: 1 },
    ])
  })

  it('lets the worse come first in the bar of a profit, which it does not exceed', () => {
    expect(excursionsOf([fill('buy', 1, 95, 3), fill('sell', 1, 115, 3, true)], barsOf(ROWS))).toEqual([
      { mae: 15n, mfe: 20n, cost: 95n, qty: 1 },
    ])
  })

  it('takes after an entry inside a bar everything against it and only the close for it', () => {
    expect(excursionsOf([fill('buy', 1, 100, 1, true), fill('sell', 1, 110, 2)], barsOf(ROWS))).toEqual([
      { mae: 1n, mfe: 10n, cost: 100n, qty: 1 },
    ])
  })

  it('measures a position that is still open up to the last bar', () => {
    expect(excursionsOf([fill('sell', 1, 110, 2)], barsOf(ROWS))).toEqual([{ mae: 10n, mfe: 30n, cost: 110n, qty: 1 }])
  })

  it('splits a reversal between two trades', () => {
    expect(excursionsOf([fill('buy', 1, 100, 0), fill('sell', 3, 101, 1), fill('buy', 2, 110, 2)], barsOf(ROWS))).toEqual([
      { mae: 3n, mfe: 4n, cost: 100n, qty: 1 },
      { mae: 22n, mfe: 4n, cost: 202n, qty: 2 },
    ])
  })

  it('counts bars around a gap, and a fill inside the gap', () => {
    const bars = barsOf(ROWS)
    const gap = { ...bars, openTime: bars.openTime.map((time, i) => (i < 2 ? time : time + 10 * HOUR)) }
    const late = { ...fill('sell', 1, 98, 0), exchangeTime: (5 * HOUR) as Micros }
    expect(excursionsOf([fill('buy', 1, 100, 0), late], gap)).toEqual([{ mae: 3n, mfe: 12n, cost: 100n, qty: 1 }])
  })

  it('equals a naive walk when everything is traded at opens (property)', () => {
    const row = fc.tuple(
      fc.integer({ min: 50, max: 150 }),
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 50, max: 150 }),
    )
    const trade = fc.record({ side: fc.constantFrom('buy' as const, 'sell' as const), qty: fc.integer({ min: 0, max: 3 }) })
    fc.assert(
      fc.property(fc.array(fc.tuple(row, trade), { minLength: 1, maxLength: 25 }), (steps) => {
        const rows = steps.map(([[open, up, down, close]]): Row => [
          open,
          Math.max(open, close) + up,
          Math.min(open, close) - down,
          close,
        ])
        const fills = steps.flatMap(([, { side, qty }], i) => (qty === 0 ? [] : [fill(side, qty, rows[i][0], i)]))
        const ours = excursionsOf(fills, barsOf(rows))
        expect(ours.map(({ mae, mfe }) => [mae, mfe])).toEqual(
          naive(
            rows,
            steps.map(([, { side, qty }]) => (side === 'buy' ? qty : -qty)),
          ),
        )
        for (const { mae, mfe, cost } of ours) expect(mae >= 0n && mfe >= 0n && cost > 0n).toBe(true)
      }),
    )
  })
})

/** Every price of every bar, with an average cost kept as the venue keeps it. */
function naive(rows: readonly Row[], orders: readonly number[]): readonly (readonly [bigint, bigint])[] {
  const done: (readonly [bigint, bigint])[] = []
  let [qty, cost, realised, worst, best] = [0n, 0n, 0n, 0n, 0n]
  const look = (price: number): void => {
    const result = realised + BigInt(price) * qty - cost
    if (result < worst) worst = result
    if (result > best) best = result
  }
  const end = (): void => {
    done.push([-worst, best])
    ;[qty, cost, realised, worst, best] = [0n, 0n, 0n, 0n, 0n]
  }
  rows.forEach(([open, high, low], i) => {
    if (qty !== 0n) look(open)
    let order = BigInt(orders[i])
    if (qty * order < 0n) {
      const held = qty < 0n ? -qty : qty
      const size = order < 0n ? -order : order
      const closing = size < held ? order : -qty
      const released = closing === -qty ? cost : (cost * -closing) / qty
      realised += -closing * BigInt(open) - released
      qty += closing
      cost -= released
      order -= closing
      if (qty === 0n) {
        if (realised < worst) worst = realised
        if (realised > best) best = realised
        end()
      }
    }
    qty += order
    cost += order * BigInt(open)
    if (qty === 0n) return
    for (const price of [open, high, low]) look(price)
  })
  if (qty !== 0n) end()
  return done
}
