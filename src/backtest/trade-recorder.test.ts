import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Money, Price, Qty, Rate } from '../core/exact.ts'
import type { Micros } from '../core/time.ts'
import type { AccountReport } from '../domain/event.ts'
import type { LedgerKind } from '../domain/ledger.ts'
import type { Fill } from '../domain/order.ts'
import { sideSign } from '../domain/order.ts'
import { Position } from '../domain/position.ts'
import { averagePrice, divideHalfEven, netOf, TradeRecorder } from './trade-recorder.ts'

/** A venue of one account: fills with the profit that they realise, and what else moves the wallet. */
class Desk {
  readonly recorder = new TradeRecorder()
  readonly positions = new Map<number, Position>()
  wallet = 0n
  #time = 0

  fill(side: 'buy' | 'sell', qty: number, price: number, { fee = 0, reason = 'signal', instrument = 0 } = {}): void {
    const position = this.positions.get(instrument) ?? new Position()
    this.positions.set(instrument, position)
    const realised = position.apply(price as Price, (sideSign(side) * qty) as Qty)
    this.wallet += realised - BigInt(fee)
    this.recorder.onFill({
      tradeId: ++this.#time,
      clientOrderId: 'x',
      account: 0,
      instrument,
      side,
      positionSide: 'both',
      price: price as Price,
      qty: qty as Qty,
      fee: BigInt(fee) as Money,
      liquidity: 'taker',
      realised,
      exchangeTime: this.#time as Micros,
      reason,
    } satisfies Fill)
  }

  report(entry: LedgerKind, amount: number, instrument = 0): void {
    this.wallet += BigInt(amount)
    const time = ++this.#time as Micros
    const report: AccountReport = {
      kind: 'account',
      seq: 0,
      time,
      exchangeTime: time,
      account: 0,
      asset: 'USDT',
      entry,
      amount: BigInt(amount) as Money,
      instrument,
      rate: 0 as Rate,
      cause: '',
    }
    this.recorder.onAccountReport(report)
  }
}

describe('TradeRecorder', () => {
  it('counts a trade from flat to flat, with everything entered and the averages of both sides', () => {
    const desk = new Desk()
    desk.fill('buy', 2, 100, { fee: 1 })
    desk.fill('buy', 4, 103, { fee: 2 })
    desk.fill('sell', 1, 110, { fee: 3 })
    expect(desk.recorder.closed).toEqual([])
    expect(desk.recorder.open).toMatchObject([{ side: 'long', entered: 6, exited: 1 }])
    desk.fill('sell', 5, 120, { fee: 4, reason: 'take-profit' })
    expect(desk.recorder.closed).toMatchObject([
      {
        side: 'long',
        entryTime: 1,
        exitTime: 4,
        entered: 6,
        enteredFor: 612n,
        exited: 6,
        exitedFor: 710n,
        gross: 98n,
        fees: 10n,
        exitReason: 'take-profit',
      },
    ])
    expect(desk.recorder.open).toEqual([])
  })

  it('splits a reversal: the closing part of its fee truncated, the rest to the new trade', () => {
    const desk = new Desk()
    desk.fill('buy', 1, 100, { fee: 5 })
    desk.fill('sell', 3, 90, { fee: 11, reason: 'reversal' })
    expect(desk.recorder.closed).toMatchObject([{ side: 'long', fees: 8n, gross: -10n, exitReason: 'reversal' }])
    expect(desk.recorder.open).toMatchObject([{ side: 'short', entered: 2, enteredFor: 180n, fees: 8n, entryTime: 2 }])
  })

  it('gives funding to the open trade, and a liquidation fee to the trade it ended', () => {
    const desk = new Desk()
    desk.fill('sell', 1, 100)
    desk.report('funding', 3)
    desk.report('funding', 9, 1)
    desk.report('deposit', 50, -1)
    desk.fill('buy', 1, 150, { reason: 'liquidation' })
    desk.report('liquidation-fee', -7)
    expect(desk.recorder.closed).toMatchObject([{ funding: 3n, fees: 7n, gross: -50n, exitReason: 'liquidation' }])
    expect(netOf(desk.recorder.closed[0])).toBe(-54n)
  })

  it('adds up to the change of the wallet, whatever is filled in whatever order', () => {
    const step = fc.record({
      side: fc.constantFrom('buy' as const, 'sell' as const),
      qty: fc.integer({ min: 1, max: 9 }),
      price: fc.integer({ min: 1, max: 10_000_019 }),
      fee: fc.integer({ min: -50, max: 5_000 }),
      instrument: fc.integer({ min: 0, max: 2 }),
      funding: fc.integer({ min: -100, max: 100 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const desk = new Desk()
        for (const { side, qty, price, fee, instrument, funding } of steps) {
          desk.fill(side, qty, price, { fee, instrument })
          desk.report('funding', funding, instrument)
        }
        const { closed, open } = desk.recorder
        expect([...closed, ...open].reduce((sum, trade) => sum + netOf(trade), 0n)).toBe(desk.wallet)
        expect(closed.every(({ entered, exited, exitReason }) => entered === exited && exitReason !== undefined)).toBe(true)
        for (const { instrument, side, entered, exited } of open)
          expect((side === 'long' ? 1 : -1) * (entered - exited)).toBe(desk.positions.get(instrument)?.qty)
        expect(open.length).toBe([...desk.positions.values()].filter(({ isFlat }) => !isFlat).length)
      }),
    )
  })
})

describe('averages', () => {
  it('are exact for one price and rounded half to even otherwise', () => {
    expect(averagePrice(3n * 12_345n, 3, 2)).toBe('123.45')
    expect(averagePrice(100n + 2n * 101n, 3, 1)).toBe('10.066666667')
    expect(averagePrice(612n, 6, 0)).toBe('102')
  })

  it('rounds halves to even, also below zero', () => {
    expect([-5n, -3n, -1n, 1n, 3n, 5n].map((part) => divideHalfEven(part, 2n))).toEqual([-2n, -2n, 0n, 0n, 2n, 2n])
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.bigInt({ min: 1n, max: 10n ** 12n }), (part, whole) => {
        const error = 2n * (divideHalfEven(part, whole) * whole - part)
        expect(error <= whole && -error <= whole).toBe(true)
      }),
    )
  })
})
