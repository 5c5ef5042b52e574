/**
 * Who the virtual books belong to: one for each strategy instance, by its index. The list grows with the instruments. Pure.
 */
import type { Member } from '../strategy/strategy-manager.ts'

export interface BookOwner extends Member {
  /** Place of its strategy in the configuration. */
  readonly group: number
  readonly account: number
  readonly instrument: number
  /** The other leg of a pair. */
  readonly hedge: { readonly account: number; readonly instrument: number } | undefined
}

export class Books {
  readonly owners: BookOwner[] = []
  /** By book: the account of its (first) instrument. */
  readonly accountOf: number[] = []
  /** By instrument: books that hold it, either leg. */
  readonly #ofInstrument: number[][] = []

  add(owner: BookOwner): number {
    const book = this.owners.length
    this.owners.push(owner)
    this.accountOf.push(owner.account)
    this.#list(owner.instrument).push(book)
    if (owner.hedge !== undefined) this.#list(owner.hedge.instrument).push(book)
    return book
  }

  #list(instrument: number): number[] {
    return (this.#ofInstrument[instrument] ??= [])
  }

  /** Books that may hold the instrument, in the order of their indices. */
  of(instrument: number): readonly number[] {
    return this.#ofInstrument[instrument] ?? NONE
  }

  /** The account in which a book holds an instrument. */
  account(book: number, instrument: number): number {
    const { account, hedge } = this.owners[book]
    return hedge !== undefined && hedge.instrument === instrument ? hedge.account : account
  }
}

const NONE: readonly number[] = Object.freeze([])
