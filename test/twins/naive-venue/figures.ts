/**
 * The figures F1 to F6 and the margin that L3 judges, exact: marks count 1e-8, their products with quantities 1e-8 of the money unit.
 */
import { abs, greater, max, minus, NOTHING, plus, ratio, sum, truncated } from './arithmetic.ts'
import type { Ratio } from './arithmetic.ts'
import {
  asMark,
  booksOf,
  bracketsOf,
  crossWallet,
  isHedged,
  isIsolated,
  lastAsMark,
  leverageOf,
  perPrice,
  remainingOf,
  rulesOf,
  sameSlot,
  signBig,
} from './state.ts'
import type { Books, Slot, SlotName, State, WorkingOrder } from './state.ts'

/** What margin is judged at: per instrument a mark in 1e-8, undefined while none is known. */
export type Marks = readonly (bigint | undefined)[]
export const withMark = (marks: Marks, instrument: number, mark: bigint): Marks =>
  marks.map((each, i) => (i === instrument ? mark : each))

/** A money unit in what `valueOf` counts. */
export const EIGHT = 10n ** 8n
/** A money unit in what margins count: nothing is rounded. */
const FINE = 10n ** 18n

/** quantity x price in 1e-8 of the money unit; the price is one in 1e-8. */
export const valueOf = (state: State, instrument: number, qty: bigint, price: bigint): bigint =>
  qty * price * 10n ** BigInt(state.script.instruments[instrument].priceScale)

// ---- maintenance and L3

/** What is judged together: an account's cross positions, or one isolated position. */
export interface Unit {
  readonly account: number
  readonly isolated: SlotName | undefined
}
export interface View {
  readonly wallet: bigint
  /** Open positions only. */
  readonly slots: readonly Slot[]
}

export function viewOf(state: State, unit: Unit, books: Books = booksOf(state, unit.account)): View {
  const { isolated } = unit
  const open = books.slots.filter((each) => each.qty !== 0n)
  if (isolated !== undefined)
    return {
      wallet: books.slots.find((each) => sameSlot(each, isolated))?.isolated ?? 0n,
      slots: open.filter((each) => sameSlot(each, isolated)),
    }
  return { wallet: crossWallet(books), slots: open.filter((each) => !isIsolated(state, unit.account, each.instrument)) }
}

/** Those of an account that an instrument's mark can hurt. */
export function unitsOf(state: State, account: number, instrument: number): Unit[] {
  const held = booksOf(state, account).slots.filter((each) => each.instrument === instrument && each.qty !== 0n)
  if (held.length === 0) return []
  if (!isIsolated(state, account, instrument)) return [{ account, isolated: undefined }]
  return held.map(({ side }) => ({ account, isolated: { instrument, side } }))
}

/** F2, in 1e-18 of the money unit. */
export function maintenanceOf(state: State, instrument: number, value: bigint, time: number): bigint {
  const brackets = bracketsOf(state, instrument, time)
  if (brackets.length === 0) return 0n
  let bracket = brackets[0]
  for (const each of brackets) if (value > each.floor * EIGHT) bracket = each
  return value * BigInt(bracket.rate) - bracket.cum * FINE
}

/** Margin balance less maintenance margin, in 1e-18 of the money unit; L3 holds at or below zero. A position without a mark is worth its cost. */
export function cushion(state: State, view: View, marks: Marks, time: number): bigint {
  let total = view.wallet * FINE
  for (const { instrument, qty, cost } of view.slots) {
    const mark = marks[instrument]
    if (mark === undefined) continue
    const value = valueOf(state, instrument, qty, mark)
    total += (value - cost * EIGHT) * 10n ** 10n - maintenanceOf(state, instrument, abs(value), time)
  }
  return total
}

export const isCompliant = (state: State, unit: Unit, marks: Marks, time: number): boolean =>
  cushion(state, viewOf(state, unit), marks, time) > 0n

/** L3, at a mark of this instrument. */
export const isDue = (state: State, unit: Unit, instrument: number, mark: bigint, time: number): boolean =>
  viewOf(state, unit).slots.some((each) => each.instrument === instrument) &&
  !isCompliant(state, unit, withMark(state.mark, instrument, mark), time)

export type Adverse = 'down' | 'up'

/** L3: the sides of the price on which a unit can die; both for a pair, the lower first. */
export function adverseSides(state: State, unit: Unit, instrument: number): Adverse[] {
  const held = viewOf(state, unit).slots.filter((each) => each.instrument === instrument)
  const sides: Adverse[] = []
  if (held.some((each) => each.qty > 0n)) sides.push('down')
  if (held.some((each) => each.qty < 0n)) sides.push('up')
  return sides
}

/**
 * L5, in the instrument's price unit: seen from where the cushion is thickest, the first tick on a side at which L3 holds.
 * Undefined where L3 holds everywhere or on that side nowhere.
 */
