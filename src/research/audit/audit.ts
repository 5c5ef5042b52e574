/**
 * The audit of a strategy, or of several in one account, on data: look-ahead, recursion, determinism, fragility, one verdict.
 *
 * Starts worker threads, and a temporary folder for them; ends and removes both.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { shortList } from '../../backtest/instruments.ts'
import { runBacktest, strategyRows } from '../../backtest/run.ts'
import type { BacktestDocument } from '../../backtest/result.ts'
import type { BacktestRequest } from '../../backtest/run.ts'
import { AutoTradingError, describe } from '../../core/errors.ts'
import { createPrng } from '../../core/random.ts'
import { toMs } from '../../core/time.ts'
import type { Micros } from '../../core/time.ts'
import { instrumentLabel } from '../../domain/instrument.ts'
import { WorkerPool } from '../../storage/worker-pool.ts'
import { shareSetup } from '../run-setup.ts'
import type { ChosenStrategy, RunSetup } from '../run-setup.ts'
import { DecisionLog } from './decision-log.ts'
import { judgeDeterminism } from './determinism.ts'
import { judgeFuture, runsFor } from './future.ts'
import { judgeInputs } from './inputs.ts'
import { judgeJitter } from './jitter.ts'
import { judgeParameters } from './parameter-steps.ts'
import { judgeRecursion } from './recursion.ts'
import { auditRegimes } from './regimes.ts'
import { Session } from './session.ts'
import type { AuditAnswer, AuditTask, AuditWorkerData } from './tasks.ts'
import { AUDIT_SCHEMA } from './verdict.ts'
import type { AuditDocument, AuditedMarket, Part, PartName } from './verdict.ts'

export interface AuditRequest {
  readonly prepared: BacktestRequest['prepared']
  /** At least one. */
  readonly strategies: readonly ChosenStrategy[]
  readonly settings: BacktestRequest['settings']
  readonly manifest: Pick<AuditDocument, 'code' | 'data' | 'runtime'>
  readonly seed: number
  readonly quick: boolean
  readonly strict: boolean
  /** The share of decisions that may change on slightly different data. */
  readonly tolerance: number
  /** Modules that threads load before the strategy. */
  readonly preload: readonly string[]
  /** Threads that are there already; undefined: as many as the machine has cores, for this audit alone. */
  readonly threads?: AuditThreads | undefined
  /** Runs that are done, of about how many, and the part that is being judged. */
  readonly onProgress?: ((done: number, total: number, part: PartName) => void) | undefined
}

/** @throws InputError when the data or parameters make no run. */
export async function audit(given: AuditRequest): Promise<AuditDocument> {
  const request = { ...given, prepared: onBars(given.prepared) }
  const setup = shareSetup(request.prepared, request.strategies, request.settings)
  const main = mainRun(request)
  if (main.document === undefined) return documentOf(request, setup, main, 0, [brokenPart(main.crashed ?? '')])
  const threads = request.threads ?? openThreads(request.preload)
  try {
    return await judge(request, setup, { ...main, document: main.document }, threads.pool)
  } finally {
    if (request.threads === undefined) await threads.close()
  }
}

/** Strategies see bars, and bars are what gets another future: trades that would drive the venue past them are left out. */
function onBars(prepared: AuditRequest['prepared']): AuditRequest['prepared'] {
  const traded = prepared.markets.filter(({ trades }) => trades !== undefined)
  if (traded.length === 0) return prepared
  const symbols = shortList(traded.map(({ spec }) => spec.symbol))
  return {
    ...prepared,
    markets: prepared.markets.map(({ spec, bars, funding, basis }) => ({ spec, bars, funding, ...(basis && { basis }) })),
    warnings: [
      ...prepared.warnings,
      `${symbols}: judged on the bars built from its trades; they fill the orders here, and mark prices beside the trades take no part.`,
    ],
  }
}

export interface AuditThreads {
  readonly pool: WorkerPool<AuditTask, AuditAnswer>
  close(): Promise<void>
}

