/**
 * The account must survive a stated move against all its positions at once: what is left of equity then exceeds the
 * maintenance margin then. The rule of the limit of the same name, solved for the size of one position.
 *
 * All positions lose together, because in a crash they do; that a hedge gains then is not counted.
 */
import { defineConstraint } from './constraint.ts'
import type { View } from '../../domain/view.ts'

export const liquidation = defineConstraint({
  name: 'liquidation',
  description:
    'the account survives a move of `risk.liquidation.stress` against all positions: equity left exceeds maintenance margin',
  settings: { enabled: { default: true, description: 'apply it' } },
  most({ signal, fraction }, account, view, _settings, { stress }) {
    const { instrument, strategy } = signal
    const side = Math.sign(fraction)
    const left = equityAfterOthers(account, instrument, view, stress)
    // What other books hold here counts against what this one may add, or for it on the other side.
    const others = view.netQty(account, instrument) - view.bookQty(strategy, instrument)
    return Math.max(0, largestNet(instrument, side, left, view, stress) - side * others)
  },
})

/** Equity less what every other instrument loses and ties up after the move. */
function equityAfterOthers(account: number, own: number, view: View, stress: number): number {
  let left = view.equity(account)
  for (let i = 0; i < view.instruments.length; i++) if (i !== own) left -= demand(i, view.netQty(account, i), view, stress)
  return left
}

/** What a position takes of equity in the move: its loss, and its maintenance margin at the price after it. */
function demand(instrument: number, qty: number, view: View, stress: number): number {
  if (qty === 0) return 0
  const price = view.lastPrice(instrument)
  const after = price * (1 - Math.sign(qty) * stress)
  return Math.abs(qty) * price * stress + view.maintenanceMargin(instrument, qty, after)
}

/**
 * The largest whole net position, without its sign, whose demand is below `left`: demand rises with size, so by halving. It is a line
 * within a bracket, so where a line through both ends says is looked at first, on both sides of it; that only makes it shorter.
 */
function largestNet(instrument: number, side: number, left: number, view: View, stress: number): number {
  if (!(left > 0)) return 0
  if (side === 0 || stress === 0) return Infinity
  let fits = 0
  let tooMuch = Math.min(Number.MAX_SAFE_INTEGER, Math.ceil(left / (view.lastPrice(instrument) * stress)) + 1)
  let least = 0
  let most = demand(instrument, side * tooMuch, view, stress)
  for (let look = 0; tooMuch - fits > 1; look++) {
    const line = fits + Math.floor(((left - least) / (most - least)) * (tooMuch - fits)) + (look % 3)
    const middle = look % 3 < 2 && line > fits && line < tooMuch ? line : fits + Math.floor((tooMuch - fits) / 2)
    const needed = demand(instrument, side * middle, view, stress)
    if (needed < left) {
      fits = middle
      least = needed
    } else {
      tooMuch = middle
      most = needed
    }
  }
  return fits
}
