/**
 * Partial take-profits: a ladder of shares of the position that come off at multiples of the risk taken.
 *
 * Pure. The state is plain data that the strategy keeps in its own `state`.
 */
import { assert } from '../../core/errors.ts'

export interface Rung {
  /** Multiples of the distance from the entry to its stop. */
  readonly at: number
  /** Share of the first position that comes off there. */
  readonly off: number
}

export interface LadderState {
  side: number
  entry: number
  /** Distance from the entry to its stop, positive. */
  risk: number
  /** Rungs reached. */
  rungs: number
}

export const freshLadder = (): LadderState => ({ side: 0, entry: Number.NaN, risk: Number.NaN, rungs: 0 })

/** A ladder in ascending order whose shares add up to 1 at most. */
export function ladderOf(rungs: readonly Rung[]): readonly Rung[] {
  assert(
    rungs.every(({ at, off }, i) => at > 0 && off > 0 && (i === 0 || at > rungs[i - 1].at)),
    () => 'the rungs of a ladder lie above 0, take something off and ascend',
  )
  const total = rungs.reduce((sum, { off }) => sum + off, 0)
  // Tenths do not add up exactly.
  assert(total <= 1 + 1e-9, () => `the rungs of a ladder take off ${total}; 1 is everything`)
  return rungs
}

export function startLadder(state: LadderState, side: number, entry: number, stop: number): void {
  state.side = side
  state.entry = entry
  state.risk = side * (entry - stop)
  state.rungs = 0
}

/** Takes the best price of a bar in; true when it reached a further rung. */
export function climb(state: LadderState, ladder: readonly Rung[], best: number): boolean {
  const before = state.rungs
  if (!(state.risk > 0)) return false
  const gain = state.side * (best - state.entry)
  while (state.rungs < ladder.length && gain >= ladder[state.rungs].at * state.risk) state.rungs += 1
  return state.rungs > before
}

/** Share of the first position that is left, 1 to 0: the opinion's direction is the first one times this. */
export function shareLeft({ rungs }: LadderState, ladder: readonly Rung[]): number {
  let left = 1
  for (let i = 0; i < rungs; i++) left -= ladder[i].off
  return left > 1e-9 ? left : 0
}
