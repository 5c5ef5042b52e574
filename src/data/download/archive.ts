/**
 * One file of the public archive to disk: its checksum first, then its bytes, hashed on the way and gone on with where a try
 * before stopped. Nothing takes its place that does not have the hash the archive promises.
 *
 * Asks the archive; writes below `.download/parts` until a file is whole.
 */
import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { open, rename, writeFile } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { OutsideError } from '../../core/errors.ts'
import { sha256OfFile } from '../../storage/file-hash.ts'
import { makeFolderOf, onDisk, place, remove, sizeOf, STATE_FOLDER, textOf, writeWhole } from './disk.ts'
import { broken, drop } from './http.ts'
import type { Http, HttpReply } from './http.ts'
import { retryAfterMs, TryAgain } from './retry.ts'
import type { Retry } from './retry.ts'

export interface ArchiveSettings {
  /** `https://data.binance.vision`, without a slash at its end. */
  readonly url: string
  readonly http: Http
  readonly retry: Retry
  readonly signal: AbortSignal
  readonly nowMs: () => number
  /** The folder of the download. */
  readonly folder: string
  readonly onBytes: (count: number) => void
}

export interface ArchiveFile {
  readonly sha256: string
  readonly bytes: number
}

/** A file whose bytes do not have the promised hash is fetched this often. */
const ROUNDS = 3

export class Archive {
  readonly #settings: ArchiveSettings

  constructor(settings: ArchiveSettings) {
    this.#settings = settings
  }

  urlOf(path: string): string {
    return `${this.#settings.url}/${path}`
  }

  /** What `<path>.CHECKSUM` promises; undefined when the archive does not have the file. @throws OutsideError */
  async checksumOf(path: string): Promise<string | undefined> {
    const { http, retry, signal } = this.#settings
    const url = `${this.urlOf(path)}.CHECKSUM`
    return retry.run(async () => {
      const { status, headers, text } = await http.text({ url, signal })
      if (status === 404) return undefined
      if (status !== 200) throw this.#refusal(url, { status, headers })
      const match = /^([0-9a-fA-F]{64})[ \t]+\*?(\S+)\s*$/.exec(text)
      if (match === null || match[2] !== decodeURIComponent(basename(path)))
        throw new OutsideError('checksum-unreadable', `${url} is not the line of a checksum and this file's name`, {
          where: { url, value: text.slice(0, 100) },
          next: 'Try again later.',
          retryable: true,
        })
      return match[1].toLowerCase()
    })
  }

  /**
   * Brings the file at `path` to `target` (below the folder), with its `.CHECKSUM` beside it. Undefined when the archive does
   * not have it. `known` is what the archive promises, when that has been asked already.
   * @throws OutsideError when it cannot be had, or never has the hash that is promised: its bytes are then kept aside and named.
   */
  async fetch(path: string, target: string, known?: string): Promise<ArchiveFile | undefined> {
    const { folder } = this.#settings
    const part = join(folder, STATE_FOLDER, 'parts', `${target}.part`)
    await makeFolderOf(part)
    let promised = known
    for (let round = 1; ; round += 1) {
      promised ??= await this.checksumOf(path)
      if (promised === undefined) {
        await this.#refuseUnverifiable(path)
        return undefined
      }
      const { sha256, bytes } = await this.#fetchPart(path, part, promised)
      if (sha256 === promised) {
        const to = join(folder, target)
        await this.writeChecksum(target, promised)
        await place(part, to)
        await remove(noteOf(part))
        return { sha256, bytes }
      }
      if (round === ROUNDS) throw await this.#mismatch(path, target, part, sha256, promised)
      // Damaged on the way, or replaced between checksum and bytes: both anew.
      await remove(noteOf(part))
      await remove(part)
      promised = undefined
    }
  }

