/**
 * The layout of a journal file: a file header, then blocks that are checked and chained.
 *
 *     file   = magic (8) | format (u32) | length of the text (u32) | JSON text | crc32 of all before (u32) | blocks
 *     block  = payload length (u32) | first seq (f64) | count (u32) | crc32 of the payload (u32) | crc32 of all before (u32)
 *              | payload | chain (32)
 *     chain  = sha256(chain of the block before | this block without its chain); before the first block: sha256(file header)
 *
 * A block with no events ends a file that was closed in order. The block header has a checksum of its own because a
 * wrong length must never look like a torn tail: what is torn may be cut, what is damaged may not.
 *
 * Pure but for errors; little-endian throughout.
 */
import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { InputError } from '../../core/errors.ts'

export const JOURNAL_FORMAT = 1
const MAGIC = Buffer.from('ATJOURNL', 'latin1')
const FIXED = MAGIC.length + 8
const CRC = 4
/** The header's text is a few hundred bytes; more is no header. */
const TEXT_MAX = 4_096
/** The most of a file that its header can take. */
export const FILE_HEADER_MAX = FIXED + TEXT_MAX + CRC

export const CHAIN = 32
export const BLOCK_HEADER = 24
/** Where the header and the payload lie in a buffer that keeps the chain before them, so that hashing copies nothing. */
export const PAYLOAD_AT = CHAIN + BLOCK_HEADER
export const HEADER_AT = PAYLOAD_AT - BLOCK_HEADER

/** Whose events these are. Other code or configuration: replay into a fresh kernel, or refuse. */
export interface JournalHeader {
  readonly codeHash: string
  readonly configHash: string
  readonly runId: string
  /** `seq` of the first event. */
  readonly startSeq: number
}

export interface BlockHeader {
  readonly length: number
  readonly firstSeq: number
  readonly count: number
  readonly payloadCrc: number
}

export function encodeFileHeader({ codeHash, configHash, runId, startSeq }: JournalHeader): Buffer {
  const text = Buffer.from(JSON.stringify({ codeHash, configHash, runId, startSeq }), 'utf8')
  if (text.length > TEXT_MAX)
    throw new InputError(
      'journal-header-too-long',
      `the header of a journal has ${text.length} bytes, at most ${TEXT_MAX} are allowed`,
    )
  const bytes = Buffer.alloc(FIXED + text.length + CRC)
  MAGIC.copy(bytes)
  bytes.writeUInt32LE(JOURNAL_FORMAT, MAGIC.length)
  bytes.writeUInt32LE(text.length, MAGIC.length + 4)
  text.copy(bytes, FIXED)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, FIXED + text.length)), FIXED + text.length)
  return bytes
}

/**
 * Reads the header from the beginning of a file.
 * @throws InputError `not-a-journal`, `journal-format` (another version wrote it), `journal-damaged`.
 */
export function decodeFileHeader(
  bytes: Buffer,
  file: string,
): { readonly header: JournalHeader; readonly length: number; readonly chain: Buffer } {
  if (bytes.length < FIXED || !bytes.subarray(0, MAGIC.length).equals(MAGIC))
    throw new InputError('not-a-journal', `${file} does not begin like a journal`, {
      where: { file },
      next: 'Give the path of a journal that this program wrote.',
    })
  const format = bytes.readUInt32LE(MAGIC.length)
  if (format !== JOURNAL_FORMAT)
    throw new InputError(
      'journal-format',
      `${file} is a journal of format ${format}, this program reads format ${JOURNAL_FORMAT}`,
      {
        where: { file, format },
        next: 'Read it with the version of the program that wrote it.',
      },
    )
  const end = FIXED + bytes.readUInt32LE(MAGIC.length + 4)
  if (end > FIXED + TEXT_MAX || bytes.length < end + CRC || crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end))
    throw damaged(file, 'file header', 0, 'its checksum does not fit')
  const header = JSON.parse(bytes.toString('utf8', FIXED, end)) as JournalHeader
  const length = end + CRC
  return { header, length, chain: chainOf(bytes.subarray(0, length)) }
}

/** Fills in the header of a block whose payload lies in place, and the chain after it; returns the block's length in bytes. */
export function sealBlock(
  bytes: Buffer,
  { length, firstSeq, count }: { readonly length: number; readonly firstSeq: number; readonly count: number },
): number {
  const end = PAYLOAD_AT + length
  bytes.writeUInt32LE(length, HEADER_AT)
  bytes.writeDoubleLE(firstSeq, HEADER_AT + 4)
  bytes.writeUInt32LE(count, HEADER_AT + 12)
  bytes.writeUInt32LE(crc32(bytes.subarray(PAYLOAD_AT, end)), HEADER_AT + 16)
  bytes.writeUInt32LE(crc32(bytes.subarray(HEADER_AT, HEADER_AT + 20)), HEADER_AT + 20)
  chainOf(bytes.subarray(0, end)).copy(bytes, end)
  return BLOCK_HEADER + length + CHAIN
}

/** Undefined when the header's own checksum does not fit. */
export function readBlockHeader(bytes: Buffer): BlockHeader | undefined {
  if (crc32(bytes.subarray(HEADER_AT, HEADER_AT + 20)) !== bytes.readUInt32LE(HEADER_AT + 20)) return undefined
  return {
    length: bytes.readUInt32LE(HEADER_AT),
    firstSeq: bytes.readDoubleLE(HEADER_AT + 4),
    count: bytes.readUInt32LE(HEADER_AT + 12),
    payloadCrc: bytes.readUInt32LE(HEADER_AT + 16),
  }
}

export const chainOf = (bytes: Uint8Array): Buffer => hash('sha256', bytes, 'buffer')

/** A journal that is not what was written. Never repaired by the program: what follows cannot be trusted either. */
export const damaged = (file: string, block: string, offset: number, what: string): InputError =>
  new InputError('journal-damaged', `${file} is damaged in ${block} at byte ${offset}: ${what}`, {
    where: { file, offset },
    next: 'Restore it from a backup, or start from a snapshot taken before this place and reconcile with the venue.',
  })
