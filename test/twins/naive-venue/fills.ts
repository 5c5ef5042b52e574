/**
 * An order's turn to fill, and all that follows from a fill: O4 to O7, O10, V4 to V7.
 */
import { refusalText } from '../../../src/domain/venue-error.ts'
import { abs, compare, decimal, max, min, sum } from './arithmetic.ts'
import { becomesLimit, isConditional } from './conditional.ts'
import { firingRefusal } from './refusals.ts'
import {
  bookFill,
  closableOf,
  end,
  factOf,
  feesOf,
  filledOf,
  isAttachedStop,
  isWorking,
  opensYet,
  ordersOf,
  RATE_ONE,
  reducible,
  remainingOf,
  sameSlot,
  signBig,
  slotNameOf,
  slotOf,
  tally,
  tell,
  tickOf,
} from './state.ts'
import type { SlotName, State, Turn, WorkingOrder } from './state.ts'

export const limitOf = (order: WorkingOrder): bigint => order.limit ?? 0n
export const isMarketable = (order: WorkingOrder, price: bigint): boolean =>
  order.side === 'buy' ? price <= limitOf(order) : price >= limitOf(order)

/** O7 */
export function slipped(
  state: State,
  instrument: number,
  side: WorkingOrder['side'],
  price: bigint,
  time: number,
  limit: bigint | undefined,
): bigint {
  const tick = tickOf(state, instrument, time)
  const bps = decimal(state.script.settings.slippageBps)
  const whole = 10_000n * bps.one
  const by = whole * tick
  const moved =
    side === 'buy' ? ((price * (whole + bps.units) + by - 1n) / by) * tick : ((price * (whole - bps.units)) / by) * tick
  // Without slippage a price off the tick stays where it is.
  const inTicks = max(bps.units === 0n ? price : moved, tick)
  if (limit === undefined) return inTicks
  return side === 'buy' ? min(inTicks, limit) : max(inTicks, limit)
}

/** O6, R3: what orders may still take of this row; undefined = as much as they like. */
export function roomIn(state: State, instrument: number, turn: Turn, isMaker: boolean): bigint | undefined {
  const { participation } = state.script.settings
  const taken = (ofMakers: boolean): bigint =>
    sum(
      state.facts.map((each) =>
        each.fact === 'fill' &&
        each.instrument === instrument &&
        each.row === turn.row &&
        (!ofMakers || each.liquidity === 'maker')
          ? each.qty
          : 0n,
      ),
    )
  if (participation === undefined) {
    if ('bar' in turn.volume || !isMaker) return undefined
    return max(turn.volume.trade - taken(true), 0n)
  }
  const part = decimal(participation)
  if ('trade' in turn.volume) return max((turn.volume.trade * part.units) / part.one - taken(false), 0n)
  const volume = decimal(turn.volume.bar)
  const unit = 10n ** BigInt(state.script.instruments[instrument].qtyScale)
  return max((volume.units * part.units * unit) / (volume.one * part.one) - taken(false), 0n)
}

/** What an order would take now if there were volume enough (O5). */
export const wantedBy = (state: State, order: WorkingOrder): bigint => max(closableOf(state, order), 0n) + opensYet(order)

/**
 * An order's turn has come and its price is met: `matched` is the price before slippage. What it may take at most, besides
 * the room of the row, is what a queue leaves.
 */
