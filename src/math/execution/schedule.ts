/**
 * From an optimal trajectory to orders: whole lots that add up to the quantity exactly, and trades under a share of the volume with
 * the rest solved anew after every slice (receding horizon).
 *
 * Pure. Source: R. Almgren, N. Chriss, Journal of Risk 3 (2000), whose optimum is consistent in time, so that it may be solved anew;
 * the rounding carries its error as lines on a raster do (J. E. Bresenham, IBM Systems Journal 4, 1965).
 */
import { finiteOr, refuseUnless, requirePositive, requireShare, requireVector, type Vector } from '../guard.ts'
import { sum } from '../sum.ts'
import { type AlmgrenChrissTask, executionDecay, firstTrade } from './almgren-chriss.ts'

export interface LotSchedule {
  /** Whole lots a slice; they add up to the whole lots of the total exactly. */
  readonly lots: Float64Array
  /** Lots times the lot size. */
  readonly quantities: Float64Array
  /** What of the total is less than a lot, with its sign. */
  readonly remainder: number
}

/**
 * Whole lots of a schedule with the error carried over: slice k gets round((n_1 + .. + n_k) / lot) less what came before, so the sum is exact and the way never off by more than half a lot (a lot where a remainder is left).
 * Trades of one sign stay so.
 * @param trades what each slice would trade, signed
 * @param lot the smallest quantity that can be traded, above zero
 * @throws MathError `empty`, `not-finite`, `out-of-domain`, `overflow` when there are more lots than a double counts
 */
export function roundToLots(trades: Vector, lot: number): LotSchedule {
  requireVector('trades', trades)
  requirePositive('lot', lot)
  const inLots = (quantity: number): number => {
    const count = finiteOr('overflow', quantity / lot, 'the number of lots')
    refuseUnless(Math.abs(count) < Number.MAX_SAFE_INTEGER, 'overflow', () => `${count} lots cannot be counted`)
    return count
  }
  const total = sum(trades)
  // A total that is whole lots up to rounding is whole lots; else the part of a lot is left over.
  const exact = inLots(total)
  const nearest = Math.round(exact)
  const isWhole = Math.abs(exact - nearest) <= 1e-9 * Math.max(1, Math.abs(exact))
  const whole = isWhole ? nearest : Math.trunc(exact)
  let [lowest, highest] = [0, 0]
  for (let k = 0; k < trades.length; k++) {
    lowest = Math.min(lowest, trades[k])
    highest = Math.max(highest, trades[k])
  }
  // Where all trades have one sign, rounding up on the way may not overshoot a total that was cut down.
  const [floor, ceiling] = [lowest < 0 ? (highest > 0 ? -Infinity : whole) : 0, highest > 0 ? (lowest < 0 ? Infinity : whole) : 0]
  const lots = new Float64Array(trades.length)
  let [cumulative, placed] = [0, 0]
  for (let k = 0; k < trades.length; k++) {
    cumulative += trades[k]
    const aim = k === trades.length - 1 ? whole : Math.min(ceiling, Math.max(floor, Math.round(inLots(cumulative))))
    lots[k] = aim - placed + 0
    placed = aim
  }
  return {
    lots,
    quantities: lots.map((count) => finiteOr('overflow', count * lot, 'a quantity')),
    remainder: isWhole ? 0 : total - whole * lot,
  }
}

export interface CappedSchedule {
  /** A value a slice, with the sign of X. */
  readonly trades: Float64Array
  /** N + 1 values from X. */
  readonly holdings: Float64Array
  /** What is left when every slice traded its cap; 0 when the caps allow the whole. */
  readonly unfilled: number
  /** Slices whose trade was the cap. */
  readonly capped: number
}

/**
 * The trades of an Almgren-Chriss task under a cap of `share` times the volume of each slice: each slice solves the rest anew, trades the first step, at most its cap, and at least what the later caps could not do.
 * Where no cap binds it is the optimal trajectory.
 * @param volumes expected volume of each of the N slices, at least 0
 * @param share largest part of the volume, in (0, 1]
 * @throws MathError as `executionDecay`; `shape` when there is not one volume a step, `out-of-domain` for volumes below zero
 */
export function participationSchedule(task: AlmgrenChrissTask, volumes: Vector, share: number): CappedSchedule {
  executionDecay(task)
  const { steps, quantity, horizon } = task
  requireVector('volumes', volumes)
  refuseUnless(volumes.length === steps, 'shape', () => `${volumes.length} volumes for ${steps} steps`)
  requireShare('share', share)
  refuseUnless(share > 0, 'out-of-domain', 'share is 0; it is above zero')
  const caps = Float64Array.from(volumes, (volume, k) => {
    refuseUnless(volume >= 0, 'out-of-domain', () => `volumes[${k}] is ${volume}; it is not below zero`)
    return volume * share
  })
  // What the slices after k can still do.
  const later = new Float64Array(steps)
  for (let k = steps - 2; k >= 0; k--) later[k] = later[k + 1] + caps[k + 1]
  finiteOr('overflow', steps > 0 ? later[0] + caps[0] : 0, 'the sum of the caps')
  const sign = Math.sign(quantity)
  const tau = horizon / steps
  const trades = new Float64Array(steps)
  const holdings = new Float64Array(steps + 1)
  holdings[0] = quantity
  let capped = 0
  for (let k = 0; k < steps; k++) {
    const rest = holdings[k]
    const left = Math.abs(rest)
    const wished = sign * firstTrade({ ...task, quantity: rest, steps: steps - k, horizon: (steps - k) * tau })
    const needed = Math.min(left, Math.max(0, left - later[k]))
    const size = Math.min(Math.max(wished, needed), left, caps[k])
    if (size === caps[k] && wished > size) capped += 1
    trades[k] = sign * size + 0
    holdings[k + 1] = size === left ? 0 : rest - trades[k]
  }
  return { trades, holdings, unfilled: holdings[steps], capped }
}
