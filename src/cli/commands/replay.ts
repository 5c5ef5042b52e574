/**
 * `replay`: a journal through a fresh kernel with the configuration that wrote it. The same decisions, or other ones and what
 * is known to be different: the code, the strategy file. Reads, writes nothing.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { replay } from '../../backtest/replay.ts'
import { AutoTradingError, describe, InputError } from '../../core/errors.ts'
import { Kernel } from '../../kernel/kernel.ts'
import { JournalReader } from '../../storage/journal/reader.ts'
import type { JournalEnd } from '../../storage/journal/reader.ts'
import { kernelConfig, readRunFile, runFileOf, strategyFilesOf } from '../backtest-journal.ts'
import type { RecordedStrategy, RunFile } from '../backtest-journal.ts'
import { textOption } from '../backtest-options.ts'
import { codeIdentity } from '../code-identity.ts'
import type { CommandDefinition } from '../command.ts'
import { Exit } from '../exit.ts'
import { findStrategy } from '../strategy-file.ts'
import type { NamedStrategy } from '../strategy-file.ts'

export const command: CommandDefinition = {
  examples: ['autotrading replay run.journal', 'autotrading replay run.journal --strategy ./moved/my-strategy.ts --json'],
  configure: (cli) =>
    cli
      .argument('<JOURNAL>', 'a journal that `backtest --journal` wrote')
      .option('--strategy <FILE>', 'where the strategy file of that run lies now'),
  async run(options, io) {
    const name = String(io.args[0])
    const file = resolve(io.cwd, name)
    refuseMissing(file, name)
    const journal = new JournalReader(file)
    const run = readRunFile(file)
    refuseStranger(journal, run)
    const moved = textOption(options, 'strategy')
    const strategies = await strategiesOf(run, { journal: file, moved, cwd: io.cwd })
    const progress = await io.out.progress('replay', run.events ?? 1)
    let outcome: Outcome
    try {
      outcome = io.compute(() => decideAgain({ journal, run, strategies, onProgress: (events) => progress.update(events) }))
    } finally {
      progress.stop()
    }
    const document = documentOf({ name, journal, run, strategies, outcome, running: codeIdentity(io.version).sha256 })
    io.out.document(document)
    io.out.print(textOf(document))
    return document.same ? Exit.done : Exit.wanting
  },
}

function refuseMissing(file: string, name: string): void {
  if (existsSync(file)) return
  throw new InputError('journal-missing', `there is no journal ${name}`, {
    where: { file },
    next: 'Check the path; `autotrading backtest --journal FILE` writes one.',
  })
}

/** @throws InputError when the file beside the journal belongs to another one. */
function refuseStranger({ file, header }: JournalReader, { configHash }: RunFile): void {
  if (header.configHash === configHash) return
  throw new InputError(
    'journal-other-run',
    `${file} was written with the configuration ${header.configHash}, and ${runFileOf(file)} is of ${configHash}: they are of different runs`,
    { where: { file }, next: 'Put the .run.json of this journal beside it.' },
  )
}

interface Places {
  readonly journal: string
  /** Where the one strategy file of the run lies now, when it was said. */
  readonly moved: string | undefined
  readonly cwd: string
}

async function strategiesOf(run: RunFile, { journal, moved, cwd }: Places): Promise<readonly NamedStrategy[]> {
  const { strategies } = run.configuration
  if (moved !== undefined && strategies.length > 1)
    throw new InputError('usage', `the journal is of ${strategies.length} strategies, and --strategy names one file`, {
      next: 'Put the files back where they lay.',
    })
  const files = strategyFilesOf(run, journal)
  return Promise.all(
    strategies.map((strategy, i) => strategyOf(strategy, moved === undefined ? files[i] : resolve(cwd, moved), cwd)),
  )
}

async function strategyOf({ name, sha256 }: RecordedStrategy, path: string | undefined, cwd: string): Promise<NamedStrategy> {
  if (sha256 === null && path !== undefined)
    throw new InputError('usage', `the journal is of ${name}, a strategy of the house, and --strategy names a file`, {
      next: 'Leave --strategy out.',
    })
  if (path !== undefined && !existsSync(path))
    throw new InputError('strategy-file-missing', `the strategy file ${path}, which decided in this run, is no longer there`, {
      where: { file: path },
      next: 'Put it back, or say with --strategy FILE where it lies now.',
    })
  return findStrategy(path ?? name, cwd)
}

interface Outcome {
  /** Undefined when the kernel did not come to the end. */
  readonly digest: string | undefined
  readonly end: JournalEnd | undefined
  readonly events: number
  /** Why it did not. */
  readonly stopped: string | undefined
}

interface Again {
  readonly journal: JournalReader
  readonly run: RunFile
  readonly strategies: readonly NamedStrategy[]
  readonly onProgress: (events: number) => void
}

/** Events between two reports of progress. */
const SLICE = 50_000

function decideAgain({ journal, run, strategies, onProgress }: Again): Outcome {
  let events = 0
  const counter = {
    name: 'counter',
    observe(): void {
      events += 1
      if (events % SLICE === 0) onProgress(events)
    },
  }
  try {
    const kernel = new Kernel(
      kernelConfig(
        run.configuration,
        strategies.map(({ definition }) => definition),
      ),
    )
    const { digest, end } = replay({ journal, kernel, configHash: run.configHash, observers: [counter] })
    return { digest, end, events, stopped: undefined }
  } catch (error) {
    if (ofTheJournal(error)) throw error
    // Orders that nobody sent now are filled in the journal, or the strategy itself fails: it does not decide as it did.
    return { digest: undefined, end: undefined, events, stopped: describe(error) }
  }
}

