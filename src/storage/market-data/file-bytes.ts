/**
 * The content of a data file as a stream of unpacked bytes, with the SHA-256 of the file as it lies on disk.
 * Plain files, gzip and zip; a `.CHECKSUM` file beside it is verified when there is one.
 *
 * Reads files; whatever is wrong with one is an `InputError` that names it.
 */
import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { InputError, OutsideError } from '../../core/errors.ts'
import { zipEntryChunks } from './zip-entry.ts'

/** More unpacked bytes than any file of market data has: a year of one-second klines takes some 3 GB. */
export const UNPACKED_BYTES_MAX = 8 * 2 ** 30

export interface ReadLimits {
  /** Largest unpacked size that is read. */
  readonly bytesMax: number
}

/**
 * Gives the unpacked bytes of `path` to `onChunk`, piece by piece, and returns the SHA-256 of the file.
 * Throws `InputError` when the path is missing, no file, damaged, too large, or differs from its `.CHECKSUM`.
 */
export async function readBytes(
  path: string,
  onChunk: (chunk: Uint8Array) => void,
  limits: ReadLimits = { bytesMax: UNPACKED_BYTES_MAX },
): Promise<string> {
  try {
    return path.toLowerCase().endsWith('.zip') ? await readZip(path, onChunk, limits) : await readStream(path, onChunk, limits)
  } catch (error) {
    throw asInputError(path, error)
  }
}

async function readStream(path: string, onChunk: (chunk: Uint8Array) => void, limits: ReadLimits): Promise<string> {
  const expected = await expectedSha256(path)
  const hash = createHash('sha256')
  const file = hashed(path, hash)
  let size = 0
  for await (const chunk of path.toLowerCase().endsWith('.gz') ? gunzipped(path, file) : file) {
    size += chunk.length
    if (size > limits.bytesMax)
      throw new InputError(
        'file-too-large',
        `${path} unpacks to more than ${limits.bytesMax} bytes, which is the most that is read`,
        {
          where: { file: path },
          next: 'Split it by month, as the public archive does.',
        },
      )
    onChunk(chunk)
  }
  const sha256 = hash.digest('hex')
  verify(path, sha256, expected)
  return sha256
}

/** The archive's directory stands at its end, so the file is hashed first and unpacked afterwards. */
async function readZip(path: string, onChunk: (chunk: Uint8Array) => void, limits: ReadLimits): Promise<string> {
  const expected = await expectedSha256(path)
  const hash = createHash('sha256')
  for await (const chunk of hashed(path, hash)) void chunk
  const sha256 = hash.digest('hex')
  verify(path, sha256, expected)
  for await (const chunk of zipEntryChunks(path, limits.bytesMax)) onChunk(chunk)
  return sha256
}

async function* hashed(path: string, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Uint8Array>) {
    hash.update(chunk)
    yield chunk
  }
}

async function* gunzipped(path: string, file: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of file) {
      size += chunk.length
      yield chunk
    }
  }
  const gunzip = createGunzip({ chunkSize: 1 << 18 })
  // The error arrives where the chunks are read; the callback only keeps it from being thrown a second time.
  pipeline(counted, gunzip, () => {})
  yield* gunzip as AsyncIterable<Uint8Array>
  // Zeros after the end are dropped in silence by zlib; other junk it refuses itself.
  if (gunzip.bytesWritten !== size)
    throw new InputError(
      'gzip-trailing-bytes',
      `${path} has ${size - gunzip.bytesWritten} bytes after the end of its gzip data`,
      {
        where: { file: path },
        next: 'Fetch the file again.',
      },
    )
}

/** What `<path>.CHECKSUM` promises, in the format of sha256sum; undefined when there is no such file. */
export async function expectedSha256(path: string): Promise<string | undefined> {
  const checksumPath = `${path}.CHECKSUM`
  let text: string
  try {
    text = await readFile(checksumPath, 'latin1')
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined
    throw error
  }
  const match = /^([0-9a-fA-F]{64})(?:\s+\*?(\S.*?))?\s*$/.exec(text)
  if (match === null)
    throw new InputError(
      'checksum-unreadable',
      `${checksumPath} is no line of sha256sum (64 hexadecimal digits and a file name)`,
      {
        where: { file: checksumPath, line: 1 },
        next: 'Fetch it again, or remove it to read the file unverified.',
      },
    )
  return match[1].toLowerCase()
}

function verify(path: string, sha256: string, expected: string | undefined): void {
  if (expected === undefined || expected === sha256) return
  throw new InputError(
    'checksum-mismatch',
    `${path} has the SHA-256 ${sha256}, but ${basename(path)}.CHECKSUM says ${expected}`,
    {
      where: { file: path, value: sha256, expected },
      next: 'The file is damaged or was replaced by the exchange: fetch both again.',
    },
  )
}

function asInputError(path: string, error: unknown): unknown {
  if (error instanceof InputError) return error
  const where = { file: path }
  switch (codeOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new InputError('path-not-found', `${path} does not exist`, { where, next: 'Check the path.', cause: error })
    case 'EISDIR':
      return new InputError('path-is-folder', `${path} is a folder, not a file`, {
        where,
        next: 'Name a file in it.',
        cause: error,
      })
    case 'EACCES':
    case 'EPERM':
      return new InputError('path-not-readable', `${path} may not be read by this user`, {
        where,
        next: 'Change its permissions.',
        cause: error,
      })
    case 'Z_BUF_ERROR':
      return new InputError(
        'gzip-truncated',
        `${path} ends in the middle of its gzip data: it was cut off, by an interrupted download for example`,
        {
          where,
          next: 'Fetch the file again.',
          cause: error,
        },
      )
    case 'Z_DATA_ERROR':
      return new InputError('gzip-damaged', `${path} is no intact gzip file (${error instanceof Error ? error.message : ''})`, {
        where,
        next: 'Fetch the file again; if it is not compressed, its name must not end in .gz.',
        cause: error,
      })
    default:
      if (codeOf(error)?.startsWith('E') === true && !codeOf(error)?.startsWith('ERR_'))
        return new OutsideError(
          'file-unreadable',
          `${path} could not be read: ${error instanceof Error ? error.message : String(error)}`,
          {
            where,
            next: 'Check the disk.',
            cause: error,
            retryable: false,
          },
        )
      return error
  }
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** The whole unpacked text of a document (JSON), read as UTF-8, and the SHA-256 of its file. */
export async function readText(path: string): Promise<{ readonly text: string; readonly sha256: string }> {
  const chunks: Uint8Array[] = []
  const sha256 = await readBytes(path, (chunk) => chunks.push(chunk), { bytesMax: 2 ** 28 })
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)), sha256 }
  } catch (error) {
    throw new InputError('not-utf8', `${path} is no UTF-8 text`, {
      where: { file: path },
      next: 'Check that this is the right file.',
      cause: error,
    })
  }
}
