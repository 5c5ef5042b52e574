/**
 * `backtest --journal FILE`: the events of a run, and beside them in `FILE.run.json` what a fresh kernel needs to decide on
 * them again. The journal's header carries the hash of that configuration, so that the two cannot be mixed up.
 *
 * Writes these two files, never over existing ones; reads the second for `replay`.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, isAbsolute, relative, resolve } from 'node:path'
import type { Manifest } from '../backtest/result.ts'
import { InputError, OutsideError } from '../core/errors.ts'
import { canonicalJson, decodePlain, encodePlain } from '../core/plain.ts'
import { intervalOf } from '../core/time.ts'
import type { KernelConfig, StrategySpec } from '../kernel/kernel.ts'
import type { Journal } from '../kernel/ports.ts'
import { JournalWriter } from '../storage/journal/writer.ts'
import type { AnyStrategy } from '../strategy/pair.ts'

const RUN_SCHEMA = 'autotrading.journal/2'

/** A kernel's configuration as plain data: strategies by their names and, when they are files, by the hashes of them. */
export interface RecordedConfig extends Omit<KernelConfig, 'strategies'> {
  readonly strategies: readonly RecordedStrategy[]
}

export interface RecordedStrategy extends Omit<StrategySpec, 'definition' | 'interval'> {
  readonly name: string
  readonly interval: string
  /** Of the user's file; `null` for a strategy of the house. */
  readonly sha256: string | null
}

/** `FILE.run.json`, with what JSON has no word for in the notation of `core/plain.ts`. */
export interface RunFile {
  readonly schema: typeof RUN_SCHEMA
  /** The name of the journal that it belongs to. */
  readonly journal: string
  readonly code: Manifest['code']
  readonly runtime: string
  /** Hash of `configuration`, which the journal's header has, too. */
  readonly configHash: string
  readonly configuration: RecordedConfig
  /** Of each strategy the user's file as seen from the folder of the journal; `null` for one of the house. */
  readonly strategyFiles: readonly (string | null)[]
  /** `null` until the run has ended. */
  readonly events: number | null
  readonly digest: string | null
}

interface JournalChoice {
  /** Absolute. */
  readonly path: string
  readonly code: Manifest['code']
  readonly runtime: string
  /** Of each strategy the user's file, absolute, and its hash; `null` for one of the house. */
  readonly strategies: readonly { readonly file: string | null; readonly sha256: string | null }[]
}

export const runFileOf = (journal: string): string => `${journal}.run.json`

const configHashOf = (configuration: RecordedConfig): string =>
  createHash('sha256').update(canonicalJson(configuration)).digest('hex')

/** Asked before the work: whether a journal may be written there. @throws InputError */
export function checkJournalFile(path: string): void {
  const folder = dirname(path)
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new InputError('journal-folder', `--journal ${path}: there is no folder ${folder}`, {
      where: { file: path },
      next: 'Create the folder, or name another file.',
    })
  for (const file of [path, runFileOf(path)])
    if (existsSync(file))
      throw new InputError('journal-exists', `--journal ${path}: ${file} exists, and a journal is never written over`, {
        where: { file },
        next: 'Name another file, or remove the journal and its .run.json yourself.',
      })
}

/** The journal of one run, from its first event to the digest. */
export class RunJournal {
  readonly #choice: JournalChoice
  #writer: JournalWriter | undefined
  #run: RunFile | undefined

  constructor(choice: JournalChoice) {
    this.#choice = choice
  }

  /** @throws InputError `journal-exists`, OutsideError when a file cannot be written. */
  open(config: KernelConfig): Journal {
    const { path, code, runtime, strategies } = this.#choice
    const configuration = recordedConfig(
      config,
      strategies.map(({ sha256 }) => sha256),
    )
    const configHash = configHashOf(configuration)
    const writer = new JournalWriter({
      file: path,
      sync: 'buffered',
      codeHash: code.sha256,
      configHash,
      runId: config.runId,
      startSeq: 1,
    })
    this.#writer = writer
    this.#run = {
      schema: RUN_SCHEMA,
      journal: basename(path),
      code,
      runtime,
      configHash,
      configuration,
      strategyFiles: strategies.map(({ file }) => (file === null ? null : relative(dirname(path), file).replaceAll('\\', '/'))),
      events: null,
      digest: null,
    }
    // Also a run that breaks off leaves a journal that can be looked into.
    writeRunFile(path, this.#run, 'wx')
    return writer
  }

