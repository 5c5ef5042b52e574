/**
 * The journal as it is read: every block is checked before any of its events is handed out.
 *
 * A file that ends inside a block was torn by a crash, which is told and no error; anything else that is not as it was
 * written is refused with the block and the byte. Reads one file, changes nothing.
 */
import { Buffer } from 'node:buffer'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { OutsideError } from '../../core/errors.ts'
import type { Event } from '../../domain/event.ts'
import {
  BLOCK_HEADER,
  CHAIN,
  chainOf,
  damaged,
  decodeFileHeader,
  FILE_HEADER_MAX,
  HEADER_AT,
  PAYLOAD_AT,
  readBlockHeader,
} from './block.ts'
import type { BlockHeader, JournalHeader } from './block.ts'
import { RecordDecoder } from './decode.ts'

export interface JournalEnd {
  /** Events in the whole blocks of the file. */
  readonly events: number
  readonly blocks: number
  /** `seq` that an event after the last one would have. */
  readonly nextSeq: number
  /** The writer closed it. Without that the file may have lost its newest blocks, or is still being written. */
  readonly closed: boolean
  /** The file ends inside a block: the last write did not complete. Everything before `offset` is whole. */
  readonly torn: { readonly offset: number; readonly bytes: number } | undefined
}

export interface ReadOptions {
  /** The first event to hand out; blocks before it are checked all the same. */
  readonly fromSeq?: number
}

/** Holds a block as they mostly are; it grows for a larger one. */
const FIRST_BUFFER = 262_144

export class JournalReader {
  readonly file: string
  readonly header: JournalHeader
  readonly #start: number
  readonly #chain: Buffer

  /** Reads the file's header. @throws InputError `not-a-journal`, `journal-format`, `journal-damaged`. */
  constructor(file: string) {
    this.file = file
    const { header, length, chain } = withFile(file, (descriptor) => {
      const bytes = Buffer.alloc(FILE_HEADER_MAX)
      return decodeFileHeader(bytes.subarray(0, fill(descriptor, bytes, 0, bytes.length, 0)), file)
    })
    this.header = header
    this.#start = length
    this.#chain = chain
  }

  /**
   * Hands out all events in order. Market facts come as one cursor that moves on: keep numbers, never the cursor.
   * @throws InputError `journal-damaged` before any event of the damaged block.
   */
  each(handler: (event: Event) => void, { fromSeq = 0 }: ReadOptions = {}): JournalEnd {
    return withFile(this.file, (descriptor, size) => {
      const decoder = new RecordDecoder()
      let bytes = Buffer.allocUnsafe(Math.min(FIRST_BUFFER, PAYLOAD_AT + size))
      this.#chain.copy(bytes)
      let offset = this.#start
      let blocks = 0
      let seq = this.header.startSeq
      const end = (closed: boolean, torn: JournalEnd['torn']): JournalEnd => ({
        events: seq - this.header.startSeq,
        blocks,
        nextSeq: seq,
        closed,
        torn,
      })
      while (offset < size) {
        const left = size - offset
        if (left < BLOCK_HEADER) return end(false, { offset, bytes: left })
        fill(descriptor, bytes, HEADER_AT, BLOCK_HEADER, offset)
        const block = readBlockHeader(bytes)
        if (block === undefined) throw this.#damaged(blocks, offset, 'the checksum of its header does not fit')
        const whole = BLOCK_HEADER + block.length + CHAIN
        if (left < whole) return end(false, { offset, bytes: left })
        if (HEADER_AT + whole > bytes.length) {
          const larger = Buffer.allocUnsafe(2 * (HEADER_AT + whole))
          bytes.copy(larger, 0, 0, PAYLOAD_AT)
          bytes = larger
        }
        fill(descriptor, bytes, PAYLOAD_AT, block.length + CHAIN, offset + BLOCK_HEADER)
        this.#check(block, bytes, { index: blocks, offset, seq })
        if (block.count === 0) {
          if (left > whole) throw this.#damaged(blocks, offset, 'something follows the end of the journal')
          return end(true, undefined)
        }
        if (seq + block.count > fromSeq) {
          handOut(block, decoder, bytes, fromSeq, handler)
          if (!decoder.atEnd) throw this.#damaged(blocks, offset, 'its events and its length do not agree')
        }
        bytes.copyWithin(0, PAYLOAD_AT + block.length, PAYLOAD_AT + block.length + CHAIN)
        seq += block.count
        offset += whole
        blocks += 1
      }
      return end(false, undefined)
    })
  }

  #check(
    { length, firstSeq, payloadCrc, count }: BlockHeader,
    bytes: Buffer,
    { index, offset, seq }: { readonly index: number; readonly offset: number; readonly seq: number },
  ): void {
    const payloadEnd = PAYLOAD_AT + length
    if (crc32(bytes.subarray(PAYLOAD_AT, payloadEnd)) !== payloadCrc)
      throw this.#damaged(index, offset, 'the checksum of its events does not fit')
    if (firstSeq !== seq) throw this.#damaged(index, offset, `it begins with event ${firstSeq}, but ${seq} is due`)
    if (!chainOf(bytes.subarray(0, payloadEnd)).equals(bytes.subarray(payloadEnd, payloadEnd + CHAIN)))
      throw this.#damaged(index, offset, 'it does not continue the block before it')
    if ((count === 0) !== (length === 0))
      throw this.#damaged(index, offset, `it says it holds ${count} events in ${length} bytes`)
  }

  #damaged(index: number, offset: number, what: string): Error {
    return damaged(this.file, `block ${index}`, offset, what)
  }
}

function handOut(
  { length, firstSeq, count }: BlockHeader,
  decoder: RecordDecoder,
  bytes: Buffer,
  fromSeq: number,
  handler: (event: Event) => void,
): void {
  decoder.begin(bytes, PAYLOAD_AT, PAYLOAD_AT + length)
  for (let seq = firstSeq; seq < firstSeq + count; seq++) {
    const event = decoder.next(seq)
    if (seq >= fromSeq) handler(event)
  }
}

/** Opens the file for the time of a call; `size` is what it has now, so that a growing file has an end. */
function withFile<T>(file: string, read: (descriptor: number, size: number) => T): T {
  let descriptor: number
  try {
    descriptor = openSync(file, 'r')
  } catch (cause) {
    throw new OutsideError('journal-not-read', `the journal ${file} cannot be opened`, {
      where: { file },
      next: 'Check the path and its rights.',
      cause,
      retryable: false,
    })
  }
  try {
    return read(descriptor, fstatSync(descriptor).size)
  } finally {
    closeSync(descriptor)
  }
}

/** Reads up to `count` bytes from a place of the file; returns how many there were. */
function fill(descriptor: number, bytes: Buffer, at: number, count: number, offset: number): number {
  let done = 0
  while (done < count) {
    const got = readSync(descriptor, bytes, at + done, count - done, offset + done)
    if (got === 0) break
    done += got
  }
  return done
}
