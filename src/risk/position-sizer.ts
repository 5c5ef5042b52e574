/** From a share of capital to a quantity. Says what set it. */
import type { Qty } from '../core/exact.ts'
import type { Target, Weight } from '../domain/decision.ts'
import type { View } from '../domain/view.ts'

/** Passes an exact quantity through; else fraction x equity / price, rounded down to the step. */
export function sizePosition(weight: Weight, account: number, view: View): Target {
  const { signal, fraction } = weight
  const regime = view.regime(signal.instrument)
  const of = (qty: number, bound: string): Target => ({ signal, qty: qty as Qty, bound, weight, constraints: [], regime })
  if (signal.qty !== undefined) return of(signal.qty, 'signal')
  const instrument = view.instruments[signal.instrument]
  const price = view.lastPrice(signal.instrument)
  if (signal.direction === 0 || price <= 0) return of(0, 'signal')
  // Equity and price x qty are both money units, so their quotient counts quantity units.
  const { step } = instrument.rulesAt(view.time)
  const steps = Math.floor(Math.max(0, (Math.abs(fraction) * view.equity(account)) / price) / step)
  return of(Math.sign(fraction) * steps * step, 'fraction')
}
