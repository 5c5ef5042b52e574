/**
 * A text file that is written piece by piece, packed with gzip or plain, and has its name only when it is whole.
 *
 * Writes that file, and a neighbour `NAME.PID.tmp` until then.
 */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { PassThrough } from 'node:stream'
import type { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { OutsideError } from '../../core/errors.ts'

/** Characters that are handed on at once. */
const PIECE = 1 << 16
/** Fixed, so that the same text gives the same bytes; node writes no time into the head of a gzip file. */
const GZIP_LEVEL = 6

export class TextFile {
  readonly path: string
  readonly #temporary: string
  readonly #entry: Transform
  readonly #written: Promise<void>
  #text = ''
  #failure: unknown

  constructor(path: string, gzip: boolean) {
    this.path = path
    this.#temporary = `${path}.${process.pid}.tmp`
    this.#entry = gzip ? createGzip({ level: GZIP_LEVEL }) : new PassThrough()
    this.#written = pipeline(this.#entry, createWriteStream(this.#temporary))
    // Whoever writes next is told; until then nobody listens.
    this.#written.catch((error: unknown) => (this.#failure = error))
  }

  write(text: string): void {
    this.#text += text
  }

  /** Whether it is time to `flush`. */
  get full(): boolean {
    return this.#text.length >= PIECE
  }

  /** Hands on what was written, and waits while the disk is behind. @throws OutsideError */
  async flush(): Promise<void> {
    if (this.#failure !== undefined) throw this.#notWritten(this.#failure)
    const text = this.#text
    this.#text = ''
    if (text === '' || this.#entry.write(text)) return
    await Promise.race([once(this.#entry, 'drain'), this.#written]).catch((error: unknown) => {
      throw this.#notWritten(error)
    })
  }

  /** Ends the file and gives it its name. Returns its size. @throws OutsideError */
  async finish(): Promise<number> {
    await this.flush()
    try {
      this.#entry.end()
      await this.#written
      await rename(this.#temporary, this.path)
      return (await stat(this.path)).size
    } catch (error) {
      await this.discard()
      throw this.#notWritten(error)
    }
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    this.#entry.destroy()
    await this.#written.catch(() => undefined)
    await rm(this.#temporary, { force: true })
  }

  #notWritten(cause: unknown): OutsideError {
    if (cause instanceof OutsideError) return cause
    return new OutsideError(
      'file-not-written',
      `${this.path} could not be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      { where: { file: this.path }, next: 'Look at free space and rights of the disk.', cause, retryable: false },
    )
  }
}
