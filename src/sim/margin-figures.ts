/**
 * The figures of a margin account as docs/venue.md defines them (F1 to F9, V10): exact, over plain numbers, of no account in particular.
 *
 * A mark price has more decimals than a traded price: one price unit is `perPrice` mark units. So quantity x mark is a
 * notional in money units times `perPrice`; functions that take such a notional take `perPrice` with it.
 */
import { formatUnits, notional, pow10Big, RATE_SCALE, share } from '../core/exact.ts'
import type { Money, Price, Qty } from '../core/exact.ts'
import type { MarginBracket } from '../domain/instrument.ts'
import type { PositionState } from '../domain/position.ts'

/** Exact quotient, the denominator above 0. */
export interface Ratio {
  readonly numerator: bigint
  readonly denominator: bigint
}

const RATE_ONE = pow10Big(RATE_SCALE)

const sizeOf = (amount: bigint): bigint => (amount < 0n ? -amount : amount)
const notNegative = (amount: bigint): Money => (amount < 0n ? 0n : amount) as Money

// ---- F1 to F3: a position at a mark ---------------------------------------------------------------------------------------

/** Signed notional of a position at a mark, in money units times `perPrice`: exact. */
export const exactNotional = (qty: number, mark: number): bigint => BigInt(qty) * BigInt(mark)

/** Signed notional at a mark, truncated toward zero: as the venue shows it. */
export const notionalAt = (qty: number, mark: number, perPrice: bigint): Money => (exactNotional(qty, mark) / perPrice) as Money

/** F1: quantity x mark - cost, truncated toward zero. */
export const unrealisedAt = (qty: number, cost: bigint, mark: number, perPrice: bigint): Money =>
  ((exactNotional(qty, mark) - cost * perPrice) / perPrice) as Money

/** How much finer than the money unit times `perPrice` the result of `exactMaintenance` is. */
export const MAINTENANCE_SCALE = RATE_ONE

/** F2 of a notional (either sign) in money units times `perPrice`; the result is finer by another `MAINTENANCE_SCALE`. No table: 0. */
export function exactMaintenance(brackets: readonly MarginBracket[], notional: bigint, perPrice: bigint): bigint {
  if (brackets.length === 0) return 0n
  const size = sizeOf(notional)
  const { rate, cum } = brackets[bracketIndex(brackets, size, perPrice)]
  return size * BigInt(rate) - cum * perPrice * RATE_ONE
}

/** The last bracket whose floor lies below the notional; the first for none. */
function bracketIndex(brackets: readonly MarginBracket[], size: bigint, perPrice: bigint): number {
  let found = 0
  for (let k = 1; k < brackets.length && size > brackets[k].floor * perPrice; k++) found = k
  return found
}

/** F2, truncated: maintenance margin of a notional in money units times `perPrice`. */
export const maintenanceMargin = (brackets: readonly MarginBracket[], notional: bigint, perPrice = 1n): Money =>
  (exactMaintenance(brackets, notional, perPrice) / (perPrice * RATE_ONE)) as Money

/** F3, truncated: initial margin of a notional in money units times `perPrice`. */
export const initialMargin = (notional: bigint, leverage: number, perPrice = 1n): Money =>
  (sizeOf(notional) / (perPrice * BigInt(leverage))) as Money

// ---- F4 to F7: orders and the account -------------------------------------------------------------------------------------

/** What the open orders of one instrument would open: notionals at the orders' prices, in money units, not negative. */
export interface OpenOrderNotionals {
  readonly bids: bigint
  readonly asks: bigint
}

/**
 * F4 in one-way mode: what the orders could add to the position's initial margin, truncated.
 * `position` is the signed notional in money units times `perPrice`.
 */
export function openOrderMargin(position: bigint, { bids, asks }: OpenOrderNotionals, leverage: number, perPrice: bigint): Money {
  const bought = sizeOf(position + bids * perPrice)
  const sold = sizeOf(position - asks * perPrice)
  const added = (bought > sold ? bought : sold) - sizeOf(position)
  return notNegative(added / (perPrice * BigInt(leverage)))
}