  /** Writes what is left of the events; for `finally`. */
  close(): void {
    this.#writer?.close()
  }

  /** The run has ended in order. */
  finish(digest: string): void {
    if (this.#writer === undefined || this.#run === undefined) return
    writeRunFile(this.#choice.path, { ...this.#run, events: this.#writer.nextSeq - 1, digest }, 'w')
  }
}

function recordedConfig({ strategies, ...config }: KernelConfig, hashes: readonly (string | null)[]): RecordedConfig {
  const recorded = strategies.map(({ definition, interval, ...spec }, i) => ({
    name: definition.name,
    ...spec,
    interval: interval.name,
    sha256: hashes[i],
  }))
  return { ...config, strategies: recorded }
}

/** The configuration of a fresh kernel. `definitions` are what goes by the recorded names now. */
export function kernelConfig({ strategies, ...config }: RecordedConfig, definitions: readonly AnyStrategy[]): KernelConfig {
  const specs = strategies.map(({ interval, params, account, symbols, share, hedge }, i) => ({
    definition: definitions[i],
    params,
    interval: intervalOf(interval),
    account,
    ...(symbols && { symbols }),
    ...(share !== undefined && { share }),
    ...(hedge && { hedge }),
  }))
  return { ...config, strategies: specs }
}

/** Where the strategy files of a run lay, absolute. */
export function strategyFilesOf({ strategyFiles }: RunFile, journal: string): readonly (string | undefined)[] {
  return strategyFiles.map((file) => {
    if (file === null) return undefined
    return isAbsolute(file) ? file : resolve(dirname(journal), file)
  })
}

function writeRunFile(journal: string, run: RunFile, flag: 'w' | 'wx'): void {
  const file = runFileOf(journal)
  try {
    writeFileSync(file, `${encodePlain(run)}\n`, { flag })
  } catch (cause) {
    throw new OutsideError('run-file-write', `${file} could not be written`, {
      cause,
      where: { file },
      next: 'Check the permissions and the space on that disk.',
      retryable: false,
    })
  }
}

/**
 * What was written beside a journal.
 * @throws InputError `run-file-missing`, `run-file-damaged` when its configuration is not the one that it was written with.
 */
export function readRunFile(journal: string): RunFile {
  const file = runFileOf(journal)
  if (!existsSync(file))
    throw new InputError('run-file-missing', `${file} is missing: without it nobody knows which strategy and limits decided`, {
      where: { file },
      next: 'Put it back beside the journal; `backtest --journal` writes both.',
    })
  const refuse = (what: string, cause?: unknown): never => {
    throw new InputError('run-file-damaged', `${file} ${what}`, {
      cause,
      where: { file },
      next: 'Restore it from a backup, or run the backtest again.',
    })
  }
  let found: unknown
  try {
    found = decodePlain(readFileSync(file, 'utf8'))
  } catch (cause) {
    return refuse('is no JSON document of ours', cause)
  }
  if (!isRunFile(found)) return refuse(`is no document of ${RUN_SCHEMA}`)
  const hash = configHashOf(found.configuration)
  if (hash !== found.configHash)
    return refuse(`was changed: its configuration has the hash ${hash}, it was written with ${found.configHash}`)
  return found
}

/** What the configuration holds is told by its hash. */
function isRunFile(found: unknown): found is RunFile {
  if (typeof found !== 'object' || found === null) return false
  const { schema, code, configHash, configuration, strategyFiles, events, digest } = found as Readonly<Record<string, unknown>>
  const textOrNull = (value: unknown): boolean => value === null || typeof value === 'string'
  return (
    schema === RUN_SCHEMA &&
    typeof code === 'object' &&
    code !== null &&
    typeof configHash === 'string' &&
    typeof configuration === 'object' &&
    configuration !== null &&
    Array.isArray(strategyFiles) &&
    strategyFiles.every(textOrNull) &&
    textOrNull(digest) &&
    (events === null || typeof events === 'number')
  )
}
