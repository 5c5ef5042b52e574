/**
 * `replay`: a journal through a fresh kernel with the configuration that wrote it. The same decisions, or other ones and what
 * is known to be different: the code, the strategy file. Reads, writes nothing.
 */
import { resolve } from 'node:path'
import { replay } from '../../backtest/replay.ts'
import { AutoTradingError, describe, InputError } from '../../core/errors.ts'
import { Kernel } from '../../kernel/kernel.ts'
import { JournalReader } from '../../storage/journal/reader.ts'
import type { JournalEnd } from '../../storage/journal/reader.ts'
import { kernelConfig, readRunFile, runFileOf, strategyFileOf } from '../backtest-journal.ts'
import type { RunFile } from '../backtest-journal.ts'
import { textOption } from '../backtest-options.ts'
import { codeIdentity } from '../code-identity.ts'
import type { CommandDefinition } from '../command.ts'
import { Exit } from '../exit.ts'
import { findStrategy } from '../strategy-file.ts'
import type { NamedStrategy } from '../strategy-file.ts'

export const command: CommandDefinition = {
  examples: [
    'autotrading replay run.journal',
    'autotrading replay run.journal --strategy ./moved/my-strategy.ts --json',
  ],
  configure: (cli) =>
    cli
      .argument('<JOURNAL>', 'a journal that `backtest --journal` wrote')
      .option('--strategy <FILE>', 'where the strategy file of that run lies now'),
  async run(options, io) {
    const name = String(io.args[0])
    const file = resolve(io.cwd, name)
    const journal = new JournalReader(file)
    const run = readRunFile(file)
    refuseStranger(journal, run)
    const moved = textOption(options, 'strategy')
    const strategy = await strategyOf(run, moved === undefined ? strategyFileOf(run, file) : resolve(io.cwd, moved), io.cwd)
    const outcome = io.compute(() => decideAgain(journal, run, strategy))
    const document = documentOf({ name, journal, run, strategy, outcome, running: codeIdentity(io.version).sha256 })
    io.out.document(document)
    io.out.print(textOf(document))
    return document.same ? Exit.done : Exit.wanting
  },
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

async function strategyOf({ configuration }: RunFile, path: string | undefined, cwd: string): Promise<NamedStrategy> {
  const { name, sha256 } = configuration.strategy
  if (sha256 === null && path !== undefined)
    throw new InputError('usage', `the journal is of ${name}, a strategy of the house, and --strategy names a file`, { next: 'Leave --strategy out.' })
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

function decideAgain(journal: JournalReader, run: RunFile, { definition }: NamedStrategy): Outcome {
  let events = 0
  const counter = { name: 'counter', observe: (): void => void (events += 1) }
  try {
    const kernel = new Kernel(kernelConfig(run.configuration, definition))
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
  /** Hashes are null for a strategy of the house, which is part of the code. */
  readonly strategy: { readonly name: string; readonly file: string | null; readonly recorded: string | null; readonly running: string | null; readonly same: boolean }
  readonly configuration: { readonly hash: string; readonly runId: string; readonly seed: number | string; readonly symbols: readonly string[]; readonly same: true }
  /** Whether the writer closed the journal in order; null when its end was not reached. */
  readonly closed: boolean | null
  readonly torn: JournalEnd['torn'] | null
}

interface Parts {
  readonly name: string
  readonly journal: JournalReader
  readonly run: RunFile
  readonly strategy: NamedStrategy
  readonly outcome: Outcome
  readonly running: string
}

function documentOf({ name, journal, run, strategy, outcome, running }: Parts): ReplayDocument {
  const { configuration } = run
  const recorded = journal.header.codeHash
  return {
    schema: 'autotrading.replay/1',
    journal: name,
    events: outcome.events,
    eventsRecorded: run.events,
    digest: { recorded: run.digest, replayed: outcome.digest ?? null },
    same: outcome.digest !== undefined && outcome.digest === run.digest,
    stopped: outcome.stopped ?? null,
    code: { recorded, running, same: recorded === running },
    strategy: {
      name: configuration.strategy.name,
      file: run.strategyFile,
      recorded: configuration.strategy.sha256,
      running: strategy.sha256,
      same: configuration.strategy.sha256 === strategy.sha256,
    },
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

function answerOf({ same, journal, events, digest, strategy, configuration }: ReplayDocument): string {
  const what = `${journal} (${strategy.name} on ${configuration.symbols.join(', ')}, ${events} events)`
  if (same) return `Same decisions: ${what}, digest ${String(digest.recorded)}.`
  if (digest.recorded === null) return `Nothing to compare with: ${what} is of a run that did not end; digest up to there ${String(digest.replayed)}.`
  return `Other decisions: ${what}.`
}

function differencesOf({ same, events, eventsRecorded, digest, stopped, code, strategy, closed, torn }: ReplayDocument): readonly string[] {
  const lines: string[] = []
  if (!strategy.same) lines.push(`The strategy file ${String(strategy.file)} is not the one that decided: recorded ${String(strategy.recorded)}, now ${String(strategy.running)}.`)
  if (!code.same) lines.push(`The program is not the one that decided: recorded ${code.recorded}, running ${code.running}.`)
  if (torn !== null) lines.push(`The journal is torn at byte ${torn.offset}: its last write did not complete, ${torn.bytes} bytes of it are left out.`)
  else if (closed === false) lines.push('The journal was not closed: its newest events may be missing.')
  if (stopped === null && eventsRecorded !== null && events !== eventsRecorded) lines.push(`It holds ${events} of ${eventsRecorded} events.`)
  if (stopped !== null) lines.push(`The replay stopped at event ${events + 1}: ${stopped}`)
  else if (!same && digest.recorded !== null) lines.push(`Digest: recorded ${digest.recorded}, replayed ${String(digest.replayed)}.`)
  if (!same && digest.recorded !== null && strategy.same && code.same && torn === null && closed !== false)
    lines.push('Program, strategy and configuration are those that decided: then something else than they decides too, and that is a defect.')
  return lines
}
