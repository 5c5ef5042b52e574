/**
 * Brings the two legs of a pair to what is wanted and keeps them together: slices of both legs at once, and a leg that
 * stands alone is completed or taken back within a time. docs/strategies/funding-arbitrage.md, "Two legs".
 *
 * A pure state machine: told what is held and in flight at every report, bar and wake-up of the pair, it answers with orders. Inside,
 * quantities of both legs count the finer unit of the two instruments, so that adding them is exact.
 */
import { assert } from '../core/errors.ts'
import { POW10 } from '../core/exact.ts'
import type { Money, Price, Qty } from '../core/exact.ts'
import { MILLISECOND, NEVER } from '../core/time.ts'
import type { Duration, Micros } from '../core/time.ts'
import type { Instrument } from '../domain/instrument.ts'

export type Leg = 'first' | 'second'

/** One leg as it is now, in its instrument's quantity units. */
export interface LegView {
  /** Signed position of the pair's book. */
  readonly held: Qty
  /**
   * What buy orders and sell orders sent for the pair may still execute, both positive, orders of unknown state included.
   * Protective stops are not among them: their execution comes as a surprise, and the other leg follows it.
   */
  readonly buying: Qty
  readonly selling: Qty
  readonly step: Qty
  /** The smallest order that the venue takes now: minimum quantity and minimum notional, at least one step. */
  readonly least: Qty
  /** The market is open to us: traded, connected, not about to be delisted. */
  readonly canTrade: boolean
}

export interface LegsView {
  readonly time: Micros
  /** Largest |first + second| in units of the first leg: `deltaBound` makes it. */
  readonly maxDelta: Qty
  readonly first: LegView
  readonly second: LegView
}

/** `cancel`: everything in flight of the leg shall go; the quantity is 0. The others are orders of a signed quantity. */
export interface LegOrder {
  readonly leg: Leg
  readonly qty: Qty
  readonly reason: LegReason
}

/** `entry` and `exit` move both legs, `complete` brings the leg that lags, `unwind` takes back the one that stands alone. */
export type LegReason = 'entry' | 'exit' | 'complete' | 'unwind' | 'cancel'

export interface LegExecutorState {
  readonly first: LegMemory
  readonly second: LegMemory
  /** Signed size of the first leg that is wanted, in the common unit; the second leg is its opposite. */
  readonly wanted: number
  /** Since when the legs are apart; -1 when they are together. */
  readonly nakedSince: number
  /** In this time apart the lagging leg was given up. */
  readonly gaveUp: boolean
  /** Part of a leg went without an order of ours, and the other has not followed yet. */
  readonly vanished: boolean
  /** Entries that ended in an unwind since the last that did not. */
  readonly attempts: number
  readonly entryAfter: number
  /** The leg that failed last time goes first alone: when it fails again nothing has happened. */
  readonly probe: Leg | 'none'
  /** Size held by both legs when they were last together. */
  readonly hedged: number
  readonly wake: number
}

export interface LegMemory {
  readonly seen: boolean
  readonly held: number
  readonly buying: number
  readonly selling: number
  readonly failures: number
  readonly blockedUntil: number
  readonly cancelAfter: number
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }
type State = Writable<Omit<LegExecutorState, Leg>> & { readonly first: Writable<LegMemory>; readonly second: Writable<LegMemory> }

/** A leg during one call, all quantities in the common unit. */
interface Side {
  readonly leg: Leg
  readonly memory: Writable<LegMemory>
  readonly unit: number
  readonly held: number
  buying: number
  selling: number
  readonly step: number
  readonly least: number
  readonly canTrade: boolean
  target: number
}

const NOTHING: LegMemory = Object.freeze({
  seen: false,
  held: 0,
  buying: 0,
  selling: 0,
  failures: 0,
  blockedUntil: 0,
  cancelAfter: 0,
})

/** The part of `maxNaked` in which the lagging leg is tried again; the rest is for taking the other back. */
const COMPLETING = 0.5
/** A failed order of a leg that stands alone is repeated after this part of `maxNaked`, then twice that, up to `LONGEST_WAIT` of it. */
const FIRST_WAIT = 1 / 16
const LONGEST_WAIT = 1 / 8
/** A failed entry waits this much longer, up to so many times `maxNaked`. */
const LONGEST_PAUSE = 64

/** The bound on |first + second| in units of the first leg: a share of an equity in money units, at a price. */
export const deltaBound = (share: number, equity: Money | number, price: Price): Qty =>
  (price > 0 ? Math.max(0, Math.floor((share * Number(equity)) / price)) : 0) as Qty

