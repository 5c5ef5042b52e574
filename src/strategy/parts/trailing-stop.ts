/**
 * A stop that follows the price and never comes back: by a share of the price, by average true ranges from the close, or
 * from the best price since the entry (chandelier).
 *
 * Pure. The state is plain data that the strategy keeps in its own `state`. Source of the chandelier: C. Le Beau, in A. Elder, Come Into My
 * Trading Room (2002).
 */
export interface TrailState {
  /** 1 below a long position, -1 above a short one, 0 none. */
  side: number
  /** Best price since the entry: the highest high, or the lowest low. */
  best: number
  /** NaN while there is none. */
  stop: number
}

export const freshTrail = (): TrailState => ({ side: 0, best: Number.NaN, stop: Number.NaN })

/** Begins at an entry on `side` at `price` with a protective stop at `stop`. */
export function startTrail(state: TrailState, side: number, price: number, stop: number): void {
  state.side = side
  state.best = price
  state.stop = stop
}

export function endTrail(state: TrailState): void {
  startTrail(state, 0, Number.NaN, Number.NaN)
}

/**
 * Takes a closed bar in and moves the stop to `distance` from the best price since the entry. True when it moved: only
 * ever nearer to the price. A distance that is not above 0 (or not known) moves nothing.
 */
export function trailFromBest(state: TrailState, high: number, low: number, distance: number): boolean {
  if (state.side > 0 ? high > state.best : low < state.best) state.best = state.side > 0 ? high : low
  return tighten(state, state.best - state.side * distance, distance)
}

/** The same from the close of the bar: `distance` average true ranges, or a share of the close. */
export function trailFromClose(state: TrailState, close: number, distance: number): boolean {
  return tighten(state, close - state.side * distance, distance)
}

/** Break-even: once `price` has gone `risk` in favour of `entry`, the stop is not worse than the entry and `margin` beyond it. */
export function breakEven(state: TrailState, price: number, entry: number, risk: number, margin: number): boolean {
  if (!(risk > 0) || state.side * (price - entry) < risk) return false
  const level = entry + state.side * margin
  // Beyond the price a stop would act at once.
  return state.side * (price - level) > 0 && tighten(state, level, risk)
}

/** Whether a bar's close lies beyond the stop: for those who leave at closes. */
export const isBeyond = ({ side, stop }: TrailState, close: number): boolean => side * (close - stop) < 0

function tighten(state: TrailState, level: number, distance: number): boolean {
  if (state.side === 0 || !(distance > 0) || state.side * (level - state.stop) <= 0) return false
  state.stop = level
  return true
}
