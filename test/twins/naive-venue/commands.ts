/**
 * Requests as they arrive: orders, cancels and amendments (V1 to V3), the account's own commands (V9, V10, V12), and what ends by the clock (V8).
 */
import { assert, unreachable } from '../../../src/core/errors.ts'
import type { Micros } from '../../../src/core/time.ts'
import type { AmendRequest, OrderRequest } from '../../../src/domain/order.ts'
import { refusalText } from '../../../src/domain/venue-error.ts'
import { abs, signOf } from './arithmetic.ts'
import { isConditional } from './conditional.ts'
import { availableOf, EIGHT, spareOf, suffices, valueOf } from './figures.ts'
import { afterReduction } from './fills.ts'
import { amendedTo, amendRefusal, exceedsLeverage, refusalOf } from './refusals.ts'
import {
  accountsOf,
  bookEntry,
  bookFill,
  booksOf,
  bracketsOf,
  end,
  filledOf,
  isHedged,
  isIsolated,
  leverageOf,
  ordersIn,
  ordersOf,
  perPrice,
  POSITION_SIDES,
  remainingOf,
  slotOf,
  tally,
  tell,
} from './state.ts'
import type { Fact, SlotName, State, WorkingOrder } from './state.ts'
import type { MarginType, PositionMode, ScriptCommand } from './script.ts'

export function atArrival(state: State, command: ScriptCommand, time: number): void {
  switch (command.what) {
    case 'order':
      return submit(state, command.order, time)
    case 'cancel':
      return cancel(state, command.account, command.instrument, command.clientOrderId, time)
    case 'amend':
      return amend(state, command.amend, time)
    case 'transfer':
      return bookEntry(state, { account: command.account, instrument: -1 }, command.entry, command.amount, time)
    case 'leverage':
      return answer(state, command, setLeverage(state, command.account, command.instrument, command.leverage, time), time)
    case 'margin-type':
      return answer(state, command, setMarginType(state, command.account, command.instrument, command.type), time)
    case 'position-mode':
      return answer(state, command, setPositionMode(state, command.account, command.mode), time)
    case 'move-margin': {
      const slot = { instrument: command.instrument, side: command.side }
      return answer(state, command, moveMargin(state, command.account, slot, command.amount), time)
    }
    case 'countdown': {
      const { account, instrument, duration } = command
      const others = state.countdowns.filter((each) => each.account !== account || each.instrument !== instrument)
      state.countdowns = duration > 0 ? [...others, { account, instrument, at: time + duration }] : others
      return
    }
    case 'deleverage': {
      const slot = { instrument: command.instrument, side: command.side }
      const refused = deleverage(state, command.account, slot, BigInt(command.qty), BigInt(command.price), time)
      return answer(state, command, refused, time)
    }
    default:
      unreachable(command)
  }
}

function answer(state: State, command: ScriptCommand, refusal: string | undefined, time: number): void {
  state.reports.push({
    kind: 'answer',
    exchangeTime: time as Micros,
    account: 'account' in command ? command.account : -1,
    instrument: 'instrument' in command ? command.instrument : -1,
    clientOrderId: command.what,
    reason: refusal ?? '',
  })
  tally(state, `${command.what} ${refusal?.slice(0, 5) ?? 'done'}`)
}

// ---- orders

function submit(state: State, request: OrderRequest, time: number): void {
  const { account, instrument, type } = request
  const refusal = refusalOf(state, request, time)
  if (refusal !== undefined)
    return tell(state, 'order-rejected', { id: request.clientOrderId, account, instrument }, time, refusal, 0n)
  const order: WorkingOrder = {
    id: request.clientOrderId,
    account,
    instrument,
    side: request.side,
    positionSide: request.positionSide,
    type,
    timeInForce: request.timeInForce,
    trigger: request.trigger === undefined ? undefined : BigInt(request.trigger),
    workingType: request.workingType,
    reduceOnly: request.reduceOnly,
    terms: request.terms,
    reason: request.reason,
    attached: request.attached,
    parent: undefined,
    stood: undefined,
    qty: BigInt(request.qty),
    closes: BigInt(request.closes),
    limit: type === 'limit' || type === 'stop' || type === 'take-profit' ? BigInt(request.price ?? 0) : undefined,
    arrival: (state.arrivals += 1),
    arrivedAt: time,
    amendments: 0,
    closed: 0n,
    opened: 0n,
    stage: isConditional(request) ? 'waiting' : type === 'limit' ? 'limit' : 'market',
    watermark: undefined,
    idleIn: undefined,
    rests: 'no',
    ahead: 0n,
    replacedGone: false,
    attachedStands: false,
  }
  state.working.push(order)
  tell(state, 'order-accepted', order, time, '', order.qty)
}

