/**
 * How much money to move between a margin account and a spot account that carry the two legs of one pair: the short leg's margin
 * must not run dry in a rally while the other account grows. docs/strategies/funding-arbitrage.md, "Two accounts".
 */
import { assert } from '../core/errors.ts'
import { formatUnits, timesRate, ZERO } from '../core/exact.ts'
import type { Money, Rate } from '../core/exact.ts'
import type { TransferRequest } from '../domain/decision.ts'

/** One account in the asset that is moved. */
export interface AccountFunds {
  readonly account: number
  /** Wallet plus unrealised profit; for spot the value of everything that is held. */
  readonly equity: Money
  /** What the venue lets out now: margin in use and held coins are not in it. */
  readonly free: Money
  /** Equity that shall stay: the margin buffer of what is open, respectively money for what is about to be bought. */
  readonly needed: Money
}

export interface BalanceRule {
  /** The margin account's part of both equities, 0 to 1. */
  readonly marginShare: Rate
  /** Nothing moves while the margin account is this near to it, as a part of both equities. */
  readonly band: Rate
  /** Smaller transfers are not worth it; at least one money unit. */
  readonly least: Money
}

/**
 * The transfer that brings the margin account to its share, or undefined. It moves beyond the band all the way to the share, so that
 * the next small change does not move money back, and whatever the band says when the margin account has less than it needs: that need comes
 * before the spot account's. Only free money moves.
 */
export function balanceAccounts(
  margin: AccountFunds,
  spot: AccountFunds,
  { name, scale }: { readonly name: string; readonly scale: number },
  { marginShare, band, least }: BalanceRule,
): TransferRequest | undefined {
  assert(margin.account !== spot.account, () => `account ${margin.account} cannot be balanced against itself`)
  const total = (margin.equity + spot.equity) as Money
  if (total <= ZERO) return undefined
  const goal = smaller(larger(timesRate(total, marginShare), margin.needed), total)
  const lacking = (goal - margin.equity) as Money
  const starved = margin.equity < margin.needed
  const width = timesRate(total, band)
  if (!starved && lacking <= width && lacking >= -width) return undefined
  const [from, to] = lacking > ZERO ? [spot, margin] : [margin, spot]
  const spare = starved && from === spot ? from.free : smaller(from.free, (from.equity - from.needed) as Money)
  const amount = smaller(lacking > ZERO ? lacking : (-lacking as unknown as Money), spare)
  if (amount <= ZERO || amount < least) return undefined
  const words = starved ? 'the margin account has less than it needs' : 'the margin account is away from its share'
  const reason = `${words}: ${formatUnits(margin.equity, scale)} of ${formatUnits(total, scale)} ${name}, it shall be ${formatUnits(goal, scale)}`
  return { from: from.account, to: to.account, asset: name, amount, reason }
}

const smaller = (a: Money, b: Money): Money => (a < b ? a : b)
const larger = (a: Money, b: Money): Money => (a > b ? a : b)
