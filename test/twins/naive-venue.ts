/**
 * A slow simulated exchange on bars, written from `docs/backtest-assumptions.md` alone: the judge of the fast one.
 *
 * Nothing is cached: positions and wallet are folded from the list of fills each time they are asked for, lists are sorted
 * again at every step, all arithmetic is exact. May import nouns from domain and exact texts from core, nothing of the engine.
 * One account (index 0), one-way mode, one settlement asset; market, limit (GTC) and stop-market orders.
 *
 * Where the page is silent or can be read in two ways, this is the reading here (A1, A2 ... in the code):
 *
 * A1  Instruments are ordered by index, which is the order of their ids.
 * A2  Mark rows that lie inside no traded bar are ignored, by the judgement as by "newest known mark"; only funding reads them.
 * A3  Where an instrument opens at the same moment as the one judged but later in order, its newest mark is still the close before.
 *     No mark yet: valued at cost (no position can be there).
 * A4  Funding's "last open" includes the bar that starts at T itself, although its open comes after the funding (T4).
 * A6  L3 is judged on exact rationals with the mark in 1e-8; the level alone is rounded to ticks.
 * A7  The level is the first tick at which L3 holds seen from the profitable side, wherever the open is.
 * A10 With a position left the account is compliant, so a negative wallet is not covered.
 * A11 At a liquidation orders are cancelled by instrument, then in order of arrival, before the fill.
 * A12 Distances and sides are measured from the traded bar's open. At equal distance the stop comes first.
 * A13 The level counts in O3.3 only if the mark's low (long) or high (short) meets L3.
 * A14 A stop that is reached when the bar's volume is used up, or in a bar without volume, has fired: it is a market order from then on.
 * A15 A continued market order keeps its first place of arrival; an attached stop arrives when it stands.
 * A16 The cap is taken on the exact decimals of volume and participation (shortest decimal text of the doubles).
 * A17 Elapsed share is (arrival - start) / length; the ceiling is exact, without tolerance for floats.
 * A18 A stop that fires at its reference slips on its own.
 * A20 Order of a fill's consequences: replaced stops go, fill, attached stops of a flat position, own attached stop (stands, expires if flat),
 *     what is left of an order that has nothing left to fill.
 * A21 An order is "done" (O4) by a fill after which it has nothing left to fill. One that ends without such a fill (cancelled, expired when its
 *     turn came) has replaced nothing either: what stood before it still stands, and its own stop never does.
 * A24 What the position lacks of a closing part is asked anew at every turn: it may be filled later, if the position is there then and the
 *     order still is. Of a fill all that can be closed is closed, the rest "opens", even if it happens to reduce a greater position.
 * A22 An order's turn to fill comes when its price is met. Orders that are not attached stops do not expire merely because the position is flat.
 * A23 An attached stop whose position has been reversed in one fill stays, and expires as 'reduce-only' when it is reached.
 * A25 A limit arriving inside the bar and any rest of it stay out of step 5 of that bar.
 * A26 A limit that took part in its first open without filling (no volume, not marketable) rests and takes part in step 5 of the same bar.
 * A27 Step 6 weighs liquidation against stops as step 3 does.
 * A28 No price falls below one tick through slippage. Slippage may leave the bar's range.
 * A29 A liquidation's notional for the fee of L4 is at the price of its fill, slippage included.
 * A30 A client id is "still open" if any working order of the account has it, in whatever instrument; an attached stop counts from the
 *     moment it stands.
 * A31 A cap of a bar is shared by its open and its range.
 * A32 An amount of 0 (funding, liquidation fee) books no entry. A cost is signed like its quantity. The n of `autoclose-<instrument>-<n>`
 *     counts the liquidation fills of the run from 1. The insurance cover is reported under the instrument that was judged.
 * A33 What is left of an order that one of these rules ends (canceled, expired) is reported as 0 remaining.
 * A34 Stops at their reference are not overtaken by a liquidation. A stop whose id is taken is not placed at any later fill either.
 */
import { assert } from '../../src/core/errors.ts'
import { parseDecimal } from '../../src/core/exact.ts'
import type { Money, Price, Qty, Rate } from '../../src/core/exact.ts'
import { MILLISECOND, MINUTE } from '../../src/core/time.ts'
import type { Duration, Micros } from '../../src/core/time.ts'
import type { OrderReportKind } from '../../src/domain/event.ts'
import type { Instrument } from '../../src/domain/instrument.ts'
import type { LedgerKind } from '../../src/domain/ledger.ts'
import type { AttachedOrders, OrderRequest, OrderSide } from '../../src/domain/order.ts'

export interface ScriptBar {
  readonly openTime: Micros
  readonly length: Duration
  readonly open: Price
  readonly high: Price
  readonly low: Price
  readonly close: Price
  /** In whole base units. */
  readonly volume: number
}

