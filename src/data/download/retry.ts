/**
 * Trying again: exponential backoff with jitter from a seed, what the server asks us to wait, and a host that is given up is
 * not waited for by everybody else, too.
 *
 * Waits through the sleep it is given.
 */
import { OutsideError } from '../../core/errors.ts'
import type { Prng } from '../../core/random.ts'

/** Waits; rejects with the signal's reason when it is aborted. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>

export interface RetrySettings {
  readonly sleep: Sleep
  readonly prng: Prng
  readonly signal: AbortSignal
  /** Told before each wait. */
  readonly onWait: (ms: number, reason: string) => void
}

/** Tries in a row without any progress. */
export const TRIES = 7
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000
/** A server that wants to be left alone for longer is left alone by ending the run. */
export const ASKED_WAIT_MAX_MS = 10 * 60_000

/** What made a try fail, and how long the server wants to be left alone if it said so. */
export class TryAgain extends OutsideError {
  readonly waitMs: number | undefined

  constructor(error: OutsideError, waitMs?: number) {
    super(error.code, error.message, {
      where: error.where,
      cause: error.cause,
      retryable: true,
      ...(error.next === undefined ? {} : { next: error.next }),
    })
    this.waitMs = waitMs
  }
}

export interface RunOptions {
  readonly progress?: () => number
  /** How many in a row, when it is not worth the usual number. */
  readonly tries?: number
}

export class Retry {
  readonly #settings: RetrySettings
  /** What this host could not be reached for; then one try is enough until it answers again. */
  #lost = false

  constructor(settings: RetrySettings) {
    this.#settings = settings
  }

  /**
   * Calls `work` until it succeeds or fails for good. `progress` is asked after each failure: a number that has grown since the
   * last one starts the count of tries anew.
   */
  async run<T>(work: () => Promise<T>, { progress = () => 0, tries = TRIES }: RunOptions = {}): Promise<T> {
    const { sleep, signal, onWait } = this.#settings
    let reached = progress()
    for (let failures = 1; ; failures += 1) {
      try {
        signal.throwIfAborted()
        const result = await work()
        this.#lost = false
        return result
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof OutsideError) || !error.retryable) throw error
        if (progress() > reached) {
          reached = progress()
          failures = 1
        }
        if (failures >= tries || this.#lost) {
          this.#lost = true
          throw error
        }
        const asked = error instanceof TryAgain ? error.waitMs : undefined
        if (asked !== undefined && asked > ASKED_WAIT_MAX_MS) throw error
        const ms = asked ?? this.#backoff(failures)
        onWait(ms, error.message)
        await sleep(ms, signal)
      }
    }
  }

  /** Between half and the whole of 0.5, 1, 2, ... s. */
  #backoff(failures: number): number {
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1))
    return Math.ceil(longest * (0.5 + this.#settings.prng.float() / 2))
  }
}

/** `Retry-After` in ms: seconds, or a date; undefined when there is none that makes sense. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs)
}