/** Threads that any number of audits can share, one after the other. */
export function openThreads(preload: readonly string[], count?: number): AuditThreads {
  const folder = mkdtempSync(join(tmpdir(), 'autotrading-audit-'))
  const data: AuditWorkerData = { preload, folder }
  const worker = new URL('./audit-worker.ts', import.meta.url)
  const pool = new WorkerPool<AuditTask, AuditAnswer>({ worker, data, threads: count })
  return {
    pool,
    async close() {
      await pool.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface MainRun {
  readonly document: BacktestDocument | undefined
  readonly log: DecisionLog | undefined
  readonly crashed: string | undefined
}

/** The run that `backtest` makes: in this thread, unwatched. */
function mainRun({ prepared, strategies, settings, manifest }: AuditRequest): MainRun {
  let log: DecisionLog | undefined
  try {
    const { document } = runBacktest({
      prepared,
      strategies,
      settings,
      manifest: { ...manifest, config: {}, synthetic: false },
      observers: (kernel) => [(log = new DecisionLog(kernel, { keepWords: true }))],
    })
    return { document, log, crashed: undefined }
  } catch (error) {
    if (error instanceof AutoTradingError && error.fault !== 'impossible') throw error
    return { document: undefined, log, crashed: describe(error) }
  }
}

async function judge(
  request: AuditRequest,
  setup: RunSetup,
  main: MainRun & { readonly document: BacktestDocument },
  pool: WorkerPool<AuditTask, AuditAnswer>,
): Promise<AuditDocument> {
  let part: PartName = 'determinism'
  const total = expectedRuns(setup, request.quick)
  const session = new Session({
    setup,
    definitions: request.strategies.map(({ definition }) => definition),
    pool,
    prng: createPrng(request.seed).fork('audit'),
    quick: request.quick,
    document: main.document,
    onRun: (runs) => request.onProgress?.(Math.min(runs, total), total, part),
  })
  const { part: determinism, base, repeatable } = await judgeDeterminism(session, main.log)
  const parts: Part[] = []
  if (repeatable) {
    part = 'perturbation'
    parts.push(...(await judgeFuture(session, base)))
    const names = namesOf(request.strategies)
    const each = async (judgeOne: (index: number) => Promise<Part>): Promise<void> => {
      for (const [i, strategy] of names.entries()) parts.push({ ...(await judgeOne(i)), ...(names.length > 1 && { strategy }) })
    }
    part = 'recursion'
    await each((i) => judgeRecursion(session, i))
    part = 'jitter'
    parts.push(await judgeJitter(session, base, request.tolerance))
    part = 'parameters'
    await each((i) => judgeParameters(session, i, request.preload, () => request.onProgress?.(total, total, part)))
  } else parts.push(...SKIPPED.map(skippedPart))
  const { regimes, seed } = request.settings
  const contracts = setup.markets.filter(({ spec: { kind } }) => kind !== 'spot')
  if (regimes?.enabled === true) parts.push(auditRegimes(contracts, request.prepared.interval, regimes, seed))
  const all = [judgeInputs(session.offences()), determinism, ...parts]
  return documentOf(request, setup, main, session.runs, all)
}

const SKIPPED: readonly PartName[] = ['truncation', 'perturbation', 'recursion', 'jitter', 'parameters']

/** Where a strategy is listed twice, its second is `name #2`. */
function namesOf(strategies: readonly ChosenStrategy[]): readonly string[] {
  const names = strategies.map(({ definition: { name } }) => name)
  return names.map((name, i) => {
    const before = names.slice(0, i).filter((other) => other === name).length
    return before === 0 ? name : `${name} #${before + 1}`
  })
}

const skippedPart = (name: PartName): Part => ({
  name,
  status: 'skipped',
  text: 'not judged: equal inputs do not give equal decisions',
  runs: 0,
  findings: [],
  figures: {},
})

/** The future takes about a run per trial, a start three, and the others are few. */
const expectedRuns = ({ markets, strategies }: RunSetup, quick: boolean): number =>
  runsFor(
    markets.reduce((sum, { bars }) => sum + bars.length, 0),
    quick,
  ) +
  (quick ? 14 : 30) +
  (quick ? 2 : 6) * strategies.length

const brokenPart = (text: string): Part => ({
  name: 'determinism',
  status: 'fail',
  text: 'it does not run on the data as they are',
  runs: 1,
  findings: [
    { kind: 'crash', text, next: 'Correct it there; `backtest` shows the same error.', decision: null, dependsOn: null },
  ],
  figures: {},
})

function documentOf(
  { strategies, prepared, manifest, seed, quick, strict }: AuditRequest,
  { interval }: RunSetup,
  main: MainRun,
  runs: number,
  parts: readonly Part[],
): AuditDocument {
  const failed = parts.some(({ status }) => status === 'fail')
  const warned = parts.some(({ status }) => status === 'warn')
  return {
    schema: AUDIT_SCHEMA,
    verdict: failed || (strict && warned) ? 'fail' : warned ? 'warn' : 'pass',
    strict,
    quick,
    seed,
    code: manifest.code,
    runtime: manifest.runtime,
    ...strategyRows(strategies),
    interval,
    markets: prepared.markets.map(marketRow),
    data: manifest.data,
    digest: main.document?.digest ?? null,
    decisions: main.log?.decisions.length ?? 0,
    runs: runs + 1,
    parts,
    warnings: prepared.warnings,
  }
}

function marketRow({ spec, bars, funding }: AuditRequest['prepared']['markets'][number]): AuditedMarket {
  const last = bars.length - 1
  return {
    symbol: instrumentLabel(spec),
    rows: bars.length,
    fromMs: toMs(bars.openTime[0] as Micros),
    toMs: toMs((bars.openTime[last] + bars.duration[last]) as Micros),
    fundingRows: funding?.time.length ?? 0,
    mark: bars.mark !== undefined,
  }
}