/** Prices are integers of 1e-8 of the quote asset, finer than the instrument's price unit. */
export interface ScriptMark {
  readonly openTime: Micros
  readonly length: Duration
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
}

export interface ScriptFunding {
  readonly instrument: number
  readonly time: Micros
  readonly rate: Rate
  /** Integer of 1e-8. */
  readonly mark: number | undefined
}

export interface ScriptCommand {
  /** When we send it; it arrives one order latency later. */
  readonly sentAt: Micros
  readonly order?: OrderRequest
  readonly cancel?: { readonly clientOrderId: string; readonly instrument: number }
}

export interface ScriptSettings {
  readonly takerFee: Rate
  readonly makerFee: Rate
  /** Basis points; decimals allowed. */
  readonly slippageBps: number
  /** Share of a bar's volume; undefined = no cap. */
  readonly participation: number | undefined
  readonly touch: boolean
  readonly orderLatency: Duration
  readonly reportLatency: Duration
  readonly dataLatency: Duration
}

export interface VenueScript {
  readonly instruments: readonly Instrument[]
  readonly settings: ScriptSettings
  /** Deposited before the first moment, in the settlement asset of instrument 0. */
  readonly capital: Money
  /** Per instrument, ascending. */
  readonly bars: readonly (readonly ScriptBar[])[]
  /** Per instrument, may be empty. */
  readonly marks: readonly (readonly ScriptMark[])[]
  readonly funding: readonly ScriptFunding[]
  readonly commands: readonly ScriptCommand[]
}

export interface OutcomeReport {
  readonly kind: OrderReportKind | 'account'
  readonly exchangeTime: Micros
  readonly instrument: number
  /** Empty for account entries. */
  readonly clientOrderId: string
  readonly side?: OrderSide
  readonly price?: Price
  readonly qty?: Qty
  readonly fee?: Money
  readonly realised?: Money
  readonly liquidity?: 'maker' | 'taker'
  /** Of a fill: the order's reason. Of a cancel by command: `requested`. */
  readonly reason?: string
  /** Quantity still working after this report; 0 when the order is done without having filled. */
  readonly remaining?: Qty
  readonly entry?: LedgerKind
  readonly amount?: Money
}

export interface VenueOutcome {
  /** In order of happening at the exchange. Account entries: funding, liquidation-fee, insurance-cover; not the deposit. */
  readonly reports: readonly OutcomeReport[]
  readonly wallet: Money
  /** One row per instrument, also when flat. Quantity and cost are negative for a short. */
  readonly positions: readonly { readonly instrument: number; readonly qty: Qty; readonly cost: Money }[]
  /** Starts at zero; negative when it has covered more than it was paid. */
  readonly insuranceFund: Money
  readonly feePool: Money
  /** How often each rule acted, by its name on the page: what a generator of scripts must reach. */
  readonly rules: Readonly<Record<string, number>>
}

interface WorkingOrder {
  readonly id: string
  readonly instrument: number
  readonly side: OrderSide
  readonly type: 'market' | 'limit' | 'stop-market'
  readonly qty: bigint
  /** The closing part of `qty` (O5). */
  readonly closes: bigint
  readonly limit: bigint | undefined
  readonly trigger: bigint | undefined
  readonly reason: string
  readonly attached: AttachedOrders | undefined
  /** Of an attached stop: the order it came with. */
  readonly parent: WorkingOrder | undefined
  /** Of an attached stop: what its parent filled at before slippage, and the start of the bar in which it did. */
  readonly stood: { readonly price: bigint; readonly bar: number } | undefined
  /** Place among all arrivals. */
  readonly arrival: number
  readonly arrivedAt: number
  /** What filled, by purpose. */
  closed: bigint
  opened: bigint
  /** A stop whose trigger was reached: from then on a market order. */
  fired: boolean
  /** A limit that has taken part in an open or a range. */
  tookPart: boolean
  replacedGone: boolean
  attachedStands: boolean
}

interface Booked {
  readonly instrument: number
  readonly sign: bigint
  readonly price: bigint
  readonly qty: bigint
  readonly fee: bigint
  /** Start of the bar whose volume it took; undefined for liquidations, which are exempt. */
  readonly bar: number | undefined
}

/** What margin is judged at: per instrument a mark in 1e-8, undefined while none is known. */
type Marks = readonly (bigint | undefined)[]

const MARK_SCALE = 8
const RATE_ONE = 10n ** 10n
/** Margin is compared in 1e-18 of a money unit: a mark's 1e-8 times a rate's 1e-10, so nothing is rounded. */
const FINE = 10n ** 18n

