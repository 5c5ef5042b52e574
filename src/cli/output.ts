/**
 * Everything a command says. Results go to stdout; with `--json` stdout belongs to the one document, and all prose moves to
 * stderr. Progress and notes are always on stderr, and `--quiet` silences them; warnings and errors are never silenced.
 *
 * Touches the two streams it is given, and the file of `--json FILE`.
 */
import type { Writable } from 'node:stream'
import { AutoTradingError, assert } from '../core/errors.ts'
import { reportText, writeReportFile, type ReportDocument } from './report-file.ts'

export type { ReportDocument, Schema } from './report-file.ts'

export interface OutputSettings {
  readonly stdout: Writable
  readonly stderr: Writable
  readonly json: true | string | undefined
  readonly quiet: boolean
  /** Whether results may be coloured. */
  readonly color: boolean
}

export interface Progress {
  /** `done` of the total; `note` says what is being done now. */
  update(done: number, note?: string): void
  stop(): void
}

const SILENT: Progress = { update: () => undefined, stop: () => undefined }

export class Output {
  readonly color: boolean
  /** Columns of the terminal that results go to, 100 where there is none. */
  readonly width: number
  readonly #settings: OutputSettings
  #documents = 0

  constructor(settings: OutputSettings) {
    this.#settings = settings
    this.color = settings.color
    this.width = columnsOf(this.#results()) ?? 100
  }

  /** Whether `--json` was given, with a file or without. */
  get wantsJson(): boolean {
    return this.#settings.json !== undefined
  }

  /** A result for people; beside a document for programs it is prose, which `--quiet` silences. */
  print(text: string): void {
    if (this.wantsJson && this.#settings.quiet) return
    this.#results().write(withEnd(text))
  }

  /** The result for programs: one a run. Does nothing when nobody asked for it. */
  document<D extends ReportDocument>(document: D): void {
    assert((this.#documents += 1) === 1, 'a command writes one JSON document')
    const { json } = this.#settings
    if (json === undefined) return
    if (json === true) this.#settings.stdout.write(reportText(document))
    else writeReportFile(json, document)
  }

  /** What is going on; silenced by `--quiet`. */
  note(text: string): void {
    if (!this.#settings.quiet) this.#settings.stderr.write(withEnd(text))
  }

  /** What the user has to know although the work goes on; never silenced. */
  warn(text: string): void {
    this.#settings.stderr.write(withEnd(`warning: ${text}`))
  }

  /** A bar on a terminal, nothing elsewhere or with `--quiet`. */
  async progress(title: string, total: number): Promise<Progress> {
    if (this.#settings.quiet || columnsOf(this.#settings.stderr) === undefined) return SILENT
    const { SingleBar } = (await import('cli-progress')).default
    const bar = new SingleBar({
      stream: this.#settings.stderr,
      format: `${title} {bar} {percentage} % {eta_formatted} {note}`,
      barCompleteChar: '#',
      barIncompleteChar: '.',
      barsize: 30,
      clearOnComplete: true,
      hideCursor: true,
    })
    bar.start(total, 0, { note: '' })
    return {
      update: (done, note) => bar.update(done, note === undefined ? {} : { note }),
      stop: () => bar.stop(),
    }
  }

  #results(): Writable {
    return this.wantsJson ? this.#settings.stderr : this.#settings.stdout
  }
}

/** An interrupt as an error, for work that was told by `io.signal` to stop. */
export const interrupted = (): AutoTradingError => new AutoTradingError('interrupted', 'interrupted', 'interrupted')

const withEnd = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`)

/** Undefined when the stream is no terminal. */
function columnsOf(stream: Writable): number | undefined {
  if (!('isTTY' in stream) || stream.isTTY !== true) return undefined
  return 'columns' in stream && typeof stream.columns === 'number' && stream.columns > 0 ? stream.columns : 80
}
