/**
 * All that the slow exchange remembers, and what is folded from it anew each time it is asked for.
 */
import type { Money, Price, Qty } from '../../../src/core/exact.ts'
import { DAY } from '../../../src/core/time.ts'
import type { Micros } from '../../../src/core/time.ts'
import type { OrderReportKind } from '../../../src/domain/event.ts'
import type { LedgerKind } from '../../../src/domain/ledger.ts'
import type {
  AttachedOrders,
  OrderSide,
  OrderTerms,
  OrderType,
  PositionSide,
  TimeInForce,
  WorkingType,
} from '../../../src/domain/order.ts'
import { abs, max, min, signOf, sum } from './arithmetic.ts'
import type { MarginType, OutcomeReport, PositionMode, ScriptTier, VenueScript } from './script.ts'

/** What happened, in order: everything else follows from it. */
export type Fact =
  | {
      readonly fact: 'fill'
      readonly account: number
      readonly instrument: number
      readonly positionSide: PositionSide
      readonly sign: bigint
      readonly price: bigint
      readonly qty: bigint
      readonly fee: bigint
      readonly time: number
      /** V10: as they stood at the fill. */
      readonly leverage: bigint
      readonly isIsolated: boolean
      /** Of an isolated position in liquidation: nothing goes to the cross wallet. */
      readonly isForced: boolean
      /** The row whose volume it took; undefined for what is exempt. */
      readonly row: string | undefined
      readonly liquidity: 'maker' | 'taker'
    }
  | {
      readonly fact: 'entry'
      readonly account: number
      readonly entry: LedgerKind
      readonly amount: bigint
      /** The isolated position on whose wallet it is booked, too. */
      readonly slot: SlotName | undefined
    }
  /** Between the cross wallet and an isolated one. */
  | { readonly fact: 'margin'; readonly account: number; readonly slot: SlotName; readonly amount: bigint }
  | { readonly fact: 'leverage'; readonly account: number; readonly instrument: number; readonly leverage: number }
  | { readonly fact: 'margin-type'; readonly account: number; readonly instrument: number; readonly type: MarginType }
  | { readonly fact: 'position-mode'; readonly account: number; readonly mode: PositionMode }

export interface SlotName {
  readonly instrument: number
  readonly side: PositionSide
}

export interface Slot extends SlotName {
  /** Signed. */
  readonly qty: bigint
  readonly cost: bigint
  readonly realised: bigint
  /** The isolated wallet. */
  readonly isolated: bigint
}

export interface Books {
  readonly wallet: bigint
  readonly slots: readonly Slot[]
}

export interface WorkingOrder {
  readonly id: string
  readonly account: number
  readonly instrument: number
  readonly side: OrderSide
  readonly positionSide: PositionSide
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  readonly trigger: bigint | undefined
  readonly workingType: WorkingType
  readonly reduceOnly: boolean
  readonly terms: OrderTerms
  readonly reason: string
  readonly attached: AttachedOrders | undefined
  /** Of an attached stop: the order it came with. */
  readonly parent: WorkingOrder | undefined
  /** Of an attached stop: what its parent filled at before slippage, and the row in which it did. */
  readonly stood: { readonly price: bigint; readonly row: string } | undefined
  qty: bigint
  /** The closing part of `qty` (O5). */
  closes: bigint
  limit: bigint | undefined
  /** Place among all arrivals, and when; anew at an amendment and when it fires. */
  arrival: number
  arrivedAt: number
  amendments: number
  /** What filled, by purpose. */
  closed: bigint
  opened: bigint
  /** A conditional order waits; what fires becomes one of the other two. */
  stage: 'waiting' | 'market' | 'limit'
  /** A trailing order's: in 1e-8, undefined until it is armed. */
  watermark: bigint | undefined
  /** The row in which it fired or was held up at its reference, and in which it does nothing more. */
  idleIn: string | undefined
  /** A limit that has had its first turn: rests, or will from the end of the bar on. */
  rests: 'no' | 'after-bar' | 'yes'
  /** R2 */
  ahead: bigint
  replacedGone: boolean
  attachedStands: boolean
}

