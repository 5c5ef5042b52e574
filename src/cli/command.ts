/**
 * What a command is: one file with a definition object under `commands/`, and one line in the list `commands.ts`.
 *
 * Types only.
 */
import type { Command } from 'commander'
import type { ExitCode } from './exit.ts'
import type { Output } from './output.ts'

/** The line of a command in the list. Its file is loaded only when it is the one that was called. */
export interface CommandEntry {
  /** One word, or two (`data validate`). */
  readonly name: string
  /** One line for `--help`, without a full stop. */
  readonly summary: string
  readonly load: () => Promise<{ readonly command: CommandDefinition }>
}

export interface CommandDefinition {
  /** Whole command lines, at least one, shown at the end of `--help`. */
  readonly examples: readonly [string, ...string[]]
  /** Adds arguments and options. The global options are added by the caller. */
  configure?(cli: Command): unknown
  /**
   * Does the work. `options` are the parsed options by commander's names, `io.args` the positional arguments.
   * Returns the exit code, nothing meaning done; throws typed errors.
   */
  run(options: Readonly<Record<string, unknown>>, io: CommandIo): Promise<ExitCode | void> | ExitCode | void
  /**
   * `finish`: an interrupt only aborts `io.signal`, and the command comes to its end by itself (a second interrupt ends
   * it at once). Otherwise an interrupt ends the process at once.
   */
  readonly onInterrupt?: 'finish'
}

/** The options that every command has. */
export interface GlobalOptions {
  /** `true`: the document goes to stdout. A text: to that file. */
  readonly json: true | string | undefined
  readonly config: string | undefined
  /** `path=value`, in the order given. */
  readonly set: readonly string[]
  /** Where state lives; absolute. */
  readonly home: string
  readonly seed: number | undefined
  readonly quiet: boolean
  readonly verbose: boolean
  readonly color: boolean
}

/** What a command gets from the world. */
export interface CommandIo {
  readonly out: Output
  /** Positional arguments as commander parsed them: a variadic one is an array. */
  readonly args: readonly unknown[]
  readonly globals: GlobalOptions
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly version: string
  /** Aborted by the first interrupt. */
  readonly signal: AbortSignal
  /**
   * Runs long synchronous work. While it runs no JavaScript could answer an interrupt, so the signal's own default is put back:
   * the process ends at once (130 for a shell).
   */
  compute<T>(work: () => T): T
}
