/** What the parts of an audit share: the setup, the threads, the undisturbed run, chance, and the count of runs. */
import type { BacktestDocument } from '../../backtest/result.ts'
import type { Prng } from '../../core/random.ts'
import { toMs } from '../../core/time.ts'
import type { Micros } from '../../core/time.ts'
import type { WorkerPool } from '../../storage/worker-pool.ts'
import { instrumentLabel } from '../../domain/instrument.ts'
import type { AnyStrategy } from '../../strategy/pair.ts'
import type { RunSetup } from '../run-setup.ts'
import { NO_DECISIONS } from './decision-log.ts'
import type { Difference } from './decision-log.ts'
import type { AuditAnswer, AuditTask, Run, RunAnswer, ShiftAnswer } from './tasks.ts'
import type { Offence } from './guard.ts'
import type { DecisionPair } from './verdict.ts'

/** A run that takes longer than this hangs. */
const LONGEST_RUN_MS = 180_000

export interface SessionParts {
  readonly setup: RunSetup
  /** In the order of the setup's strategies. */
  readonly definitions: readonly AnyStrategy[]
  readonly pool: WorkerPool<AuditTask, AuditAnswer>
  readonly prng: Prng
  readonly quick: boolean
  /** The undisturbed run, as the main thread came to it. */
  readonly document: BacktestDocument
  /** Called after every run with their number. */
  readonly onRun: (runs: number) => void
}

export class Session {
  readonly setup: RunSetup
  readonly definitions: readonly AnyStrategy[]
  readonly prng: Prng
  readonly quick: boolean
  readonly document: BacktestDocument
  /** As people tell them apart, in the order of the kernel's indices. */
  readonly symbols: readonly string[]
  /** Rows of all markets. */
  readonly rows: number
  runs = 0
  /** Runs that are not over. */
  #waiting = 0
  readonly #pool: SessionParts['pool']
  readonly #onRun: SessionParts['onRun']
  readonly #offences = new Map<string, Offence>()

  constructor({ setup, definitions, pool, prng, quick, document, onRun }: SessionParts) {
    this.setup = setup
    this.definitions = definitions
    this.prng = prng
    this.quick = quick
    this.document = document
    this.symbols = setup.markets.map(({ spec }) => instrumentLabel(spec))
    this.rows = setup.markets.reduce((sum, { bars }) => sum + bars.length, 0)
    this.#pool = pool
    this.#onRun = onRun
  }

  get threads(): number {
    return this.#pool.threads
  }

  run(run: Run): Promise<RunAnswer> {
    return this.#perform<RunAnswer>({ kind: 'run', setup: this.setup, ...run })
  }

  /** The only strategy of `setup` begun at `start`, beside the one from the beginning. */
  shift(setup: RunSetup, start: number): Promise<ShiftAnswer> {
    return this.#perform<ShiftAnswer>({ kind: 'shift', setup, start })
  }

  /** A thread that ends or hangs is an answer, too: the strategy did it. */
  async #perform<A extends AuditAnswer>(task: AuditTask): Promise<A> {
    let answer: AuditAnswer
    // Those before it have their time, too.
    const turns = 1 + Math.floor(this.#waiting / this.threads)
    this.#waiting += 1
    try {
      answer = await this.#pool.run(task, AbortSignal.timeout(turns * LONGEST_RUN_MS))
    } catch (error) {
      answer = brokenAnswer(task, error instanceof Error ? error.message : String(error))
    }
    this.#waiting -= 1
    for (const offence of answer.offences) this.#offences.set(`${offence.kind} ${offence.what} ${offence.at}`, offence)
    this.#onRun((this.runs += 1))
    return answer as A
  }

  /** What the strategy touched that it may not, over all runs so far; in a fixed order. */
  offences(): readonly Offence[] {
    return [...this.#offences.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, offence]) => offence)
  }

  /** The decision at which two runs part, in words: each run is made once more to tell it. */
  async tell(given: Run, changed: Run, { at, time, instrument }: Difference): Promise<Told> {
    const both = [given, changed].map((task) => this.run({ ...task, tell: at, until: time }))
    const [before, after] = await Promise.all(both)
    const wordsOf = (answer: RunAnswer): string | null =>
      answer.decisions.time[at] <= time ? (answer.told ?? null) : answer.crashed === undefined ? null : answer.crashed.text
    return {
      timeMs: toMs(time as Micros),
      symbol: this.symbols[instrument] ?? null,
      given: wordsOf(before),
      changed: wordsOf(after),
    }
  }
}

export type Told = Omit<DecisionPair, 'how'>

function brokenAnswer(task: AuditTask, text: string): AuditAnswer {
  const none = NO_DECISIONS
  if (task.kind === 'shift')
    return {
      kind: 'shift',
      bars: 0,
      barsWithOwnPosition: 0,
      length: 0,
      opinionsAt: [],
      last: undefined,
      crashed: text,
      offences: [],
    }
  return {
    kind: 'run',
    decisions: none,
    facts: none,
    told: undefined,
    digest: undefined,
    netProfit: undefined,
    totalReturn: undefined,
    trades: undefined,
    entries: 0,
    protectedEntries: 0,
    absurd: undefined,
    crashed: { text, time: 0 },
    offences: [],
  }
}