export interface State {
  readonly script: VenueScript
  readonly facts: Fact[]
  working: WorkingOrder[]
  readonly reports: OutcomeReport[]
  readonly rules: Record<string, number>
  /** Newest traded price per instrument, in its unit. */
  readonly last: (bigint | undefined)[]
  /** Newest mark per instrument, in 1e-8. */
  readonly mark: (bigint | undefined)[]
  /** Instruments whose marks have come in rows of their own. */
  readonly markRows: Set<number>
  /** Per instrument, the one in hand included. */
  readonly tradesSoFar: number[]
  readonly ceased: Set<number>
  countdowns: readonly { readonly account: number; readonly instrument: number; readonly at: number }[]
  arrivals: number
  forced: number
}

/** A row in which orders fill: a bar or a trade, and the moment of it. */
export interface Turn {
  readonly time: number
  readonly row: string
  /** What it offers before participation, in base units (bars) or as it is (trades). */
  readonly volume: { readonly bar: number } | { readonly trade: bigint }
}

export const MARK_SCALE = 8
export const RATE_ONE = 10n ** 10n
export const POSITION_SIDES: readonly PositionSide[] = ['both', 'long', 'short']

export function newState(script: VenueScript): State {
  const each = <T>(value: T): T[] => script.instruments.map(() => value)
  return {
    script,
    facts: script.capital.map((amount, account) => ({ fact: 'entry', account, entry: 'deposit', amount, slot: undefined })),
    working: [],
    reports: [],
    rules: {},
    last: each<bigint | undefined>(undefined),
    mark: each<bigint | undefined>(undefined),
    markRows: new Set(),
    tradesSoFar: each(0),
    ceased: new Set(),
    countdowns: [],
    arrivals: 0,
    forced: 0,
  }
}

export const accountsOf = ({ script }: State): number[] => script.capital.map((_, account) => account)
export const signBig = (side: OrderSide): bigint => (side === 'buy' ? 1n : -1n)

// ---- folded from the facts

export const sameSlot = (a: SlotName, b: SlotName): boolean => a.instrument === b.instrument && a.side === b.side

/** M3, V10, V11 */
export function booksOf({ script, facts }: State, account: number): Books {
  let wallet = 0n
  const slots = script.instruments.flatMap(({ index }) =>
    POSITION_SIDES.map((side) => ({ instrument: index, side, qty: 0n, cost: 0n, realised: 0n, isolated: 0n })),
  )
  for (const each of facts) {
    if (each.account !== account) continue
    if (each.fact === 'entry') {
      wallet += each.amount
      for (const slot of slots) if (each.slot !== undefined && sameSlot(slot, each.slot)) slot.isolated += each.amount
    }
    if (each.fact === 'margin') for (const slot of slots) if (sameSlot(slot, each.slot)) slot.isolated += each.amount
    if (each.fact !== 'fill') continue
    const slot = slots.find((of) => of.instrument === each.instrument && of.side === each.positionSide)
    if (slot === undefined) continue
    const closed = signOf(slot.qty) === -each.sign ? min(each.qty, abs(slot.qty)) : 0n
    const opened = each.qty - closed
    const closingFee = opened === 0n ? each.fee : (each.fee * closed) / each.qty
    if (closed > 0n) {
      const released = (slot.cost * closed) / abs(slot.qty)
      const profit = -each.sign * closed * each.price - released
      wallet += profit
      slot.realised += profit
      if (each.isForced) slot.isolated += profit - closingFee
      else slot.isolated -= closed === abs(slot.qty) ? slot.isolated : (slot.isolated * closed) / abs(slot.qty)
      slot.qty += each.sign * closed
      slot.cost -= released
    }
    if (opened > 0n) {
      slot.qty += each.sign * opened
      slot.cost += each.sign * opened * each.price
      if (each.isIsolated) slot.isolated += (opened * each.price) / each.leverage - (each.fee - closingFee)
    }
    wallet -= each.fee
  }
  return { wallet, slots }
}