const ofTheJournal = (error: unknown): boolean => error instanceof AutoTradingError && /^(not-a-)?journal\b/.test(error.code)

// ---- What is told --------------------------------------------------------------------------------------------------------

interface Comparison {
  readonly recorded: string
  readonly running: string
  readonly same: boolean
}

export interface ReplayDocument {
  readonly schema: 'autotrading.replay/1'
  readonly journal: string
  /** Replayed, and recorded when the run had ended. */
  readonly events: number
  readonly eventsRecorded: number | null
  /** `replayed` is null when the kernel did not come to the end: `stopped` says why. */
  readonly digest: { readonly recorded: string | null; readonly replayed: string | null }
  readonly same: boolean
  readonly stopped: string | null
  readonly code: Comparison
  /** Of several strategies: all their names, the file of the first, and whether all are the same. */
  readonly strategy: ReplayedStrategy
  readonly strategies: readonly ReplayedStrategy[]
  readonly configuration: {
    readonly hash: string
    readonly runId: string
    readonly seed: number | string
    readonly symbols: readonly string[]
    readonly same: true
  }
  /** Whether the writer closed the journal in order; null when its end was not reached. */
  readonly closed: boolean | null
  readonly torn: NonNullable<JournalEnd['torn']> | null
}

/** Hashes are null for a strategy of the house, which is part of the code. */
interface ReplayedStrategy {
  readonly name: string
  readonly file: string | null
  readonly recorded: string | null
  readonly running: string | null
  readonly same: boolean
}

interface Parts {
  readonly name: string
  readonly journal: JournalReader
  readonly run: RunFile
  readonly strategies: readonly NamedStrategy[]
  readonly outcome: Outcome
  readonly running: string
}

function documentOf({ name, journal, run, strategies, outcome, running }: Parts): ReplayDocument {
  const { configuration } = run
  const recorded = journal.header.codeHash
  const rows = configuration.strategies.map((strategy, i) => ({
    name: strategy.name,
    file: run.strategyFiles[i],
    recorded: strategy.sha256,
    running: strategies[i].sha256,
    same: strategy.sha256 === strategies[i].sha256,
  }))
  return {
    schema: 'autotrading.replay/1',
    journal: name,
    events: outcome.events,
    eventsRecorded: run.events,
    digest: { recorded: run.digest, replayed: outcome.digest ?? null },
    same: outcome.digest !== undefined && outcome.digest === run.digest,
    stopped: outcome.stopped ?? null,
    code: { recorded, running, same: recorded === running },
    strategy: { ...rows[0], name: rows.map((row) => row.name).join(' + '), same: rows.every(({ same }) => same) },
    strategies: rows,
    configuration: {
      hash: run.configHash,
      runId: configuration.runId,
      seed: configuration.seed,
      symbols: configuration.instruments.map(({ symbol }) => symbol),
      same: true,
    },
    closed: outcome.end?.closed ?? null,
    torn: outcome.end?.torn ?? null,
  }
}

/** The answer first, then what is different, the likeliest cause before the rest. */
function textOf(document: ReplayDocument): string {
  return [answerOf(document), ...differencesOf(document).map((line) => `  ${line}`)].join('\n')
}

function answerOf(document: ReplayDocument): string {
  const { same, journal, events, digest, strategy, configuration } = document
  const what = `${journal} (${strategy.name} on ${configuration.symbols.join(', ')}, ${events} events)`
  if (same) return `Same decisions: ${what}, digest ${String(digest.recorded)}.`
  if (digest.recorded === null) return `Nothing to compare with: ${what} is of a run that did not end.`
  return isCut(document) ? `Cannot be compared: ${what} is only a part of its run.` : `Other decisions: ${what}.`
}

/** Fewer events than the run had, and not because the kernel stopped. */
const isCut = ({ stopped, events, eventsRecorded }: ReplayDocument): boolean =>
  stopped === null && eventsRecorded !== null && events < eventsRecorded

function differencesOf(document: ReplayDocument): readonly string[] {
  const { same, events, eventsRecorded, digest, stopped, code, strategy, closed, torn } = document
  const lines: string[] = []
  if (!strategy.same)
    lines.push(
      `The strategy file ${String(strategy.file)} is not the one that decided: recorded ${String(strategy.recorded)}, now ${String(strategy.running)}.`,
    )
  if (!code.same) lines.push(`The program is not the one that decided: recorded ${code.recorded}, running ${code.running}.`)
  if (torn !== null)
    lines.push(
      `The journal is torn at byte ${torn.offset}: its last write did not complete, ${torn.bytes} bytes of it are left out.`,
    )
  else if (closed === false) lines.push('The journal was not closed: its newest events may be missing.')
  if (isCut(document)) lines.push(`It holds ${events} of ${String(eventsRecorded)} events.`)
  if (stopped !== null) lines.push(`The replay stopped at event ${events + 1}: ${stopped}`)
  else if (!same) lines.push(`Digest: recorded ${digest.recorded ?? 'none'}, replayed ${String(digest.replayed)}.`)
  if (!same && digest.recorded !== null && !isCut(document) && strategy.same && code.same)
    lines.push(
      strategy.file === null
        ? 'Program and configuration are those that decided: the recorded digest was changed, or this is a defect of the program.'
        : 'Program, strategy file and configuration are those that decided: a file that the strategy imports was changed, or it asks the clock, chance or a file, so that it never decides alike twice.',
    )
  return lines
}