/** V2 */
function cancel(state: State, account: number, instrument: number, id: string, time: number): void {
  const found = state.working.find((each) => each.id === id && each.account === account && each.instrument === instrument)
  if (found !== undefined) return end(state, 'order-canceled', found, time, 'requested')
  tell(state, 'order-rejected', { id, account, instrument }, time, refusalText(2011), 0n)
}

/** V3 */
function amend(state: State, request: AmendRequest, time: number): void {
  const { account, instrument, clientOrderId: id } = request
  const refusal = amendRefusal(state, request, time)
  if (refusal !== undefined) {
    tally(state, `amend ${refusal.slice(0, 5)}`)
    return tell(state, 'order-rejected', { id, account, instrument }, time, refusal, 0n)
  }
  const order = ordersOf(state, account, instrument).find((each) => each.id === id)
  assert(order !== undefined, 'an amendment that is not refused has its order')
  const qty = BigInt(request.qty)
  if (qty <= filledOf(order)) return end(state, 'order-canceled', order, time, 'amended-away')
  const last = state.last[instrument]
  const takes = last !== undefined && (order.side === 'buy' ? last <= BigInt(request.price) : last >= BigInt(request.price))
  if (order.timeInForce === 'GTX' && takes) return end(state, 'order-canceled', order, time, 'post-only')
  Object.assign(order, amendedTo(order, qty), {
    limit: BigInt(request.price),
    arrival: (state.arrivals += 1),
    arrivedAt: time,
    amendments: order.amendments + 1,
    rests: 'no',
    ahead: 0n,
  })
  tell(state, 'order-amended', order, time, '', remainingOf(order))
  tally(state, 'V3 amended')
}

// ---- the account

const holdsIn = (state: State, account: number, instrument: number): boolean =>
  booksOf(state, account).slots.some((each) => each.instrument === instrument && each.qty !== 0n)

/** V9 */
function setLeverage(state: State, account: number, instrument: number, leverage: number, time: number): string | undefined {
  const most = bracketsOf(state, instrument, time)[0]?.maxLeverage ?? leverage
  if (!Number.isInteger(leverage) || leverage < 1 || leverage > most) return refusalText(4028, String(leverage))
  const now = leverageOf(state, account, instrument)
  if (isIsolated(state, account, instrument) && BigInt(leverage) < now && holdsIn(state, account, instrument))
    return refusalText(4161)
  const fact: Fact = { fact: 'leverage', account, instrument, leverage }
  if (!suffices(state, { ...state, facts: [...state.facts, fact] }, account)) return refusalText(2028)
  if (exceedsLeverage(state, account, instrument, BigInt(leverage), time)) return refusalText(2027)
  state.facts.push(fact)
  return undefined
}

function setMarginType(state: State, account: number, instrument: number, type: MarginType): string | undefined {
  if (isIsolated(state, account, instrument) === (type === 'isolated')) return refusalText(4046)
  if (ordersOf(state, account, instrument).length > 0) return refusalText(4047)
  if (holdsIn(state, account, instrument)) return refusalText(4048)
  state.facts.push({ fact: 'margin-type', account, instrument, type })
  return undefined
}