export const crossWallet = ({ wallet, slots }: Books): bigint => wallet - sum(slots.map((each) => each.isolated))

export function slotOf(state: State, account: number, name: SlotName): Slot {
  const found = booksOf(state, account).slots.find((each) => sameSlot(each, name))
  return found ?? { ...name, qty: 0n, cost: 0n, realised: 0n, isolated: 0n }
}

/** The maximum of bracket 1 may be less than the usual 20. */
export function leverageOf(state: State, account: number, instrument: number): bigint {
  const set = state.facts.findLast(
    (each) => each.fact === 'leverage' && each.account === account && each.instrument === instrument,
  )
  if (set?.fact === 'leverage') return BigInt(set.leverage)
  return BigInt(Math.min(20, state.script.instruments[instrument].brackets[0]?.maxLeverage ?? 20))
}

export function isIsolated(state: State, account: number, instrument: number): boolean {
  const set = state.facts.findLast(
    (each) => each.fact === 'margin-type' && each.account === account && each.instrument === instrument,
  )
  return set?.fact === 'margin-type' && set.type === 'isolated'
}

export function isHedged(state: State, account: number): boolean {
  const set = state.facts.findLast((each) => each.fact === 'position-mode' && each.account === account)
  return set?.fact === 'position-mode' && set.mode === 'hedge'
}

/** V13 */
export function feesOf(state: State, account: number, time: number): { readonly maker: bigint; readonly taker: bigint } {
  const { tiers, makerFee, takerFee } = state.script.settings
  const today = Math.floor(time / DAY)
  const traded = sum(
    state.facts.map((each) => {
      if (each.fact !== 'fill' || each.account !== account) return 0n
      const day = Math.floor(each.time / DAY)
      return day < today && day >= today - 30 ? each.price * each.qty : 0n
    }),
  )
  let tier: ScriptTier = { volume: 0n as Money, maker: makerFee, taker: takerFee }
  for (const each of tiers) if (traded >= each.volume) tier = each
  return { maker: BigInt(tier.maker), taker: BigInt(tier.taker) }
}

export function bracketsOf({ script }: State, instrument: number, time: number): VenueScript['instruments'][number]['brackets'] {
  const { brackets, bracketChanges } = script.instruments[instrument]
  return bracketChanges.findLast((each) => each.from <= time)?.brackets ?? brackets
}

export const rulesOf = (
  { script }: State,
  instrument: number,
  time: number,
): ReturnType<VenueScript['instruments'][number]['rulesAt']> => script.instruments[instrument].rulesAt(time as Micros)
export const tickOf = (state: State, instrument: number, time: number): bigint => BigInt(rulesOf(state, instrument, time).tick)

/** How many 1e-8 are in one price unit. */
export const perPrice = ({ script }: State, instrument: number): bigint =>
  10n ** BigInt(MARK_SCALE - script.instruments[instrument].priceScale)
export const asMark = (state: State, instrument: number, price: bigint): bigint => price * perPrice(state, instrument)

export function lastAsMark(state: State, instrument: number): bigint | undefined {
  const last = state.last[instrument]
  return last === undefined ? undefined : asMark(state, instrument, last)
}

// ---- orders

export const slotNameOf = (order: WorkingOrder): SlotName => ({ instrument: order.instrument, side: order.positionSide })
export const isAttachedStop = (order: WorkingOrder): boolean => order.parent !== undefined
export const byArrival = (orders: readonly WorkingOrder[]): WorkingOrder[] => [...orders].sort((a, b) => a.arrival - b.arrival)
export const ordersIn = (state: State, instrument: number): WorkingOrder[] =>
  byArrival(state.working.filter((each) => each.instrument === instrument))
export const ordersOf = (state: State, account: number, instrument: number): WorkingOrder[] =>
  ordersIn(state, instrument).filter((each) => each.account === account)
export const isWorking = (state: State, order: WorkingOrder): boolean => state.working.includes(order)
export const filledOf = (order: WorkingOrder): bigint => order.closed + order.opened
/** What of an order's opening part has not filled. */
export const opensYet = (order: WorkingOrder): bigint => max(order.qty - order.closes - order.opened, 0n)
export const remainingOf = (order: WorkingOrder): bigint => order.qty - filledOf(order)