export function levelOf(state: State, unit: Unit, instrument: number, adverse: Adverse, time: number): bigint | undefined {
  const tick = BigInt(rulesOf(state, instrument, time).tick)
  const view = viewOf(state, unit)
  const at = (ticks: bigint): bigint =>
    cushion(state, view, withMark(state.mark, instrument, asMark(state, instrument, ticks * tick)), time)
  const held = view.slots.filter((each) => each.instrument === instrument)
  // Far beyond any price that matters: the cushion is concave, so that is where it only falls or only grows.
  const far = 10n ** 15n
  let peak = held.every((each) => each.qty > 0n) ? far : 0n
  if (held.length > 1) peak = firstWhere(0n, far, (ticks) => at(ticks + 1n) <= at(ticks))
  if (at(peak) <= 0n) return undefined
  if (adverse === 'up') {
    if (at(far) > 0n) return undefined
    return firstWhere(peak, far, (ticks) => at(ticks) <= 0n) * tick
  }
  if (peak === 0n || at(1n) > 0n) return tick
  return (firstWhere(1n, peak, (ticks) => at(ticks) > 0n) - 1n) * tick
}

/** The first number of (from, to] for which something holds that holds for all above it; `from` itself if there, too. */
function firstWhere(from: bigint, to: bigint, holds: (n: bigint) => boolean): bigint {
  let low = from - 1n
  let high = to
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (holds(middle)) high = middle
    else low = middle
  }
  return high
}

// ---- what an account can still do

/** F3 in money units. */
const initialMargin = (state: State, account: number, instrument: number, qty: bigint): Ratio => {
  const mark = state.mark[instrument]
  if (mark === undefined) return NOTHING
  return ratio(abs(valueOf(state, instrument, qty, mark)), EIGHT * leverageOf(state, account, instrument))
}

/** An order that is asked for, as far as it would open something. */
export interface Opening {
  readonly account: number
  readonly slot: SlotName
  readonly side: WorkingOrder['side']
  /** All of it, and the part that would open something. */
  readonly qty: bigint
  readonly opens: bigint
  readonly limit: bigint | undefined
}

/** F6, in 1e-8: a buy limit's price, a sell limit's or the mark if that is more; without a limit the newest price, undefined before the first. */
export function assumedPrice(
  state: State,
  of: { readonly instrument: number; readonly side: WorkingOrder['side']; readonly limit: bigint | undefined },
): bigint | undefined {
  if (of.limit === undefined) return lastAsMark(state, of.instrument)
  const price = asMark(state, of.instrument, of.limit)
  const unit = perPrice(state, of.instrument)
  return of.side === 'buy' ? price : max(price, ((state.mark[of.instrument] ?? price) / unit) * unit)
}

const competes = (order: WorkingOrder, account: number, instrument: number, except: WorkingOrder | undefined): boolean =>
  order.account === account &&
  order.instrument === instrument &&
  order.stage !== 'waiting' &&
  !order.reduceOnly &&
  !order.terms.closePosition &&
  order !== except

/** F4 in money units, with one more order if there is one to be asked for, and without an old self of it. */
function openOrderMargin(
  state: State,
  account: number,
  instrument: number,
  more: Opening | undefined,
  except: WorkingOrder | undefined,
): Ratio {
  const resting = state.working.filter((each) => competes(each, account, instrument, except))
  const valueOfSide = (side: WorkingOrder['side'], positionSide: string): bigint => {
    const open = sum(
      resting
        .filter((each) => each.side === side && each.positionSide === positionSide)
        .map((each) => valueOf(state, instrument, remainingOf(each), assumedPrice(state, each) ?? 0n)),
    )
    const isMore =
      more !== undefined && more.slot.instrument === instrument && more.side === side && more.slot.side === positionSide
    return open + (isMore ? valueOf(state, instrument, more.qty, assumedPrice(state, { ...more, instrument }) ?? 0n) : 0n)
  }
  const leverage = leverageOf(state, account, instrument)
  if (isHedged(state, account)) return ratio(valueOfSide('buy', 'long') + valueOfSide('sell', 'short'), EIGHT * leverage)
  const slot = booksOf(state, account).slots.find((each) => each.instrument === instrument && each.side === 'both')
  const mark = state.mark[instrument]
  const position = slot === undefined || mark === undefined ? 0n : valueOf(state, instrument, slot.qty, mark)
  const most = max(abs(position + valueOfSide('buy', 'both')), abs(position - valueOfSide('sell', 'both')))
  return ratio(max(most - abs(position), 0n), EIGHT * leverage)
}

/** F5 before it is cut at 0, not truncated. */
function freeBalance(state: State, account: number, except: WorkingOrder | undefined): Ratio {
  const books = booksOf(state, account)
  const view = viewOf(state, { account, isolated: undefined }, books)
  let free = ratio(view.wallet)
  for (const { instrument, qty, cost } of view.slots) {
    const mark = state.mark[instrument]
    if (mark === undefined) continue
    free = plus(free, ratio(valueOf(state, instrument, qty, mark) - cost * EIGHT, EIGHT))
    free = minus(free, initialMargin(state, account, instrument, qty))
  }
  for (const { index } of state.script.instruments) free = minus(free, openOrderMargin(state, account, index, undefined, except))
  return free
}

