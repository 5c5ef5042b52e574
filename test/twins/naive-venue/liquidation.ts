/**
 * L3 to L6: who is liquidated, and how much of what he holds goes at which price.
 */
import { abs, max, min, signOf } from './arithmetic.ts'
import {
  adverseSides,
  againstHolder,
  cushion,
  EIGHT,
  isCompliant,
  isDue,
  levelOf,
  unitsOf,
  valueOf,
  viewOf,
  withMark,
} from './figures.ts'
import type { Adverse, Marks, Unit } from './figures.ts'
import { slipped } from './fills.ts'
import {
  accountsOf,
  asMark,
  bookEntry,
  bookFill,
  booksOf,
  bracketsOf,
  byArrival,
  end,
  factOf,
  feesOf,
  RATE_ONE,
  rulesOf,
  slotOf,
  tally,
} from './state.ts'
import type { Fact, NewFill, Slot, SlotName, State } from './state.ts'

/** Whoever is due at a mark, accounts in order; at a low or high only those who hold what it hurts. */
export function liquidateDue(
  state: State,
  instrument: number,
  mark: bigint,
  adverse: Adverse | undefined,
  time: number,
  rule: string,
): void {
  for (const account of accountsOf(state))
    for (const unit of unitsOf(state, account, instrument)) {
      if (adverse !== undefined && !adverseSides(state, unit, instrument).includes(adverse)) continue
      if (!isDue(state, unit, instrument, mark, time)) continue
      tally(state, rule)
      liquidate(state, unit, instrument, adverse ?? 'down', time)
    }
}

/** L4: at the newest mark if it is due there, else at the level. */
export function liquidate(state: State, unit: Unit, instrument: number, adverse: Adverse, time: number): void {
  const newest = state.mark[instrument] ?? 0n
  const level = levelOf(state, unit, instrument, adverse, time)
  const isDueNow = isDue(state, unit, instrument, newest, time)
  const critical = isDueNow || level === undefined ? newest : asMark(state, instrument, level)
  const { account, isolated } = unit
  for (const order of byArrival(state.working).sort((a, b) => a.instrument - b.instrument))
    if (order.account === account && (isolated === undefined || order.instrument === instrument))
      end(state, 'order-canceled', order, time, 'liquidation')

  if (isolated !== undefined) {
    tally(state, 'L isolated')
    closeForced(state, unit, slotOf(state, account, isolated), critical, time)
    settleIsolated(state, account, isolated, time)
    return
  }
  const marks = withMark(state.mark, instrument, critical)
  if (!closeUntilCompliant(state, unit, instrument, marks, time, true)) {
    for (const { index } of state.script.instruments) {
      if (index === instrument) continue
      if (closeUntilCompliant(state, unit, index, marks, time, false)) break
    }
  }
  const view = viewOf(state, unit)
  if (view.slots.length === 0 && view.wallet < 0n)
    bookEntry(state, { account, instrument }, 'insurance-cover', -view.wallet, time)
}

/** The positions of one instrument, the one that loses more first; true when the account is compliant then. The first one goes unasked. */
function closeUntilCompliant(
  state: State,
  unit: Unit,
  instrument: number,
  marks: Marks,
  time: number,
  isJudged: boolean,
): boolean {
  const mark = marks[instrument]
  const held = viewOf(state, unit).slots.filter((each) => each.instrument === instrument)
  if (mark === undefined) return false
  const profit = (slot: Slot): bigint => valueOf(state, instrument, slot.qty, mark) - slot.cost * EIGHT
  const ordered = held.toSorted((a, b) => Number(signOf(profit(a) - profit(b))))
  if (ordered.length > 1) tally(state, 'L6 pair')
  for (const [i, slot] of ordered.entries()) {
    if ((i > 0 || !isJudged) && isCompliant(state, unit, marks, time)) {
      tally(state, i > 0 ? 'L6 other side stays' : 'L4 others stay')
      return true
    }
    if (!isJudged) tally(state, 'L4 others follow')
    if (closeForced(state, unit, slot, mark, time)) return true
  }
  return false
}

