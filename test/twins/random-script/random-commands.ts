/** Random commands: orders of every kind on every edge, cancels, amendments, and what an account can be told. */
import { rateOf } from '../../../src/core/exact.ts'
import type { Money, Price, Qty, Rate } from '../../../src/core/exact.ts'
import type { Prng } from '../../../src/core/random.ts'
import { HOUR, MILLISECOND, MINUTE, SECOND } from '../../../src/core/time.ts'
import type { Duration, Micros } from '../../../src/core/time.ts'
import type { Instrument } from '../../../src/domain/instrument.ts'
import { opposite, PLAIN_TERMS, sideSign } from '../../../src/domain/order.ts'
import type {
  AttachedOrders,
  OrderRequest,
  OrderSide,
  OrderTerms,
  OrderType,
  PositionSide,
  SelfTradePrevention,
  TimeInForce,
} from '../../../src/domain/order.ts'
import type { ScriptCommand } from '../naive-venue/script.ts'
import { ONE, pick, START } from './draw.ts'
import type { Market } from './random-market.ts'

interface Desk extends Market {
  readonly accounts: number
  readonly orderLatency: Duration
}

/** Where a command is aimed: a moment near a row, and prices around it. */
interface Aim {
  readonly instrument: number
  readonly time: number
  readonly prices: readonly Price[]
  /** What the market showed last, or shows there. */
  readonly newest: Price
}

/** What a random trader remembers. */
interface Memory {
  readonly hedged: readonly boolean[]
  /** Ids that were sent, attached stops included, per account and instrument; and those of limits. */
  readonly known: Map<string, string[]>
  readonly limits: Map<string, string[]>
  readonly stops: Map<string, string[]>
  /** What would be held if every order so far had filled: orders that close are sized on it, right or wrong. */
  readonly intended: Map<string, number>
}

export function randomCommands(chance: Prng, count: number, desk: Desk): ScriptCommand[] {
  const hedged = Array.from({ length: desk.accounts }, () => chance.chance(0.4))
  const memory: Memory = { hedged, known: new Map(), limits: new Map(), stops: new Map(), intended: new Map() }
  const traded = desk.instruments.filter(({ index }) => desk.bars[index].length + desk.trades[index].length > 0)
  if (traded.length === 0) return []
  const aims = Array.from({ length: count }, () => randomAim(chance, desk, pick(chance, traded))).sort((a, b) => a.time - b.time)
  const opening = openingCommands(chance, desk, hedged)
  return [
    ...opening,
    ...aims.flatMap((aim, n): ScriptCommand[] => {
      const account = chance.int(0, desk.accounts - 1)
      const sentAt = (aim.time - desk.orderLatency) as Micros
      if (chance.chance(0.14)) return [{ sentAt, ...accountCommand(chance, account, aim, desk) }]
      const key = `${account} ${aim.instrument}`
      if (chance.chance(0.1)) return [{ sentAt, ...cancelCommand(chance, account, aim, memory.known.get(key) ?? [], n, desk) }]
      const limits = memory.limits.get(key) ?? []
      if (limits.length > 0 && chance.chance(0.05)) return [{ sentAt, ...amendCommand(chance, account, aim, limits, desk, n) }]
      const order = randomOrder(chance, account, aim, desk, memory, n, sentAt)
      const first: ScriptCommand = { sentAt, what: 'order', order }
      if (order.type === 'market' || !chance.chance(0.25)) return [first]
      // Soon enough that the order is still there.
      const later = (sentAt + pick(chance, [0, 1, SECOND, MINUTE, 2 * MINUTE])) as Micros
      const only = [order.clientOrderId]
      const second =
        order.price !== undefined && chance.chance(0.8)
          ? amendCommand(chance, account, aim, only, desk, n)
          : cancelCommand(chance, account, aim, only, n, desk)
      return [first, { sentAt: later, ...second }]
    }),
  ]
}

