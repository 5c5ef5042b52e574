/** What the audit asks of its worker threads, and what they answer: plain data. Types only. */
import type { RunSetup } from '../run-setup.ts'
import type { Change } from './change.ts'
import type { LogColumns } from './decision-log.ts'
import type { Offence } from './guard.ts'
import type { Jitter } from './jittered-markets.ts'

export interface AuditWorkerData {
  /** Modules to load before the strategy: what lets its file import the program. */
  readonly preload: readonly string[]
  /** For copies of files with another future. */
  readonly folder: string
}

export interface RunTask {
  readonly kind: 'run'
  /** Columns are shared, so it costs little to send it along with each task. */
  readonly setup: RunSetup
  readonly change?: Change | undefined
  readonly jitter?: Jitter | undefined
  /** The run ends when something later than this reaches us. */
  readonly until?: number | undefined
  /** Number of the one decision to tell in words. */
  readonly tell?: number | undefined
  /** With the markets named in the opposite order. */
  readonly reversed?: boolean
  /** Before it, in the same instance of the strategy's module, the same run once more. */
  readonly again?: boolean
}

/** A run from the beginning and one from `start`, compared where they run. */
export interface ShiftTask {
  readonly kind: 'shift'
  /** Of a single strategy of one instrument at a time. */
  readonly setup: RunSetup
  readonly start: number
}

export type AuditTask = RunTask | ShiftTask
/** A run as the parts of an audit ask for it. */
export type Run = Omit<RunTask, 'kind' | 'setup'>

export interface RunAnswer {
  readonly kind: 'run'
  readonly decisions: LogColumns
  readonly facts: LogColumns
  readonly told: string | undefined
  /** Undefined when the run was ended by `until` or by an error. */
  readonly digest: string | undefined
  readonly netProfit: string | undefined
  readonly totalReturn: number | null | undefined
  readonly trades: number | undefined
  readonly entries: number
  readonly protectedEntries: number
  readonly absurd: string | undefined
  /** Why it did not come to its end, in words, and when in the market's time. */
  readonly crashed: { readonly text: string; readonly time: number } | undefined
  readonly offences: readonly Offence[]
}

export interface ShiftAnswer {
  readonly kind: 'shift'
  /** Bars of the run's interval, after the later start, until opinions are alike for good when both see the same position. */
  readonly bars: number
  /** The same when the later run has the position that it came to by itself. */
  readonly barsWithOwnPosition: number
  /** Bars of the later run. */
  readonly length: number
  /** Opinions by the bar they were given on, counted from the later start; of the run from the beginning. */
  readonly opinionsAt: readonly number[]
  readonly last: UnlikeOpinion | undefined
  readonly crashed: string | undefined
  readonly offences: readonly Offence[]
}

/** The last opinion on which the two starts differ. */
export interface UnlikeOpinion {
  readonly time: number
  readonly symbol: string
  readonly early: string | undefined
  readonly late: string | undefined
}

export type AuditAnswer = RunAnswer | ShiftAnswer