/** V9: what more is bound afterwards than now must be available now. */
export function suffices(before: State, after: State, account: number): boolean {
  const more = minus(freeBalance(before, account, undefined), freeBalance(after, account, undefined))
  return truncated(more) <= availableOf(before, account)
}

/** F5 */
export const availableOf = (state: State, account: number, except?: WorkingOrder): bigint =>
  truncated(greater(freeBalance(state, account, except), NOTHING))

/** F6 */
export function costOf(state: State, opening: Opening, except?: WorkingOrder): bigint {
  const { account, slot, side, opens } = opening
  const { instrument } = slot
  const openLoss = openLossOf(state, instrument, side, opens, opening.limit)
  const before = openOrderMargin(state, account, instrument, undefined, except)
  const after = openOrderMargin(state, account, instrument, opening, except)
  return truncated(plus(minus(after, before), openLoss))
}

/** Part of F6: at the order's own price, without one at the newest traded one. */
function openLossOf(
  state: State,
  instrument: number,
  side: WorkingOrder['side'],
  opens: bigint,
  limit: bigint | undefined,
): Ratio {
  const price = (limit === undefined ? lastAsMark(state, instrument) : asMark(state, instrument, limit)) ?? 0n
  const loss = signBig(side) * ((state.mark[instrument] ?? price) - price)
  return loss < 0n ? ratio(valueOf(state, instrument, opens, -loss), EIGHT) : NOTHING
}

/** V10: whether what an isolated position leaves behind and what is available are not enough for what a reversal opens. */
export function isReversalTooDear(state: State, opening: Opening, except?: WorkingOrder): boolean {
  const { account, slot: name, side, qty, opens } = opening
  const { instrument } = name
  const slot = booksOf(state, account).slots.find((each) => sameSlot(each, name))
  const mark = state.mark[instrument]
  if (slot === undefined || slot.qty === 0n || mark === undefined || !isIsolated(state, account, instrument)) return false
  if (slot.qty > 0n === (side === 'buy')) return false
  const size = abs(slot.qty)
  const closes = qty - opens
  const opened = (closes < size ? closes : size) + opens - size
  if (opened <= 0n) return false
  const price = assumedPrice(state, { ...opening, instrument }) ?? 0n
  const margin = truncated(ratio(valueOf(state, instrument, opened, price), EIGHT * leverageOf(state, account, instrument)))
  const loss = truncated(openLossOf(state, instrument, side, opens, opening.limit))
  const unrealised = truncated(ratio(valueOf(state, instrument, slot.qty, mark) - slot.cost * EIGHT, EIGHT))
  return margin + loss > availableOf(state, account, except) + slot.isolated + unrealised
}

/** V1.18: the notional that a leverage allows, in money units; undefined where there are no brackets. */
export function allowedNotional(state: State, instrument: number, leverage: bigint, time: number): bigint | undefined {
  const brackets = bracketsOf(state, instrument, time)
  if (brackets.length === 0) return undefined
  return brackets.findLast((each) => BigInt(each.maxLeverage) >= leverage)?.cap ?? 0n
}

/** V1.18: the position at the mark, open orders of that side at their prices, and this one at its assumed price, in 1e-8 of the money unit. */
export function exposureWith(state: State, opening: Opening, except?: WorkingOrder): bigint {
  const { account, slot, side, qty } = opening
  const { instrument } = slot
  const held = booksOf(state, account).slots.find((each) => sameSlot(each, slot))?.qty ?? 0n
  const others = state.working
    .filter((each) => competes(each, account, instrument, except) && each.side === side && each.positionSide === slot.side)
    .map((each) => valueOf(state, instrument, remainingOf(each), assumedPrice(state, each) ?? 0n))
  return (
    valueOf(state, instrument, signBig(side) * held, state.mark[instrument] ?? 0n) +
    sum(others) +
    valueOf(state, instrument, qty, assumedPrice(state, { ...opening, instrument }) ?? 0n)
  )
}

/** V10: what an isolated position has above its initial margin at the mark, truncated. */
export function spareOf(state: State, account: number, name: SlotName): bigint {
  const slot = booksOf(state, account).slots.find((each) => sameSlot(each, name))
  const mark = state.mark[name.instrument]
  if (slot === undefined || mark === undefined) return 0n
  const balance = plus(ratio(slot.isolated), ratio(valueOf(state, name.instrument, slot.qty, mark) - slot.cost * EIGHT, EIGHT))
  return floored(minus(balance, initialMargin(state, account, name.instrument, slot.qty)))
}
const floored = (value: Ratio): bigint => {
  const cut = truncated(value)
  return value.over < 0n && cut * value.under !== value.over ? cut - 1n : cut
}

/** The price, in ticks, at which a position is closed by force: against who holds it (L4), at least one tick. */
export function againstHolder(state: State, slot: Slot, mark: bigint, time: number): bigint {
  const tick = BigInt(rulesOf(state, slot.instrument, time).tick)
  const inTick = tick * perPrice(state, slot.instrument)
  return max((slot.qty > 0n ? mark / inTick : (mark + inTick - 1n) / inTick) * tick, tick)
}