function setPositionMode(state: State, account: number, mode: PositionMode): string | undefined {
  if (isHedged(state, account) === (mode === 'hedge')) return refusalText(4059)
  if (state.working.some((each) => each.account === account)) return refusalText(4067)
  if (booksOf(state, account).slots.some((each) => each.qty !== 0n)) return refusalText(4068)
  state.facts.push({ fact: 'position-mode', account, mode })
  return undefined
}

/** V10 */
function moveMargin(state: State, account: number, slot: SlotName, amount: bigint): string | undefined {
  if (!isIsolated(state, account, slot.instrument)) return refusalText(4049)
  if (slotOf(state, account, slot).qty === 0n) return refusalText(4054)
  if (amount === 0n) return refusalText(4055)
  if (amount > availableOf(state, account)) return refusalText(4050)
  if (amount < 0n && (-amount > spareOf(state, account, slot) || -amount > slotOf(state, account, slot).isolated))
    return refusalText(4051)
  state.facts.push({ fact: 'margin', account, slot, amount })
  return undefined
}

/** V12 */
function deleverage(state: State, account: number, name: SlotName, qty: bigint, price: bigint, time: number): string | undefined {
  const slot = slotOf(state, account, name)
  const mark = state.mark[name.instrument]
  const inProfit = mark !== undefined && valueOf(state, name.instrument, slot.qty, mark) > slot.cost * EIGHT
  if (qty > abs(slot.qty) || !inProfit) return refusalText(2022)
  for (const order of ordersOf(state, account, name.instrument)) end(state, 'order-canceled', order, time, 'deleveraged')
  closeWithoutFee(state, account, name, qty, price, 'deleveraged', time)
  return undefined
}

function closeWithoutFee(
  state: State,
  account: number,
  name: SlotName,
  qty: bigint,
  price: bigint,
  reason: string,
  time: number,
): void {
  const before = slotOf(state, account, name).qty
  const side = signOf(before) > 0n ? 'sell' : 'buy'
  state.forced += 1
  const id = `${reason}-${state.forced}`
  const fill = { id, account, slot: name, side, price, qty, liquidity: 'taker', fee: 0n, reason, remaining: 0n } as const
  bookFill(state, { ...fill, isForced: false, row: undefined }, time)
  afterReduction(state, account, name, before, time)
}

// ---- by the clock

/** V8: the next moment at which something ends by itself. */
export function nextWake(state: State): number {
  const goodTill = state.working.map((each) => (each.timeInForce === 'GTD' ? (each.terms.goodTill ?? Infinity) : Infinity))
  return Math.min(Infinity, ...goodTill, ...state.countdowns.map((each) => each.at))
}

export function atWake(state: State, time: number): void {
  for (const order of [...state.working])
    if (order.timeInForce === 'GTD' && (order.terms.goodTill ?? Infinity) <= time) end(state, 'order-expired', order, time, 'gtd')
  const due = state.countdowns.filter((each) => each.at <= time)
  state.countdowns = state.countdowns.filter((each) => each.at > time)
  for (const { account, instrument } of due)
    for (const order of ordersOf(state, account, instrument))
      if (order.stage !== 'waiting') end(state, 'order-canceled', order, time, 'countdown')
}

/** V1.2, V8: no orders any more, and what is held is settled at the newest mark without fee (A60). */
export function atDelisting(state: State, instrument: number, time: number): void {
  state.ceased.add(instrument)
  for (const order of ordersIn(state, instrument)) end(state, 'order-expired', order, time, 'delisting')
  const mark = state.mark[instrument]
  if (mark === undefined) return
  for (const account of accountsOf(state))
    for (const side of POSITION_SIDES) {
      const name = { instrument, side }
      const slot = slotOf(state, account, name)
      if (slot.qty === 0n) continue
      tally(state, 'V1 delisted')
      closeWithoutFee(state, account, name, abs(slot.qty), settlementPrice(state, instrument, mark), 'delisting', time)
    }
}

/** The nearest price unit, half up. */
function settlementPrice(state: State, instrument: number, mark: bigint): bigint {
  const one = perPrice(state, instrument)
  return (2n * mark + one) / (2n * one)
}