  /** The `.CHECKSUM` beside a file, as the archive has it. */
  writeChecksum(target: string, sha256: string): Promise<void> {
    const path = join(this.#settings.folder, `${target}.CHECKSUM`)
    // Among the parts, so that a killed run leaves nothing half done beside the data.
    const neighbour = join(this.#settings.folder, STATE_FOLDER, 'parts', `${target}.CHECKSUM`)
    return writeWhole(path, `${sha256}  ${basename(target)}\n`, neighbour)
  }

  /** A file without a checksum cannot be told from a damaged one: it is no hole, and it is not taken either. */
  async #refuseUnverifiable(path: string): Promise<void> {
    const { http, retry, signal } = this.#settings
    const url = this.urlOf(path)
    const status = await retry.run(async () => {
      const reply = await http.get({ url, signal, headers: { range: 'bytes=0-0' } })
      drop(reply.body)
      if (reply.status >= 500 || reply.status === 429) throw this.#refusal(url, reply)
      return reply.status
    })
    if (status !== 200 && status !== 206) return
    throw new OutsideError('checksum-missing', `the archive has ${url}, but not its .CHECKSUM, so it cannot be verified`, {
      where: { url },
      next: 'It may just be being published: try again later.',
      retryable: true,
    })
  }

  /** Fills the part until the archive says that it is whole. */
  async #fetchPart(path: string, part: string, promised: string): Promise<ArchiveFile> {
    let reached = 0
    return this.#settings.retry.run(
      async () => {
        const writer = await PartWriter.open(part, promised)
        try {
          // Whole, but not moved to its place when a run before was killed: nothing is left to ask for.
          if (writer.hash.copy().digest('hex') !== promised) await this.#append(path, writer)
          return { sha256: writer.hash.digest('hex'), bytes: writer.size }
        } finally {
          reached = writer.size
          await writer.close()
        }
      },
      { progress: () => reached },
    )
  }

  async #append(path: string, writer: PartWriter): Promise<void> {
    const { http, signal, onBytes } = this.#settings
    const url = this.urlOf(path)
    const reply = await http.get({ url, signal, headers: writer.rangeHeaders() })
    const { status, headers, body } = reply
    if (status === 416) {
      drop(body)
      // Asked for what lies behind the end: the part is whole, or no part of this file.
      if (totalOf(headers['content-range']) === writer.size) return
      await writer.restart(undefined)
      throw lost(url, 'the archive has fewer bytes than were fetched before')
    }
    if (status !== 200 && status !== 206) {
      drop(body)
      throw this.#refusal(url, reply)
    }
    if (status === 206 && startOf(headers['content-range']) !== writer.size) {
      drop(body)
      await writer.restart(undefined)
      throw lost(url, 'the archive answered with another part than was asked for')
    }
    if (status === 200) await writer.restart(headers.etag)
    const start = writer.size
    try {
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        await writer.write(chunk)
        onBytes(chunk.length)
      }
    } catch (error) {
      drop(body)
      throw broken({ url, signal }, error)
    }
    const length = Number(headers['content-length'] ?? Number.NaN)
    if (writer.size - start < length) throw lost(url, `the connection ended after ${writer.size - start} of ${length} bytes`)
  }

  #refusal(url: string, { status, headers }: Pick<HttpReply, 'status' | 'headers'>): OutsideError {
    const transient = status === 404 || status === 408 || status === 429 || status >= 500
    const error = new OutsideError('archive-refuses', `${url} was answered with status ${status}`, {
      where: { url },
      next: transient
        ? 'Try again later; the same command goes on where it stopped.'
        : 'Check the address (--archive-url) and whether this network may reach it.',
      retryable: transient,
    })
    return transient ? new TryAgain(error, retryAfterMs(headers['retry-after'], this.#settings.nowMs())) : error
  }

  async #mismatch(path: string, target: string, part: string, sha256: string, promised: string): Promise<OutsideError> {
    const aside = join(this.#settings.folder, STATE_FOLDER, 'refused', basename(target))
    await makeFolderOf(aside)
    await onDisk(aside, () => rename(part, aside))
    await remove(noteOf(part))
    return new OutsideError(
      'checksum-mismatch',
      `${this.urlOf(path)} has the SHA-256 ${sha256}, but its .CHECKSUM says ${promised}, in ${ROUNDS} tries`,
      {
        where: { url: this.urlOf(path), file: aside, value: sha256, expected: promised },
        next: 'The archive may be replacing it at this moment: try again later. The bytes that came are kept for a look.',
        retryable: true,
      },
    )
  }
}