export function runNaiveVenue(script: VenueScript): VenueOutcome {
  const { instruments, settings } = script
  assert(
    instruments.every((each) => each.settle.name === instruments[0].settle.name),
    'the naive venue keeps one settlement asset',
  )
  assert(
    instruments.every((each, i) => each.index === i && each.priceScale <= MARK_SCALE),
    'instruments stand at their index, with prices of at most 8 decimals',
  )

  const reports: OutcomeReport[] = []
  const booked: Booked[] = []
  const entries: { readonly entry: LedgerKind; readonly amount: bigint }[] = []
  const newest: (bigint | undefined)[] = instruments.map(() => undefined)
  const rules: Record<string, number> = {}
  let working: WorkingOrder[] = []
  let arrivals = 0
  let liquidations = 0

  const tally = (rule: string): void => {
    rules[rule] = (rules[rule] ?? 0) + 1
  }

  // ---- everything that is known, from the list of what happened

  function positionOf(instrument: number): { readonly qty: bigint; readonly cost: bigint; readonly realised: bigint } {
    let qty = 0n
    let cost = 0n
    let realised = 0n
    for (const fill of booked.filter((each) => each.instrument === instrument)) {
      const signed = fill.sign * fill.qty
      if (qty === 0n || signOf(qty) === fill.sign) {
        qty += signed
        cost += signed * fill.price
        continue
      }
      const reduced = min(fill.qty, abs(qty))
      const released = (cost * reduced) / abs(qty)
      realised += signOf(qty) * reduced * fill.price - released
      qty += fill.sign * reduced
      cost -= released
      if (fill.qty > reduced) {
        qty = fill.sign * (fill.qty - reduced)
        cost = qty * fill.price
      }
    }
    return { qty, cost, realised }
  }

  const wallet = (): bigint =>
    script.capital +
    sum(instruments.map((each) => positionOf(each.index).realised)) -
    sum(booked.map((each) => each.fee)) +
    sum(entries.map((each) => each.amount))

  const byArrival = (orders: readonly WorkingOrder[]): WorkingOrder[] => [...orders].sort((a, b) => a.arrival - b.arrival)
  const ordersOf = (instrument: number): WorkingOrder[] => byArrival(working.filter((each) => each.instrument === instrument))
  const isWorking = (order: WorkingOrder): boolean => working.includes(order)
  const tickOf = (instrument: number, time: number): bigint => BigInt(instruments[instrument].rulesAt(time as Micros).tick)
  /** A price in the instrument's unit as a mark. */
  const asMark = (instrument: number, price: bigint): bigint =>
    price * 10n ** BigInt(MARK_SCALE - instruments[instrument].priceScale)

  // ---- reports

  const tell = (kind: OrderReportKind, order: WorkingOrder, time: number, reason: string, remaining: bigint): void => {
    reports.push({
      kind,
      exchangeTime: time as Micros,
      instrument: order.instrument,
      clientOrderId: order.id,
      side: order.side,
      reason,
      remaining: Number(remaining) as Qty,
    })
  }

  function end(kind: 'order-canceled' | 'order-expired', order: WorkingOrder, time: number, reason: string): void {
    working = working.filter((each) => each !== order)
    tell(kind, order, time, reason, 0n)
    tally(`${kind} ${reason}`)
  }

  function bookEntry(entry: LedgerKind, amount: bigint, instrument: number, time: number): void {
    if (amount === 0n) return
    entries.push({ entry, amount })
    reports.push({ kind: 'account', exchangeTime: time as Micros, instrument, clientOrderId: '', entry, amount: amount as Money })
    tally(entry)
  }

  // ---- prices of fills

  /** O7 */
  function slipped(instrument: number, side: OrderSide, price: bigint, time: number, limit: bigint | undefined): bigint {
    const tick = tickOf(instrument, time)
    const bps = decimal(settings.slippageBps)
    const whole = 10_000n * bps.one
    const moved =
      side === 'buy'
        ? ceilTo(price * (whole + bps.units), whole * tick) * tick
        : floorTo(price * (whole - bps.units), whole * tick) * tick
    const inTicks = max(moved, tick)
    if (limit === undefined) return inTicks
    return side === 'buy' ? min(inTicks, limit) : max(inTicks, limit)
  }

  /** O3.2 */
  function adversePrice(bar: ScriptBar, instrument: number, side: OrderSide, arrivedAt: number): bigint {
    const tick = tickOf(instrument, bar.openTime)
    const range = BigInt(bar.high) - BigInt(bar.low)
    const elapsed = BigInt(arrivedAt - bar.openTime)
    const length = BigInt(bar.length)
    // The fewest ticks with ticks x tick >= sqrt(elapsed / length) x range, squared so that it is exact (A17).
    let ticks = 0n
    while ((ticks * tick) ** 2n * length < elapsed * range ** 2n) ticks += 1n
    const away = BigInt(bar.open) + (side === 'buy' ? ticks * tick : -ticks * tick)
    return max(min(away, BigInt(bar.high)), BigInt(bar.low))
  }

  /** O6: what orders may still take of this bar; undefined = as much as they like. */
  function room(instrument: number, bar: ScriptBar): bigint | undefined {
    if (settings.participation === undefined) return undefined
    const volume = decimal(bar.volume)
    const part = decimal(settings.participation)
    const cap = (volume.units * part.units * 10n ** BigInt(instruments[instrument].qtyScale)) / (volume.one * part.one)
    const taken = sum(
      booked.filter((each) => each.instrument === instrument && each.bar === bar.openTime).map((each) => each.qty),
    )
    return max(cap - taken, 0n)
  }

  /** What an order of this side finds to close. */
  function reducible(instrument: number, side: OrderSide): bigint {
    const { qty } = positionOf(instrument)
    return signOf(qty) === -signBig(side) ? abs(qty) : 0n
  }

  /** O5: what of an order's closing part can be filled now. */
  const closableOf = (order: WorkingOrder): bigint => min(order.closes - order.closed, reducible(order.instrument, order.side))

  // ---- fills and what follows from them

  function book(
    instrument: number,
    side: OrderSide,
    price: bigint,
    qty: bigint,
    rate: Rate,
    bar: number | undefined,
  ): { fee: bigint; realised: bigint } {
    const before = positionOf(instrument).realised
    const fee = (price * qty * BigInt(rate)) / RATE_ONE
    booked.push({ instrument, sign: signBig(side), price, qty, fee, bar })
    return { fee, realised: positionOf(instrument).realised - before }
  }

  /** An order's turn has come and its price is met: `matched` is the price before slippage. */
  function fill(order: WorkingOrder, matched: bigint, liquidity: 'maker' | 'taker', bar: ScriptBar, time: number): void {
    const closable = closableOf(order)
    const wanted = closable + opensYet(order)
    if (closable < order.closes - order.closed) tally('O5 position lacks')
    if (wanted === 0n) return end('order-expired', order, time, 'reduce-only')
    let qty = wanted
    const left = room(order.instrument, bar)
    if (left !== undefined && left < qty) {
      tally('O6 cap binds')
      qty = left
    }
    if (qty === 0n) return

    if (order.attached !== undefined && !order.replacedGone && qty >= closable) {
      order.replacedGone = true
      for (const id of order.attached.cancels)
        for (const old of ordersOf(order.instrument))
          if (old.id === id && old !== order) end('order-canceled', old, time, 'replaced')
    }

    const price = liquidity === 'taker' ? slipped(order.instrument, order.side, matched, time, order.limit) : matched
    const { fee, realised } = book(
      order.instrument,
      order.side,
      price,
      qty,
      liquidity === 'taker' ? settings.takerFee : settings.makerFee,
      bar.openTime,
    )
    order.closed += min(qty, closable)
    order.opened += qty - min(qty, closable)
    reports.push({
      kind: 'order-filled',
      exchangeTime: time as Micros,
      instrument: order.instrument,
      clientOrderId: order.id,
      side: order.side,
      price: Number(price) as Price,
      qty: Number(qty) as Qty,
      fee: fee as Money,
      realised: realised as Money,
      liquidity,
      reason: order.reason,
      remaining: Number(order.qty - filledOf(order)) as Qty,
    })
    tally(`fill ${isAttachedStop(order) ? 'attached-stop' : order.type} ${liquidity}`)
    if (filledOf(order) === order.qty) working = working.filter((each) => each !== order)
    consequences(order, matched, bar, time)
  }

  /** O4, O5, in the order of A20. Nothing left to fill is asked as at a turn, of the position as it is now. */
  function consequences(order: WorkingOrder, matched: bigint, bar: ScriptBar, time: number): void {
    const flat = positionOf(order.instrument).qty === 0n
    if (flat)
      for (const old of ordersOf(order.instrument)) if (isAttachedStop(old)) end('order-expired', old, time, 'position-closed')

    const isDone = closableOf(order) + opensYet(order) === 0n
    if (order.opened > 0n || isDone) standAttached(order, matched, bar, time)
    if (isDone && isWorking(order)) end('order-expired', order, time, 'reduce-only')
  }

  /** O4: once. */
  function standAttached(order: WorkingOrder, matched: bigint, bar: ScriptBar, time: number): void {
    const stop = order.attached?.stop
    if (stop === undefined || order.attachedStands) return
    order.attachedStands = true
    if (working.some((each) => each.id === stop.clientOrderId)) {
      reports.push({
        kind: 'order-rejected',
        exchangeTime: time as Micros,
        instrument: order.instrument,
        clientOrderId: stop.clientOrderId,
        reason: '-4116 ClientOrderId is duplicated.',
        remaining: 0 as Qty,
      })
      return tally('O4 id taken')
    }
    const standing: WorkingOrder = {
      id: stop.clientOrderId,
      instrument: order.instrument,
      side: stop.side,
      type: 'stop-market',
      qty: BigInt(stop.qty),
      closes: BigInt(stop.qty),
      limit: undefined,
      trigger: BigInt(stop.trigger),
      reason: 'stop',
      attached: undefined,
      parent: order,
      stood: { price: matched, bar: bar.openTime },
      arrival: (arrivals += 1),
      arrivedAt: time,
      closed: 0n,
      opened: 0n,
      fired: false,
      tookPart: false,
      replacedGone: false,
      attachedStands: false,
    }
    working.push(standing)
    tell('order-accepted', standing, time, '', standing.qty)
    tally('O4 stands')
    if (stop.side === order.side) tally("O4 stands on its parent's side")
    if (order.opened === 0n) tally('O4 stands after closing only')
    if (positionOf(order.instrument).qty === 0n) end('order-expired', standing, time, 'position-closed')
  }

  /** A stop's turn has come: it is a market order from now on, and its parent has no business any more (O4). */
  function fire(stop: WorkingOrder, price: bigint, bar: ScriptBar, time: number): void {
    stop.fired = true
    if (stop.parent !== undefined && isWorking(stop.parent)) end('order-canceled', stop.parent, time, 'stopped-out')
    fill(stop, price, 'taker', bar, time)
  }

  // ---- margin (L)

  /** Margin balance less maintenance margin, in 1e-18 of the money unit; L3 holds at or below zero. */
  function cushion(marks: Marks): bigint {
    let total = wallet() * FINE
    for (const { index, priceScale, brackets } of instruments) {
      const { qty, cost } = positionOf(index)
      const mark = marks[index]
      if (qty === 0n || mark === undefined) continue
      // quantity x mark counts 10^(priceScale - 8) of the money unit
      const value = qty * mark * 10n ** BigInt(priceScale)
      const eight = 10n ** 8n
      let bracket = brackets[0]
      for (const each of brackets) if (abs(value) > each.floor * eight) bracket = each
      total += (value - cost * eight) * RATE_ONE
      if (bracket !== undefined) total -= abs(value) * BigInt(bracket.rate) - bracket.cum * FINE
    }
    return total
  }
  const compliant = (marks: Marks): boolean => cushion(marks) > 0n
  const withMark = (instrument: number, mark: bigint): Marks => newest.map((each, i) => (i === instrument ? mark : each))

  /** L5, in the instrument's price unit. For a long the highest tick at which L3 holds, for a short the lowest (A7). */
  function levelOf(instrument: number, time: number): bigint {
    const tick = tickOf(instrument, time)
    const isLong = positionOf(instrument).qty > 0n
    const holds = (ticks: bigint): boolean => !compliant(withMark(instrument, asMark(instrument, ticks * tick)))
    // `holds` changes once: it is true on the adverse side and false on the profitable one.
    let low = 0n
    let high = 1n
    while (holds(high) === isLong) {
      low = high
      high *= 2n
    }
    while (high - low > 1n) {
      const middle = (low + high) / 2n
      if (holds(middle) === isLong) low = middle
      else high = middle
    }
    return max(isLong ? low : high, 1n) * tick
  }

  /** L1 */
  function markBar(instrument: number, bar: ScriptBar): { open: bigint; high: bigint; low: bigint; close: bigint } {
    const inside = script.marks[instrument].filter(
      (each) => each.openTime >= bar.openTime && each.openTime + each.length <= bar.openTime + bar.length,
    )
    if (inside.length > 0)
      return {
        open: BigInt(inside[0].open),
        high: BigInt(Math.max(...inside.map((each) => each.high))),
        low: BigInt(Math.min(...inside.map((each) => each.low))),
        close: BigInt(inside[inside.length - 1].close),
      }
    const of = (price: Price): bigint => asMark(instrument, BigInt(price))
    return { open: of(bar.open), high: of(bar.high), low: of(bar.low), close: of(bar.close) }
  }

  const worstMark = (instrument: number, bar: ScriptBar): bigint => {
    const mark = markBar(instrument, bar)
    return positionOf(instrument).qty > 0n ? mark.low : mark.high
  }
  const liquidatedAt = (instrument: number, mark: bigint): boolean =>
    positionOf(instrument).qty !== 0n && !compliant(withMark(instrument, mark))

  /** L4 */
  function liquidate(instrument: number, bar: ScriptBar, time: number): void {
    // Where L3 holds at the low or high only, the level is worse than the open, so this is the level (A12).
    const price = worseOfLevelAnd(markBar(instrument, bar).open, instrument, time)
    for (const order of [...working].sort((a, b) => a.instrument - b.instrument || a.arrival - b.arrival))
      end('order-canceled', order, time, 'liquidation')
    closeForced(instrument, price, time)

    for (const { index } of instruments) {
      const mark = newest[index]
      if (positionOf(index).qty === 0n || mark === undefined) continue
      if (compliant(newest)) {
        tally('L4 others stay')
        break
      }
      tally('L4 others follow')
      closeForced(index, worseOfLevelAnd(mark, index, time), time)
    }
    const isFlat = instruments.every((each) => positionOf(each.index).qty === 0n)
    if (isFlat && wallet() < 0n) bookEntry('insurance-cover', -wallet(), instrument, time)
  }

  /** For the one whose position must be closed. A mark between ticks is rounded against him first. */
  function worseOfLevelAnd(mark: bigint, instrument: number, time: number): bigint {
    const isLong = positionOf(instrument).qty > 0n
    const tick = tickOf(instrument, time)
    const inTick = tick * 10n ** BigInt(MARK_SCALE - instruments[instrument].priceScale)
    const rounded = max((isLong ? floorTo(mark, inTick) : ceilTo(mark, inTick)) * tick, tick)
    const level = levelOf(instrument, time)
    return isLong ? min(level, rounded) : max(level, rounded)
  }

  function closeForced(instrument: number, matched: bigint, time: number): void {
    const position = positionOf(instrument).qty
    const side: OrderSide = position > 0n ? 'sell' : 'buy'
    const qty = abs(position)
    const price = slipped(instrument, side, matched, time, undefined)
    const { fee, realised } = book(instrument, side, price, qty, settings.takerFee, undefined)
    liquidations += 1
    reports.push({
      kind: 'order-filled',
      exchangeTime: time as Micros,
      instrument,
      clientOrderId: `autoclose-${instrument}-${liquidations}`,
      side,
      price: Number(price) as Price,
      qty: Number(qty) as Qty,
      fee: fee as Money,
      realised: realised as Money,
      liquidity: 'taker',
      reason: 'liquidation',
      remaining: 0 as Qty,
    })
    tally('fill liquidation taker')
    bookEntry('liquidation-fee', -((price * qty * BigInt(instruments[instrument].liquidationFee)) / RATE_ONE), instrument, time)
  }

  // ---- the moments

  /** M4 */
  function atFunding({ instrument, time, rate, mark }: ScriptFunding): void {
    const at = Math.floor(time / MINUTE) * MINUTE
    const opened = script.bars[instrument].filter((each) => each.openTime <= at)
    const starting = script.marks[instrument].find((each) => each.openTime === at)
    const used =
      mark ??
      starting?.open ??
      (opened.length === 0 ? undefined : Number(asMark(instrument, BigInt(opened[opened.length - 1].open))))
    if (used === undefined) return
    const over = RATE_ONE * 10n ** BigInt(MARK_SCALE - instruments[instrument].priceScale)
    const paid = (positionOf(instrument).qty * BigInt(used) * BigInt(rate)) / over
    bookEntry('funding', -paid, instrument, at)
  }

  function atArrival(command: ScriptCommand, time: number): void {
    if (command.cancel !== undefined) {
      const { clientOrderId, instrument } = command.cancel
      const found = working.find((each) => each.id === clientOrderId && each.instrument === instrument)
      if (found !== undefined) return end('order-canceled', found, time, 'requested')
      reports.push({
        kind: 'order-rejected',
        exchangeTime: time as Micros,
        instrument,
        clientOrderId,
        reason: '-2011 Unknown order sent.',
        remaining: 0 as Qty,
      })
      return tally('order-rejected -2011 Unknown order sent.')
    }
    const request = command.order
    assert(request !== undefined, 'a command is an order or a cancel')
    const { type } = request
    assert(type === 'market' || type === 'limit' || type === 'stop-market', `the naive venue knows no ${type} orders`)
    assert(request.closes >= 0 && request.closes <= request.qty, 'a closing part is a part')
    assert(
      type !== 'limit' || (request.timeInForce === 'GTC' && request.price !== undefined),
      'limits here are GTC, with a price',
    )
    assert(type !== 'stop-market' || request.trigger !== undefined, 'a stop has a trigger')
    const order: WorkingOrder = {
      id: request.clientOrderId,
      instrument: request.instrument,
      side: request.side,
      type,
      qty: BigInt(request.qty),
      closes: BigInt(request.reduceOnly ? request.qty : request.closes),
      limit: type === 'limit' ? BigInt(request.price ?? 0) : undefined,
      trigger: type === 'stop-market' ? BigInt(request.trigger ?? 0) : undefined,
      reason: request.reason,
      attached: request.attached,
      parent: undefined,
      stood: undefined,
      arrival: (arrivals += 1),
      arrivedAt: time,
      closed: 0n,
      opened: 0n,
      fired: false,
      tookPart: false,
      replacedGone: false,
      attachedStands: false,
    }
    if (working.some((each) => each.id === order.id)) {
      tell('order-rejected', order, time, '-4116 ClientOrderId is duplicated.', 0n)
      return tally('order-rejected -4116 ClientOrderId is duplicated.')
    }
    working.push(order)
    tell('order-accepted', order, time, '', order.qty)
  }

  /** O2 */
  function atOpen(instrument: number, bar: ScriptBar): void {
    const time = bar.openTime
    const open = BigInt(bar.open)
    const mark = markBar(instrument, bar).open
    newest[instrument] = mark
    if (liquidatedAt(instrument, mark)) {
      tally('O2 liquidation')
      liquidate(instrument, bar, time)
    }

    for (const order of ordersOf(instrument).filter((each) => each.type === 'market' || each.fired)) {
      if (!isWorking(order)) continue
      tally(filledOf(order) > 0n || order.fired ? 'O6 goes on' : 'O2 market')
      fill(order, open, 'taker', bar, time)
    }

    for (const order of ordersOf(instrument).filter((each) => each.type === 'limit')) {
      if (!isWorking(order)) continue
      const rests = order.tookPart
      order.tookPart = true
      if (!rests && isMarketable(order, open)) {
        tally('O2 limit taker')
        fill(order, open, 'taker', bar, time)
      } else if (rests && tradedThrough(order, open, time)) {
        tally('O2 limit maker')
        fill(order, limitOf(order), 'maker', bar, time)
      }
    }
  }

  /** O3 */
  function atRange(instrument: number, bar: ScriptBar): void {
    const time = bar.openTime + bar.length - MILLISECOND
    const inside = ordersOf(instrument).filter((each) => !isAttachedStop(each) && each.arrivedAt > bar.openTime)

    stopsAtReference(instrument, bar, time, 'O3.1')

    for (const order of inside) {
      if (!isWorking(order)) continue
      const price = adversePrice(bar, instrument, order.side, order.arrivedAt)
      if (order.type === 'market') {
        tally('O3.2 market')
        fill(order, price, 'taker', bar, time)
      } else if (order.type === 'limit') {
        order.tookPart = true
        if (!isMarketable(order, price)) continue
        tally('O3.2 limit')
        fill(order, price, 'taker', bar, time)
      } else if (reaches(order, price)) {
        tally('O3.2 stop')
        fire(order, price, bar, time)
      }
    }

    stopsInRange(instrument, bar, time, 'O3.3')

    if (liquidatedAt(instrument, worstMark(instrument, bar))) {
      tally('O3.4 liquidation')
      liquidate(instrument, bar, time)
    }

    for (const order of ordersOf(instrument).filter((each) => each.type === 'limit' && !inside.includes(each))) {
      if (!isWorking(order) || !tradedThrough(order, BigInt(order.side === 'buy' ? bar.low : bar.high), time)) continue
      tally('O3.5 limit')
      fill(order, limitOf(order), 'maker', bar, time)
    }

    // Step 3 left no stop that the range reaches, so these are the ones that step 5 attached.
    stopsInRange(instrument, bar, time, 'O3.6')
    newest[instrument] = markBar(instrument, bar).close
  }

  const unfired = (instrument: number): WorkingOrder[] =>
    ordersOf(instrument).filter((each) => each.type === 'stop-market' && !each.fired)

  /** O3.1: what the market showed last before the range, as far as this stop is concerned; undefined for those that arrived inside the bar. */
  function referenceOf(stop: WorkingOrder, bar: ScriptBar): bigint | undefined {
    if (stop.stood?.bar === bar.openTime) return stop.stood.price
    return stop.arrivedAt <= bar.openTime ? BigInt(bar.open) : undefined
  }

  /** O3.1, also as the beginning of O3.3: one at a time, since each may bring another one (A34). */
  function stopsAtReference(instrument: number, bar: ScriptBar, time: number, rule: string): void {
    for (;;) {
      const next = unfired(instrument).find((each) => {
        const reference = referenceOf(each, bar)
        return reference !== undefined && reaches(each, reference)
      })
      if (next === undefined) return
      tally(`${rule} ${isAttachedStop(next) ? 'attached' : 'reached'}`)
      fire(next, referenceOf(next, bar) ?? 0n, bar, time)
    }
  }

  /** O3.3 and O3.6: one stop at a time, since each fill changes which of the others reduce. */
  function stopsInRange(instrument: number, bar: ScriptBar, time: number, rule: string): void {
    const open = BigInt(bar.open)
    for (;;) {
      stopsAtReference(instrument, bar, time, rule)
      const { qty } = positionOf(instrument)
      const reduces = (order: WorkingOrder): number => (signOf(qty) === -signBig(order.side) ? 0 : 1)
      const distance = (order: WorkingOrder): bigint => abs(triggerOf(order) - open)
      const reached = unfired(instrument)
        .filter((each) => reaches(each, BigInt(each.side === 'buy' ? bar.high : bar.low)))
        .sort((a, b) => reduces(a) - reduces(b) || compare(distance(a), distance(b)) || a.arrival - b.arrival)
      if (reached.length === 0) return
      const next = reached[0]
      if (levelComesBefore(instrument, bar, time, triggerOf(next) - open)) {
        tally(`${rule} liquidation first`)
        liquidate(instrument, bar, time)
        return
      }
      tally(`${rule} range`)
      fire(next, triggerOf(next), bar, time)
    }
  }

  /** Whether the liquidation level lies between the open and a stop that is `away` (signed) from it (A12, A13). */
  function levelComesBefore(instrument: number, bar: ScriptBar, time: number, away: bigint): boolean {
    if (!liquidatedAt(instrument, worstMark(instrument, bar))) return false
    if (liquidatedAt(instrument, markBar(instrument, bar).open)) return true
    const level = levelOf(instrument, time) - BigInt(bar.open)
    return level * away >= 0n && abs(level) < abs(away)
  }

  /** O2, O3.5: through the limit by one tick, or at it with `touch`. */
  function tradedThrough(order: WorkingOrder, price: bigint, time: number): boolean {
    const beyond = settings.touch ? 0n : tickOf(order.instrument, time)
    return order.side === 'buy' ? price <= limitOf(order) - beyond : price >= limitOf(order) + beyond
  }

  // ---- T4: all moments in one list

  const moments: { readonly time: number; readonly kind: number; readonly instrument: number; readonly happen: () => void }[] = []
  for (const funding of script.funding)
    moments.push({
      time: Math.floor(funding.time / MINUTE) * MINUTE,
      kind: 0,
      instrument: funding.instrument,
      happen: () => atFunding(funding),
    })
  for (const command of [...script.commands].sort((a, b) => a.sentAt - b.sentAt)) {
    const time = command.sentAt + settings.orderLatency
    moments.push({
      time,
      kind: 1,
      instrument: command.order?.instrument ?? command.cancel?.instrument ?? 0,
      happen: () => atArrival(command, time),
    })
  }
  script.bars.forEach((rows, instrument) => {
    for (const bar of rows) {
      moments.push({ time: bar.openTime, kind: 2, instrument, happen: () => atOpen(instrument, bar) })
      moments.push({ time: bar.openTime + bar.length - MILLISECOND, kind: 3, instrument, happen: () => atRange(instrument, bar) })
    }
  })
  // The sort is stable, so what is equal in all three stays in the order in which it was sent.
  moments.sort((a, b) => a.time - b.time || a.kind - b.kind || a.instrument - b.instrument)
  for (const moment of moments) moment.happen()

  return {
    reports,
    wallet: wallet() as Money,
    positions: instruments.map(({ index }) => {
      const { qty, cost } = positionOf(index)
      return { instrument: index, qty: Number(qty) as Qty, cost: cost as Money }
    }),
    insuranceFund: -sum(entries.filter((each) => each.entry !== 'funding').map((each) => each.amount)) as Money,
    feePool: sum(booked.map((each) => each.fee)) as Money,
    rules,
  }
}

