/**
 * Assets that are owned and not only bet on: how a quantity of a spot instrument is booked in the base asset's wallet.
 *
 * An account of kind `spot` holds of each base asset exactly what its position says: the position is the wallet in quantity
 * units, negative where the asset is borrowed.
 */
import { assert } from '../core/errors.ts'
import { pow10Big } from '../core/exact.ts'
import type { Money, Qty } from '../core/exact.ts'
import type { Instrument } from './instrument.ts'

/** Units of the base asset's wallet in one quantity unit. */
export function baseUnits({ symbol, base, qtyScale }: Pick<Instrument, 'symbol' | 'base' | 'qtyScale'>): bigint {
  assert(base.scale >= qtyScale, () => `${base.name} is booked more coarsely than ${symbol} is traded`)
  return pow10Big(base.scale - qtyScale)
}

/** What a wallet of the base asset gains by a signed quantity. */
export const baseAmount = (instrument: Instrument, qty: Qty): Money => (BigInt(qty) * baseUnits(instrument)) as Money

/** The whole quantity units in an amount of the base asset, rounded down: of what is owned less, of what is owed more. */
export function qtyOfBase(instrument: Instrument, amount: Money): Qty {
  const units = baseUnits(instrument)
  const whole = amount / units
  return Number(whole * units > amount ? whole - 1n : whole) as Qty
}

/** The spot instrument that trades an asset against the asset in which equity is measured; undefined when none does. */
export const spotOf = (instruments: readonly Instrument[], asset: string, settle: string): Instrument | undefined =>
  instruments.find(({ kind, base, quote }) => kind === 'spot' && base.name === asset && quote.name === settle)