/** Before the first row: modes, margin types, leverages. */
function openingCommands(chance: Prng, desk: Desk, hedged: readonly boolean[]): ScriptCommand[] {
  const sentAt = (START - HOUR - desk.orderLatency) as Micros
  return hedged.flatMap((isHedged, account): ScriptCommand[] => [
    ...(isHedged ? [{ sentAt, what: 'position-mode', account, mode: 'hedge' } as const] : []),
    ...desk.instruments.flatMap(({ index: instrument }): ScriptCommand[] => [
      ...(chance.chance(0.4) ? [{ sentAt, what: 'margin-type', account, instrument, type: 'isolated' } as const] : []),
      ...(chance.chance(0.6)
        ? [{ sentAt, what: 'leverage', account, instrument, leverage: pick(chance, [5, 10, 20, 50, 75, 125]) } as const]
        : []),
    ]),
  ])
}

/** A moment around a row, mostly exactly on one of its edges. */
function randomAim(chance: Prng, desk: Desk, { index }: Instrument): Aim {
  const bars = desk.bars[index]
  if (bars.length === 0) {
    const trades = desk.trades[index]
    const at = chance.int(0, trades.length - 1)
    const trade = trades[at]
    const around = trades.slice(Math.max(0, at - 2), at + 3).map((each) => each.price)
    const offset = pick(chance, [0, 0, 0, -1, 1, -500, SECOND])
    return { instrument: index, time: trade.time + offset, prices: around, newest: trades[Math.max(0, at - 1)].price }
  }
  const bar = pick(chance, bars)
  const range = bar.length - MILLISECOND
  const offset = pick(chance, [
    0,
    0,
    1,
    -1,
    range,
    range - 1,
    range + 1,
    bar.length - 500,
    bar.length,
    bar.length / 4,
    (bar.length / 60_000) * chance.int(0, 60_000),
    chance.int(1, bar.length - 1),
  ])
  return {
    instrument: index,
    time: bar.openTime + offset,
    prices: [bar.open, bar.high, bar.low, bar.close],
    newest: offset > range ? bar.close : bar.open,
  }
}

type Without<T> = T extends unknown ? Omit<T, 'sentAt'> : never
type Command = Without<ScriptCommand>

function accountCommand(chance: Prng, account: number, aim: Aim, desk: Desk): Command {
  const { instrument } = aim
  const side = pick<PositionSide>(chance, ['both', 'both', 'long', 'short'])
  const cents = (upTo: number): bigint => (BigInt(chance.int(-upTo * 100, upTo * 100)) * ONE) / 100n
  switch (chance.int(0, 9)) {
    case 0:
    case 1: {
      const leverage = pick(chance, [1, 2, 5, 10, 20, 50, 75, 125, 126, 0])
      return { what: 'leverage', account, instrument, leverage }
    }
    case 2:
      return { what: 'margin-type', account, instrument, type: pick(chance, ['cross', 'isolated']) }
    case 3:
      return { what: 'position-mode', account, mode: pick(chance, ['one-way', 'hedge']) }
    case 4:
    case 5:
      return { what: 'move-margin', account, instrument, side, amount: cents(chance.chance(0.5) ? 2 : 30) as Money }
    case 6:
    case 7:
      return {
        what: 'countdown',
        account,
        instrument,
        duration: pick(chance, [0, 1, 30 * SECOND, MINUTE, 2 * MINUTE, MINUTE - MILLISECOND, HOUR]) as Duration,
      }
    case 8: {
      const amount = (chance.chance(0.5) ? 1n : -1n) * BigInt(chance.int(1, 5)) * ONE
      return { what: 'transfer', account, entry: amount > 0n ? 'deposit' : 'withdrawal', amount: amount as Money }
    }
    default:
      return {
        what: 'deleverage',
        account,
        instrument,
        side,
        qty: randomQty(chance, desk.instruments[instrument]),
        price: aim.newest,
      }
  }
}

