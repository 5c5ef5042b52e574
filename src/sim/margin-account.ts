/**
 * One account at the simulated venue: wallet, positions of both modes, cross and isolated margin.
 *
 * Margin is not recomputed per bar. A change of position or wallet computes for each instrument a price that is safe:
 * while every price stays inside its bound nobody can reach the maintenance margin. Only a price beyond its
 * bound leads to the exact question.
 */
import { ZERO } from '../core/exact.ts'
import type { Money, Price } from '../core/exact.ts'
import type { Instrument, MarginBracket } from '../domain/instrument.ts'
import { Ledger } from '../domain/ledger.ts'
import type { LedgerState } from '../domain/ledger.ts'
import { exactMaintenance, MAINTENANCE_SCALE } from '../domain/margin.ts'
import type { PositionSide } from '../domain/order.ts'
import { Position } from '../domain/position.ts'
import type { PositionState } from '../domain/position.ts'
import { markScaleOf } from './venue-bars.ts'

export const SIDES: readonly PositionSide[] = ['both', 'long', 'short']
const SIDE_INDEX: Readonly<Record<PositionSide, number>> = Object.freeze({ both: 0, long: 1, short: 2 })

/** What is judged for liquidation at once: all cross positions (`CROSS`), or one isolated position by its slot. */
export type MarginUnit = number
export const CROSS: MarginUnit = -1

export interface MarginAccountState {
  readonly ledger: LedgerState
  readonly hedge: boolean
  /** By slot: instrument x 3 + side. */
  readonly positions: readonly PositionState[]
  readonly isolatedWallets: readonly bigint[]
  readonly isolated: readonly boolean[]
  readonly leverage: readonly number[]
  /** By instrument: which of its tables is in force; 0 is the first. */
  readonly tables: readonly number[]
}

/** Newest mark of an instrument in its mark units; 0 before the first. */
export type MarkOf = (instrument: number) => number

/** Part of the slack that the bounds may use: what is left covers the rounding of floats. */
const SAFE_SHARE = 1 - 1e-6
/** Rounding of the slack itself, as a share of the amounts it is the small difference of. */
const FLOAT_ERROR = 1e-14
/** Beyond any price. */
const TICKS_MAX = 2 ** 50
/** V9: leverage of an instrument until somebody sets it. */
const DEFAULT_LEVERAGE = 20

/** The maintenance table of an instrument in the forms that are needed. */
class BracketTable {
  readonly brackets: readonly MarginBracket[]
  readonly rough: readonly { readonly floor: number; readonly rate: number; readonly cum: number }[]
  /** The steepest rate, as a float. */
  readonly steepest: number

  constructor(brackets: readonly MarginBracket[]) {
    this.brackets = brackets
    this.rough = brackets.map(({ floor, rate, cum }) => ({ floor: Number(floor), rate: rate / 1e10, cum: Number(cum) }))
    this.steepest = brackets.reduce((most, { rate }) => Math.max(most, rate / 1e10), 0)
  }
}

export class MarginAccount {
  readonly ledger: Ledger
  /** V9 */
  hedge = false
  readonly leverage: number[]
  /** By instrument. */
  readonly isolated: boolean[]
  /** Marks below (for a long) or above (for a short) which the exact question must be asked. */
  readonly lowBound: Float64Array
  readonly highBound: Float64Array
  readonly #positions: readonly Position[]
  readonly #isolatedWallets: Money[]
  readonly #instruments: readonly Instrument[]
  readonly #asset: string
  /** Mark units per price unit. */
  readonly #markPerPrice: readonly bigint[]
  readonly #marksPerPrice: readonly number[]
  readonly #tables: BracketTable[]
  readonly #tableIndex: number[]
  /** Sum of the isolated wallets. */
  #isolatedTotal: Money = ZERO