export class LegExecutor {
  readonly #maxNaked: Duration
  readonly #firstUnit: number
  readonly #secondUnit: number
  #state: State = fresh()
  #orders: LegOrder[] = []
  #view: { time: number; bound: number; delta: number } = { time: 0, bound: 0, delta: 0 }

  constructor(first: Pick<Instrument, 'qtyScale'>, second: Pick<Instrument, 'qtyScale'>, maxNaked: Duration) {
    const scale = Math.max(first.qtyScale, second.qtyScale)
    this.#firstUnit = POW10[scale - first.qtyScale]
    this.#secondUnit = POW10[scale - second.qtyScale]
    this.#maxNaked = maxNaked
  }

  /** What shall be held from now on: opposite signs, or both 0. The smaller of the two decides where they differ. */
  want(first: Qty, second: Qty, _time: Micros): void {
    assert(Math.sign(first) === -Math.sign(second), () => `the legs ${first} and ${second} do not hedge each other`)
    const one = exact(Math.abs(first) * this.#firstUnit)
    const other = exact(Math.abs(second) * this.#secondUnit)
    this.#state.wanted = first < 0 ? -Math.min(one, other) : Math.min(one, other)
  }

  /** What is wanted, signed in units of the first leg: less than was asked for after a leg has vanished. */
  get wanted(): number {
    return this.#state.wanted / this.#firstUnit
  }

  /** When it wants to be asked again even if nothing happens; `NEVER` when it only waits for reports. */
  get wakeAt(): Micros {
    return this.#state.wake as Micros
  }

  /**
   * An order of a leg came to nothing: rejected, expired, cancelled by the venue, refused by risk. Ask for the next orders only at the
   * next event: the order that was refused in this one is not repeated at once.
   */
  onFailure(leg: Leg, time: Micros): void {
    const state = this.#state
    const memory = state[leg]
    memory.failures += 1
    memory.blockedUntil = time + this.#wait(memory.failures, LONGEST_WAIT)
    state.entryAfter = Math.max(state.entryAfter, time + this.#wait(memory.failures, LONGEST_PAUSE))
    state.probe = leg
  }

  /**
   * Risk is against the slice of an entry that `next` has just asked for, and neither leg of it was sent: the pair stays as large
   * as it is until something else is wanted. Asking again every hour would be refused every hour.
   */
  onRefusal(): void {
    const { first, second, wanted } = this.#state
    const held = Math.min(Math.abs(first.held), Math.abs(second.held))
    this.#state.wanted = Math.sign(wanted) * Math.min(Math.abs(wanted), held)
    this.#state.wake = NEVER
  }

  /** As of the last call of `next`: the legs hedge each other but for what is too small to be traded. */
  get isTogether(): boolean {
    return this.#state.nakedSince < 0
  }

  #wait(failures: number, longest: number): number {
    let part = FIRST_WAIT
    for (let i = 1; i < failures && part < longest; i++) part *= 2
    return Math.max(MILLISECOND, Math.floor(Math.min(part, longest) * this.#maxNaked))
  }

  /** What to do now: at most a cancel and an order for each leg. */
  next(view: LegsView): readonly LegOrder[] {
    const state = this.#state
    this.#orders = []
    const first = sideOf('first', view.first, state.first, this.#firstUnit)
    const second = sideOf('second', view.second, state.second, this.#secondUnit)
    const grid = leastCommonMultiple(first.step, second.step)
    const coarse = Math.max(grid, first.least, second.least)
    this.#notice(first, Math.sign(state.wanted), coarse)
    this.#notice(second, -Math.sign(state.wanted), coarse)
    remember(first)
    remember(second)
    const size = down(Math.abs(state.wanted), grid)
    first.target = size < coarse ? 0 : Math.sign(state.wanted) * size
    second.target = -first.target

    const delta = first.held + second.held
    const apart = Math.abs(delta) >= coarse
    if (!apart) {
      state.nakedSince = -1
      state.gaveUp = false
    } else if (state.nakedSince < 0) state.nakedSince = view.time
    const slice = Math.max(exact(view.maxDelta * this.#firstUnit), coarse > grid ? 2 * coarse : coarse)
    this.#view = { time: view.time, delta, bound: slice + (apart ? 0 : Math.abs(delta)) }
    if (apart) this.#repair(first, second)
    else this.#advance(first, second, down(slice, grid), grid, coarse)
    state.wake = this.#nextWake(apart, first, second, coarse)
    return this.#orders
  }

  /** A position that became smaller by more than our orders can explain was taken from us; the other leg follows it. */
  #notice(side: Side, wantedSign: number, coarse: number): void {
    const { memory } = side
    const moved = side.held - memory.held
    if (memory.seen && moved !== 0) {
      const surprise = moved > memory.buying ? moved - memory.buying : Math.min(0, moved + memory.selling)
      if (surprise * memory.held < 0 && Math.abs(surprise) >= coarse) {
        const left = Math.max(0, side.held * wantedSign)
        this.#state.wanted = Math.sign(this.#state.wanted) * Math.min(Math.abs(this.#state.wanted), left)
        this.#state.vanished = true
      } else {
        memory.failures = 0
        memory.blockedUntil = 0
      }
    }
    if (side.buying === 0 && side.selling === 0) memory.cancelAfter = 0
  }

  /** The legs are together: the next slice of both, once nothing of the last is in flight. */
  #advance(first: Side, second: Side, slice: number, grid: number, coarse: number): void {
    const state = this.#state
    state.vanished = false
    for (const side of [first, second]) {
      const missing = side.target - side.held
      if (side.buying > Math.max(0, missing) || side.selling > Math.max(0, -missing)) this.#cancel(side)
    }
    if (inFlight(first) || inFlight(second)) return
    const held = Math.min(Math.abs(first.held), Math.abs(second.held))
    if (held > state.hedged) {
      state.attempts = 0
      state.entryAfter = 0
      state.probe = 'none'
    }
    state.hedged = held

    const grows = isGrowth(first, coarse) || isGrowth(second, coarse)
    const { time, delta } = this.#view
    if (!first.canTrade || !second.canTrade || (grows && time < state.entryAfter)) return
    if (time < state.first.blockedUntil || time < state.second.blockedUntil) return
    const size = sliceSize(first, second, slice, grid, coarse)
    const one = part(first, size)
    const other = part(second, size)
    if (grows && state.probe !== 'none') {
      const probed = state.probe === 'first' ? first : second
      if (one !== 0 && other !== 0) this.#order(probed, probed === first ? one : other, 'entry')
      return
    }
    if (Math.abs(delta + one + other) >= coarse) return
    this.#order(first, one, grows ? 'entry' : 'exit')
    this.#order(second, other, grows ? 'entry' : 'exit')
  }

  /** The legs are apart: bring the one that lags, or take back what is too much of the other. */
  #repair(first: Side, second: Side): void {
    const state = this.#state
    const { time, delta } = this.#view
    const sign = delta > 0 ? -1 : 1
    const size = Math.abs(delta)
    const [larger, smaller] = Math.abs(first.held) >= Math.abs(second.held) ? [first, second] : [second, first]
    const late = time - state.nakedSince >= COMPLETING * this.#maxNaked
    const lags = Math.max(0, sign * (smaller.target - smaller.held))
    const givesUp = late && larger.canTrade && lags > 0
    const completion = givesUp ? 0 : Math.min(size, lags)
    const reduction = size - completion
    const beyond = Math.max(0, sign * (larger.target - larger.held))
    if (givesUp && !state.gaveUp && beyond < size) this.#giveUp(smaller.leg)

    const still = late || state.vanished
    this.#cancelBeyond(smaller, sign, givesUp ? 0 : lags, still ? 0 : -sign * (smaller.target - smaller.held))
    this.#cancelBeyond(larger, sign, Math.max(reduction, beyond), still ? 0 : -sign * (larger.target - larger.held))
    this.#send(smaller, sign, completion, smaller.held * sign >= 0 ? 'complete' : 'exit')
    this.#send(larger, sign, reduction, state.vanished || beyond < reduction ? 'unwind' : 'exit')
  }

  /** The next entry begins with the leg that failed, and later. */
  #giveUp(leg: Leg): void {
    const state = this.#state
    state.gaveUp = true
    state.attempts += 1
    state.probe = leg
    state.entryAfter = Math.max(state.entryAfter, this.#view.time + this.#wait(state.attempts + 4, LONGEST_PAUSE))
  }

  #cancelBeyond(side: Side, sign: number, along: number, against: number): void {
    const [with_, without] = sign > 0 ? [side.buying, side.selling] : [side.selling, side.buying]
    if (with_ > along || without > Math.max(0, against)) this.#cancel(side)
  }

  /** Orders what is missing of `size` besides what is in flight, unless something in flight goes the other way. */
  #send(side: Side, sign: number, size: number, reason: LegReason): void {
    const [along, against] = sign > 0 ? [side.buying, side.selling] : [side.selling, side.buying]
    if (against > 0 || !side.canTrade || this.#view.time < side.memory.blockedUntil) return
    this.#order(side, sign * Math.max(0, size - along), reason)
  }

  /** Within the bound, with everything in flight of both legs at its worst. */
  #order(side: Side, qty: number, reason: LegReason): void {
    const { bound, delta } = this.#view
    const other = side.leg === 'first' ? this.#state.second : this.#state.first
    const pending = qty > 0 ? side.buying + other.buying : side.selling + other.selling
    const room = Math.max(0, bound - Math.sign(qty) * delta - pending)
    const units = down(Math.min(Math.abs(qty), room), side.step)
    if (units < side.least) return
    if (qty > 0) side.buying += units
    else side.selling += units
    remember(side)
    this.#orders.push({ leg: side.leg, qty: ((Math.sign(qty) * units) / side.unit) as Qty, reason })
  }

  #cancel(side: Side): void {
    if (this.#view.time < side.memory.cancelAfter) return
    side.memory.cancelAfter = this.#view.time + this.#wait(1, LONGEST_WAIT)
    this.#orders.push({ leg: side.leg, qty: 0 as Qty, reason: 'cancel' })
  }

  #nextWake(apart: boolean, first: Side, second: Side, coarse: number): number {
    const { time } = this.#view
    const state = this.#state
    const moments: number[] = [state.first.cancelAfter, state.second.cancelAfter]
    if (apart) moments.push(Math.ceil(state.nakedSince + COMPLETING * this.#maxNaked))
    if (apart || Math.abs(first.target - first.held) >= coarse || Math.abs(second.target - second.held) >= coarse)
      moments.push(state.first.blockedUntil, state.second.blockedUntil, state.entryAfter)
    let wake: number = NEVER
    for (const moment of moments) if (moment > time && moment < wake) wake = moment
    return wake
  }

  snapshot(): LegExecutorState {
    return { ...this.#state, first: { ...this.#state.first }, second: { ...this.#state.second } }
  }

  restore(saved: LegExecutorState): void {
    this.#state = { ...saved, first: { ...saved.first }, second: { ...saved.second } }
  }
}

const fresh = (): State => ({
  first: { ...NOTHING },
  second: { ...NOTHING },
  wanted: 0,
  nakedSince: -1,
  gaveUp: false,
  vanished: false,
  attempts: 0,
  entryAfter: 0,
  probe: 'none',
  hedged: 0,
  wake: NEVER,
})

function sideOf(leg: Leg, view: LegView, memory: Writable<LegMemory>, unit: number): Side {
  return {
    leg,
    memory,
    unit,
    held: exact(view.held * unit),
    buying: exact(view.buying * unit),
    selling: exact(view.selling * unit),
    step: exact(view.step * unit),
    least: exact(Math.max(view.step, view.least) * unit),
    canTrade: view.canTrade,
    target: 0,
  }
}

/** What the next call compares with. */
function remember({ memory, held, buying, selling }: Side): void {
  memory.seen = true
  memory.held = held
  memory.buying = buying
  memory.selling = selling
}

const inFlight = ({ buying, selling }: Side): boolean => buying > 0 || selling > 0
/** The way to its target makes the leg larger. */
const isGrowth = ({ held, target }: Side, coarse: number): boolean => Math.abs(held) < coarse || (target - held) * held > 0

/** The size of a slice: it does not go through zero, and leaves nothing behind that is too small to be traded. */
function sliceSize(first: Side, second: Side, slice: number, grid: number, coarse: number): number {
  const missing = Math.max(Math.abs(first.target - first.held), Math.abs(second.target - second.held))
  let size = Math.min(missing, slice)
  for (const { held, target } of [first, second])
    if (held * target < 0 && Math.abs(held) >= coarse) size = Math.min(size, Math.abs(held))
  const rest = missing - size
  if (rest > 0 && rest < coarse) size = Math.max(coarse, down(missing - coarse, grid))
  return size
}

function part({ held, target, step, least }: Side, size: number): number {
  const missing = target - held
  const units = down(Math.min(Math.abs(missing), size), step)
  return units < least ? 0 : Math.sign(missing) * units
}

const down = (value: number, step: number): number => value - (value % step)

function leastCommonMultiple(a: number, b: number): number {
  let [one, other] = [a, b]
  while (other > 0) [one, other] = [other, one % other]
  return exact((a / one) * b)
}

function exact(units: number): number {
  assert(Number.isSafeInteger(units), () => `${units} is no whole number of quantity units that can be counted exactly`)
  return units
}
