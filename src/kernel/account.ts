/** One account as the position manager keeps it: wallets, positions, and the equity that follows from them. */
import type { Money, Price } from '../core/exact.ts'
import { notional } from '../core/exact.ts'
import type { Instrument } from '../domain/instrument.ts'
import { Ledger } from '../domain/ledger.ts'
import type { LedgerState } from '../domain/ledger.ts'
import type { PositionSide } from '../domain/order.ts'
import { Position } from '../domain/position.ts'
import type { PositionState } from '../domain/position.ts'
import type { AccountKind } from '../domain/view.ts'
import { EquityMarks } from './equity-marks.ts'
import type { EquityMarksState } from './equity-marks.ts'

/** An account at a venue, as the kernel is told of it. */
export interface AccountSpec {
  readonly venue: string
  readonly name: string
  /** The asset in which equity is measured; one for all accounts. */
  readonly settle: string
  /** Default `margin`. */
  readonly kind?: AccountKind
  /** Set at the venue for every contract, or what it allows at most; default 20. */
  readonly leverage?: number
}

const SIDES: readonly PositionSide[] = ['both', 'long', 'short']

export interface AccountState {
  readonly ledger: LedgerState
  readonly positions: readonly (readonly [number, PositionState])[]
  readonly equity: number
  readonly unrealised: readonly number[]
  readonly marks: EquityMarksState
}

export class Account {
  readonly spec: AccountSpec
  readonly isSpot: boolean
  readonly ledger: Ledger
  readonly marks = new EquityMarks()
  /** Index instrument x 3 + side. Of a spot account a position is what it has of the base asset. */
  readonly positions: (Position | undefined)[] = []
  /** Net over the sides, as numbers, for marking. */
  net = new Float64Array(16)
  /** What is paid for it already, as far as the wallet does not show it: nothing on a spot account. */
  cost = new Float64Array(16)
  unrealised = new Float64Array(16)
  /** Wallet plus unrealised profit in money units; of a spot account quote asset plus what the others are worth. */
  equity = 0

  constructor(index: number, spec: AccountSpec) {
    this.spec = spec
    this.isSpot = spec.kind === 'spot'
    this.ledger = new Ledger(index)
  }

  reserve(instruments: number): void {
    if (instruments <= this.net.length) return
    const grow = (old: Float64Array): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(instruments * 2)
      larger.set(old)
      return larger
    }
    this.net = grow(this.net)
    this.cost = grow(this.cost)
    this.unrealised = grow(this.unrealised)
  }

  position(instrument: number, side: PositionSide): Position {
    const at = slotOf(instrument, side)
    return (this.positions[at] ??= new Position())
  }

  /** The sums over the sides of an instrument, and equity anew from the exact wallet. */
  revalue(instruments: readonly Instrument[], instrument: number, price: Price): void {
    let net = 0
    let cost = 0
    for (let side = 0; side < SIDES.length; side++) {
      const position = this.positions[instrument * SIDES.length + side]
      if (position === undefined) continue
      net += position.qty
      if (!this.isSpot) cost += Number(position.cost)
    }
    this.net[instrument] = net
    this.cost[instrument] = cost
    this.unrealised[instrument] = net * price - cost
    let equity = Number(this.ledger.wallet(this.spec.settle))
    for (let i = 0; i < instruments.length; i++) equity += this.unrealised[i]
    this.equity = equity
  }

  exactEquity(lastPrice: (instrument: number) => Price): Money {
    let equity: bigint = this.ledger.wallet(this.spec.settle)
    this.positions.forEach((position, at) => {
      if (position === undefined || position.isFlat) return
      const price = lastPrice(Math.floor(at / SIDES.length))
      equity += this.isSpot ? notional(price, position.qty) : position.unrealised(price)
    })
    return equity as Money
  }

  snapshot(instruments: number): AccountState {
    return {
      ledger: this.ledger.snapshot(),
      positions: this.positions.flatMap((position, at) => (position === undefined ? [] : [[at, position.snapshot()] as const])),
      equity: this.equity,
      unrealised: [...this.unrealised.subarray(0, instruments)],
      marks: this.marks.snapshot(),
    }
  }

  restore(state: AccountState, instruments: readonly Instrument[], lastPrice: (instrument: number) => Price): void {
    this.ledger.restore(state.ledger)
    this.positions.length = 0
    for (const [at, position] of state.positions) {
      this.positions[at] = new Position()
      this.positions[at].restore(position)
    }
    this.marks.restore(state.marks)
    for (let i = 0; i < instruments.length; i++) this.revalue(instruments, i, lastPrice(i))
    // Sums of floats depend on their history; the run goes on from the very numbers it had.
    this.unrealised.set(state.unrealised)
    this.equity = state.equity
  }
}

export const slotOf = (instrument: number, side: PositionSide): number => instrument * SIDES.length + SIDES.indexOf(side)