export function fill(
  state: State,
  order: WorkingOrder,
  matched: bigint,
  liquidity: 'maker' | 'taker',
  turn: Turn,
  atMost?: bigint,
): void {
  const { account, instrument, side } = order
  const { time } = turn
  const closable = max(closableOf(state, order), 0n)
  const wanted = closable + opensYet(order)
  if (closable < order.closes - order.closed) tally(state, 'O5 position lacks')
  if (wanted === 0n) return end(state, 'order-expired', order, time, 'reduce-only')
  const room = roomIn(state, instrument, turn, liquidity === 'maker')
  let qty = wanted
  if (room !== undefined && room < qty) {
    tally(state, 'O6 cap binds')
    qty = room
  }
  if (order.timeInForce === 'FOK' && liquidity === 'taker' && qty < wanted) return end(state, 'order-expired', order, time, 'fok')
  if (atMost !== undefined) qty = min(qty, atMost)
  const price = liquidity === 'taker' ? slipped(state, instrument, side, matched, time, order.limit) : matched
  if (liquidity === 'taker' && !survivesItself(state, order, price, time)) return
  if (qty === 0n) return

  if (order.attached !== undefined && !order.replacedGone && qty >= closable) {
    order.replacedGone = true
    for (const id of order.attached.cancels)
      for (const old of ordersOf(state, account, instrument))
        if (old.id === id && old !== order) end(state, 'order-canceled', old, time, 'replaced')
  }

  const before = slotOf(state, account, slotNameOf(order)).qty
  const closed = min(qty, closable)
  order.closed += closed
  order.opened += qty - closed
  const rate = feesOf(state, account, time)[liquidity]
  const fee = (price * qty * rate) / RATE_ONE
  const fact = {
    id: order.id,
    account,
    slot: slotNameOf(order),
    side,
    price,
    qty,
    liquidity,
    fee,
    reason: order.reason,
    remaining: remainingOf(order),
    isForced: false,
    row: turn.row,
  } as const
  bookFill(state, fact, time)
  tally(state, `fill ${isAttachedStop(order) ? 'attached-stop' : order.type} ${liquidity}`)
  const booked = factOf(state, fact, time)
  if (booked.fact === 'fill' && booked.isIsolated) tally(state, 'V10 isolated fill')
  if (filledOf(order) === order.qty) state.working = state.working.filter((each) => each !== order)
  consequences(state, order, matched, before, turn)
}

/** V7: what it would meet of its own account goes, or it does; false when it is gone itself. */
function survivesItself(state: State, order: WorkingOrder, price: bigint, time: number): boolean {
  const mode = order.terms.selfTrade
  if (mode === 'none') return true
  const met = ordersOf(state, order.account, order.instrument).filter(
    (each) =>
      each !== order &&
      each.stage === 'limit' &&
      each.rests === 'yes' &&
      each.side !== order.side &&
      (order.side === 'buy' ? limitOf(each) <= price : limitOf(each) >= price),
  )
  if (met.length === 0) return true
  tally(state, `V7 ${mode}`)
  if (mode !== 'expire-taker') for (const each of met) end(state, 'order-expired', each, time, 'self-trade')
  if (mode === 'expire-maker') return true
  end(state, 'order-expired', order, time, 'self-trade')
  return false
}

/** What ends because a position has become less, or nothing: O5, V5, V6. */
export function afterReduction(state: State, account: number, name: SlotName, before: bigint, time: number): void {
  const after = slotOf(state, account, name).qty
  const here = ordersOf(state, account, name.instrument).filter((each) => sameSlot(slotNameOf(each), name))
  if (after === 0n)
    for (const old of here) {
      const isClosingSide = name.side !== 'both' && (name.side === 'long') === (old.side === 'sell')
      if (isAttachedStop(old) || old.terms.closePosition) end(state, 'order-expired', old, time, 'position-closed')
      else if (old.stage !== 'waiting' && (old.reduceOnly || isClosingSide)) end(state, 'order-expired', old, time, 'reduce-only')
    }
  const isLess = before > 0n ? after < before : after > before
  if (!state.script.switches.reduceOnlyTrim || before === 0n || !isLess) return
  // The side that closed what was held: worst price last, the youngest last among equals.
  const side = before > 0n ? 'sell' : 'buy'
  const there = reducible(state, account, name, side)
  for (;;) {
    const resting = ordersOf(state, account, name.instrument)
      .filter((each) => each.reduceOnly && each.stage === 'limit' && each.side === side && sameSlot(slotNameOf(each), name))
      .sort((a, b) => Number(-signBig(side)) * compare(limitOf(a), limitOf(b)) || a.arrival - b.arrival)
    const worst = resting.at(-1)
    if (worst === undefined || sum(resting.map(remainingOf)) <= there) return
    tally(state, 'V6 trimmed')
    end(state, 'order-expired', worst, time, 'reduce-only')
  }
}

