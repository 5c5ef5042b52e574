/**
 * The one file inside a zip archive, as the exchange publishes them. Sizes and CRC are verified; anything but exactly
 * one readable entry is refused.
 *
 * Reads files.
 */
import { crc32 } from 'node:zlib'
import { open } from 'yauzl'
import type { Entry, ZipFile } from 'yauzl'
import { basename } from 'node:path'
import { InputError } from '../../core/errors.ts'
import { readFileName } from './symbol-and-interval.ts'

/** The chunks of the only entry of the archive at `path`. Throws before the first chunk when `bytesMax` would be exceeded. */
export async function* zipEntryChunks(path: string, bytesMax: number): AsyncGenerator<Uint8Array> {
  const zip = await openZip(path)
  try {
    const entry = await onlyEntry(zip, path)
    refuseOtherSymbol(path, entry.fileName)
    if (entry.isEncrypted())
      throw new InputError('zip-encrypted', `${path} is an encrypted archive`, {
        where: { file: path },
        next: 'Unpack it and name the file inside.',
      })
    if (entry.uncompressedSize > bytesMax)
      throw new InputError(
        'file-too-large',
        `${path} would unpack to ${entry.uncompressedSize} bytes, at most ${bytesMax} are read`,
        {
          where: { file: path, bytes: entry.uncompressedSize },
          next: 'Split it by month, as the public archive does.',
        },
      )
    const crc = { value: 0 }
    for await (const chunk of await entryStream(zip, entry)) {
      crc.value = crc32(chunk, crc.value)
      yield chunk
    }
    if (crc.value !== entry.crc32) throw damaged(path, `the checksum of ${entry.fileName} inside does not fit its bytes`)
  } catch (error) {
    throw error instanceof InputError ? error : damaged(path, messageOf(error), error)
  } finally {
    zip.close()
  }
}

function openZip(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    open(path, { lazyEntries: true, autoClose: false, validateEntrySizes: true }, (error, zip) => {
      if (error === null) resolve(zip)
      else reject(damaged(path, error.message, error))
    })
  })
}

function onlyEntry(zip: ZipFile, path: string): Promise<Entry> {
  return new Promise((resolve, reject) => {
    const files: Entry[] = []
    zip.on('error', reject)
    zip.on('entry', (entry: Entry) => {
      if (!entry.fileName.endsWith('/')) files.push(entry)
      if (files.length > 1) reject(manyEntries(path, files))
      else zip.readEntry()
    })
    zip.on('end', () => {
      if (files.length === 1) resolve(files[0])
      else reject(manyEntries(path, files))
    })
    zip.readEntry()
  })
}

function entryStream(zip: ZipFile, entry: Entry): Promise<AsyncIterable<Uint8Array>> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error === null) resolve(stream)
      else reject(error)
    })
  })
}

function manyEntries(path: string, files: readonly Entry[]): InputError {
  const what = files.length === 0 ? 'no file' : `more than one file (${files.map((entry) => entry.fileName).join(', ')}, ...)`
  return new InputError('zip-not-one-entry', `${path} holds ${what}; an archive of the exchange holds exactly one CSV`, {
    where: { file: path },
    next: 'Unpack it and name the files inside.',
  })
}

function damaged(path: string, why: string, cause?: unknown): InputError {
  return new InputError('zip-damaged', `${path} is a damaged or incomplete zip archive: ${why}`, {
    where: { file: path },
    next: 'Download it again and compare it with its .CHECKSUM file.',
    cause,
  })
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** An archive whose name and content speak of different instruments is one of them under a wrong name. */
function refuseOtherSymbol(path: string, inside: string): void {
  const [outer, inner] = [path, inside].map((name) => readFileName(basename(name)).symbol)
  if (outer === undefined || inner === undefined || outer === inner) return
  throw new InputError('zip-other-symbol', `${path} holds ${inside}, which by its name is ${inner} and not ${outer}`, {
    where: { file: path },
    next: 'Rename the archive after what it holds, or fetch it again.',
  })
}
