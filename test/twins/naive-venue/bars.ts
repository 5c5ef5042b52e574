/**
 * O1 to O3, O11 to O13: what a bar does to the orders of its instrument, at its open and in its range.
 */
import { MILLISECOND } from '../../../src/core/time.ts'
import { abs, compare, max, min } from './arithmetic.ts'
import { isForUs, isHeldUp, isReached, isTrailing, triggerOf, watch } from './conditional.ts'
import { adverseSides, isDue, levelOf, unitsOf } from './figures.ts'
import { distance, fill, fire, firstTurn, limitOf } from './fills.ts'
import { liquidate, liquidateDue } from './liquidation.ts'
import {
  asMark,
  accountsOf,
  isAttachedStop,
  isWorking,
  ordersIn,
  perPrice,
  reducible,
  slotNameOf,
  tally,
  tickOf,
} from './state.ts'
import type { State, Turn, WorkingOrder } from './state.ts'
import type { ScriptBar } from './script.ts'

interface MarkBar {
  readonly open: bigint
  readonly high: bigint
  readonly low: bigint
  readonly close: bigint
  /** Whether the traded price stands in. */
  readonly isTraded: boolean
}

/** One bar of one instrument as it acts. */
interface Stage {
  readonly state: State
  readonly instrument: number
  readonly bar: ScriptBar
  readonly mark: MarkBar
  readonly turn: Turn
}

const rowOf = (bar: ScriptBar): string => `bar ${bar.openTime}`
export const rangeTime = (bar: Pick<ScriptBar, 'openTime' | 'length'>): number => bar.openTime + bar.length - MILLISECOND

function stageAt(state: State, instrument: number, bar: ScriptBar, time: number): Stage {
  return {
    state,
    instrument,
    bar,
    mark: markBar(state, instrument, bar),
    turn: { time, row: rowOf(bar), volume: { bar: bar.volume } },
  }
}

/** L1 */
function markBar(state: State, instrument: number, bar: ScriptBar): MarkBar {
  const inside = state.script.marks[instrument].filter(
    (each) => each.openTime >= bar.openTime && each.openTime + each.length <= bar.openTime + bar.length,
  )
  if (inside.length > 0)
    return {
      open: BigInt(inside[0].open),
      high: BigInt(Math.max(...inside.map((each) => each.high))),
      low: BigInt(Math.min(...inside.map((each) => each.low))),
      close: BigInt(inside[inside.length - 1].close),
      isTraded: false,
    }
  const of = (price: number): bigint => asMark(state, instrument, BigInt(price))
  return { open: of(bar.open), high: of(bar.high), low: of(bar.low), close: of(bar.close), isTraded: true }
}

/** O2 */
export function atOpen(state: State, instrument: number, bar: ScriptBar): void {
  const stage = stageAt(state, instrument, bar, bar.openTime)
  const { mark, turn } = stage
  const open = BigInt(bar.open)
  state.last[instrument] = open
  state.mark[instrument] = mark.open
  liquidateDue(state, instrument, mark.open, undefined, turn.time, 'O2 liquidation')

  for (const order of unfired(stage))
    if (isTrailing(order)) watch(state, order, order.workingType === 'mark' ? mark.open : asMark(state, instrument, open))

  for (const order of ordersIn(state, instrument).filter((each) => each.stage === 'market')) {
    if (!isWorking(state, order)) continue
    tally(state, order.opened + order.closed > 0n || order.type !== 'market' ? 'O6 goes on' : 'O2 market')
    fill(state, order, open, 'taker', turn)
  }

  for (const order of ordersIn(state, instrument).filter((each) => each.stage === 'limit')) {
    if (!isWorking(state, order)) continue
    if (order.rests === 'no') {
      tally(state, 'O2 limit first')
      firstTurn(state, order, open, turn, 'yes')
    } else if (isTradedThrough(state, order, open, turn.time)) {
      tally(state, 'O2 limit maker')
      fill(state, order, limitOf(order), 'maker', turn)
    }
  }
}

/** O3 */
export function atRange(state: State, instrument: number, bar: ScriptBar): void {
  const stage = stageAt(state, instrument, bar, rangeTime(bar))
  const { mark, turn } = stage
  const inside = ordersIn(state, instrument).filter((each) => arrivedInside(stage, each))

  atReference(stage, 'O3.1')
  for (const order of inside) if (isWorking(state, order) && order.idleIn !== turn.row) insideTheBar(stage, order)
  stopsInRange(stage, 'O3.3')

  for (const account of accountsOf(state))
    for (const unit of unitsOf(state, account, instrument))
      for (const adverse of adverseSides(state, unit, instrument)) {
        if (!isDue(state, unit, instrument, adverse === 'down' ? mark.low : mark.high, turn.time)) continue
        tally(state, 'O3.4 liquidation')
        liquidate(state, unit, instrument, adverse, turn.time)
      }

  for (const order of ordersIn(state, instrument)) {
    if (!isWorking(state, order)) continue
    if (order.stage === 'limit' && order.rests === 'yes') {
      if (!isTradedThrough(state, order, BigInt(order.side === 'buy' ? bar.low : bar.high), turn.time)) continue
      tally(state, 'O3.5 limit')
      fill(state, order, limitOf(order), 'maker', turn)
    } else if (order.stage === 'waiting' && isForUs(order) && !arrivedInside(stage, order)) {
      const price = priceInRange(stage, order)
      if (price === undefined) continue
      tally(state, 'O3.5 take-profit')
      actOn(stage, order, price)
    }
  }

  stopsInRange(stage, 'O3.6')
  trailingAtTheEnd(stage)

  state.last[instrument] = BigInt(bar.close)
  state.mark[instrument] = mark.close
  for (const order of ordersIn(state, instrument)) if (order.rests === 'after-bar') order.rests = 'yes'
}

