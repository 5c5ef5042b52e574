/**
 * Scaling in: a further unit each time the price has gone a step in favour since the last one, up to a number of units.
 *
 * Pure. The state is plain data that the strategy keeps in its own `state`. Source: C. Faith, The Original Turtle Trading Rules (2003).
 */
export interface PyramidState {
  side: number
  units: number
  /** Price of the last unit. */
  last: number
}

export const freshPyramid = (): PyramidState => ({ side: 0, units: 0, last: Number.NaN })

/** The first unit. */
export function startPyramid(state: PyramidState, side: number, price: number): void {
  state.side = side
  state.units = 1
  state.last = price
}

/** Adds at most one unit a bar; true when it did. A step that is not above 0 adds nothing. */
export function addUnit(state: PyramidState, close: number, step: number, most: number): boolean {
  if (state.side === 0 || state.units >= most || !(step > 0) || state.side * (close - state.last) < step) return false
  state.units += 1
  state.last = close
  return true
}

/** The opinion's direction: all units are 1. */
export const pyramidDirection = ({ side, units }: PyramidState, most: number): number => (side * units) / most
