/**
 * Netting: what several books want changed in one instrument becomes crosses between them and at most one order's worth
 * of change for the venue. Pure.
 */
import type { Qty } from '../core/exact.ts'
import { allocate } from '../domain/order.ts'
import type { OrderShare } from '../domain/order.ts'

/** What one book wants: the signed difference between its target and what it holds or has in flight. */
export interface BookChange {
  readonly strategy: number
  readonly difference: number
}

export interface NetChange {
  /** Signed: what has to go to the venue. */
  readonly difference: number
  /** Who owns it, positive quantities that add up to its size; empty when nothing goes out. */
  readonly shares: readonly OrderShare[]
  /** Signed quantities by which books trade with each other; they add up to 0. */
  readonly crosses: readonly BookChange[]
}

/**
 * The smaller side finds its whole counterpart among the other books; the larger side gives it pro rata, the remainder to
 * the largest, and takes what is left to the venue.
 */
export function netChanges(changes: readonly BookChange[]): NetChange {
  const buys = changes.filter(({ difference }) => difference > 0)
  const sells = changes.filter(({ difference }) => difference < 0)
  const bought = total(buys)
  const sold = total(sells)
  const [larger, smaller, sign] = bought >= sold ? [buys, sells, 1] : [sells, buys, -1]
  const crossed = Math.min(bought, sold)
  const rest = Math.abs(bought - sold)
  const wanted = larger.map(sharesOf)
  const given = crossed === 0 ? [] : allocate(crossed as Qty, wanted)
  const shares = wanted
    .map(({ strategy, qty }, i) => ({ strategy, qty: (qty - (given[i]?.qty ?? 0)) as Qty }))
    .filter(({ qty }) => qty > 0)
  return {
    difference: rest === 0 ? 0 : sign * rest,
    shares,
    crosses:
      crossed === 0
        ? []
        : [...given.map(({ strategy, qty }) => ({ strategy, difference: sign * qty })), ...smaller].filter(
            ({ difference }) => difference !== 0,
          ),
  }
}

const sharesOf = ({ strategy, difference }: BookChange): OrderShare => ({ strategy, qty: Math.abs(difference) as Qty })
const total = (changes: readonly BookChange[]): number => changes.reduce((sum, { difference }) => sum + Math.abs(difference), 0)
