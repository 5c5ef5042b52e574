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

/** The wallets of one account: per asset, the exact sum of what was booked, and that sum by kind. */
export class Ledger {
  readonly account: number
  readonly #wallets = new Map<string, Money>()
  readonly #byKind = new Map<string, Money>()
  #entries = 0

  constructor(account: number) {
    this.account = account
  }

  /** Books an amount and returns the new wallet. */
  book(kind: LedgerKind, asset: string, amount: Money): Money {
    const wallet = ((this.#wallets.get(asset) ?? ZERO) + amount) as Money
    this.#wallets.set(asset, wallet)
    const key = `${asset} ${kind}`
    this.#byKind.set(key, ((this.#byKind.get(key) ?? ZERO) + amount) as Money)
    this.#entries += 1
    return wallet
  }

  wallet(asset: string): Money {
    return this.#wallets.get(asset) ?? ZERO
  }

  total(kind: LedgerKind, asset: string): Money {
    return this.#byKind.get(`${asset} ${kind}`) ?? ZERO
  }

  get assets(): readonly string[] {
    return [...this.#wallets.keys()]
  }

  get entries(): number {
    return this.#entries
  }

  snapshot(): LedgerState {
    return { wallets: [...this.#wallets], byKind: [...this.#byKind], entries: this.#entries }
  }

  restore(state: LedgerState): void {
    this.#wallets.clear()
    for (const [asset, amount] of state.wallets) this.#wallets.set(asset, amount as Money)
    this.#byKind.clear()
    for (const [key, amount] of state.byKind) this.#byKind.set(key, amount as Money)
    this.#entries = state.entries
  }
}

export interface LedgerState {
  readonly wallets: readonly (readonly [string, bigint])[]
  readonly byKind: readonly (readonly [string, bigint])[]
  readonly entries: number
}