/** O1, T4: an order of the open's own moment takes part in it. */
const arrivedInside = ({ bar }: Stage, order: WorkingOrder): boolean => !isAttachedStop(order) && order.arrivedAt > bar.openTime

const unfired = ({ state, instrument }: Stage): WorkingOrder[] =>
  ordersIn(state, instrument).filter((each) => each.stage === 'waiting')

/** O3.2: the fewest ticks with ticks x tick >= sqrt(elapsed / length) x range, squared so that it is exact (A17). */
function adversePrice({ state, instrument, bar }: Stage, order: WorkingOrder): bigint {
  const tick = tickOf(state, instrument, bar.openTime)
  const range = BigInt(bar.high) - BigInt(bar.low)
  const elapsed = BigInt(order.arrivedAt - bar.openTime)
  const length = BigInt(bar.length)
  let ticks = 0n
  while ((ticks * tick) ** 2n * length < elapsed * range ** 2n) ticks += 1n
  const away = BigInt(bar.open) + (order.side === 'buy' ? ticks * tick : -ticks * tick)
  return max(min(away, BigInt(bar.high)), BigInt(bar.low))
}

/** It fires at a price: what it becomes takes its turn there. */
function actOn({ state, turn }: Stage, order: WorkingOrder, price: bigint): void {
  if (!fire(state, order, turn.row, turn.time)) return
  if (order.stage === 'limit') firstTurn(state, order, price, turn, 'after-bar')
  else fill(state, order, price, 'taker', turn)
}

/** O13, steps 1 and 2. */
function reachedAtReference(stage: Stage, order: WorkingOrder, reference: bigint): boolean {
  const { state, instrument, mark, turn } = stage
  const seen = order.workingType === 'mark' ? mark.open : asMark(state, instrument, reference)
  if (order.idleIn === turn.row || !isReached(state, order, seen, turn.time)) return false
  if (mark.isTraded || !isHeldUp(state, order, mark.open, asMark(state, instrument, reference), turn.time)) return true
  tally(state, 'V4 held up')
  return false
}

/** O3.1: what the market showed last before the range, as far as this order is concerned; undefined for those that arrived inside the bar. */
function referenceOf({ bar, turn }: Stage, order: WorkingOrder): bigint | undefined {
  if (order.stood?.row === turn.row) return order.stood.price
  return order.arrivedAt <= bar.openTime ? BigInt(bar.open) : undefined
}

/** O3.1, also as the beginning of O3.3: one at a time, since each may bring another one (A34). */
function atReference(stage: Stage, rule: string): void {
  for (;;) {
    const next = unfired(stage).find((each) => {
      const reference = referenceOf(stage, each)
      return reference !== undefined && reachedAtReference(stage, each, reference)
    })
    if (next === undefined) return
    tally(stage.state, `${rule} ${isAttachedStop(next) ? 'attached' : 'reached'}`)
    actOn(stage, next, referenceOf(stage, next) ?? 0n)
  }
}

/** O3.2 */
function insideTheBar(stage: Stage, order: WorkingOrder): void {
  const { state, instrument, mark, turn } = stage
  const price = adversePrice(stage, order)
  if (order.stage === 'market') {
    tally(state, 'O3.2 market')
    fill(state, order, price, 'taker', turn)
  } else if (order.stage === 'limit') {
    tally(state, 'O3.2 limit')
    firstTurn(state, order, price, turn, 'after-bar')
  } else if (isTrailing(order)) {
    tally(state, 'O12 inside')
    watch(state, order, order.workingType === 'mark' ? mark.open : asMark(state, instrument, price))
  } else if (reachedAtReference(stage, order, price)) {
    tally(state, 'O3.2 conditional')
    actOn(stage, order, price)
  }
}

