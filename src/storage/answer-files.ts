/**
 * Answers of slow mathematics on disk, by the digest of their question: a cache. What is missing, damaged, written by another
 * program, or cannot be written, is computed again; nothing here ever fails a run.
 *
 * Reads and writes files below one folder; each begins with the hash of what follows. The oldest go when there are too many.
 */
import { hash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { writeWholeFile } from './whole-file.ts'

export interface AnswerFilesOptions {
  readonly folder: string
  /** Of the program that computes: answers of another one are never read. */
  readonly version: string
  /** Of all versions together. */
  readonly mostBytes?: number
}

const HASH_BYTES = 32
const MOST_BYTES = 64 * 2 ** 20
/** Pruning leaves this part, so that it is rare. */
const KEPT = 0.75

export class AnswerFiles {
  readonly #root: string
  readonly #folder: string
  readonly #mostBytes: number
  /** Of all files; NaN until the first is written. */
  #bytes = Number.NaN

  constructor({ folder, version, mostBytes = MOST_BYTES }: AnswerFilesOptions) {
    this.#root = folder
    this.#folder = join(folder, version)
    this.#mostBytes = mostBytes
  }

  /** Undefined when it is not there or not what was written. */
  get(key: string): Uint8Array | undefined {
    let file: Uint8Array
    try {
      file = readFileSync(this.#path(key))
    } catch {
      return undefined
    }
    const bytes = file.subarray(HASH_BYTES)
    const isWhole = file.length >= HASH_BYTES && checkOf(key, bytes).equals(file.subarray(0, HASH_BYTES))
    return isWhole ? bytes : undefined
  }

  put(key: string, bytes: Uint8Array): void {
    try {
      mkdirSync(this.#folder, { recursive: true })
      writeWholeFile(this.#path(key), Buffer.concat([checkOf(key, bytes), bytes]))
      this.#bytes = Number.isNaN(this.#bytes)
        ? this.#sizes().reduce((sum, { size }) => sum + size, 0)
        : this.#bytes + bytes.length
      if (this.#bytes > this.#mostBytes) this.#prune()
    } catch {
      // A full disk or a folder that may not be written: the answer is there all the same.
    }
  }

  #path(key: string): string {
    return join(this.#folder, `${key}.answer`)
  }

  #prune(): void {
    const files = this.#sizes().toSorted((a, b) => a.time - b.time)
    this.#bytes = files.reduce((sum, { size }) => sum + size, 0)
    for (const { path, size } of files) {
      if (this.#bytes <= KEPT * this.#mostBytes) return
      rmSync(path, { force: true })
      this.#bytes -= size
    }
  }

  #sizes(): readonly { readonly path: string; readonly size: number; readonly time: number }[] {
    return readdirSync(this.#root, { recursive: true, withFileTypes: true }).flatMap((entry) => {
      if (!entry.isFile()) return []
      const path = join(entry.parentPath, entry.name)
      const found = statSync(path, { throwIfNoEntry: false })
      return found === undefined ? [] : [{ path, size: found.size, time: found.mtimeMs }]
    })
  }
}

/** The key is part of it: a file under another name is no answer. */
const checkOf = (key: string, bytes: Uint8Array): Buffer => hash('sha256', Buffer.concat([Buffer.from(key), bytes]), 'buffer')