/** What an order of this side finds to close. */
export function reducible(state: State, account: number, name: SlotName, side: OrderSide): bigint {
  const { qty } = slotOf(state, account, name)
  return signOf(qty) === -signBig(side) ? abs(qty) : 0n
}
/** O5: what of an order's closing part can be filled now. */
export const closableOf = (state: State, order: WorkingOrder): bigint =>
  min(order.closes - order.closed, reducible(state, order.account, slotNameOf(order), order.side))

// ---- reports

export function tally(state: State, rule: string): void {
  state.rules[rule] = (state.rules[rule] ?? 0) + 1
}

/** Accounts, sides and texts of an order's life, without a fill. */
export function tell(
  state: State,
  kind: OrderReportKind,
  order: { readonly id: string; readonly account: number; readonly instrument: number },
  time: number,
  reason: string,
  remaining: bigint,
): void {
  state.reports.push({
    kind,
    exchangeTime: time as Micros,
    account: order.account,
    instrument: order.instrument,
    clientOrderId: order.id,
    reason,
    remaining: Number(remaining) as Qty,
  })
  if (kind === 'order-rejected') tally(state, `rejected ${reason.slice(0, 5)}`)
}

export function end(
  state: State,
  kind: 'order-canceled' | 'order-expired',
  order: WorkingOrder,
  time: number,
  reason: string,
): void {
  state.working = state.working.filter((each) => each !== order)
  tell(state, kind, order, time, reason, 0n)
  tally(state, `${kind} ${reason.startsWith('-') ? reason.slice(0, 5) : reason}`)
}

export function bookEntry(
  state: State,
  of: { readonly account: number; readonly instrument: number; readonly slot?: SlotName | undefined },
  entry: LedgerKind,
  amount: bigint,
  time: number,
): void {
  if (amount === 0n) return
  state.facts.push({ fact: 'entry', account: of.account, entry, amount, slot: of.slot })
  state.reports.push({
    kind: 'account',
    exchangeTime: time as Micros,
    account: of.account,
    instrument: of.instrument,
    clientOrderId: '',
    entry,
    amount: amount as Money,
  })
  tally(state, entry)
}

/** What a fill is, whoever caused it. */
export interface NewFill {
  readonly id: string
  readonly account: number
  readonly slot: SlotName
  readonly side: OrderSide
  readonly price: bigint
  readonly qty: bigint
  readonly liquidity: 'maker' | 'taker'
  readonly fee: bigint
  readonly reason: string
  readonly remaining: bigint
  readonly isForced: boolean
  readonly row: string | undefined
}

export function factOf(state: State, fill: NewFill, time: number): Fact {
  const { account, slot, side, price, qty, fee, isForced, row, liquidity } = fill
  const isolated = isIsolated(state, account, slot.instrument)
  return {
    fact: 'fill',
    account,
    instrument: slot.instrument,
    positionSide: slot.side,
    sign: signBig(side),
    price,
    qty,
    fee,
    time,
    leverage: leverageOf(state, account, slot.instrument),
    isIsolated: isolated,
    isForced: isForced && isolated,
    row,
    liquidity,
  }
}

export function bookFill(state: State, fill: NewFill, time: number): void {
  const before = slotOf(state, fill.account, fill.slot).realised
  state.facts.push(factOf(state, fill, time))
  state.reports.push({
    kind: 'order-filled',
    exchangeTime: time as Micros,
    account: fill.account,
    instrument: fill.slot.instrument,
    clientOrderId: fill.id,
    side: fill.side,
    positionSide: fill.slot.side,
    price: Number(fill.price) as Price,
    qty: Number(fill.qty) as Qty,
    fee: fill.fee as Money,
    realised: (slotOf(state, fill.account, fill.slot).realised - before) as Money,
    liquidity: fill.liquidity,
    reason: fill.reason,
    remaining: Number(fill.remaining) as Qty,
  })
}