const lost = (url: string, what: string): OutsideError =>
  new OutsideError('connection-failed', `${url}: ${what}`, {
    where: { url },
    next: 'The same command goes on where it stopped.',
    retryable: true,
  })

/** `bytes 100-199/200`: 100. */
const startOf = (header: string | undefined): number => Number(/^bytes (\d+)-/.exec(header ?? '')?.[1] ?? Number.NaN)
/** `bytes *` + `/200`: 200. */
const totalOf = (header: string | undefined): number => Number(/\/(\d+)$/.exec(header ?? '')?.[1] ?? Number.NaN)

/** What a part is part of: the promised hash and the server's own name for that version. */
interface PartNote {
  readonly sha256: string
  readonly etag: string | null
}

const noteOf = (part: string): string => `${part}.json`

async function readNote(part: string): Promise<PartNote | undefined> {
  try {
    const note = JSON.parse((await textOf(noteOf(part))) ?? '') as PartNote
    return typeof note.sha256 === 'string' && (note.etag === null || typeof note.etag === 'string') ? note : undefined
  } catch {
    return undefined
  }
}

/** A file that grows, with the hash of what it holds. */
class PartWriter {
  readonly #part: string
  readonly #promised: string
  #file: FileHandle
  #etag: string | null
  hash: Hash
  size: number

  private constructor(
    part: string,
    promised: string,
    file: FileHandle,
    start: { etag: string | null; hash: Hash; size: number },
  ) {
    this.#part = part
    this.#promised = promised
    this.#file = file
    this.#etag = start.etag
    this.hash = start.hash
    this.size = start.size
  }

  /** Goes on with what is there when it is of the same version, which the promised hash tells. */
  static async open(part: string, promised: string): Promise<PartWriter> {
    const note = await readNote(part)
    const size = (await sizeOf(part)) ?? 0
    const hash = createHash('sha256')
    const same = note?.sha256 === promised && size > 0
    if (same) await onDisk(part, () => sha256OfFile(part, hash))
    const file = await onDisk(part, () => open(part, same ? 'a' : 'w'))
    return new PartWriter(part, promised, file, { etag: same ? note.etag : null, hash, size: same ? size : 0 })
  }

  /** `If-Range`: where the version has changed, the server answers with all of the new one. Weak names do not serve. */
  rangeHeaders(): Readonly<Record<string, string>> {
    if (this.size === 0) return {}
    const strong = this.#etag !== null && !this.#etag.startsWith('W/')
    return { range: `bytes=${this.size}-`, ...(strong ? { 'if-range': this.#etag ?? '' } : {}) }
  }

  async write(chunk: Uint8Array): Promise<void> {
    await onDisk(this.#part, () => this.#file.writeFile(chunk))
    this.hash.update(chunk)
    this.size += chunk.length
  }

  /** From the first byte on, of the version `etag`. */
  async restart(etag: string | undefined): Promise<void> {
    await onDisk(this.#part, async () => {
      await this.#file.close()
      this.#file = await open(this.#part, 'w')
    })
    this.#etag = etag ?? null
    this.hash = createHash('sha256')
    this.size = 0
    const note: PartNote = { sha256: this.#promised, etag: this.#etag }
    // Not forced to the disk: a torn note only means that the part begins anew.
    await onDisk(this.#part, () => writeFile(noteOf(this.#part), JSON.stringify(note)))
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}
