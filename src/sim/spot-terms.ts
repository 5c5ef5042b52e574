/**
 * What a spot account pays and whether it may borrow: the settings of rules S1 to S7 of docs/venue.md.
 */
import { rateOf } from '../core/exact.ts'
import type { Rate } from '../core/exact.ts'

export interface SpotTerms {
  /** S3: shares of the value traded, charged in the quote asset on both sides. */
  readonly takerFee: Rate
  readonly makerFee: Rate
  /** S5: whether a sale may borrow what the account lacks of the base asset. */
  readonly borrow: boolean
  /** S6: interest of a day as a share of the debt. */
  readonly borrowRate: Rate
  /** Other daily rates, by the asset that is borrowed. */
  readonly borrowRates?: Readonly<Record<string, Rate>>
  /** S5: a sale may not lift the debts above this many times equity. */
  readonly borrowLimit: Rate
  /** S7: everything is closed when assets are not above this many times the debts. */
  readonly liquidationLevel: Rate
}

export const DEFAULT_SPOT_TERMS: SpotTerms = Object.freeze({
  takerFee: rateOf('0.001'),
  makerFee: rateOf('0.001'),
  borrow: false,
  borrowRate: rateOf('0.0005'),
  borrowLimit: rateOf('2'),
  liquidationLevel: rateOf('1.1'),
})

export const borrowRateOf = ({ borrowRate, borrowRates }: SpotTerms, asset: string): Rate => borrowRates?.[asset] ?? borrowRate