// ---- orders against prices

const isAttachedStop = (order: WorkingOrder): boolean => order.parent !== undefined

const triggerOf = (order: WorkingOrder): bigint => {
  assert(order.trigger !== undefined, 'a stop has a trigger')
  return order.trigger
}
const filledOf = (order: WorkingOrder): bigint => order.closed + order.opened
/** What of an order's opening part has not filled. */
const opensYet = (order: WorkingOrder): bigint => order.qty - order.closes - order.opened
const limitOf = (order: WorkingOrder): bigint => {
  assert(order.limit !== undefined, 'a limit order has a limit')
  return order.limit
}
/** A stop's trigger. */
const reaches = (order: WorkingOrder, price: bigint): boolean =>
  order.side === 'buy' ? price >= triggerOf(order) : price <= triggerOf(order)
const isMarketable = (order: WorkingOrder, price: bigint): boolean =>
  order.side === 'buy' ? price <= limitOf(order) : price >= limitOf(order)

// ---- plain bigint arithmetic

const signBig = (side: OrderSide): bigint => (side === 'buy' ? 1n : -1n)
const signOf = (value: bigint): bigint => (value > 0n ? 1n : value < 0n ? -1n : 0n)
const abs = (value: bigint): bigint => (value < 0n ? -value : value)
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b)
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b)
const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
const sum = (values: readonly bigint[]): bigint => values.reduce((total, each) => total + each, 0n)
/** Quotients of values that are not negative. */
const floorTo = (value: bigint, by: bigint): bigint => value / by
const ceilTo = (value: bigint, by: bigint): bigint => (value + by - 1n) / by

/** The exact value of a double's shortest decimal text: units / one. */
function decimal(value: number): { readonly units: bigint; readonly one: bigint } {
  const parsed = parseDecimal(String(value))
  assert(parsed !== undefined, `${value} is no decimal number`)
  return { units: parsed.units, one: 10n ** BigInt(parsed.scale) }
}