/** O3.3, O3.5, O11: where the range reaches an order, the price at which it acts there; undefined where it does not, or is held up. */
function priceInRange(stage: Stage, order: WorkingOrder): bigint | undefined {
  const { state, instrument, bar, mark, turn } = stage
  const trigger = triggerOf(state, order, turn.time)
  if (trigger === undefined || order.idleIn === turn.row) return undefined
  // O13: what was held up at its reference does nothing more in this bar.
  const reference = referenceOf(stage, order) ?? adversePrice(stage, order)
  const seen = order.workingType === 'mark' ? mark.open : asMark(state, instrument, reference)
  if (order.terms.priceProtect && isReached(state, order, seen, turn.time)) return undefined
  // A buy against us and a sell for us look up.
  const looksUp = (order.side === 'buy') !== isForUs(order)
  const byMark = order.workingType === 'mark'
  const extreme = byMark ? (looksUp ? mark.high : mark.low) : asMark(state, instrument, BigInt(looksUp ? bar.high : bar.low))
  if (!isReached(state, order, extreme, turn.time)) return undefined
  const price = byMark ? againstUs(stage, order, clamp(trigger, BigInt(bar.low), BigInt(bar.high))) : trigger
  const at = asMark(state, instrument, price)
  if (!mark.isTraded && isHeldUp(state, order, clamp(at, mark.low, mark.high), at, turn.time)) {
    tally(state, 'V4 held up')
    return undefined
  }
  return price
}

const clamp = (value: bigint, low: bigint, high: bigint): bigint => max(min(value, high), low)

function againstUs({ state, instrument, turn }: Stage, order: WorkingOrder, price: bigint): bigint {
  const tick = tickOf(state, instrument, turn.time)
  return (order.side === 'buy' ? (price + tick - 1n) / tick : price / tick) * tick
}

/** O3.3 and O3.6: one order at a time, since each fill changes which of the others reduce. */
function stopsInRange(stage: Stage, rule: string): void {
  const { state, bar } = stage
  const open = BigInt(bar.open)
  for (;;) {
    atReference(stage, rule)
    const reached = unfired(stage)
      .filter((each) => !isForUs(each) && !(isTrailing(each) && arrivedInside(stage, each)))
      .flatMap((order) => {
        const price = priceInRange(stage, order)
        if (price === undefined) return []
        const reduces = reducible(state, order.account, slotNameOf(order), order.side) > 0n ? 0 : 1
        return [{ order, price, reduces }]
      })
      .sort(
        (a, b) =>
          a.reduces - b.reduces || compare(distance(a.price, open), distance(b.price, open)) || a.order.arrival - b.order.arrival,
      )
    if (reached.length === 0) return
    const [{ order, price }] = reached
    if (liquidationFirst(stage, order.account, price - open, rule)) continue
    tally(state, `${rule} range`)
    actOn(stage, order, price)
  }
}

/** Whether the account's liquidation level lies between the open and a stop that is `away` (signed) from it (A12, A13): then it happens. */
function liquidationFirst({ state, instrument, bar, mark, turn }: Stage, account: number, away: bigint, rule: string): boolean {
  for (const unit of unitsOf(state, account, instrument)) {
    for (const adverse of adverseSides(state, unit, instrument)) {
      if (!isDue(state, unit, instrument, adverse === 'down' ? mark.low : mark.high, turn.time)) continue
      const level = levelOf(state, unit, instrument, adverse, turn.time)
      const from = level === undefined ? 0n : level - BigInt(bar.open)
      const isNearer = from * away >= 0n && abs(from) < abs(away)
      if (!isNearer && !isDue(state, unit, instrument, mark.open, turn.time)) continue
      tally(state, `${rule} liquidation first`)
      liquidate(state, unit, instrument, adverse, turn.time)
      return true
    }
  }
  return false
}

/** O12, step 7. */
function trailingAtTheEnd(stage: Stage): void {
  const { state, instrument, bar, mark } = stage
  for (const order of unfired(stage)) {
    if (!isTrailing(order) || arrivedInside(stage, order)) continue
    const isBuy = order.side === 'buy'
    const extreme =
      order.workingType === 'mark'
        ? isBuy
          ? mark.low
          : mark.high
        : asMark(state, instrument, BigInt(isBuy ? bar.low : bar.high))
    watch(state, order, extreme)
    const price = priceInRange(stage, order)
    if (price === undefined) continue
    tally(state, 'O12 step 7')
    actOn(stage, order, clamp(price, BigInt(bar.low), BigInt(bar.high)))
  }
}

/** O2, O3.5: through the limit by one tick, or at it with `touch`. */
function isTradedThrough(state: State, order: WorkingOrder, price: bigint, time: number): boolean {
  const beyond = state.script.settings.touch ? 0n : tickOf(state, order.instrument, time)
  return order.side === 'buy' ? price <= limitOf(order) - beyond : price >= limitOf(order) + beyond
}

/** M4: by the file; else the open of the mark bar that starts there; else the last open of the traded series. */
export function fundingMark(state: State, instrument: number, given: number | undefined, at: number): bigint | undefined {
  if (given !== undefined) return BigInt(given)
  const starting = state.script.marks[instrument].find((each) => each.openTime === at)
  if (starting !== undefined) return BigInt(starting.open)
  const opens = [
    ...state.script.bars[instrument].filter((each) => each.openTime <= at).map((each) => each.open),
    ...state.script.trades[instrument].filter((each) => each.time <= at).map((each) => each.price),
  ]
  const last = opens.at(-1)
  return last === undefined ? undefined : BigInt(last) * perPrice(state, instrument)
}
