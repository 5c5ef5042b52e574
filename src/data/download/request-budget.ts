/**
 * The exchange's request limits as budgets: fixed windows aligned to the clock, a weight for each request, and what the server
 * says is used already.
 *
 * Waits through the sleep it is given. Source: the API's rate limits (2400 a minute; 500 in five minutes for funding).
 */
import { assert } from '../../core/errors.ts'
import type { Sleep } from './retry.ts'

export interface BudgetSettings {
  readonly name: string
  /** Weight of one window. */
  readonly limit: number
  readonly windowMs: number
  /** The server's time. */
  readonly nowMs: () => number
  readonly sleep: Sleep
  readonly signal: AbortSignal
  readonly onWait: (ms: number, reason: string) => void
}

/** Servers and we do not agree on the time to the millisecond: the first moments of a window are left out. */
const MARGIN_MS = 250

export class RequestBudget {
  readonly #settings: BudgetSettings
  #window = -1
  #used = 0
  /** Asking one after another: who came first is served first. */
  #queue: Promise<unknown> = Promise.resolve()

  constructor(settings: BudgetSettings) {
    this.#settings = settings
  }

  /** Returns when `weight` may be spent; it counts as spent from then on. */
  spend(weight: number): Promise<void> {
    assert(weight <= this.#settings.limit, `a request of weight ${weight} never fits`)
    const turn = this.#queue.then(() => this.#wait(weight))
    this.#queue = turn.catch(() => undefined)
    return turn
  }

  /** What the server counted, other programs of this address included. */
  observe(used: number): void {
    this.#roll()
    if (Number.isFinite(used)) this.#used = Math.max(this.#used, used)
  }

  /** The server refused: nothing more in this window. */
  exhaust(): void {
    this.#roll()
    this.#used = this.#settings.limit
  }

  async #wait(weight: number): Promise<void> {
    const { limit, windowMs, nowMs, sleep, signal, onWait, name } = this.#settings
    for (this.#roll(); this.#used + weight > limit; this.#roll()) {
      const ms = (this.#window + 1) * windowMs - nowMs() + MARGIN_MS
      onWait(ms, `the limit of ${limit} ${name} is used up`)
      await sleep(ms, signal)
    }
    this.#used += weight
  }

  #roll(): void {
    const window = Math.floor(this.#settings.nowMs() / this.#settings.windowMs)
    // A clock that is set back (ours, once the server has said its time) must not give the same budget twice.
    if (window > this.#window) this.#used = 0
    this.#window = window
  }
}
