/**
 * R1 to R5: what a trade does to the orders of its instrument, and what rows of marks do where trades drive it.
 */
import { decimal, max, min } from './arithmetic.ts'
import { isHeldUp, isReached, isTrailing, watch } from './conditional.ts'
import { fill, fire, firstTurn, limitOf } from './fills.ts'
import { liquidateDue } from './liquidation.ts'
import { asMark, isWorking, ordersIn, tally } from './state.ts'
import type { State, Turn, WorkingOrder } from './state.ts'
import type { ScriptMark, ScriptTrade } from './script.ts'

/** Prices of the last trades whose taker sold and bought, never crossed; undefined before the first trade. */
function quotesBefore(
  state: State,
  instrument: number,
  index: number,
): { readonly bid: bigint; readonly ask: bigint } | undefined {
  let bid: bigint | undefined
  let ask: bigint | undefined
  for (const { price, buyerIsMaker } of state.script.trades[instrument].slice(0, index)) {
    const p = BigInt(price)
    const before: { readonly bid: bigint; readonly ask: bigint } = { bid: bid ?? p, ask: ask ?? p }
    bid = buyerIsMaker ? p : min(before.bid, p)
    ask = buyerIsMaker ? max(before.ask, p) : p
  }
  return bid === undefined || ask === undefined ? undefined : { bid, ask }
}

/** R2: `queue` mean quantities of the trades so far, rounded down. */
function queueNow(state: State, instrument: number): bigint {
  const trades = state.script.trades[instrument].slice(0, state.tradesSoFar[instrument])
  // The mean is `over / under`: m + (q - m) / 64
  let over = BigInt(trades[0]?.qty ?? 0)
  let under = 1n
  for (const { qty } of trades.slice(1)) {
    over = over * 63n + BigInt(qty) * under
    under *= 64n
  }
  const queue = decimal(state.script.settings.queue)
  return (over * queue.units) / (under * queue.one)
}

/** R1 */
export function atTrade(state: State, instrument: number, index: number): void {
  const trade = state.script.trades[instrument][index]
  const turn: Turn = { time: trade.time, row: `trade ${index}`, volume: { trade: BigInt(trade.qty) } }
  const p = BigInt(trade.price)
  state.tradesSoFar[instrument] = index + 1
  state.last[instrument] = p
  if (!state.markRows.has(instrument)) state.mark[instrument] = asMark(state, instrument, p)
  const newest = state.mark[instrument] ?? asMark(state, instrument, p)
  liquidateDue(state, instrument, newest, undefined, trade.time, 'R1 liquidation')

  for (const order of ordersIn(state, instrument)) {
    if (!isWorking(state, order) || order.stage !== 'waiting') continue
    const price = order.workingType === 'mark' ? newest : asMark(state, instrument, p)
    if (isTrailing(order)) watch(state, order, price)
    see(state, order, price, turn.row, trade.time)
  }

  const quotes = quotesBefore(state, instrument, index) ?? { bid: p, ask: p }
  const worse = (order: WorkingOrder): bigint => (order.side === 'buy' ? max(p, quotes.ask) : min(p, quotes.bid))
  const takesPart = (order: WorkingOrder): boolean => order.idleIn !== turn.row
  for (const order of ordersIn(state, instrument).filter((each) => each.stage === 'market' && takesPart(each))) {
    if (!isWorking(state, order)) continue
    tally(state, 'R1 market')
    fill(state, order, worse(order), 'taker', turn)
  }
  for (const order of ordersIn(state, instrument).filter((each) => each.stage === 'limit' && takesPart(each))) {
    if (!isWorking(state, order) || order.rests !== 'no') continue
    tally(state, 'R1 limit first')
    firstTurn(state, order, worse(order), turn, 'yes')
    order.ahead = queueNow(state, instrument)
  }
  for (const order of ordersIn(state, instrument).filter((each) => each.stage === 'limit' && each.rests === 'yes'))
    if (isWorking(state, order)) restingMeets(state, order, trade, turn)
}

/** V4: a waiting order meets a price or a mark; what fires takes part from the next trade on. */
function see(state: State, order: WorkingOrder, price: bigint, row: string, time: number): void {
  const { instrument } = order
  if (!isReached(state, order, price, time)) return
  const last = state.last[instrument]
  const mark = order.workingType === 'mark' ? price : state.mark[instrument]
  const compares = state.markRows.has(instrument) && mark !== undefined
  // Without a traded price they are as far apart as can be.
  if (compares && isHeldUp(state, order, mark, asMark(state, instrument, last ?? 0n), time)) return tally(state, 'V4 held up')
  tally(state, 'R1 fires')
  fire(state, order, row, time)
}

/** R2 */
function restingMeets(state: State, order: WorkingOrder, trade: ScriptTrade, turn: Turn): void {
  const p = BigInt(trade.price)
  const limit = limitOf(order)
  if (order.side === 'buy' ? p < limit : p > limit) {
    tally(state, 'R2 through')
    return fill(state, order, limit, 'maker', turn)
  }
  if (p !== limit || trade.buyerIsMaker !== (order.side === 'buy')) return
  const used = min(order.ahead, BigInt(trade.qty))
  order.ahead -= used
  const left = BigInt(trade.qty) - used
  if (left === 0n) return tally(state, 'R2 queued')
  tally(state, 'R2 at the limit')
  fill(state, order, limit, 'maker', turn, left)
}

/** R5: liquidation and triggers at a mark (A51). */
function atMark(state: State, instrument: number, mark: bigint, adverse: 'down' | 'up' | undefined, time: number): void {
  liquidateDue(state, instrument, mark, adverse, time, 'R5 liquidation')
  for (const order of ordersIn(state, instrument)) {
    if (!isWorking(state, order) || order.stage !== 'waiting' || order.workingType !== 'mark') continue
    if (isTrailing(order)) watch(state, order, mark)
    see(state, order, mark, `mark ${time}`, time)
  }
}

export function atMarkOpen(state: State, instrument: number, row: ScriptMark): void {
  state.markRows.add(instrument)
  state.mark[instrument] = BigInt(row.open)
  atMark(state, instrument, BigInt(row.open), undefined, row.openTime)
}

export function atMarkEnd(state: State, instrument: number, row: ScriptMark, time: number): void {
  state.markRows.add(instrument)
  atMark(state, instrument, BigInt(row.low), 'down', time)
  atMark(state, instrument, BigInt(row.high), 'up', time)
  state.mark[instrument] = BigInt(row.close)
}