/** O4, O5, in the order of A20. Nothing left to fill is asked as at a turn, of the position as it is now. */
function consequences(state: State, order: WorkingOrder, matched: bigint, before: bigint, turn: Turn): void {
  const isDone = (): boolean => wantedBy(state, order) === 0n
  const done = isDone()
  afterReduction(state, order.account, slotNameOf(order), before, turn.time)
  if (order.opened > 0n || done) standAttached(state, order, matched, turn)
  if (done && isWorking(state, order)) end(state, 'order-expired', order, turn.time, 'reduce-only')
}

/** O4: once. */
function standAttached(state: State, order: WorkingOrder, matched: bigint, turn: Turn): void {
  const stop = order.attached?.stop
  const { account, instrument, positionSide } = order
  const { time } = turn
  if (stop === undefined || order.attachedStands) return
  order.attachedStands = true
  if (state.working.some((each) => each.account === account && each.id === stop.clientOrderId)) {
    tell(state, 'order-rejected', { id: stop.clientOrderId, account, instrument }, time, refusalText(4116), 0n)
    return tally(state, 'O4 id taken')
  }
  const standing: WorkingOrder = {
    ...order,
    id: stop.clientOrderId,
    side: stop.side,
    positionSide,
    type: 'stop-market',
    timeInForce: 'GTC',
    trigger: BigInt(stop.trigger),
    workingType: stop.workingType,
    reduceOnly: true,
    terms: { ...order.terms, closePosition: false, priceProtect: false, selfTrade: 'expire-maker' },
    reason: 'stop',
    attached: undefined,
    parent: order,
    stood: { price: matched, row: turn.row },
    qty: BigInt(stop.qty),
    closes: BigInt(stop.qty),
    limit: undefined,
    arrival: (state.arrivals += 1),
    arrivedAt: time,
    amendments: 0,
    closed: 0n,
    opened: 0n,
    stage: 'waiting',
    watermark: undefined,
    idleIn: undefined,
    rests: 'no',
    ahead: 0n,
    replacedGone: false,
    attachedStands: false,
  }
  state.working.push(standing)
  tell(state, 'order-accepted', standing, time, '', standing.qty)
  tally(state, 'O4 stands')
  if (stop.side === order.side) tally(state, "O4 stands on its parent's side")
  if (order.opened === 0n) tally(state, 'O4 stands after closing only')
  if (slotOf(state, account, slotNameOf(order)).qty === 0n) end(state, 'order-expired', standing, time, 'position-closed')
}

/** V4: it arrives as what it becomes, if the exchange still lets it; false when it does not. The parent of an attached stop has no business any more. */
export function fire(state: State, order: WorkingOrder, row: string, time: number): boolean {
  if (order.parent !== undefined && isWorking(state, order.parent)) end(state, 'order-canceled', order.parent, time, 'stop-fired')
  if (order.terms.closePosition) {
    order.qty = reducible(state, order.account, slotNameOf(order), order.side)
    order.closes = order.qty
  }
  const refusal = firingRefusal(state, order, time)
  if (refusal !== undefined) {
    end(state, 'order-expired', order, time, refusal)
    return false
  }
  order.stage = becomesLimit(order) ? 'limit' : 'market'
  order.idleIn = row
  tally(state, `V4 ${order.type} fires${isConditional(order) && order.workingType === 'mark' ? ' by the mark' : ''}`)
  return true
}

/** O10: a limit order's first turn, at a price against which it may be marketable; else it rests, at once or from the end of the bar on. */
export function firstTurn(state: State, order: WorkingOrder, price: bigint, turn: Turn, rests: 'after-bar' | 'yes'): void {
  if (isMarketable(order, price)) {
    if (order.timeInForce === 'GTX') return end(state, 'order-expired', order, turn.time, 'post-only')
    fill(state, order, price, 'taker', turn)
  }
  if (!isWorking(state, order)) return
  if (order.timeInForce === 'IOC') return end(state, 'order-expired', order, turn.time, 'ioc')
  if (order.timeInForce === 'FOK') return end(state, 'order-expired', order, turn.time, 'fok')
  order.rests = rests
}

export const distance = (a: bigint, b: bigint): bigint => abs(a - b)