function cancelCommand(chance: Prng, account: number, aim: Aim, known: readonly string[], n: number, desk: Desk): Command {
  const clientOrderId = known.length > 0 && chance.chance(0.93) ? pick(chance, known.slice(-6)) : `nobody-${n}`
  return {
    what: 'cancel',
    account: chance.chance(0.97) ? account : (account + 1) % desk.accounts,
    instrument: chance.chance(0.97) ? aim.instrument : (aim.instrument + 1) % desk.instruments.length,
    clientOrderId,
  }
}

function amendCommand(chance: Prng, account: number, aim: Aim, limits: readonly string[], desk: Desk, n: number): Command {
  const { instrument } = aim
  return {
    what: 'amend',
    amend: {
      account,
      instrument,
      clientOrderId: chance.chance(0.97) ? pick(chance, limits.slice(-4)) : `nobody-${n}`,
      price: randomPrice(chance, desk.instruments[instrument], aim),
      qty: randomQty(chance, desk.instruments[instrument]),
    },
  }
}

const TYPES: readonly OrderType[] = [
  'market',
  'market',
  'market',
  'limit',
  'limit',
  'limit',
  'limit',
  'stop-market',
  'stop-market',
  'stop',
  'take-profit',
  'take-profit-market',
  'trailing-stop-market',
]

function randomOrder(
  chance: Prng,
  account: number,
  aim: Aim,
  desk: Desk,
  memory: Memory,
  n: number,
  sentAt: Micros,
): OrderRequest {
  const instrument = desk.instruments[aim.instrument]
  const key = `${account} ${aim.instrument}`
  const known = remembered(memory.known, key)
  const clientOrderId = known.length > 0 && chance.chance(0.04) ? pick(chance, known.slice(-6)) : `o${n}`
  const hedged = memory.hedged[account] !== chance.chance(0.02)
  const positionSide: PositionSide = hedged ? pick(chance, ['long', 'short']) : 'both'
  const slot = `${key} ${positionSide}`
  const held = memory.intended.get(slot) ?? 0
  const wish = pick<Closing>(chance, hedged ? ['none', 'whole'] : ['none', 'none', 'part', 'part', 'whole'])
  const closing = held === 0 && chance.chance(0.7) ? 'none' : wish
  const against: OrderSide = held > 0 ? 'sell' : 'buy'
  const own: OrderSide = positionSide === 'short' ? 'sell' : 'buy'
  const side: OrderSide = hedged
    ? closing === 'none'
      ? own
      : opposite(own)
    : held !== 0 && closing !== 'none' && chance.chance(0.75)
      ? against
      : pick(chance, ['buy', 'sell'])
  const type = pick(chance, TYPES)
  const isConditional = type !== 'market' && type !== 'limit'
  const hasLimit = type === 'limit' || type === 'stop' || type === 'take-profit'
  const isWhole = (type === 'stop-market' || type === 'take-profit-market') && closing === 'whole' && chance.chance(0.4)
  const sized = isWhole
    ? { qty: 0 as Qty, closes: 0 as Qty }
    : randomClosing(chance, closing, randomQty(chance, instrument), held, instrument.rules[0].step)
  const reduceOnly = !hedged && closing === 'whole' && !isWhole && chance.chance(0.8)
  const timeInForce: TimeInForce = hasLimit ? pick(chance, ['GTC', 'GTC', 'GTC', 'IOC', 'FOK', 'GTX', 'GTD']) : 'GTC'
  const stopId = known.length > 0 && chance.chance(0.06) ? pick(chance, known.slice(-6)) : `s${n}`
  // What an order leaves that only closes is on the other side: its stop has its own side.
  const protects: OrderSide = closing === 'whole' ? side : opposite(side)
  const stopSide = chance.chance(0.12) ? opposite(protects) : protects
  const stops = remembered(memory.stops, key)
  const attached =
    !isWhole && chance.chance(0.35) ? randomAttached(chance, instrument, aim, stopSide, sized.qty, stops, stopId) : undefined
  const closed = Math.sign(held) === -sideSign(side) ? Math.min(sized.closes, Math.abs(held)) : 0
  memory.intended.set(slot, held + sideSign(side) * (closed + sized.qty - sized.closes))
  known.push(clientOrderId)
  if (hasLimit) remembered(memory.limits, key).push(clientOrderId)
  if (attached?.stop !== undefined) {
    known.push(attached.stop.clientOrderId)
    stops.push(attached.stop.clientOrderId)
  }
  const order: OrderRequest = {
    clientOrderId,
    account,
    instrument: aim.instrument,
    side,
    positionSide,
    type,
    timeInForce,
    ...sized,
    price: hasLimit ? randomPrice(chance, instrument, aim) : undefined,
    trigger: isConditional && type !== 'trailing-stop-market' ? randomTrigger(chance, instrument, aim, type, side) : undefined,
    workingType: isConditional && chance.chance(0.4) ? 'mark' : 'last',
    reduceOnly,
    terms: randomTerms(chance, instrument, aim, { type, side, timeInForce, isWhole, isConditional, desk, sentAt }),
    attached,
    shares: [{ strategy: 0, qty: sized.qty }],
    reason: pick(chance, ['signal', 'reversal', 'flatten']),
    decisionPrice: aim.newest,
    decidedAt: sentAt,
  }
  return chance.chance(0.05) ? spoilt(chance, order) : order
}