/** F4 in hedge mode: each side for itself; `bids` open the long side, `asks` the short one. */
export const openOrderMarginHedge = ({ bids, asks }: OpenOrderNotionals, leverage: number): Money =>
  (bids / BigInt(leverage) + asks / BigInt(leverage)) as Money

/** Part of F6, truncated: what an order loses against the mark at the moment it fills; `qty` without a sign. */
export function openLoss(side: 'buy' | 'sell', qty: Qty, price: Price, mark: number, perPrice: bigint): Money {
  const paid = BigInt(price) * perPrice
  const behind = side === 'buy' ? paid - BigInt(mark) : BigInt(mark) - paid
  return notNegative((BigInt(qty) * behind) / perPrice)
}

/** F5 of the sums over the account: unrealised profit of cross positions, initial margins of cross positions and of all orders. */
export const availableBalance = (crossWallet: bigint, crossUnrealised: bigint, initialMargins: bigint): Money =>
  notNegative(crossWallet + crossUnrealised - initialMargins)

/** F7, for analytics and messages: Infinity when nothing is left to set against the maintenance margin, 0 when none is needed. */
export function marginRatio(maintenance: bigint, marginBalance: bigint): number {
  if (maintenance <= 0n) return 0
  return marginBalance <= 0n ? Infinity : Number(maintenance) / Number(marginBalance)
}

// ---- V10: isolated wallets ------------------------------------------------------------------------------------------------

/** One fill of an isolated position. Quantities without a sign. */
export interface IsolatedFill {
  /** How much was held, and how much of it the fill closes. */
  readonly held: Qty
  readonly closed: Qty
  /** How much it opens beyond that. */
  readonly opened: Qty
  readonly price: Price
  readonly leverage: number
  readonly fee: bigint
}

/**
 * V10: the isolated wallet after a fill. What the fill closes takes its share out; what it opens brings its initial margin
 * and pays its own part of the fee. The account's wallet changes by realised profit less fee, whatever moves inside of it:
 * so the cross wallet changes by that less what this one gained.
 */
export function isolatedWalletAfter(wallet: bigint, { held, closed, opened, price, leverage, fee }: IsolatedFill): Money {
  const kept = closed === 0 ? wallet : wallet - share(wallet as Money, closed, held)
  if (opened === 0) return kept as Money
  const closingFee = share(fee as Money, closed, (closed + opened) as Qty)
  return (kept + initialMargin(notional(price, opened), leverage) - (fee - closingFee)) as Money
}

// ---- Brackets and leverage ------------------------------------------------------------------------------------------------

/** V1.18: the largest notional that a leverage allows; 0 when it is above every bracket's, undefined without a table. */
export function maxNotional(brackets: readonly MarginBracket[], leverage: number): Money | undefined {
  if (brackets.length === 0) return undefined
  return brackets.findLast(({ maxLeverage: most }) => most >= leverage)?.cap ?? (0n as Money)
}

/** V9: the highest leverage there is, bracket 1's; undefined without a table. */
export const maxLeverage = (brackets: readonly MarginBracket[]): number | undefined => brackets.at(0)?.maxLeverage

// ---- F8 and F9: prices ----------------------------------------------------------------------------------------------------

export interface LiquidationTerms {
  /** WB: the cross wallet, or the isolated wallet of the position. */
  readonly walletBalance: bigint
  /** TMM and UPNL: of the account's other cross positions, 0 for an isolated one; in money units times `finer`. */
  readonly otherMaintenance: bigint
  readonly otherUnrealised: bigint
  /** How much finer than money units those two are; 1 unless given. */
  readonly finer?: bigint
  /** The positions of one instrument that stand or fall together: one, or long and short of a cross hedge. Flat ones do not matter. */
  readonly positions: readonly PositionState[]
  readonly brackets: readonly MarginBracket[]
}