  constructor(index: number, instruments: readonly Instrument[], asset: string) {
    this.ledger = new Ledger(index)
    this.#positions = instruments.flatMap(() => SIDES.map(() => new Position()))
    this.#isolatedWallets = this.#positions.map(() => ZERO)
    this.leverage = instruments.map(({ brackets }) => Math.min(DEFAULT_LEVERAGE, brackets[0]?.maxLeverage ?? DEFAULT_LEVERAGE))
    this.isolated = instruments.map(() => false)
    this.lowBound = new Float64Array(instruments.length).fill(-Infinity)
    this.highBound = new Float64Array(instruments.length).fill(Infinity)
    this.#instruments = instruments
    this.#asset = asset
    this.#markPerPrice = instruments.map(({ priceScale }) => 10n ** BigInt(markScaleOf(priceScale) - priceScale))
    this.#marksPerPrice = this.#markPerPrice.map(Number)
    this.#tables = instruments.map(({ brackets }) => new BracketTable(brackets))
    this.#tableIndex = instruments.map(() => 0)
  }

  get wallet(): Money {
    return this.ledger.wallet(this.#asset)
  }

  /** F1 */
  get crossWallet(): Money {
    return (this.wallet - this.#isolatedTotal) as Money
  }

  position(instrument: number, side: PositionSide): Position {
    return this.#positions[instrument * SIDES.length + SIDE_INDEX[side]]
  }

  isolatedWallet(instrument: number, side: PositionSide): Money {
    return this.#isolatedWallets[instrument * SIDES.length + SIDE_INDEX[side]]
  }

  setIsolatedWallet(instrument: number, side: PositionSide, amount: Money): void {
    const slot = instrument * SIDES.length + SIDE_INDEX[side]
    this.#isolatedTotal = (this.#isolatedTotal + amount - this.#isolatedWallets[slot]) as Money
    this.#isolatedWallets[slot] = amount
  }

  bracketsOf(instrument: number): readonly MarginBracket[] {
    return this.#tables[instrument].brackets
  }

  /** A later table of the instrument is in force from now on: its place among them, counted from 1; 0 is the first table. */
  useBrackets(instrument: number, table: number): void {
    const { brackets, bracketChanges } = this.#instruments[instrument]
    this.#tableIndex[instrument] = table
    this.#tables[instrument] = new BracketTable(table === 0 ? brackets : bracketChanges[table - 1].brackets)
  }

  isHeld(instrument: number): boolean {
    const at = instrument * SIDES.length
    return this.#positions[at].qty !== 0 || this.#positions[at + 1].qty !== 0 || this.#positions[at + 2].qty !== 0
  }

  get isFlat(): boolean {
    return this.#positions.every((position) => position.isFlat)
  }

  /** Nothing is held on cross margin. */
  get isCrossFlat(): boolean {
    return this.#positions.every((position, slot) => position.isFlat || this.isolated[instrumentOf(slot)])
  }

  // ---- the exact question --------------------------------------------------------------------------------------

  /**
   * Margin balance less maintenance margin of a unit, exact and not rounded: its sign is what counts, its unit is the money
   * unit divided by `SLACK_SCALE`. One instrument may be valued at a mark of its own.
   */
  slack(unit: MarginUnit, markOf: MarkOf, instrument = -1, mark = 0): bigint {
    if (unit !== CROSS) {
      const i = instrumentOf(unit)
      return this.#isolatedWallets[unit] * SLACK_SCALE + this.#slackOf(unit, i === instrument ? mark : markOf(i))
    }
    let slack = this.crossWallet * SLACK_SCALE
    for (let slot = 0; slot < this.#positions.length; slot++) {
      if (this.#positions[slot].qty === 0) continue
      const i = instrumentOf(slot)
      if (!this.isolated[i]) slack += this.#slackOf(slot, i === instrument ? mark : markOf(i))
    }
    return slack
  }

  /** Unrealised profit less maintenance margin of one position. */
  #slackOf(slot: number, mark: number): bigint {
    const { qty, cost } = this.#positions[slot]
    const i = instrumentOf(slot)
    const value = BigInt(qty) * BigInt(mark)
    return value * (SLACK_SCALE / this.#markPerPrice[i]) - cost * SLACK_SCALE - this.maintenance(i, value < 0n ? -value : value)
  }

  /** F2 of a size in quantity units x mark units, in the unit of `slack`. */
  maintenance(i: number, size: bigint): bigint {
    const perPrice = this.#markPerPrice[i]
    return exactMaintenance(this.#tables[i].brackets, size, perPrice) * (SLACK_SCALE / perPrice / MAINTENANCE_SCALE)
  }

  /** Units that hold something in an instrument: `CROSS`, or the slots of its isolated positions. */
  unitsOf(i: number): readonly MarginUnit[] {
    if (!this.isHeld(i)) return NO_UNITS
    if (!this.isolated[i]) return CROSS_ONLY
    return SIDES.map((_, side) => i * SIDES.length + side).filter((slot) => this.#positions[slot].qty !== 0)
  }

  /** What a unit holds in an instrument, net. */
  netOf(unit: MarginUnit, i: number): number {
    if (unit !== CROSS) return this.#positions[unit].qty
    const at = i * SIDES.length
    return this.#positions[at].qty + this.#positions[at + 1].qty + this.#positions[at + 2].qty
  }

  /** Both sides of hedge mode are held on cross margin: then a price can be too low and too high. */
  isPair(unit: MarginUnit, i: number): boolean {
    const at = i * SIDES.length
    return unit === CROSS && this.#positions[at + 1].qty !== 0 && this.#positions[at + 2].qty !== 0
  }

  /** Sides that a unit holds in an instrument. */
  heldSides(unit: MarginUnit, i: number): readonly PositionSide[] {
    const at = i * SIDES.length
    return SIDES.filter((_, side) => this.#positions[at + side].qty !== 0 && (unit === CROSS || unit === at + side))
  }

  /**
   * L5: the first price in a direction, on the tick, at which the unit is liquidated, others at their newest mark;
   * undefined when there is none above zero. At or beyond the present mark when it is due already.
   */
  liquidationLevel(unit: MarginUnit, i: number, tick: Price, markOf: MarkOf, direction: 'down' | 'up'): Price | undefined {
    if (this.heldSides(unit, i).length === 0) return undefined
    const perPrice = this.#marksPerPrice[i]
    const due = (ticks: number): boolean => this.slack(unit, markOf, i, ticks * tick * perPrice) <= 0n
    const ticksNow = markOf(i) / perPrice / tick
    const present = Math.max(1, direction === 'down' ? Math.floor(ticksNow) : Math.ceil(ticksNow))
    // Of a pair the slack falls on both sides of the price: each side is searched from the price on.
    const isPair = this.isPair(unit, i)
    if (isPair && due(present)) return (present * tick) as Price
    if (direction === 'down') {
      // The slack grows with the price: the largest price at which it is used up.
      if (!due(1)) return undefined
      let safe = present
      while (due(safe) && safe < TICKS_MAX) safe *= 2
      return ((bisect(1, safe, (ticks) => !due(ticks)) - 1) * tick) as Price
    }
    let beyond = present
    while (!due(beyond) && beyond < TICKS_MAX) beyond *= 2
    return beyond < TICKS_MAX ? ((bisect(isPair ? present : 0, beyond, due) * tick) as Price) : undefined
  }

  // ---- bounds --------------------------------------------------------------------------------------------------

  /** Computes the bounds anew: the slack is divided equally among the instruments that are held. */
  rebound(markOf: MarkOf): void {
    const count = this.lowBound.length
    let open = 0
    for (let i = 0; i < count; i++) if (!this.isolated[i] && this.isHeld(i)) open += 1
    const budget = open === 0 ? 0 : (this.#roughSlack(markOf) * SAFE_SHARE) / open
    for (let i = 0; i < count; i++) {
      this.lowBound[i] = -Infinity
      this.highBound[i] = Infinity
      if (!this.isHeld(i)) continue
      const at = i * SIDES.length
      if (this.isolated[i]) {
        for (let slot = at; slot < at + SIDES.length; slot++) this.#boundIsolated(slot, markOf(i))
        continue
      }
      const [{ qty: both }, { qty: long }, { qty: short }] = [
        this.#positions[at],
        this.#positions[at + 1],
        this.#positions[at + 2],
      ]
      this.#bound(i, both + long + short, Math.abs(both) + long - short, budget, markOf(i))
    }
  }

  #boundIsolated(slot: number, mark: number): void {
    const { qty, cost } = this.#positions[slot]
    if (qty === 0) return
    const i = instrumentOf(slot)
    const value = (qty * mark) / this.#marksPerPrice[i]
    const wallet = Number(this.#isolatedWallets[slot])
    const gross = Math.abs(wallet) + Math.abs(value) + Math.abs(Number(cost))
    const slack = wallet + value - Number(cost) - this.#roughMaintenance(i, Math.abs(value)) - gross * FLOAT_ERROR
    this.#bound(i, qty, Math.abs(qty), slack * SAFE_SHARE, mark)
  }

  /** What is lost per unit of mark, downwards and upwards; going up the maintenance margin grows, too. */
  #bound(i: number, net: number, gross: number, budget: number, mark: number): void {
    const perPrice = this.#marksPerPrice[i]
    const down = net / perPrice
    const up = (gross * this.#tables[i].steepest - net) / perPrice
    // Without slack no price is safe: how far it must move to give some depends on the bracket.
    if (down > 0) this.lowBound[i] = Math.max(this.lowBound[i], budget > 0 ? mark - budget / down : Infinity)
    if (up > 0) this.highBound[i] = Math.min(this.highBound[i], budget > 0 ? mark + budget / up : -Infinity)
  }

  #roughMaintenance(i: number, size: number): number {
    let maintenance = 0
    for (const { floor, rate, cum } of this.#tables[i].rough) if (size > floor) maintenance = size * rate - cum
    return maintenance
  }

  /** `slack` of the cross positions in floats, for the bounds; never more than the exact one. */
  #roughSlack(markOf: MarkOf): number {
    let slack = Number(this.crossWallet)
    let gross = Math.abs(slack)
    for (let slot = 0; slot < this.#positions.length; slot++) {
      const { qty, cost } = this.#positions[slot]
      if (qty === 0) continue
      const i = instrumentOf(slot)
      if (this.isolated[i]) continue
      const value = (qty * markOf(i)) / this.#marksPerPrice[i]
      slack += value - Number(cost)
      gross += Math.abs(value) + Math.abs(Number(cost))
      slack -= this.#roughMaintenance(i, Math.abs(value))
    }
    return slack - gross * FLOAT_ERROR
  }

  // ---- state ---------------------------------------------------------------------------------------------------

  snapshot(): MarginAccountState {
    return {
      ledger: this.ledger.snapshot(),
      hedge: this.hedge,
      positions: this.#positions.map((position) => position.snapshot()),
      isolatedWallets: [...this.#isolatedWallets],
      isolated: [...this.isolated],
      leverage: [...this.leverage],
      tables: [...this.#tableIndex],
    }
  }

  restore(state: MarginAccountState): void {
    this.ledger.restore(state.ledger)
    this.hedge = state.hedge
    this.#positions.forEach((position, slot) => position.restore(state.positions[slot]))
    this.#isolatedTotal = ZERO
    state.isolatedWallets.forEach((amount, slot) => {
      this.#isolatedWallets[slot] = amount as Money
      this.#isolatedTotal = (this.#isolatedTotal + amount) as Money
    })
    state.isolated.forEach((isolated, i) => (this.isolated[i] = isolated))
    state.leverage.forEach((leverage, i) => (this.leverage[i] = leverage))
    state.tables.forEach((table, i) => this.useBrackets(i, table))
  }
}

export const instrumentOf = (slot: number): number => Math.floor(slot / SIDES.length)

const NO_UNITS: readonly MarginUnit[] = Object.freeze([])
const CROSS_ONLY: readonly MarginUnit[] = Object.freeze([CROSS])

/** Fine enough for a mark unit times a rate unit: exact without a fraction. */
export const SLACK_SCALE = MAINTENANCE_SCALE * 10n ** 8n

/** The smallest integer in [low, high] for which the condition holds, which it does for all larger ones; high when for none. */
function bisect(low: number, high: number, holds: (n: number) => boolean): number {
  let from = low
  let to = high
  while (from < to) {
    const middle = Math.floor((from + to) / 2)
    if (holds(middle)) to = middle
    else from = middle + 1
  }
  return from
}
