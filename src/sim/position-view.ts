/**
 * A position as the exchange shows it: the figures F1 to F3, F7 and F8 of docs/venue.md.
 */
import type { Money, Qty } from '../core/exact.ts'
import type { PositionSide } from '../domain/order.ts'
import { SIDES } from './margin-account.ts'
import type { MarginAccount } from './margin-account.ts'
import {
  entryPrice,
  exactMaintenance,
  exactNotional,
  initialMargin,
  liquidationPrice,
  MAINTENANCE_SCALE,
  maintenanceMargin,
  marginRatio,
  notionalAt,
  unrealisedAt,
} from '../domain/margin.ts'
import type { Ratio } from '../domain/margin.ts'
import type { Book } from './venue-book.ts'

export interface PositionView {
  /** Signed. */
  readonly qty: Qty
  /** In price units; undefined when flat. */
  readonly entryPrice: Ratio | undefined
  /** In price units; undefined when there is none above 0. */
  readonly liquidationPrice: Ratio | undefined
  /** In mark units. */
  readonly mark: number
  readonly notional: Money
  readonly unrealised: Money
  readonly initialMargin: Money
  readonly maintenanceMargin: Money
  /** Of the isolated position, or of all cross positions together. */
  readonly marginRatio: number
  readonly isolatedWallet: Money
}

export function positionView(account: MarginAccount, books: readonly Book[], book: Book, side: PositionSide): PositionView {
  const i = book.instrument.index
  const { qty, cost } = account.position(i, side)
  const mark = book.mark()
  const perPrice = BigInt(book.markPerPrice)
  const size = exactNotional(qty, mark)
  const brackets = account.bracketsOf(i)
  return {
    qty,
    entryPrice: entryPrice({ qty, cost }),
    liquidationPrice: liquidationOf(account, books, book, side),
    mark,
    notional: notionalAt(qty, mark, perPrice),
    unrealised: unrealisedAt(qty, cost, mark, perPrice),
    initialMargin: initialMargin(size, account.leverage[i], perPrice),
    maintenanceMargin: maintenanceMargin(brackets, size, perPrice),
    marginRatio: ratioOf(account, books, book, side),
    isolatedWallet: account.isolatedWallet(i, side),
  }
}

/** F8 */
function liquidationOf(account: MarginAccount, books: readonly Book[], book: Book, side: PositionSide): Ratio | undefined {
  const i = book.instrument.index
  const brackets = account.bracketsOf(i)
  if (account.isolated[i]) {
    const positions = [account.position(i, side)]
    const walletBalance = account.isolatedWallet(i, side)
    return liquidationPrice({ walletBalance, otherMaintenance: 0n, otherUnrealised: 0n, positions, brackets })
  }
  // Marks of different instruments have different units: all of it in the finest.
  const finest = books.reduce((most, other) => Math.max(most, other.markPerPrice), 1)
  let [otherMaintenance, otherUnrealised] = [0n, 0n]
  for (const other of books) {
    const j = other.instrument.index
    if (j === i || account.isolated[j]) continue
    const scale = BigInt(finest / other.markPerPrice)
    for (const each of SIDES) {
      const { qty, cost } = account.position(j, each)
      if (qty === 0) continue
      const size = exactNotional(qty, other.mark())
      const perPrice = BigInt(other.markPerPrice)
      otherMaintenance += exactMaintenance(account.bracketsOf(j), size, perPrice) * scale
      otherUnrealised += (size - cost * perPrice) * MAINTENANCE_SCALE * scale
    }
  }
  const positions = SIDES.map((each) => account.position(i, each))
  const finer = BigInt(finest) * MAINTENANCE_SCALE
  return liquidationPrice({ walletBalance: account.crossWallet, otherMaintenance, otherUnrealised, finer, positions, brackets })
}

/** F7 */
function ratioOf(account: MarginAccount, books: readonly Book[], book: Book, side: PositionSide): number {
  const isIsolated = account.isolated[book.instrument.index]
  let balance: bigint = isIsolated ? account.isolatedWallet(book.instrument.index, side) : account.crossWallet
  let maintenance = 0n
  for (const other of books) {
    const j = other.instrument.index
    if (isIsolated ? other !== book : account.isolated[j]) continue
    const perPrice = BigInt(other.markPerPrice)
    for (const each of SIDES) {
      const { qty, cost } = account.position(j, each)
      if (qty === 0 || (isIsolated && each !== side)) continue
      balance += unrealisedAt(qty, cost, other.mark(), perPrice)
      maintenance += maintenanceMargin(account.bracketsOf(j), exactNotional(qty, other.mark()), perPrice)
    }
  }
  return marginRatio(maintenance, balance)
}
