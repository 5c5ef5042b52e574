/**
 * Implementation shortfall: what a decision cost between the moment it was taken and the last fill, and where it was lost.
 *
 * Pure. Sources: A. F. Perold, The Implementation Shortfall, Journal of Portfolio Management 14 (1988); R. Kissell, The Science of
 * Algorithmic Trading and Portfolio Management (2013), chapter 3, for the parts.
 */
import {
  finiteOr,
  refuseUnless,
  requireNumber,
  requirePositive,
  requireSameLength,
  requireVector,
  type Vector,
} from '../guard.ts'
import { sum } from '../sum.ts'

export interface ShortfallOrder {
  /** 1 to buy, -1 to sell. */
  readonly side: number
  /** Units decided on, above zero. */
  readonly quantity: number
  /** Mid when the decision was taken. */
  readonly decisionMid: number
  /** Mid when the order reached the market. */
  readonly arrivalMid: number
  /** Mid at the end, at which what was not filled is missed. */
  readonly closingMid: number
  /** Columns, one value a fill; empty when nothing was filled. */
  readonly prices: Vector
  readonly quantities: Vector
  /** Mids just before each fill. */
  readonly mids: Vector
  /** ask - bid just before each fill. */
  readonly spreads: Vector
  /** Paid, money; below zero for rebates. */
  readonly fees?: number
  /** What a model expects the order itself to have moved the mid by on average, price per unit; without it every move of the mid is timing. */
  readonly expectedImpact?: number
}

/** Money, above zero is a loss. `delay + spread + impact + timing + opportunity + fees = total`. */
export interface Shortfall {
  /** side (mean fill - decision mid) filled + side (closing mid - decision mid) unfilled + fees. */
  readonly total: number
  /** side (arrival mid - decision mid) filled. */
  readonly delay: number
  /** Half of the spread before each fill. */
  readonly spread: number
  /** Beyond half of the spread, and what the model expects of the mid. */
  readonly impact: number
  /** The rest of the move of the mid from arrival to the fills. */
  readonly timing: number
  /** side (closing mid - decision mid) unfilled. */
  readonly opportunity: number
  readonly fees: number
  readonly filled: number
  readonly unfilled: number
  /** Not defined without a fill. */
  readonly averagePrice: number | undefined
  /** total / (decision mid * quantity), a fraction. */
  readonly relative: number
}

/**
 * side (average fill - decision mid) filled + side (closing mid - decision mid) unfilled + fees: implementation shortfall, split into delay, spread, impact, timing, opportunity and fees.
 * @throws MathError `shape`, `not-finite`, `out-of-domain` for a side that is not 1 or -1, prices or quantities not above zero, fills above the quantity
 */
export function implementationShortfall(order: ShortfallOrder): Shortfall {
  const {
    side,
    quantity,
    decisionMid,
    arrivalMid,
    closingMid,
    prices,
    quantities,
    mids,
    spreads,
    fees = 0,
    expectedImpact = 0,
  } = order
  requireNumber('side', side)
  refuseUnless(side === 1 || side === -1, 'out-of-domain', () => `side is ${side}; it is 1 or -1`)
  requirePositive('quantity', quantity)
  requirePositive('decisionMid', decisionMid)
  requirePositive('arrivalMid', arrivalMid)
  requirePositive('closingMid', closingMid)
  requireNumber('fees', fees)
  requireNumber('expectedImpact', expectedImpact)
  requireVector('prices', prices, 0)
  for (const [name, column] of [
    ['quantities', quantities],
    ['mids', mids],
    ['spreads', spreads],
  ] as const) {
    requireVector(name, column, 0)
    requireSameLength('prices', prices, name, column)
  }
  const n = prices.length
  const filled = sum(quantities)
  refuseUnless(filled <= quantity * (1 + 1e-12), 'out-of-domain', () => `${filled} of ${quantity} were filled`)
  // Each fill from its own differences: a sum of prices times quantities would lose the digits the shortfall is made of.
  const [paid, half, beyond, moved] = [new Float64Array(n), new Float64Array(n), new Float64Array(n), new Float64Array(n)]
  for (let i = 0; i < n; i++) {
    requirePositive(`prices[${i}]`, prices[i])
    requirePositive(`quantities[${i}]`, quantities[i])
    requirePositive(`mids[${i}]`, mids[i])
    requireNumber(`spreads[${i}]`, spreads[i], 0)
    paid[i] = side * (prices[i] - decisionMid) * quantities[i]
    half[i] = 0.5 * spreads[i] * quantities[i]
    beyond[i] = side * (prices[i] - mids[i]) * quantities[i] - half[i]
    moved[i] = side * (mids[i] - arrivalMid) * quantities[i]
  }
  const unfilled = Math.max(0, quantity - filled)
  const opportunity = side * (closingMid - decisionMid) * unfilled + 0
  const modelled = expectedImpact * filled
  const total = finiteOr('overflow', sum(paid) + opportunity + fees, 'the shortfall')
  return {
    total,
    delay: finiteOr('overflow', side * (arrivalMid - decisionMid) * filled + 0, 'delay'),
    spread: finiteOr('overflow', sum(half), 'spread'),
    impact: finiteOr('overflow', sum(beyond) + modelled, 'impact'),
    timing: finiteOr('overflow', sum(moved) - modelled, 'timing'),
    opportunity: finiteOr('overflow', opportunity, 'opportunity'),
    fees,
    filled,
    unfilled,
    averagePrice: n === 0 ? undefined : finiteOr('overflow', decisionMid + (side * sum(paid)) / filled, 'the average price'),
    relative: finiteOr('overflow', total / (decisionMid * quantity), 'the relative shortfall'),
  }
}
