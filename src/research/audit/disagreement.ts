/** Whether a run with another future decided as the undisturbed one did. Pure. */
import type { Change } from './change.ts'
import type { Cut } from './cuts.ts'
import { firstDifference } from './decision-log.ts'
import type { Difference, LogColumns } from './decision-log.ts'
import type { RunAnswer } from './tasks.ts'

export interface Trial {
  readonly cut: Cut
  readonly change: Change
}

export interface Disagreement extends Trial {
  readonly difference: Difference
  /** The decisions are the same, and what the venue made of them is not. */
  readonly engine: boolean
}

export function disagreementOf(base: RunAnswer, answer: RunAnswer, trial: Trial): Disagreement | undefined {
  const { time } = trial.cut
  const difference = decidedOtherwise(base, answer, time)
  if (difference !== undefined) return { ...trial, difference, engine: false }
  // What happens at that very moment already follows the opens that were changed.
  const fact = firstDifference(base.facts, answer.facts, time - 1)
  return fact && { ...trial, difference: fact, engine: true }
}

/** The first decision up to `time`, of all or of one instrument, that is not the undisturbed one; a run that broke off decided otherwise, too. */
export function decidedOtherwise(base: RunAnswer, answer: RunAnswer, time: number, instrument?: number): Difference | undefined {
  const own = (columns: LogColumns): LogColumns => (instrument === undefined ? columns : decisionsOf(columns, instrument))
  const difference = firstDifference(own(base.decisions), own(answer.decisions), time)
  if (difference !== undefined || answer.crashed === undefined) return difference
  return { at: answer.decisions.time.length, time: answer.crashed.time, instrument: -1 }
}

function decisionsOf({ time, instrument, hash, late }: LogColumns, wanted: number): LogColumns {
  const own = (column: Float64Array): Float64Array => column.filter((_, i) => instrument[i] === wanted)
  return { time: own(time), instrument: own(instrument), hash: own(hash), late: own(late) }
}
