/**
 * Time exit: out after so many bars, whatever the price did.
 *
 * Pure. The state is plain data that the strategy keeps in its own `state`.
 */
export interface HoldState {
  /** Bars since the entry. */
  held: number
}

export const freshHold = (): HoldState => ({ held: 0 })

export function startHold(state: HoldState): void {
  state.held = 0
}

/** Counts a bar after that of the entry; true once `bars` have passed. 0 bars never end. */
export function holdEnds(state: HoldState, bars: number): boolean {
  state.held += 1
  return bars > 0 && state.held >= bars
}
