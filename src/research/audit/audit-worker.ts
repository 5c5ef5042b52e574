/**
 * The thread of an audit: runs the strategies, each time from fresh instances of their modules, over changed markets and under the
 * guard, and answers with what was decided.
 */
import { basename } from 'node:path'
import { workerData } from 'node:worker_threads'
import { runBacktest } from '../../backtest/run.ts'
import type { BacktestDocument } from '../../backtest/result.ts'
import { describe } from '../../core/errors.ts'
import { lengthened } from '../../sim/latency.ts'
import { assert } from '../../core/errors.ts'
import { isPair } from '../../strategy/pair.ts'
import type { AnyStrategy } from '../../strategy/pair.ts'
import type { StrategyDefinition } from '../../strategy/strategy.ts'
import { openStrategies, requestOf } from '../run-setup.ts'
import type { RunSetup } from '../run-setup.ts'
import { changeMarkets } from './change.ts'
import { DecisionLog, NO_DECISIONS, RunStopped } from './decision-log.ts'
import { Guard } from './guard.ts'
import { jitterMarkets } from './jittered-markets.ts'
import { compareStarts } from './shifted-start.ts'
import type { AuditAnswer, AuditTask, AuditWorkerData, RunAnswer, RunTask, ShiftTask } from './tasks.ts'

const { preload, folder } = workerData as AuditWorkerData

/** Loaded before the guard stands: they are the program's own. */
async function prepare(): Promise<Guard> {
  for (const address of preload) await import(address)
  return new Guard(folder)
}
let prepared: Promise<Guard> | undefined
let instances = 0

/** A fresh instance of each strategy's module and of everything it imports. */
const open = (setup: RunSetup): Promise<readonly AnyStrategy[]> => openStrategies(setup, `?run=${(instances += 1)}`)

export default async function perform(task: AuditTask): Promise<AuditAnswer> {
  prepared ??= prepare()
  const guard = await prepared
  const globals = new Set(Reflect.ownKeys(globalThis))
  guard.begin(task.kind === 'run' ? task.change : undefined)
  const answer = task.kind === 'run' ? await run(task, guard) : await shift(task)
  const files = task.setup.strategies.flatMap(({ address: { file } }) => (file === null ? [] : [basename(file)]))
  if (files.length > 0) guard.clearGlobals(globals, [...new Set(files)].join(' or '))
  return { ...answer, offences: guard.offences() }
}

async function shift({ setup, start }: ShiftTask): Promise<AuditAnswer> {
  const none = {
    kind: 'shift',
    bars: 0,
    barsWithOwnPosition: 0,
    length: 0,
    opinionsAt: [],
    last: undefined,
    offences: [],
  } as const
  try {
    return { ...(await compareStarts(setup, () => openSingle(setup), start)), offences: [] }
  } catch (error) {
    return { ...none, crashed: describe(error) }
  }
}

async function openSingle(setup: RunSetup): Promise<StrategyDefinition> {
  const [definition] = await open(setup)
  assert(!isPair(definition), 'a pair is not begun later')
  return definition
}

async function run(task: RunTask, guard: Guard): Promise<RunAnswer> {
  let definitions: readonly AnyStrategy[]
  try {
    definitions = await open(task.setup)
  } catch (error) {
    return answerOf(undefined, undefined, { text: describe(error), time: 0 })
  }
  if (task.again === true) {
    runOnce(definitions, { kind: 'run', setup: task.setup })
    guard.resetChance()
  }
  return runOnce(definitions, task)
}

function runOnce(
  definitions: readonly AnyStrategy[],
  { setup, change, jitter, until, tell, reversed = false }: RunTask,
): RunAnswer {
  const changed = change === undefined ? setup.markets : changeMarkets(setup.markets, change)
  const shaken = jitter === undefined ? changed : jitterMarkets(changed, jitter)
  const { latency } = setup.settings
  const settings =
    jitter === undefined
      ? setup.settings
      : { ...setup.settings, latency: { ...latency, data: lengthened(latency.data, jitter.late) } }
  let log: DecisionLog | undefined
  try {
    const { document } = runBacktest(
      requestOf(setup, definitions, {
        markets: reversed ? shaken.toReversed() : shaken,
        settings,
        observers: (kernel) => [(log = new DecisionLog(kernel, { until, tell }))],
      }),
    )
    return answerOf(log, document, undefined)
  } catch (error) {
    const crashed = error instanceof RunStopped ? undefined : { text: describe(error), time: log?.time ?? 0 }
    return answerOf(log, undefined, crashed)
  }
}

function answerOf(
  log: DecisionLog | undefined,
  document: BacktestDocument | undefined,
  crashed: RunAnswer['crashed'],
): RunAnswer {
  return {
    kind: 'run',
    decisions: log?.decisions.columns() ?? NO_DECISIONS,
    facts: log?.facts.columns() ?? NO_DECISIONS,
    told: log?.told,
    digest: document?.digest,
    netProfit: document?.summary.netProfit,
    totalReturn: document?.summary.totalReturn,
    trades: document?.summary.trades,
    entries: log?.entries ?? 0,
    protectedEntries: log?.protectedEntries ?? 0,
    absurd: log?.absurd,
    crashed,
    offences: [],
  }
}
