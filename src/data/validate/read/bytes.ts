/**
 * The unpacked bytes of a file as far as they can be had, and what was wrong with them.
 *
 * The strict reader of `file-bytes.ts` stops at the first damage and may lose what it had unpacked; here every byte before the
 * damage arrives. Reads files.
 */
import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createGunzip } from 'node:zlib'
import { describe, InputError, OutsideError } from '../../../core/errors.ts'
import { sha256OfFile } from '../../../storage/file-hash.ts'
import { expectedSha256, readBytes, UNPACKED_BYTES_MAX } from '../../../storage/market-data/file-bytes.ts'
import { zipEntryChunks } from '../../../storage/market-data/zip-entry.ts'

export interface Trouble {
  readonly kind: 'unreadable' | 'checksum'
  readonly message: string
}

export interface Bytes {
  /** Of the file as it lies on disk, lower-case hex. */
  readonly sha256: string
  readonly troubles: readonly Trouble[]
}

/** Gives the unpacked bytes to `onChunk`. Throws only when the file cannot be opened; `onRead` hears of bytes read from disk. */
export async function readAll(
  path: string,
  onChunk: (chunk: Uint8Array) => void,
  onRead: (bytes: number) => void = () => {},
): Promise<Bytes> {
  const hash = createHash('sha256')
  const troubles: Trouble[] = []
  const trouble = (error: unknown): void => {
    troubles.push({ kind: 'unreadable', message: reason(error) })
  }
  const lower = path.toLowerCase()
  if (lower.endsWith('.zip')) {
    await sha256OfFile(path, hash, onRead)
    try {
      for await (const chunk of zipEntryChunks(path, UNPACKED_BYTES_MAX)) onChunk(chunk)
    } catch (error) {
      trouble(error)
    }
  } else if (lower.endsWith('.gz')) {
    await gunzip(path, hash, onChunk, onRead).catch((error: unknown) => trouble(error))
    if (troubles.length === 0) await confirmEnd(path).catch((error: unknown) => trouble(error))
  } else {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Uint8Array>) {
      hash.update(chunk)
      onRead(chunk.length)
      onChunk(chunk)
    }
  }
  const sha256 = hash.digest('hex')
  await compareChecksum(path, sha256, troubles)
  return { sha256, troubles }
}

/** The unpacked size that a gzip file states at its end, and the true one of the last reading. */
const sizes = new Map<string, number>()

async function gunzip(
  path: string,
  hash: Hash,
  onChunk: (chunk: Uint8Array) => void,
  onRead: (bytes: number) => void,
): Promise<void> {
  let packed = 0
  const pass = new Unpacking(onChunk)
  const count = new Transform({
    transform(chunk: Uint8Array, _, done) {
      hash.update(chunk)
      packed += chunk.length
      onRead(chunk.length)
      done(null, chunk)
    },
  })
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 16 }), count, pass.stream)
  } catch (error) {
    // The rest of the file belongs to its hash too.
    for await (const chunk of createReadStream(path, { start: packed }) as AsyncIterable<Uint8Array>) {
      hash.update(chunk)
      packed += chunk.length
    }
    await salvage(path, packed, pass, onChunk)
    throw error
  }
  if (pass.stream.bytesWritten !== packed)
    throw new InputError(
      'gzip-trailing-bytes',
      `there are ${packed - pass.stream.bytesWritten} bytes after the end of the gzip data`,
    )
  sizes.set(path, pass.size)
}

/** One unpacking, listened to and not read by `for await`, which drops what was unpacked before an error. */
class Unpacking {
  size = 0
  // A flush instead of the end of the data: what a cut file has unpacked until then comes out.
  readonly stream = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 1 << 18 })

  constructor(onChunk: (chunk: Uint8Array) => void) {
    this.stream.on('data', (chunk: Uint8Array) => {
      this.size += chunk.length
      onChunk(chunk)
    })
  }
}

/** Pieces that a damaged file is fed in: the unpacker gives nothing of the piece that has the damage. */
const PIECES_MAX = 50_000

/** Unpacks a damaged file once more in small pieces, and gives what the first pass had and lost. */
async function salvage(path: string, packed: number, first: Unpacking, onChunk: (chunk: Uint8Array) => void): Promise<void> {
  let skip = first.size
  const second = new Unpacking((chunk) => {
    const fresh = chunk.subarray(Math.min(skip, chunk.length))
    skip -= chunk.length - fresh.length
    if (fresh.length > 0) onChunk(fresh)
  })
  const source = createReadStream(path, { highWaterMark: Math.max(1, Math.floor(packed / PIECES_MAX)) })
  // Its error is the one that is known.
  await pipeline(source, second.stream).catch(() => undefined)
}

/** A file that ends in the middle does not end in its own size; the strict reader then says what is wrong, if anything is. */
async function confirmEnd(path: string): Promise<void> {
  const size = sizes.get(path)
  sizes.delete(path)
  const file = await open(path)
  try {
    const { size: length } = await file.stat()
    const tail = Buffer.alloc(4)
    await file.read(tail, 0, 4, Math.max(0, length - 4))
    if (length >= 18 && tail.readUInt32LE() === (size ?? 0) % 2 ** 32) return
  } finally {
    await file.close()
  }
  await readBytes(path, () => undefined).catch((error: unknown) => {
    if (error instanceof InputError && error.code === 'checksum-mismatch') return
    throw error
  })
}

async function compareChecksum(path: string, sha256: string, troubles: Trouble[]): Promise<void> {
  try {
    const expected = await expectedSha256(path)
    if (expected !== undefined && expected !== sha256)
      troubles.push({ kind: 'checksum', message: `the SHA-256 is ${sha256}, and ${basename(path)}.CHECKSUM says ${expected}` })
  } catch (error) {
    troubles.push({ kind: 'checksum', message: reason(error) })
  }
}

const GZIP_ERRORS: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: 'the file ends in the middle of its gzip data: it was cut off',
  Z_DATA_ERROR: 'the gzip data are damaged',
}

/** One sentence without the file's name, which the reader of a report knows. */
function reason(error: unknown): string {
  if (error instanceof InputError && error.code === 'gzip-truncated') return GZIP_ERRORS['Z_BUF_ERROR']
  if (error instanceof InputError || error instanceof OutsideError) return error.message
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    const known = GZIP_ERRORS[error.code]
    if (known !== undefined) return error.code === 'Z_DATA_ERROR' ? `${known} (${error.message})` : known
  }
  return describe(error)
}