/**
 * F8: the price, in price units, at which margin balance and maintenance margin are equal. Undefined when there is none above 0.
 *
 * Source: the exchange's closed form, `(WB - TMM + UPNL + cum - s Q EP) / (Q MMR - s Q)`, summed over long and short. It holds
 * for the brackets of the notionals at the result, so it is solved between every two prices at which a bracket changes, from
 * below, and the first result that lies where it was solved for is the answer. Where a table is continuous there is one answer
 * at most: a long position's balance rises faster than its maintenance (rates are below 1), a short one's or a net short pair's
 * falls. Only of a pair that is net long both ends may threaten (the difference is concave); then the lower one is the answer.
 */
export function liquidationPrice({
  walletBalance,
  otherMaintenance,
  otherUnrealised,
  finer = 1n,
  positions,
  brackets,
}: LiquidationTerms): Ratio | undefined {
  const held = positions.filter(({ qty }) => qty !== 0)
  const others = (walletBalance * finer - otherMaintenance + otherUnrealised) * RATE_ONE
  const cost = held.reduce((sum, position) => sum + position.cost, 0n)
  const net = held.reduce((sum, { qty }) => sum + BigInt(qty), 0n)
  // Which bracket each position is in, from the lowest price upwards.
  const at = held.map(() => 0)
  let from: Ratio = { numerator: 0n, denominator: 1n }
  while (held.length > 0) {
    const next = nextChange(held, at, brackets)
    let cum = 0n
    let steep = -net * RATE_ONE
    held.forEach(({ qty }, i) => {
      if (brackets.length === 0) return
      cum += brackets[at[i]].cum
      steep += sizeOf(BigInt(qty)) * BigInt(brackets[at[i]].rate)
    })
    const price = quotient(others + (cum - cost) * finer * RATE_ONE, steep * finer)
    if (price !== undefined && isAbove(price, from) && (next === undefined || !isAbove(price, next.price))) return price
    if (next === undefined) return undefined
    from = next.price
    at[next.position] += 1
  }
  return undefined
}

/** The lowest price at which one of the positions leaves its bracket. */
function nextChange(
  positions: readonly PositionState[],
  at: readonly number[],
  brackets: readonly MarginBracket[],
): { readonly position: number; readonly price: Ratio } | undefined {
  let found: { position: number; price: Ratio } | undefined
  positions.forEach(({ qty }, position) => {
    const next = brackets.at(at[position] + 1)
    if (next === undefined) return
    const price = { numerator: next.floor, denominator: sizeOf(BigInt(qty)) }
    if (found === undefined || isAbove(found.price, price)) found = { position, price }
  })
  return found
}

/**
 * F9: the price at which closing at no cost would give back the cost and the fees of what is open; undefined when flat.
 * `fees` as they were before truncation, in money units times 1e10: price x quantity x rate of what opened it.
 */
export const breakEvenPrice = ({ qty, cost }: PositionState, fees: bigint): Ratio | undefined =>
  quotient(cost * RATE_ONE + fees, BigInt(qty) * RATE_ONE)

/** Average entry price; undefined when flat. */
export const entryPrice = ({ qty, cost }: PositionState): Ratio | undefined => quotient(cost, BigInt(qty))

/** A price in price units as decimal text with at most `decimals` digits after the point, truncated toward zero as the venue shows it. */
export function formatRatio({ numerator, denominator }: Ratio, priceScale: number, decimals = 8): string {
  const finer = Math.max(decimals, priceScale)
  const units = (numerator * pow10Big(finer - priceScale)) / denominator
  return formatUnits(units / pow10Big(finer - decimals), decimals)
}

function quotient(numerator: bigint, denominator: bigint): Ratio | undefined {
  if (denominator === 0n) return undefined
  return denominator < 0n ? { numerator: -numerator, denominator: -denominator } : { numerator, denominator }
}

const isAbove = (a: Ratio, b: Ratio): boolean => a.numerator * b.denominator > b.numerator * a.denominator
