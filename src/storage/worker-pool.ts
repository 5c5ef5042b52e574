/**
 * Threads for long synchronous computations: every task is a plain value in and a plain value out, columns on shared memory
 * are seen by all threads and copied by none.
 *
 * Starts worker threads; they hold the process until `close`.
 */
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { OutsideError } from '../core/errors.ts'

export interface WorkerPoolOptions {
  /** The module whose default export performs a task; `new URL('./x.ts', import.meta.url)` of the file that starts it. */
  readonly worker: URL
  /** What every thread gets once, as `workerData`. */
  readonly data: unknown
  /** Undefined: as many as the machine has cores. */
  readonly threads?: number | undefined
}

const NURSERY_MB = 16

/** Threads beyond the cores only take turns. */
export const threadsOf = (asked: number | undefined): number => Math.max(1, asked ?? availableParallelism())

export class WorkerPool<Task, Result> {
  readonly threads: number
  readonly #pool: Piscina<Task, Result>

  constructor({ worker, data, threads }: WorkerPoolOptions) {
    this.threads = threadsOf(threads)
    this.#pool = new Piscina<Task, Result>({
      filename: fileURLToPath(worker),
      workerData: data,
      // A thread that ends when it is idle would have to be started again for the next task.
      minThreads: this.threads,
      maxThreads: this.threads,
      concurrentTasksPerWorker: 1,
      // An aborted task could otherwise leave a stray message behind that ends the process.
      atomics: 'disabled',
      // Statistics of waiting and running times are nobody's here.
      recordTiming: false,
      // A run makes little that lives long: a small nursery costs no time and keeps a second thread's memory low.
      resourceLimits: { maxYoungGenerationSizeMb: NURSERY_MB },
    })
    // What a thread says after its task is over concerns nobody; each task has its own answer.
    this.#pool.on('error', () => undefined)
  }

  /**
   * Performs one task; tasks start in the order of the calls.
   * @throws OutsideError `worker-failed` when the task threw, ended its thread, or was given up by `signal`.
   */
  async run(task: Task, signal?: AbortSignal): Promise<Result> {
    try {
      return await this.#pool.run(task, signal === undefined ? {} : { signal })
    } catch (cause) {
      const words = cause instanceof Error ? cause.message : String(cause)
      throw new OutsideError('worker-failed', `a worker thread failed: ${words}`, { cause, retryable: false })
    }
  }

  /** Ends the threads, also those at work. */
  async close(): Promise<void> {
    await this.#pool.destroy()
  }
}
