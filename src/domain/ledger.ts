/**
 * Typed entries per account and asset; the sum of an account's entries in an asset is its wallet, always.
 *
 * Over all accounts plus the fee pool and the insurance fund every entry has its counter-entry, so the sum over
 * everything is constant.
 */
import { ZERO } from '../core/exact.ts'
import type { Money } from '../core/exact.ts'
import type { Micros } from '../core/time.ts'

export const LEDGER_KINDS = [
  'deposit',
  'withdrawal',
  'realised',
  'funding',
  'commission',
  'exchange',
  'borrow-interest',
  'liquidation-fee',
  'insurance-cover',
  'transfer',
  'adjustment',
] as const
export type LedgerKind = (typeof LEDGER_KINDS)[number]

export interface LedgerEntry {
  readonly kind: LedgerKind
  readonly account: number
  readonly asset: string
  /** Signed: positive makes the wallet larger. */
  readonly amount: Money
  readonly time: Micros
  /** What caused it: a trade id, a funding settlement, a command. */
  readonly cause: string
}

/** One asset of one account: what is in it, and what brought it there. */
class Wallet {
  amount: Money = ZERO
  /** By the place of the kind in `LEDGER_KINDS`. */
  readonly byKind: Money[] = LEDGER_KINDS.map(() => ZERO)
}

const KIND_INDEX = Object.freeze(Object.fromEntries(LEDGER_KINDS.map((kind, i) => [kind, i]))) as Readonly<
  Record<LedgerKind, number>
>

/** The wallets of one account: per asset, the exact sum of what was booked, and that sum by kind. */
export class Ledger {
  readonly account: number
  readonly #wallets = new Map<string, Wallet>()
  #entries = 0

  constructor(account: number) {
    this.account = account
  }

  /** Books an amount and returns the new wallet. */
  book(kind: LedgerKind, asset: string, amount: Money): Money {
    let wallet = this.#wallets.get(asset)
    if (wallet === undefined) {
      wallet = new Wallet()
      this.#wallets.set(asset, wallet)
    }
    const index = KIND_INDEX[kind]
    wallet.amount = (wallet.amount + amount) as Money
    wallet.byKind[index] = (wallet.byKind[index] + amount) as Money
    this.#entries += 1
    return wallet.amount
  }

  wallet(asset: string): Money {
    return this.#wallets.get(asset)?.amount ?? ZERO
  }

  total(kind: LedgerKind, asset: string): Money {
    return this.#wallets.get(asset)?.byKind[KIND_INDEX[kind]] ?? ZERO
  }

  get assets(): readonly string[] {
    return [...this.#wallets.keys()]
  }

  get entries(): number {
    return this.#entries
  }

  snapshot(): LedgerState {
    return { wallets: [...this.#wallets].map(([asset, { byKind }]) => [asset, [...byKind]] as const), entries: this.#entries }
  }

  restore(state: LedgerState): void {
    this.#wallets.clear()
    for (const [asset, byKind] of state.wallets) {
      const wallet = new Wallet()
      byKind.forEach((amount, i) => {
        wallet.byKind[i] = amount as Money
        wallet.amount = (wallet.amount + amount) as Money
      })
      this.#wallets.set(asset, wallet)
    }
    this.#entries = state.entries
  }
}

export interface LedgerState {
  /** Per asset the sums in the order of `LEDGER_KINDS`, which is only ever appended to. */
  readonly wallets: readonly (readonly [string, readonly bigint[]])[]
  readonly entries: number
}