function remembered(of: Map<string, string[]>, key: string): string[] {
  const found = of.get(key) ?? []
  of.set(key, found)
  return found
}

/** An order with a mistake. */
function spoilt(chance: Prng, order: OrderRequest): OrderRequest {
  const { terms } = order
  return pick<OrderRequest>(chance, [
    { ...order, qty: 0 as Qty },
    { ...order, price: undefined, trigger: undefined },
    { ...order, price: order.price === undefined ? undefined : (0 as Price) },
    { ...order, trigger: 0 as Price },
    { ...order, terms: { ...terms, callback: rateOf('0.21') } },
    { ...order, terms: { ...terms, activation: 0 as Price } },
    { ...order, terms: { ...terms, closePosition: true } },
    { ...order, closes: (order.qty + 1) as Qty },
    { ...order, reduceOnly: true },
    { ...order, timeInForce: 'GTD', terms: { ...terms, goodTill: undefined } },
    { ...order, timeInForce: pick(chance, ['FOK', 'IOC', 'GTX', 'GTD']) },
    { ...order, price: order.price === undefined ? undefined : ((order.price + 1) as Price) },
    { ...order, qty: (order.qty + 1) as Qty },
    { ...order, qty: (order.qty * 50) as Qty },
    { ...order, instrument: 9 },
    { ...order, positionSide: pick(chance, ['both', 'long', 'short']) },
  ])
}

function randomTerms(
  chance: Prng,
  instrument: Instrument,
  aim: Aim,
  of: {
    readonly type: OrderType
    readonly side: OrderSide
    readonly timeInForce: TimeInForce
    readonly isWhole: boolean
    readonly isConditional: boolean
    readonly desk: Desk
    readonly sentAt: number
  },
): OrderTerms {
  const isTrailing = of.type === 'trailing-stop-market'
  const ways = { buy: -1, sell: 1 } as const
  const { tick } = instrument.rules[0]
  const away = chance.chance(0.85) ? chance.int(1, 5) : -chance.int(0, 3)
  const life = pick(chance, [600 * SECOND, 601 * SECOND, 15 * MINUTE, 20 * MINUTE, HOUR, 5 * HOUR])
  return {
    ...PLAIN_TERMS,
    closePosition: of.isWhole,
    priceProtect: of.isConditional && chance.chance(0.3),
    activation:
      isTrailing && chance.chance(0.5) ? (Math.max(tick, aim.newest + ways[of.side] * away * tick) as Price) : undefined,
    callback: (isTrailing ? rateOf(pick(chance, ['0.001', '0.005', '0.01', '0.02', '0.04'])) : 0) as Rate,
    selfTrade: pick<SelfTradePrevention>(chance, ['none', 'expire-taker', 'expire-maker', 'expire-maker', 'expire-both']),
    goodTill:
      of.timeInForce === 'GTD'
        ? ((chance.chance(0.5)
            ? Math.ceil((of.sentAt + of.desk.orderLatency + life) / MINUTE) * MINUTE
            : of.sentAt + of.desk.orderLatency + life) as Micros)
        : undefined,
  }
}

