/** What a benchmark is: one file `*.bench.ts` that exports `bench`. It runs in a process of its own. Types only. */

export interface Bench {
  /** As people call it: `w1`, `math`. */
  readonly name: string
  readonly title: string
  /** What is aimed at and what is the least, as ratios to the twin or in words: `6x`, `>= 1 M events/s`. */
  readonly goal: string
  readonly floor: string
  /** Generates its own seeded input. `short` is for CI: the same path on less data. */
  run(options: { readonly short: boolean }): Promise<readonly Result[]> | readonly Result[]
}

/** One line of the table: a measurement, and its twin when there is one, taken in turn with it in the same run. */
export interface Result {
  readonly name: string
  readonly medianMs: number
  /** What `perSecond` counts: `bars`, `events`. */
  readonly unit?: string
  readonly perSecond?: number
  /** Our time divided by the twin's. */
  readonly ratioToTwin?: number
  /** What the twin is. */
  readonly twin?: string
  /** Of the process; the runner fills it in when the benchmark does not. */
  readonly peakMemoryMb?: number
  readonly note?: string
}

/** What a run leaves behind in `bench/results/latest.json`. */
export interface BenchReport {
  readonly schema: 'autotrading.bench/1'
  readonly short: boolean
  readonly runtime: string
  readonly machine: string
  readonly benches: readonly BenchOutcome[]
}

export interface BenchOutcome {
  readonly name: string
  readonly title: string
  readonly goal: string
  readonly floor: string
  readonly results: readonly Result[]
  readonly error: string | null
}
