/**
 * The journal as it is written: events into a block in memory, blocks into a file that only grows.
 *
 * Writes one file and holds it open until `close`.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import { OutsideError, InputError, assert } from '../../core/errors.ts'
import type { Event } from '../../domain/event.ts'
import type { Journal } from '../../kernel/ports.ts'
import { CHAIN, chainOf, encodeFileHeader, HEADER_AT, PAYLOAD_AT, sealBlock } from './block.ts'
import type { JournalHeader } from './block.ts'
import { RecordEncoder } from './encode.ts'

/**
 * `write`: `flush` returns when everything appended has returned from `write()`, which survives a killed process.
 * `buffered`: blocks are written when they are full and at the end; only for runs whose effects go nowhere outside this
 * process, because a crash loses the events that caused the newest of them.
 */
export type JournalSync = 'write' | 'buffered'

export interface JournalWriterOptions extends JournalHeader {
  /** Must not exist: a journal is never written over. */
  readonly file: string
  readonly sync: JournalSync
  /** Payload at which a block is closed. */
  readonly blockBytes?: number
}

const BLOCK_BYTES = 128 * 1024

export class JournalWriter implements Journal {
  readonly file: string
  readonly #descriptor: number
  readonly #writesAtFlush: boolean
  readonly #limit: number
  readonly #encoder: RecordEncoder
  #firstSeq: number
  #written = 0
  #state: 'open' | 'closed' | 'broken' = 'open'

  /** @throws InputError `journal-exists`; OutsideError `journal-not-written`. */
  constructor({ file, sync, blockBytes = BLOCK_BYTES, ...header }: JournalWriterOptions) {
    this.file = file
    this.#writesAtFlush = sync === 'write'
    this.#limit = PAYLOAD_AT + blockBytes
    this.#encoder = new RecordEncoder({ start: PAYLOAD_AT, capacity: blockBytes + CHAIN, nextSeq: header.startSeq })
    this.#firstSeq = header.startSeq
    this.#descriptor = create(file)
    const bytes = encodeFileHeader(header)
    chainOf(bytes).copy(this.#encoder.bytes)
    this.#write(bytes, 0, bytes.length)
  }

  append(event: Event): void {
    if (this.#state !== 'open') this.#refuse()
    this.#encoder.encode(event)
    if (this.#encoder.end >= this.#limit) this.#closeBlock()
  }

  flush(): void {
    if (this.#state !== 'open') this.#refuse()
    if (this.#writesAtFlush && this.#encoder.end > PAYLOAD_AT) this.#closeBlock()
  }

  /** Writes what is left and the mark of an orderly end. */
  close(): void {
    if (this.#state === 'closed') return
    if (this.#state === 'open') {
      if (this.#encoder.end > PAYLOAD_AT) this.#closeBlock()
      this.#closeBlock()
    }
    this.#state = 'closed'
    closeSync(this.#descriptor)
  }

  /** The number of the next event. */
  get nextSeq(): number {
    return this.#encoder.nextSeq
  }

  /** Bytes in the file. */
  get written(): number {
    return this.#written
  }

  #closeBlock(): void {
    const encoder = this.#encoder
    const { bytes, end } = encoder
    const size = sealBlock(bytes, { length: end - PAYLOAD_AT, firstSeq: this.#firstSeq, count: encoder.nextSeq - this.#firstSeq })
    this.#write(bytes, HEADER_AT, size)
    bytes.copyWithin(0, end, end + CHAIN)
    this.#firstSeq = encoder.nextSeq
    encoder.begin()
  }

  #write(bytes: Uint8Array, start: number, count: number): void {
    let done = 0
    try {
      while (done < count) done += writeSync(this.#descriptor, bytes, start + done, count - done)
    } catch (cause) {
      // Half a block may stand in the file: nothing may follow it.
      this.#state = 'broken'
      throw notWritten(this.file, cause)
    }
    this.#written += count
  }

  #refuse(): never {
    assert(this.#state !== 'closed', `the journal ${this.file} was closed`)
    throw notWritten(this.file, undefined)
  }
}

function create(file: string): number {
  try {
    return openSync(file, 'ax')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw notWritten(file, cause)
    throw new InputError('journal-exists', `the journal ${file} exists and is never written over`, {
      where: { file },
      next: 'Continue from it, or give another path.',
      cause,
    })
  }
}

const notWritten = (file: string, cause: unknown): OutsideError =>
  new OutsideError('journal-not-written', `the journal ${file} cannot be written`, {
    where: { file },
    next: 'Look at free space and rights of the disk, then start again: the run continues from what was written.',
    cause,
    retryable: false,
  })
