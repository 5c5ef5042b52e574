/**
 * What a download has brought so far: each file with its source, hash and size, and what was asked for and is not there. Written
 * whole, never in place; what a crash takes is found again by comparing the files themselves.
 *
 * Reads and writes `.download/manifest.json`.
 */
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { InputError } from '../../core/errors.ts'
import { STATE_FOLDER, onDisk, textOf, writeWhole } from './disk.ts'

const SCHEMA = 'autotrading.download-manifest/1'

const FILE = z.object({
  source: z.enum(['archive', 'rest']),
  url: z.string(),
  /** Of the bytes on disk, lower-case hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().min(0),
  /** The period it stands for. */
  fromMs: z.int(),
  toMs: z.int(),
  /** By REST before its period was over: more will follow. */
  growing: z.boolean(),
})

const MANIFEST = z.object({
  schema: z.literal(SCHEMA),
  /** By path below the folder of the download. */
  files: z.record(z.string(), FILE),
  /** By what was asked for (an address path, or `rest:` and a stem): when it was last found missing. */
  missing: z.record(z.string(), z.int()),
})

export type FileEntry = z.output<typeof FILE>

export class Manifest {
  readonly files: Map<string, FileEntry>
  readonly missing: Map<string, number>
  readonly #path: string
  #unsaved = 0
  #saving: Promise<void> = Promise.resolve()

  private constructor(path: string, { files, missing }: Pick<z.output<typeof MANIFEST>, 'files' | 'missing'>) {
    this.#path = path
    this.files = new Map(Object.entries(files))
    this.missing = new Map(Object.entries(missing))
  }

  /** @throws InputError when a newer program wrote it. One that cannot be read is put aside, and `onDamage` told. */
  static async open(folder: string, onDamage: (text: string) => void): Promise<Manifest> {
    const path = join(folder, STATE_FOLDER, 'manifest.json')
    const text = await textOf(path)
    if (text === undefined) return new Manifest(path, { files: {}, missing: {} })
    const document = parsed(text)
    const found = MANIFEST.safeParse(document)
    if (found.success) return new Manifest(path, found.data)
    if (isNewer(document))
      throw new InputError('download-manifest-newer', `${path} was written by a newer version of this program`, {
        where: { file: path },
        next: 'Use that version, or name another folder with --out.',
      })
    const aside = `${path}.damaged`
    await onDisk(aside, () => rename(path, aside))
    onDamage(`${path} is damaged and was put aside as ${aside}; files that are there are compared with their checksums.`)
    return new Manifest(path, { files: {}, missing: {} })
  }

  async put(path: string, entry: FileEntry): Promise<void> {
    this.files.set(path, entry)
    await this.#changed()
  }

  async forget(path: string): Promise<void> {
    if (this.files.delete(path)) await this.#changed()
  }

  async putMissing(what: string, whenMs: number): Promise<void> {
    this.missing.set(what, whenMs)
    await this.#changed()
  }

  async found(what: string): Promise<void> {
    if (this.missing.delete(what)) await this.#changed()
  }

  /** Writes what has not been written yet. */
  async save(): Promise<void> {
    this.#saving = this.#saving.then(() => this.#write())
    await this.#saving
  }

  /** Of many files the list is long: it is written after a share of them, so that all writes together stay in proportion. */
  async #changed(): Promise<void> {
    this.#unsaved += 1
    if (this.#unsaved * 64 >= this.files.size + this.missing.size) await this.save()
  }

  async #write(): Promise<void> {
    if (this.#unsaved === 0) return
    this.#unsaved = 0
    const document = { schema: SCHEMA, files: sorted(this.files), missing: sorted(this.missing) }
    await writeWhole(this.#path, `${JSON.stringify(document, undefined, 1)}\n`)
  }
}

const sorted = <T>(map: ReadonlyMap<string, T>): Readonly<Record<string, T>> =>
  Object.fromEntries([...map].toSorted(([a], [b]) => (a < b ? -1 : 1)))

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isNewer = (document: unknown): boolean =>
  typeof document === 'object' &&
  document !== null &&
  'schema' in document &&
  typeof document.schema === 'string' &&
  /^autotrading\.download-manifest\/([2-9]|\d{2,})$/.test(document.schema)
