/**
 * The same backtest with many sets of parameters, on all cores: columns are shared, only parameters and summaries travel.
 *
 * Starts worker threads and ends them.
 */
import type { Summary } from '../backtest/result.ts'
import { WorkerPool } from '../storage/worker-pool.ts'
import type { ParameterValue } from '../strategy/parameters.ts'
import type { Params, RunSetup } from './run-setup.ts'
import type { SweepAnswer, SweepWorkerData } from './sweep-worker.ts'

export interface SweepRequest {
  /** Of a single strategy. */
  readonly setup: RunSetup
  /** Whole sets, each already checked against the strategy. */
  readonly params: readonly Params[]
  readonly preload?: readonly string[] | undefined
  readonly threads?: number | undefined
  /** Sets that are done. */
  readonly onProgress?: ((done: number) => void) | undefined
}

export interface SweepResult {
  readonly params: Params
  readonly digest: string
  readonly summary: Summary
}

/** Results in the order of the sets, whatever finishes first. @throws OutsideError `worker-failed` when a run throws. */
export async function sweep({ setup, params, preload = [], threads, onProgress }: SweepRequest): Promise<readonly SweepResult[]> {
  const data: SweepWorkerData = { setup, preload }
  const worker = new URL('./sweep-worker.ts', import.meta.url)
  const pool = new WorkerPool<Params, SweepAnswer>({ worker, data, threads })
  let done = 0
  try {
    return await Promise.all(
      params.map(async (set) => {
        const answer = await pool.run(set)
        onProgress?.((done += 1))
        return { params: set, ...answer }
      }),
    )
  } finally {
    await pool.close()
  }
}

/** Every combination of the given values over `base`; the last name varies fastest. */
export function parameterGrid(base: Params, axes: Readonly<Record<string, readonly ParameterValue[]>>): readonly Params[] {
  return Object.entries(axes).reduce<readonly Params[]>(
    (sets, [name, values]) => sets.flatMap((set) => values.map((value) => ({ ...set, [name]: value }))),
    [base],
  )
}