/** V10: what is left of an isolated position's wallet goes back, what it lacks the insurance fund covers. */
function settleIsolated(state: State, account: number, name: SlotName, time: number): void {
  const { qty, isolated } = slotOf(state, account, name)
  if (qty !== 0n) return
  if (isolated < 0n) bookEntry(state, { account, instrument: name.instrument, slot: name }, 'insurance-cover', -isolated, time)
  else if (isolated > 0n) state.facts.push({ fact: 'margin', account, slot: name, amount: -isolated })
}

/** True when a part was enough. */
function closeForced(state: State, unit: Unit, slot: Slot, critical: bigint, time: number): boolean {
  const side = slot.qty > 0n ? 'sell' : 'buy'
  const matched = againstHolder(state, slot, critical, time)
  const price = slipped(state, slot.instrument, side, matched, time, undefined)
  const part = partEnough(state, unit, slot, price, time)
  const qty = part ?? abs(slot.qty)
  state.forced += 1
  bookFill(state, forcedFill(state, unit, slot, price, qty, time), time)
  tally(state, part === undefined ? 'L6 whole' : 'L6 part')
  const fee = liquidationFee(state, slot.instrument, price, qty)
  bookEntry(state, { account: unit.account, instrument: slot.instrument, slot: unit.isolated }, 'liquidation-fee', -fee, time)
  return part !== undefined
}

const liquidationFee = (state: State, instrument: number, price: bigint, qty: bigint): bigint =>
  (price * qty * BigInt(state.script.instruments[instrument].liquidationFee)) / RATE_ONE

function forcedFill(state: State, { account }: Unit, slot: Slot, price: bigint, qty: bigint, time: number): NewFill {
  return {
    id: `autoclose-${slot.instrument}-${state.forced}`,
    account,
    slot: { instrument: slot.instrument, side: slot.side },
    side: slot.qty > 0n ? 'sell' : 'buy',
    price,
    qty,
    liquidity: 'taker',
    fee: (price * qty * feesOf(state, account, time).taker) / RATE_ONE,
    reason: 'liquidation',
    remaining: 0n,
    isForced: true,
    row: undefined,
  }
}

/** L6: the least part whose closing makes the holder compliant at the price of its fill; undefined when all must go. */
function partEnough(state: State, unit: Unit, slot: Slot, price: bigint, time: number): bigint | undefined {
  const { instrument } = slot
  if (state.script.switches.liquidation === 'whole') return undefined
  const cost = BigInt(state.script.instruments[instrument].liquidationFee) + feesOf(state, unit.account, time).taker
  const size = abs(slot.qty)
  const table = bracketsOf(state, instrument, time)
  const at = table.findLastIndex((each) => size * price > each.floor)
  if (at <= 0 || BigInt(table[at].rate) <= cost) return undefined
  const costly = table.slice(1).filter((each) => BigInt(each.rate) > cost)
  const floor = costly.reduce<bigint>((least, each) => min(least, each.floor), table[at].floor)
  const step = BigInt(rulesOf(state, instrument, time).step)
  const most = min((size * price - floor) / (price * step), (size - 1n) / step)
  const isEnough = (steps: bigint): boolean => suffices(state, unit, slot, price, steps * step, time)
  let enough = most
  let short = 0n
  if (!isEnough(most)) return undefined
  while (enough - short > 1n) {
    const middle = (enough + short) / 2n
    if (isEnough(middle)) enough = middle
    else short = middle
  }
  // Truncated fees can make a few steps fewer enough.
  for (let fewer = max(enough - 64n, 1n); fewer < enough; fewer += 1n) if (isEnough(fewer)) return fewer * step
  return enough * step
}

/** Whether its holder would be compliant after closing so much of it: played on a copy of the facts. */
function suffices(state: State, unit: Unit, slot: Slot, price: bigint, qty: bigint, time: number): boolean {
  const { account } = unit
  const entry: Fact = {
    fact: 'entry',
    account,
    entry: 'liquidation-fee',
    amount: -liquidationFee(state, slot.instrument, price, qty),
    slot: unit.isolated,
  }
  const after: State = {
    ...state,
    facts: [...state.facts, factOf(state, forcedFill(state, unit, slot, price, qty, time), time), entry],
  }
  const marks = withMark(state.mark, slot.instrument, asMark(state, slot.instrument, price))
  return cushion(after, viewOf(after, unit, booksOf(after, account)), marks, time) > 0n
}