/** About 0.1 to 5 units of the base asset, round ones and odd ones, on the step. */
function randomQty(chance: Prng, instrument: Instrument): Qty {
  const unit = 10 ** instrument.qtyScale
  const { step } = instrument.rules[0]
  const size = chance.chance(0.6) ? chance.int(1, 3) * unit : chance.int(unit / 10, 5 * unit)
  return (Math.max(1, Math.floor(size / step)) * step) as Qty
}

type Closing = 'none' | 'part' | 'whole'

/** Closing parts: all that should be held, a part of it, more than it, or anything. */
function randomClosing(
  chance: Prng,
  closing: Closing,
  qty: Qty,
  held: number,
  step: number,
): { readonly qty: Qty; readonly closes: Qty } {
  if (closing === 'none') return { qty, closes: 0 as Qty }
  const size = Math.abs(held)
  const some = pick(chance, [size, size, Math.floor(size / 2 / step) * step, Math.floor((size * 1.5) / step) * step, qty])
  const closes = (some > 0 ? some : qty) as Qty
  return { qty: (closing === 'whole' ? closes : closes + qty) as Qty, closes }
}

/** At, next to, or a little off one of the row's prices. */
function randomPrice(chance: Prng, instrument: Instrument, { prices }: Aim): Price {
  const { tick } = instrument.rules[0]
  const away = pick(chance, [0, 0, 1, -1, 2, -2, chance.int(-8, 8)])
  return Math.max(tick, pick(chance, prices) + away * tick) as Price
}

/** Mostly on the side of the newest price on which it does not fire at once. */
function randomTrigger(chance: Prng, instrument: Instrument, aim: Aim, type: OrderType, side: OrderSide): Price {
  const { tick } = instrument.rules[0]
  if (chance.chance(0.3)) return randomPrice(chance, instrument, aim)
  const isForUs = type === 'take-profit' || type === 'take-profit-market'
  const way = (side === 'buy') === isForUs ? -1 : 1
  return Math.max(tick, aim.newest + way * chance.int(1, 5) * tick) as Price
}

function randomAttached(
  chance: Prng,
  instrument: Instrument,
  aim: Aim,
  side: OrderSide,
  qty: Qty,
  earlier: readonly string[],
  clientOrderId: string,
): AttachedOrders {
  const cancels = earlier.length > 0 && chance.chance(0.6) ? earlier.slice(-chance.int(1, 2)) : []
  if (chance.chance(0.1)) return { cancels, stop: undefined }
  const { tick } = instrument.rules[0]
  const protective = side === 'sell' ? -1 : 1
  // Now and then on the wrong side, so that it acts at once.
  const away = chance.chance(0.15) ? -protective * chance.int(0, 3) : protective * chance.int(0, 6)
  const trigger = Math.max(tick, aim.prices[0] + away * tick) as Price
  const whole = chance.chance(0.6)
  const stopQty = whole ? qty : (Math.max(1, Math.floor(qty * pick(chance, [0.5, 0.25, 1.5]))) as Qty)
  const workingType = chance.chance(0.25) ? 'mark' : 'last'
  return { cancels, stop: { clientOrderId, side, trigger, qty: stopQty, workingType } }
}
