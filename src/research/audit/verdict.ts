/** The result of an audit as other programs read it: the document behind `--json` and the terminal's text. Types only. */
import type { DataSource, Manifest } from '../../backtest/result.ts'
import type { OffenceKind } from './guard.ts'

export const AUDIT_SCHEMA = 'autotrading.audit/1'

/** `skipped`: there was nothing to judge, or a part before it failed so that nothing could be said. */
export type Status = 'pass' | 'warn' | 'fail' | 'skipped'

export type PartName =
  | 'inputs'
  | 'determinism'
  | 'truncation'
  | 'perturbation'
  | 'recursion'
  | 'jitter'
  | 'parameters'
  | 'regimes'

export type FindingKind =
  | OffenceKind
  | 'crash'
  | 'not-deterministic'
  | 'state-between-runs'
  | 'order-of-symbols'
  /** Decides by the very next bar. */
  | 'next-bar'
  /** By a window that reaches a fixed number of bars ahead. */
  | 'window-ahead'
  /** By a bar of a longer interval before its close. */
  | 'unfinished-interval'
  /** By everything up to the end of the data. */
  | 'whole-series'
  /** By a bar of another symbol that has not closed. */
  | 'other-symbol'
  | 'funding-ahead'
  | 'mark-ahead'
  | 'look-ahead'
  /** The venue of the simulation, not the strategy, knew what comes. */
  | 'engine'
  | 'memory'
  | 'unprotected'
  | 'absurd-order'
  | 'fragile'
  | 'cliff'
  | 'not-proven'

export interface Finding {
  readonly kind: FindingKind
  readonly text: string
  /** What to look for. */
  readonly next: string
  /** The first decision that is not the same. */
  readonly decision: DecisionPair | null
  readonly dependsOn: Dependence | null
}

export interface DecisionPair {
  readonly timeMs: number
  readonly symbol: string | null
  /** As the data are; null: nothing was decided. */
  readonly given: string | null
  readonly changed: string | null
  /** What was changed. */
  readonly how: string
}

/** The part of the future that the decision followed. */
export interface Dependence {
  readonly symbol: string | null
  readonly stream: 'bars' | 'mark' | 'funding'
  /** Rows after the decision, counted from 1: the nearest whose change alone changes it (null: only several together do), and the last that matters. */
  readonly nearest: number | null
  readonly furthest: number
  /** When that last row opens, or settles. */
  readonly furthestTimeMs: number
}

export interface Part {
  readonly name: PartName
  /** Of several: the one that it is about; absent where it is about all together. */
  readonly strategy?: string
  readonly status: Status
  /** One line. */
  readonly text: string
  readonly runs: number
  readonly findings: readonly Finding[]
  /** Measured numbers of the part, by name; null is not defined. */
  readonly figures: Readonly<Record<string, number | null>>
}

export interface AuditDocument {
  readonly schema: typeof AUDIT_SCHEMA
  readonly verdict: 'pass' | 'warn' | 'fail'
  /** Whether a warning counts as failure. */
  readonly strict: boolean
  readonly quick: boolean
  readonly seed: number
  readonly code: Manifest['code']
  readonly runtime: string
  readonly strategy: Manifest['strategy']
  /** All of them; one for an audit of one strategy. */
  readonly strategies?: Manifest['strategies']
  readonly interval: string
  readonly markets: readonly AuditedMarket[]
  readonly data: readonly DataSource[]
  /** Of the undisturbed run. */
  readonly digest: string | null
  readonly decisions: number
  readonly runs: number
  readonly parts: readonly Part[]
  readonly warnings: readonly string[]
}

export interface AuditedMarket {
  readonly symbol: string
  readonly rows: number
  readonly fromMs: number
  readonly toMs: number
  readonly fundingRows: number
  readonly mark: boolean
}
